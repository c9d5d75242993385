"""`readout ingest --watch`: folders looked at again and again, until a signal ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import InputRejected, ReadoutError
from index.files import Collected, Skipped, collect
from index.loaders import sidecar
from index.types import IngestStatus
from service.ingesting import Asked, Outcome, Say, ingest, tell
from service.settings import Settings

Look = tuple[int, int]  # size in bytes, and when changed, in nanoseconds
Seen = Mapping[Path, tuple[Look, Look | None]]  # each file's, and its sidecar's
Ingest = Callable[[Asked, Collected, Settings], Outcome]


@dataclass(slots=True)
class Watch:
    """What was seen of some folders at the last look, and of each file when it was ingested."""

    asked: Asked
    settings: Settings
    ingest: Ingest = ingest
    last: Seen = field(default_factory=dict)
    done: dict[Path, tuple[Look, Look | None]] = field(default_factory=dict)
    told: set[Skipped] = field(default_factory=set)
    is_new: bool = True  # what went away before this watch began is looked for once
    complaints: set[str] = field(default_factory=set)

    def look(self, *, say: Say, complain: Say) -> None:
        """Ingest what is new or changed and was the same at the look before: a file that is still written is left alone.

        Files gone for two looks are deleted from the store, if that was asked for. What cannot be done now is tried at the
        next look, and told once.
        """
        collected = collect(self.asked.paths)
        now = seen(collected.files)
        ready = tuple(path for path, look in now.items() if self.last.get(path) == look and self.done.get(path) != look)
        gone = [path for path in self.done if path not in now and path not in self.last]
        self.last = now
        skipped = tuple(skip for skip in collected.skipped if skip not in self.told)
        self.told |= set(skipped)
        if self.asked.delete_missing and (gone or self.is_new) and self._tried(self.asked, Collected(()), say, complain):
            self.is_new = False
            for path in gone:
                self.done.pop(path, None)
        adding = replace(self.asked, delete_missing=False)
        if (ready or skipped) and self._tried(adding, Collected(ready, skipped), say, complain):
            self.done |= {path: now[path] for path in ready}

    def _tried(self, asked: Asked, collected: Collected, say: Say, complain: Say) -> bool:
        try:
            done = self.ingest(asked, collected, self.settings)
        except ReadoutError as error:
            if str(error) not in self.complaints:
                complain(str(error))
            self.complaints.add(str(error))
            return False
        self.complaints.clear()
        if done.deleted:  # another file may hold the words that were known under the deleted one's name
            self.done.clear()
        if done.skipped or done.deleted or any(result.status is not IngestStatus.UNCHANGED for result in done.results):
            tell(done, say=say, complain=complain)
        return True


def seen(files: Sequence[Path]) -> Seen:
    """How the files look now; one that went away meanwhile is left out."""
    looks = {path: (_look(path), _look(path.with_name(path.name + sidecar.SUFFIX))) for path in files}
    return {path: (own, beside) for path, (own, beside) in looks.items() if own is not None}


def _look(path: Path) -> Look | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def watch_command(asked: Asked, settings: Settings, *, interval_seconds: float, say: Say, complain: Say) -> bool:
    """Watch until SIGINT or SIGTERM; a batch that is in hand then is finished, unless a second signal comes.

    Raises:
        InputRejected: If one of the paths is no folder.
    """
    for path in asked.paths:
        if not path.is_dir():
            raise InputRejected(f"{path} is no folder; --watch watches folders")
    watch = Watch(asked, settings)
    with _ended_by_signals() as ended:
        say(f"watching {', '.join(map(str, asked.paths))}; stop with Ctrl-C")
        while not ended.is_set():
            watch.look(say=say, complain=complain)
            ended.wait(interval_seconds)
    say("stopped")
    return True


@contextmanager
def _ended_by_signals() -> Iterator[threading.Event]:
    ended = threading.Event()

    def end(*_: object) -> None:
        if ended.is_set():  # asked twice: the batch in hand goes on with the next ingest
            raise KeyboardInterrupt
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
