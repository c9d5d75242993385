"""Names as questions and sources write them: misspelt, of a people, of a seat of government."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.normalise import STOP_WORDS, words

SAME_NAME = 0.85  # similarity from which a name is taken for another misspelt: Ruwich, Ruwitch
MISSPELT_FROM = 5  # letters: shorter names differ by one letter
ROOT = 4  # letters that a name must have left without the ending of a people: China, Chinese
MONTHS = tuple("january february march april may june july august september october november december".split())
_WORD = re.compile(r"\b\w[\w\u2019']+")
_DEMONYM = re.compile(r"(?:ese|eans?|ians?|ans?|ish|ia|is|i|a|o|e|y)$")
_SMALL = re.compile(r"\b[^\W\d_A-Z][\w]*")

# As coverage of calls writes: a seat of government for the state, and the other way round.
_SEATS = (
    "washington unitedstates|beijing china|moscow russia|kremlin russia|kyiv ukraine|london britain|paris france|berlin germany|"
    "rome italy|madrid spain|warsaw poland|brussels europe|ankara turkey|jerusalem israel|tehran iran|riyadh saudi|cairo egypt|"
    "delhi india|islamabad pakistan|tokyo japan|seoul korea|pyongyang korea|taipei taiwan|canberra australia|ottawa canada"
)
_GOVERNMENTS: dict[str, tuple[str, ...]] = {}
for _pair in _SEATS.split("|"):
    _seat, _state = _pair.split()
    _GOVERNMENTS[_seat] = (*_GOVERNMENTS.get(_seat, ()), _state)
    _GOVERNMENTS[_state] = (*_GOVERNMENTS.get(_state, ()), _seat)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each folded word, and each root of one, occurs in a document, and which words are written small in it."""

    words: dict[str, int]
    roots: dict[str, int]
    common: frozenset[str]


def count_words(text: str) -> Counted:
    """Count a document's words once for many sentences."""
    counts = Counter(words(text))
    roots: Counter[str] = Counter()
    for word, times in counts.items():
        roots[root_of(word)] += times
    return Counted(dict(counts), dict(roots), frozenset(_SMALL.findall(text)))


def names(question: str) -> list[str]:
    """The folded names in a question: capitalised words after the first that are neither stop words nor months."""
    _, _, rest = question.strip().partition(" ")
    found = [word for match in _WORD.finditer(rest) if match.group()[0].isupper() for word in words(match.group())]
    return [word for word in dict.fromkeys(found) if word not in STOP_WORDS and word not in MONTHS]


def is_called(name: str, held: Sequence[str]) -> bool:
    """Whether a name is among the words, or that of the same government."""
    return any(like_any(one, held) for one in (name, *_GOVERNMENTS.get(name, ())))


def like_any(name: str, held: Sequence[str]) -> bool:
    """Whether a name is among the words, a letter off or its people's too."""
    return any(_alike(name, word) for word in held)


def _alike(name: str, word: str) -> bool:
    """The same name, its people's, or one letter off."""
    if name == word or root_of(name) == root_of(word):
        return True
    if min(len(name), len(word)) < MISSPELT_FROM or abs(len(name) - len(word)) > 1 or name[0] != word[0]:
        return False
    return SequenceMatcher(None, name, word).ratio() >= SAME_NAME


def root_of(word: str) -> str:
    """A word without the ending that makes a people of a place: `china` and `chinese` give `chin`."""
    root = _DEMONYM.sub("", word)
    return root if len(root) >= ROOT else word


def of_one_place(name: str, word: str) -> bool:
    """Whether two folded words name the same person or place, or its people: `china`, `chinese`."""
    return name == word or root_of(name) == root_of(word)
