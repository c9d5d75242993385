"""A store as one file, with its sha256 beside it, and back. A backup is of one moment, also while a server writes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from index import durable
from index.errors import InputRejected, StoreUnavailable
from index.store.database import translated
from index.store.documents import FILE_NAME

DIGEST = ".sha256"  # as sha256sum writes and reads it


def backup(data: Path, to: Path) -> durable.Written:
    """Write the store in `data` to one file, and its sha256 to another beside it.

    Raises:
        StoreUnavailable: If there is no store, it cannot be read, or its copy is not whole.
        StoreFull: If there is no space for the copy.
    """
    source = data / FILE_NAME
    if not source.is_file():
        raise StoreUnavailable(f"there is no store in {data}; say with --data where it is")
    temporary = to.with_name(to.name + durable.TEMPORARY)
    try:
        with translated(to):
            temporary.unlink(missing_ok=True)
            _copy(source, temporary)
            _check_pages(temporary)
            _sync(temporary)
            temporary.replace(to)
            durable.sync(to.parent)
            written = durable.read(to)
            durable.write_bytes(to.with_name(to.name + DIGEST), f"{written.sha256}  {to.name}\n".encode())
    finally:
        temporary.unlink(missing_ok=True)
    return written


def restore(backup: Path, data: Path) -> None:
    """Make a backup the store in `data`. Call with the writer's lock held.

    Raises:
        InputRejected: If the backup is not there, is not what its sha256 says, or `data` holds documents already.
        StoreUnavailable: If the data directory cannot be written.
    """
    _check_digest(backup)
    target = data / FILE_NAME
    temporary = data / (FILE_NAME + durable.TEMPORARY)
    try:
        with translated(target):
            _check_empty(target)
            shutil.copyfile(backup, temporary)
            _check_pages(temporary)
            with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
                # What was derived from the store as it was before is not searched.
                connection.execute("UPDATE counters SET value = random() WHERE name = 'identity'")
            _sync(temporary)
            for leftover in ("-wal", "-shm"):  # of an empty store: they must not be played into this one
                target.with_name(target.name + leftover).unlink(missing_ok=True)
            temporary.replace(target)
            durable.sync(data)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)  # in one step: of one moment
        written.execute("PRAGMA journal_mode = DELETE")


def _check_pages(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise StoreUnavailable(f"the copy is damaged: {said}; run readout doctor")


def _check_digest(backup: Path) -> None:
    try:
        stated = backup.with_name(backup.name + DIGEST).read_text(encoding="ascii").split()[0]
        found = durable.read(backup).sha256
    except (OSError, ValueError, IndexError) as error:
        raise InputRejected(f"{backup} and {backup.name}{DIGEST} must both be there and readable: {error}") from error
    if stated != found:
        raise InputRejected(f"{backup} has sha256 {found}, not the one in {backup.name}{DIGEST}; take another backup")


def _check_empty(target: Path) -> None:
    if not target.is_file():
        return
    with closing(sqlite3.connect(target)) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'documents'").fetchone()[0]
        if tables and connection.execute("SELECT EXISTS (SELECT 1 FROM documents)").fetchone()[0]:
            raise InputRejected(f"{target.parent} holds documents already; restore into a new folder with --data")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
