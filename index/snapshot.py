"""What one question searches: a generation and, exactly, what came and went since it was made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.dense import nearest
from index.protocols import Embedder, VectorStore
from index.store.vectors import Position, Space, Vectors
from index.types import ScoredChunk

if TYPE_CHECKING:
    from index.protocols import Row, Rows
    from index.store.vectors import Ids

SPARE = 16  # more are asked of the generation than wanted: some may be deleted


@dataclass(frozen=True, slots=True)
class Generation:
    """Searchable rows of one space up to a position in the store. Never changed once it is searched.

    `number` is 0 for one that is not on disk; `trained_on` counts the rows when its clusters were made, 0 if it is exact.
    """

    number: int
    space: Space
    position: Position
    vectors: VectorStore
    trained_on: int
    made_at: float


@dataclass(frozen=True, slots=True)
class Tail:
    """What the store holds beyond a generation, up to a position: new rows, and the ids of deleted ones."""

    position: Position
    ids: Ids
    rows: Rows
    deleted: frozenset[int]


def empty_tail(generation: Generation) -> Tail:
    """The tail of a generation at its own position."""
    ids, rows = np.empty(0, np.int64), np.empty((0, generation.space.dimension), np.float32)
    return Tail(generation.position, ids, rows, frozenset())


def advanced(tail: Tail, generation: Generation, vectors: Vectors) -> Tail:
    """The tail of a generation as far as the store is now; the same one if nothing changed."""
    now = vectors.position()
    last = tail.position
    if now == last:
        return tail
    ids, rows, deleted = tail.ids, tail.rows, tail.deleted
    if now.vector_id > last.vector_id:
        new_ids, new_rows = vectors.between(generation.space, after=last.vector_id, until=now.vector_id)
        ids, rows = np.concatenate([ids, new_ids]), np.concatenate([rows, new_rows])
    if now.deletion_id > last.deletion_id:
        gone = vectors.deleted(after=last.deletion_id)
        kept = ~np.isin(ids, np.asarray(gone, dtype=np.int64))
        if len(generation.vectors):
            deleted |= frozenset(gone) - frozenset(ids[~kept].tolist())
        ids, rows = ids[kept], rows[kept]
    furthest = Position(max(now.vector_id, last.vector_id), max(now.deletion_id, last.deletion_id), now.sequence)
    return Tail(furthest, ids, rows, deleted)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A `VectorStore` of one moment, with the embedder whose space it is in."""

    embedder: Embedder
    generation: Generation
    tail: Tail

    @property
    def sequence(self) -> int:
        """The store's sequence number at that moment."""
        return self.tail.position.sequence

    def __len__(self) -> int:
        return len(self.generation.vectors) - len(self.tail.deleted) + len(self.tail.ids)

    def search(self, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        """See `VectorStore.search`."""
        new = nearest(self.tail.ids, self.tail.rows, row, k=k, allowed=allowed)
        old = self._living(row, k=k, allowed=allowed)
        return sorted([*new, *old], key=lambda scored: (-scored.score, scored.chunk_id))[: max(k, 0)]

    def _living(self, row: Row, *, k: int, allowed: Collection[int] | None) -> list[ScoredChunk]:
        """The generation's hits without deleted ones: asked for more and more until enough are left."""
        if k < 1 or not len(self.generation.vectors):
            return []
        asked = k + SPARE if self.tail.deleted else k
        while True:
            found = self.generation.vectors.search(row, k=asked, allowed=allowed)
            living = [scored for scored in found if scored.chunk_id not in self.tail.deleted]
            # Nobody allows a deleted chunk, so a search among allowed ones is short only where there are no more.
            if len(living) >= k or allowed is not None or asked >= len(self.generation.vectors):
                return living[:k]
            asked *= 4
