"""Who asks and who answers where a transcript has only `Q.` and `A.`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.types import Section
from service.attribution.names import NAME_RUN, names_in, unrole
from service.attribution.people import read_people

HEAD_CHARACTERS = 3_000
_BYLINE = re.compile(r"^(?:By|BY)\s(?P<name>[^\n]{3,60})$", re.MULTILINE)
_GAP = r"[^.\n]{0,80}?"
_ASKS = re.compile(
    rf"(?:\bQ\.?(?:\s(?:is|was|stands\sfor|denotes|means)\s|\s?[=:\u2013\u2014-]\s?)(?:for\s)?|"
    rf"\b(?i:interview(?:ed)?\sby|questions\s(?:are\s|were\s)?(?:asked\s|put\s)?by|questions\sfrom|interviewer|asked\sby|questioned\sby|in\sconversation\swith\sour{_GAP}|examination\sby)\s?:?\s?)"
)
_ANSWERS = re.compile(
    r"(?:\bA\.?(?:\s(?:is|was|stands\sfor|denotes|means)\s|\s?[=:\u2013\u2014-]\s?)(?:for\s)?|"
    r"\b(?i:interview\swith|interview\sof|answers\s(?:are\s|were\s)?(?:given\s)?by|answered\sby|questions\sto|interviewee|witness|deposition\sof|testimony\sof|"
    r"(?:spoke|talked|spoken)\s(?:to|with)|q\s?(?:&|and)\s?a\swith|questions\sand\sanswers\swith|a\scall\swith|a\sconversation\swith|answers\sfrom|answers)\s?:?\s?)"
)
_AHEAD_ANSWERS = re.compile(
    r"^[^.\n]{0,100}?\b(?i:answered|answers|took|takes|replied\sto|fielded|responded\sto)\s[^.\n]{0,40}?(?i:questions|them)\b"
)
_AHEAD_ASKS = re.compile(r"^[^.\n]{0,100}?\b(?:asked|asks|put)\s[^.\n]{0,20}?(?i:the\squestions)\b")


def of_round(text: str, turns: Sequence[Section], number: int) -> str | None:
    """The name of who asks (`Q`) or answers (`A`) in a turn, as written; None if the text does not say.

    An examiner announced in a line of its own (`BY MR. KESSLER:`, a turn without words) asks until the next one.
    """
    label = (turns[number].label or "").rstrip(".")
    if label == "Q":
        for turn in reversed(turns[:number]):
            if turn.label and not turn.span and turn.label.rstrip(".") not in ("Q", "A"):
                return unrole(turn.label)
    head = text[: min(HEAD_CHARACTERS, _line_start(text, turns[0].span.start))]
    return _stated(head, asks=label == "Q")


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _stated(head: str, *, asks: bool) -> str | None:
    for match in (_ASKS if asks else _ANSWERS).finditer(head):
        rest = head[match.end() : match.end() + 120].partition("\n")[0]
        name = _first_name(rest)
        if name is not None:
            return name
    if asks and (byline := _BYLINE.search(head)) is not None:
        return _first_name(byline["name"])
    pattern = _AHEAD_ASKS if asks else _AHEAD_ANSWERS
    for sentence in re.split(r"(?<=[.?!])\s|\n", head):
        if pattern.match(sentence) and (name := _first_name(sentence)) is not None:
            return name
    return None if asks else _only_person(head)


def _only_person(head: str) -> str | None:
    """The one person whom the head names besides who asks: whom else would it introduce?"""
    asker = _stated(head, asks=True)
    people = read_people(head, sorted(names_in(head)), 0)
    named = [name for name in dict.fromkeys(m.name for m in people.mentions) if name in people.persons and name != asker]
    return named[0] if len(named) == 1 else None


def _first_name(words: str) -> str | None:
    """The first full name, or a name behind a title."""
    for match in NAME_RUN.finditer(words):
        name = unrole(match.group())
        if name and (" " in name or name != match.group()):
            return name
    return None
