"""Relative dates of a source, resolved against that document's own date and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from service.types import Citation, ResolvedDate

_DAYS_FROM_BASIS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_RELATIVE = re.compile(r"\b(" + "|".join(_DAYS_FROM_BASIS) + r")\b", re.IGNORECASE)


def resolve(citations: Iterable[Citation]) -> tuple[ResolvedDate, ...]:
    """The day each "yesterday", "today", "tonight" and "tomorrow" in the quotes names, once per citation and word.

    A citation of an undated document resolves to nothing: its day is unknown.
    """
    return tuple(resolved for citation in citations for resolved in _of(citation))


def _of(citation: Citation) -> list[ResolvedDate]:
    if citation.published_at is None:
        return []
    basis = datetime.fromisoformat(citation.published_at).date()
    found = dict.fromkeys(match.group() for match in _RELATIVE.finditer(citation.quote))
    days = [(words, _day(basis, words)) for words in found]
    return [ResolvedDate(words, basis.isoformat(), day.isoformat(), citation) for words, day in days if day]


def _day(basis: date, words: str) -> date | None:
    """The day meant; None at the edge of the calendar."""
    try:
        return basis + timedelta(days=_DAYS_FROM_BASIS[words.lower()])
    except OverflowError:
        return None
