"""Unit rows of chunks, in one space for each embedding model, numbered in the order they were written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.store.changes import bump, counter
from index.store.database import Database

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.protocols import Rows

    Ids = NDArray[np.int64]

READ_AT_ONCE = 16_384  # rows in memory while an index is built: 25 MB at 384 dimensions
FORGET_AT_ONCE = 4_096  # rows of a left space deleted in one commit


@dataclass(frozen=True, slots=True)
class Space:
    """What one model embedded. Rows of two spaces are never compared."""

    space: int
    model_id: str
    dimension: int
    n_vectors: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far something has read: the last vector, the last deletion, and the store's sequence number."""

    vector_id: int
    deletion_id: int
    sequence: int


START = Position(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Changes:
    """What came to a space and what went since a position, as of one moment; `n_vectors` is how many it has then."""

    until: Position
    ids: Ids
    rows: Rows
    deleted: list[int]
    n_vectors: int


class Vectors:
    """The vectors of one store."""

    def __init__(self, database: Database) -> None:
        """Read and write them there."""
        self._database = database

    # Spaces

    def ensure(self, model_id: str, dimension: int) -> Space:
        """The space of a model; one of another dimension under the same id is emptied, as nothing in it can be compared."""
        found = self.space(model_id)
        if found is not None and found.dimension == dimension:
            return found

        def write(connection: sqlite3.Connection) -> None:
            row = connection.execute("SELECT space, dimension FROM spaces WHERE model_id = ?", [model_id]).fetchone()
            if row is None:
                connection.execute("INSERT INTO spaces (model_id, dimension) VALUES (?, ?)", [model_id, dimension])
            elif row[1] != dimension:
                connection.execute("DELETE FROM vectors WHERE space = ?", [row[0]])
                connection.execute("UPDATE spaces SET dimension = ? WHERE space = ?", [dimension, row[0]])

        self._database.write(write)
        made = self.space(model_id)
        if made is None:
            raise LookupError("a space that was just written is not there")
        return made

    def space(self, model_id: str) -> Space | None:
        """The space of a model, if it has one yet."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT space, model_id, dimension, n_vectors FROM spaces WHERE model_id = ?", [model_id]
            ).fetchone()
        return None if row is None else Space(*row)

    def searched(self) -> Space | None:
        """The space that questions are asked of, if one was chosen yet."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT space, model_id, dimension, n_vectors FROM spaces WHERE space = ?", [counter(connection, "space")]
            ).fetchone()
        return None if row is None else Space(*row)

    def made_with(self) -> str | None:
        """The model that questions are asked with or, before the first question, that embedded most; None of an empty store."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT model_id FROM spaces WHERE n_vectors > 0 ORDER BY space = ? DESC, n_vectors DESC LIMIT 1",
                [counter(connection, "space")],
            ).fetchone()
        return None if row is None else str(row[0])

    def choose(self, space: Space) -> None:
        """Ask questions of this space from now on."""

        def write(connection: sqlite3.Connection) -> None:
            if counter(connection, "space"):  # the first choice changes no answer
                bump(connection, "sequence")
            connection.execute("UPDATE counters SET value = ? WHERE name = 'space'", [space.space])

        self._database.write(write)

    def forget_others(self, space: Space) -> int:
        """Delete some vectors of other spaces, a few at a time so that others can write between; how many were deleted."""

        def write(connection: sqlite3.Connection) -> int:
            gone = connection.execute(
                "DELETE FROM vectors WHERE vector_id IN (SELECT vector_id FROM vectors WHERE space <> ? LIMIT ?)",
                [space.space, FORGET_AT_ONCE],
            ).rowcount
            if gone < FORGET_AT_ONCE:
                connection.execute("DELETE FROM spaces WHERE space <> ? AND n_vectors = 0", [space.space])
            return gone

        if not self._others(space):
            return 0
        return self._database.write(write)

    def _others(self, space: Space) -> bool:
        with self._database.reading() as connection:
            return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM spaces WHERE space <> ?)", [space.space]).fetchone()[0])

    # Embedding

    def waiting(self, model_id: str, *, after: int, limit: int) -> list[tuple[int, str]]:
        """At most `limit` chunks beyond `after` without a vector of this model, with their texts, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                'SELECT chunk_id, document_id, start, "end" FROM chunks c WHERE chunk_id > ? AND NOT EXISTS '
                "(SELECT 1 FROM vectors v WHERE v.chunk_id = c.chunk_id "
                "AND v.space = (SELECT space FROM spaces WHERE model_id = ?)) ORDER BY chunk_id LIMIT ?",
                [after, model_id, limit],
            ).fetchall()
            # Cut here, since SQLite's substr walks the text from its beginning for every chunk.
            texts = dict(
                connection.execute(
                    "SELECT document_id, text FROM versions JOIN documents USING (document_id, sha256) "
                    "WHERE document_id IN (SELECT value FROM json_each(?))",
                    [json.dumps(sorted({row[1] for row in rows}))],
                )
            )
        return [(chunk_id, texts[document_id][start:end]) for chunk_id, document_id, start, end in rows]

    def backlog(self, model_id: str) -> int:
        """How many chunks wait for their vector of this model."""
        with self._database.reading() as connection:
            space = self.space(model_id)
            return counter(connection, "chunks") - (0 if space is None else space.n_vectors)

    def put(self, model_id: str, chunk_ids: Sequence[int], rows: Rows) -> None:
        """Store unit rows, shape (len(chunk_ids), dimension); rows of chunks deleted meanwhile are dropped."""
        space = self.ensure(model_id, rows.shape[1]).space
        values = [
            (space, np.ascontiguousarray(row, dtype="<f4").tobytes(), chunk_id)
            for chunk_id, row in zip(chunk_ids, rows, strict=True)
        ]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR IGNORE INTO vectors (chunk_id, space, row) SELECT chunk_id, ?, ? FROM chunks WHERE chunk_id = ?",
                values,
            )
            bump(connection, "sequence")

        self._database.write(write)

    # Searching

    def position(self) -> Position:
        """The end of what is written now."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT (SELECT coalesce(max(vector_id), 0) FROM vectors), (SELECT coalesce(max(deletion_id), 0) FROM deletions)"
            ).fetchone()
            return Position(row[0], row[1], counter(connection, "sequence"))

    def between(self, space: Space, *, after: int, until: int) -> tuple[Ids, Rows]:
        """Chunk ids and unit rows of a space in a range of vector ids, in that order; rows of a wrong length are left out."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT chunk_id, row FROM vectors WHERE vector_id > ? AND vector_id <= ? AND space = ? AND length(row) = ?",
                [after, until, space.space, 4 * space.dimension],
            ).fetchall()
        return _matrix(found, space.dimension)

    def changes(self, space: Space, *, since: Position) -> Changes | None:
        """What changed in a space since a position, read at one moment; None if nothing did."""
        with self._database.reading() as connection:
            now = self.position()
            if now.sequence == since.sequence:
                return None
            ids, rows = self.between(space, after=since.vector_id, until=now.vector_id)
            found = connection.execute("SELECT n_vectors FROM spaces WHERE space = ?", [space.space]).fetchone()
            return Changes(
                # Without the last vector or deletion the end of what is written seems to lie before `since`.
                until=Position(max(now.vector_id, since.vector_id), max(now.deletion_id, since.deletion_id), now.sequence),
                ids=ids,
                rows=rows,
                deleted=self.deleted(after=since.deletion_id),
                n_vectors=0 if found is None else int(found[0]),
            )

    def identity(self) -> int:
        """The store's own number: what was derived from another store, or before a restore, has another one."""
        with self._database.reading() as connection:
            return counter(connection, "identity")

    def first(self, space: Space) -> int:
        """The lowest vector id of a space; 0 if it is empty."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT vector_id FROM vectors WHERE space = ? ORDER BY vector_id LIMIT 1", [space.space])
            found = row.fetchone()
        return 0 if found is None else int(found[0])

    def sample(self, space: Space, n: int, *, until: int) -> Rows:
        """About n rows of a space, evenly over the order in which they were written."""
        wanted = np.unique(np.linspace(self.first(space), until, n).astype(np.int64))
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT chunk_id, row FROM vectors WHERE vector_id IN (SELECT value FROM json_each(?)) AND space = ? "
                "AND length(row) = ?",
                [json.dumps(wanted.tolist()), space.space, 4 * space.dimension],
            ).fetchall()
        return _matrix(found, space.dimension)[1]

    def batches(self, space: Space, *, after: int, until: int) -> Iterator[tuple[Ids, Rows]]:
        """The same, some at a time."""
        for start in range(max(after, self.first(space) - 1), until, READ_AT_ONCE):
            ids, rows = self.between(space, after=start, until=min(until, start + READ_AT_ONCE))
            if len(ids):
                yield ids, rows

    def of(self, space: Space, chunk_ids: Sequence[int]) -> tuple[Ids, Rows]:
        """The rows of these chunks as far as they are there, with their ids."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT chunk_id, row FROM vectors WHERE chunk_id IN (SELECT value FROM json_each(?)) AND space = ? "
                "AND length(row) = ?",
                [json.dumps([int(chunk_id) for chunk_id in chunk_ids]), space.space, 4 * space.dimension],
            ).fetchall()
        return _matrix(found, space.dimension)

    def deleted(self, *, after: int) -> list[int]:
        """The chunks that were deleted after a deletion, as far as they had vectors."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT chunk_id FROM deletions WHERE deletion_id > ?", [after])
            return [row[0] for row in rows]

    def forget_deletions(self, *, until: int) -> None:
        """Drop the notes of deletions that the newest generation no longer holds."""

        def write(connection: sqlite3.Connection) -> None:
            # The last one stays: the end of what is written is read from it.
            connection.execute("DELETE FROM deletions WHERE deletion_id < ?", [until])

        self._database.write(write)


def _matrix(found: Sequence[tuple[int, bytes]], dimension: int) -> tuple[Ids, Rows]:
    ids = np.fromiter((chunk_id for chunk_id, _ in found), dtype=np.int64, count=len(found))
    rows = np.frombuffer(b"".join(row for _, row in found), dtype="<f4").reshape(len(found), dimension)
    return ids, rows.astype(np.float32, copy=False)
