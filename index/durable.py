"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TEMPORARY = ".tmp"
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """What a file must be: its size in bytes and the sha256 of its bytes, in hexadecimal."""

    size: int
    sha256: str


def write(path: Path, produce: Callable[[Callable[[bytes], int]], None]) -> Written:
    """Write a file by the bytes that `produce` hands over; it takes the place of an older one only when it is on the disk.

    A rename without an fsync of its folder is lost in a power cut.

    Raises:
        OSError: If it could not be written; then an older file is still there.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    digest, size = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as file:

            def take(data: bytes) -> int:
                nonlocal size
                digest.update(data)
                size += len(data)
                return file.write(data)

            produce(take)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync(path.parent)
    except BaseException:  # a full disk: give the space back; it goes on from here
        temporary.unlink(missing_ok=True)
        raise
    return Written(size, digest.hexdigest())


def write_bytes(path: Path, data: bytes) -> Written:
    """The same for bytes in hand."""

    def produce(take: Callable[[bytes], int]) -> None:
        take(data)

    return write(path, produce)


def sync(path: Path) -> None:
    """Make a file last, or what was renamed in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> Written:
    """Size and sha256 of a file as it is now.

    Raises:
        OSError: If it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            digest.update(data)
            size += len(data)
    return Written(size, digest.hexdigest())
