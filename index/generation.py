"""The search structures derived from the store: an immutable snapshot, replaced whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.protocols import VectorStore

if TYPE_CHECKING:
    from index.protocols import Rows

    Build = Callable[[Sequence[int], Rows], VectorStore]
    ReadVectors = Callable[[], tuple[int, list[int], Rows]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one question searches: the vectors as they were at the store's `sequence`."""

    sequence: int
    vectors: VectorStore


class Generations:
    """Holds the current snapshot. A question takes it once; a refresh never changes one that is in use."""

    def __init__(self, read: ReadVectors, build: Build) -> None:
        """Build the first snapshot from what `read` gives: sequence, ids, rows."""
        self._read = read
        self._build = build
        self._lock = threading.Lock()
        self._current = self._made()

    @property
    def current(self) -> Snapshot:
        """The newest snapshot."""
        return self._current

    def refresh(self) -> Snapshot:
        """Build a snapshot of the store as it is now and make it current."""
        with self._lock:
            self._current = self._made()
            return self._current

    def _made(self) -> Snapshot:
        sequence, chunk_ids, rows = self._read()
        return Snapshot(sequence, self._build(chunk_ids, rows))
