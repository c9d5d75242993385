"""Days and times of day that a sentence names, as far as it tells them: a day without a year, a weekday, half past four."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from index.types import Span
from service.dates import DateMention, find_dates
from service.dates.expressions import EXPRESSION, WEEKDAYS, day_number, month_number

_HALF_DAY = 12 * 60
LAST_HOUR, LAST_MINUTE = 24, 59
SMALL_HOURS = 5  # up to it an hour "at night" is one of the early morning
_HOURS = {word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)}
_SPELT = "|".join(_HOURS)
_CLOCK = re.compile(
    rf"(?:(?P<named>\b(?:noon|midday|midnight)\b)|(?:\b(?P<past>half|quarter)\s(?P<way>past|to)\s)?"
    rf"(?:\b(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?!\d)|(?:(?<=\bat\s)|(?<=past\s)|(?<=\bto\s))(?P<spelt>{_SPELT})\b(?!\s(?:hundred|thousand|million|of|percent|per))"
    rf"|\b(?P<bare>\d{{1,2}})(?=\s?(?:a\.?m|p\.?m|o['\u2019]clock)))"
    rf"(?:\s?(?P<half>a\.?m\b\.?|p\.?m\b\.?|o['\u2019]clock))?(?:\s(?:in\sthe|this|that)\s(?P<part>morning|afternoon|evening))?(?P<night>\sat\snight)?)",
    re.IGNORECASE,
)
_NOT_A_TIME = re.compile(
    r"^\s?(?:%|per\s?cent|percent|(?:degrees|points|times|goals|metres|miles|hours?|days?|minutes?|million|billion)\b)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a time of day at `span`; what is not told is None. `last` ends a range of days that `first` begins.

    `minute` counts from midnight; `exact` tells whether the half of the day is told with it.
    """

    span: Span
    first: date | None = None
    last: date | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minute: int | None = None
    exact: bool = False


def moments(sentence: Span, text: str, published_at: str | None) -> list[Moment]:
    """The days and times of day in a sentence of a document's text, in order, days counted from the document's own date."""
    within = sentence.of(text)
    days = [_day(mention) for mention in find_dates(within, published_at)]
    times = [moment for match in _CLOCK.finditer(within) if (moment := _time(match, within))]
    return sorted((moment for moment in [*days, *times] if moment), key=lambda moment: moment.span)


def apart(one: Moment, other: Moment) -> bool | None:
    """Whether both cannot be the same moment; None if they tell different things of it and so cannot be compared.

    A day and a month that it does not lie in are such: reports name the month of one thing and the day of another.
    """
    if one.minute is not None or other.minute is not None:
        if one.minute is None or other.minute is None:
            return None
        return (one.minute - other.minute) % (_HALF_DAY * 2 if one.exact and other.exact else _HALF_DAY) != 0
    if one.first and one.last and other.first and other.last:
        of_one_length = (one.first == one.last) == (other.first == other.last)
        separate = one.last < other.first or other.last < one.first
        return separate if of_one_length or not separate else None
    if one.month is not None and other.month is not None:
        days = one.day is not None and other.day is not None and one.day != other.day
        return one.month != other.month or days
    if one.weekday is not None and other.weekday is not None:
        return one.weekday != other.weekday
    return None


def _day(mention: DateMention) -> Moment | None:
    if mention.value is not None:
        return _dated(mention)
    match = next((m for m in EXPRESSION.finditer(f" in {mention.text}")), None)
    if match is None:
        return None
    month, day = match["month"] or match["month_first"], match["day"] or match["day_last"]
    if month:
        return Moment(mention.span, month=month_number(month), day=day_number(day))
    month = match["said_name"] or match["bare_month"]
    if month:
        return Moment(mention.span, month=month_number(month))
    name = (match["weekday_name"] or "").lower()
    return Moment(mention.span, weekday=WEEKDAYS.index(name)) if name in WEEKDAYS else None


def _dated(mention: DateMention) -> Moment:
    value = str(mention.value)
    if "/" in value:
        begin, end = (date.fromisoformat(part) for part in value.split("/"))
        return Moment(mention.span, first=begin, last=end)
    if len(value) == len("2024-04"):
        year, month = (int(part) for part in value.split("-"))
        after = date(year + month // 12, month % 12 + 1, 1)
        return Moment(mention.span, first=date(year, month, 1), last=date.fromordinal(after.toordinal() - 1), month=month)
    day = date.fromisoformat(value)
    return Moment(mention.span, day, day, day.month, day.day, day.weekday())


def _time(match: re.Match[str], within: str) -> Moment | None:
    span = Span(*match.span())
    if match["named"]:
        return Moment(span, minute=0 if match["named"].lower() == "midnight" else _HALF_DAY, exact=True)
    if _NOT_A_TIME.match(within[match.end() :]):
        return None
    hour = int(match["hour"] or match["bare"] or _HOURS[(match["spelt"] or "twelve").lower()])
    minute = int(match["minute"] or 0)
    if hour > LAST_HOUR or minute > LAST_MINUTE or _is_decimal(match, within):
        return None
    if match["past"]:
        minute = {"half": 30, "quarter": 15}[match["past"].lower()] * (1 if match["way"].lower() == "past" else -1)
    half, part = (match["half"] or "").lower(), (match["part"] or "").lower()
    late = half.startswith("p") or part in ("afternoon", "evening") or bool(match["night"] and hour > SMALL_HOURS)
    early = half.startswith("a") or part == "morning"
    total = (hour % 12 if late or early else hour) * 60 + minute + (_HALF_DAY if late else 0)
    # A day of 24 hours is told by 13 and more, and by a nought in front.
    whole = hour * 60 > _HALF_DAY or (match["hour"] or "").startswith("0")
    return Moment(span, minute=total % (2 * _HALF_DAY), exact=late or early or whole)


def _is_decimal(match: re.Match[str], within: str) -> bool:
    """Whether a time written with a full stop, 4.20, is introduced by nothing that a time is: it is a decimal number then."""
    if not match["minute"] or "." not in match.group() or match["half"] or match["part"]:
        return False
    return not re.search(r"\b(?:at|until|from|before|after)\s$", within[: match.start()], re.IGNORECASE)
