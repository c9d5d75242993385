"""Where sources disagree, where they agree, which of them are one, and what a question takes for granted wrongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from service.conflicts.copies import origins
from service.conflicts.disputes import agreeing, may_differ, sides
from service.conflicts.given import Side
from service.conflicts.premises import not_brought_up, only_expected, unbacked
from service.question import Asked
from service.types import Evidence, Said

__all__ = ["Compared", "compared", "may_differ", "not_brought_up", "only_expected", "sentence_of", "unbacked"]

T = TypeVar("T")
MOST_SIDE = 3  # citations of one side, or of one agreement: more prove nothing more


@dataclass(frozen=True, slots=True)
class Compared:
    """The best sentence of an answer set against all others.

    `sides` holds the answers that exclude each other, or is empty; `agreeing` what says the same as the best one, each from
    another origin.
    """

    sides: tuple[Side, ...] = ()
    agreeing: tuple[Said, ...] = ()

    @property
    def said(self) -> list[Said]:
        """All sentences that this makes part of the answer."""
        return [*(given.said for side in self.sides for given in side.given), *self.agreeing]


def compared(asked: Asked, best: Evidence, heard: Sequence[Said]) -> Compared:
    """Compare the best piece of evidence with everything that was read, most relevant first."""
    base = sentence_of(best, heard)
    if base is None:
        return Compared()
    found = sides(asked, base, heard)
    if found:
        return Compared(sides=tuple(Side(tuple(_of_own_origin(side.given, key=lambda given: given.said))) for side in found))
    others = _of_own_origin([base, *agreeing(asked, base, heard)], key=lambda said: said)
    return Compared(agreeing=tuple(others[1:]))


def sentence_of(best: Evidence, heard: Sequence[Said]) -> Said | None:
    """The sentence that a piece of evidence is, or begins with."""
    return next((said for said in heard if _is(said, best)), None)


def _of_own_origin(told: Sequence[T], *, key: Callable[[T], Said]) -> list[T]:
    """The first of each origin, at most `MOST_SIDE`."""
    numbers = origins([(key(one).document, key(one).text) for one in told])
    return [one for place, one in enumerate(told) if numbers[place] not in numbers[:place]][:MOST_SIDE]


def _is(said: Said, best: Evidence) -> bool:
    """Whether a sentence is, or begins, a piece: fillers may be left off its start, and sentences joined to it."""
    return said.evidence.document_id == best.document_id and (
        said.evidence.span.covers(best.span) or best.span.covers(said.evidence.span)
    )
