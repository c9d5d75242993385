"""An old database becomes a new one with everything that was in it."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.lexical import expression
from index.store.documents import FILE_NAME, Store
from index.store.schema import MIGRATIONS, statements

TEXT = "The zoo opened.\nIt rained."


def old_store(folder: Path, *, version: int) -> None:
    """A store as Readout wrote it at that schema: one document of two chunks, the first embedded by two models."""
    connection = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for script in MIGRATIONS[:version]:
        for statement in statements(script):
            connection.execute(statement)
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    connection.execute("INSERT INTO documents VALUES ('d', '/a', 'a.txt', NULL, NULL, NULL, ?, 1)", [sha256])
    connection.execute("INSERT INTO versions VALUES ('d', ?, ?, 'a.txt', NULL, NULL, NULL)", [sha256, TEXT])
    for chunk_id, start, end, terms in ((4, 0, 15, "zoo open"), (7, 16, 26, "rain")):
        connection.execute("INSERT INTO chunks VALUES (?, 'd', ?, ?, 3, '[]')", [chunk_id, start, end])
        connection.execute("INSERT INTO chunk_terms (rowid, terms) VALUES (?, ?)", [chunk_id, terms])
    for model_id, dimension in (("m@1", 4), ("n@1", 8)):
        row = np.eye(1, dimension, dtype="<f4").tobytes()
        connection.execute("INSERT INTO vectors VALUES (4, ?, ?)", [model_id, row])
    connection.execute("UPDATE counters SET value = 5 WHERE name = 'sequence'")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


@pytest.fixture
def migrated(tmp_path: Path) -> Store:
    old_store(tmp_path, version=1)
    return Store(tmp_path)


def test_documents_chunks_and_terms_are_kept(migrated: Store) -> None:
    assert migrated.document("d").text == TEXT
    assert set(migrated.chunks([4, 7])) == {4, 7}
    matched = expression(migrated.document_frequencies(["rain"]))
    assert [scored.chunk_id for scored in migrated.match_terms(str(matched), k=5, document_ids=None)] == [7]
    assert migrated.sequence() == 5
    migrated.close()


def test_vectors_are_kept_in_the_space_of_their_model(migrated: Store) -> None:
    for model_id, dimension in (("m@1", 4), ("n@1", 8)):
        space = migrated.vectors.space(model_id)
        assert space is not None
        assert (space.dimension, space.n_vectors) == (dimension, 1)
        ids, rows = migrated.vectors.of(space, [4, 7])
        assert ids.tolist() == [4]
        assert np.array_equal(rows, np.eye(1, dimension))
    assert migrated.vectors.backlog("m@1") == 1
    assert migrated.vectors.waiting("m@1", after=0, limit=9) == [(7, "It rained.")]
    migrated.close()


def test_what_is_counted_is_counted_from_the_start(migrated: Store) -> None:
    assert migrated.counts() == {"documents": 1, "versions": 1, "chunks": 2, "vectors": 2}
    migrated.delete("d")
    assert migrated.counts() == {"documents": 0, "versions": 0, "chunks": 0, "vectors": 0}
    migrated.close()


def test_a_migration_that_fails_leaves_the_old_database(tmp_path: Path) -> None:
    old_store(tmp_path, version=1)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("CREATE TABLE jobs (in_the_way)")
    connection.close()
    with pytest.raises(Exception, match="jobs"):
        Store(tmp_path)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM vectors WHERE model_id = 'm@1'").fetchone() == (1,)
    connection.close()


def test_two_stores_are_told_apart(tmp_path: Path) -> None:
    one, other = Store(tmp_path / "1"), Store(tmp_path / "2")
    assert one.vectors.identity() != other.vectors.identity()
    one.close()
    other.close()


def keys_of(folder: Path) -> list[tuple[int, str]]:
    connection = sqlite3.connect(folder / FILE_NAME)
    kept = connection.execute("SELECT rowid, terms FROM chunk_terms ORDER BY rowid").fetchall()
    connection.close()
    return [(int(rowid), str(terms)) for rowid, terms in kept]


@pytest.mark.parametrize("read_only", [False, True])
def test_search_keys_that_were_made_in_another_way_are_made_anew(tmp_path: Path, read_only: bool) -> None:
    old_store(tmp_path, version=1)
    store = Store(tmp_path, read_only=read_only)
    matched = expression(store.document_frequencies(["it"]))
    assert [scored.chunk_id for scored in store.match_terms(str(matched), k=5, document_ids=None)] == [7]
    store.close()
    assert keys_of(tmp_path) == [(4, "the zoo open"), (7, "it rain")]


def test_search_keys_of_today_are_left_as_they_are(tmp_path: Path) -> None:
    old_store(tmp_path, version=1)
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    connection.execute("UPDATE chunk_terms SET terms = 'flood' WHERE rowid = 7")
    connection.close()
    Store(tmp_path).close()
    assert keys_of(tmp_path)[1] == (7, "flood")
