from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evaluation.compare import Difference, ScoresById, bootstrap_interval, compare, compare_scores, facts
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


def outcome(status: str, *, answerable: bool, confidence: float | None = 0.5) -> dict[str, float | None]:
    return facts(status, answerable=answerable, confidence=confidence, containment=1.0 if answerable else None)


def by_measure(a: ScoresById, b: ScoresById) -> dict[str, Difference]:
    return {one.measure: one for one in compare_scores(a, b)}


def test_refusal_is_compared_as_a_whole_and_not_as_a_mean() -> None:
    ids = [f"q{i:02d}" for i in range(20)]
    a = {id_: outcome("refused", answerable=i >= 5) for i, id_ in enumerate(ids)}  # refuses all
    b = {id_: outcome("refused" if i < 5 else "answered", answerable=i >= 5) for i, id_ in enumerate(ids)}  # always right
    found = by_measure(a, b)
    # Refusing all 20 with 5 unanswerable: precision 5 / 20, F1 2 * 5 / (20 + 5).
    shown = [found[f"refusal_{name}"] for name in ("precision", "recall", "f1")]
    assert [one.mean_a for one in shown] == pytest.approx([0.25, 1, 0.4])
    assert [one.mean_b for one in shown] == [1, 1, 1]
    assert (found["refusal_recall"].low, found["refusal_recall"].high) == (0, 0)
    assert 0 < found["refusal_f1"].low < 0.6 < found["refusal_f1"].high < 1


def test_calibration_and_discrimination_of_two_runs_are_compared() -> None:
    ids = [f"q{i:02d}" for i in range(10)]
    sure = {id_: outcome("answered", answerable=i < 5, confidence=1.0 if i < 5 else 0.0) for i, id_ in enumerate(ids)}
    unsure = {id_: outcome("answered", answerable=i < 5, confidence=0.5) for i, id_ in enumerate(ids)}
    found = by_measure(unsure, sure)
    # Half are right, so saying 0.5 of each is calibrated, and tells nothing apart.
    assert (found["ece"].mean_a, found["ece"].mean_b) == pytest.approx((0, 0))
    assert (found["auroc_answerable"].mean_a, found["auroc_answerable"].mean_b) == (0.5, 1)
    assert found["auroc_answerable"].low == found["auroc_answerable"].high == 0.5


def test_a_run_without_confidence_is_compared_in_what_it_has() -> None:
    a = {"q1": outcome("refused", answerable=False, confidence=None)}
    assert set(by_measure(a, a)) == {"refusal_precision", "refusal_recall", "refusal_f1"}


def test_two_runs_of_no_questions_do_not_differ() -> None:
    assert compare_scores({}, {}) == ()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_swapping_the_runs_turns_every_difference_round(rows: list[tuple[bool, bool, bool]]) -> None:
    def run(which: int) -> ScoresById:
        return {f"q{i:02d}": outcome("refused" if row[which] else "answered", answerable=row[2]) for i, row in enumerate(rows)}

    there, back = by_measure(run(0), run(1)), by_measure(run(1), run(0))
    assert set(there) == set(back)
    for measure, one in there.items():
        other = back[measure]
        assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low), abs=1e-9)
