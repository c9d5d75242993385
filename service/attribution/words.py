"""The words of a paragraph with each quotation as one, and its sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Span
from service.attribution.vocabulary import INVERTS, PRONOUNS, SAID, STOPPERS, TITLES

# Opening marks and what closes each; a straight mark closes itself.
_CLOSES = {"\u201c": "\u201d", '"': '"', "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u2018": "\u2019"}
_MARK = re.compile('[\u201c\u201d"\u201e\u00ab\u00bb\u2018\u2019]')
_WORD = re.compile(r"[^\W_]+(?:[.'\u2019\-&/][^\W_]+)*(?:['\u2019](?=\s))?|[^\w\s]|_")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ENDS = frozenset(".?!\u2026")
ENDS_QUOTE = ".?!\u2026"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation: with its marks, and without; one that goes on in the next paragraph is not closed."""

    outer: Span
    inner: Span
    closed: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a mark of punctuation, or a whole quotation (`quote` is its place among the paragraph's)."""

    text: str
    span: Span
    quote: int | None = None

    @property
    def low(self) -> str:
        """The word in small letters, without a full stop at its end."""
        return self.text.lower().rstrip(".")

    @property
    def is_name(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[:1].isupper()

    @property
    def is_word(self) -> bool:
        """Whether it is neither punctuation nor a quotation."""
        return self.quote is None and self.text[0].isalnum()


def quotes_of(text: str, within: Span) -> list[Quote]:
    """The quotations of a paragraph, those within others left out."""
    found: list[Quote] = []
    opened: int | None = None
    closes = ""
    inside = 0
    for match in _MARK.finditer(text, within.start, within.end):
        at, mark = match.start(), match.group()
        if opened is None:
            if mark in _CLOSES and _opens(text, at, mark, within):
                opened, closes = at, _CLOSES[mark]
        elif mark in closes and not (mark == "\u2019" and _is_apostrophe(text, at, within)):
            if inside:
                inside -= 1
                continue
            found.append(Quote(Span(opened, at + 1), Span(opened + 1, at), closed=True))
            opened = None
        elif mark == "\u201c" and text[opened] == "\u201c":
            inside += 1  # a quotation within one, in the same marks
    if opened is not None and text[opened] != "\u2018":
        found.append(Quote(Span(opened, within.end), Span(opened + 1, within.end), closed=False))
    return found


def _opens(text: str, at: int, mark: str, within: Span) -> bool:
    if mark not in '\u2018"':
        return True
    before = text[at - 1] if at > within.start else " "
    return not before.isalnum() and not text[at + 1 : at + 2].isspace()


def _is_apostrophe(text: str, at: int, within: Span) -> bool:
    after = text[at + 1] if at + 1 < within.end else " "
    return after.isalnum() or text[at - 1] in "sz"


def words_of(text: str, within: Span, quotes: Sequence[Quote]) -> list[Word]:
    """The words of a paragraph in order, each quotation as one."""
    found: list[Word] = []
    at = within.start
    for place, quote in enumerate(quotes):
        found += _plain(text, Span(at, quote.outer.start))
        found.append(Word(quote.outer.of(text), quote.outer, place))
        at = quote.outer.end
    return found + _plain(text, Span(at, within.end))


def _plain(text: str, within: Span) -> list[Word]:
    found: list[Word] = []
    at = within.start
    while match := _WORD.search(text, at, within.end):
        at = match.end()
        short = match.group().lower() in TITLES or (_INITIALS.fullmatch(match.group()) and match.group() not in ("I", "a"))
        if short and text[at : at + 1] == "." and at < within.end:
            at += 1
        found.append(Word(text[match.start() : at], Span(match.start(), at)))
    return found


def sentences_of(words: Sequence[Word]) -> list[list[Word]]:
    """The words in sentences; what follows a quotation belongs to it unless the quotation ends a sentence of its own."""
    found: list[list[Word]] = [[]]
    for place, word in enumerate(words):
        found[-1].append(word)
        after = words[place + 1] if place + 1 < len(words) else None
        if after is not None and _ends(word, after) and not (word.quote is not None and _says_who(words[place : place + 9])):
            found.append([])
    return [sentence for sentence in found if sentence]


def _says_who(words: Sequence[Word]) -> bool:
    """Whether a quotation that ends like a sentence is followed by its speaker and a verb: `\u201cWhy?\u201d Mr. Kirby asked`."""
    if words[0].text.rstrip('\u201d"\u2019\u00bb\u201c ')[-1:] == ".":
        return False
    for place, word in enumerate(words[1:], start=1):
        if word.low in SAID:
            return place > 1 or word.low in INVERTS
        if not word.is_word or (word.low in STOPPERS and word.low not in PRONOUNS):
            return False
    return False


def _ends(word: Word, after: Word) -> bool:
    if word.quote is None:
        return (
            word.text in _ENDS
            and (after.quote is not None or after.is_name or not after.text[0].isalpha())
            and after.text not in _ENDS
        )
    last = word.text.rstrip('\u201d"\u2019\u00bb\u201c ')[-1:]
    if last not in ENDS_QUOTE:
        return False
    return after.quote is not None or (after.is_name and after.is_word)
