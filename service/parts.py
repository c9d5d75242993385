"""The parts of a question on their way to an answer: what was read for each, and what was decided of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.conflicts import Compared
from service.evidence import ReadPassage
from service.protocols import Drafted
from service.question import Asked
from service.types import Citation, Conflict, ConflictValue, Evidence, Said


@dataclass(frozen=True, slots=True)
class Heard:
    """One part of the question with what was read for it: what meets the question, best first, and every sentence."""

    asked: Asked
    pieces: list[Evidence]
    said: list[Said]


_UNDISPUTED = Compared()


@dataclass(frozen=True, slots=True)
class Decided:
    """What answers one part: the pieces chosen, and how the sources stand to the first.

    `denied` is its premise; `only_expected` tells that the best piece speaks of what was to happen, and not of what did.
    """

    asked: Asked
    chosen: list[Evidence]
    compared: Compared = _UNDISPUTED
    denied: bool = False
    only_expected: bool = False

    @property
    def cited(self) -> list[Evidence]:
        """What the answer rests on first: the best piece of each side, where there are sides."""
        return [side.given[0].said.evidence for side in self.compared.sides] or self.chosen


def best_supports(heard: Sequence[Heard], decided: Sequence[Decided]) -> dict[int, float]:
    """By the passage's rank the score of its best piece: so what is cited stands among the first.

    What disagrees or agrees with an answer is as good as the answer.
    """
    best: dict[int, float] = {}
    for piece in (piece for part in heard for piece in part.pieces):
        best[piece.rank] = max(piece.score, best.get(piece.rank, 0.0))
    for part in decided:
        for said in part.compared.said:
            best[said.evidence.rank] = max(part.chosen[0].score, best.get(said.evidence.rank, 0.0))
    return best


def ranked_passages(
    passages: Sequence[ReadPassage], best: Mapping[int, float], decided: Sequence[Decided], *, k: int
) -> list[ReadPassage]:
    """The at most k passages to show, best first; of equal ones those first that hold what is cited."""
    chosen = {piece.rank for part in decided for piece in part.cited}
    return sorted(passages, key=lambda passage: (-best.get(passage.hit.rank, 0.0), passage.hit.rank not in chosen))[:k]


def conflict_of(part: Decided, citations: Sequence[Citation]) -> Conflict | None:
    """The sides of a part of the question with the citations that hold their words; None unless two of them were verified."""
    values = []
    for side in part.compared.sides:
        given = {(one.said.evidence.document_id, one.said.evidence.span) for one in side.given}
        own = [c for c in citations if (c.document_id, c.span) in given and side.given[0].words in c.quote]
        values += [ConflictValue(side.given[0].words, tuple(own))] if own else []
    return Conflict(part.asked.text, tuple(values)) if len(values) > 1 else None


def distinct(drafts: Sequence[Drafted]) -> list[Drafted]:
    """Without those whose words another one holds too: one sentence may answer several parts. Of two alike the first stays."""
    first = [draft.cited[0].evidence for draft in drafts]
    return [
        draft
        for place, (draft, piece) in enumerate(zip(drafts, first, strict=True))
        if not any(
            within(piece, other) and (at < place or not within(other, piece)) for at, other in enumerate(first) if at != place
        )
    ]


def within(piece: Evidence, other: Evidence) -> bool:
    """Whether the words of a piece are among those of another."""
    return piece.document_id == other.document_id and other.span.covers(piece.span)
