"""The search keys of all chunks: made from the texts, and made anew when the way to make them has changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from index.normalise import terms

KEYS = 2  # grows with each change of the keys of any text. 2: scripts without spaces, marks, endings of other scripts


def keys_of_chunks(connection: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """What the search terms of every chunk must be."""
    texts = connection.execute("SELECT document_id, text FROM versions JOIN documents USING (document_id, sha256)")
    for document_id, text in texts:
        for chunk_id, start, end in connection.execute(
            'SELECT chunk_id, start, "end" FROM chunks WHERE document_id = ?', [document_id]
        ).fetchall():
            yield chunk_id, " ".join(terms(text[start:end]))


def are_current(connection: sqlite3.Connection) -> bool:
    """Whether the keys were made as this Readout makes them."""
    row = connection.execute("SELECT value FROM counters WHERE name = 'keys'").fetchone()
    return row is not None and int(row[0]) == KEYS


def renew(connection: sqlite3.Connection) -> None:
    """Make the keys anew where they differ, all in one transaction; nothing if they are current."""
    if are_current(connection):
        return
    connection.execute("BEGIN IMMEDIATE")  # then look again: another process may have renewed them meanwhile
    try:
        if not are_current(connection):
            _rewrite(connection)
            connection.execute("INSERT OR REPLACE INTO counters VALUES ('keys', ?)", [KEYS])
        connection.execute("COMMIT")
    except BaseException:  # an interrupt too must leave no open transaction; it goes on from here
        connection.execute("ROLLBACK")
        raise


def _rewrite(connection: sqlite3.Connection) -> None:
    for chunk_id, wanted in keys_of_chunks(connection):
        kept = connection.execute("SELECT terms FROM chunk_terms WHERE rowid = ?", [chunk_id]).fetchone()
        if kept != (wanted,):
            connection.execute("INSERT OR REPLACE INTO chunk_terms (rowid, terms) VALUES (?, ?)", [chunk_id, wanted])
