"""Is confidence worth its name? ECE, risk against coverage, and AUROC, by numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Equal width; Guo, Pleiss, Sun & Weinberger (ICML 2017) use 15 for 5,000 images; our sets are smaller.
N_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences in (low, high], the first bin with its lower border too; means are None in an empty bin."""

    low: float
    high: float
    n: int
    mean_confidence: float | None
    share_right: float | None


def calibration_bins(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """N_BINS bins of equal width over [0, 1], ascending (Guo et al., ICML 2017)."""
    edges = np.arange(N_BINS + 1) / N_BINS
    values, outcomes = _arrays(confidences, right)
    numbers = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, N_BINS - 1)
    return tuple(_bin(float(edges[i]), float(edges[i + 1]), values[numbers == i], outcomes[numbers == i]) for i in range(N_BINS))


def _bin(low: float, high: float, values: NDArray[np.float64], outcomes: NDArray[np.float64]) -> Bin:
    if not len(values):
        return Bin(low, high, 0, None, None)
    return Bin(low, high, len(values), float(values.mean()), float(outcomes.mean()))


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Sum over bins of n_bin / n * |share right - mean confidence| (Guo et al., ICML 2017); None of none."""
    if not confidences:
        return None
    gaps = (
        bin_.n * abs(bin_.share_right - bin_.mean_confidence)
        for bin_ in calibration_bins(confidences, right)
        if bin_.share_right is not None and bin_.mean_confidence is not None
    )
    return sum(gaps) / len(confidences)


@dataclass(frozen=True, slots=True)
class RiskAtCoverage:
    """Answering the `coverage` share of highest confidence, `risk` is the share of these that is wrong."""

    coverage: float
    risk: float


def risk_coverage_curve(confidences: Sequence[float], right: Sequence[bool]) -> tuple[RiskAtCoverage, ...]:
    """One point per distinct confidence, coverage ascending to 1 (El-Yaniv & Wiener, JMLR 2010)."""
    risks, last_of_tie = _risks(confidences, right)
    n = len(risks)
    return tuple(RiskAtCoverage((i + 1) / n, float(risks[i])) for i in range(n) if last_of_tie[i])


def area_under_risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Mean over i = 1..n of the risk at coverage i / n; ties are answered in random order, in expectation.

    Source: El-Yaniv & Wiener, JMLR 2010; as a mean over the n coverages Geifman, Uziel & El-Yaniv, ICLR 2019.
    """
    return float(_risks(confidences, right)[0].mean()) if confidences else None


def _risks(confidences: Sequence[float], right: Sequence[bool]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Risk at each coverage i / n, and whether i is its tie's last; each error is its tie's mean error."""
    values, outcomes = _arrays(confidences, right)
    order = np.argsort(-values, kind="stable")
    values, wrong = values[order], 1.0 - outcomes[order]
    last_of_tie = np.append(values[1:] != values[:-1], True) if len(values) else np.zeros(0, dtype=np.bool_)
    _, tie, sizes = np.unique(-values, return_inverse=True, return_counts=True)
    mean_wrong = np.bincount(tie, weights=wrong, minlength=len(sizes)) / sizes
    return np.cumsum(mean_wrong[tie]) / np.arange(1, len(values) + 1), last_of_tie


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """P(positive > negative) + P(equal) / 2; None unless both sides have values.

    The Mann-Whitney U over the product of the counts (Hanley & McNeil, Radiology 1982).
    """
    if not positives or not negatives:
        return None
    ordered = np.sort(np.asarray(negatives, dtype=np.float64))
    values = np.asarray(positives, dtype=np.float64)
    below = np.searchsorted(ordered, values, side="left")
    below_or_equal = np.searchsorted(ordered, values, side="right")
    return float((below + below_or_equal).sum() / 2 / (len(values) * len(ordered)))


def _arrays(confidences: Sequence[float], right: Sequence[bool]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
