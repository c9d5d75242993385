"""The search terms of chunks as they are stored, numbered by their chunks in the order these were written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.store.changes import counter
from index.store.database import Database
from index.types import Wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.int64]

READ_AT_ONCE = 4_096  # chunks in memory while an index is built: some 3 MB of terms


@dataclass(frozen=True, slots=True)
class Reach:
    """How far something has read: the last chunk, the store's sequence number, and how many chunks there are then."""

    chunk_id: int
    sequence: int
    n_chunks: int


class Wordings:
    """The search terms of one store. Ids of chunks are never used again, so what is new is a range of them."""

    def __init__(self, database: Database) -> None:
        """Read them there."""
        self._database = database

    def reach(self) -> Reach:
        """The end of what is written now."""
        with self._database.reading() as connection:
            last = connection.execute("SELECT coalesce(max(chunk_id), 0) FROM chunks").fetchone()[0]
            return Reach(last, counter(connection, "sequence"), counter(connection, "chunks"))

    def identity(self) -> int:
        """The store's own number: what was derived from another store, or before a restore, has another one."""
        with self._database.reading() as connection:
            return counter(connection, "identity")

    def between(self, *, after: int, until: int) -> Iterator[Wording]:
        """The chunks in a range of ids that are there, in that order, some read at a time."""
        while after < until:
            upto = min(until, after + READ_AT_ONCE)
            with self._database.reading() as connection:
                owners = dict(
                    connection.execute(
                        "SELECT chunk_id, document_id FROM chunks WHERE chunk_id > ? AND chunk_id <= ?", [after, upto]
                    )
                )
                rows = connection.execute(
                    "SELECT rowid, terms FROM chunk_terms WHERE rowid > ? AND rowid <= ? ORDER BY rowid", [after, upto]
                ).fetchall()
            yield from (Wording(chunk_id, owners[chunk_id], terms) for chunk_id, terms in rows if chunk_id in owners)
            after = upto

    def ids(self, *, until: int) -> Ids:
        """The ids of all chunks that are there, up to one."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT chunk_id FROM chunks WHERE chunk_id <= ?", [until])
            return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def of(self, chunk_ids: Sequence[int]) -> dict[int, str]:
        """The terms of these chunks as far as they are there."""
        with self._database.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT rowid, terms FROM chunk_terms WHERE rowid IN (SELECT value FROM json_each(?))",
                    [json.dumps(list(chunk_ids))],
                )
            )

    def owned(self, chunk_ids: Sequence[int], document_ids: frozenset[str]) -> list[int]:
        """Those of these chunks that are of some documents, in the order given."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT chunk_id, document_id FROM chunks WHERE chunk_id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(chunk_ids))],
            )
            kept = {chunk_id for chunk_id, document_id in rows if document_id in document_ids}
        return [chunk_id for chunk_id in chunk_ids if chunk_id in kept]
