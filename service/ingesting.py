"""`readout ingest`: what is asked for, done once, and told."""

from __future__ import annotations

import glob
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from tqdm import tqdm

from index.errors import InputRejected
from index.files import Collected, Skipped, Upload, collect, failure, read_file, sound
from index.ingest import Ingester
from index.store.documents import FILE_NAME, Store
from index.types import IngestResult, IngestStatus
from service.bootstrap import previewing
from service.missing import Stored, missing
from service.progress import watched
from service.settings import Settings
from service.storing import Writer, writer

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be ingested. `upload` has no file; `folders` are those whose missing files are deleted."""

    paths: tuple[Path, ...]
    upload: Upload | None = None
    delete_missing: bool = False
    even_if_empty: bool = False

    @property
    def folders(self) -> tuple[Path, ...]:
        """The paths that are folders, or were: a pattern is none."""
        if not self.delete_missing:
            return ()
        return tuple(path for path in self.paths if path.is_dir() or not (path.exists() or glob.has_magic(str(path))))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each document, what was no document, and what was deleted."""

    results: tuple[IngestResult, ...]
    skipped: tuple[Skipped, ...] = ()
    deleted: tuple[Stored, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Whether a file could not be stored."""
        return any(result.status is IngestStatus.FAILED for result in self.results)


def read_standard_input(name: str, *, max_bytes: int) -> Upload:
    """What comes in by standard input, as far as it may: more is refused as a file would be. It has no uri."""
    return Upload(name, sys.stdin.buffer.read(max_bytes + 1))


def ingest_command(asked: Asked, settings: Settings, *, dry_run: bool, say: Say, complain: Say) -> bool:
    """Ingest and tell; whether every file could be stored.

    Raises:
        ReadoutError: If nothing can be stored now.
    """
    if asked.delete_missing and not asked.folders:
        raise InputRejected("--delete-missing needs a folder among the paths")
    collected = _without(collect(asked.paths), asked.folders)
    if not (collected.files or asked.upload or asked.folders):
        _give_reasons(Outcome(collected.failed, collected.skipped), complain)
        raise InputRejected("nothing to ingest")
    done = preview(asked, collected, settings) if dry_run else ingest(asked, collected, settings)
    tell(done, say=say, complain=complain, dry_run=dry_run)
    return not done.has_failed


def ingest(asked: Asked, collected: Collected, settings: Settings) -> Outcome:
    """Store files, and with them what an ingest before left undone; returns when they are embedded.

    What is missing is deleted first: the same words under another name are then stored anew, and not lost with the old name.

    Raises:
        StoreBusy: If a process writes that is no server.
        ServerRefused: If the server does not take them.
    """
    with writer(settings) as writing:
        return run(asked, collected, writing)


def run(asked: Asked, collected: Collected, writing: Writer) -> Outcome:
    """`ingest` by way of whoever writes. Raises as that does."""
    results = list(collected.failed)
    deleted = delete_missing(writing, asked)
    if asked.upload is not None:
        results += writing.add_upload(asked.upload)
    with tqdm(desc="reading", unit="file", disable=None) as bar:

        def on_total(n_files: int) -> None:
            bar.total = n_files

        def on_result(result: IngestResult) -> None:
            results.append(result)
            bar.update(1)

        writing.add_files(collected.files, on_total=on_total, on_result=on_result)
    with _embedding_bar() as on_backlog:
        writing.wait_until_embedded(on_backlog=on_backlog)
    return Outcome(tuple(results), collected.skipped, deleted)


def delete_missing(writing: Writer, asked: Asked) -> tuple[Stored, ...]:
    """Erase the documents whose file is gone from the folders that were asked for."""
    if not asked.folders:
        return ()
    gone = missing(writing.documents(), asked.folders, even_if_empty=asked.even_if_empty)
    for document in gone:
        writing.delete(document.document_id)
    return tuple(gone)


def preview(asked: Asked, collected: Collected, settings: Settings) -> Outcome:
    """What `ingest` would come to now; nothing is written, whoever else writes."""
    with _looking_at(settings) as (store, ingester):
        stored = [Stored(one.document_id, one.name, one.uri) for one in store.documents()]
        gone = missing(stored, asked.folders, even_if_empty=asked.even_if_empty) if asked.folders else []
        preview_upload = ingester.previewer()
        results = list(collected.failed)
        if asked.upload is not None:
            results += preview_upload(asked.upload)
        for path in tqdm(collected.files, desc="reading", unit="file", disable=None):
            try:
                results += preview_upload(read_file(path, max_bytes=settings.max_document_bytes))
            except InputRejected as error:
                results.append(failure(sound(path.name), error))
    return Outcome(tuple(results), collected.skipped, tuple(gone))


def tell(done: Outcome, *, say: Say, complain: Say, dry_run: bool = False) -> None:
    """Each reason on stderr, a summary on stdout; of a dry run also what each document would be."""
    _give_reasons(done, complain)
    for result in done.results:
        if dry_run and result.status is not IngestStatus.FAILED:
            say(f"would be {result.status.value}: {result.name}")
    for document in done.deleted:
        say(f"{'would be ' if dry_run else ''}deleted: {document.uri}")
    say(summary(done))


def summary(done: Outcome) -> str:
    """How many documents each thing happened to."""
    counts = Counter(result.status for result in done.results)
    counts[IngestStatus.SKIPPED] += len(done.skipped)
    told = [f"{counts[status]} {status.value}" for status in IngestStatus]
    return ", ".join([*told, f"{len(done.deleted)} deleted"] if done.deleted else told)


def _give_reasons(done: Outcome, complain: Say) -> None:
    for reason, skips in groupby(sorted(done.skipped, key=lambda skip: skip.reason), key=lambda skip: skip.reason):
        first, *others = skips
        complain(f"skipped {first.path}{f' and {len(others)} more' if others else ''}: {reason}")
    for result in done.results:
        is_skipped = result.status is IngestStatus.SKIPPED
        for reason in [*([result.error] if result.error else []), *result.warnings]:
            complain(f"{'skipped ' if is_skipped else ''}{result.name}: {reason}")


def _without(collected: Collected, folders: Sequence[Path]) -> Collected:
    """The same without the complaint that one of these folders is missing: whether it may be, deleting decides."""
    names = {str(folder) for folder in folders}
    return replace(collected, failed=tuple(one for one in collected.failed if one.name not in names))


@contextmanager
def _looking_at(settings: Settings) -> Iterator[tuple[Store, Ingester]]:
    """The store to read from; where there is none yet, an empty one that is thrown away."""
    with tempfile.TemporaryDirectory() as empty:
        there = (settings.data / FILE_NAME).is_file()
        store, ingester = previewing(settings if there else settings.model_copy(update={"data": Path(empty)}), read_only=there)
        try:
            yield store, ingester
        finally:
            store.close()


@contextmanager
def _embedding_bar() -> Iterator[Callable[[int], Callable[[int], None]]]:
    with tqdm(total=0, desc="embedding", unit="passage", disable=None) as bar:

        def on_backlog(backlog: int) -> Callable[[int], None]:
            bar.total = backlog
            return watched(bar)

        yield on_backlog
