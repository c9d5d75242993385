"""What a statement claims outright: links, quotations, numbers, dates and names. Each must stand so in the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.normalise import STOP_WORDS, content_terms, fold, terms, words
from service.links import has_link
from service.names import of_one_place
from service.protocols import CitedEvidence
from service.verify.wording import QUOTED, SINGLE_QUOTED, is_torn_out, leaves_out_a_condition, tells_of_another


class Lack(StrEnum):
    """Why a statement is dropped, as a warning says it."""

    LINK = "a link or markup in it"
    EXACT = "a citation that is not the stored text"
    QUOTE = "a quotation that is not in the sources"
    NUMBER = "a number that is not in the sources"
    DATE = "a date that is not in the sources"
    NAME = "a name that is not in the sources"
    SPEAKER = "words in another's mouth"
    ORDER = "sources that give orders to a model"
    ANOTHER = "words that the sources tell of another"
    TORN = "leaving out what it depends on"
    WHOLE = "being no whole sentence"
    QUESTION = "only repeating the question"
    SUPPORT = "no support in the sources"


_SMALL = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty"
).split()
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_SMALL, start=2)} | {
    "zero": "0", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "twice": "2", "second": "2", "third": "3", "half": "half", "dozen": "dozen", "dozens": "dozen", "hundred": "hundred",
    "hundreds": "hundred", "thousand": "thousand", "thousands": "thousand", "million": "million", "millions": "million",
    "billion": "billion", "billions": "billion", "trillion": "trillion", "trillions": "trillion",
}  # fmt: skip
_LETTERS = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"(?<![^\W\d_]-)(?<![^\W\d_])\d+(?:[.,]\d+)*|[^\W\d_]+")  # Covid-19 is a name
_CODE = re.compile(r"\w*(?:[^\W\d_]\d|\d[^\W\d_])\w*")  # letters and digits in one word: G7, keys
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
# Neighbours together, so that United States stays one name.
_CAPITALISED = re.compile(r"\b[^\W\d_a-z][\w\u2019'.&\-]*(?:\s+[^\W\d_a-z][\w\u2019'.&\-]*)*")
_SENTENCE_END = re.compile(r"[.!?:;\u2026\u201c\"]\s*$")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY_NAMES = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_NAMED_DATE = re.compile(rf"\b(?:{_MONTHS}|{_DAY_NAMES})\b")
_RELATIVE_DATE = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this) (?:week|month|year|spring|summer|autumn|fall|winter|quarter))\b",
    re.IGNORECASE,
)
# A unit that follows a number belongs to it: fourteen years are no fourteen months.
_UNITS = frozenset(
    terms(
        """percent percentage second minute hour day week month year decade century quarter dollar euro pound yuan yen barrel
        ton mile kilometer hundred thousand million billion trillion"""
    )
)
_TITLES = frozenset({"mr", "mrs", "ms", "mx", "dr", "sir"})
# Words that begin a sentence without naming anybody.
_OPENINGS = frozenset(
    words(
        """according additionally although however meanwhile moreover nevertheless since therefore thus though yes together
        instead despite overall finally first also among following given still yet later notwithstanding
        furthermore consequently hence similarly likewise speaking asked regarding concerning during president"""
    )
)


@dataclass(frozen=True, slots=True)
class Held:
    """What the evidence for one statement holds: `plain` are the folded words of each quote."""

    quotes: tuple[str, ...]
    words: frozenset[str]
    terms: tuple[str, ...]
    plain: tuple[str, ...]

    @property
    def text(self) -> str:
        """All quotes, a line each."""
        return "\n".join(self.quotes)


def held_by(pieces: Sequence[CitedEvidence]) -> Held:
    """The quotes of some pieces of evidence, and the names of those who speak in them."""
    quotes = tuple(piece.citation.quote for piece in pieces)
    names = [name for piece in pieces for name in (piece.citation.attribution.speaker, piece.citation.attribution.reported_by)]
    text = "\n".join(quotes)
    known = frozenset(word for name in (text, *names) if name for word in (*words(name), *words(name.title())))
    return Held(quotes, known, tuple(terms(text)), tuple(_plain(quote) for quote in quotes))


def lacks(statement: str, held: Held) -> Lack | None:
    """The first thing that a statement claims and the evidence does not hold, or not so; None if there is none."""
    return _not_held(statement, held) or _held_otherwise(statement, held)


def _not_held(statement: str, held: Held) -> Lack | None:
    if has_link(statement):
        return Lack.LINK
    quoted = [_plain(match["words"]) for marks in (QUOTED, SINGLE_QUOTED) for match in marks.finditer(statement)]
    if any(not any(words in quote for quote in held.plain) for words in quoted):
        return Lack.QUOTE
    if not _dates(statement) <= _dates(held.text):
        return Lack.DATE
    if not _numbers(statement) <= _numbers(held.text) or not _codes(statement) <= _codes(held.text):
        return Lack.NUMBER
    if any(not any(of_one_place(name, word) for word in held.words) for name in _names(statement, held)):
        return Lack.NAME
    return None


def _held_otherwise(statement: str, held: Held) -> Lack | None:
    if tells_of_another(statement, held.quotes):
        return Lack.ANOTHER
    if is_torn_out(statement, held.quotes) or leaves_out_a_condition(statement, held.quotes):
        return Lack.TORN
    return None


def _plain(text: str) -> str:
    """Folded words in order, whatever quotation marks and spaces stand between them."""
    return f" {' '.join(_LETTERS.findall(fold(text)))} "


def _numbers(text: str) -> set[str]:
    """Each number in figures with its unit, if one follows: `14`, `14 year`."""
    said = [figure for word in _pieces(text) for figure in [_figure(word) or word]]
    found = set()
    for at, word in enumerate(said):
        if word[0].isdigit() or word in _NUMBER_WORDS.values():
            found.add(word)
            following = next(iter(terms(said[at + 1])), "") if at + 1 < len(said) else ""
            if following in _UNITS:
                found.add(f"{word} {following}")
    return found


def _codes(text: str) -> set[str]:
    return set(_CODE.findall(fold(text)))


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text.replace("%", " percent "))


def _figure(word: str) -> str | None:
    if _FIGURE.fullmatch(word):
        return word.replace(",", "")
    return _NUMBER_WORDS.get(word.casefold())


def _dates(text: str) -> set[str]:
    named = {match.group().casefold() for match in _NAMED_DATE.finditer(text)}
    return named | {" ".join(match.group().casefold().split()) for match in _RELATIVE_DATE.finditer(text)}


def _names(statement: str, held: Held) -> list[str]:
    """Capitalised words; a sentence's first one too, unless it is a common word or stands in the evidence in another form."""
    found = []
    undated = _NAMED_DATE.sub(" ", statement)
    for run in _CAPITALISED.finditer(undated):
        if not run.group()[0].isupper():  # a letter without case, or a small one beyond ASCII
            continue
        before = undated[: run.start()]
        begins = not before.strip() or bool(_SENTENCE_END.search(before))
        for number, word in enumerate(words(run.group())):
            common = word in STOP_WORDS or word in _NUMBER_WORDS or word in _TITLES or word.isdigit()
            opening = begins and number == 0 and (word in _OPENINGS or set(content_terms(word)) <= set(held.terms))
            if not common and not opening:
                found.append(word)
    return found
