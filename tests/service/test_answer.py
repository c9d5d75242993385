"""The promise, on every question of the seeds: exact citations of a named version, or a refusal that says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.schemas import AskBody

QUESTIONS = Path(__file__).parent.parent.parent / "seeds" / "questions.jsonl"
CONTEXT = 64  # code points of prefix and suffix, by the contract

Answers = list[dict[str, Any]]


@pytest.fixture(scope="module")
def texts(seeds: TestClient, answers: Answers) -> dict[tuple[str, str], str]:
    """The text of every version that is cited, read back over HTTP."""
    versions = {(c["document_id"], c["document_sha256"]) for answer in answers for c in answer["citations"]}
    return {
        (document_id, sha256): seeds.get(f"/v1/documents/{document_id}", params={"sha256": sha256}).json()["text"]
        for document_id, sha256 in versions
    }


def test_there_are_answers_and_refusals_to_check(answers: Answers) -> None:
    statuses = [answer["status"] for answer in answers]
    assert len(statuses) >= 95
    assert min(statuses.count("refused"), len(statuses) - statuses.count("refused")) >= 10


def test_every_citation_is_the_stored_text_at_its_place(answers: Answers, texts: dict[tuple[str, str], str]) -> None:
    wrong = [
        (answer["question"], citation["id"])
        for answer in answers
        for citation in answer["citations"]
        if texts[citation["document_id"], citation["document_sha256"]][citation["start"] : citation["end"]] != citation["quote"]
    ]
    assert wrong == []


def test_every_prefix_and_suffix_is_what_stands_beside_the_quote(answers: Answers, texts: dict[tuple[str, str], str]) -> None:
    for answer in answers:
        for citation in answer["citations"]:
            text, start, end = texts[citation["document_id"], citation["document_sha256"]], citation["start"], citation["end"]
            assert citation["prefix"] == text[max(0, start - CONTEXT) : start]
            assert citation["suffix"] == text[end : end + CONTEXT]


def test_every_citation_is_verified_and_not_empty(answers: Answers) -> None:
    assert all(citation["verified"] is True and citation["quote"].strip() for a in answers for citation in a["citations"])


def test_every_statement_has_a_citation_and_every_citation_a_statement(answers: Answers) -> None:
    for answer in answers:
        used = [number for statement in answer["statements"] for number in statement["citations"]]
        assert all(statement["citations"] for statement in answer["statements"])
        assert list(dict.fromkeys(used)) == [citation["id"] for citation in answer["citations"]]
        assert [citation["id"] for citation in answer["citations"]] == list(range(1, len(answer["citations"]) + 1))


def test_every_refusal_says_why_and_shows_at_most_three_passages(answers: Answers) -> None:
    for answer in (answer for answer in answers if answer["status"] == "refused"):
        assert answer["refusal"]["reason"] in {"empty_corpus", "filtered_out", "no_evidence", "false_premise", "ambiguous"}
        assert answer["refusal"]["message"] == answer["text"] != ""
        assert len(answer["refusal"]["nearest"]) <= 3
        assert answer["statements"] == answer["citations"] == []
        assert answer["short_answer"] is None


def test_nothing_but_a_refusal_has_a_reason(answers: Answers) -> None:
    assert all((answer["refusal"] is None) == (answer["status"] != "refused") for answer in answers)
    assert all(answer["missing"] is None for answer in answers if answer["status"] != "partial")


def test_statements_stand_in_the_text_at_their_places_and_only_marks_stand_between(answers: Answers) -> None:
    for answer in (answer for answer in answers if answer["status"] != "refused"):
        for statement in answer["statements"]:
            assert answer["text"][statement["start"] : statement["end"]] == statement["text"]
        marked = [s["text"] + "".join(f" [{number}]" for number in s["citations"]) for s in answer["statements"]]
        assert answer["text"] == " ".join(marked)


def test_every_citation_lies_inside_a_passage_that_is_marked_as_cited(answers: Answers) -> None:
    for answer in answers:
        for citation in answer["citations"]:
            assert any(
                passage["document_id"] == citation["document_id"]
                and passage["start"] <= citation["start"]
                and citation["end"] <= passage["end"]
                for passage in answer["passages"]
                if passage["cited"]
            )


def test_the_best_passage_of_an_answer_is_cited(answers: Answers) -> None:
    """Unless a filter on speakers leaves out what stands in it."""
    free = [body["question"] for body in map(json.loads, QUESTIONS.read_text("utf-8").splitlines()) if not body.get("filters")]
    answered = [answer for answer in answers if answer["citations"] and answer["question"] in free]
    assert [answer["question"] for answer in answered if not answer["passages"][0]["cited"]] == []


def test_every_passage_is_a_slice_of_a_seed_document(answers: Answers, seeds: TestClient) -> None:
    ids = [document["document_id"] for document in seeds.get("/v1/documents").json()["documents"]]
    texts = {document_id: seeds.get(f"/v1/documents/{document_id}").json()["text"] for document_id in ids}
    for answer in answers:
        nearest = answer["refusal"]["nearest"] if answer["refusal"] else []
        for passage in [*answer["passages"], *nearest]:
            assert texts[passage["document_id"]][passage["start"] : passage["end"]] == passage["text"]


def test_a_short_answer_is_verbatim_in_a_cited_quote_or_yes_or_no(answers: Answers) -> None:
    short = [(answer["short_answer"], answer["citations"]) for answer in answers if answer["short_answer"] is not None]
    assert len(short) > 10
    assert [s for s, citations in short if s not in ("yes", "no") and all(s not in c["quote"] for c in citations)] == []


def test_sources_are_counted_by_document(answers: Answers) -> None:
    for answer in answers:
        cited = {citation["id"]: citation["document_id"] for citation in answer["citations"]}
        for statement in answer["statements"]:
            assert statement["n_sources"] == len({cited[number] for number in statement["citations"]})


def test_support_and_confidence_are_probabilities(answers: Answers) -> None:
    assert all(0 <= answer["confidence"] <= 1 for answer in answers)
    assert all(0 <= statement["support"] <= 1 for answer in answers for statement in answer["statements"])


def test_no_answer_says_the_same_sentence_twice(answers: Answers) -> None:
    for answer in answers:
        places = [(citation["document_id"], citation["start"], citation["end"]) for citation in answer["citations"]]
        assert len(set(places)) == len(places)


def test_the_same_question_asked_again_gives_the_same_answer(answers: Answers, seeds: TestClient) -> None:
    for answer in answers[:5]:
        again = seeds.post("/v1/ask", json={"question": answer["question"]}).json()
        assert {**again, "id": "", "timings_ms": {}} == {**answer, "id": "", "timings_ms": {}}


def test_the_question_is_answered_in_process_as_it_is_over_http(answers: Answers, seeds_engine: Any) -> None:
    outcome = seeds_engine.answerer.ask(AskBody(question=answers[0]["question"]).value())
    assert outcome.status.value == answers[0]["status"]
    assert [p.span.start for p in outcome.passages] == [p["start"] for p in answers[0]["passages"]]
