"""Where the sources give one question different answers: the typed values of each, side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.normalise import terms
from index.reader.expects import Expected, counted
from service.conflicts.alike import around, asked_stems, names_asked, shared
from service.conflicts.given import ASKED_ABOUT, MOST_ASKED, MOST_SIDES, Given, Side, another_source
from service.conflicts.moments import Moment
from service.conflicts.quantities import Measure, Quantity, quantities
from service.conflicts.values import Name, Value, agree, differ, moments_of, names_of, numbers_of
from service.conflicts.wordings import by_name, by_outcome, by_stance
from service.dates.tense import Tense, tense_at
from service.question import Asked, Kind
from service.types import Said

SAME_THING = 0.5  # overlap of the words around two values from which both tell of the same, where one of them is the question's
RELATED = 0.25  # the same, where one of them are most of the question's words
NEARLY_ALL = 0.8  # the same, whatever is asked
SURE_ANSWER = 0.5  # the reader's support from which a sentence that it finds relevant, too, is about the same
NEARBY_CHARACTERS = 20_000  # of its document, looked through for a name that a sentence lacks
_LONG = re.compile(r"\bhow (?:long|old)\b", re.IGNORECASE)
_SHARE = re.compile(r"\bpercent|\bper cent|\bshare\b|\bproportion\b|%", re.IGNORECASE)
_NUMBER_ASKED = re.compile(
    r"\b(?:price|cost|number|amount|sum|toll|size|figure|share|percentage|duration|length)\b", re.IGNORECASE
)
_EXPECTED = re.compile(
    r"\b(?:would|will|shall|might|could|may|expected|scheduled|due|planned|set|likely|forecast|hoped?|aims?|intends?)\b|['\u2019]ll\b",
    re.IGNORECASE,
)
_ASKS_AHEAD = re.compile(r"\b(?:will|would|next|planned?|expected|scheduled|due|going to|does|do|is|are)\b", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:since|until|before|after)\s+(?:\w+\s+){0,2}$|\b(?:from|by)\s+$|\b(?:since|until|by when)\b.*\?$", re.IGNORECASE
)
# The reader's relevance from which its support is enough; names never: many are named with one thing.
_MEANT_FROM: dict[type, float] = {Quantity: 0.2, Moment: 0.35, Name: 2.0}
# The reader's support from which the same value is the same answer: few sentences have one number, many have one weekday or name.
_AGREES_FROM: dict[type, float] = {Quantity: 0.1, Moment: 0.5, Name: 1.0}


def sides(asked: Asked, base: Said, heard: Sequence[Said]) -> list[Side]:
    """The answers that exclude each other, that of `base` first; empty where the sources do not disagree.

    `base` is the sentence that answers best, `heard` are all sentences that were read, best first.
    """
    others = [said for said in _told(base, heard) if _of_the_same(asked, base, said)]
    if asked.kind is Kind.YES_NO:
        return by_stance(asked, [base, *others])
    if asked.kind is not Kind.FACT or asked.about_each_source:
        return []
    start = _given(asked, base)
    if start is not None:
        return _by_value(asked, start, [given for said in others if (given := _given(asked, said, like=start.value))])
    return by_name(asked, [base, *others]) or by_outcome(asked, [base, *others])


def agreeing(asked: Asked, base: Said, heard: Sequence[Said]) -> list[Said]:
    """The sentences that give the same typed answer to the same thing as `base`, best first, itself left out."""
    start = _given(asked, base) if asked.kind is Kind.FACT else None
    if start is None:
        return []
    others = [given for said in _told(base, heard) if (given := _given(asked, said, like=start.value))]
    return [given.said for given in _supporting(asked, start, others)]


def _told(base: Said, heard: Sequence[Said]) -> list[Said]:
    return [said for said in heard if said.evidence != base.evidence and not said.text.rstrip(' \u201d"').endswith("?")]


def _of_the_same(asked: Asked, base: Said, other: Said) -> bool:
    """Whether a sentence may speak of whom the question and the best sentence name: Georgia's number is not Latvia's."""
    numbered = frozenset(term for term in terms(asked.text) if term[0].isdigit())
    named = (names_asked(asked.text) | numbered) & frozenset(terms(f"{base.before} {base.text}"))
    missing = named - frozenset(terms(f"{other.before} {other.text}"))
    if not missing:
        return True
    span = other.evidence.span
    nearby = other.document.text[max(0, span.start - NEARBY_CHARACTERS) : span.end + NEARBY_CHARACTERS].casefold()
    return all(name in nearby for name in missing)


def _by_value(asked: Asked, start: Given, others: Sequence[Given]) -> list[Side]:
    """The side of the first answer and those that differ from every side before them."""
    held = [start, *_supporting(asked, start, others)]
    found = [held]
    for given in others:
        if given.value is None or start.value is None or _reconciled(asked, start, given):
            continue
        if not any(_same_thing(asked, own, given) for own in held) or not _of_one_tense(asked, start, given):
            continue
        place = next((side for side in found[1:] if side[0].value is not None and agree(side[0].value, given.value)), None)
        if place is not None:
            place.append(given)
        elif len(found) < MOST_SIDES and all(differ(side[0].value, given.value) for side in found if side[0].value is not None):
            found.append([given])
    told = [
        Side(tuple(side))
        for side in found
        if side is held or any(another_source(own.said, one.said) for own in held for one in side)
    ]
    return told if len(told) > 1 else []


def _reconciled(asked: Asked, one: Given, other: Given) -> bool:
    """Whether either sentence has the answer of the other too, or the two answers can both be true."""
    if one.value is None or other.value is None or not differ(one.value, other.value):
        return True
    return any(agree(one.value, value) for value in _values(asked, other.said)) or any(
        agree(other.value, value) for value in _values(asked, one.said)
    )


def _supporting(asked: Asked, start: Given, others: Sequence[Given]) -> list[Given]:
    """Those that give the same value for what the reader takes for the same thing."""
    return [
        given
        for given in others
        if start.value is not None
        and given.value is not None
        and agree(start.value, given.value)
        and _of_one_tense(asked, start, given)
        and (given.said.evidence.support >= _AGREES_FROM[type(start.value)] or _same_thing(asked, start, given))
    ]


def _given(asked: Asked, said: Said, *, like: Value | None = None) -> Given | None:
    """The value in a sentence that the reader takes for the answer, or that is the only one of its kind there."""
    found = _values(asked, said)
    if like is not None:
        found = [value for value in found if type(value) is type(like) and (differ(like, value) or agree(like, value))]
    answer = said.answer
    on_answer = [value for value in found if answer is not None and value.span.overlaps(answer)]
    if isinstance(like, Name) or asked.expected in (Expected.PERSON, Expected.PLACE):
        found = on_answer
    best = on_answer or (found if len(found) == 1 and _is_asked(asked, said) else [])
    return Given(said, best[0].span, best[0]) if best else None


def _values(asked: Asked, said: Said) -> list[Value]:
    text, question = said.text, asked.text
    if asked.expected is Expected.DATE:
        found = moments_of(text, said.document.published_at)
        return [moment for moment in found if _SINCE.search(question) or not _SINCE.search(text[: moment.span.start])]
    if asked.expected is Expected.NUMBER or _NUMBER_ASKED.search(question):
        return list(numbers_of(text, measures=_measures(question), counted=frozenset(terms(counted(question) or ""))))
    if asked.expected in (Expected.PERSON, Expected.PLACE):
        known = names_asked(question)
        return [name for name in names_of(text) if not frozenset(terms(name.span.of(text))) & known]
    answer = said.answer
    if answer is None:
        return []
    return [value for value in quantities(text) if value.span.overlaps(answer) and value.measure is not Measure.COUNT]


def _measures(question: str) -> frozenset[Measure]:
    if _LONG.search(question):
        return frozenset({Measure.TIME})
    if _SHARE.search(question):
        return frozenset({Measure.SHARE})
    return frozenset(Measure) if _NUMBER_ASKED.search(question) else frozenset({Measure.MONEY, Measure.COUNT, Measure.SHARE})


def _is_asked(asked: Asked, said: Said) -> bool:
    wanted = asked_stems(asked.text)
    return len(wanted & frozenset(terms(said.text))) >= ASKED_ABOUT * len(wanted) > 0


def _same_thing(asked: Asked, one: Given, other: Given) -> bool:
    """Whether two values are given for the same thing: by the words around them, the better the more of them are asked for."""
    first, second = around(one.said.text, one.span), around(other.said.text, other.span)
    wanted = asked_stems(asked.text)
    if _other_subject(asked, other):
        return False
    meant = _MEANT_FROM[type(other.value)]
    if other.said.evidence.support >= SURE_ANSWER and other.said.evidence.score >= meant:
        return True
    alike, common = shared(first, second), first & second & wanted
    if isinstance(one.value, Name) or isinstance(other.value, Name):
        return alike >= SAME_THING and len(common) >= ASKED_ABOUT * len(wanted) > 0
    return (
        alike >= NEARLY_ALL
        or (alike >= SAME_THING and len(common) > ASKED_ABOUT * len(wanted))
        or (alike >= RELATED and len(common) >= MOST_ASKED * len(wanted) > 0)
    )


def _other_subject(asked: Asked, given: Given) -> bool:
    """Whether the clause names others before the value, and none of whom the question names."""
    wanted = names_asked(asked.text)
    before = given.said.text[: given.span.start]
    named = frozenset(stem for name in names_of(before)[:1] for stem in terms(name.span.of(before)))
    return bool(wanted and named) and not wanted & frozenset(terms(given.said.text + " " + given.said.before))


def _of_one_tense(asked: Asked, one: Given, other: Given) -> bool:
    """What was expected beforehand is no answer to what happened, and no contradiction of it."""
    if isinstance(one.value, Moment) and isinstance(other.value, Moment):
        tenses = {tense_at(given.said.text, given.span.start, given.span.end) for given in (one, other)}
        return tenses != {Tense.PAST, Tense.COMING}
    ahead = [bool(_EXPECTED.search(given.said.text[max(0, given.span.start - 120) : given.span.start])) for given in (one, other)]
    return ahead[0] == ahead[1] or bool(_ASKS_AHEAD.search(asked.text))
