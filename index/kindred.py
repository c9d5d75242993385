"""Passages of documents like those of the best passages come nearer: what is asked about, several documents tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.types import ScoredChunk

if TYPE_CHECKING:
    from index.protocols import Row

FIRST = 3  # of the best passages, whose documents are taken for those that the question is about
WEIGHT = 0.3  # of a document's mean cosine with these, beside a passage's own score


def nearer(ranked: Sequence[ScoredChunk], documents: Mapping[int, str], rows: Mapping[int, Row]) -> list[ScoredChunk]:
    """The same chunks, best first again, each score raised by how like its document is to those of the first ones.

    Pseudo-relevance feedback (Rocchio, 1971) by documents. `documents` names the document of each chunk; it is the mean of the
    rows (unit length) of those of its chunks that are ranked. One without rows, not embedded yet, counts as the most alike.
    """
    held: dict[str, list[Row]] = {}
    for chunk_id, row in rows.items():
        held.setdefault(documents[chunk_id], []).append(row)
    means = {document: _unit(np.mean(own, axis=0)) for document, own in held.items()}
    first = [means[document] for one in ranked[:FIRST] if (document := documents[one.chunk_id]) in means]
    if not first:
        return list(ranked)
    meant = np.mean(first, axis=0)
    likeness = {document: float(mean @ meant) for document, mean in means.items()}
    most = max(likeness.values())
    raised = [ScoredChunk(one.chunk_id, one.score + WEIGHT * likeness.get(documents[one.chunk_id], most)) for one in ranked]
    return sorted(raised, key=lambda one: (-one.score, one.chunk_id))


def _unit(row: Row) -> Row:
    return row / max(float(np.linalg.norm(row)), 1e-9)
