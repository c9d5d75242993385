"""One ranking of two searches: cosine, and BM25 as a share of the most that the question could have."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import ScoredChunk


def fuse(dense: Sequence[ScoredChunk], lexical: Sequence[ScoredChunk], *, most_by_words: float, k: int) -> list[ScoredChunk]:
    """The at most k best ids of both, best first, scored by the sum of cosine and share of `most_by_words`.

    A convex combination with theoretical bounds (Bruch, Gai & Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
    TOIS 2023). What only its words found counts with the least cosine of `dense`, the most that its own can be; what only its
    meaning found has no share. Equal sums are ordered by id, so that the same input always gives the same order.
    """
    least = min((scored.score for scored in dense), default=0.0)
    cosines = {scored.chunk_id: scored.score for scored in dense}
    shares = {scored.chunk_id: scored.score / most_by_words for scored in lexical} if most_by_words > 0 else {}
    sums = ((chunk_id, cosines.get(chunk_id, least) + shares.get(chunk_id, 0.0)) for chunk_id in cosines | shares)
    return [ScoredChunk(chunk_id, score) for chunk_id, score in sorted(sums, key=lambda one: (-one[1], one[0]))[:k]]
