"""Two runs of the same questions, paired, with bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.evaluation.calibration import auroc, expected_calibration_error
from service.evaluation.errors import RunsDiffer
from service.evaluation.measures import refusal_scores
from service.evaluation.run import Run
from service.evaluation.summary import MEASURES, candidate_answers, measure_of

N_RESAMPLES = 10_000  # Efron & Tibshirani 1993 ask for 1,000 and more for percentile intervals
N_SET_RESAMPLES = 2_000  # of measures that are no mean over questions: each is computed anew each time
CONFIDENCE = 0.95  # the convention; Koehn, EMNLP 2004, for paired resampling of test sets
SEED = 0  # any fixed number: the same two runs give the same interval
_BLOCK_CELLS = 2_000_000  # resampled values held at once, 16 MB of int64

LATENCY = "latency_ms"
# What measures of a whole set are made of, beside the measures of each question: 1 or 0, and a probability.
_REFUSED, _ANSWERABLE, _CONFIDENCE, _CANDIDATE = "refused", "answerable", "confidence", "candidate_answers"


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure over the `n` questions for which both runs have it: means, mean of b - a, and its interval.

    The interval excludes 0 where the difference is significant at 5 %. For refusal, ECE and AUROC, which are no means, the
    "mean" is the measure itself.
    """

    measure: str
    n: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a run was compared with (a), and how it (b) differs."""

    with_: str
    differences: tuple[Difference, ...]


# Question id -> measure name -> value; None where the measure is not defined for the question.
ScoresById = Mapping[str, Mapping[str, float | None]]


def scores_of(run: Run) -> dict[str, dict[str, float | None]]:
    """Every per-question measure of the run, its latency in milliseconds, and `facts`, by question id."""
    return {
        row.question.id: {name: measure_of(row, name) for name in MEASURES}
        | {LATENCY: row.latency_ms}
        | facts(row.status, answerable=row.question.answerable, confidence=row.confidence, containment=row.scores.containment)
        for row in run.rows
    }


def facts(status: str, *, answerable: bool, confidence: float | None, containment: float | None) -> dict[str, float | None]:
    """Of one question, what refusal and calibration are computed from."""
    outcome = candidate_answers(status, answerable=answerable, containment=containment)
    return {
        _REFUSED: float(status == "refused"),
        _ANSWERABLE: float(answerable),
        _CONFIDENCE: confidence,
        _CANDIDATE: None if outcome is None else float(outcome),
    }


def compare(run_a: Run, run_b: Run) -> tuple[Difference, ...]:
    """`compare_scores` of two runs.

    Raises:
        RunsDiffer: they did not ask the same question ids.
    """
    return compare_scores(scores_of(run_a), scores_of(run_b))


def compare_scores(scores_a: ScoresById, scores_b: ScoresById) -> tuple[Difference, ...]:
    """How b differs from a: one per measure that both have: MEASURES, those of the whole set, latency.

    Raises:
        RunsDiffer: the two do not hold the same question ids.
    """
    only_a, only_b = sorted(scores_a.keys() - scores_b.keys()), sorted(scores_b.keys() - scores_a.keys())
    if only_a or only_b:
        raise RunsDiffer(
            f"the runs asked different questions, such as {(only_a + only_b)[0]!r} ({len(only_a)} only in "
            f"the first, {len(only_b)} only in the second); run both on the same data set"
        )
    means = [_paired_mean(measure, scores_a, scores_b) for measure in MEASURES]
    of_sets = [_set_difference(measure, of, scores_a, scores_b) for measure, of in _OF_SETS.items()]
    latency = _paired_mean(LATENCY, scores_a, scores_b)
    return tuple(one for one in (*means, *of_sets, latency) if one is not None)


def _paired_mean(measure: str, scores_a: ScoresById, scores_b: ScoresById) -> Difference | None:
    pairs = [
        (a, b)
        for id_ in sorted(scores_a)
        if (a := scores_a[id_].get(measure)) is not None and (b := scores_b[id_].get(measure)) is not None
    ]
    return _difference(measure, pairs) if pairs else None


def _difference(measure: str, pairs: Sequence[tuple[float, float]]) -> Difference:
    values = np.asarray(pairs, dtype=np.float64)
    deltas = values[:, 1] - values[:, 0]
    low, high = bootstrap_interval(deltas)
    mean_a, mean_b = values.mean(axis=0)
    return Difference(measure, len(pairs), float(mean_a), float(mean_b), float(deltas.mean()), low, high)


def bootstrap_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Percentile interval of the mean of values of shape (n,) (Efron & Tibshirani 1993, chapter 13)."""
    means = [values[block].mean(axis=1) for block in _resamples(len(values), N_RESAMPLES)]
    return _interval(np.concatenate(means))


def _resamples(n: int, times: int) -> Iterator[NDArray[np.int64]]:
    """`times` rows of n question numbers drawn with replacement, in blocks, the same ones each time."""
    random = np.random.default_rng(SEED)
    block = max(1, _BLOCK_CELLS // n)
    for done in range(0, times, block):
        yield random.integers(0, n, size=(min(block, times - done), n))


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


Facts = NDArray[np.float64]  # one row for each question, in the columns of _COLUMNS; nan where a fact is not known
_COLUMNS = (_REFUSED, _ANSWERABLE, _CONFIDENCE, _CANDIDATE)


def _set_difference(
    measure: str, of: Callable[[Facts], float | None], scores_a: ScoresById, scores_b: ScoresById
) -> Difference | None:
    """None where a run does not have the measure; resamples in which it is undefined are left out."""
    a, b = _facts(scores_a), _facts(scores_b)
    value_a, value_b = of(a), of(b)
    if value_a is None or value_b is None:
        return None
    deltas = [
        in_b - in_a
        for block in _resamples(len(a), N_SET_RESAMPLES)
        for drawn in block
        if (in_a := of(a[drawn])) is not None and (in_b := of(b[drawn])) is not None
    ]
    low, high = _interval(np.asarray(deltas or [value_b - value_a]))
    return Difference(measure, len(a), value_a, value_b, value_b - value_a, low, high)


def _facts(scores: ScoresById) -> Facts:
    rows = [[scores[id_].get(name) for name in _COLUMNS] for id_ in sorted(scores)]
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(_COLUMNS))


def _refusal(facts_: Facts, which: str) -> float | None:
    refused, answerable = facts_[:, 0], facts_[:, 1]
    if not len(facts_) or np.isnan(facts_[:, :2]).any():
        return None
    scores = refusal_scores((refused == 1).tolist(), answerable=(answerable == 1).tolist())
    return {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}[which]


def _ece(facts_: Facts) -> float | None:
    known = facts_[~np.isnan(facts_[:, 2:]).any(axis=1)]
    return expected_calibration_error(known[:, 2].tolist(), (known[:, 3] == 1).tolist())


def _auroc(facts_: Facts) -> float | None:
    stated = facts_[~np.isnan(facts_[:, 1:3]).any(axis=1)]
    return auroc(stated[stated[:, 1] == 1, 2].tolist(), stated[stated[:, 1] == 0, 2].tolist())


_OF_SETS: dict[str, Callable[[Facts], float | None]] = {
    "refusal_precision": lambda facts_: _refusal(facts_, "precision"),
    "refusal_recall": lambda facts_: _refusal(facts_, "recall"),
    "refusal_f1": lambda facts_: _refusal(facts_, "f1"),
    "ece": _ece,
    "auroc_answerable": _auroc,
}
