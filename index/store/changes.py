"""Changes to the store, each inside a transaction that the caller has begun."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Chunk, IngestStatus, Metadata, Section


def sha256_of(text: str) -> str:
    """The sha256 of a stored text: that of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Offered:
    """A loaded document that asks to be stored."""

    name: str
    text: str
    sections: tuple[Section, ...]
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Placed:
    """What storing an offered document comes to, decided before its chunks are made."""

    document_id: str
    status: IngestStatus
    title: str | None


def counter(connection: sqlite3.Connection, name: str) -> int:
    """The value of a counter."""
    return int(connection.execute("SELECT value FROM counters WHERE name = ?", [name]).fetchone()[0])


def bump(connection: sqlite3.Connection, name: str) -> int:
    """Count one up and return the new value."""
    connection.execute("UPDATE counters SET value = value + 1 WHERE name = ?", [name])
    return counter(connection, name)


def place(connection: sqlite3.Connection, offered: Offered, sha256: str) -> Placed:
    """Which document an offered one is, and what storing it would do: by uri, else by content."""
    columns = "document_id, sha256, title, outlet, published_at, byline"
    metadata = offered.metadata
    row = None
    if metadata.uri is not None:
        row = connection.execute(f"SELECT {columns} FROM documents WHERE uri = ?", [metadata.uri]).fetchone()
    if row is None:
        row = connection.execute(
            f"SELECT {columns} FROM documents WHERE sha256 = ? ORDER BY position LIMIT 1", [sha256]
        ).fetchone()
        if row is not None:  # equal content is one document, whatever it is called now
            return Placed(row[0], IngestStatus.UNCHANGED, row[2])
    if row is None:
        identity = f"uri:{metadata.uri}" if metadata.uri is not None else f"content:{sha256}"
        return Placed(hashlib.sha256(identity.encode()).hexdigest()[:16], IngestStatus.CREATED, metadata.title)
    stated = (metadata.title, metadata.outlet, metadata.published_at, metadata.byline)
    # The same text offered again without its title still has it.
    same = row[1] == sha256 and all(new is None or new == old for new, old in zip(stated, row[2:], strict=True))
    return Placed(row[0], IngestStatus.UNCHANGED if same else IngestStatus.UPDATED, metadata.title)


def write_document(connection: sqlite3.Connection, placed: Placed, offered: Offered, sha256: str) -> bool:
    """Write the document and its version; whether the current text was this one already."""
    metadata = offered.metadata
    facts = [offered.name, metadata.title, metadata.outlet, metadata.published_at, metadata.byline]
    row = connection.execute(
        "SELECT sha256, title, outlet, published_at, byline FROM documents WHERE document_id = ?", [placed.document_id]
    ).fetchone()
    if row is not None and row[0] == sha256:
        facts[1:] = [new or old for new, old in zip(facts[1:], row[1:], strict=True)]
    if row is None:
        connection.execute(
            "INSERT INTO documents (document_id, uri, name, title, outlet, published_at, byline, sha256, position) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [placed.document_id, metadata.uri, *facts, sha256, bump(connection, "position")],
        )
    else:
        connection.execute(
            "UPDATE documents SET name = ?, title = ?, outlet = ?, published_at = ?, byline = ?, sha256 = ? "
            "WHERE document_id = ?",
            [*facts, sha256, placed.document_id],
        )
    key = [placed.document_id, sha256]
    connection.execute("DELETE FROM versions WHERE document_id = ? AND sha256 = ?", key)
    connection.execute(
        "INSERT INTO versions (document_id, sha256, text, name, title, outlet, published_at, byline) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*key, offered.text, *facts],
    )
    connection.executemany(
        'INSERT INTO sections (document_id, sha256, start, "end", kind, label) VALUES (?, ?, ?, ?, ?, ?)',
        [[*key, s.span.start, s.span.end, s.kind.value, s.label] for s in offered.sections],
    )
    return row is not None and row[0] == sha256


def delete_chunks(connection: sqlite3.Connection, chunk_ids: Sequence[int]) -> None:
    """Delete chunks with their search terms and vectors, and note them for the generations that still hold them."""
    for chunk_id in chunk_ids:
        connection.execute("DELETE FROM chunk_terms WHERE rowid = ?", [chunk_id])
        connection.execute(
            "INSERT INTO deletions (chunk_id) SELECT DISTINCT chunk_id FROM vectors WHERE chunk_id = ?", [chunk_id]
        )
        connection.execute("DELETE FROM chunks WHERE chunk_id = ?", [chunk_id])


def chunk_ids_of(connection: sqlite3.Connection, document_id: str) -> list[int]:
    """The ids of a document's chunks."""
    return [row[0] for row in connection.execute("SELECT chunk_id FROM chunks WHERE document_id = ?", [document_id])]


def write_chunks(
    connection: sqlite3.Connection,
    document_id: str,
    chunks: Sequence[tuple[Chunk, str, str]],
    *,
    replaced: Mapping[str, int],
) -> None:
    """Write a document's new chunks, each with its text and its search terms.

    `replaced` gives the old chunk of each text: one that is written again takes over its vectors of every model.
    """
    for chunk, text, terms in chunks:
        sentences = json.dumps([[span.start, span.end] for span in chunk.sentences])
        inserted = connection.execute(
            'INSERT INTO chunks (document_id, start, "end", n_tokens, sentences) VALUES (?, ?, ?, ?, ?)',
            [document_id, chunk.span.start, chunk.span.end, chunk.n_tokens, sentences],
        )
        connection.execute("INSERT INTO chunk_terms (rowid, terms) VALUES (?, ?)", [inserted.lastrowid, terms])
        if text in replaced:
            connection.execute(
                "INSERT INTO vectors (chunk_id, space, row) SELECT ?, space, row FROM vectors WHERE chunk_id = ?",
                [inserted.lastrowid, replaced[text]],
            )


def chunks_by_text(connection: sqlite3.Connection, document_id: str) -> dict[str, int]:
    """A document's current chunks by their texts."""
    row = connection.execute(
        "SELECT text FROM versions JOIN documents USING (document_id, sha256) WHERE document_id = ?", [document_id]
    ).fetchone()
    spans = connection.execute('SELECT chunk_id, start, "end" FROM chunks WHERE document_id = ?', [document_id])
    return {row[0][start:end]: chunk_id for chunk_id, start, end in spans}
