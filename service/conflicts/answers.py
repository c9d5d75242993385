"""What a sentence gives as the answer to a question: typed, at the place where the reader sees it."""

from __future__ import annotations

import re

from index.normalise import terms
from index.reader.expects import Expected, counted, expected
from index.types import Span
from service.conflicts.alike import asked_stems, names_asked
from service.conflicts.given import ASKED_ABOUT, Given
from service.conflicts.quantities import Measure, Quantity, quantities
from service.conflicts.values import Name, Phrase, Value, agree, differ, moments_of, names_of, stems
from service.question import Asked
from service.types import Said

LONGEST_PHRASE = 16  # words: a longer span is the sentence over again, and says more than one thing
_LONG = re.compile(r"\bhow (?:long|old)\b|\bhow (?:many|much) (?:time|minutes|hours|days|weeks|months|years)\b", re.IGNORECASE)
_SHARE = re.compile(r"\bpercent|\bper cent|\bshare\b|\bproportion\b|%", re.IGNORECASE)
_NUMBER_ASKED = re.compile(
    r"\b(?:price|cost|number|amount|sum|toll|size|figure|share|percentage|duration|length)\b", re.IGNORECASE
)
_SINCE = re.compile(
    r"\b(?:since|until|before|after)\s+(?:\w+\s+){0,2}$|\b(?:from|by)\s+$|\b(?:since|until|by when)\b.*\?$", re.IGNORECASE
)
_ENDS = re.compile(
    r"\b(?:end|close|expire|finish|run out|stop)s?\b", re.IGNORECASE
)  # "When does the vote close?" "Until Friday."
_WHEN = re.compile(r"\bwhen\b(?P<told>[^,;.:]*)$", re.IGNORECASE)
# What somebody said, talked of or agreed on is many things: two reports of it complete each other.
_MANY_THINGS = re.compile(
    r"\b(?:say|says|said|tell|told|talk\w*|discuss\w*|mention\w*|add|added|ask|asked|think|comment\w*)\b|^\W*how\b|"
    r"^\W*(?:and |but |so )?what\b.* agree(?:d|s)?(?: on| to| upon)?\W*$",
    re.IGNORECASE,
)
_DAYS = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday thursday
    friday saturday sunday""".split()
)
_DENIED = re.compile(r"\b(?:not|never|no|none|nobody|neither)\b|n['\u2019]t\b", re.IGNORECASE)


def answer_of(asked: Asked, said: Said, *, like: Value | None = None) -> Given | None:
    """The value in a sentence that the reader takes for the answer, or that is the only one of its kind there.

    With `like` only what can be compared with that value.
    """
    found = values_in(asked, said)
    if like is not None:
        found = [value for value in found if type(value) is type(like) and (differ(like, value) or agree(like, value))]
    answer = said.answer
    on_answer = [value for value in found if answer is not None and value.span.overlaps(answer)]
    if isinstance(like, Name) or asked.expected in (Expected.PERSON, Expected.PLACE):
        found = on_answer
    best = on_answer or (found if len(found) == 1 and _is_asked(asked, said) else [])
    return Given(said, best[0].span, best[0]) if best else None


def values_in(asked: Asked, said: Said) -> list[Value]:
    """All values of a sentence that may answer the question, by what it asks for, in order."""
    text, question = said.text, asked.text
    if asked.expected is Expected.DATE:
        found = moments_of(text, said.document.published_at)
        ends = _SINCE.search(question) or _ENDS.search(question)
        told = [moment for moment in found if ends or not _SINCE.search(text[: moment.span.start])]
        return [moment for moment in told if not _aside(text[: moment.span.start], question)]
    if asked.expected is Expected.NUMBER or _NUMBER_ASKED.search(question):
        return list(_numbers(question, said))
    if asked.expected in (Expected.PERSON, Expected.PLACE):
        return list(_names(question, text))
    return _of_any_kind(asked, said)


def _aside(before: str, question: str) -> bool:
    """Whether a time stands in a clause with "when" that tells of something else: "when they met in May"."""
    clause = _WHEN.search(before)
    return clause is not None and not asked_stems(question) & stems(clause["told"])


def _numbers(question: str, said: Said) -> list[Quantity]:
    """The numbers of what is asked for, or, where the reader sees the answer, of whatever it is told of there."""
    what = frozenset(terms(counted(question) or ""))
    found = [quantity for quantity in quantities(said.text) if quantity.measure in _measures(question)]
    answer = said.answer
    named = [q for q in found if q.measure is not Measure.COUNT or not what or q.counted & what]
    read = [quantity for quantity in found if answer is not None and quantity.span.overlaps(answer)]
    return [*named, *(q for q in read if q not in named)] or [quantity for quantity in found if not quantity.counted]


def _names(question: str, text: str) -> list[Name]:
    known = names_asked(question)
    of_place = expected(question) is Expected.PLACE  # "the Guild hall" is not the Guild

    def is_known(name: Name) -> bool:
        stems_of = frozenset(terms(name.span.of(text)))
        return stems_of <= known if of_place else bool(stems_of & known)

    return [
        name for name in names_of(text) if not is_known(name) and not name.span.of(text).isupper() and not name.words <= _DAYS
    ]


def _of_any_kind(asked: Asked, said: Said) -> list[Value]:
    """What the reader sees as the answer, by its form: measured, named, or put in words."""
    answer = said.answer
    if answer is None:
        return []
    text = said.text
    found = [quantity for quantity in quantities(text) if quantity.span.overlaps(answer)]
    measured = [quantity for quantity in found if quantity.measure is not Measure.COUNT]
    if measured or any(quantity.span.start <= answer.start for quantity in found) or moments_of(answer.of(text), None):
        return list(measured)
    named = [name for name in _names(asked.text, text) if name.span.overlaps(answer)]
    if len(named) == 1 and len(named[0].span) >= len(answer) - len("the "):
        return list(named)
    return [] if _MANY_THINGS.search(asked.text) else _phrases(asked, text, answer)


def _phrases(asked: Asked, text: str, answer: Span) -> list[Value]:
    words = answer.of(text)
    told = stems(words) - frozenset(terms(asked.text))
    if not told or len(words.split()) > LONGEST_PHRASE or _DENIED.search(words):
        return []
    lead = len(words) - len(words.lstrip(' ,;:\u201c"'))
    return [Phrase(Span(answer.start + lead, answer.start + len(words.rstrip(' ,;:.\u201d"'))), told)]


def _measures(question: str) -> frozenset[Measure]:
    if _LONG.search(question):
        return frozenset({Measure.TIME})
    if _SHARE.search(question):
        return frozenset({Measure.SHARE})
    return frozenset(Measure) if _NUMBER_ASKED.search(question) else frozenset({Measure.MONEY, Measure.COUNT, Measure.SHARE})


def _is_asked(asked: Asked, said: Said) -> bool:
    wanted = asked_stems(asked.text)
    return len(wanted & frozenset(terms(said.text))) >= ASKED_ABOUT * len(wanted) > 0
