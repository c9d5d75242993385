"""The date that a text states of itself: in its head, its dateline or its last line."""

from __future__ import annotations

import re
from datetime import date

HEAD_CHARACTERS = 2_000
HEAD_LINES = 8  # that hold words: further down a date is one that the text tells of
MAX_HEADING_CHARACTERS = 140

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|"
    r"Dec(?:ember)?|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\.?"
)
_FULL = (
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH}),?\s(?P<year>\d{{4}})|"
    rf"(?P<us_month>{_MONTH})\s(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<us_year>\d{{4}})|"
    r"(?P<iso>\d{4}-\d{2}-\d{2})|(?P<dots>\d{1,2}\.\d{1,2}\.\d{4}))\b"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s)?"
_TIME = r"(?:[ ,|T\u2013\u2014\-]{0,3}(?:at\s)?\d{1,2}[:.h]\d{2}[^\n]{0,30}|[ ,]{1,2}\d{1,2}\s?[ap]\.?m\.?[^\n]{0,20})?"
_SAYS = (
    r"(?:(?P<says>date|published|posted|issued|released|filed|recorded|aired|broadcast|updated|last updated|modified|last modified|"
    r"transcript|first published|embargoed until)(?:\s?:|\son)?\s{1,3})?"
)
_LINE = re.compile(rf"[\s(\[*]{{0,8}}(?i:{_SAYS}){_WEEKDAY}{_FULL}{_TIME}[)\].*\s]{{0,8}}$")
_DATELINE = re.compile(
    rf"\s{{0,8}}[A-Z][A-Za-z.'\u2019\- ]{{1,30}}(?:,\s[A-Z][A-Za-z.'\u2019\- ]{{1,30}})?(?:,\s|\s\([^)\n]{{1,40}}\)[\s,]{{0,2}}(?:[\u2013\u2014\-]\s?)?|\s[\u2013\u2014\-]{{1,2}}\s)"
    rf"{_WEEKDAY}{_FULL}(?:\s?\([^)\n]{{1,40}}\))?\s?(?:[\u2013\u2014:]|-{{1,2}}\s|/PRNewswire|$)"
)
_HEADING = re.compile(rf"(?P<before>[^\n]{{1,110}}?[,:|(/\u2013\u2014\u00b7\-]\s{{0,2}}){_WEEKDAY}{_FULL}{_TIME}[)\]*\s]{{0,8}}$")
_RECORD = re.compile(rf"[^\n]{{0,60}}(?i:transcript)[^\n]{{0,80}}?\s(?:of|on|from)\s{_WEEKDAY}{_FULL}{_TIME}[)\]*\s]{{0,8}}$")
_LAST = re.compile(rf"\s{{0,8}}[A-Z][\w.'\u2019\- ]{{1,30}},\s{_WEEKDAY}{_FULL}\.?\s{{0,8}}$")


def stated_date(text: str) -> str | None:
    """The ISO date that the first lines, or the last one, give as the text's own; None if they give none.

    A date inside a sentence is one that the text tells of; a line that says when it was last changed counts only if no other says
    more.
    """
    lines = [line for line in text[:HEAD_CHARACTERS].split("\n") if line.strip()][:HEAD_LINES]
    changed: str | None = None
    for line in lines:
        found = _of_line(line)
        if found is None:
            continue
        day, says = found
        if "updated" not in says and "modified" not in says:
            return day
        changed = changed or day
    if changed:
        return changed
    last = text.rstrip()[-MAX_HEADING_CHARACTERS:].rpartition("\n")[2]
    match = _LINE.match(last) or _LAST.match(last)
    return _iso(match) if match and last not in lines[:1] else None


def _of_line(line: str) -> tuple[str, str] | None:
    match = _DATELINE.match(line)
    if match is None and len(line) <= MAX_HEADING_CHARACTERS:
        match = _LINE.match(line) or _HEADING.match(line) or _RECORD.match(line)
    day = _iso(match) if match else None
    if match is None or day is None:
        return None
    return day, (match.groupdict().get("says") or "").casefold()


def _iso(match: re.Match[str]) -> str | None:
    """The date, or None if the calendar has no such day."""
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"]).isoformat()
        if match["dots"]:
            day, month, year = match["dots"].split(".")
            return date(int(year), int(month), int(day)).isoformat()
        month = _MONTHS.index((match["month"] or match["us_month"])[:3].casefold()) + 1
        return date(int(match["year"] or match["us_year"]), int(month), int(match["day"] or match["us_day"])).isoformat()
    except ValueError:
        return None
