"""Checks of everything that is stored, and repairs of what is derived from the texts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from index.store.changes import sha256_of
from index.store.database import Database
from index.store.keys import keys_of_chunks
from index.store.schema import COUNTED

MOST_NAMED = 5  # faults that one finding names
NORM_TOLERANCE = 1e-3
Faults = Iterator[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check: what is wrong, the first few by name, and whether it was repaired."""

    check: str
    n_faults: int
    faults: tuple[str, ...]
    repaired: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong any more."""
        return self.n_faults == 0 or self.repaired


def examine(database: Database) -> list[Finding]:
    """All checks on one moment of the store."""
    with database.reading() as connection:
        return [finding_of(name, check(connection)) for name, check in CHECKS.items()]


def repair(database: Database, findings: list[Finding]) -> list[Finding]:
    """Mend what can be made again from the texts; the findings as they are then."""
    mended = []
    for finding in findings:
        mend = REPAIRS.get(finding.check)
        if finding.n_faults and mend is not None:
            database.write(mend)
            with database.reading() as connection:
                left = finding_of(finding.check, CHECKS[finding.check](connection))
            mended.append(Finding(finding.check, finding.n_faults, finding.faults, repaired=left.n_faults == 0))
        else:
            mended.append(finding)
    return mended


def finding_of(name: str, faults: Faults) -> Finding:
    """Count the faults of a check and keep the first few."""
    found = list(faults)
    return Finding(name, len(found), tuple(found[:MOST_NAMED]))


def _pages(connection: sqlite3.Connection) -> Faults:
    for (said,) in connection.execute("PRAGMA integrity_check(20)"):
        if said != "ok":
            yield str(said)


def _references(connection: sqlite3.Connection) -> Faults:
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"row {rowid} of {table} names a row of {parent} that is not there"
    lost = (
        "SELECT document_id FROM documents d WHERE NOT EXISTS "
        "(SELECT 1 FROM versions v WHERE v.document_id = d.document_id AND v.sha256 = d.sha256)"
    )
    for (document_id,) in connection.execute(lost):
        yield f"document {document_id} has no current version"


def _texts(connection: sqlite3.Connection) -> Faults:
    for document_id, sha256, text in connection.execute("SELECT document_id, sha256, text FROM versions"):
        if sha256_of(text) != sha256:
            yield f"a version of document {document_id} is not the text of its sha256 {sha256}"


def _spans(connection: sqlite3.Connection) -> Faults:
    for document_id, sha256, text in connection.execute("SELECT document_id, sha256, text FROM versions"):
        key = [document_id, sha256]
        for start, end in connection.execute('SELECT start, "end" FROM sections WHERE document_id = ? AND sha256 = ?', key):
            if not 0 <= start <= end <= len(text):
                yield f"a section [{start}:{end}] of document {document_id} is not in its text"
        current = connection.execute("SELECT 1 FROM documents WHERE document_id = ? AND sha256 = ?", key).fetchone()
        if current is None:
            continue
        spans = connection.execute('SELECT chunk_id, start, "end", sentences FROM chunks WHERE document_id = ?', [document_id])
        for chunk_id, start, end, sentences in spans:
            if not 0 <= start < end <= len(text):
                yield f"passage {chunk_id} [{start}:{end}] is not in the text of document {document_id}"
            elif not all(start <= a <= b <= end for a, b in json.loads(sentences)):
                yield f"passage {chunk_id} has a sentence outside of it"


def _search_terms(connection: sqlite3.Connection) -> Faults:
    stored = dict(connection.execute("SELECT rowid, terms FROM chunk_terms"))
    for chunk_id, wanted in keys_of_chunks(connection):
        if stored.pop(chunk_id, None) != wanted:
            yield f"the search terms of passage {chunk_id} are not those of its text"
    for chunk_id in stored:
        yield f"there are search terms of passage {chunk_id}, which is not there"
    counted = connection.execute("SELECT coalesce(sum(cnt), 0) FROM chunk_vocabulary").fetchone()[0]
    written = sum(len(kept.split()) for (kept,) in connection.execute("SELECT terms FROM chunk_terms"))
    if counted != written:
        yield f"the index of search terms holds {counted} of {written} words"


def _vectors(connection: sqlite3.Connection) -> Faults:
    rows = connection.execute("SELECT chunk_id, row, dimension FROM vectors JOIN spaces USING (space)")
    for chunk_id, row, dimension in rows:
        if not _is_unit_row(row, dimension):
            yield f"a vector of passage {chunk_id} is no unit row of {dimension} numbers"


def _is_unit_row(row: bytes, dimension: int) -> bool:
    if len(row) != 4 * dimension:
        return False
    norm = float(np.linalg.norm(np.frombuffer(row, dtype="<f4").astype(np.float64)))
    return abs(norm - 1) <= NORM_TOLERANCE  # false for a NaN too


def _counts(connection: sqlite3.Connection) -> Faults:
    for table in COUNTED:
        counted = connection.execute("SELECT value FROM counters WHERE name = ?", [table]).fetchone()[0]
        there = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if counted != there:
            yield f"{counted} {table} are counted, {there} are there"
    for space, counted in connection.execute("SELECT space, n_vectors FROM spaces").fetchall():
        there = connection.execute("SELECT count(*) FROM vectors WHERE space = ?", [space]).fetchone()[0]
        if counted != there:
            yield f"{counted} vectors of model {space} are counted, {there} are there"


def _repair_search_terms(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM chunk_terms")
    connection.executemany("INSERT INTO chunk_terms (rowid, terms) VALUES (?, ?)", list(keys_of_chunks(connection)))
    _disown_search_files(connection)


def _repair_vectors(connection: sqlite3.Connection) -> None:
    """Damaged ones go, with a note for the generations that hold them; they are embedded again."""
    rows = connection.execute("SELECT vector_id, row, dimension FROM vectors JOIN spaces USING (space)")
    for vector_id in [vector_id for vector_id, row, dimension in rows if not _is_unit_row(row, dimension)]:
        connection.execute("DELETE FROM vectors WHERE vector_id = ?", [vector_id])
    _disown_search_files(connection)


def _disown_search_files(connection: sqlite3.Connection) -> None:
    """They were made from what was damaged: as another store's, they are made again."""
    connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'sequence'")
    connection.execute("UPDATE counters SET value = random() WHERE name = 'identity'")


def _repair_counts(connection: sqlite3.Connection) -> None:
    for table in COUNTED:
        connection.execute(f"UPDATE counters SET value = (SELECT count(*) FROM {table}) WHERE name = ?", [table])
    connection.execute("UPDATE spaces SET n_vectors = (SELECT count(*) FROM vectors v WHERE v.space = spaces.space)")


CHECKS: dict[str, Callable[[sqlite3.Connection], Faults]] = {
    "database pages": _pages,
    "references": _references,
    "texts": _texts,
    "spans": _spans,
    "search terms": _search_terms,
    "vectors": _vectors,
    "counts": _counts,
}
REPAIRS: dict[str, Callable[[sqlite3.Connection], None]] = {
    "search terms": _repair_search_terms,
    "vectors": _repair_vectors,
    "counts": _repair_counts,
}
