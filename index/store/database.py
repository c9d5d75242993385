"""Connections to one SQLite file: one writer with shared commits, a reader per thread, foreign errors translated."""

from __future__ import annotations

import errno
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from index.errors import ReadoutError, StoreFull, StoreUnavailable
from index.store import keys
from index.store.schema import MIGRATIONS, migrate

T = TypeVar("T")
_PRIMARY = 0xFF  # the part of an extended result code that names the error
OPEN_ATTEMPTS, OPEN_PAUSE_SECONDS = 100, 0.05  # how often and how soon opening is tried again
BUSY_TIMEOUT_SECONDS = 30.0  # how long to wait for another process's write
# A full device shows as either: the second is the index of the write-ahead log, which cannot grow.
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)


class _Reader:
    """A connection to read on. Closed while another thread executes on it, it ends the process: whoever uses it holds `used`."""

    __slots__ = ("connection", "used")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.used = threading.Lock()

    def close_unless_used(self) -> None:
        """Close it; one that is used is closed by its user, when it has done."""
        if self.used.acquire(blocking=False):
            try:
                self.connection.close()
            finally:
                self.used.release()


class _Held:
    """A thread's reader; it goes when the thread does."""

    __slots__ = ("__weakref__", "reader")

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader


class _Task(Generic[T]):
    """Some writing that waits for its commit."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.done = False
        self.error: BaseException | None = None
        self._made: list[T] = []

    def run(self, connection: sqlite3.Connection) -> None:
        """Do the work between savepoints: its error undoes this work only."""
        connection.execute("SAVEPOINT task")
        try:
            self._made = [self.work(connection)]
        except Exception as error:  # noqa: BLE001 - kept for the thread that asked for it
            self.error = error
            if connection.in_transaction:  # a full disk may have rolled everything back
                connection.execute("ROLLBACK TO task")
        if connection.in_transaction:
            connection.execute("RELEASE task")

    def result(self) -> T:
        """What the work gave, or its error."""
        if self.error is not None:
            raise self.error
        return self._made[0]


def _fold(text: str | None) -> str | None:
    return None if text is None else text.casefold()  # SQLite's lower() knows ASCII only


class Database:
    """WAL with `synchronous=FULL`: what `write` returned from survives a power cut."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create the file, its schema and search keys brought up to date. `read_only` keeps no connection that can write.

        Raises:
            StoreUnavailable: If the file cannot be opened or is not a Readout store.
        """
        self._path = path
        self._write_lock = threading.Lock()
        self._tasks: list[_Task[object]] = []
        self._tasks_lock = threading.Lock()
        self._local = threading.local()
        self._closed = False
        self._readers: list[_Reader] = []
        self._readers_lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        with translated(path):
            if read_only and path.is_file() and self._is_current():
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = self._connect()
            _patiently(lambda: writer.execute("PRAGMA journal_mode = WAL"))
            writer.execute("PRAGMA synchronous = FULL")
            migrate(writer)
            keys.renew(writer)
            if read_only:
                writer.close()
            else:
                self._writer = writer

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def close(self) -> None:
        """Close every connection, what is written just now committed before; later use is an error.

        A thread that reads just now ends its block first.
        """
        self._closed = True
        with self._write_lock:
            if self._writer is not None:
                self._writer.close()
        with self._readers_lock:
            readers, self._readers = self._readers, []
        for reader in readers:
            reader.close_unless_used()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` gives on the writing connection, once it is committed; all or nothing.

        Threads that write at once share a commit: whoever gets the lock does the work of all that wait. `work` may raise to undo
        what it did, and must not write through another connection.

        Raises:
            StoreFull, StoreUnavailable: If it could not be committed.
        """
        task = _Task(work)
        with self._tasks_lock:
            self._tasks.append(task)  # type: ignore[arg-type]  # results go back to the task they came from
        with self._write_lock:
            if not task.done:
                self._commit_waiting()
        return task.result()

    def _commit_waiting(self) -> None:
        with self._tasks_lock:
            tasks, self._tasks = self._tasks, []
        try:
            with translated(self._path):
                self._commit(tasks)
        except BaseException as error:  # handed to every thread whose work it undid; an interrupt goes on from here
            for task in tasks:
                undone = StoreUnavailable("the write was interrupted; try again")
                task.error = task.error or (error if isinstance(error, ReadoutError) else undone)
            if not isinstance(error, Exception):
                raise
        finally:
            for task in tasks:
                task.done = True

    def _commit(self, tasks: list[_Task[object]]) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._writer is None:
            raise StoreUnavailable("the store is open for reading only")
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            _run_all(tasks, self._writer)
            self._writer.execute("COMMIT")
        except BaseException:  # an interrupt too must leave no open transaction; it goes on from here
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        finally:
            _translate_errors(tasks, self._path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One read transaction: everything read in the block is of one moment. Blocks may nest."""
        with translated(self._path):
            reader = self._reader()
            if reader.connection.in_transaction:
                yield reader.connection
                return
            try:
                with reader.used:
                    if self._closed:
                        raise StoreUnavailable("the store is closed")
                    reader.connection.execute("BEGIN")
                    try:
                        yield reader.connection
                    finally:
                        reader.connection.execute("COMMIT")
            finally:
                if self._closed:
                    reader.close_unless_used()

    def _is_current(self) -> bool:
        with self.reading() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            return version == len(MIGRATIONS) and keys.are_current(connection)

    def _reader(self) -> _Reader:
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            reader = _Reader(self._connect())
            reader.connection.execute("PRAGMA query_only = ON")
            held = self._local.held = _Held(reader)
            weakref.finalize(held, self._retire, reader)
            with self._readers_lock:
                self._readers.append(reader)
        return held.reader

    def _retire(self, reader: _Reader) -> None:
        """Close the connection of a thread that has ended."""
        with self._readers_lock:
            if reader in self._readers:
                self._readers.remove(reader)
        reader.close_unless_used()

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}")
        connection.create_function("fold", 1, _fold, deterministic=True)
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


def _run_all(tasks: list[_Task[object]], connection: sqlite3.Connection) -> None:
    """Run each task; one that ended the transaction ended the work of those before it too."""
    for task in tasks:
        task.run(connection)
        if task.error is not None and not connection.in_transaction:
            raise task.error


def _translate_errors(tasks: list[_Task[object]], path: Path) -> None:
    for task in tasks:
        if isinstance(task.error, sqlite3.Error | OSError):
            try:
                with translated(path):
                    raise task.error
            except ReadoutError as ours:
                task.error = ours


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors about a file as ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode
        if code in _FULL or code & _PRIMARY == sqlite3.SQLITE_FULL:
            raise StoreFull(f"no space is left for {path.name}; free some, then try again") from error
        raise StoreUnavailable(f"the store {path.name} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"{path.name} is not a readable Readout store: {error}") from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StoreFull(f"no space is left for {path.name}; free some, then try again") from error
        raise StoreUnavailable(f"the data directory cannot be used: {error}") from error
