"""How good one answer is, in a word or two, and which answers to read first."""

from __future__ import annotations

from collections.abc import Sequence

from service.evaluation.run import Row
from service.evaluation.summary import measure_of

# What makes an answer bad, the gravest first.
_GRAVITY = (
    "right_with_right_citation",
    "decision_right",
    "citation_exactness",
    "containment",
    "citation_recall",
    "turn_recall_at_5",
)
_SHOWN = ("containment", "citation_precision", "citation_recall", "recall_at_k", "turn_recall_at_5")


def worst_first(rows: Sequence[Row]) -> list[Row]:
    """Failures, then by _GRAVITY, ties in the order given; an undefined measure is no fault."""
    return sorted(rows, key=_badness)


def _badness(row: Row) -> tuple[bool, tuple[float, ...]]:
    values = (measure_of(row, name) for name in _GRAVITY)
    return row.status != "failed", tuple(1.0 if value is None else value for value in values)


def verdict(row: Row) -> str:
    """Right, how it is wrong, or its figures where nobody says what right is."""
    right = row.scores.right_with_right_citation
    if row.status == "failed":
        return "failed"
    if right == 1:
        return "right"
    if row.scores.decision_right == 0:
        return "wrongly refused" if row.question.answerable else "should have been refused"
    shown = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name in _SHOWN if (value := measure_of(row, name)) is not None)
    return ("not right: " if right == 0 else "") + shown
