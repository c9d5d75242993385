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
    """What the store holds beyond a generation, up to a position: new rows, and the ids of deleted ones.

    Among the deleted may be ids that the generation never held. `n_rows` is how many rows both come to.
    """

    position: Position
    ids: Ids
    rows: Rows
    deleted: frozenset[int]
    n_rows: int


def empty_tail(generation: Generation) -> Tail:
    """The tail of a generation at its own position."""
    ids, rows = np.empty(0, np.int64), np.empty((0, generation.space.dimension), np.float32)
    return Tail(generation.position, ids, rows, frozenset(), len(generation.vectors))


def advanced(tail: Tail, generation: Generation, vectors: Vectors) -> Tail:
    """The tail of a generation as far as the store is now; the same one if nothing changed."""
    changes = vectors.changes(generation.space, since=tail.position)
    if changes is None:
        return tail
    ids, rows = np.concatenate([tail.ids, changes.ids]), np.concatenate([tail.rows, changes.rows])
    deleted = tail.deleted
    if changes.deleted:
        kept = ~np.isin(ids, np.asarray(changes.deleted, dtype=np.int64))
        if len(generation.vectors):
            deleted |= frozenset(changes.deleted) - frozenset(ids[~kept].tolist())
        ids, rows = ids[kept], rows[kept]
    return Tail(changes.until, ids, rows, deleted, changes.n_vectors)


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
        return self.tail.n_rows

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
