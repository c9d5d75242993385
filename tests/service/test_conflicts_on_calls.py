"""The development call, asked through the whole path with the shipped models: conflicts, copies, corrections, premises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.files import collect
from service.background import catch_up
from service.bootstrap import Engine, Models
from service.schemas import AskBody, answer_json
from tests.service.conftest import engine_on

# Of the five calls that the rules were written on: words common among the documents weigh less, and with the other two calls
# beside them the second side of the ships' place is one that the reader is not sure enough of.
READ_CALLS = 35
CALLS = Path(__file__).parent.parent / "calls" / "development" / "documents"


@pytest.fixture(scope="module")
def call(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_on(tmp_path_factory.mktemp("call"), models)
    for path in collect([CALLS]).files:
        if int(path.name[1:].partition("-")[0]) > READ_CALLS:
            continue
        engine.ingester.add_file(path)
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    yield engine
    engine.close()


def ask(engine: Engine, question: str, **options: Any) -> dict[str, Any]:
    return answer_json(engine.answerer.ask(AskBody(question=question, **options).value()), answer_id="id")


def test_both_sides_are_cited_named_and_verbatim_and_a_copy_is_no_source_of_its_own(call: Engine) -> None:
    answer = ask(call, "How long was Kestrel silent?")
    (conflict,) = answer["conflicts"]
    cited = {citation["id"]: citation for citation in answer["citations"]}
    assert [value["value"] for value in conflict["values"]] == ["26 hours", "62 hours"]
    assert all(value["value"] in cited[number]["quote"] for value in conflict["values"] for number in value["citations"])
    assert [statement["n_sources"] for statement in answer["statements"]] == [3, 1]
    assert all(cited[statement["citations"][0]]["outlet"] in statement["text"] for statement in answer["statements"])


def test_a_side_that_stands_behind_the_passages_read_for_the_answer_is_found(
    call: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "When will Kestrel fly past the Moon?"
    (conflict,) = ask(call, question)["conflicts"]
    assert {"June 19", "the ninth of June"} <= {value["value"] for value in conflict["values"]}
    monkeypatch.setattr("service.answer.beside", lambda *_: [])
    assert ask(call, question)["conflicts"] == []


def test_what_a_corrected_document_said_before_is_named(call: Engine) -> None:
    (warning,) = ask(call, "How long was Kestrel silent?")["warnings"]
    assert warning.startswith("Orbit Press: ")
    assert "now says “26 hours”, where it said “62 hours”" in warning


def test_agreement_is_said_once_with_its_origins(call: Engine) -> None:
    answer = ask(call, "When did the Selkie burn?")
    (statement,) = answer["statements"]
    assert answer["conflicts"] == []
    assert statement["n_sources"] == len(statement["citations"]) == 3


@pytest.mark.parametrize("k", [1, 2, 8])
def test_every_citation_of_a_conflict_lies_in_one_of_the_k_passages(call: Engine, k: int) -> None:
    answer = ask(call, "When will Kestrel fly past the Moon?", k=k)
    assert len(answer["passages"]) <= k
    for citation in answer["citations"]:
        within = [p for p in answer["passages"] if p["document_id"] == citation["document_id"]]
        assert any(p["start"] <= citation["start"] and citation["end"] <= p["end"] for p in within)


@pytest.mark.parametrize(
    ("question", "status", "reason"),
    [
        ("Why did Margit Solano resign?", "refused", "false_premise"),
        ("Who said that Solano had offered to resign?", "answered", None),
    ],
)
def test_a_false_premise_is_refused_and_its_true_look_alike_answered(
    call: Engine, question: str, status: str, reason: str | None
) -> None:
    answer = ask(call, question)
    assert answer["status"] == status
    assert (answer["refusal"] or {}).get("reason") == reason
