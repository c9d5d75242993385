from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store.database import Database
from index.store.frequencies import CHANGE, COMMON, Frequencies


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "a.sqlite3")
    yield opened
    opened.close()


def fill(database: Database, term: str, n: int) -> None:
    """n more chunks that hold a term; what else a chunk has does not matter here."""

    def write(connection) -> None:
        connection.executemany("INSERT INTO chunk_terms (terms) VALUES (?)", [[term]] * n)
        connection.execute("UPDATE counters SET value = value + ? WHERE name = 'chunks'", [n])

    database.write(write)


def counts(database: Database, frequencies: Frequencies, *terms: str) -> dict[str, int]:
    with database.reading() as connection:
        return frequencies.of(connection, terms)


def test_rare_terms_are_always_counted_exactly(database: Database) -> None:
    frequencies = Frequencies()
    fill(database, "rare", COMMON - 2)
    assert counts(database, frequencies, "rare", "none") == {"rare": COMMON - 2, "none": 0}
    fill(database, "rare", 1)
    assert counts(database, frequencies, "rare") == {"rare": COMMON - 1}


def test_a_common_term_is_counted_again_when_a_hundredth_of_all_chunks_has_changed(database: Database) -> None:
    frequencies = Frequencies()
    fill(database, "common", COMMON)
    assert counts(database, frequencies, "common") == {"common": COMMON}
    fill(database, "common", COMMON // CHANGE)
    assert counts(database, frequencies, "common") == {"common": COMMON}
    fill(database, "common", 2)
    assert counts(database, frequencies, "common") == {"common": COMMON + COMMON // CHANGE + 2}
