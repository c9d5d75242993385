"""What a question insists on, and whether a piece of evidence meets it. Similar words alone are not an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.normalise import STOP_WORDS, terms, words
from index.reader.expects import Expected, candidates, counted
from service.question import Asked

SAME_NAME = 0.8  # similarity from which a misspelt name is taken for one in the text
SHARED_STEM = 4  # letters: China and Chinese, Ukraine and Ukrainian
LOCAL_BELOW = 3  # a name that a document has less often than this must stand in the passage itself
_NAME = re.compile(r"[^\W\d_a-z][\w\u2019']+")
_MONTHS = frozenset("january february march april may june july august september october november december".split())
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_UTTERS = re.compile(
    r"\b(?:sa(?:y|id|ys)|t(?:ell|old)|add|warn|rais|stress|denounc|describ|discuss|agree|promis|concern|claim|call|argu|ask|"
    r"insist|express|accus|note|explain|repl|respond|state|announc|view|think|thought|believ|want|demand|urg)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each folded word occurs in a document."""

    words: dict[str, int]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A sentence with what stands around it: its neighbours, its passage, its document's names and date."""

    sentence: str
    neighbours: str
    passage: str
    document: Counted
    published_at: str | None
    by_speaker: bool


def count_words(text: str) -> Counted:
    """Count a document's words once for many sentences."""
    counts: dict[str, int] = {}
    for word in words(text):
        counts[word] = counts.get(word, 0) + 1
    return Counted(counts)


def meets(asked: Asked, around: Surroundings) -> bool:
    """Whether the sentence holds the kind of words asked for, about the names and times asked about, by the one asked about."""
    return _kind_of_words(asked, around) and _names(asked, around) and _times(asked, around) and _speaker(asked, around)


def _kind_of_words(asked: Asked, around: Surroundings) -> bool:
    if asked.expected not in (Expected.DATE, Expected.NUMBER):
        return True
    if not candidates(asked.expected, around.sentence, question=asked.text):
        return False
    what = counted(asked.text)
    return what is None or bool(set(terms(what)) & set(terms(around.sentence)))


def _names(asked: Asked, around: Surroundings) -> bool:
    own = names(f"_ {asked.speaker}") if around.by_speaker else []
    held = [name in own or _holds_name(name, around) for name in names(asked.text)]
    # A question that sets sources side by side names what only one of them holds.
    return not held or (any(held) if asked.about_each_source else all(held))


def names(question: str) -> list[str]:
    """The folded names in a question: capitalised words after the first that are neither stop words nor months."""
    _, _, rest = question.strip().partition(" ")
    found = [word for match in _NAME.finditer(rest) for word in words(match.group())]
    return [word for word in dict.fromkeys(found) if word not in STOP_WORDS and word not in _MONTHS]


def _holds_name(name: str, around: Surroundings) -> bool:
    if _like_any(name, words(around.passage)):
        return True
    occurs = [word for word in around.document.words if _alike(name, word)]
    return sum(around.document.words[word] for word in occurs) >= LOCAL_BELOW


def _like_any(name: str, held: Sequence[str]) -> bool:
    return any(_alike(name, word) for word in held)


def _alike(name: str, word: str) -> bool:
    if name == word:
        return True
    if min(len(name), len(word)) < SHARED_STEM or name[0] != word[0]:
        return False
    return name[:SHARED_STEM] == word[:SHARED_STEM] or SequenceMatcher(None, name, word).ratio() >= SAME_NAME


def _times(asked: Asked, around: Surroundings) -> bool:
    """A month or year of the question stands in or beside the sentence, or is that of the document's own date."""
    near = words(around.neighbours)
    months = [word for word in words(asked.text) if word in _MONTHS and (word != "may" or "May" in asked.text)]
    if any(month not in near for month in months):
        return False
    years = _YEAR.findall(asked.text)
    # An undated document names its year nowhere, so a day and month must do.
    known = [*near, *_YEAR.findall(around.published_at or "")]
    return all(year in known for year in years) or (
        bool(months) and around.published_at is None and not _YEAR.search(around.neighbours)
    )


def _speaker(asked: Asked, around: Surroundings) -> bool:
    if asked.speaker is None or around.by_speaker:
        return True
    speaker = names(f"_ {asked.speaker}")
    if not speaker:
        return True
    named = any(_like_any(name, words(around.neighbours)) for name in speaker)
    return named and bool(_UTTERS.search(around.sentence))
