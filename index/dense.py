"""Exact search over unit rows: FAISS for speed, numpy as its yardstick."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import faiss
import numpy as np

from index.types import ScoredChunk

if TYPE_CHECKING:
    from index.protocols import Row, Rows


def _checked(row: Row, dimension: int) -> Rows:
    query = np.ascontiguousarray(row, dtype=np.float32).reshape(1, -1)
    if query.shape[1] != dimension or not np.isfinite(query).all():
        raise ValueError(f"a query row must hold {dimension} finite numbers")
    return query


class FlatStore:
    """Unit rows in a FAISS flat inner-product index. Nothing is ever added after it is built."""

    def __init__(self, chunk_ids: Sequence[int], rows: Rows) -> None:
        """Hold `rows`, shape (len(chunk_ids), dimension)."""
        self._dimension = rows.shape[1]
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimension))
        self._index.add_with_ids(np.ascontiguousarray(rows, dtype=np.float32), np.asarray(chunk_ids, dtype=np.int64))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        """See `VectorStore.search`."""
        query = _checked(row, self._dimension)
        if k < 1 or not len(self) or (allowed is not None and not allowed):
            return []
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.fromiter(allowed, dtype=np.int64, count=len(allowed)))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # SWIG hides its keywords
        scores, ids = self._index.search(query, min(k, len(self)), params=parameters)
        # FAISS pads a short answer with id -1.
        found = [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        return [ScoredChunk(chunk_id, score) for chunk_id, score in sorted(found, key=lambda f: (-f[1], f[0]))]


class ExactStore:
    """The same by one matrix product: for small sets, and to check the others against."""

    def __init__(self, chunk_ids: Sequence[int], rows: Rows) -> None:
        """Hold `rows`, shape (len(chunk_ids), dimension)."""
        self._ids = np.asarray(chunk_ids, dtype=np.int64)
        self._rows = np.array(rows, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        """See `VectorStore.search`."""
        query = _checked(row, self._rows.shape[1])
        scores = self._rows @ query[0]
        found = [(int(i), float(s)) for i, s in zip(self._ids, scores, strict=True) if allowed is None or int(i) in allowed]
        return [ScoredChunk(i, s) for i, s in sorted(found, key=lambda f: (-f[1], f[0]))[: max(k, 0)]]
