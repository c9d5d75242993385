from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.retrieval import Ranked, retrieval_scores

ranked_passages = st.integers(1, 4).flatmap(
    lambda n_groups: st.builds(
        Ranked,
        st.tuples(*[st.integers(1, 3)] * n_groups),
        st.lists(st.lists(st.integers(0, n_groups - 1), max_size=n_groups).map(tuple), max_size=12).map(tuple),
    )
)


def test_two_groups_found_at_ranks_two_and_four_score_as_worked_out_by_hand() -> None:
    ranked = Ranked((1, 1), ((), (0,), (), (1,)))
    scores = retrieval_scores({"q": ranked}, k=3)["q"]
    # Of two groups one is in the first 3 passages. The first one found is at rank 2.
    assert (scores.recall_at_k, scores.reciprocal_rank) == (0.5, 0.5)
    # DCG = 1/log2(3) + 1/log2(5); ideal = 1/log2(2) + 1/log2(3).
    assert scores.ndcg_at_10 == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))


def test_judged_gains_weigh_in_ndcg_alone() -> None:
    # The gain of 1 comes first, that of 3 second: DCG = 1 + 3/log2(3), ideal = 3 + 1/log2(3).
    scores = retrieval_scores({"q": Ranked((3, 1), ((1,), (0,)))}, k=8)["q"]
    assert scores.ndcg_at_10 == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))
    assert (scores.recall_at_k, scores.reciprocal_rank) == (1, 1)


def test_a_second_passage_on_the_same_group_is_no_gain() -> None:
    once = retrieval_scores({"q": Ranked((1, 1), ((0,), (), ()))}, k=8)
    twice = retrieval_scores({"q": Ranked((1, 1), ((0,), (0,), (0,)))}, k=8)
    assert once == twice


def test_one_passage_can_satisfy_every_group_within_the_first_k() -> None:
    scores = retrieval_scores({"q": Ranked((1, 1, 1), ((0, 1, 2),))}, k=1)["q"]
    assert (scores.recall_at_k, scores.ndcg_at_10, scores.reciprocal_rank) == (1, 1, 1)


def test_of_the_groups_of_one_passage_the_most_relevant_comes_first() -> None:
    assert retrieval_scores({"q": Ranked((1, 3), ((0, 1),))}, k=8)["q"].ndcg_at_10 == pytest.approx(1)


def test_a_passage_past_k_is_not_recalled() -> None:
    assert retrieval_scores({"q": Ranked((1,), ((), (), (0,)))}, k=2)["q"].recall_at_k == 0


def test_a_question_without_passages_scores_zero_beside_one_that_has_some() -> None:
    scores = retrieval_scores({"none": Ranked((1,), ()), "one": Ranked((1,), ((0,),))}, k=8)
    assert (scores["none"].recall_at_k, scores["none"].ndcg_at_10, scores["none"].reciprocal_rank) == (
        0,
        0,
        0,
    )
    assert scores["one"].recall_at_k == 1


def test_no_questions_give_no_scores() -> None:
    assert retrieval_scores({}, k=8) == {}


@given(ranked_passages, st.integers(1, 12))
def test_recall_is_the_share_of_groups_that_the_first_k_passages_satisfy(ranked: Ranked, k: int) -> None:
    scores = retrieval_scores({"q": ranked}, k=k)["q"]
    found = {group for groups in ranked.satisfied[:k] for group in groups}
    assert scores.recall_at_k == pytest.approx(len(found) / len(ranked.gains))
    first = next((rank for rank, groups in enumerate(ranked.satisfied, start=1) if groups), None)
    assert scores.reciprocal_rank == pytest.approx(1 / first if first else 0)
    assert 0 <= scores.ndcg_at_10 <= 1 + 1e-9
