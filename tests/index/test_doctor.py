"""The doctor finds each kind of damage, and repairs what follows from the texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.normalise import terms
from index.store.changes import Offered, sha256_of
from index.store.database import Database
from index.store.doctor import CHECKS, REPAIRS, Finding, examine, repair
from index.store.documents import FILE_NAME, Store
from index.types import Chunk, Metadata, Section, SectionKind, Span

MODEL = "hashing@1"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A sound store: two documents, one of them in two versions, all embedded."""
    store = Store(tmp_path)
    for uri, text in (("/a", "The zoo\0 opened 🙂."), ("/b", "Old rain."), ("/b", "New rain.")):
        span = Span(0, len(text))
        chunk = Chunk(0, "", sha256_of(text), span, 3, (span,))
        offered = Offered("a.txt", text, (Section(span, SectionKind.PARAGRAPH),), Metadata(uri=uri))
        store.put(offered, [chunk], [" ".join(terms(text))])
    ids = [chunk_id for chunk_id, _ in store.vectors.waiting(MODEL, after=0, limit=9)]
    store.vectors.put(MODEL, ids, np.eye(len(ids), 4, dtype=np.float32))
    store.close()
    opened = Database(tmp_path / FILE_NAME)
    yield opened
    opened.close()


def spoil(database: Database, statement: str, *values: object) -> None:
    def write(connection: sqlite3.Connection) -> None:
        assert connection.execute(statement, values).rowcount != 0

    database.write(write)


def wrong(findings: list[Finding]) -> set[str]:
    return {finding.check for finding in findings if finding.n_faults}


def test_a_sound_store_is_sound(database: Database) -> None:
    findings = examine(database)
    assert [finding.check for finding in findings] == list(CHECKS)
    assert wrong(findings) == set()


NAN = np.full(4, np.nan, dtype="<f4").tobytes()
DAMAGE: dict[str, list[tuple[str, tuple[object, ...]]]] = {
    "texts": [
        ("UPDATE versions SET text = text || 'x' WHERE text LIKE 'Old%'", ()),
        ("UPDATE versions SET text = replace(text, 'Old', 'Odd')", ()),
    ],
    "spans": [
        ('UPDATE chunks SET "end" = 1000 WHERE start = 0', ()),
        ("UPDATE chunks SET sentences = '[[0, 99]]'", ()),
        ('UPDATE sections SET "end" = 1000', ()),
    ],
    "search terms": [
        ("UPDATE chunk_terms SET terms = 'flood' WHERE rowid = 3", ()),
        ("DELETE FROM chunk_terms WHERE rowid = 3", ()),
        ("INSERT INTO chunk_terms (rowid, terms) VALUES (99, 'ghost')", ()),
        ("UPDATE chunk_terms_content SET c0 = 'flood' WHERE id = 3", ()),
    ],
    "vectors": [
        ("UPDATE vectors SET row = zeroblob(16) WHERE vector_id = 1", ()),
        ("UPDATE vectors SET row = zeroblob(8) WHERE vector_id = 1", ()),
        ("UPDATE vectors SET row = ? WHERE vector_id = 1", (NAN,)),
    ],
    "counts": [
        ("UPDATE counters SET value = value + 1 WHERE name = 'chunks'", ()),
        ("UPDATE spaces SET n_vectors = 0", ()),
    ],
}
CASES = [(check, *case) for check, cases in DAMAGE.items() for case in cases]


@pytest.mark.parametrize(("check", "statement", "values"), CASES)
def test_each_damage_is_found_by_its_check_and_mended_where_it_is_derived(
    database: Database, check: str, statement: str, values: tuple[object, ...]
) -> None:
    spoil(database, statement, *values)
    findings = examine(database)
    assert check in wrong(findings)
    after = repair(database, findings)
    assert {finding.check: finding.repaired for finding in after if finding.n_faults}[check] is (check in REPAIRS)
    assert (check in wrong(examine(database))) is (check not in REPAIRS)


def test_a_row_that_names_nothing_is_found(database: Database) -> None:
    connection = sqlite3.connect(database.path)
    connection.execute("INSERT INTO sections VALUES ('nobody', 'x', 0, 0, 'turn', NULL)")
    connection.execute("UPDATE documents SET sha256 = 'x' WHERE uri = '/a'")
    connection.commit()
    connection.close()
    (finding,) = [finding for finding in examine(database) if finding.check == "references"]
    assert finding.n_faults == 2
    assert "no current version" in finding.faults[1]


def test_damaged_pages_are_found(database: Database) -> None:
    root = database.write(
        lambda connection: connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'documents_by_content'"
        ).fetchone()[0]
    )
    database.write(lambda connection: connection.execute("PRAGMA writable_schema = ON"))
    database.write(
        lambda connection: connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '(sha256)', '(name)') WHERE name = 'documents_by_content'"
        )
    )
    assert root > 0
    other = Database(database.path)
    assert "database pages" in wrong(examine(other))
    other.close()


def test_a_vector_that_was_removed_waits_to_be_embedded_again(database: Database, tmp_path: Path) -> None:
    spoil(database, DAMAGE["vectors"][0][0])
    repair(database, examine(database))
    store = Store(tmp_path)
    assert store.backlog(MODEL) == 1
    assert len(store.vectors.waiting(MODEL, after=0, limit=9)) == 1
    store.close()
