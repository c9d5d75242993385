from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import bm25
from index.fuse import fuse
from index.types import ScoredChunk

FOUND = st.dictionaries(st.integers(min_value=1, max_value=12), st.floats(min_value=0, max_value=1), max_size=8)


def ranked(scores: dict[int, float]) -> list[ScoredChunk]:
    best = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    return [ScoredChunk(chunk_id, score) for chunk_id, score in best]


def test_a_sum_worked_out_by_hand() -> None:
    """Cosines 0.6, 0.3 and 0.2; of at most 8 by words 6 and 2."""
    fused = fuse({3: 0.6, 7: 0.3, 9: 0.2}, ranked({3: 2.0, 9: 6.0}), most_by_words=8.0, k=10)
    assert [scored.chunk_id for scored in fused] == [9, 3, 7]
    assert [scored.score for scored in fused] == pytest.approx([0.2 + 0.75, 0.6 + 0.25, 0.3])


def test_what_is_not_embedded_yet_comes_before_all_that_has_none_of_the_words() -> None:
    assert [scored.chunk_id for scored in fuse({1: 0.9, 2: 0.8}, ranked({7: 0.1}), most_by_words=9.0, k=10)] == [7, 1, 2]


def test_words_count_as_much_as_the_question_could_have_not_as_much_as_was_found() -> None:
    """The best of few words is no match of all: a better cosine goes before it."""
    cosines, lexical = {1: 0.5, 2: 0.3}, ranked({2: 1.0})
    assert fuse(cosines, lexical, most_by_words=20.0, k=1)[0].chunk_id == 1
    assert fuse(cosines, lexical, most_by_words=2.0, k=1)[0].chunk_id == 2


def test_equal_sums_are_ordered_by_id() -> None:
    assert [scored.chunk_id for scored in fuse({9: 0.5, 2: 0.5, 5: 0.5}, [], most_by_words=1.0, k=3)] == [2, 5, 9]


def test_before_anything_is_embedded_words_alone_decide() -> None:
    assert [scored.chunk_id for scored in fuse({}, ranked({4: 1.0, 2: 3.0}), most_by_words=4.0, k=8)] == [2, 4]


def test_a_question_without_a_term_of_any_worth_is_searched_by_meaning_alone() -> None:
    assert fuse({4: 0.5}, [], most_by_words=0.0, k=8) == [ScoredChunk(4, 0.5)]


@given(FOUND, FOUND, st.integers(min_value=0, max_value=20))
def test_every_id_comes_out_once_and_a_smaller_k_is_a_prefix(cosines: dict[int, float], words: dict[int, float], k: int) -> None:
    whole = fuse(cosines, ranked(words), most_by_words=1.0, k=100)
    assert {one.chunk_id for one in whole} == cosines.keys() | words.keys()
    assert len(whole) == len({one.chunk_id for one in whole})
    assert all(first.score >= second.score for first, second in pairwise(whole))
    assert fuse(cosines, ranked(words), most_by_words=1.0, k=k) == whole[:k]


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=1, max_size=5), st.lists(st.sampled_from("abcde"), max_size=30))
def test_no_chunk_scores_more_than_the_most(holding: list[int], held: list[str]) -> None:
    frequencies = dict(zip("abcde", holding, strict=False))
    idfs = {term: bm25.idf(n, 50) for term, n in frequencies.items()}
    assert bm25.score(" ".join(held), idfs, mean_length=10.0) <= bm25.most(frequencies, 50)
