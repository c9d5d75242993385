"""A run in figures: means, refusal beside its baselines, calibration, latency, tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from service.evaluation.calibration import (
    Bin,
    RiskAtCoverage,
    area_under_risk_coverage,
    auroc,
    calibration_bins,
    expected_calibration_error,
    risk_coverage_curve,
)
from service.evaluation.judge import Scores
from service.evaluation.measures import RefusalScores, mean, percentile, refusal_scores
from service.evaluation.passages import PassageScores
from service.evaluation.run import Row, Run

MEASURES = tuple(field.name for field in fields(Scores))
RETRIEVAL_MEASURES = tuple(field.name for field in fields(PassageScores))  # each also with `search_` in front
ANSWER_MEASURES = tuple(name for name in MEASURES if name.removeprefix("search_") not in RETRIEVAL_MEASURES)


@dataclass(frozen=True, slots=True)
class Average:
    """A measure's mean over the `n` questions for which it is defined; None over none."""

    mean: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the questions: how they ended and their mean measures, by name in the order of MEASURES."""

    n: int
    n_answered: int
    n_partial: int
    n_refused: int
    n_failed: int
    measures: dict[str, Average]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A system that decides the same for every question.

    `right_at_most` is its share of questions right with right citation if everything it answered were right.
    """

    refusal: RefusalScores
    right_at_most: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far `confidence`, the stated probability that the best candidate answers, can be trusted.

    ECE and risk are over the `n` questions whose best candidate is known to answer or not: those that
    were answered and have accepted strings (right: contained), and all unanswerable ones (never right).
    Refusing an answerable question does not show the candidate. AUROC is of answerable against
    unanswerable questions, over `n_auroc`.
    """

    ece: float | None
    bins: tuple[Bin, ...]
    aurc: float | None
    risk_coverage: tuple[RiskAtCoverage, ...]
    n: int
    auroc_answerable: float | None
    n_auroc: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of the `n` asks that got an answer."""

    p50: float | None
    p95: float | None
    mean: float | None
    maximum: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Squad:
    """The figures of SQuAD 2.0's official script (Rajpurkar, Jia & Liang, ACL 2018), as shares; None of no such questions.

    Over the questions with accepted strings (HasAns), those without an answer (NoAns: right is to refuse), and both.
    """

    has_ans_exact_match: float | None
    has_ans_token_f1: float | None
    no_ans_accuracy: float | None
    exact_match: float | None
    token_f1: float | None
    auroc_answerable: float | None
    n_has_ans: int
    n_no_ans: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the table shows; tags are in alphabetical order, a question counts under each of its own."""

    overall: Group
    answerable: Group
    unanswerable: Group
    by_tag: dict[str, Group]
    n_degraded: int
    refusal: RefusalScores
    always_refuse: Baseline
    always_answer: Baseline
    squad: Squad
    calibration: Calibration
    latency_ms: Latency


def summarise(run: Run) -> Summary:
    """The run's figures; a failed question counts as not refused, its scores as `Scores` says."""
    rows = run.rows
    answerable = [row.question.answerable for row in rows]
    n_answerable = sum(answerable)
    share_answerable = n_answerable / len(rows) if rows else None
    has_ans = _group([row for row in rows if row.question.answerable])
    no_ans = _group([row for row in rows if not row.question.answerable])
    overall, calibration = _group(rows), _calibration(rows)
    return Summary(
        overall=overall,
        answerable=has_ans,
        unanswerable=no_ans,
        by_tag={tag: _group([row for row in rows if tag in row.question.tags]) for tag in _tags(rows)},
        n_degraded=sum(row.degraded for row in rows),
        refusal=refusal_scores([row.status == "refused" for row in rows], answerable=answerable),
        always_refuse=Baseline(
            refusal_scores([True] * len(rows), answerable=answerable),
            None if share_answerable is None else 1 - share_answerable,
        ),
        always_answer=Baseline(refusal_scores([False] * len(rows), answerable=answerable), share_answerable),
        squad=_squad(overall, has_ans, no_ans, auroc_answerable=calibration.auroc_answerable),
        calibration=calibration,
        latency_ms=_latency([row.latency_ms for row in rows if row.latency_ms is not None]),
    )


def _tags(rows: Sequence[Row]) -> list[str]:
    return sorted({tag for row in rows for tag in row.question.tags})


def _group(rows: Sequence[Row]) -> Group:
    def count(status: str) -> int:
        return sum(row.status == status for row in rows)

    return Group(
        n=len(rows),
        n_answered=count("answered"),
        n_partial=count("partial"),
        n_refused=count("refused"),
        n_failed=count("failed"),
        measures={name: _average([measure_of(row, name) for row in rows]) for name in MEASURES},
    )


def _squad(overall: Group, has_ans: Group, no_ans: Group, *, auroc_answerable: float | None) -> Squad:
    return Squad(
        has_ans_exact_match=has_ans.measures["exact_match"].mean,
        has_ans_token_f1=has_ans.measures["token_f1"].mean,
        # A refusal is the empty answer, so the exact match of an unanswerable question is whether it was refused.
        no_ans_accuracy=no_ans.measures["exact_match"].mean,
        exact_match=overall.measures["exact_match"].mean,
        token_f1=overall.measures["token_f1"].mean,
        auroc_answerable=auroc_answerable,
        n_has_ans=has_ans.measures["exact_match"].n,
        n_no_ans=no_ans.measures["exact_match"].n,
    )


def measure_of(row: Row, name: str) -> float | None:
    """One of MEASURES, by name."""
    value: float | None = getattr(row.scores, name)
    return value


def _average(values: Sequence[float | None]) -> Average:
    defined = [value for value in values if value is not None]
    return Average(mean(defined), len(defined))


def _calibration(rows: Sequence[Row]) -> Calibration:
    stated = [(row, row.confidence) for row in rows if row.confidence is not None]
    known = [(value, outcome) for row, value in stated if (outcome := _outcome(row)) is not None]
    confidences, right = [value for value, _ in known], [outcome for _, outcome in known]
    return Calibration(
        ece=expected_calibration_error(confidences, right),
        bins=calibration_bins(confidences, right),
        aurc=area_under_risk_coverage(confidences, right),
        risk_coverage=risk_coverage_curve(confidences, right),
        n=len(known),
        auroc_answerable=auroc(
            [value for row, value in stated if row.question.answerable],
            [value for row, value in stated if not row.question.answerable],
        ),
        n_auroc=len(stated),
    )


def _outcome(row: Row) -> bool | None:
    return candidate_answers(row.status, answerable=row.question.answerable, containment=row.scores.containment)


def candidate_answers(status: str, *, answerable: bool, containment: float | None) -> bool | None:
    """Whether the best candidate truly answers; None where the question's outcome does not tell."""
    if not answerable:
        return False
    if status == "refused" or containment is None:
        return None
    return containment == 1


def _latency(values: Sequence[float]) -> Latency:
    return Latency(percentile(values, 50), percentile(values, 95), mean(values), max(values, default=None), len(values))
