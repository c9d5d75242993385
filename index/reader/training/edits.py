"""Questions edited so that their passage no longer answers them: one name, number, date or word is changed.

These are the ways in which people wrote the unanswerable questions of SQuAD 2.0 (Rajpurkar, Jia & Liang, 2018, table 2).
`hurried` is the edit that changes no answer: how people type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_OPPOSITES = (
    "first last",
    "before after",
    "largest smallest",
    "largest fastest",
    "biggest smallest",
    "highest lowest",
    "most least",
    "more less",
    "more fewer",
    "oldest newest",
    "oldest youngest",
    "earliest latest",
    "early late",
    "longest shortest",
    "best worst",
    "high low",
    "increase decrease",
    "increased decreased",
    "rise fall",
    "begin end",
    "began ended",
    "start stop",
    "started stopped",
    "win lose",
    "won lost",
    "north south",
    "northern southern",
    "east west",
    "eastern western",
    "above below",
    "inside outside",
    "include exclude",
    "included excluded",
    "accept reject",
    "accepted rejected",
    "allow forbid",
    "allowed banned",
    "support oppose",
    "supported opposed",
    "approve reject",
    "approved rejected",
    "agree refuse",
    "agreed refused",
    "build destroy",
    "built destroyed",
    "buy sell",
    "bought sold",
    "import export",
    "major minor",
    "majority minority",
    "male female",
    "men women",
    "man woman",
    "public private",
    "domestic foreign",
    "national local",
    "legal illegal",
    "possible impossible",
    "successful unsuccessful",
    "positive negative",
    "common rare",
    "popular unpopular",
    "strong weak",
    "rich poor",
    "old new",
    "ancient modern",
    "upper lower",
    "left right",
    "maximum minimum",
    "join leave",
    "joined left",
    "arrive depart",
    "arrived departed",
    "open close",
    "opened closed",
    "always never",
    "all none",
    "victory defeat",
    "attack defend",
    "ally enemy",
    "cause prevent",
    "caused prevented",
    "raise lower",
    "raised lowered",
    "gain lose",
    "gained lost",
    "hot cold",
    "dry wet",
    "create abolish",
    "created abolished",
    "founded dissolved",
    "established abolished",
    "appointed dismissed",
    "north east",
    "south west",
    "winter summer",
    "day night",
    "morning evening",
    "children adults",
    "father mother",
    "son daughter",
    "brother sister",
    "husband wife",
    "king queen",
    "death birth",
    "died born",
    "import ban",
    "love hate",
    "same different",
    "similar different",
    "beginning end",
    "internal external",
    "wrote rejected",
    "signed broke",
    "defeated joined",
    "liberal conservative",
    "democratic republican",
)
_WORD = re.compile(r"[^\W_]+")
# A dot stands inside a name (U.S.) or behind an initial (J. Smith); behind a word it ends a sentence.
_NAME_WORD = r"[A-Z][\w'’-]*(?:\.[\w'’-]+)*(?:(?<=\b[A-Z])\.)?"
_NAME = re.compile(rf"\b{_NAME_WORD}(?: (?:of |the |de |von )?{_NAME_WORD})*")
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_MONTH = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
_AUXILIARY = re.compile(r"\b(did|does|do|is|are|was|were|can|could|will|would|has|have|had)\b", re.IGNORECASE)
_LINKING = frozenset({"of", "the", "de", "von"})  # in many names, telling nothing
_NEGATED = re.compile(r"\b(?:not|never)\b|n['’]t\b", re.IGNORECASE)
_CONTRACTED = {"can": "can't", "will": "won't", "Can": "Can't", "Will": "Won't"}
MIN_MISSPELT = 5  # letters: of a shorter word too little is left
MIN_NAME = 3  # letters: initials and "I" are no names to exchange


def _both_ways() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in _OPPOSITES:
        one, other = pair.split()
        found[one] = (*found.get(one, ()), other)
        found[other] = (*found.get(other, ()), one)
    return found


_OPPOSITE = _both_ways()


def edited(question: str, context: str, answer: str, rng: np.random.Generator) -> str | None:
    """The question with one thing in it exchanged, for nothing that stands in the answer; None where nothing in it can be."""
    ways = [_other_name, _other_number, _opposite, _other_name, _negated]
    for way in rng.permutation(len(ways)):
        changed = ways[int(way)](question, context, answer, rng)
        if changed is not None and changed != question:
            return changed
    return None


def hurried(question: str, rng: np.random.Generator) -> str:
    """The question as typed in a hurry: without its question mark, or with one longer word misspelt."""
    words = [match for match in _WORD.finditer(question) if len(match.group()) >= MIN_MISSPELT]
    if not words or rng.random() < 0.5:  # noqa: PLR2004  one or the other
        return question.rstrip(" ?")
    place = words[int(rng.integers(len(words)))]
    at = int(rng.integers(place.start() + 1, place.end() - 1))
    slip = int(rng.integers(3))  # a letter left out, typed twice, or exchanged with the next
    typed = ("", question[at] * 2, question[at + 1] + question[at])[slip]
    return question[:at] + typed + question[at + (2 if slip == 2 else 1) :]  # noqa: PLR2004  the exchange takes two letters


def _other_name(question: str, context: str, answer: str, rng: np.random.Generator) -> str | None:
    """Another name of the context, of about the same length, in the place of one of the question's."""
    begin = question.find(" ")  # the first word is capitalised anyhow
    if begin < 0:
        return None
    held = [match for match in _NAME.finditer(question, begin) if len(match.group()) >= MIN_NAME]
    if not held:
        return None
    place = held[int(rng.integers(len(held)))]
    offered = _starting_no_sentence(_NAME, context)
    others = [name for name in offered if len(name) >= MIN_NAME and not _shared(name, question) and not _shared(name, answer)]
    return _with(question, place, others, answer, rng)


def _other_number(question: str, context: str, answer: str, rng: np.random.Generator) -> str | None:
    for kind in (_MONTH, _YEAR, _NUMBER):
        held = list(kind.finditer(question))
        if not held:
            continue
        place = held[int(rng.integers(len(held)))]
        others = sorted({m.group() for m in kind.finditer(context)} - {place.group()})
        if kind is _YEAR:
            others.append(str(int(place.group()) + int(rng.choice([-30, -12, -7, -3, -2, -1, 1, 2, 3, 6, 11, 40]))))
        elif kind is _NUMBER and not others and place.group().isdigit():
            others.append(str(int(place.group()) * int(rng.integers(2, 6)) + int(rng.integers(1, 4))))
        return _with(question, place, others, answer, rng)
    return None


def _opposite(question: str, context: str, answer: str, rng: np.random.Generator) -> str | None:  # noqa: ARG001  one shape for all ways
    held = [match for match in _WORD.finditer(question) if match.group() in _OPPOSITE]
    if not held:
        return None
    place = held[int(rng.integers(len(held)))]
    return _with(question, place, _OPPOSITE[place.group()], answer, rng)


def _negated(question: str, context: str, answer: str, rng: np.random.Generator) -> str | None:  # noqa: ARG001  one shape for all ways
    """The first auxiliary contracted with "not": who didn't sign."""
    place = _AUXILIARY.search(question)
    if place is None or _NEGATED.search(question):
        return None
    contracted = _CONTRACTED.get(place.group(), f"{place.group()}n't")
    return f"{question[: place.start()]}{contracted}{question[place.end() :]}"


def _starting_no_sentence(pattern: re.Pattern[str], context: str) -> list[str]:
    """What is capitalised where no sentence starts, in order, each once."""
    found = [m for m in pattern.finditer(context) if m.start() > 1 and context[m.start() - 2] not in '.!?\n:"']
    return list(dict.fromkeys(match.group() for match in found))


def _shared(name: str, text: str) -> bool:
    held = text.casefold()
    return any(word.casefold() in held for word in _WORD.findall(name) if len(word) >= MIN_NAME)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) - _LINKING


def _with(question: str, place: re.Match[str], others: Sequence[str], answer: str, rng: np.random.Generator) -> str | None:
    """One of the others in the place, if one has no word of the answer: with it, the passage might still answer."""
    free = [other for other in others if not _words(other) & _words(answer)]
    if not free:
        return None
    other = free[int(rng.integers(len(free)))]
    return question[: place.start()] + other + question[place.end() :]
