"""A generative answer as a whole: what is shown of what a model wrote, and what stands in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.ingest import Upload
from index.types import Relation
from service.answer import Event, PassagesFound
from service.background import catch_up
from service.bootstrap import Engine, Models
from service.errors import AnswerTimeout
from service.types import Answer, Answered, Ask, Mode, Statement
from tests.fakes import HashingEmbedder, OverlapReader, unanswering
from tests.service.conftest import engine_on
from tests.service.model_server import Behaviour, Exchange, ModelServer, prompt_of, saying, serving, statements

AVIARY = "The zoo opened a new aviary on Monday."
LEE = "Its director Ann Lee led the opening of the zoo aviary."
CLOSED = "The park closed in March."
TEXT = f"{AVIARY} {LEE} {CLOSED}"
WRITTEN = "On Monday the zoo opened a new aviary."


def entailed(pairs: Sequence[tuple[str, str]]) -> list[Relation]:
    """Finds every statement carried."""
    return [Relation(0.98, 0.01, 0.01) for _ in pairs]


@contextmanager
def answering(directory: Path, behaviour: Behaviour) -> Iterator[tuple[Engine, ModelServer]]:
    with serving(behaviour) as server:
        models = Models(HashingEmbedder(), lambda _: OverlapReader(), entailed, unanswering)
        engine = engine_on(directory, models, threshold=0.5, llm_base_url=server.url, llm_timeout_seconds=25)
        engine.ingester.add_upload(Upload("a.txt", TEXT.encode()))
        catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
        yield engine, server
        engine.close()


def asked(directory: Path, behaviour: Behaviour, question: str = "What did the zoo open?") -> Answer:
    with answering(directory, behaviour) as (engine, _):
        return engine.answerer.ask(Ask(question, mode=Mode.GENERATIVE))


def stated(answer: Answer) -> list[tuple[str, list[str]]]:
    assert isinstance(answer.outcome, Answered)
    return [(s.text, [citation.quote for citation in s.citations]) for s in answer.outcome.statements]


def test_what_the_sources_carry_is_shown_in_the_models_words(tmp_path: Path) -> None:
    answer = asked(tmp_path, saying((WRITTEN, [1])))
    assert stated(answer) == [(WRITTEN, [AVIARY])]
    assert (answer.mode, answer.degraded, answer.warnings) == (Mode.GENERATIVE, False, ())
    assert any(passage.cited for passage in answer.passages)


def test_what_they_do_not_carry_is_dropped_and_counted_by_reason(tmp_path: Path) -> None:
    lies = [("The zoo opened 3 aviaries.", [1]), ("The zoo opened 4 aviaries.", [1]), ("The zoo opened in Oslo.", [1])]
    answer = asked(tmp_path, saying((WRITTEN, [1]), *lies))
    assert stated(answer) == [(WRITTEN, [AVIARY])]
    assert (answer.mode, answer.degraded) == (Mode.GENERATIVE, False)
    assert answer.warnings == (
        "3 statements were dropped: 2 for a number that is not in the sources, 1 for a name that is not in the sources",
    )


def test_a_wrong_citation_is_repaired(tmp_path: Path) -> None:
    def cite_the_other(exchange: Exchange) -> None:
        number = 1 if f"[2] {AVIARY}" in prompt_of(exchange.body) else 2
        exchange.say(statements((WRITTEN, [number])))

    assert stated(asked(tmp_path, cite_the_other)) == [(WRITTEN, [AVIARY])]


def test_where_nothing_survives_the_sources_own_words_are_shown(tmp_path: Path) -> None:
    answer = asked(tmp_path, saying(("The zoo opened 3 aviaries.", [1])))
    assert [text for text, _ in stated(answer)] == [AVIARY]
    assert (answer.mode, answer.degraded) == (Mode.EXTRACTIVE, True)
    assert answer.warnings[0] == "the sources support nothing that the language model wrote: this is the extractive answer"
    assert answer.warnings[1].startswith("1 statement was dropped: 1 for a number")


def test_the_same_statement_twice_is_shown_once(tmp_path: Path) -> None:
    assert stated(asked(tmp_path, saying((WRITTEN, [1]), (WRITTEN, [1])))) == [(WRITTEN, [AVIARY])]


def test_a_statement_that_says_nothing_more_is_shown_no_second_time(tmp_path: Path) -> None:
    answer = asked(tmp_path, saying((WRITTEN, [1]), ("The zoo opened a new aviary.", [1]), (LEE, [2])))
    assert [text for text, _ in stated(answer)] == [WRITTEN, LEE]
    assert answer.warnings == ()


def test_a_statement_that_only_repeats_the_question_is_dropped(tmp_path: Path) -> None:
    answer = asked(tmp_path, saying(("The zoo did open.", [1]), (WRITTEN, [1])))
    assert [text for text, _ in stated(answer)] == [WRITTEN]
    assert answer.warnings == ("1 statement was dropped: 1 for only repeating the question",)


def test_a_yes_or_no_question_is_answered_in_its_own_words(tmp_path: Path) -> None:
    answer = asked(tmp_path, saying(("The zoo opened a new aviary.", [1])), question="Did the zoo open a new aviary?")
    assert [text for text, _ in stated(answer)] == ["The zoo opened a new aviary."]


def test_each_part_of_a_question_is_written_and_the_one_of_which_nothing_survives_is_quoted(tmp_path: Path) -> None:
    def one_part_only(exchange: Exchange) -> None:
        park = "Question: When did the park close" in prompt_of(exchange.body)
        exchange.say(statements(("The park closed in 9 towns.", [1]) if park else (WRITTEN, [1])))

    answer = asked(tmp_path, one_part_only, "What did the zoo open, and when did the park close?")
    assert [text for text, _ in stated(answer)] == [WRITTEN, CLOSED]
    assert (answer.mode, answer.degraded) == (Mode.GENERATIVE, True)
    assert answer.warnings[0].endswith("a part of the answer is the extractive answer")


def test_what_was_shown_stays_when_the_model_breaks_off(tmp_path: Path) -> None:
    def break_off(exchange: Exchange) -> None:
        exchange.say(statements((WRITTEN, [1]))[:-2] + ", {", done=False)

    answer = asked(tmp_path, break_off)
    assert stated(answer) == [(WRITTEN, [AVIARY])]
    assert (answer.mode, answer.degraded) == (Mode.GENERATIVE, True)
    assert answer.warnings == ("the language model broke off its answer: what it had not written yet is missing",)


def test_a_statement_is_shown_while_the_model_writes_the_next_one(tmp_path: Path) -> None:
    shown = []

    def slow(exchange: Exchange) -> None:
        exchange.say(statements((WRITTEN, [1]))[:-2], done=False)
        assert exchange.left.wait(20)

    with answering(tmp_path, slow) as (engine, server):
        for event in engine.answerer.events(Ask("What did the zoo open?", mode=Mode.GENERATIVE)):
            shown.append(event)
            if isinstance(event, Statement):
                server.left.set()
    assert [type(event) for event in shown] == [PassagesFound, Statement, Answer]
    assert isinstance(shown[1], Statement)
    assert shown[1].text == WRITTEN


def test_the_yes_of_the_sources_is_kept(tmp_path: Path) -> None:
    answer = asked(tmp_path, saying((WRITTEN, [1])), "Did the zoo open a new aviary on Monday?")
    assert isinstance(answer.outcome, Answered)
    assert (stated(answer), answer.outcome.short_answer) == ([(WRITTEN, [AVIARY])], "yes")


def test_an_extractive_question_asks_no_model(tmp_path: Path) -> None:
    with answering(tmp_path, saying((WRITTEN, [1]))) as (engine, server):
        answer = engine.answerer.ask(Ask("What did the zoo open?"))
        assert server.asked == []
    assert (answer.mode, answer.degraded, [text for text, _ in stated(answer)]) == (Mode.EXTRACTIVE, False, [AVIARY])


def test_the_work_ends_before_its_next_step_once_nobody_waits(tmp_path: Path) -> None:
    steps: list[Event] = []
    with answering(tmp_path, saying((WRITTEN, [1]))) as (engine, server):
        events = engine.answerer.events(Ask("What did the zoo open?", mode=Mode.GENERATIVE), wanted=lambda: not steps)
        steps.append(next(events))
        with pytest.raises(AnswerTimeout):
            steps.extend(iter(lambda: next(events), None))
        assert server.asked == []
        with pytest.raises(AnswerTimeout):
            engine.answerer.ask(Ask("What did the zoo open?"), wanted=lambda: False)
