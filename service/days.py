"""The days that a question or a filter is about, and whether what a sentence tells of was on them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from service.dates import event_dates, resolve_question

SILENT = 0.7  # what is left of a judgement where only the day of publication speaks for the day asked about
UNDATED = 0.5  # and where nothing does
ELSEWHEN = 0.4  # and where the sentence names another day too, in a report of that day
BEFORE_DAYS, AFTER_DAYS = 1, 3  # around a day, in which a report without a date is taken to tell of it


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends included."""

    first: date
    last: date

    def covers(self, other: Days) -> bool:
        """Whether `other` lies wholly within."""
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Days) -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class AskedDay:
    """An expression of a question, `tomorrow`, and the day, month or range it means for the asker."""

    text: str
    value: str


def asked_days(question: str, as_of: str | None) -> tuple[AskedDay, ...]:
    """The relative and yearless expressions of a question, counted from the asker's today; none without it."""
    mentions = resolve_question(question, as_of)
    return tuple(AskedDay(mention.text, mention.value) for mention in mentions if mention.value is not None)


def days_of(value: str) -> Days:
    """The days of `2024-04-03`, of `2024-04` or of `2024-04-01/2024-04-07`."""
    first, _, last = value.partition("/")
    if last:
        return Days(date.fromisoformat(first), date.fromisoformat(last))
    if len(value) == len("2024-04"):
        year, month = int(value[:4]), int(value[5:])
        return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return Days(date.fromisoformat(value), date.fromisoformat(value))


def fit(values: Iterable[str], sentence: str, published_at: str | None) -> float:
    """From 0 to 1 how far a sentence tells of one of the days asked about; 1 if no day is.

    Its own dates decide; without any, a report of about that day may tell of it.
    """
    asked = [days_of(value) for value in values]
    if not asked:
        return 1.0
    told = [days_of(mention.value) for mention in event_dates(sentence, published_at) if mention.value]
    if any(day.covers(one) for one in told for day in asked):
        return 1.0
    if any(one.overlaps(day) for one in told for day in asked):
        return SILENT  # "later this month" may be that day
    if published_at is None:
        return 0.0 if told else UNDATED
    day = date.fromisoformat(published_at[:10])
    near = any(
        one.first - timedelta(days=BEFORE_DAYS) <= day <= one.last + timedelta(days=AFTER_DAYS) for one in map(_bounded, asked)
    )
    return 0.0 if not near else ELSEWHEN if told else SILENT


def _bounded(days: Days) -> Days:
    """Far enough from the calendar's ends to count a few days on."""
    margin = timedelta(days=BEFORE_DAYS + AFTER_DAYS)
    return Days(max(days.first, date.min + margin), min(days.last, date.max - margin))


def happens_within(sentence: str, published_at: str | None, *, first: str | None, last: str | None) -> bool:
    """Whether a date that the sentence states lies wholly within the bounds (ISO, inclusive); true without bounds."""
    if first is None and last is None:
        return True
    bounds = Days(
        date.min if first is None else date.fromisoformat(first[:10]), date.max if last is None else date.fromisoformat(last[:10])
    )
    return any(bounds.covers(days_of(mention.value)) for mention in event_dates(sentence, published_at) if mention.value)
