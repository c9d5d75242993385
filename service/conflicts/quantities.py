"""Numbers with what they count, as reports write them: "380 million crowns", "half an hour", "twelve of the crew"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from index.normalise import STOP_WORDS, terms
from index.types import Span

_UNITS = {
    word: n
    for n, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
            "eighteen nineteen"
        ).split()
    )
} | {"no": 0}
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000}
_SHORT_SCALES = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}
_MINUTES = {
    "second": 1 / 60,
    "minute": 1,
    "hour": 60,
    "day": 1_440,
    "night": 1_440,
    "week": 10_080,
    "fortnight": 20_160,
    "month": 43_800,
    "year": 525_600,
    "decade": 5_256_000,
}
_TIME_UNIT = rf"(?:{'|'.join(_MINUTES)})s?"
_WORDS = "|".join(sorted((*_UNITS, *_TENS, *_SCALES), key=len, reverse=True))
_SPELT = rf"(?:an?\s(?={'|'.join(_SCALES)}|dozen))?(?:{_WORDS})(?:(?:\s|-|\sand\s)(?:{_WORDS}))*"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CURRENCY = r"[$\u20ac\u00a3\u00a5]"
_MORE = ("more than", "over", "at least", "just over", "well over")
_LESS = ("less than", "fewer than", "under", "up to", "at most", "just under", "not even")
_BOUND = rf"(?:about|around|nearly|almost|roughly|some|approximately|close to|{'|'.join((*_MORE, *_LESS))})"
_NUMBER = re.compile(
    rf"(?:\b(?P<bound>{_BOUND})\s+)?(?:(?P<symbol>{_CURRENCY})\s?)?(?<![\w.,-])"
    rf"(?:(?P<half>half\s(?:an?|of\san?)\s(?=hour|day|dozen|year|million|billion))|(?P<quarter>(?:a\s|three\s)?quarters?\sof\san?\s(?=hour))"
    rf"|(?P<digits>{_DIGITS})(?P<short>(?:k|m|mn|bn)\b)?|(?P<spelt>\b{_SPELT})\b|(?P<one>\b[Aa]n?\s(?!second)(?={_TIME_UNIT}\b)))"
    rf"(?P<scale>(?:[\s-](?:hundred|thousand|million|billion|trillion|dozen))*)"
    rf"(?P<more>\sand\s(?:a\shalf|three\squarters|a\squarter))?",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\s?(?:%|per\s?cent(?:age points?)?\b|percent\b)", re.IGNORECASE)
_TIME = re.compile(rf"(?P<gap>[\s-]?)(?P<unit>{_TIME_UNIT})\b(?P<half>\sand\sa\shalf)?", re.IGNORECASE)
_COUNTED = re.compile(
    r"[\s-](?:of\s(?:the|its|their|his|her|our|those|these)\s)?(?P<words>[^\W\d_][\w\u2019'-]*(?:\s[^\W\d_][\w\u2019'-]*){0,3})"
)
_CLOCK_AFTER = re.compile(r"\s?(?:[:.]\d\d|a\.m|p\.m|am\b|pm\b|o['\u2019]clock|GMT|UTC)", re.IGNORECASE)
_MONTH_NEAR = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_COUNTED_WORDS = 3  # words after a number among which what it counts is looked for
_ROUND_DIGITS = 2  # from which a number may be another one rounded: 380 for 379.6, but not 400 for 412
_NEAR, _PAST_BOUND = 0.15, 1.3  # how far "about" reaches, and how much more than its bound "more than" may mean
_NOT_COUNTED = frozenset({"time", "question", "thing"})


class Measure(StrEnum):
    """What a number is a number of."""

    TIME = "time"
    MONEY = "money"
    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `span`, in minutes if of time.

    `counted` are the stems of the words after it; `bound` is -1 for "up to", 1 for "more than", else 0.
    """

    span: Span
    number: float
    measure: Measure
    counted: frozenset[str]
    approximate: bool
    bound: int


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text in order, those of dates and clock times left out."""
    found: list[Quantity] = []
    for match in _NUMBER.finditer(text):
        quantity = None if _is_of_a_date(text, match) else _quantity(text, match)
        if quantity is None:
            continue
        if found and _goes_on(text, found[-1], quantity):
            found[-1] = _joined(found[-1], quantity)
        else:
            found.append(quantity)
    return found


def comparable(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers measure the same kind of thing: times, shares, money of one currency, counts of one noun."""
    if one.measure is not other.measure:
        return False
    return (
        one.measure in (Measure.TIME, Measure.SHARE) or not one.counted or not other.counted or bool(one.counted & other.counted)
    )


def compatible(one: Quantity, other: Quantity) -> bool:
    """Whether both may be true at once: equal, one rounded, or within what "about" and "more than" allow."""
    small, large = sorted((one, other), key=lambda quantity: quantity.number)
    if small.number == large.number or _rounded(one, other) or _rounded(other, one):
        return True
    if small.number <= 0:
        return False
    if (small.bound > 0 and large.number <= small.number * _PAST_BOUND) or (
        large.bound < 0 and large.number <= small.number * _PAST_BOUND
    ):
        return True
    return (one.approximate or other.approximate) and large.number <= small.number * (1 + _NEAR)


def _rounded(one: Quantity, other: Quantity) -> bool:
    digits = len(f"{one.number:.0f}".rstrip("0"))
    if one.number < 1 or digits < _ROUND_DIGITS:
        return False
    step: float = 10 ** (len(f"{one.number:.0f}") - digits)
    return abs(round(other.number / step) * step - one.number) < 1e-6 * one.number


def _is_of_a_date(text: str, match: re.Match[str]) -> bool:
    if match["digits"] is None or match["symbol"]:
        return False
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 12]
    number = match["digits"]
    if _CLOCK_AFTER.match(after) or re.search(r"\d[:.]$|\bat\s$", before):
        return True
    if re.search(rf"{_MONTH_NEAR.pattern}\s$", before) or re.match(rf"(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH_NEAR.pattern}", after):
        return True
    return bool(re.fullmatch(r"(?:19|20)\d\d", number)) and not re.match(r"\s[a-z]", after)


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    number = _number(match)
    if number is None:
        return None
    bound_word = (match["bound"] or "").lower()
    bound = (bound_word in _MORE) - (bound_word in _LESS)
    approximate = bool(bound_word)
    start = match.start() + len(match.group()) - len(match.group().lstrip())
    share, time = _PERCENT.match(text, match.end()), _TIME.match(text, match.end())
    if share:
        return Quantity(Span(start, share.end()), number, Measure.SHARE, frozenset(), approximate, bound)
    if time or match["quarter"] or (match["half"] and text[match.end() :].startswith(("hour", "day", "year"))):
        unit = time["unit"].lower() if time else "hour"
        minutes = (
            number * _MINUTES[unit if unit in _MINUTES else unit[:-1]] * (1.5 if time and time["half"] and number == 1 else 1)
        )
        if time and time["half"] and number != 1:
            minutes += 0.5 * _MINUTES[unit.rstrip("s")]
        return Quantity(Span(start, time.end() if time else match.end()), minutes, Measure.TIME, frozenset(), approximate, bound)
    if match["one"]:
        return None
    counted, end = _what_is_counted(text, match.end())
    if match["symbol"]:
        return Quantity(Span(start, match.end()), number, Measure.MONEY, frozenset({match["symbol"]}), approximate, bound)
    return Quantity(Span(start, end), number, Measure.COUNT, counted, approximate, bound)


def _number(match: re.Match[str]) -> float | None:
    """What the words of a number amount to."""
    if match["half"]:
        value = 0.5
    elif match["quarter"]:
        value = 0.75 if match["quarter"].lower().startswith("three") else 0.25
    elif match["digits"]:
        value = float(match["digits"].replace(",", "")) * _SHORT_SCALES.get((match["short"] or "").lower(), 1)
    elif match["one"]:
        value = 1.0
    else:
        spelt = _spelt(re.split(r"[\s-]+", match["spelt"].lower()))
        if spelt is None:
            return None
        value = spelt
    if match["more"]:
        value += 0.75 if "three" in match["more"] else 0.25 if "quarter" in match["more"] else 0.5
    for word in re.split(r"[\s-]+", match["scale"].strip().lower()):
        value *= 12 if word == "dozen" else _SCALES.get(word, 1)
    return value


def _spelt(words: list[str]) -> float | None:
    total, part = 0.0, 0.0
    for word in words:
        if word in _UNITS:
            part += _UNITS[word]
        elif word in _TENS:
            part += _TENS[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            total, part = total + max(part, 1) * _SCALES[word], 0.0
    return total + part


def _what_is_counted(text: str, start: int) -> tuple[frozenset[str], int]:
    """The stems of the words after a number, up to the first that is no noun or adjective, and where they end."""
    match = _COUNTED.match(text, start)
    if match is None:
        return frozenset(), start
    kept: list[str] = []
    end = start
    for word in re.finditer(r"\S+", match["words"]):
        if word.group().lower() in STOP_WORDS or len(kept) == _COUNTED_WORDS:
            break
        kept.append(word.group())
        end = match.start("words") + word.end()
    return frozenset(terms(" ".join(kept))) - _NOT_COUNTED, end if kept else start


def _goes_on(text: str, one: Quantity, other: Quantity) -> bool:
    """Whether a smaller unit of time follows: "an hour and forty minutes"."""
    both_times = one.measure is Measure.TIME and other.measure is Measure.TIME
    return both_times and other.number < one.number and text[one.span.end : other.span.start].strip() in ("", "and", ",")


def _joined(one: Quantity, other: Quantity) -> Quantity:
    span = Span(one.span.start, other.span.end)
    return Quantity(span, one.number + other.number, Measure.TIME, frozenset(), one.approximate or other.approximate, one.bound)
