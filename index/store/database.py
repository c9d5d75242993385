"""Connections to one SQLite file: one writer, a reader per thread, foreign errors translated."""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreFull, StoreUnavailable
from index.store.schema import migrate

_PRIMARY = 0xFF  # the part of an extended result code that names the error
OPEN_ATTEMPTS, OPEN_PAUSE_SECONDS = 100, 0.05  # how often and how soon opening is tried again
BUSY_TIMEOUT_SECONDS = 30.0  # how long to wait for another process's write


class _Held:
    """A thread's connection; it goes when the thread does."""

    __slots__ = ("__weakref__", "connection")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection


def _fold(text: str | None) -> str | None:
    return None if text is None else text.casefold()  # SQLite's lower() knows ASCII only


class Database:
    """WAL with `synchronous=FULL`: what a finished `writing` block wrote survives a power cut."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and bring its schema up to date.

        Raises:
            StoreUnavailable: If the file cannot be opened or is not a Readout store.
        """
        self._path = path
        self._write_lock = threading.RLock()
        self._local = threading.local()
        self._closed = False
        self._opened: list[sqlite3.Connection] = []
        self._opened_lock = threading.Lock()
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            _patiently(lambda: self._writer.execute("PRAGMA journal_mode = WAL"))
            self._writer.execute("PRAGMA synchronous = FULL")
            migrate(self._writer)

    def close(self) -> None:
        """Close every connection; later use is an error."""
        with self._opened_lock:
            self._closed = True
            for connection in self._opened:
                connection.close()
            self._opened.clear()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction, committed at the end of the block, rolled back on an error."""
        with self._write_lock, _translated(self._path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:  # an interrupt too must leave no open transaction; it goes on from here
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One read transaction: everything read in the block is of one moment. Blocks may nest."""
        with _translated(self._path):
            connection = self._reader()
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    def _reader(self) -> sqlite3.Connection:
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            held = self._local.held = _Held(connection)
            weakref.finalize(held, self._retire, connection)
        return held.connection

    def _retire(self, connection: sqlite3.Connection) -> None:
        """Close the connection of a thread that has ended."""
        with self._opened_lock:
            if connection in self._opened:
                self._opened.remove(connection)
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}")
        connection.create_function("fold", 1, _fold, deterministic=True)
        with self._opened_lock:
            self._opened.append(connection)
        return connection


def _patiently(work: Callable[[], object]) -> None:
    """Do some work again while another process has the file locked: a switch of the journal does not wait by itself."""
    for attempt in range(OPEN_ATTEMPTS):
        try:
            work()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or attempt == OPEN_ATTEMPTS - 1:
                raise
            time.sleep(OPEN_PAUSE_SECONDS)
        else:
            return


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_FULL:
            raise StoreFull(f"no space is left for {path.name}; free some, then try again") from error
        raise StoreUnavailable(f"the store {path.name} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"{path.name} is not a readable Readout store: {error}") from error
    except OSError as error:
        raise StoreUnavailable(f"the data directory cannot be used: {error}") from error
