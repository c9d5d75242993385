"""Answering a question of several parts: each is read and answered by itself, and the one without an answer is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from index.errors import NotFound
from index.files import Upload
from index.types import Document, Relation
from service.answer import Answerer, Steps
from service.background import catch_up
from service.bootstrap import Engine, Models
from service.compose.extractive import ExtractiveComposer
from service.schemas import answer_json
from service.types import Answer, Answered, Ask, Mode, RefusalReason, Refused, Status
from tests.fakes import HashingEmbedder, OverlapReader, fake_models, unanswering, unrelated
from tests.service.conftest import engine_on

AVIARY, CLOSED = "The zoo opened a new aviary.", "The park closed on Monday."
MET = "The keepers met the mayor in Oslo on Tuesday."
ZOO = f"{AVIARY} {CLOSED} {MET}"

Asking = Callable[[str], Answer]


def holding(engine: Engine, *texts: str) -> Engine:
    for number, text in enumerate(texts):
        engine.ingester.add_upload(Upload(f"{number}.txt", text.encode()))
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = holding(engine_on(tmp_path, fake_models(), threshold=0.6), ZOO)
    yield engine
    engine.close()


@pytest.fixture
def ask(engine: Engine) -> Asking:
    return lambda question: engine.answerer.ask(Ask(question))


def stated(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.outcome.statements] if isinstance(answer.outcome, Answered) else []


def missing(answer: Answer) -> str | None:
    assert isinstance(answer.outcome, Answered)
    return answer.outcome.missing


def test_every_part_is_answered_in_the_order_asked(ask: Asking) -> None:
    answer = ask("When did the park close, and what did the zoo open?")
    assert (answer.status, missing(answer)) == (Status.ANSWERED, None)
    assert stated(answer) == [CLOSED, AVIARY]


def test_the_part_without_an_answer_is_named_and_the_others_are_answered(ask: Asking) -> None:
    answer = ask("What did the zoo open, and why did the ferry sink?")
    assert (answer.status, missing(answer)) == (Status.PARTIAL, "Why did the ferry sink?")
    assert stated(answer) == [AVIARY]
    body = answer_json(answer, answer_id="x")
    assert (body["status"], body["missing"]) == ("partial", "Why did the ferry sink?")


def test_the_first_part_may_be_the_one_without_an_answer(ask: Asking) -> None:
    answer = ask("Why did the ferry sink, and what did the zoo open?")
    assert (answer.status, missing(answer)) == (Status.PARTIAL, "Why did the ferry sink?")
    assert stated(answer) == [AVIARY]


def test_all_parts_without_an_answer_are_named(ask: Asking) -> None:
    answer = ask("Why did the ferry sink? What did the zoo open? Who won the marathon?")
    assert missing(answer) == "Why did the ferry sink? Who won the marathon?"


def test_without_an_answer_to_any_part_it_is_a_refusal(ask: Asking) -> None:
    answer = ask("Why did the ferry sink, and when was the marathon won?")
    assert answer.status is Status.REFUSED
    assert isinstance(answer.outcome, Refused)
    assert answer.outcome.reason is RefusalReason.NO_EVIDENCE


def test_a_sentence_that_answers_both_parts_is_stated_once(ask: Asking) -> None:
    answer = ask("When and where did the keepers meet the mayor?")
    assert (answer.status, missing(answer)) == (Status.ANSWERED, None)
    assert stated(answer) == [MET]


def test_a_sentence_inside_a_longer_statement_is_not_stated_again(tmp_path: Path) -> None:
    """A list joins neighbouring sentences; the fact asked for beside it is one of them."""
    wheat = "The ministers demanded cheap wheat. The ministers demanded open ports."
    engine = holding(engine_on(tmp_path, fake_models(), threshold=0.6), wheat)
    for question in (
        "What were the demands of the ministers? Who demanded open ports?",
        "Who demanded open ports, and what were the demands of the ministers?",
    ):
        answer = engine.answerer.ask(Ask(question))
        assert (stated(answer), missing(answer)) == ([wheat], None)
    engine.close()


def test_a_question_of_one_part_that_is_answered_misses_nothing(ask: Asking) -> None:
    answer = ask("What did the zoo open?")
    assert (stated(answer), missing(answer)) == ([AVIARY], None)


def test_what_is_searched_once_is_read_for_each_part(tmp_path: Path) -> None:
    embedder, reader = HashingEmbedder(), OverlapReader()
    engine = holding(engine_on(tmp_path, Models(embedder, lambda _: reader, entailed, unanswering)), ZOO)
    question = "What did the zoo open, and when did the park close?"
    before = len(embedder.embedded)
    engine.answerer.ask(Ask(question))
    assert embedder.embedded[before:] == [question]
    assert reader.questions == ["What did the zoo open?", "When did the park close?"]
    engine.close()


def closing_denied(pairs: Sequence[tuple[str, str]]) -> list[Relation]:
    """Says that all evidence contradicts whatever is presumed of the park."""
    return [Relation(0.0, 0.0, 1.0) if "park" in presumed else Relation(0.0, 1.0, 0.0) for presumed, _ in pairs]


def test_a_question_that_presumes_what_its_best_sentence_denies_is_refused_and_a_part_that_does_is_missing(
    tmp_path: Path,
) -> None:
    text = f"{AVIARY} The park never closed on Monday."
    models = Models(HashingEmbedder(), lambda _: OverlapReader(), closing_denied, unanswering)
    engine = holding(engine_on(tmp_path, models, threshold=0.6), text)
    alone = engine.answerer.ask(Ask("Why did the park close on Monday?")).outcome
    assert isinstance(alone, Refused)
    assert alone.reason is RefusalReason.FALSE_PREMISE
    beside = engine.answerer.ask(Ask("What did the zoo open, and why did the park close on Monday?"))
    assert (stated(beside), missing(beside)) == ([AVIARY], "Why did the park close on Monday?")
    assert engine.answerer.ask(Ask("What closed on Monday?")).status is Status.ANSWERED
    engine.close()


def entailed(pairs: Sequence[tuple[str, str]]) -> list[Relation]:
    return [Relation(1.0, 0.0, 0.0) for _ in pairs]


@pytest.mark.parametrize(
    ("question", "short"),
    [("Did the zoo open an aviary?", "yes"), ("Did the zoo open an aviary, and when did the park close?", None)],
)
def test_few_words_answer_one_question_and_not_several(tmp_path: Path, question: str, short: str | None) -> None:
    engine = holding(
        engine_on(tmp_path, Models(HashingEmbedder(), lambda _: OverlapReader(), entailed, unanswering), threshold=0.6), ZOO
    )
    outcome = engine.answerer.ask(Ask(question)).outcome
    assert isinstance(outcome, Answered)
    assert outcome.short_answer == short
    engine.close()


def test_a_part_whose_source_is_deleted_while_it_is_answered_is_missing(tmp_path: Path) -> None:
    """What was found and read can be gone when it is verified; then it is not cited, and the part is not passed over."""
    engine = holding(engine_on(tmp_path, fake_models(), threshold=0.6), AVIARY, CLOSED)
    gone = next(summary.document_id for summary in engine.store.documents() if summary.name == "1.txt")
    n_read = 0

    def read_document(document_id: str, sha256: str | None) -> Document:
        nonlocal n_read
        n_read += document_id == gone
        if document_id == gone and n_read > 1:
            raise NotFound("deleted meanwhile")
        return engine.store.document(document_id, sha256=sha256)

    steps = Steps(
        searcher=engine.searcher,
        reader=OverlapReader(),
        relate=unrelated,
        compare=unanswering,
        read_document=read_document,
        earlier_version=lambda *_: None,
        composers={Mode.EXTRACTIVE: ExtractiveComposer()},
        moment=nullcontext,
        threshold=0.6,
        clock=lambda: 0.0,
    )
    answer = Answerer(steps).ask(Ask("What did the zoo open, and when did the park close?"))
    assert n_read == 2
    assert (stated(answer), missing(answer)) == ([AVIARY], "When did the park close?")
    engine.close()
