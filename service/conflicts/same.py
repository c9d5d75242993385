"""Whether two answers are of one thing: for numbers and times a logistic model of what the reader and the words around tell."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.normalise import terms
from index.reader.expects import Expected
from service.conflicts.alike import CALENDAR, around, asked_stems, names_asked, shared
from service.conflicts.answers import values_in
from service.conflicts.asked import presumed
from service.conflicts.given import Given
from service.conflicts.model import log, odds
from service.conflicts.moments import Moment
from service.conflicts.quantities import Quantity, comparable, compatible, quantities
from service.conflicts.values import agree, differ
from service.dates.tense import Tense, tense_at
from service.question import Asked
from service.types import Said

# Probability from which another number or time stands against the first answer, and from which the same one is the same answer.
DIFFERS_FROM: dict[type, float] = {Quantity: 0.55, Moment: 0.45}
AGREES_FROM = 0.7
# Of names, of which most that a report has answer nothing: the reader's support and relevance of the second, and the share of
# the question's words that both sentences hold.
NAME_SUPPORT, NAME_RELEVANCE, PERSON_ASKED = 0.35, 0.2, 0.6
SOME_SUPPORT, BEFORE_NAME = 0.18, 5  # of a place that a word of the question stands so near before
FARTHEST = 4.0  # the logarithm of the ratio of two numbers counts up to it: 54 times
_CORRECTS = re.compile(r"^\W*(?:corrects?|corrected|corrections?|clarifies|clarification|editor['\u2019]s note)\b", re.IGNORECASE)
_EXPECTED = re.compile(
    r"\b(?:would|will|shall|might|could|may|expected|scheduled|due|planned|set|likely|forecast|hoped?|aims?|intends?)\b|['\u2019]ll\b",
    re.IGNORECASE,
)
_ASKS_AHEAD = re.compile(r"\b(?:will|would|next|planned?|expected|scheduled|due|going to|does|do|is|are)\b", re.IGNORECASE)
_ASKS_EXPECTED = re.compile(r"\b(?:expect|forecast|predict|estimate|hope|plan)\w*", re.IGNORECASE)
_ASKS_PAST = re.compile(r"\b(?:did|was|were|had|has|have)\b", re.IGNORECASE)
_SAID_ON = re.compile(
    r"\b(?:sa(?:id|y|ys)|t(?:old|ell)|announced?|added|replied|wrote|reported)(?: \w+){0,3}? (?:(?:late |early )?on )?$",
    re.IGNORECASE,
)
_ASKS_SAYING = re.compile(r"\b(?:say|tell|announce|add|reply|write|report|told|said|announced|reported|wrote)\b", re.IGNORECASE)
_AT_EVENT = re.compile(r"\b(?:at|during|after) (?:the|an?|its|their|his|her) (?:\w+ )?(?P<event>\w+) on $", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|in|near|to|from|off)\s+(?:the\s+)?$", re.IGNORECASE)
_WIDE = re.compile(r"\b(?:area|region|province|county|state|district|valley|coast|island|islands|peninsula)\b", re.IGNORECASE)
_WHOM = re.compile(r"\bwhom\b", re.IGNORECASE)  # "Who called whom?" has two persons for an answer
_TOLD_OF = re.compile(r"\b(?:about|over|on|after|following|since|before|of|to|into|for)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)


_LASTS = re.compile(r"\bhow (?:long|many (?:minutes|hours|days))\b", re.IGNORECASE)
NEARBY_CHARACTERS = 20_000  # of its document, looked through for a name that a sentence lacks
HEAD_CHARACTERS = 300  # where a document names what all of it is about
PLAINLY_RELEVANT = 0.3
OFTEN_NAMED = 3  # times from which a name need not stand beside each number that is about it: many numbers stand in a report


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells whether a second answer is one to the same thing as the first; odds are natural logarithms."""

    first_support: float  # odds that the first sentence answers
    second_support: float
    second_relevance: float  # logarithm
    support_ratio: float  # logarithm, of the second to the first
    asked_in_clause: float  # share of the question's words that stand in the second value's clause
    alike: float  # overlap of the words around the value with those around the first one, or around the same one elsewhere
    size: float  # logarithm of how many times the larger number is the smaller one, at most `FARTHEST`
    is_number: float
    best_of_document: float  # logarithm, of the second's support to the best one of its document


def best_supports(told: Iterable[Said]) -> dict[str, float]:
    """The support of the best sentence of each document, by its id."""
    best: dict[str, float] = {}
    for said in told:
        key = said.document.document_id
        best[key] = max(best.get(key, 0.0), said.evidence.support)
    return best


def traits(asked: Asked, one: Given, other: Given, *, best: Mapping[str, float], again: Sequence[Given] = ()) -> Traits:
    """The traits of a second answer beside a first one; `best` as of `best_supports`, `again` what gives the first one again."""
    first, second = one.said.evidence, other.said.evidence
    wanted, near = asked_stems(asked.text), around(other.said.text, other.span)
    return Traits(
        first_support=odds(first.support),
        second_support=odds(second.support),
        second_relevance=log(second.score),
        support_ratio=log(second.support) - log(first.support),
        asked_in_clause=len(wanted & near) / len(wanted) if wanted else 0.0,
        alike=max(shared(around(given.said.text, given.span), near) for given in (one, *again) if given is not other),
        size=_times(one, other),
        is_number=float(isinstance(other.value, Quantity)),
        best_of_document=log(second.support) - log(best[other.said.document.document_id]),
    )


def names_of_one_thing(asked: Asked, one: Given, other: Given) -> bool:
    """Whether two names answer one question: places that something is at, or persons, told in most of the question's words."""
    first, second = one.said.evidence, other.said.evidence
    wanted = asked_stems(asked.text)
    if asked.expected is Expected.PLACE:
        before = [given.said.text[: given.span.start] for given in (one, other)]
        if wider(asked, one, other) or not all(_AT.search(text) for text in before) or first.support < NAME_SUPPORT:
            return False
        asked_there = wanted & frozenset(terms(" ".join(before[1].split()[-BEFORE_NAME:])))  # "to be built at Split"
        return second.support >= (SOME_SUPPORT if asked_there else NAME_SUPPORT) and bool(
            asked_there or second.score >= NAME_RELEVANCE
        )
    told = (frozenset(terms(f"{given.said.before} {given.said.text}")) for given in (one, other))
    whole = all(" " in given.words.strip() for given in (one, other)) and not _WHOM.search(asked.text)
    sure = min(first.support, second.support) >= NAME_SUPPORT and whole
    return sure and bool(wanted) and all(len(wanted & held) >= PERSON_ASKED * len(wanted) for held in told)


def wider(asked: Asked, one: Given, other: Given) -> bool:
    """Whether a place is asked for and just one of the two is an area, in which the other may lie."""
    return asked.expected is Expected.PLACE and bool(_WIDE.search(one.words)) != bool(_WIDE.search(other.words))


def told_beside(base: Said, heard: Sequence[Said]) -> list[Said]:
    """The other sentences that tell something: no questions, no datelines, and no notes on what a report has corrected."""
    return [
        said
        for said in heard
        if said.evidence != base.evidence
        and not said.text.rstrip(' \u201d"').endswith("?")
        and any(word[:1].islower() for word in said.text.split())
        and not _CORRECTS.match(said.text)
    ]


def of_the_same(asked: Asked, base: Said, other: Said) -> bool:
    """Whether a sentence may speak of whom the question names: Georgia's number is not Latvia's.

    A number is of all of them that the best sentence names; of other answers, and of how long a plainly relevant one says
    that something lasted, half of the names are enough.
    """
    numbered = frozenset(term for term in terms(asked.text) if term[0].isdigit())
    number = asked.expected is Expected.NUMBER
    named = (names_asked(asked.text) - CALENDAR) | numbered
    if number:
        named &= frozenset(terms(f"{base.before} {base.text}"))
    missing = named - frozenset(terms(f"{other.before} {other.text}"))
    # A term that stands nowhere as it is, "unitedstates" for U.S., cannot be looked for in a text.
    missing = frozenset(name for name in missing if name in base.document.text[:NEARBY_CHARACTERS].casefold())
    if not missing:
        return True
    span, least = other.evidence.span, OFTEN_NAMED if number else 1
    nearby = other.document.text[max(0, span.start - NEARBY_CHARACTERS) : span.end + NEARBY_CHARACTERS].casefold()
    head = other.document.text[:HEAD_CHARACTERS].casefold()
    n_found = len(named) - sum(nearby.count(name) < least and name not in head for name in missing)
    plain = _LASTS.search(asked.text) and min(base.evidence.score, other.evidence.score) >= PLAINLY_RELEVANT
    all_of_them = number and not plain
    return n_found == len(named) if all_of_them else 2 * n_found >= len(named)


def reconciled(asked: Asked, one: Given, other: Given) -> bool:
    """Whether the two answers can both be true, or either sentence, or for numbers its document, has the other one too."""
    if one.value is None or other.value is None or not differ(one.value, other.value):
        return True
    if one.words.casefold() == other.words.casefold():  # "Thursday", counted from two reports' days
        return True
    return (
        any(agree(one.value, value) for value in values_in(asked, other.said))
        or any(agree(other.value, value) for value in values_in(asked, one.said))
        or _gives_both(one, other)
    )


def _gives_both(one: Given, other: Given) -> bool:
    """Whether either document has the other's number too: then they are numbers of different things."""
    if not isinstance(one.value, Quantity) or not isinstance(other.value, Quantity):
        return False
    return any(
        comparable(value, held) and compatible(value, held)
        for value, document in ((one.value, other.said.document), (other.value, one.said.document))
        for held in quantities(document.text[:NEARBY_CHARACTERS])
    )


def of_another(asked: Asked, given: Given) -> bool:
    """Whether a time is that of a saying, of an event or of another deed than the one asked about."""
    return _of_another_deed(asked, given) or _of_another_event(asked, given)


def of_one_tense(asked: Asked, one: Given, other: Given) -> bool:
    """What was expected beforehand is no answer to what happened, and no contradiction of it."""
    if isinstance(one.value, Moment) and isinstance(other.value, Moment):
        tenses = {tense_at(given.said.text, given.span.start, given.span.end) for given in (one, other)}
        return tenses != {Tense.PAST, Tense.COMING}
    if _ASKS_EXPECTED.search(asked.text) and not _ASKS_EXPECTED.search(other.said.text):
        return False
    ahead = [bool(_EXPECTED.search(given.said.text[max(0, given.span.start - 120) : given.span.start])) for given in (one, other)]
    return ahead[0] == ahead[1] or bool(_ASKS_AHEAD.search(asked.text)) or not _ASKS_PAST.search(asked.text)


def _times(one: Given, other: Given) -> float:
    if not isinstance(one.value, Quantity) or not isinstance(other.value, Quantity):
        return 0.0
    small, large = sorted((one.value.number, other.value.number))
    return min(FARTHEST, math.log(large / small)) if small > 0 else 0.0


def _of_another_event(asked: Asked, given: Given) -> bool:
    """Whether a day is that of a saying or of an event that is not asked about: "said on Monday", "at the launch on Friday"."""
    if not isinstance(given.value, Moment):
        return False
    before = given.said.text[: given.span.start]
    if _SAID_ON.search(before):
        return not _ASKS_SAYING.search(asked.text)
    event = _AT_EVENT.search(before)
    return event is not None and not frozenset(terms(event["event"])) & frozenset(terms(asked.text))


def _of_another_deed(asked: Asked, given: Given) -> bool:
    """Whether a time is that of what was said of the deed asked about: "spoke on Monday about the collapse"."""
    deed = presumed(asked.text)
    if deed is None or not isinstance(given.value, Moment):
        return False
    after = given.said.text[given.span.end :]
    if deed.verb in terms(given.said.text[: given.span.start]):
        return False
    return any(
        deed.verb in terms(match.group()) and _TOLD_OF.search(after[: match.start()]) for match in re.finditer(r"[^\W_]+", after)
    )
