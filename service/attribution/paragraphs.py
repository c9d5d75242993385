"""Paragraphs of a text around a place, within a turn or the prose between turns."""

from __future__ import annotations

import re

from index.types import Span

MAX_CHARACTERS = 6_000  # of one paragraph: more is read in parts
_WRAPPED = range(40, 101)  # lengths of a line that goes on in the next one
_ENDS = re.compile(r"""[.?!\u2026:;]["'\u201d\u2019)\]]{0,4}\s{0,8}$|["\u201d]\s{0,8}$""")


def around(text: str, at: int, within: Span) -> Span:
    """The paragraph in which `at` stands; lines that were broken at a width are one."""
    low, high = max(within.start, at - MAX_CHARACTERS), min(within.end, at + MAX_CHARACTERS)
    start = text.rfind("\n", low, at) + 1 or low
    while start > low and _goes_on(text, start - 1, low):
        start = text.rfind("\n", low, start - 1) + 1 or low
    end = _line_end(text, at, high)
    while end < high and _goes_on(text, end, low):
        end = _line_end(text, end + 1, high)
    return Span(max(start, low), max(end, start, low))


def before(text: str, paragraph: Span, within: Span) -> Span | None:
    """The paragraph above, None at the beginning."""
    at = paragraph.start - 1
    while at > within.start and text[at].isspace() and paragraph.start - at < MAX_CHARACTERS:
        at -= 1
    return around(text, at, within) if at >= within.start and not text[at].isspace() else None


def after(text: str, paragraph: Span, within: Span) -> Span | None:
    """The paragraph below, None at the end."""
    at = paragraph.end
    while at < within.end and text[at].isspace() and at - paragraph.end < MAX_CHARACTERS:
        at += 1
    return around(text, at, within) if at < within.end and not text[at].isspace() else None


def _line_end(text: str, at: int, high: int) -> int:
    found = text.find("\n", at, high)
    return high if found < 0 else found


def _goes_on(text: str, newline: int, low: int) -> bool:
    """Whether the line that ends at `newline` was broken at a width, so that the paragraph goes on."""
    start = text.rfind("\n", low, newline) + 1 or low
    following = text[newline + 1 : newline + 2]
    return newline - start in _WRAPPED and bool(following.strip()) and not _ENDS.search(text[max(start, newline - 12) : newline])
