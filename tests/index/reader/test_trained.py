"""The trained reader over made-up logits: what is measured of a sentence, and what is made of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.by_words import SURENESS
from index.reader.graph import SpanLogits
from index.reader.pairs import MAX_PAIR_TOKENS, Pair, PairTokenizer
from index.reader.trained import (
    FEATURE_NAMES,
    MOST_EMBEDDED,
    MOST_ODDS,
    MOST_ODDS_ALONE,
    MOST_READ_ALONE,
    Answers,
    Features,
    Judgement,
    TrainedReader,
    Weights,
)
from index.sentences import sentences
from index.types import Passage, Span
from tests.fakes import HashingEmbedder

N_CHUNKS = 10
N_WITH = {"treati": 1, "sign": 5}  # chunks that hold a term; any other stands in all of them
TREATY, SIGN = math.log1p(9.5 / 1.5), math.log1p(5.5 / 5.5)  # BM25's inverse document frequencies of the two


class WordGraph:
    """Gives the word pieces of a passage the logits made up for their words, [CLS] and all others 0.

    A passage answers by the sum of what `answerable` gives for its words.
    """

    def __init__(
        self,
        tokenizer: PairTokenizer,
        *,
        starts: Mapping[str, float] | None = None,
        ends: Mapping[str, float] | None = None,
        answerable: Mapping[str, float] | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._starts, self._ends, self._answerable = (self._by_id(words or {}) for words in (starts, ends, answerable))

    def logits(self, pairs: Sequence[Pair]) -> list[SpanLogits]:
        return [
            SpanLogits(
                self._row(pair, self._starts),
                self._row(pair, self._ends),
                sum(self._answerable.get(number, 0.0) for number in pair.passage.ids.tolist()),
            )
            for pair in pairs
        ]

    def _by_id(self, words: Mapping[str, float]) -> dict[int, float]:
        cut = self._tokenizer.tokens(list(words))
        assert all(len(pieces) == 1 for pieces in cut), "a word of several pieces has no logit of its own"
        return {int(pieces.ids[0]): logit for pieces, logit in zip(cut, words.values(), strict=True)}

    @staticmethod
    def _row(pair: Pair, logits: Mapping[int, float]) -> np.ndarray:
        row = np.zeros(len(pair.ids), dtype=np.float32)
        row[pair.first : -1] = [logits.get(number, 0.0) for number in pair.passage.ids.tolist()]
        return row


class DrawnGraph:
    """Draws the logits of each pair, the same ones whenever that pair is read."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def logits(self, pairs: Sequence[Pair]) -> list[SpanLogits]:
        found = []
        for pair in pairs:
            drawn = np.random.default_rng([self._seed, *pair.ids.tolist()]).normal(0, 8, (2, len(pair.ids))).astype(np.float32)
            found.append(SpanLogits(drawn[0], drawn[1], float(drawn.sum())))
        return found


def frequencies(terms: Iterable[str]) -> tuple[Mapping[str, int], int]:
    return {term: N_WITH.get(term, N_CHUNKS) for term in terms}, N_CHUNKS


def weighing(bias: float = 0.0, **weights: float) -> Weights:
    """A model over the features named, the others weighing nothing."""
    assert set(weights) <= set(FEATURE_NAMES)
    return Weights(bias, tuple(weights.get(name, 0.0) for name in FEATURE_NAMES))


def reader_over(
    graph: WordGraph | DrawnGraph,
    tokenizer: PairTokenizer,
    *,
    embedder: HashingEmbedder | None = None,
    relevance: Weights | None = None,
    support: Weights | None = None,
    answers: Answers | None = None,
) -> TrainedReader:
    judgement = Judgement(relevance or weighing(best=1.0), support or weighing())
    held = embedder or HashingEmbedder()
    return TrainedReader(
        graph,  # type: ignore[arg-type]  # a fake
        tokenizer,
        held,
        answers=answers or (lambda _, told: [0.5] * len(told)),
        frequencies=frequencies,
        judgement=judgement,
    )


def passage(text: str, *, cosine: float = 0.0) -> Passage:
    return Passage(text, tuple(sentences(text, Span(0, len(text)))), cosine)


def features_of(reader: TrainedReader, question: str, *texts: str) -> list[Features]:
    """Those of every sentence, in reading order."""
    return [one.features for one in reader.measure(question, [passage(text) for text in texts])]


def sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


QUESTION = "When was the treaty signed?"
CALL = "The treaty was signed in April. Anna came from Oslo. It rained."
BREAD = "Knead the dough with flour. Bake it for forty minutes."


@pytest.fixture
def in_april(tokenizer: PairTokenizer) -> WordGraph:
    """Holds `April` for the answer, `Oslo` for the next best and a passage with `Oslo` for one that answers."""
    return WordGraph(tokenizer, starts={"april": 2, "oslo": 1}, ends={"april": 1.5, "oslo": 1}, answerable={"oslo": 1.5})


def test_each_sentence_is_read_and_the_most_relevant_comes_first(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    readings = reader_over(in_april, tokenizer).read(QUESTION, [passage(BREAD), passage(CALL)])
    assert [(reading.passage, reading.sentence) for reading in readings[:2]] == [(1, 0), (1, 1)]
    assert {(reading.passage, reading.sentence) for reading in readings[2:]} == {(0, 0), (0, 1), (1, 2)}
    assert readings[0].answer is not None
    assert readings[0].answer.of(CALL) == "April"


def test_relevance_and_support_are_told_by_two_models(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    reader = reader_over(in_april, tokenizer, relevance=weighing(-1.0, best=2.0), support=weighing(0.5, answerable=-1.0))
    first, second, *_ = reader.read(QUESTION, [passage(CALL)])
    assert (first.relevance, second.relevance) == pytest.approx((sigmoid(2 * 3.5 - 1), sigmoid(2 * 2 - 1)))
    assert first.support == second.support == pytest.approx(sigmoid(0.5 - 1.5))


def test_the_order_is_that_of_relevance_whatever_the_support(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    readings = reader_over(in_april, tokenizer, support=weighing(best=-1.0)).read(QUESTION, [passage(CALL)])
    assert [reading.relevance for reading in readings] == sorted((r.relevance for r in readings), reverse=True)
    assert readings[0].support == min(reading.support for reading in readings)


def test_best_is_the_networks_and_behind_the_distance_to_the_best_of_all(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    found = features_of(reader_over(in_april, tokenizer), QUESTION, BREAD, CALL)
    assert [features.best for features in found] == [0, 0, 3.5, 2, 0]
    assert [features.behind for features in found] == [3.5, 3.5, 0, 1.5, 3.5]
    assert [features.answerable for features in found] == [0, 0, 1.5, 1.5, 1.5]


def test_log_odds_beyond_the_bound_count_as_the_bound(tokenizer: PairTokenizer) -> None:
    graph = WordGraph(tokenizer, starts={"april": 40}, ends={"april": 40}, answerable={"april": -40})
    first, second, third = features_of(reader_over(graph, tokenizer), QUESTION, CALL)
    assert (first.best, first.behind, first.answerable) == (MOST_ODDS, 0, -MOST_ODDS)
    assert (second.share, second.behind) == (-MOST_ODDS, MOST_ODDS)
    assert third.best == 0


TEXTS = [CALL, BREAD, "Who came? Nobody said.", "She signed it in Oslo on April 2, 1990."]


@given(seed=st.integers(0, 1_000), order=st.permutations(TEXTS))
def test_one_sentence_is_not_behind_and_none_is_before_it(seed: int, order: list[str], tokenizer: PairTokenizer) -> None:
    found = features_of(reader_over(DrawnGraph(seed), tokenizer), QUESTION, *order)
    best = max(features.best for features in found)
    assert min(features.behind for features in found) == 0
    assert all(features.behind == pytest.approx(best - features.best) for features in found)


@given(seed=st.integers(0, 1_000), order=st.permutations(TEXTS))
def test_no_feature_depends_on_the_order_of_the_passages(seed: int, order: list[str], tokenizer: PairTokenizer) -> None:
    def measured(texts: list[str]) -> dict[tuple[str, int], Features]:
        found = reader_over(DrawnGraph(seed), tokenizer).measure(QUESTION, [passage(text) for text in texts])
        return {(texts[one.passage], one.sentence): one.features for one in found}

    assert measured(order) == measured(TEXTS)


def test_cosines_are_those_of_the_embedder_and_of_the_hit(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    measured = reader_over(in_april, tokenizer).measure(QUESTION, [passage(CALL, cosine=0.25), passage(BREAD, cosine=0.5)])
    texts = [span.of(text) for text in (CALL, BREAD) for span in passage(text).sentences]
    asked, *rows = HashingEmbedder().embed([QUESTION, *texts])
    assert [one.features.cosine for one in measured] == pytest.approx([float(asked @ row) for row in rows], abs=1e-6)
    assert [one.features.passage_cosine for one in measured] == [0.25, 0.25, 0.25, 0.5, 0.5]
    assert measured[0].features.cosine > 0.5  # treaty, signed: else any cosines near 0 would do


def test_the_most_relevant_sentences_are_read_alone_and_the_others_count_as_sure_not_to_answer(
    in_april: WordGraph, tokenizer: PairTokenizer
) -> None:
    asked: list[tuple[str, list[str]]] = []

    def answers(question: str, told: Sequence[str]) -> list[float]:
        asked.append((question, list(told)))
        return [0.25] * len(told)

    many = " ".join(
        f"The treaty was signed by envoy number {n} of the long list of them in April of that year." for n in range(20)
    )
    found = features_of(reader_over(in_april, tokenizer, answers=answers), QUESTION, many)
    ((question, told),) = asked
    assert question == QUESTION
    assert len(set(told)) == MOST_READ_ALONE
    held = sorted(features.alone for features in found)
    assert held == pytest.approx([-MOST_ODDS_ALONE] * (20 - MOST_READ_ALONE) + [math.log(1 / 3)] * MOST_READ_ALONE)


def test_a_sure_sentence_read_alone_may_become_the_most_relevant(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    def answers(_: str, told: Sequence[str]) -> list[float]:
        return [1.0 if one.endswith("It rained.") else 0.0 for one in told]

    reader = reader_over(in_april, tokenizer, answers=answers, relevance=weighing(best=1.0, alone=0.5))
    first = reader.read(QUESTION, [passage(CALL)])[0]
    assert (first.passage, first.sentence) == (0, 2)
    assert first.relevance == pytest.approx(sigmoid(MOST_ODDS_ALONE / 2))


def test_a_sentence_that_is_plainly_irrelevant_is_not_read_alone(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    told: list[str] = []

    def answers(_: str, sentences: Sequence[str]) -> list[float]:
        told.extend(sentences)
        return [0.5] * len(sentences)

    reader_over(in_april, tokenizer, answers=answers, relevance=weighing(bias=-5.0)).read(QUESTION, [passage(CALL)])
    assert told == []


def test_a_short_sentence_is_read_with_the_one_before_it(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    told: list[str] = []

    def answers(_: str, sentences: Sequence[str]) -> list[float]:
        told.extend(sentences)
        return [0.5] * len(sentences)

    features_of(reader_over(in_april, tokenizer, answers=answers), QUESTION, CALL)
    assert set(told) == {
        "The treaty was signed in April.",
        "The treaty was signed in April. Anna came from Oslo.",
        "Anna came from Oslo. It rained.",
    }


def test_a_sentence_is_embedded_once_over_several_questions(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    embedder = HashingEmbedder()
    reader = reader_over(in_april, tokenizer, embedder=embedder)
    first = reader.read(QUESTION, [passage(CALL)])
    reader.read("Who came from Oslo?", [passage(CALL), passage(BREAD), passage(BREAD)])
    assert reader.read(QUESTION, [passage(CALL)]) == first
    assert set(Counter(embedder.embedded).values()) == {1}
    assert len(embedder.embedded) == 2 + 3 + 2  # questions, and the sentences of both texts


def test_only_what_is_most_relevant_without_it_is_embedded(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    embedder = HashingEmbedder()
    reader = reader_over(in_april, tokenizer, embedder=embedder, relevance=weighing(best=1.0, cosine=0.1))
    rain = " ".join(f"It rained on day {number} of the trip." for number in range(MOST_EMBEDDED + 8))
    readings = reader.read(QUESTION, [passage(rain), passage(CALL)])
    assert len(embedder.embedded) == 1 + MOST_EMBEDDED
    assert len(readings) == MOST_EMBEDDED + 8 + 3
    assert (readings[0].passage, readings[0].sentence) == (1, 0)
    assert "The treaty was signed in April." in embedder.embedded


def test_coverage_is_the_share_of_the_questions_idf_mass(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    """The treaty stands in the first sentence, the signing in the last, and neither in the one between them."""
    text = "The treaty was long. It rained. They signed in April. The sun shone."
    found = features_of(reader_over(in_april, tokenizer), QUESTION, text)
    treaty, sign = TREATY / (TREATY + SIGN), SIGN / (TREATY + SIGN)
    assert [features.coverage for features in found] == pytest.approx([treaty, 0, sign, 0])
    assert [features.coverage_with_neighbours for features in found] == pytest.approx([treaty, 1, sign, sign])
    assert [features.coverage_of_passage for features in found] == pytest.approx([1] * 4)


@pytest.mark.parametrize("question", ["", "When was it?", "🙂"])
def test_a_question_without_content_terms_is_covered_by_nothing(
    in_april: WordGraph, tokenizer: PairTokenizer, question: str
) -> None:
    found = features_of(reader_over(in_april, tokenizer), question, CALL)
    assert [(f.coverage, f.coverage_with_neighbours, f.coverage_of_passage) for f in found] == [(0, 0, 0)] * 3


@pytest.mark.parametrize(
    ("question", "sentence", "lacks", "unfit"),
    [
        (QUESTION, "They signed it in April.", False, False),
        (QUESTION, "They signed it in Oslo.", True, True),
        (QUESTION, "They signed it in Oslo last week.", False, True),  # a date, but not in the best span
        ("Why was the treaty signed?", "They signed it in Oslo.", False, False),  # no kind of words is asked for
    ],
)
def test_words_of_the_kind_asked_for_are_looked_for_in_sentence_and_span(
    in_april: WordGraph, tokenizer: PairTokenizer, question: str, sentence: str, *, lacks: bool, unfit: bool
) -> None:
    (features,) = features_of(reader_over(in_april, tokenizer), question, sentence)
    assert (features.expected_missing, features.unfit) == (lacks, unfit)


@pytest.mark.parametrize(
    ("starts", "ends", "echo"),
    [("treaty", "treaty", 1), ("signed", "april", 1 / 3), ("april", "april", 0), ("was", "in", 2 / 3)],
)
def test_echo_is_the_share_of_the_spans_terms_that_the_question_holds(
    tokenizer: PairTokenizer, starts: str, ends: str, echo: float
) -> None:
    graph = WordGraph(tokenizer, starts={starts: 9}, ends={ends: 9})
    (features,) = features_of(reader_over(graph, tokenizer), QUESTION, "The treaty was signed in April.")
    assert features.echo == pytest.approx(echo)


def test_questions_and_short_sentences_are_marked(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    found = features_of(reader_over(in_april, tokenizer), QUESTION, "Who came? They all came from the north. Yes.")
    assert [(features.is_question, features.is_short) for features in found] == [(1, 1), (0, 0), (0, 1)]


def test_a_sentence_behind_what_the_network_reads_has_no_span_and_is_far_behind(
    in_april: WordGraph, tokenizer: PairTokenizer
) -> None:
    text = f"The treaty was signed in April{', it was said' * MAX_PAIR_TOKENS}. They came on Monday."
    spans = (Span(0, text.index(". ") + 1), Span(text.index(". ") + 2, len(text)))
    first, last = reader_over(in_april, tokenizer).measure(QUESTION, [Passage(text, spans)])
    assert first.scores.answer is not None
    assert last.scores.answer is None
    features = last.features
    assert (features.best, features.share, features.behind) == (-MOST_ODDS, -MOST_ODDS, MOST_ODDS + 3.5)
    assert (features.unfit, features.echo, features.expected_missing) == (0, 0, 0)


def test_no_passages_give_no_readings(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    assert reader_over(in_april, tokenizer).read(QUESTION, []) == []


def test_a_passage_without_sentences_gives_no_reading_and_keeps_its_place(in_april: WordGraph, tokenizer: PairTokenizer) -> None:
    empty = Passage("Words without spans.", ())
    reader = reader_over(in_april, tokenizer)
    assert reader.read(QUESTION, [empty]) == []
    readings = reader.read(QUESTION, [passage(CALL), empty, passage(BREAD)])
    assert sorted((reading.passage, reading.sentence) for reading in readings) == [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=len(FEATURE_NAMES), max_size=len(FEATURE_NAMES)), st.floats(-1e6, 1e6))
def test_any_weights_give_a_probability(weights: list[float], bias: float) -> None:
    features = Features(*[1.0] * len(FEATURE_NAMES))
    assert 0 < Weights(bias, tuple(weights)).probability(features) < 1


def test_weights_of_another_number_of_features_are_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        Weights(0.0, (1.0,)).probability(Features(*[1.0] * len(FEATURE_NAMES)))


def test_a_question_in_a_script_that_the_network_does_not_know_is_read_by_its_words(tokenizer: PairTokenizer) -> None:
    reader = reader_over(WordGraph(tokenizer), tokenizer, support=weighing(bias=9.0))
    first, *others = reader.read("Где подписан договор?", [passage("Шёл дождь. Договор подписан в Осло. Приехала Анна.")])
    assert (first.sentence, first.relevance, first.support) == (1, 1.0, pytest.approx(SURENESS))
    assert {other.support for other in others} == {0.0}
