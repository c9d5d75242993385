from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]  # it ships no types

from service.evaluation.calibration import (
    RiskAtCoverage,
    area_under_risk_coverage,
    auroc,
    calibration_bins,
    expected_calibration_error,
    risk_coverage_curve,
)

confidence = st.floats(0, 1).map(lambda value: round(value, 2))
rated = st.lists(st.tuples(confidence, st.booleans()), min_size=1, max_size=60)


def test_ece_equals_the_hand_count() -> None:
    # Bin (0.8, 0.9]: confidences 0.85 and 0.9, one right: |0.5 - 0.875| = 0.375, weight 2/4.
    # Bin (0.1, 0.2]: 0.2 twice, none right: |0 - 0.2| = 0.2, weight 2/4. Sum 0.1875 + 0.1 = 0.2875.
    values, right = [0.85, 0.9, 0.2, 0.2], [True, False, False, False]
    assert expected_calibration_error(values, right) == pytest.approx(0.2875)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below_it() -> None:
    bins = calibration_bins([0.0, 0.1, 0.3, 0.7, 1.0], [True] * 5)
    assert [bin_.n for bin_ in bins] == [2, 0, 1, 0, 0, 0, 1, 0, 0, 1]
    assert (bins[2].low, bins[2].high) == (0.2, 0.3)
    assert bins[1].mean_confidence is None


@given(rated)
def test_the_bins_hold_every_confidence_inside_their_edges(rows: list[tuple[float, bool]]) -> None:
    bins = calibration_bins([value for value, _ in rows], [right for _, right in rows])
    assert sum(bin_.n for bin_ in bins) == len(rows)
    means = [(bin_.low, bin_.mean_confidence, bin_.high) for bin_ in bins if bin_.mean_confidence is not None]
    assert all(low - 1e-9 <= value <= high + 1e-9 for low, value, high in means)


@given(st.lists(st.booleans(), min_size=1))
def test_certainty_that_is_always_right_has_no_calibration_error(right: list[bool]) -> None:
    assert expected_calibration_error([float(r) for r in right], right) == 0


def test_risk_and_coverage_equal_the_hand_count() -> None:
    # Down the confidences: right, wrong, right, wrong; risks 0, 1/2, 1/3, 2/4; their mean is 1/3.
    values, right = [0.9, 0.8, 0.7, 0.6], [True, False, True, False]
    curve = risk_coverage_curve(values, right)
    assert [point.coverage for point in curve] == [0.25, 0.5, 0.75, 1]
    assert [point.risk for point in curve] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert area_under_risk_coverage(values, right) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_a_tie_is_one_point_and_counts_as_its_expectation() -> None:
    # One wrong in a tie of two: each counts half an error, so both risks are 1/2.
    assert risk_coverage_curve([0.5, 0.5], [True, False]) == (RiskAtCoverage(1, 0.5),)
    assert area_under_risk_coverage([0.5, 0.5], [True, False]) == 0.5


@given(rated)
def test_the_order_of_the_questions_changes_no_risk(rows: list[tuple[float, bool]]) -> None:
    mixed = sorted(rows, key=lambda row: (row[1], row[0]))
    areas = [area_under_risk_coverage([value for value, _ in order], [right for _, right in order]) for order in (rows, mixed)]
    assert areas[0] == pytest.approx(areas[1])


@given(rated)
def test_at_full_coverage_the_risk_is_the_share_of_errors(rows: list[tuple[float, bool]]) -> None:
    right = [right for _, right in rows]
    curve = risk_coverage_curve([value for value, _ in rows], right)
    assert curve[-1].coverage == 1
    assert curve[-1].risk == pytest.approx(right.count(False) / len(right))
    assert len(curve) == len({value for value, _ in rows})


@given(st.lists(confidence, min_size=1, max_size=40), st.lists(confidence, min_size=1, max_size=40))
def test_auroc_agrees_with_scikit_learn(positives: list[float], negatives: list[float]) -> None:
    labels = [1] * len(positives) + [0] * len(negatives)
    assert auroc(positives, negatives) == pytest.approx(roc_auc_score(labels, positives + negatives))


def test_auroc_counts_a_tie_as_half() -> None:
    # Pairs: 0.9 > 0.5 and 0.9 > 0.1 (2), 0.5 = 0.5 (1/2), 0.5 > 0.1 (1): 3.5 of 4.
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)


def test_of_no_questions_nothing_is_defined() -> None:
    assert expected_calibration_error([], []) is None
    assert area_under_risk_coverage([], []) is None
    assert risk_coverage_curve([], []) == ()
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None
