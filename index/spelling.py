"""What a word that the corpus does not hold may have been meant to be: the words at one slip of the keys from it.

They are looked up one by one, so that the cost does not grow with the corpus: a few hundred look-ups for each such word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.normalise import STOP_WORDS, terms

SHORTEST = 5  # letters: shorter words are one letter from too many others
SHORTEST_STEM = 7  # letters of a stem that is corrected by itself
LONGEST = 20
MAX_WORDS = 2  # of one question that are looked into, the longest
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was written and as it was read."""

    written: str
    read: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A question as it is searched, and what was changed in it."""

    question: str
    corrections: tuple[Correction, ...] = ()


def suspects(question: str) -> list[str]:
    """The words of a question that may be misspelt, as it writes them: of letters alone, neither short nor a stop word."""
    found = dict.fromkeys(word for word in _written(question) if SHORTEST <= len(word) <= LONGEST)
    plain = [word for word in found if word.isascii() and word.isalpha() and word.casefold() not in STOP_WORDS]
    return sorted(plain, key=lambda word: (-len(word), word))


def term_of(word: str) -> str | None:
    """The search term of one word; None if it is none or several."""
    its = terms(word)
    return its[0] if len(its) == 1 else None


def slips(word: str) -> dict[str, str]:
    """The search terms at one slip from a word or from its stem, each with the word that it would be.

    A slip is a letter too many, too few or wrong, or one that stands elsewhere (Damerau 1964, with moves over any distance).
    The first letter stays: people rarely miss it (Pollock & Zamora 1984). Variants are not stemmed: that would take 100 ms.
    """
    folded, stem = word.casefold(), term_of(word)
    if stem is None:
        return {}
    found = {slip: slip for slip in _slips(folded)}
    kept = len(stem) if folded.startswith(stem) else len(stem) - 1  # "technologi" for technology
    if folded.startswith(stem[:kept]):
        # An ending goes on behind a long stem, and behind the letter that it was behind: not "containent" for continent.
        near = [slip for slip in _slips(stem) if slip[-1] == stem[-1]] if len(stem) >= SHORTEST_STEM else []
        found |= {slip: f"{slip[: len(slip) - (len(stem) - kept)]}{folded[kept:]}" for slip in near}
    return {term: meant for term, meant in found.items() if term not in (folded, stem)}


def best(word: str, near: Mapping[str, str], frequencies: Mapping[str, int]) -> str | None:
    """The word of the term that stands in most chunks, with the capital of `word`; None if there is none or a tie."""
    ranked = sorted(((count, term) for term, count in frequencies.items() if count and term in near), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    meant = near[ranked[0][1]]
    return meant.capitalize() if word[0].isupper() else meant


def replaced(question: str, corrections: Sequence[Correction]) -> str:
    """The question with the corrected words."""
    read = {correction.written: correction.read for correction in corrections}
    pieces, at = [], 0
    for word in _written(question):
        start = question.index(word, at)
        pieces += [question[at:start], read.get(word, word)]
        at = start + len(word)
    return "".join([*pieces, question[at:]])


def _written(question: str) -> list[str]:
    word, found = "", []
    for character in f"{question} ":
        if character.isalnum():
            word += character
        elif word:
            found.append(word)
            word = ""
    return found


def _slips(word: str) -> Iterator[str]:
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            without = head + tail[1:]
            yield without
            yield from (without[:to] + tail[0] + without[to:] for to in range(1, len(without) + 1))
