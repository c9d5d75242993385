"""One ranking of two searches: cosine, and BM25 as a share of the most that the question could have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.types import ScoredChunk


def fuse(cosines: Mapping[int, float], lexical: Sequence[ScoredChunk], *, most_by_words: float, k: int) -> list[ScoredChunk]:
    """The at most k best ids of both, best first, scored by the sum of cosine and share of `most_by_words`.

    A convex combination with theoretical bounds (Bruch, Gai & Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
    TOIS 2023). What has no cosine is not embedded yet: it counts with the greatest, so that what was just stored is found by its
    words. What its words did not find has no share. Equal sums are ordered by id: the same input always gives the same order.
    """
    greatest = max(cosines.values(), default=0.0)
    shares = {scored.chunk_id: scored.score / most_by_words for scored in lexical} if most_by_words > 0 else {}
    sums = (
        (chunk_id, cosines.get(chunk_id, greatest) + shares.get(chunk_id, 0.0)) for chunk_id in cosines.keys() | shares.keys()
    )
    return [ScoredChunk(chunk_id, score) for chunk_id, score in sorted(sums, key=lambda one: (-one[1], one[0]))[:k]]
