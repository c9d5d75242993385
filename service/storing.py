"""Who writes to the store for a command: this process, or the server that is running already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from index.errors import StoreBusy
from index.files import Upload
from index.store.lock import lock, served_at
from index.types import IngestResult
from service.bootstrap import Writing, open_ingester
from service.handing_over import running_server
from service.missing import Stored
from service.settings import Settings
from service.spaces import model_id_of

Tell = Callable[[IngestResult], None]


class Writer(Protocol):
    """What a command asks of whoever writes."""

    def add_files(self, files: Sequence[Path], *, on_total: Callable[[int], None], on_result: Tell) -> None:
        """Store the files, and tell how many they are with those that an ingest before left, and the outcome of each document."""

    def add_upload(self, upload: Upload) -> list[IngestResult]:
        """Store what has no file."""

    def documents(self) -> list[Stored]:
        """All documents."""

    def delete(self, document_id: str) -> None:
        """Erase a document."""

    def wait_until_embedded(self, *, on_backlog: Callable[[int], Callable[[int], None]]) -> None:
        """Return once nothing waits for its vector; `on_backlog` is told how many do, and gives who is told of progress."""


class Here:
    """This process as the writer: one thread embeds while others store."""

    def __init__(self, writing: Writing, *, model_id: str, n_threads: int) -> None:
        """Embed from now on whatever is stored; `n_threads` store at once."""
        self._writing = writing
        self._model_id = model_id
        self._n_threads = n_threads
        self._storing = threading.Event()
        self._stopped = threading.Event()
        self._storing.set()
        self._watching: Callable[[int], None] = _unwatched
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._embedding = self._pool.submit(
            writing.ingester.embed_backlog,
            on_progress=self._progress,
            stop=self._stopped.is_set,
            storing=self._storing.is_set,
        )

    def add_files(self, files: Sequence[Path], *, on_total: Callable[[int], None], on_result: Tell) -> None:
        """See `Writer`. An ingest that is stopped here goes on with the next one."""
        self._writing.store.jobs.add(files)
        on_total(self._writing.store.jobs.n_waiting())
        self._writing.ingester.work_on_jobs(on_result=on_result, stop=self._embedding.done, n_threads=self._n_threads)

    def add_upload(self, upload: Upload) -> list[IngestResult]:
        """See `Writer`."""
        return self._writing.ingester.add_upload_parts(upload)

    def documents(self) -> list[Stored]:
        """See `Writer`."""
        return [Stored(one.document_id, one.name, one.uri) for one in self._writing.store.documents()]

    def delete(self, document_id: str) -> None:
        """See `Writer`."""
        self._writing.store.delete(document_id)

    def wait_until_embedded(self, *, on_backlog: Callable[[int], Callable[[int], None]]) -> None:
        """See `Writer`."""
        self._watching = on_backlog(self._writing.store.backlog(self._model_id))
        self._storing.clear()
        if self._embedding.result():
            self._writing.merge()

    def _progress(self, n_more: int) -> None:
        self._watching(n_more)

    def close(self) -> None:
        """Stop after the batch in hand."""
        self._stopped.set()
        self._pool.shutdown()
        self._writing.store.close()


@contextmanager
def writer(settings: Settings) -> Iterator[Writer]:
    """This process, if none writes; else the server that does.

    Raises:
        StoreBusy: If a process writes that is no server.
        ServerRefused, ModelUnavailable: If the server does not become ready.
    """
    try:
        held = lock(settings.data)
    except StoreBusy:
        url = served_at(settings.data)
        if url is None:
            raise
        key = None if settings.api_key is None else settings.api_key.get_secret_value()
        with running_server(
            url, api_key=key, timeout_seconds=settings.ingest_timeout_seconds, max_document_bytes=settings.max_document_bytes
        ) as server:
            yield server
        return
    try:
        here = Here(open_ingester(settings), model_id=model_id_of(settings), n_threads=settings.threads)
        try:
            yield here
        finally:
            here.close()
    finally:
        held.release()


def _unwatched(_: int) -> None:
    """While files are stored their bar is shown."""
