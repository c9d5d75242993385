"""The numbered schema migrations. A migration, once released, is never edited: add the next one."""

from __future__ import annotations

import sqlite3

from index.errors import StoreUnavailable

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE documents (
        document_id TEXT PRIMARY KEY,
        uri TEXT UNIQUE,
        name TEXT NOT NULL,
        title TEXT,
        outlet TEXT,
        published_at TEXT,
        sha256 TEXT NOT NULL,
        position INTEGER NOT NULL UNIQUE
    );
    CREATE INDEX documents_by_content ON documents (sha256);
    CREATE TABLE versions (
        document_id TEXT NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,
        text TEXT NOT NULL,
        name TEXT NOT NULL,
        title TEXT,
        outlet TEXT,
        published_at TEXT,
        PRIMARY KEY (document_id, sha256)
    );
    CREATE TABLE sections (
        document_id TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        kind TEXT NOT NULL,
        label TEXT,
        FOREIGN KEY (document_id, sha256) REFERENCES versions (document_id, sha256) ON DELETE CASCADE
    );
    CREATE INDEX sections_of_version ON sections (document_id, sha256, start);
    CREATE TABLE chunks (
        chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id TEXT NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        n_tokens INTEGER NOT NULL,
        sentences TEXT NOT NULL
    );
    CREATE INDEX chunks_of_document ON chunks (document_id, start);
    CREATE TABLE vectors (
        chunk_id INTEGER NOT NULL REFERENCES chunks (chunk_id) ON DELETE CASCADE,
        model_id TEXT NOT NULL,
        row BLOB NOT NULL,
        PRIMARY KEY (chunk_id, model_id)
    );
    CREATE VIRTUAL TABLE chunk_terms USING fts5 (terms, tokenize = 'unicode61 remove_diacritics 0');
    CREATE VIRTUAL TABLE chunk_vocabulary USING fts5vocab (chunk_terms, 'row');
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
    INSERT INTO counters VALUES ('sequence', 0), ('position', 0);
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest schema, all steps in one transaction.

    Raises:
        StoreUnavailable: If the database was written by a newer Readout.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StoreUnavailable(f"the store has schema {version}, this Readout knows {len(MIGRATIONS)}; use a newer Readout")
    if version == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")  # then look again: another process may have migrated meanwhile
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for statement in (s for script in MIGRATIONS[version:] for s in script.split(";") if s.strip()):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:  # an interrupt too must leave no open transaction; it goes on from here
        connection.execute("ROLLBACK")
        raise
