"""The days that a text speaks of, counted from its own date and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from index.types import Span
from service.dates.expressions import EXPRESSION
from service.dates.reckoning import absolute, value_of
from service.dates.tense import tense_at
from service.types import Citation, ResolvedDate

__all__ = ["DateKind", "DateMention", "event_dates", "find_dates", "resolve", "resolve_question"]


class DateKind(StrEnum):
    """What an expression lacks."""

    RELATIVE = "relative"  # yesterday, Tuesday, last month
    PARTIAL = "partial"  # April 2, in March: the year
    FULL = "full"  # April 2, 2024: nothing


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date expression at `span` of the text it was found in.

    `value` is a day (`2024-04-03`), a month (`2024-04`) or a range of days (`2024-04-01/2024-04-07`); `basis` is the day it was
    counted from. Both are None where there is nothing to count from; a full date has a value and no basis.
    """

    span: Span
    text: str
    kind: DateKind
    basis: str | None
    value: str | None


def find_dates(text: str, published_at: str | None) -> list[DateMention]:
    """Every date expression of a text, in order; those that need a basis are resolved against `published_at` (ISO) only.

    The basis is the calendar day that `published_at` states in its own zone. A weekday is the nearest one in the direction that
    the tense tells, the day itself included; a week is Monday to Sunday. `The following day` counts from the day named before it.
    """
    basis = None if published_at is None else datetime.fromisoformat(published_at).date()
    found: list[DateMention] = []
    anchor: date | None = None
    for match in EXPRESSION.finditer(text):
        mention = _mention(text, match.span(), _kind(match.groupdict()), basis, _value(text, match, basis, anchor))
        if mention.value is not None and len(mention.value) == len("2024-04-03"):
            anchor = date.fromisoformat(mention.value)
        found.append(mention)
    return found


def resolve(citations: Iterable[Citation]) -> tuple[ResolvedDate, ...]:
    """The day, month or range each relative or yearless expression in the quotes means, once per citation and wording.

    A citation of an undated document resolves to nothing: its day is unknown.
    """
    return tuple(resolved for citation in citations for resolved in _of(citation))


def resolve_question(question: str, as_of: str | None) -> tuple[DateMention, ...]:
    """The relative and yearless expressions of a question, counted from the asker's today; none without it."""
    if as_of is None:
        return ()
    return tuple(mention for mention in find_dates(question, as_of) if mention.basis is not None and mention.value is not None)


def event_dates(sentence: str, published_at: str | None) -> tuple[DateMention, ...]:
    """When what a sentence tells of happened or is to happen: its expressions that have a value, full dates included.

    This is not the day of publication: a sentence without such an expression has no event date.
    """
    return tuple(mention for mention in find_dates(sentence, published_at) if mention.value is not None)


def _of(citation: Citation) -> list[ResolvedDate]:
    if citation.published_at is None:
        return []
    found = {mention.text: mention for mention in reversed(find_dates(citation.quote, citation.published_at))}
    ordered = sorted(found.values(), key=lambda mention: mention.span)
    return [ResolvedDate(m.text, m.basis, m.value, citation) for m in ordered if m.basis is not None and m.value is not None]


def _value(text: str, match: re.Match[str], basis: date | None, anchor: date | None) -> str | None:
    """What an expression means; None where the calendar has no such day or there is nothing to count from."""
    try:
        stated = absolute(match)
        if stated is not None or basis is None:
            return stated
        return value_of(match, basis, tense_at(text, *match.span()), anchor)
    except (OverflowError, ValueError):
        return None


def _kind(groups: dict[str, str | None]) -> DateKind:
    if groups["iso"] or groups["full"] or groups["month_year"]:
        return DateKind.FULL
    return DateKind.PARTIAL if groups["date"] or groups["span"] or groups["bare_month"] else DateKind.RELATIVE


def _mention(text: str, place: tuple[int, int], kind: DateKind, basis: date | None, value: str | None) -> DateMention:
    counted = value is not None and kind is not DateKind.FULL and basis is not None
    return DateMention(Span(*place), text[place[0] : place[1]], kind, basis.isoformat() if counted and basis else None, value)
