"""Which call is meant: documents of one call belong together, and a question that fits two equally is asked back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from index.ingest import Upload
from index.types import Document, Metadata
from service.attribution import people_of, read_speakers
from service.background import catch_up
from service.calls import Call, apart, asks_back, calls_of, coverage, together
from service.question import read_question
from service.types import Ask, Message, RefusalReason, Refused, Role
from tests.fakes import fake_models

from service.bootstrap import Engine, build_engine  # isort: skip
from service.settings import Settings  # isort: skip

FERRY = (
    "Finance Minister Anna Vance told Mr. Boris Katz of Norwind on a call that Albatross was sold. The call lasted 50 minutes.",
    "Boris Katz said Anna Vance had phoned him about Albatross. Norwind would pay. The call took 50 minutes, Mr. Katz said.",
)
GRID = (
    "Energy Secretary Carla Dorn told Mr. Emil Frey of Voltarc on a press call that the grid failed. The call lasted 10 minutes.",
    "Emil Frey of Voltarc said Carla Dorn had been right. Their conference call took 10 minutes, Ms. Dorn said.",
)


def stated(text: str, number: int, published_at: str | None = "2025-03-11") -> Any:
    document = Document(f"d{number}", "d.txt", None, text, f"s{number}", None, None, published_at, ())
    return coverage(document, people_of(read_speakers(document)))


def calls(*texts: str) -> list[set[str]]:
    found = calls_of([stated(text, number) for number, text in enumerate(texts)])
    return sorted((set(call.document_ids) for call in found), key=min)


def test_documents_that_share_their_names_are_of_one_call() -> None:
    assert calls(FERRY[0], GRID[0], FERRY[1], GRID[1]) == [{"d0", "d2"}, {"d1", "d3"}]


def test_the_same_names_weeks_apart_are_of_two_calls() -> None:
    early, late = stated(FERRY[0], 0, "2025-03-11"), stated(FERRY[1], 1, "2025-05-11")
    assert len(calls_of([early, late])) == 2


def test_the_documents_of_other_calls_are_apart_from_one_of_a_call_and_from_no_other() -> None:
    found = calls_of([stated(text, number) for number, text in enumerate([FERRY[0], GRID[0], FERRY[1], GRID[1]])])
    assert apart(found, "d0") == {"d1", "d3"}
    assert apart(found, "of no call") == frozenset()
    assert together(found, "d0") == {"d0", "d2"}
    assert together(found, "of no call") == frozenset()


def test_what_speaks_of_no_call_is_none() -> None:
    assert calls("Bread needs flour. Anna Vance bakes.") == []


def test_a_call_is_named_by_its_people_and_its_first_day() -> None:
    (call,) = calls_of([stated(FERRY[1], 1, "2025-03-12"), stated(FERRY[0], 0, "2025-03-11")])
    assert set(call.people) == {"Anna Vance", "Boris Katz"}
    assert call.label.endswith("(reported from 2025-03-11)")


def test_the_line_that_asks_back_names_the_calls() -> None:
    one = Call(frozenset({"a"}), frozenset(), ("Anna Vance", "Boris Katz"), None)
    other = Call(frozenset({"b"}), frozenset(), (), None)
    assert asks_back([one, other]) == "Do you mean the call of Anna Vance and Boris Katz or the call of nobody named?"


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    """Both calls in one corpus, behind cheap models."""
    built = build_engine(Settings(data=tmp_path, threshold=0.05), fake_models())
    for number, text in enumerate([*FERRY, *GRID]):
        built.ingester.add_upload(Upload(f"{number}.txt", text.encode(), Metadata(published_at="2025-03-11")))
    catch_up(built.store, built.ingester, built.generations, stop=lambda: False)
    yield built
    built.close()


def outcome(engine: Engine, question: str, *said: str) -> Any:
    roles = (Role.USER, Role.ASSISTANT)
    history = tuple(Message(roles[place % 2], text) for place, text in enumerate(said))
    return engine.answerer.ask(Ask(question, history=history)).outcome


def test_a_question_of_any_call_is_asked_back(engine: Engine) -> None:
    found = outcome(engine, "How long did the call last?")
    assert isinstance(found, Refused)
    assert found.reason is RefusalReason.AMBIGUOUS
    assert found.message.startswith("Do you mean the call of ")
    assert "Anna Vance" in found.message
    assert "Carla Dorn" in found.message


def test_a_question_of_any_call_is_asked_back_though_only_one_call_answers_it(engine: Engine) -> None:
    text = "Carla Dorn and Emil Frey of Voltarc will hold a further call on 20 March, Ms. Dorn said."
    engine.ingester.add_upload(Upload("5.txt", text.encode(), Metadata(published_at="2025-03-12")))
    found = outcome(engine, "When is the call?")
    assert isinstance(found, Refused)
    assert found.reason is RefusalReason.AMBIGUOUS


@pytest.mark.parametrize(
    "question", ["How long did the call of Vance and Katz last?", "How long did the press call on the grid last?"]
)
def test_a_question_that_names_its_call_is_answered(engine: Engine, question: str) -> None:
    assert not isinstance(outcome(engine, question), Refused)


def test_the_conversation_tells_the_call(engine: Engine) -> None:
    found = outcome(engine, "How long did the call last?", "What did Anna Vance tell Boris Katz?", "That Albatross was sold.")
    assert not isinstance(found, Refused)
    assert "50 minutes" in found.statements[0].text


def test_a_question_for_each_call_is_not_asked_back(engine: Engine) -> None:
    assert read_question("How do the reports on the calls differ?").about_each_source
    assert not isinstance(outcome(engine, "How long was the call in each report?"), Refused)
