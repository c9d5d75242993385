"""Where sources disagree, where they agree, which of them are one, and what a question takes for granted wrongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from service.conflicts.answers import answer_of
from service.conflicts.copies import origins
from service.conflicts.disputes import may_differ, sides
from service.conflicts.fitted import AGREES, AGREES_FROM, DIFFERS, DIFFERS_FROM, WORDED_FROM
from service.conflicts.given import MOST_SIDES, Given, Side
from service.conflicts.premises import not_brought_up, only_expected, unbacked
from service.conflicts.standing import COMPARED, Beside, Compare, beside, read_as, spoken
from service.conflicts.values import agree, differ
from service.question import Asked, Kind
from service.types import Evidence, Said

__all__ = [
    "COMPARED",
    "Compare",
    "Compared",
    "compared",
    "may_differ",
    "not_brought_up",
    "only_expected",
    "read_as",
    "sentence_of",
    "unbacked",
]

T = TypeVar("T")
IDLE_FROM = 0.5  # the probability that a sentence does not answer
MOST_SIDE = 3  # citations of one side, or of one agreement: more prove nothing more


@dataclass(frozen=True, slots=True)
class Compared:
    """The best sentence of an answer set against all others.

    `sides` holds the answers that exclude each other, or is empty; `agreeing` what says the same as the best one, each from
    another origin; `idle` what seemed to answer and, beside the best one, most likely does not.
    """

    sides: tuple[Side, ...] = ()
    agreeing: tuple[Said, ...] = ()
    idle: tuple[Said, ...] = ()

    @property
    def said(self) -> list[Said]:
        """All sentences that this makes part of the answer."""
        return [*(given.said for side in self.sides for given in side.given), *self.agreeing]


def compared(asked: Asked, best: Evidence, heard: Sequence[Said], compare: Compare) -> Compared:
    """Compare the best piece of evidence with everything that was read, most relevant first.

    What the wording sets against it is one trait among those by which the sentences of other sources are weighed.
    """
    base = sentence_of(best, heard)
    if base is None or asked.kind not in COMPARED:
        return Compared()
    by_wording = sides(asked, base, heard)
    own = [given for side in by_wording for given in side.given if given.said == base]
    if by_wording and not own:
        return Compared(sides=_shown(by_wording))
    first = own[0] if own else answer_of(asked, base) or spoken(asked, base)
    against = [given for side in by_wording if first not in side.given for given in side.given]
    told = beside(asked, first, heard, against, compare)
    differing = [] if asked.about_each_source else [one for one in told if _differs(one)]
    agreeing = [one for one in told if one not in differing and AGREES.probability(one.standing) >= AGREES_FROM]
    idle = () if asked.about_each_source else tuple(one.given.said for one in told if one.unrelated >= IDLE_FROM)
    if differing:
        of_first = Side((first, *(one.given for one in agreeing)))
        return Compared(sides=_shown([of_first, *_grouped(asked, [one.given for one in differing], compare)]), idle=idle)
    others = _of_own_origin([base, *(one.given.said for one in agreeing)], key=lambda said: said)
    return Compared(agreeing=tuple(others[1:]), idle=idle)


def sentence_of(best: Evidence, heard: Sequence[Said]) -> Said | None:
    """The sentence that a piece of evidence is, or begins with."""
    return next((said for said in heard if _is(said, best)), None)


def _differs(one: Beside) -> bool:
    least = WORDED_FROM if one.standing.by_rule else DIFFERS_FROM
    return DIFFERS.probability(one.standing) >= least


def _grouped(asked: Asked, differing: Sequence[Given], compare: Compare) -> list[Side]:
    """What differs from the first answer, the same with the same: yes and no leave one other side."""
    found: list[list[Given]] = []
    for given in differing:
        side = next((held for held in found if _same(asked, held[0], given, compare)), None)
        if side is not None:
            side.append(given)
        elif len(found) < MOST_SIDES - 1:
            found.append([given])
    return [Side(tuple(given)) for given in found]


def _same(asked: Asked, one: Given, other: Given, compare: Compare) -> bool:
    if asked.kind is Kind.YES_NO:
        return True
    if one.value is not None and other.value is not None and (agree(one.value, other.value) or differ(one.value, other.value)):
        return agree(one.value, other.value)
    likeness = compare(asked.text, read_as(one.said), [read_as(other.said)])[0]
    return likeness.agrees > likeness.differs


def _shown(found: Sequence[Side]) -> tuple[Side, ...]:
    return tuple(Side(tuple(_of_own_origin(side.given, key=lambda given: given.said))) for side in found)


def _of_own_origin(told: Sequence[T], *, key: Callable[[T], Said]) -> list[T]:
    """The first of each origin, at most `MOST_SIDE`."""
    numbers = origins([(key(one).document, key(one).text) for one in told])
    return [one for place, one in enumerate(told) if numbers[place] not in numbers[:place]][:MOST_SIDE]


def _is(said: Said, best: Evidence) -> bool:
    """Whether a sentence is, or begins, a piece: fillers may be left off its start, and sentences joined to it."""
    return said.evidence.document_id == best.document_id and (
        said.evidence.span.covers(best.span) or best.span.covers(said.evidence.span)
    )
