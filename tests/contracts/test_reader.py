"""Every `Reader` judges each sentence of each passage once. Add each new implementation to READERS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from index.protocols import Reader
from index.sentences import sentences
from index.types import Passage, Span
from service.bootstrap import Models
from tests.fakes import OverlapReader

READERS = ("trained", "overlap")
QUESTION = "Which social media app was discussed?"
ANSWERING = "The two leaders also discussed the social media app TikTok."


def passage(text: str) -> Passage:
    return Passage(text, tuple(sentences(text, Span(0, len(text)))))


CALL = passage(f"President Biden met voters in Ohio on Tuesday. {ANSWERING} The weather was mild.")
BREAD = passage("Knead the dough with flour. Bake it for forty minutes.")


def frequencies(terms: Iterable[str]) -> tuple[Mapping[str, int], int]:
    return dict.fromkeys(terms, 2), 100


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    match request.param:
        case "trained":
            models: Models = request.getfixturevalue("models")
            return models.reading(frequencies)
        case _:
            return OverlapReader()


def test_every_sentence_of_every_passage_is_judged_once(reader: Reader) -> None:
    readings = reader.read(QUESTION, [BREAD, CALL, BREAD])
    assert sorted((reading.passage, reading.sentence) for reading in readings) == [
        (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1),
    ]  # fmt: skip


def test_relevance_and_support_are_probabilities_and_the_most_relevant_comes_first(reader: Reader) -> None:
    readings = reader.read(QUESTION, [BREAD, CALL])
    relevances = [reading.relevance for reading in readings]
    assert relevances == sorted(relevances, reverse=True)
    assert all(0 <= probability <= 1 for reading in readings for probability in (reading.relevance, reading.support))


def test_the_sentence_that_answers_is_the_most_relevant_and_the_best_supported(reader: Reader) -> None:
    best, second, *others = reader.read(QUESTION, [BREAD, CALL])
    assert CALL.sentences[best.sentence].of(CALL.text) == ANSWERING
    assert best.passage == 1
    assert best.relevance > 2 * second.relevance
    assert best.support > max(reading.support for reading in (second, *others))


def test_another_matter_has_little_support(reader: Reader) -> None:
    assert max(reading.support for reading in reader.read(QUESTION, [BREAD])) < 0.1


def test_the_answer_lies_inside_its_sentence(reader: Reader) -> None:
    for question in ("On which day did Biden meet voters?", "How many minutes?", "Who met voters?", "Where?", QUESTION):
        for reading in reader.read(question, [BREAD, CALL]):
            read = (BREAD, CALL)[reading.passage]
            assert reading.answer is None or read.sentences[reading.sentence].covers(reading.answer)


def test_the_order_of_the_passages_changes_no_judgement(reader: Reader) -> None:
    def judged(order: list[Passage]) -> dict[tuple[str, int, str], float]:
        return {
            (order[r.passage].text, r.sentence, kind): probability
            for r in reader.read(QUESTION, order)
            for kind, probability in (("relevance", r.relevance), ("support", r.support))
        }

    assert judged([BREAD, CALL]) == pytest.approx(judged([CALL, BREAD]), abs=1e-4)


def test_reading_twice_gives_the_same(reader: Reader) -> None:
    assert reader.read(QUESTION, [CALL]) == reader.read(QUESTION, [CALL])


@pytest.mark.parametrize("question", ["", "?", "the", "🙂", "x" * 2_000])
def test_any_question_is_read(reader: Reader, question: str) -> None:
    assert len(reader.read(question, [CALL])) == 3


def test_nothing_to_read_gives_no_readings(reader: Reader) -> None:
    assert reader.read(QUESTION, []) == []
    assert reader.read(QUESTION, [Passage("Words without spans.", ())]) == []
