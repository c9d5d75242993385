"""What a sentence gives as the answer to a question: a number, a moment or a name, verbatim, and whether two can both be true."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.normalise import STOP_WORDS, terms, words
from index.types import Span
from service.conflicts.moments import Moment, apart, moments
from service.conflicts.quantities import Quantity, comparable, compatible

_NAME = re.compile(r"(?<![\w.])[^\W\d_a-z][\w\u2019'.-]*(?:\s(?:(?:of|the|de|van|von|al|el)\s)?[^\W\d_a-z][\w\u2019'-]*)*")
SAME_PHRASE = 0.5  # share of the shorter phrase's stems over which two phrases say the same
_TITLES = frozenset("mr mrs ms dr president prime minister professor secretary general captain director foreign the of".split())


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name at `span`, with its folded words."""

    span: Span
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Other words at `span`, with the stems that carry meaning and are not the question's."""

    span: Span
    stems: frozenset[str]


Value = Quantity | Moment | Name | Phrase


def moments_of(text: str, published_at: str | None) -> list[Moment]:
    """See `moments`, for a text by itself."""
    return moments(Span(0, len(text)), text, published_at)


def names_of(text: str) -> list[Name]:
    """The proper names of a text, in order; a first word that is written large for being the first is none."""
    found = []
    for match in _NAME.finditer(text):
        held = [word for word in words(match.group()) if word not in STOP_WORDS]
        if held:
            found.append(Name(Span(*match.span()), frozenset(held) - _TITLES or frozenset(held)))
    return found


def differ(one: Value, other: Value) -> bool:
    """Whether two values cannot both be the answer. What cannot be compared does not differ."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return comparable(one, other) and not compatible(one, other)
    if isinstance(one, Moment) and isinstance(other, Moment):
        return bool(apart(one, other))
    if isinstance(one, Name) and isinstance(other, Name):
        return not one.words & other.words
    if isinstance(one, Phrase) and isinstance(other, Phrase):
        return len(one.stems & other.stems) <= SAME_PHRASE * min(len(one.stems), len(other.stems))
    return False


def agree(one: Value, other: Value) -> bool:
    """Whether two values are the same answer."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return comparable(one, other) and compatible(one, other)
    if isinstance(one, Moment) and isinstance(other, Moment):
        return apart(one, other) is False
    if isinstance(one, Name) and isinstance(other, Name):
        return bool(one.words & other.words)
    if isinstance(one, Phrase) and isinstance(other, Phrase):
        return not differ(one, other)
    return False


def stems(text: str) -> frozenset[str]:
    """The stems of a text's words that carry meaning, numbers left out."""
    return frozenset(term for term in terms(text) if term not in STOP_WORDS and not term.isdigit())
