"""Reciprocal rank fusion of several ranked lists."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import ScoredChunk

RRF_K = 60  # Cormack, Clarke & Buettcher, SIGIR 2009


def fuse(rankings: Sequence[Sequence[ScoredChunk]], *, k: int) -> list[ScoredChunk]:
    """The at most k best ids over all rankings (each best first), best first, scored by the sum of 1 / (RRF_K + rank).

    Equal sums are ordered by id, so that the same input always gives the same order.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, scored in enumerate(ranking, start=1):
            scores[scored.chunk_id] = scores.get(scored.chunk_id, 0.0) + 1 / (RRF_K + rank)
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]
    return [ScoredChunk(chunk_id, score) for chunk_id, score in best]
