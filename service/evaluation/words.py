"""Text as the measures compare it: folded for containment, cut into tokens for overlap."""

from __future__ import annotations

import re
import unicodedata

# Kana and Han are written without spaces: each sign is a token, and none of them borders a word.
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD_CHARACTER = rf"[^\W{_UNSPACED}]"
_TOKEN = re.compile(rf"[{_UNSPACED}]|{_WORD_CHARACTER}+")
_INSIDE_WORD = re.compile(_WORD_CHARACTER * 2)
_NUMBER = re.compile(r"\d[.,:]\d")
_FOLDED = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2026": "..."}
)


def fold_text(text: str) -> str:
    """Casefolded NFC, straight quotes, hyphens for dashes, dots for ellipses, single spaces, stripped."""
    return " ".join(unicodedata.normalize("NFC", text.casefold()).translate(_FOLDED).split())


def contains(text: str, words: str) -> bool:
    """Whether the folded words stand in the folded text, whole: `no` is not in `north`, nor `2` in `2.5`."""
    folded, needle = fold_text(text), fold_text(words)
    start = folded.find(needle) if needle else -1
    while start != -1:
        if not _cuts(folded, start) and not _cuts(folded, start + len(needle)):
            return True
        start = folded.find(needle, start + 1)
    return False


def _cuts(text: str, place: int) -> bool:
    """Whether a border before code point `place` would cut a word, or a number such as `2.5` or `11:30`."""
    before = max(place - 1, 0)
    around_point = (text[max(place - 2, 0) : place + 1], text[before : place + 2])
    return bool(_INSIDE_WORD.fullmatch(text[before : place + 1])) or any(map(_NUMBER.fullmatch, around_point))


def tokenise(text: str) -> list[tuple[int, int]]:
    """(start, end) of each token in code points, ascending: a run of letters or digits, or one sign."""
    return [match.span() for match in _TOKEN.finditer(text)]
