"""In how many chunks terms occur. SQLite counts a term anew each time, by walking through all chunks that hold it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable

from index.store.changes import counter

COMMON = 1_000  # a count from here on is kept: counting costs about as many microseconds as there are hundreds of chunks
CHANGE = 100  # and counted again when the number of chunks has changed by a hundredth
MAX_KEPT = 50_000


class Frequencies:
    """Exact for terms in fewer than COMMON chunks; else as of a moment since which a hundredth of all chunks may have changed."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: dict[str, tuple[int, int]] = {}  # term -> its count, and the number of all chunks then
        self._lock = threading.Lock()

    def of(self, connection: sqlite3.Connection, terms: Iterable[str]) -> dict[str, int]:
        """The count of each term; 0 for one that occurs nowhere."""
        n_chunks = counter(connection, "chunks")
        return {term: self._count(connection, term, n_chunks) for term in dict.fromkeys(terms)}

    def _count(self, connection: sqlite3.Connection, term: str, n_chunks: int) -> int:
        count, then = self._kept.get(term, (0, 0))
        if count and abs(n_chunks - then) * CHANGE <= n_chunks:
            return count
        row = connection.execute("SELECT doc FROM chunk_vocabulary WHERE term = ?", [term]).fetchone()
        count = 0 if row is None else int(row[0])
        if count >= COMMON:
            with self._lock:
                if len(self._kept) >= MAX_KEPT:
                    self._kept.clear()
                self._kept[term] = (count, n_chunks)
        return count
