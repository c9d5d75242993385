from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import RRF_K, fuse
from index.types import ScoredChunk

RANKINGS = st.lists(st.lists(st.integers(min_value=1, max_value=12), unique=True, max_size=8), max_size=4)


def ranked(ids: list[int]) -> list[ScoredChunk]:
    return [ScoredChunk(chunk_id, float(-place)) for place, chunk_id in enumerate(ids)]


def test_the_constant_is_that_of_the_paper() -> None:
    assert RRF_K == 60


def test_a_sum_worked_out_by_hand() -> None:
    """7 is first and third, 3 is second and first, 9 is third only."""
    fused = fuse([ranked([7, 3, 9]), ranked([3, 5, 7])], k=10)
    assert [scored.chunk_id for scored in fused] == [3, 7, 5, 9]
    expected = [1 / 62 + 1 / 61, 1 / 61 + 1 / 63, 1 / 62, 1 / 63]
    assert [scored.score for scored in fused] == pytest.approx(expected, abs=1e-12)


def test_one_second_place_in_both_beats_one_first_place_in_one() -> None:
    assert fuse([ranked([1, 2]), ranked([3, 2])], k=1)[0].chunk_id == 2


def test_the_scores_given_by_the_searches_do_not_matter_only_ranks_do() -> None:
    small = [ScoredChunk(4, 0.1), ScoredChunk(2, 0.05)]
    large = [ScoredChunk(4, 900.0), ScoredChunk(2, 800.0)]
    assert fuse([small], k=5) == fuse([large], k=5)


def test_equal_sums_are_ordered_by_id() -> None:
    assert [scored.chunk_id for scored in fuse([ranked([9]), ranked([2]), ranked([5])], k=3)] == [2, 5, 9]


@given(RANKINGS, st.randoms(use_true_random=False))
def test_the_order_of_the_rankings_does_not_matter(rankings: list[list[int]], random) -> None:
    lists = [ranked(ids) for ids in rankings]
    shuffled = list(lists)
    random.shuffle(shuffled)
    first, second = fuse(lists, k=50), fuse(shuffled, k=50)
    assert {s.chunk_id: pytest.approx(s.score) for s in first} == {s.chunk_id: s.score for s in second}
    assert all(a.score >= b.score for a, b in pairwise(second))


@given(RANKINGS)
def test_every_ranked_id_comes_out_once_with_the_sum_of_its_reciprocal_ranks(rankings: list[list[int]]) -> None:
    expected: dict[int, float] = {}
    for ids in rankings:
        for chunk_id in set(ids):
            expected[chunk_id] = expected.get(chunk_id, 0) + 1 / (60 + ids.index(chunk_id) + 1)
    fused = fuse([ranked(ids) for ids in rankings], k=100)
    assert len(fused) == len(expected)
    assert {s.chunk_id: s.score for s in fused} == pytest.approx(expected)


@given(st.lists(st.integers(1, 12), unique=True, min_size=2, max_size=8), RANKINGS, st.data())
def test_rising_in_one_ranking_never_lowers_the_final_rank(ids: list[int], others: list[list[int]], data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(ids) - 1))
    risen = [*ids[: place - 1], ids[place], ids[place - 1], *ids[place + 1 :]]
    rest = [ranked(other) for other in others]

    def final(own: list[int]) -> int:
        return [s.chunk_id for s in fuse([ranked(own), *rest], k=100)].index(ids[place])

    assert final(risen) <= final(ids)


@given(RANKINGS, st.integers(0, 10))
def test_a_smaller_k_is_a_prefix(rankings: list[list[int]], k: int) -> None:
    lists = [ranked(ids) for ids in rankings]
    assert fuse(lists, k=k) == fuse(lists, k=100)[:k]


def test_nothing_in_gives_nothing_out() -> None:
    assert fuse([], k=5) == fuse([[], []], k=5) == []
