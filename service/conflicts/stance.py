"""Whether a sentence tells something as having happened, as not having happened, or as wished for, expected or supposed."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise

from index.normalise import terms

LOOK_WORDS = 9  # before a word, of its clause: what denies or supposes it stands there
_BORDER = re.compile(
    r"[;:\u2014\u2013]|(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\b[A-Z])[.!?]\s|"
    r",?\s\b(?:but|while|although|though|because|whereas|so that|even as|which|and (?:that|he|she|they|it|the))\b|"
    r",\s(?:and|as|after|before|when|who|with)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|nobody|none|neither|nor|without|cannot|nothing|den(?:y|ies|ied|ying)|refus\w+|declin\w+|fail(?:s|ed)?|"
    r"rul(?:e|es|ed) out|reject(?:s|ed|ing)?|far from|instead of|rather than|no longer|untrue|false|turned down)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:(?:was|were|is|are|has|had|did|does|do|will|would|could|can)\s?(?:not\b|never\b|n['\u2019]t\b)|"
    r"not\b|never\b|(?:was|were|is|are)\s(?:untrue|false|wrong|denied|rejected)\b)",
    re.IGNORECASE,
)
_DENIED_BY_ANOTHER = re.compile(
    r"\b(?:which|this|that|it) (?:[\w.']+ ){0,4}?(?:\w+ly )?(?:den(?:y|ies|ied)|reject(?:s|ed)|disput(?:es|ed))\b", re.IGNORECASE
)
_SUPPOSES = re.compile(
    r"\b(?:would|will|could|(?-i:may)|might|should|shall|must|if|whether|unless|expect\w*|plan(?:s|ned|ning)?|hop(?:e|es|ed|ing)|"
    r"offer(?:s|ed|ing)?|want(?:s|ed|ing)?|ask(?:s|ed|ing)?|promis\w+|pledg\w+|vow\w*|urg\w+|"
    r"call(?:s|ed|ing)? (?:\w+ ){0,3}?(?:for|on)\b|undert\w+|threat\w*|request\w*|"
    r"due|set|likely|intend\w*|propos\w+|consider\w*|demand\w*|about to|wish\w*|seek\w*|"
    r"sought|allow\w*|ready|willing|try|tries|tried|rumou?r\w*|alleg\w+|"
    r"had (?:it|he|she|they|we)|as if|invit\w+|suggest\w*)\b|['\u2019]ll\b",
    re.IGNORECASE,
)
_OVER_QUESTION = re.compile(r"\?[\"\u201d]?\s*$")


class Stance(Enum):
    """How something is told."""

    AFFIRMED = auto()
    DENIED = auto()
    SUPPOSED = auto()


def clauses(sentence: str) -> list[tuple[int, int]]:
    """The places of the clauses of a sentence, in order; a rough cut, at conjunctions and strong punctuation."""
    borders = [0, *(match.start() for match in _BORDER.finditer(sentence)), len(sentence)]
    return [(a, b) for a, b in pairwise(borders) if sentence[a:b].strip()]


def clause_at(sentence: str, place: int) -> tuple[int, int]:
    """The clause around a place of a sentence."""
    return next(((a, b) for a, b in clauses(sentence) if a <= place < b), (0, len(sentence)))


def stances(sentence: str, stem: str) -> list[tuple[int, Stance]]:
    """Where a word of this stem stands in the sentence, and how what it tells is told there."""
    return [
        (match.start(), _stance(sentence, match.start(), match.end()))
        for match in re.finditer(r"[^\W_]+", sentence)
        if stem in terms(match.group())
    ]


def _stance(sentence: str, start: int, end: int) -> Stance:
    first, last = clause_at(sentence, start)
    before = " ".join(sentence[first:start].split()[-LOOK_WORDS:])
    after = sentence[end:last]
    if _DENIES.search(before) or _DENIED_AFTER.match(after) or _DENIED_BY_ANOTHER.search(sentence, end):
        return Stance.DENIED
    if _SUPPOSES.search(before) or _OVER_QUESTION.search(sentence):
        return Stance.SUPPOSED
    return Stance.AFFIRMED
