"""Documents, their versions and chunks: the operations on the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from index.errors import NotFound, VersionGone
from index.store.changes import (
    Offered,
    Placed,
    bump,
    chunk_ids_of,
    chunks_by_text,
    counter,
    delete_chunks,
    place,
    sha256_of,
    write_chunks,
    write_document,
)
from index.store.database import Database
from index.store.filtering import conditions
from index.store.frequencies import Frequencies
from index.store.jobs import Jobs
from index.store.schema import COUNTED
from index.store.vectors import Vectors
from index.store.wordings import Wordings
from index.types import (
    Chunk,
    Document,
    DocumentSummary,
    Filters,
    IngestStatus,
    ScoredChunk,
    Section,
    SectionKind,
    Span,
)

FILE_NAME = "readout.sqlite3"
_SUMMARY = "document_id, name, uri, sha256, title, outlet, published_at"


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents that pass some filters; `document_ids` is None if all do."""

    document_ids: frozenset[str] | None
    n_undated: int


class Store:
    """All documents of one data directory. Safe to use from many threads."""

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        """Open or create the store in `directory`.

        Raises:
            StoreUnavailable: If it cannot be opened.
        """
        self._database = Database(directory / FILE_NAME, read_only=read_only)
        self._frequencies = Frequencies()
        self.vectors = Vectors(self._database)
        self.wordings = Wordings(self._database)
        self.jobs = Jobs(self._database)

    def close(self) -> None:
        """Close the files."""
        self._database.close()

    def moment(self) -> AbstractContextManager[object]:
        """A context in which this thread reads the store as it is at one moment."""
        return self._database.reading()

    # Documents

    def put(self, offered: Offered, chunks: Sequence[Chunk], terms: Sequence[str]) -> Placed:
        """Store a document with its chunks and their search terms (one string a chunk), all or nothing.

        Identity is the uri. Without one the content is the identity; content that is stored already stays one document.

        Raises:
            StoreFull, StoreUnavailable: If it could not be written; then nothing changed.
        """
        sha256 = sha256_of(offered.text)
        keyed = [
            (chunk, chunk.span.of(offered.text), its_terms) for chunk, its_terms in zip(chunks, terms, strict=True)
        ]  # made before the one writer is asked for

        def write(connection: sqlite3.Connection) -> Placed:
            placed = place(connection, offered, sha256)
            if placed.status is IngestStatus.UNCHANGED:
                return placed
            old = chunk_ids_of(connection, placed.document_id)
            replaced = chunks_by_text(connection, placed.document_id) if old else {}
            same_text = write_document(connection, placed, offered, sha256)
            if not same_text:
                write_chunks(connection, placed.document_id, keyed, replaced=replaced)
                delete_chunks(connection, old)
            bump(connection, "sequence")
            return placed

        return self._database.write(write)

    def place(self, offered: Offered) -> Placed:
        """What `put` would answer now, without writing."""
        with self._database.reading() as connection:
            return place(connection, offered, sha256_of(offered.text))

    def documents(self) -> list[DocumentSummary]:
        """All documents, in the order they were first stored."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_SUMMARY} FROM documents ORDER BY position")
            return [DocumentSummary(*row) for row in rows]

    def document(self, document_id: str, *, sha256: str | None = None) -> Document:
        """One document, in the version named by `sha256`, else the current one.

        Raises:
            NotFound: If there is no such document.
            VersionGone: If it has no such version.
        """
        with self._database.reading() as connection:
            current = connection.execute("SELECT uri, sha256 FROM documents WHERE document_id = ?", [document_id]).fetchone()
            if current is None:
                raise NotFound("there is no such document; it may have been deleted")
            wanted = sha256 or current[1]
            version = connection.execute(
                "SELECT name, text, title, outlet, published_at, byline FROM versions WHERE document_id = ? AND sha256 = ?",
                [document_id, wanted],
            ).fetchone()
            if version is None:
                raise VersionGone("the document has no such version any more; ask without sha256 for the current one")
            sections = connection.execute(
                'SELECT start, "end", kind, label FROM sections WHERE document_id = ? AND sha256 = ? ORDER BY start, "end"',
                [document_id, wanted],
            ).fetchall()
        name, text, title, outlet, published_at, byline = version
        return Document(
            document_id=document_id,
            name=name,
            uri=current[0],
            text=text,
            sha256=wanted,
            title=title,
            outlet=outlet,
            published_at=published_at,
            sections=tuple(Section(Span(a, b), SectionKind(kind), label) for a, b, kind, label in sections),
            byline=byline,
        )

    def earlier_version(self, document_id: str, sha256: str) -> Document | None:
        """The version of a document that was stored before this one; None if there is none, or the document is gone."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT sha256 FROM versions WHERE document_id = :id AND rowid < "
                "(SELECT rowid FROM versions WHERE document_id = :id AND sha256 = :sha256) ORDER BY rowid DESC LIMIT 1",
                {"id": document_id, "sha256": sha256},
            ).fetchone()
            return None if row is None else self.document(document_id, sha256=row[0])

    def delete(self, document_id: str) -> None:
        """Erase a document with all its versions.

        Raises:
            NotFound: If there is no such document.
        """

        def erase(connection: sqlite3.Connection) -> None:
            delete_chunks(connection, chunk_ids_of(connection, document_id))
            gone = connection.execute("DELETE FROM documents WHERE document_id = ?", [document_id])
            if gone.rowcount == 0:
                raise NotFound("there is no such document; it may have been deleted already")
            bump(connection, "sequence")

        self._database.write(erase)

    # Searching

    def select(self, filters: Filters) -> Selection:
        """The documents that pass the filters (speakers apart), and how many were left out for having no date."""
        if not filters.restrict_documents:
            return Selection(None, 0)
        where, values = conditions(filters)
        undated = 0
        with self._database.reading() as connection:
            ids = connection.execute(f"SELECT document_id FROM documents WHERE {where}", values).fetchall()
            if filters.published_from or filters.published_to:
                rest, rest_values = conditions(Filters(document_ids=filters.document_ids, outlets=filters.outlets))
                undated = connection.execute(
                    f"SELECT count(*) FROM documents WHERE {rest} AND published_at IS NULL", rest_values
                ).fetchone()[0]
        return Selection(frozenset(row[0] for row in ids), undated)

    def match_terms(self, expression: str, *, k: int, document_ids: frozenset[str] | None) -> list[ScoredChunk]:
        """The at most k best chunks for an FTS5 expression by BM25 (larger is better), best first."""
        where, values = "", [expression]
        if document_ids is not None:
            where = "AND rowid IN (SELECT chunk_id FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)))"
            values.append(json.dumps(sorted(document_ids)))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT rowid, -rank FROM chunk_terms WHERE chunk_terms MATCH ? {where} ORDER BY rank, rowid LIMIT ?",
                [*values, k],
            ).fetchall()
        return [ScoredChunk(chunk_id, score) for chunk_id, score in rows]

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many chunks each term occurs, nearly so for common ones; 0 for a term that occurs nowhere."""
        with self._database.reading() as connection:
            return self._frequencies.of(connection, terms)

    def chunks(self, chunk_ids: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these ids; one that was deleted meanwhile is missing."""
        with self._database.reading() as connection:
            rows = connection.execute(
                'SELECT chunk_id, document_id, sha256, start, "end", n_tokens, sentences '
                "FROM chunks JOIN documents USING (document_id) "
                "WHERE chunk_id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(chunk_ids))],
            ).fetchall()
        return {row[0]: _chunk(row) for row in rows}

    def chunk_ids(self, document_ids: frozenset[str]) -> list[int]:
        """The ids of all chunks of these documents."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT chunk_id FROM chunks WHERE document_id IN (SELECT value FROM json_each(?))",
                [json.dumps(sorted(document_ids))],
            ).fetchall()
        return [row[0] for row in rows]

    def sequence(self) -> int:
        """A number that grows with every change of documents or vectors."""
        with self._database.reading() as connection:
            return counter(connection, "sequence")

    def counts(self) -> dict[str, int]:
        """How many documents, versions, chunks and vectors (of every model) there are."""
        with self._database.reading() as connection:
            counts = {name: counter(connection, name) for name in COUNTED}
            row = connection.execute("SELECT coalesce(sum(n_vectors), 0) FROM spaces").fetchone()
        return {**counts, "vectors": int(row[0])}

    def backlog(self, model_id: str) -> int:
        """How many chunks wait for their vector of this model."""
        return self.vectors.backlog(model_id)


def made_with(directory: Path) -> str | None:
    """The embedding model of the store in `directory`; None if there is no store yet, or nothing is embedded.

    Raises:
        StoreUnavailable: If there is one that cannot be opened.
    """
    if not (directory / FILE_NAME).is_file():
        return None
    store = Store(directory, read_only=True)
    try:
        return store.vectors.made_with()
    finally:
        store.close()


def _chunk(row: tuple[int, str, str, int, int, int, str]) -> Chunk:
    chunk_id, document_id, sha256, start, end, n_tokens, sentences = row
    return Chunk(
        chunk_id=chunk_id,
        document_id=document_id,
        document_sha256=sha256,
        span=Span(start, end),
        n_tokens=n_tokens,
        sentences=tuple(Span(a, b) for a, b in json.loads(sentences)),
    )
