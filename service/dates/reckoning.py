"""What a date expression means, counted from a day: a day `2024-04-03`, a month `2024-04`, a range of two days with a stroke."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from service.dates.expressions import WEEKDAYS, count, day_number, month_number
from service.dates.tense import Tense

_DAYS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_WEEK = timedelta(days=7)
FAR, NEAR = 300, 45  # days: a date without a year that was far longer ago than it is near ahead is ahead


def value_of(match: re.Match[str], basis: date, tense: Tense, anchor: date | None) -> str | None:
    """The value of one expression; None if it has none, as `the following day` without a day named before.

    Raises:
        OverflowError, ValueError: If the calendar has no such day.
    """
    kind = str(match.lastgroup) if match.lastgroup in _READERS else next(name for name in _READERS if match[name])
    if kind in ("anchored", "later"):
        return None if anchor is None else _from_anchor(match, anchor)
    return _READERS[kind](match, basis, tense)


def absolute(match: re.Match[str]) -> str | None:
    """The value of an expression that states its year itself; None of any other."""
    if match["iso"]:
        return date.fromisoformat(match["iso"]).isoformat()
    if match["full"]:
        month = month_number(match["full_month"] or match["us_month"])
        return date(
            int(match["full_year"] or match["us_year"]), month, day_number(match["full_day"] or match["us_day"])
        ).isoformat()
    return f"{int(match['my_year']):04}-{month_number(match['my_month']):02}" if match["month_year"] else None


def _from_anchor(match: re.Match[str], anchor: date) -> str:
    if match["later"]:
        days = count(match["later_n"]) * (7 if match["later_unit"].lower().startswith("week") else 1)
        return (anchor + timedelta(days=days if match["later_way"].lower() in ("later", "after") else -days)).isoformat()
    way = (match["which"] or match["around"] or "same").lower()
    return (
        anchor + timedelta(days={"following": 1, "next": 1, "after": 1, "previous": -1, "before": -1}.get(way, 0))
    ).isoformat()


def _day_word(match: re.Match[str], basis: date, _tense: Tense) -> str:
    word = " ".join(match["day_word"].lower().split())
    if word == "overnight":
        return f"{(basis - timedelta(days=1)).isoformat()}/{basis.isoformat()}"
    return (basis + timedelta(days=-1 if word.startswith("last") else _DAYS.get(word, 0))).isoformat()


def _two_days(match: re.Match[str], basis: date, _tense: Tense) -> str:
    return (basis + timedelta(days=-2 if "before" in match["two_days"].lower() else 2)).isoformat()


def _ago(match: re.Match[str], basis: date, _tense: Tense) -> str | None:
    words = " ".join(match["ago_n"].lower().split())
    if words == "a fortnight":
        return (basis - 2 * _WEEK).isoformat()
    return _moved(basis, -count(words), match["ago_unit"]) if match["ago_unit"] else None


def _in(match: re.Match[str], basis: date, tense: Tense) -> str | None:
    if tense is not Tense.COMING and not match["in_time"]:
        return None  # how long it took
    return _moved(basis, count(match["in_n"]), match["in_unit"])


def _moved(basis: date, n: int, unit: str) -> str:
    unit = unit.lower().rstrip("s")
    if unit in ("day", "week", "fortnight"):
        return (basis + timedelta(days=n * {"day": 1, "week": 7, "fortnight": 14}[unit])).isoformat()
    return _month(basis, n) if unit == "month" else _year(basis.year + n)


def _month(basis: date, n: int) -> str:
    months = basis.year * 12 + basis.month - 1 + n
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _year(year: int) -> str:
    return f"{date(year, 1, 1).isoformat()}/{date(year, 12, 31).isoformat()}"


def _period(match: re.Match[str], basis: date, tense: Tense) -> str:
    which, unit = " ".join(match["period_which"].lower().split()), match["period_unit"].lower().replace("-", "")
    n = -1 if which in ("last", "past", "this past", "the previous") else 1 if which in ("next", "coming", "the following") else 0
    if unit == "month":
        return _month(basis, n)
    if unit == "year":
        return _year(basis.year + n)
    monday = basis - timedelta(days=basis.weekday())
    if unit == "week":
        return _range(monday + n * _WEEK, 6)
    if n < 0:
        return _range(monday - timedelta(days=2), 1)
    saturday = monday + timedelta(days=5)
    return _range(
        saturday + _WEEK
        if n and basis >= saturday
        else saturday - _WEEK
        if not n and tense is Tense.PAST and basis < saturday
        else saturday,
        1,
    )


def _weekend(_match: re.Match[str], basis: date, tense: Tense) -> str:
    saturday = basis + timedelta(days=5 - basis.weekday())
    return _range(saturday - _WEEK if tense is not Tense.COMING and basis < saturday else saturday, 1)


def _range(first: date, days: int) -> str:
    return f"{first.isoformat()}/{(first + timedelta(days=days)).isoformat()}"


def _weekday(match: re.Match[str], basis: date, tense: Tense) -> str:
    day = WEEKDAYS.index(match["weekday_name"].lower())
    which = " ".join((match["weekday_which"] or "").lower().split())
    of = " ".join((match["weekday_of"] or "").lower().split())
    if of.endswith("week") and of != "week":
        monday = basis - timedelta(days=basis.weekday()) + (_WEEK if "next" in of else -_WEEK if "last" in of else timedelta())
        return (monday + timedelta(days=day)).isoformat()
    back, ahead = (basis.weekday() - day) % 7, (day - basis.weekday()) % 7
    if of == "week":  # Friday week
        return (basis + timedelta(days=ahead + 7)).isoformat()
    if which in ("last", "this past", "the previous") or of == "last":
        return (basis - timedelta(days=back or 7)).isoformat()
    if which in ("next", "this coming") or which.endswith("following"):
        return (basis + timedelta(days=ahead or 7)).isoformat()
    coming = tense is Tense.COMING or (which == "this" and tense is Tense.UNKNOWN)
    return (basis + timedelta(days=ahead) if coming else basis - timedelta(days=back)).isoformat()


def _said_month(match: re.Match[str], basis: date, tense: Tense) -> str:
    month, which = month_number(match["said_name"]), " ".join(match["said_which"].lower().split())
    if which in ("last", "this past"):
        return f"{basis.year - (month >= basis.month):04}-{month:02}"
    if which in ("next", "this coming"):
        return f"{basis.year + (month <= basis.month):04}-{month:02}"
    return (
        f"{basis.year:04}-{month:02}" if tense is not Tense.COMING or month >= basis.month else f"{basis.year + 1:04}-{month:02}"
    )


def _bare_month(match: re.Match[str], basis: date, tense: Tense) -> str:
    month = month_number(match["bare_month"])
    if tense is Tense.COMING:
        return f"{basis.year + (month < basis.month):04}-{month:02}"
    return f"{basis.year - (month > basis.month):04}-{month:02}"


def _date(match: re.Match[str], basis: date, tense: Tense) -> str:
    month, day = month_number(match["month"] or match["month_first"]), day_number(match["day"] or match["day_last"])
    return _yearless(month, day, basis, tense).isoformat()


def _span(match: re.Match[str], basis: date, tense: Tense) -> str:
    month = month_number(match["span_month"] or match["eu_month"])
    first = _yearless(month, int(match["span_a"] or match["eu_a"]), basis, tense)
    last = date(first.year, month, int(match["span_b"] or match["eu_b"]))
    return f"{first.isoformat()}/{last.isoformat()}"


def _yearless(month: int, day: int, basis: date, tense: Tense) -> date:
    years = [year for year in range(basis.year - 4, basis.year + 5) if day <= calendar.monthrange(year, month)[1]]
    ahead = min((one for year in years if (one := date(year, month, day)) >= basis), default=None)
    back = max((one for year in years if (one := date(year, month, day)) <= basis), default=None)
    if ahead is None or back is None:
        raise ValueError("the calendar has no such day")
    near_ahead = (basis - back).days > FAR and (ahead - basis).days < NEAR
    near_back = (ahead - basis).days > FAR and (basis - back).days < NEAR
    return ahead if (tense is Tense.COMING and not near_back) or near_ahead else back


_READERS = {
    "day_word": _day_word, "two_days": _two_days, "ago": _ago, "in": _in, "period": _period, "weekend": _weekend, "weekday": _weekday,
    "said_month": _said_month, "bare_month": _bare_month, "date": _date, "span": _span, "anchored": _two_days, "later": _two_days,
}  # fmt: skip
