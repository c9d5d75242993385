"""How a statement uses the words it takes from the evidence: whole, of the one they are told of, with their conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from index.normalise import STOP_WORDS, content_terms
from index.normalise import fold as folded

QUOTED = re.compile(r"[\u201c\u201e\"](?P<words>[^\u201c\u201d\u201e\"]+)[\u201d\u201c\"]")
# Between single marks, which are apostrophes too: one that begins a word, up to the first that ends one.
SINGLE_QUOTED = re.compile(r"(?<!\w)[\u2018'](?P<words>\w(?:[^\u2018\u2019']|[\u2019'](?=\w))*)[\u2019'](?!\w)")

COPIED_WORDS = 3  # in a row, from which what they are told of must stay: shorter runs are anybody's
REPORTING_WORDS = 5  # up to "that", within which somebody says what follows: "said to reporters later that"
_DENYING = re.compile(r"^(?:not|never|no|none|nobody|neither|nor)$|n[\u2019']t$|^den(?:y|i)", re.IGNORECASE)
_PIECE = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*|[^\w\s]")
_ENDED = re.compile(r"[.!?\u2026][\"\u201d\u2019')\]]*$")
# Without these words what is told under a condition or of another time is told outright.
_CONDITIONS = frozenset("if unless whether since before after".split())
_BEGINNING = frozenset("and but so yet then because well".split())
_ARTICLES = frozenset("the a an".split())
_REPORTING = re.compile(r"(?:sa(?:y|id)|t(?:ell|old)|add|not(?:e|ing)|stress|announc|report|stat|confirm|explain)", re.IGNORECASE)
# Not the I of World War I, nor the US.
_FIRST_PERSON = re.compile(r"(?:^|[^\w\s]\s*|\b[a-z]+\s+)I\b(?!\.)|\b(?:me|[Ww]e|[Oo]urs?|[Mm]y|[Mm]ine|us)\b(?!\.)")
_CLAUSE_ENDS = frozenset("and but".split()) | frozenset(".!?;:,)\u2026\u2013\u2014")
_JOINING = frozenset("and or the of".split()) | {",", "."}
# Before names of several people, so that they tell none of them apart.
_TITLES = frozenset("mr mrs ms dr president secretary minister leader senator chancellor prime foreign vice chinese".split())


def is_whole(statement: str) -> bool:
    """Whether it ends as a sentence does: a part of one claims nothing that could be checked."""
    return bool(_ENDED.search(statement.rstrip()))


def tells_of_another(statement: str, quotes: Sequence[str]) -> bool:
    """Whether words that the quotes tell of one name are told of another: "Xi would not go" of "China would not go"."""
    said = _PIECE.findall(statement)
    told = [_PIECE.findall(quote) for quote in quotes]
    named = {_fold(word) for words in told for word in words if _begins_large(word)}
    for at in range(1, len(said)):
        mine = _names_before(said, at, named)
        if not mine or _is_part_of_names(said[at], named):
            continue
        n_words, theirs = _longest(said, at, told, named)
        if n_words >= COPIED_WORDS and theirs and all(names and not names & mine for names in theirs):
            return True
    return False


def is_torn_out(statement: str, quotes: Sequence[str]) -> bool:
    """Whether it begins within a clause of the quotes: "they have spoken" of "it is the first time they have spoken"."""
    said = _PIECE.findall(statement)
    n_words, places = max((_begun(said, _PIECE.findall(quote)) for quote in quotes), default=(0, []), key=lambda found: found[0])
    return n_words > COPIED_WORDS and not any(_may_begin(before) for before in places)


def speaks_for_itself(statement: str) -> bool:
    """Whether it says I or we outside of quotation marks: words of one who speaks would be the writer's own."""
    return bool(_FIRST_PERSON.search(SINGLE_QUOTED.sub(" ", QUOTED.sub(" ", statement))))


def says_no_more(text: str, *, than: str) -> bool:
    """Whether another text has all content words of this one, and denies if this one does."""
    return set(content_terms(text)) <= set(content_terms(than)) and _denies(text) == _denies(than)


def _denies(text: str) -> bool:
    return any(_DENYING.search(word) for word in _PIECE.findall(text))


def leaves_out_a_condition(statement: str, quotes: Sequence[str]) -> bool:
    """Whether a condition or a time that stands in every quote between words that it takes is missing in it."""
    said = [_fold(word) for word in _PIECE.findall(statement)]
    gaps = [_left_out(said, [_fold(word) for word in _PIECE.findall(quote)]) for quote in quotes]
    return bool(gaps) and all(gaps)


def _begun(said: Sequence[str], told: Sequence[str]) -> tuple[int, list[Sequence[str]]]:
    """How many words a statement begins with stand so in a quote, and all that stands before them, at each such place."""
    lengths = [_alike(said, told[place:]) for place in range(len(told))]
    longest = max(lengths, default=0)
    return longest, [told[:place] for place, length in enumerate(lengths) if length == longest]


def _may_begin(before: Sequence[str]) -> bool:
    """Whether a clause may begin after these words: at a sign, after a joining word, or as what somebody says."""
    while before and _fold(before[-1]) in _ARTICLES:
        before = before[:-1]
    if not before or not before[-1][0].isalnum() or _fold(before[-1]) in _BEGINNING:
        return True
    near = before[-REPORTING_WORDS:]
    reporting = near if _fold(before[-1]) == "that" else near[-1:]
    return any(_REPORTING.match(word) for word in reporting) and not any(_DENYING.search(word) for word in near)


def _left_out(said: list[str], told: list[str]) -> bool:
    """Whether words are taken out of a clause whose first word is left where it stands."""
    missing = _CONDITIONS - set(said)
    blocks = [block for block in SequenceMatcher(None, said, told, autojunk=False).get_matching_blocks() if block.size]
    for one, following in pairwise(blocks):
        gap = told[one.b + one.size : following.b]
        begins = max((at for at, word in enumerate(gap) if word in missing), default=None)
        if begins is not None and not _CLAUSE_ENDS & set(gap[begins:]):
            return True
    return False


def _longest(said: Sequence[str], at: int, told: Sequence[Sequence[str]], named: set[str]) -> tuple[int, list[frozenset[str]]]:
    """How many words from `at` on stand so in a quote, and the names before them at each of those places."""
    longest, theirs = 0, list[frozenset[str]]()
    for words in told:
        for place in range(len(words)):
            n_words = _alike(said[at:], words[place:])
            if n_words > longest:
                longest, theirs = n_words, []
            if n_words and n_words == longest:
                theirs.append(_names_before(words, place, named))
    return longest, theirs


@lru_cache(maxsize=10_000)  # each word is compared with each
def _fold(word: str) -> str:
    return folded(word)


def _alike(these: Sequence[str], those: Sequence[str]) -> int:
    n_words = 0
    for one, other in zip(these, those, strict=False):
        if _fold(one) != _fold(other) or not one[0].isalnum():
            break
        n_words += 1
    return n_words


def _names_before(words: Sequence[str], at: int, named: set[str]) -> frozenset[str]:
    """The names directly before a place, also several joined ones, without their titles."""
    found = set()
    while at > 0 and _is_part_of_names(words[at - 1], named):
        at -= 1
        found.add(_fold(words[at]))
    return frozenset(found & named - _TITLES)


def _is_part_of_names(word: str, named: set[str]) -> bool:
    return _fold(word) in _JOINING or (_begins_large(word) and _fold(word) in named)


def _begins_large(word: str) -> bool:
    return word[0].isupper() and _fold(word) not in STOP_WORDS
