from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.errors import StoreFull, StoreUnavailable
from index.store.database import Database
from index.store.documents import FILE_NAME, Store
from index.store.schema import MIGRATIONS


def pragma(database: Database, name: str) -> object:
    return database.write(lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0])


def fill(database: Database) -> None:
    def write(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE filler (x)")
        connection.execute("INSERT INTO filler VALUES (zeroblob(100000))")

    database.write(write)


@pytest.mark.parametrize(
    "content",
    [b"these bytes are no database", b"SQLite format 3\0" + b"\xff" * 4_096, b"{}" * 2_000],
    ids=["text", "head", "json"],
)
def test_a_file_that_is_no_database_is_refused_by_name_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match=FILE_NAME):
        Store(tmp_path)
    assert path.read_bytes() == content


def test_a_store_damaged_in_its_pages_is_an_error_and_no_wrong_text(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.close()
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    path.write_bytes(data)
    with pytest.raises(StoreUnavailable, match=FILE_NAME):
        Store(tmp_path).documents()


def test_a_store_of_a_newer_readout_is_refused_with_both_versions(tmp_path: Path) -> None:
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreUnavailable, match=f"schema 9, this Readout knows {len(MIGRATIONS)}"):
        Store(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="data directory"):
        Store(tmp_path / "file" / "data")


def test_opening_makes_missing_folders_and_opening_again_keeps_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.sqlite3"
    for _ in range(2):
        database = Database(path)
        assert pragma(database, "user_version") == len(MIGRATIONS)
        database.close()


def test_a_commit_survives_a_power_cut_by_these_settings(tmp_path: Path) -> None:
    """WAL with synchronous=FULL (2) kept every acknowledged row in our measurements; NORMAL (1) did not."""
    database = Database(tmp_path / "a.sqlite3")
    assert (pragma(database, "journal_mode"), pragma(database, "synchronous"), pragma(database, "foreign_keys")) == ("wal", 2, 1)
    database.close()


def test_a_block_that_fails_is_rolled_back_whatever_the_error(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")

    def insert_then(error: BaseException) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO counters VALUES ('x', 1)")
            raise error

        database.write(write)

    for error in (RuntimeError("mine"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            insert_then(error)
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM counters WHERE name = 'x'").fetchone() == (0,)
    database.close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    with pytest.raises(StoreUnavailable, match="readonly"), database.reading() as connection:
        connection.execute("INSERT INTO counters VALUES ('x', 1)")
    database.close()


def test_reading_blocks_may_nest(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    with database.reading() as outer, database.reading() as inner:
        assert outer is inner
    with database.reading() as connection:
        assert connection.in_transaction
    database.close()


def test_each_thread_reads_on_a_connection_of_its_own(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    seen: list[sqlite3.Connection] = []

    def read() -> None:
        with database.reading() as connection:
            seen.append(connection)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(connection) for connection in seen}) == 3
    database.close()


def test_a_full_device_is_told_apart_and_the_store_is_writable_when_space_returns(tmp_path: Path) -> None:
    """SQLite's own bound on the number of pages gives the very error of a full disk."""
    database = Database(tmp_path / "a.sqlite3")
    pages = pragma(database, "page_count")
    pragma(database, f"max_page_count = {pages}")
    with pytest.raises(StoreFull, match="no space"):
        fill(database)
    pragma(database, "max_page_count = 100000")
    fill(database)
    database.close()


def test_a_closed_connection_is_a_clear_error(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.documents() == []
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.documents()


CLOSES_UNDER_A_READER = """
import sys, threading
from pathlib import Path
from index.errors import StoreUnavailable
from index.store.database import Database

database = Database(Path(sys.argv[1]))
reading, closed = threading.Event(), threading.Event()


def pause():
    reading.set()
    return closed.wait(30)


def read():
    with database.reading() as connection:
        connection.create_function("pause", 0, pause)
        print(*connection.execute("SELECT pause()").fetchone())
    try:
        with database.reading():
            print("read again")
    except StoreUnavailable as error:
        print(error)


thread = threading.Thread(target=read)
thread.start()
assert reading.wait(30)
database.close()
closed.set()
thread.join()
"""


def test_a_reader_under_whom_the_store_is_closed_ends_its_block_and_the_process_lives(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", CLOSES_UNDER_A_READER, str(tmp_path / "a.sqlite3")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[0] == "1"
    assert "closed" in run.stdout.splitlines()[1]


def test_closing_waits_for_what_is_being_written(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    begun, go = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE t (x)")
        begun.set()
        assert go.wait(30)

    writing = threading.Thread(target=database.write, args=(work,))
    writing.start()
    assert begun.wait(30)
    closing = threading.Thread(target=database.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    go.set()
    writing.join()
    closing.join()
    again = Database(tmp_path / "a.sqlite3")
    with again.reading() as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    again.close()


def test_writers_that_wait_together_share_one_commit_and_one_that_fails_undoes_itself_alone(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    database.write(lambda connection: connection.execute("CREATE TABLE t (x UNIQUE)"))
    said: list[str] = []
    database._writer.set_trace_callback(said.append)
    begun, go = threading.Event(), threading.Event()
    outcomes: dict[int, object] = {}

    def first(connection: sqlite3.Connection) -> None:
        begun.set()
        assert go.wait(30)

    def insert(n: int) -> None:
        def work(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT INTO t VALUES (?)", [n])
            if n == 3:
                raise KeyError(n)
            return n

        try:
            outcomes[n] = database.write(work)
        except KeyError as error:
            outcomes[n] = type(error)

    threads = [threading.Thread(target=database.write, args=(first,))]
    threads[0].start()
    assert begun.wait(30)
    threads += [threading.Thread(target=insert, args=(n,)) for n in range(6)]
    for thread in threads[1:]:
        thread.start()
    while len(database._tasks) < 6:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join()
    assert outcomes == {0: 0, 1: 1, 2: 2, 3: KeyError, 4: 4, 5: 5}
    assert said.count("COMMIT") == 2
    with database.reading() as connection:
        assert sorted(row[0] for row in connection.execute("SELECT x FROM t")) == [0, 1, 2, 4, 5]
    database.close()


def test_a_commit_that_fails_is_an_error_to_everyone_whose_work_was_in_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    database.write(lambda connection: connection.execute("CREATE TABLE t (x)"))
    pages = pragma(database, "page_count")
    pragma(database, f"max_page_count = {pages}")
    begun, go = threading.Event(), threading.Event()
    outcomes: list[type] = []

    def first(connection: sqlite3.Connection) -> None:
        begun.set()
        assert go.wait(30)

    def insert(blob: int) -> None:
        try:
            database.write(lambda connection: connection.execute("INSERT INTO t VALUES (zeroblob(?))", [blob]))
            outcomes.append(int)
        except StoreFull as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=database.write, args=(first,))]
    threads[0].start()
    assert begun.wait(30)
    threads += [threading.Thread(target=insert, args=(200_000,)) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    while len(database._tasks) < 3:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join()
    assert outcomes == [StoreFull] * 3
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    pragma(database, "max_page_count = 100000")
    insert(10)
    assert outcomes[-1] is int
    database.close()


def test_a_store_opened_for_reading_writes_nothing(tmp_path: Path) -> None:
    Store(tmp_path).close()
    database = Database(tmp_path / FILE_NAME, read_only=True)
    with pytest.raises(StoreUnavailable, match="reading only"):
        database.write(lambda connection: connection.execute("DELETE FROM counters"))
    database.close()
