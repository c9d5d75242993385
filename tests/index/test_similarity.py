from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.similarity import FEATURE_NAMES, FITTED, Features, SimilarityReader, Weights
from index.sentences import sentences
from index.types import Passage, Span
from tests.fakes import HashingEmbedder

NOTHING = Features(*[0.0] * len(FEATURE_NAMES))


def passage(text: str) -> Passage:
    return Passage(text, tuple(sentences(text, Span(0, len(text)))))


def frequencies(terms: Iterable[str]) -> tuple[Mapping[str, int], int]:
    return {term: {"tiktok": 2, "leader": 50}.get(term, 10) for term in terms}, 100


def reader(embedder: HashingEmbedder) -> SimilarityReader:
    return SimilarityReader(embedder, frequencies, FITTED)


def measured(question: str, text: str) -> list[Features]:
    return [features for _, features in reader(HashingEmbedder()).measure(question, [passage(text)])]


def test_support_is_the_logistic_of_bias_and_weighted_features() -> None:
    weights = Weights(-1.0, tuple(float(n) for n in range(len(FEATURE_NAMES))))
    features = Features(*[0.1] * len(FEATURE_NAMES))
    logit = -1.0 + 0.1 * sum(range(len(FEATURE_NAMES)))
    assert weights.support(features) == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-12)


def test_there_is_a_weight_for_each_feature() -> None:
    assert len(FITTED.weights) == len(FEATURE_NAMES) == len(astuple(NOTHING))


@given(st.lists(st.floats(-1e6, 1e6), min_size=len(FEATURE_NAMES), max_size=len(FEATURE_NAMES)))
def test_support_stays_a_probability_for_any_features(values: list[float]) -> None:
    assert 0 < FITTED.support(Features(*values)) < 1


@pytest.mark.parametrize(("name", "rises"), [("sentence_cosine", True), ("token_similarity", True), ("is_question", False)])
def test_support_moves_with_what_speaks_for_and_against(name: str, *, rises: bool) -> None:
    assert (FITTED.support(replace(NOTHING, **{name: 1.0})) > FITTED.support(NOTHING)) is rises


def test_coverage_is_the_share_of_idf_mass_worked_out_by_hand() -> None:
    """Two terms: tiktok in 2 of 100 chunks, leaders in 50; the sentence holds tiktok only."""
    tiktok, leaders = math.log1p(98.5 / 2.5), math.log1p(50.5 / 50.5)
    (features,) = measured("leaders TikTok", "TikTok is an app that many people use.")
    assert features.coverage == pytest.approx(tiktok / (tiktok + leaders))


def test_coverage_grows_from_the_sentence_to_its_neighbours_to_the_passage() -> None:
    first, *_ = measured("leaders TikTok trade", "TikTok came. Leaders met. Others left. Trade grew.")
    assert 0 < first.coverage < first.coverage_with_neighbours < first.coverage_of_passage
    assert first.coverage_of_passage == pytest.approx(1.0)


def test_a_question_a_short_sentence_and_a_missing_kind_are_marked() -> None:
    asked, short, dated = measured(
        "When did they call?", "And what did they say when they came to talk? Hello. They called on April 2, the leaders say."
    )
    assert [f.is_question for f in (asked, short, dated)] == [1.0, 0.0, 0.0]
    assert [f.is_short for f in (asked, short, dated)] == [0.0, 1.0, 0.0]
    assert [f.expected_missing for f in (asked, short, dated)] == [1.0, 1.0, 0.0]


def test_the_sentence_that_is_the_question_has_cosine_one() -> None:
    (features,) = measured("Leaders discussed TikTok", "Leaders discussed TikTok")
    assert (features.sentence_cosine, features.token_similarity) == pytest.approx((1.0, 1.0), abs=1e-5)
    assert features.weakest_token_similarity == pytest.approx(1.0, abs=1e-5)


def test_a_text_read_before_is_not_embedded_again() -> None:
    embedder = HashingEmbedder()
    similarity = reader(embedder)
    similarity.read("Who called?", [passage("Biden called Xi. They talked.")])
    embedder.calls.clear()
    similarity.read("Who talked?", [passage("Biden called Xi. They talked.")])
    assert [texts for method, texts in embedder.calls if texts] == [("Who talked?",)]


def test_a_single_date_is_the_answer_and_its_span_is_in_the_passage() -> None:
    text = "The leaders met. They called on April 2, officials say."
    best, *_ = [r for r in reader(HashingEmbedder()).read("When did they call?", [passage(text)]) if r.sentence == 1]
    assert best.answer is not None
    assert best.answer.of(text) == "April 2"


def test_two_names_leave_open_which_one_answers() -> None:
    text = "Yesterday John Kirby met Janet Yellen."
    assert reader(HashingEmbedder()).read("Who called?", [passage(text)])[0].answer is None
