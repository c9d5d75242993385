"""Where the sources give one question different answers: the typed values of each, side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.normalise import terms
from index.types import Document, Span
from service.conflicts.alike import around, asked_stems, shared
from service.conflicts.answers import answer_of, values_in
from service.conflicts.asked import put_in_question
from service.conflicts.fitted import AGREEING, DIFFERING
from service.conflicts.given import MOST_SIDES, Given, Side, another_source
from service.conflicts.same import (
    AGREES_FROM,
    DIFFERS_FROM,
    Traits,
    best_supports,
    names_of_one_thing,
    of_another,
    of_one_tense,
    of_the_same,
    reconciled,
    told_beside,
    traits,
)
from service.conflicts.values import Name, Phrase, agree, differ
from service.conflicts.wordings import by_name, by_outcome, by_stance
from service.question import Asked, Kind
from service.types import Said

_ASKS_SEVERAL = re.compile(r"\W*who (?:are|were)\b", re.IGNORECASE)
WORD_FOR_WORD, NEARLY_ALL = 4, 0.8  # stems that a copied sentence shares with the other, and what share of the shorter one


def sides(asked: Asked, base: Said, heard: Sequence[Said]) -> list[Side]:
    """The answers that exclude each other, that of `base` first; empty where the sources do not disagree.

    `base` is the sentence that answers best, `heard` are all sentences that were read, best first.
    """
    told = told_beside(base, heard)
    others = [said for said in told if of_the_same(asked, base, said)]
    if asked.kind is Kind.YES_NO:
        return by_stance(asked, [base, *others])
    if asked.kind is not Kind.FACT or asked.about_each_source:
        return []
    start = None if _ASKS_SEVERAL.match(asked.text) else answer_of(asked, base)
    if start is None or isinstance(start.value, Phrase):
        found = by_name(asked, [base, *others]) or by_outcome(asked, [base, *others])
        if found or start is None:
            return found
    by_value = _by_value(asked, start, told)
    return by_value if len(by_value) > 1 else []


def may_differ(asked: Asked, base: Said, document: Document, sentences: Sequence[Span]) -> bool:
    """Whether sentences that nobody has read yet may answer otherwise than `base`, by the words and values that stand in them."""
    if asked.kind not in (Kind.FACT, Kind.YES_NO) or asked.about_each_source:
        return False
    if asked.kind is Kind.YES_NO:
        deed = put_in_question(asked.text)
        return deed is not None and any(deed.verb in terms(span.of(document.text)) for span in sentences)
    start = answer_of(asked, base)
    if start is None or start.value is None:
        return False
    if isinstance(start.value, Phrase):
        wanted = asked_stems(asked.text)
        return any(wanted & frozenset(terms(span.of(document.text))) for span in sentences)
    unread = (
        replace(base, evidence=replace(base.evidence, span=span, answer_span=None), document=document) for span in sentences
    )
    return any(differ(start.value, value) for said in unread for value in values_in(asked, said))


def beside(asked: Asked, start: Given, told: Sequence[Said]) -> list[tuple[Given, Traits]]:
    """What other sentences give that can be compared with a first answer, best first, with what tells if it is of the same."""
    best = best_supports(told)
    found = [given for said in told if (given := answer_of(asked, said, like=start.value))]
    again = [given for given in found if _agree(start, given)]
    return [
        (given, traits(asked, start, given, best=best, again=() if given in again else again))
        for given in found
        if not of_another(asked, given) and of_one_tense(asked, start, given) and of_the_same(asked, start.said, given.said)
    ]


def _by_value(asked: Asked, start: Given, told: Sequence[Said]) -> list[Side]:
    """The side of the first answer and those that differ from every side before them."""
    others = beside(asked, start, told)
    held = [start, *_supporting(asked, start, others)]
    found = [held]
    again = [start, *(given for given, _ in others if _agree(start, given))]
    for given, its in others:
        if reconciled(asked, start, given) or not (_against(asked, start, given, its) or _word_for_word(again, given)):
            continue
        place = next((side for side in found[1:] if _agree(side[0], given)), None)
        if place is not None:
            place.append(given)
        elif len(found) < MOST_SIDES and all(_differ(side[0], given) for side in found):
            found.append([given])
    return [
        Side(tuple(side))
        for side in found
        if side is held or any(another_source(own.said, one.said) for own in held for one in side)
    ]


def _against(asked: Asked, start: Given, given: Given, its: Traits) -> bool:
    """Whether a value that differs is most likely of the same thing. Phrases never surely are: most complete each other."""
    least = DIFFERS_FROM.get(type(given.value))
    if least is not None:
        return DIFFERING.probability(its) >= least
    return isinstance(given.value, Name) and names_of_one_thing(asked, start, given)


def _word_for_word(again: Sequence[Given], given: Given) -> bool:
    """Whether a value stands in the very words in which another sentence gives the first: a copy with another number."""
    near = around(given.said.text, given.span)
    others = [around(one.said.text, one.span) for one in again]
    return any(len(near & other) >= WORD_FOR_WORD and shared(near, other) >= NEARLY_ALL for other in others)


def _supporting(asked: Asked, start: Given, others: Sequence[tuple[Given, Traits]]) -> list[Given]:
    """Those that give the same value for what is most likely the same thing."""
    return [
        given
        for given, its in others
        if _agree(start, given)
        and (
            names_of_one_thing(asked, start, given) if isinstance(given.value, Name) else AGREEING.probability(its) >= AGREES_FROM
        )
    ]


def _agree(one: Given, other: Given) -> bool:
    return one.value is not None and other.value is not None and agree(one.value, other.value)


def _differ(one: Given, other: Given) -> bool:
    return one.value is not None and other.value is not None and differ(one.value, other.value)
