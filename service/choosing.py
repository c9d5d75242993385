"""Which of the pieces of evidence are shown: enough to answer, none that only repeats, and none if the best does not answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.normalise import content_terms
from index.types import Span
from service.question import Asked, Kind
from service.types import Evidence

SAME_WORDS = 0.7  # Jaccard of content terms from which two sentences say the same; near copies are 0.8 and more
MAX_PIECES = {Kind.FACT: 2, Kind.YES_NO: 2, Kind.LIST: 5, Kind.OVERVIEW: 8}
# How good a further piece must be, as a share of the best one's score.
SHARE_OF_BEST = {Kind.FACT: 0.8, Kind.YES_NO: 0.8, Kind.LIST: 0.5, Kind.OVERVIEW: 0.35}


def choose(asked: Asked, evidence: Sequence[Evidence], texts: Mapping[str, str], *, threshold: float) -> list[Evidence]:
    """The pieces to show, most direct first, no two alike, no more than the question needs; none if the best is not supported.

    Whether the sources answer at all is decided on the best piece: its support must reach `threshold`, or, where no span could
    answer, its score. A further piece for a single fact comes from another document: one of the same would only repeat or
    blur it. A question about each source gets the best of each. `texts` are the documents' texts by id.
    """
    chosen: list[Evidence] = []
    for piece in _each_source_first(asked, evidence):
        if not chosen and max(piece.support, piece.score if _has_no_span(asked, piece) else 0.0) < threshold:
            break
        if len(chosen) == MAX_PIECES[asked.kind]:
            break
        if not chosen or _adds(asked, piece, chosen, texts):
            chosen.append(piece)
    return _joined(chosen, texts)


def _has_no_span(asked: Asked, piece: Evidence) -> bool:
    """Whether no span answers, so that support says little: overviews, comparisons, yes or no, what somebody said."""
    return piece.by_asked or asked.about_each_source or asked.kind in (Kind.OVERVIEW, Kind.YES_NO)


def _each_source_first(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """In the order given, but for a question about each source, or about everything, the documents take turns."""
    if not asked.about_each_source and (asked.kind is not Kind.OVERVIEW or asked.has_topic):
        return list(evidence)
    place: dict[str, int] = {}
    turns: list[tuple[int, int, Evidence]] = []
    for piece in evidence:
        place[piece.document_id] = place.get(piece.document_id, 0) + 1
        turns.append((place[piece.document_id], len(turns), piece))
    return [piece for _, _, piece in sorted(turns, key=lambda turn: turn[:2])]


def _adds(asked: Asked, piece: Evidence, chosen: Sequence[Evidence], texts: Mapping[str, str]) -> bool:
    another = all(piece.document_id != other.document_id for other in chosen)
    if not (another and asked.about_each_source) and piece.score < SHARE_OF_BEST[asked.kind] * chosen[0].score:
        return False
    if asked.kind in (Kind.FACT, Kind.YES_NO) and not another:
        return False
    said = set(content_terms(piece.span.of(texts[piece.document_id])))
    return all(jaccard(said, set(content_terms(o.span.of(texts[o.document_id])))) < SAME_WORDS for o in chosen)


def jaccard(one: set[str], other: set[str]) -> float:
    """The share of what either holds that both hold; two that hold nothing are alike."""
    return len(one & other) / len(one | other) if one | other else 1.0


def _joined(chosen: Sequence[Evidence], texts: Mapping[str, str]) -> list[Evidence]:
    """Neighbouring sentences of one speaker in one passage become one piece, at the place of the better one."""
    joined: list[Evidence] = []
    for piece in chosen:
        at = next((i for i, other in enumerate(joined) if _adjacent(piece, other, texts[piece.document_id])), None)
        if at is None:
            joined.append(piece)
        else:
            other = joined[at]
            whole = Span(min(piece.span.start, other.span.start), max(piece.span.end, other.span.end))
            joined[at] = replace(other, span=whole)
    return joined


def _adjacent(one: Evidence, other: Evidence, text: str) -> bool:
    same = (one.document_id, one.rank, one.attribution, one.in_turn, one.section)
    if same != (other.document_id, other.rank, other.attribution, other.in_turn, other.section):
        return False
    first, second = sorted((one.span, other.span))
    between = text[first.end : second.start]
    return not between.strip() and "\n" not in between
