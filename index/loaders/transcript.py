"""Interview transcripts: who speaks from where to where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Section, SectionKind, Span

MIN_TURNS = 2  # one `NOTE:` line does not make a transcript
_TIME = r"(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\)?\]?\s+)?"
_ROUND = r"(?:[QA]\s*[-\u2013:]\s+)?"  # of questions and answers: `Q - John Smith:`
_NAME_CHARACTERS = r"[\w.'\u2019\-&/ ]"
_ROLE = r"(?P<role>,[^:\n]{1,60}|\s*\([^)\n]{1,60}\))?"
_CAPITALS = re.compile(
    rf"^[ \t]*(?:>>\s*)?{_TIME}{_ROUND}(?P<name>[^\W\d_a-z](?:(?![a-z]){_NAME_CHARACTERS}){{1,48}}?){_ROLE}:(?=\s)[ \t]*",
    re.MULTILINE,
)
_TITLE_CASE = re.compile(
    rf"^[ \t]*(?:>>\s*)?{_TIME}{_ROUND}(?P<name>(?:[A-Z][\w.'\u2019\-]*)(?: [A-Z][\w.'\u2019\-]*){{0,4}}){_ROLE}:(?=\s)[ \t]*",
    re.MULTILINE,
)


# What articles label lines with.
_NO_SPEAKERS = frozenset(
    (
        "UPDATE",
        "UPDATED",
        "RELATED",
        "NOTE",
        "CORRECTION",
        "PHOTO",
        "CAPTION",
        "READ MORE",
        "SOURCE",
        "SOURCES",
        "WATCH",
        "BREAKING",
        "EDITOR'S NOTE",
    )
)


@dataclass(frozen=True, slots=True)
class _Label:
    name: str
    line: int
    words: int


def sections(text: str, *, start: int = 0) -> tuple[Span, list[Section]]:
    """What stands before the first label, and the speaker turns from there on, in order; no turns if it is no transcript.

    Labels are lines' beginnings such as `INSKEEP:` or `JOHN RUWITCH, BYLINE:`; a role is left off. Names in mixed case
    count only if two of them speak twice, since prose has lines such as `Background: ...`.
    """
    labels = _labels(_CAPITALS, text, start)
    mixed = _labels(_TITLE_CASE, text, start)
    repeated = [name for name, times in Counter(label.name for label in mixed).items() if times >= MIN_TURNS]
    if len(repeated) >= MIN_TURNS or (repeated and len({label.name for label in mixed}) > MIN_TURNS):
        known = {label.line for label in labels}
        labels = sorted([*labels, *(label for label in mixed if label.line not in known)], key=lambda label: label.line)
    if not _speak(labels, text, start):
        return Span(start, len(text)), []
    ends = [label.line for label in labels[1:]] + [len(text)]
    turns = [
        Section(_stripped(text, label.words, end), SectionKind.TURN, label.name) for label, end in zip(labels, ends, strict=True)
    ]
    return Span(start, labels[0].line), turns


def _speak(labels: Sequence[_Label], text: str, start: int) -> bool:
    """Whether labels are speakers: one speaks again, or they open the text; two odd lines of an article do neither."""
    lasts = Counter(label.name.rsplit(maxsplit=1)[-1].casefold() for label in labels)
    opens = bool(labels) and not text[start : labels[0].line].strip()
    return len(labels) >= MIN_TURNS and (max(lasts.values()) >= MIN_TURNS or opens)


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    first = start + len(words) - len(words.lstrip())
    return Span(first, first + len(words.strip()))


def _labels(pattern: re.Pattern[str], text: str, start: int) -> list[_Label]:
    found = [_Label(match["name"].strip(), match.start(), match.end()) for match in pattern.finditer(text, start)]
    return [
        label for label in found if label.name.upper() not in _NO_SPEAKERS and (pattern is not _CAPITALS or label.name.isupper())
    ]
