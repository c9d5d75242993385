"""Who may write to a data directory: one process at a time, and where a server among them can be asked."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from index import durable
from index.errors import StoreBusy, StoreUnavailable

LOCK, ENDPOINT = "writer.lock", "server.json"
MAX_ENDPOINT_BYTES = 10_000
LOOKS, LOOK_PAUSE_SECONDS = 5, 0.02  # the lock may be held for a moment by somebody who only looks


@dataclass(frozen=True, slots=True)
class WriterLock:
    """Held until `release`, or until the process ends in whatever way: the system takes it back."""

    data: Path
    file: IO[str]

    def announce(self, url: str) -> None:
        """Say where this process serves."""
        durable.write_bytes(self.data / ENDPOINT, json.dumps({"url": url, "pid": os.getpid()}).encode())

    def release(self) -> None:
        """Let others write."""
        (self.data / ENDPOINT).unlink(missing_ok=True)
        self.file.close()


def lock(data: Path) -> WriterLock:
    """The writer's lock of a data directory, without waiting.

    Raises:
        StoreBusy: If another process has it.
        StoreUnavailable: If the directory cannot be used.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / LOCK).open("a+", encoding="ascii")
    except OSError as error:
        raise StoreUnavailable(f"the data directory cannot be used: {error}") from error
    if not _taken(file):
        file.seek(0)
        holder = file.read(20).strip() or "unknown"
        file.close()
        raise StoreBusy(
            f"process {holder} is writing to {data}; stop it, wait until it is done, or give another folder with --data"
        )
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    (data / ENDPOINT).unlink(missing_ok=True)  # of a server that was killed
    return WriterLock(data, file)


def _taken(file: IO[str]) -> bool:
    for _ in range(LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_PAUSE_SECONDS)
        else:
            return True
    return False


def served_at(data: Path) -> str | None:
    """Where the process that has the lock serves, if one has it and does."""
    try:
        with (data / LOCK).open("rb") as locked, (data / ENDPOINT).open("rb") as file:
            stated: Any = json.loads(file.read(MAX_ENDPOINT_BYTES))
            try:
                fcntl.flock(locked, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return str(stated["url"])
            return None  # whoever wrote it has ended
    except (OSError, ValueError, KeyError, TypeError):
        return None
