"""The contract's JSON: bodies in, answers out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from index.types import Filters, Span
from service.schemas import AskBody, DocumentBody, FiltersBody, Numbering, SearchBody, answer_json, statement_json
from service.types import (
    Answer,
    Answered,
    Ask,
    Attribution,
    Citation,
    Conflict,
    ConflictValue,
    Message,
    Mode,
    RefusalReason,
    Refused,
    ResolvedDate,
    Role,
    Statement,
)


def citation(quote: str, *, document_id: str = "d", start: int = 0) -> Citation:
    span = Span(start, start + len(quote))
    return Citation(
        document_id, "sha", "a.txt", None, None, None, Attribution("Anna", "Boris", True), None, span, quote, "p", "s"
    )


def answer(outcome: Answered | Refused) -> Answer:
    return Answer(Ask("Why?"), outcome, (), 0.123456, Mode.EXTRACTIVE, "7")


ONE, TWO = citation("Wheat is short."), citation("Rice is not.", document_id="e", start=5)


def test_a_body_of_only_a_question_has_the_contracts_defaults() -> None:
    assert AskBody(question="Why?").value() == Ask("Why?", (), Filters(), None, Mode.EXTRACTIVE, 8)
    assert AskBody(question="Why?").stream is False


def test_a_whole_body_becomes_an_ask() -> None:
    body = {
        "question": "Why?",
        "history": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Anna."}],
        "filters": {
            "document_ids": ["d"],
            "outlets": ["o"],
            "speakers": ["s"],
            "published_from": "2024-04-01",
            "published_to": None,
        },
        "as_of": "2024-04-05",
        "mode": "generative",
        "k": 50,
        "stream": True,
    }
    assert AskBody.model_validate(body).value() == Ask(
        "Why?",
        (Message(Role.USER, "Who?"), Message(Role.ASSISTANT, "Anna.")),
        Filters(("d",), ("o",), ("s",), "2024-04-01", None),
        "2024-04-05",
        Mode.GENERATIVE,
        50,
    )


@pytest.mark.parametrize("model", [AskBody, SearchBody])
@pytest.mark.parametrize("question", ["", " ", "\n\t\u00a0\u2003"])
def test_a_blank_question_is_refused(model: type[SearchBody], question: str) -> None:
    with pytest.raises(ValidationError, match="must not be empty"):
        model(question=question)


@pytest.mark.parametrize("model", [AskBody, SearchBody, FiltersBody, DocumentBody])
def test_no_body_takes_an_unknown_field(model: type[SearchBody]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        model.model_validate({"question": "Why?", "text": "x", "unheard_of": 1})


@pytest.mark.parametrize("value", ["yesterday", "2024-02-30", "04/05/2024", "", "2024-4-5", "9" * 50])
def test_a_date_that_is_none_is_refused(value: str) -> None:
    for make in (lambda: FiltersBody(published_from=value), lambda: AskBody(question="Why?", as_of=value)):
        with pytest.raises(ValidationError):
            make()


@pytest.mark.parametrize("value", ["2024-04-05", "2024-04-05T21:30:00", "2024-04-05T21:30:00+02:00"])
def test_a_date_may_have_a_time_of_day_and_is_kept_as_given(value: str) -> None:
    assert DocumentBody(text="x", published_at=value).published_at == value


def test_citations_are_numbered_from_one_in_the_order_of_first_use() -> None:
    numbering = Numbering()
    assert [numbering.number(one) for one in (TWO, ONE, TWO, ONE)] == [1, 2, 1, 2]
    assert list(numbering.numbered()) == [(1, TWO), (2, ONE)]


def test_statements_stand_in_the_text_with_their_marks_between() -> None:
    outcome = Answered((Statement("Wheat is short.", (ONE,), 0.5), Statement("Both.", (TWO, ONE), 0.25)), None)
    body = answer_json(answer(outcome), answer_id="id")
    assert body["text"] == "Wheat is short. [1] Both. [2] [1]"
    assert body["statements"] == [
        {"text": "Wheat is short.", "start": 0, "end": 15, "citations": [1], "support": 0.5, "n_sources": 1},
        {"text": "Both.", "start": 20, "end": 25, "citations": [2, 1], "support": 0.25, "n_sources": 2},
    ]


def test_a_citation_is_written_whole() -> None:
    body = answer_json(answer(Answered((Statement("x", (TWO,), 0.5),), None)), answer_id="id")
    assert body["citations"] == [
        {
            "id": 1, "document_id": "e", "document_sha256": "sha", "name": "a.txt", "title": None, "outlet": None,
            "published_at": None, "speaker": "Anna", "speaker_inferred": True, "reported_by": "Boris", "section": None,
            "start": 5, "end": 17, "quote": "Rice is not.", "prefix": "p", "suffix": "s", "verified": True,
        }
    ]  # fmt: skip


def test_conflicts_and_dates_use_the_numbers_of_the_citations() -> None:
    outcome = Answered(
        (Statement("x", (ONE, TWO), 0.5),),
        "short",
        missing="the price",
        conflicts=(Conflict("supply", (ConflictValue("short", (ONE,)), ConflictValue("not", (TWO,)))),),
        dates=(ResolvedDate("today", "2024-04-05", "2024-04-05", TWO),),
    )
    body = answer_json(answer(outcome), answer_id="id")
    assert body["conflicts"] == [
        {"about": "supply", "values": [{"value": "short", "citations": [1]}, {"value": "not", "citations": [2]}]}
    ]
    assert body["dates"] == [{"text": "today", "basis": "2024-04-05", "value": "2024-04-05", "citation": 2}]
    assert (body["status"], body["missing"], body["short_answer"]) == ("partial", "the price", "short")


def test_a_refusal_has_its_message_for_a_text_and_no_statements() -> None:
    body = answer_json(answer(Refused(RefusalReason.NO_EVIDENCE, "Nothing.", ())), answer_id="id")
    assert (body["status"], body["text"], body["statements"], body["missing"]) == ("refused", "Nothing.", [], None)
    assert body["refusal"] == {"reason": "no_evidence", "message": "Nothing.", "nearest": []}
    assert body["confidence"] == 0.1235


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=40), st.lists(st.sampled_from([ONE, TWO]), min_size=1, max_size=3)), max_size=6
    )
)
def test_every_statement_is_the_slice_of_the_text_that_it_says(drafts: list[tuple[str, list[Citation]]]) -> None:
    statements = tuple(Statement(text, tuple(citations), 0.5) for text, citations in drafts)
    body = answer_json(answer(Answered(statements, None)), answer_id="id")
    text = str(body["text"])
    rows = body["statements"]
    assert isinstance(rows, list)
    assert [text[row["start"] : row["end"]] for row in rows] == [statement.text for statement in statements]


def test_a_statement_may_begin_anywhere() -> None:
    row = statement_json(Statement("abc", (ONE,), 0.5), Numbering(), start=10)
    assert (row["start"], row["end"]) == (10, 13)
