"""Sentence borders, as spans of the text, by the sentencex library with the repairs that news text needs."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

import sentencex

from index.types import Span

MAX_SENTENCE_CHARACTERS = 1_000  # bound on what may be quoted as one sentence, and on the tokenizers' worst case
MIN_CLAUSE = 20  # letters of Thai from which a space is a border: shorter runs are names, numbers and their like
WRAPPED_LINE_CHARACTERS = range(40, 101)  # a line of this length without a full stop goes on in the next one
_ENDS_LINE = re.compile(r"""[.?!\u2026:;]["'\u201d\u2019)\]]*\s*$|["\u201d]\s*$""")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Adm|Rev|Hon|St|No|vs)\.\s*$")
# "WASHINGTON, April 2 (Wire) —": no words of the sentence behind it.
_DATELINE = re.compile(
    r"[A-Z][A-Z.'\u2019-]+(?: [A-Z][A-Z.'\u2019-]+){0,3}(?:, [^\n()\u2014\u2013;:]{1,40}?)?"
    r"(?: \([^()\n]{1,40}\))? ?(?:\u2014|\u2013|--| -) ?"
)
_SPACE = re.compile(r"[^\S ]")
_THAI = "\u0e00-\u0eff"  # and Lao: no mark ends a sentence there, a space does, or a clause
# Borders that the splitter does not know: those spaces, and the full stops of Khmer.
_OWN_BORDER = re.compile(rf"(?<=[{_THAI}]{{{MIN_CLAUSE}}})[ \u3000]+(?=[{_THAI}])|[\u17d4\u17d5][ \u200b]*")
_JAPANESE_CLOSING = ("\u300d", "\u300f")
_JAPANESE_SAYING = ("\u3068", "\u306a\u3069")  # "... " to nobeta: the sentence goes on
_CLOCK = re.compile(r"\b[ap]\.m\.\s*$")
_WEEKDAY = re.compile(r"\s*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_CLAUSE_BORDER = re.compile(r"[;:,\u2014\u2013]\s+|\s+")


def sentences(text: str, within: Span) -> list[Span]:
    """The sentences of `text[within]`, in order, as spans of `text` without surrounding white space.

    Line ends inside a hard-wrapped paragraph do not end a sentence. Every word of the range is in exactly one span; none is
    longer than MAX_SENTENCE_CHARACTERS.
    """
    found: list[Span] = []
    for block in _blocks(text, within):
        found.extend(_sentences_of_block(text, block))
    return [part for span in found for part in _bounded(text, span)]


def _blocks(text: str, within: Span) -> list[Span]:
    """Runs of lines between which a sentence cannot go on."""
    borders = [within.start]
    for match in re.finditer(r"\n", text[within.start : within.end]):
        at = within.start + match.start()
        if not _wraps(text, at, within):
            borders.append(at + 1)
    borders.append(within.end)
    return [Span(a, b) for a, b in pairwise(borders) if text[a:b].strip()]


@lru_cache(maxsize=4)
def _hard_wrapped(text: str) -> bool:
    """Whether most of the text stands in lines short enough to be wrapped: else what looks wrapped is a heading."""
    lengths = [len(line) for line in text.split("\n")]
    short = sum(length for length in lengths if length in WRAPPED_LINE_CHARACTERS)
    return short >= sum(length for length in lengths if length >= WRAPPED_LINE_CHARACTERS.stop)


def _wraps(text: str, newline: int, within: Span) -> bool:
    line = text[max(text.rfind("\n", within.start, newline) + 1, within.start) : newline]
    if len(line) not in WRAPPED_LINE_CHARACTERS or _ENDS_LINE.search(line) or not _hard_wrapped(text):
        return False
    next_end = text.find("\n", newline + 1, within.end)
    following = text[newline + 1 : within.end if next_end < 0 else next_end]
    return bool(following.strip()) and not following.startswith((" ", "\t", "-", "*", "\u2022"))


def _sentences_of_block(text: str, block: Span) -> list[Span]:
    spans: list[Span] = []
    at = block.start
    dateline = _DATELINE.match(text, block.start, block.end)
    if dateline and dateline.end() < block.end:
        spans.append(_stripped(text, Span(at, dateline.end())))
        at = dateline.end()
    block = Span(at, block.end)
    # The splitter keeps every character, so lengths add up. A line end inside a block must not look like a border to it, and
    # some non-ASCII spaces make it panic.
    for piece in _pieces(_SPACE.sub(" ", block.of(text))):
        span = _stripped(text, Span(at, at + len(piece)))
        at += len(piece)
        if not any(c.isalnum() for c in span.of(text)):
            if spans and span:
                spans[-1] = Span(spans[-1].start, span.end)
        elif spans and _goes_on(spans[-1].of(text), span.of(text)):
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return spans


def _pieces(words: str) -> list[str]:
    try:
        pieces = list(sentencex.segment("en", words))
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the splitter's own runtime, which exports no class for it
            raise
        pieces = [words]
    return [part for piece in pieces for part in _split_at(_OWN_BORDER, piece)]


def _split_at(border: re.Pattern[str], piece: str) -> list[str]:
    """The parts of a piece, each up to the end of a border; together they are the piece."""
    ends = [match.end() for match in border.finditer(piece)]
    return [piece[start:end] for start, end in pairwise([0, *ends, len(piece)]) if start < end]


def _goes_on(before: str, after: str) -> bool:
    """Whether the splitter cut after an abbreviation: `Ms. | Vance`, `5 p.m. | Tuesday`, or between words and who said them."""
    return bool(
        _TITLE.search(before)
        or (_CLOCK.search(before) and _WEEKDAY.match(after))
        or (before.endswith(_JAPANESE_CLOSING) and after.startswith(_JAPANESE_SAYING))
    )


def _stripped(text: str, span: Span) -> Span:
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))


def _bounded(text: str, span: Span) -> list[Span]:
    """The span, cut at clause borders, else at any white space, else anywhere, so that no part is over the bound."""
    parts: list[Span] = []
    while len(span) > MAX_SENTENCE_CHARACTERS:
        cut = cut_point(text, Span(span.start, span.start + MAX_SENTENCE_CHARACTERS))
        parts.append(_stripped(text, Span(span.start, cut)))
        span = _stripped(text, Span(cut, span.end))
    return [part for part in [*parts, span] if part]


def cut_point(text: str, span: Span) -> int:
    """Where to cut a span in two: the last clause border of its second half, else the last white space, else its end."""
    half = span.start + len(span) // 2
    borders = list(_CLAUSE_BORDER.finditer(text, half, span.end))
    clauses = [match for match in borders if not match.group().isspace()]
    for candidates in (clauses, borders):
        if candidates and span.start < candidates[-1].end() < span.end:
            return candidates[-1].end()
    return span.end
