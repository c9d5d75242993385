"""Two runs of the same questions, paired, with bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.evaluation.errors import RunsDiffer
from service.evaluation.run import Run
from service.evaluation.summary import MEASURES, measure_of

N_RESAMPLES = 10_000  # Efron & Tibshirani 1993 ask for 1,000 and more for percentile intervals
CONFIDENCE = 0.95  # the convention; Koehn, EMNLP 2004, for paired resampling of test sets
SEED = 0  # any fixed number: the same two runs give the same interval
_BLOCK_CELLS = 2_000_000  # resampled values held at once, 16 MB of int64

LATENCY = "latency_ms"


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure over the `n` questions for which both runs have it: means, mean of b - a, and its interval.

    The interval excludes 0 where the difference is significant at 5 %.
    """

    measure: str
    n: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float


# Question id -> measure name -> value; None where the measure is not defined for the question.
ScoresById = Mapping[str, Mapping[str, float | None]]


def scores_of(run: Run) -> dict[str, dict[str, float | None]]:
    """Every per-question measure of the run, and its latency in milliseconds, by question id."""
    return {row.question.id: {name: measure_of(row, name) for name in MEASURES} | {LATENCY: row.latency_ms} for row in run.rows}


def compare(run_a: Run, run_b: Run) -> tuple[Difference, ...]:
    """`compare_scores` of two runs.

    Raises:
        RunsDiffer: they did not ask the same question ids.
    """
    return compare_scores(scores_of(run_a), scores_of(run_b))


def compare_scores(scores_a: ScoresById, scores_b: ScoresById) -> tuple[Difference, ...]:
    """How b differs from a: one per measure that both have, in the order of MEASURES, latency last.

    Raises:
        RunsDiffer: the two do not hold the same question ids.
    """
    only_a, only_b = sorted(scores_a.keys() - scores_b.keys()), sorted(scores_b.keys() - scores_a.keys())
    if only_a or only_b:
        raise RunsDiffer(
            f"the runs asked different questions, such as {(only_a + only_b)[0]!r} ({len(only_a)} only in "
            f"the first, {len(only_b)} only in the second); run both on the same data set"
        )
    differences = []
    for measure in (*MEASURES, LATENCY):
        pairs = [
            (a, b)
            for id_ in sorted(scores_a)
            if (a := scores_a[id_].get(measure)) is not None and (b := scores_b[id_].get(measure)) is not None
        ]
        if pairs:
            differences.append(_difference(measure, pairs))
    return tuple(differences)


def _difference(measure: str, pairs: Sequence[tuple[float, float]]) -> Difference:
    values = np.asarray(pairs, dtype=np.float64)
    deltas = values[:, 1] - values[:, 0]
    low, high = bootstrap_interval(deltas)
    mean_a, mean_b = values.mean(axis=0)
    return Difference(measure, len(pairs), float(mean_a), float(mean_b), float(deltas.mean()), low, high)


def bootstrap_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Percentile interval of the mean of values of shape (n,) (Efron & Tibshirani 1993, chapter 13)."""
    random = np.random.default_rng(SEED)
    block = max(1, _BLOCK_CELLS // len(values))
    means = [
        values[random.integers(0, len(values), size=(min(block, N_RESAMPLES - done), len(values)))].mean(axis=1)
        for done in range(0, N_RESAMPLES, block)
    ]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)
