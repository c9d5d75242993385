"""The numbered schema migrations. A migration, once released, is never edited: add the next one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

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
    # 2: vectors are numbered in the order they were written, so that what a generation lacks is a range; deletions and jobs
    # are rows; counting is a look-up.
    """
    CREATE TABLE spaces (
        space INTEGER PRIMARY KEY AUTOINCREMENT,
        model_id TEXT NOT NULL UNIQUE,
        dimension INTEGER NOT NULL,
        n_vectors INTEGER NOT NULL DEFAULT 0
    );
    INSERT INTO spaces (model_id, dimension) SELECT model_id, max(length(row)) / 4 FROM vectors GROUP BY model_id;
    CREATE TABLE numbered (
        vector_id INTEGER PRIMARY KEY AUTOINCREMENT,
        chunk_id INTEGER NOT NULL REFERENCES chunks (chunk_id) ON DELETE CASCADE,
        space INTEGER NOT NULL REFERENCES spaces (space),
        row BLOB NOT NULL,
        UNIQUE (chunk_id, space)
    );
    INSERT INTO numbered (chunk_id, space, row)
        SELECT chunk_id, space, row FROM vectors JOIN spaces USING (model_id)
        WHERE length(row) = 4 * dimension ORDER BY chunk_id;
    DROP TABLE vectors;
    ALTER TABLE numbered RENAME TO vectors;
    UPDATE spaces SET n_vectors = (SELECT count(*) FROM vectors v WHERE v.space = spaces.space);
    CREATE TABLE deletions (deletion_id INTEGER PRIMARY KEY AUTOINCREMENT, chunk_id INTEGER NOT NULL);
    CREATE TABLE jobs (
        job_id INTEGER PRIMARY KEY AUTOINCREMENT,
        path BLOB NOT NULL UNIQUE,
        status TEXT NOT NULL CHECK (status IN ('waiting', 'working', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        error TEXT
    );
    INSERT INTO counters SELECT 'documents', count(*) FROM documents;
    INSERT INTO counters SELECT 'versions', count(*) FROM versions;
    INSERT INTO counters SELECT 'chunks', count(*) FROM chunks;
    INSERT INTO counters VALUES ('space', 0), ('identity', random());
    CREATE TRIGGER documents_in AFTER INSERT ON documents BEGIN
        UPDATE counters SET value = value + 1 WHERE name = 'documents'; END;
    CREATE TRIGGER documents_out AFTER DELETE ON documents BEGIN
        UPDATE counters SET value = value - 1 WHERE name = 'documents'; END;
    CREATE TRIGGER versions_in AFTER INSERT ON versions BEGIN
        UPDATE counters SET value = value + 1 WHERE name = 'versions'; END;
    CREATE TRIGGER versions_out AFTER DELETE ON versions BEGIN
        UPDATE counters SET value = value - 1 WHERE name = 'versions'; END;
    CREATE TRIGGER chunks_in AFTER INSERT ON chunks BEGIN
        UPDATE counters SET value = value + 1 WHERE name = 'chunks'; END;
    CREATE TRIGGER chunks_out AFTER DELETE ON chunks BEGIN
        UPDATE counters SET value = value - 1 WHERE name = 'chunks'; END;
    CREATE TRIGGER vectors_in AFTER INSERT ON vectors BEGIN
        UPDATE spaces SET n_vectors = n_vectors + 1 WHERE space = new.space; END;
    CREATE TRIGGER vectors_out AFTER DELETE ON vectors BEGIN
        UPDATE spaces SET n_vectors = n_vectors - 1 WHERE space = old.space; END;
    """,
    # 3: who a file says wrote it.
    """
    ALTER TABLE documents ADD COLUMN byline TEXT;
    ALTER TABLE versions ADD COLUMN byline TEXT;
    """,
)
COUNTED = ("documents", "versions", "chunks")  # tables with a counter of their own name


def statements(script: str) -> Iterator[str]:
    """The statements of a script; a trigger's body has semicolons of its own."""
    held = ""
    for part in script.split(";"):
        held += part + ";"
        if sqlite3.complete_statement(held):
            if held.strip(" \n;"):
                yield held
            held = ""


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
        for statement in (one for script in MIGRATIONS[version:] for one in statements(script)):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:  # an interrupt too must leave no open transaction; it goes on from here
        connection.execute("ROLLBACK")
        raise
