from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evaluation.compare import ScoresById, bootstrap_interval, compare, compare_scores
from service.evaluation.errors import RunsDiffer
from tests.service.evaluation import fakes


def test_a_run_does_not_differ_from_itself() -> None:
    run = fakes.run_of_six()
    differences = compare(run, run)
    assert {(one.difference, one.low, one.high) for one in differences} == {(0, 0, 0)}
    assert [one.measure for one in differences][-1] == "latency_ms"


def test_only_questions_for_which_both_have_the_measure_are_paired() -> None:
    a: ScoresById = {"q1": {"token_f1": 0.5}, "q2": {"token_f1": None}, "q3": {"token_f1": 0.0}}
    b = {"q1": {"token_f1": 1.0}, "q2": {"token_f1": 1.0}, "q3": {"token_f1": 0.2}}
    (one,) = compare_scores(a, b)
    # Pairs (0.5, 1) and (0, 0.2): means 0.25 and 0.6, differences 0.5 and 0.2.
    assert (one.measure, one.n) == ("token_f1", 2)
    assert (one.mean_a, one.mean_b, one.difference) == pytest.approx((0.25, 0.6, 0.35))
    assert (one.low, one.high) == pytest.approx((0.2, 0.5))


def test_the_interval_is_that_of_the_normal_approximation_on_many_values() -> None:
    # 400 differences of 0 or 1, half each: mean 0.5, standard error 0.5 / 20 = 0.025, 1.96 of it is 0.049.
    values = np.tile([0.0, 1.0], 200)
    assert bootstrap_interval(values) == pytest.approx((0.451, 0.549), abs=0.004)


def test_the_same_values_give_the_same_interval_each_time() -> None:
    values = np.sqrt(np.arange(50.0))
    assert bootstrap_interval(values) == bootstrap_interval(values)


def test_runs_of_different_questions_are_not_compared() -> None:
    with pytest.raises(RunsDiffer, match=r"such as 'q2' \(1 only in the first, 0 only in the second\)"):
        compare_scores({"q1": {}, "q2": {}}, {"q1": {}})


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_the_interval_lies_within_the_values(values: list[float]) -> None:
    low, high = bootstrap_interval(np.asarray(values))
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
