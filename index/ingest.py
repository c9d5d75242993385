"""From files to stored, searchable chunks: the one place where the order of ingesting is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from index import loaders
from index.chunk import Budget, Identity, chunk
from index.errors import InputRejected, ReadoutError
from index.files import Upload, failure, read_file, skipped, sound, too_large
from index.language import foreign_language
from index.loaders import sidecar
from index.normalise import terms
from index.protocols import Embedder
from index.sentences import sentences
from index.store.changes import Offered, Placed, sha256_of
from index.store.documents import Store
from index.store.jobs import Job
from index.types import Extracted, IngestResult, IngestStatus, Metadata

EMBED_BATCH = 256  # chunks between two commits of the backlog: a stop loses at most this much work
STORING_SECONDS = 0.05  # between two looks for a whole batch, while files are being stored


@dataclass(frozen=True, slots=True)
class _Attempted:
    """What became of a job: what is to be told of it now, and whether at least one document of the file is stored."""

    results: tuple[IngestResult, ...]
    is_stored: bool


class Ingester:
    """Stores documents, and embeds the chunks that have no vector yet."""

    def __init__(self, store: Store, embedder: Embedder, *, budget: Callable[[], Budget], max_document_bytes: int) -> None:
        """Write to `store` and embed with `embedder`; `budget` is asked for only when something is to be cut."""
        self._store = store
        self._embedder = embedder
        self._budget = budget
        self._max_document_bytes = max_document_bytes
        self._embedded_until = 0

    def add_file(self, path: Path) -> IngestResult:
        """`add_file_parts` for a file that holds one document."""
        return _only(self.add_file_parts(path))

    def add_file_parts(self, path: Path) -> list[IngestResult]:
        """Store a file's documents, its absolute path as uri, with its sidecar if there is one. Bad input is a failed result.

        Raises:
            StoreFull, StoreUnavailable: If the store cannot be written.
        """
        try:
            return self.add_upload_parts(read_file(path, max_bytes=self._max_document_bytes))
        except InputRejected as error:
            return [failure(sound(path.name), error)]

    def add_upload(self, upload: Upload) -> IngestResult:
        """`add_upload_parts` for bytes that hold one document."""
        return _only(self.add_upload_parts(upload))

    def add_upload_parts(self, upload: Upload) -> list[IngestResult]:
        """Store the documents of one file's bytes: one, or each of an archive or of JSON lines. Bad input is a failed result.

        Raises:
            StoreFull, StoreUnavailable: If the store cannot be written.
        """
        return self._each(upload, self._put)

    def previewer(self) -> Callable[[Upload], list[IngestResult]]:
        """A function that says what `add_upload_parts` would come to, were all that it was given before stored; nothing is."""
        seen: set[str] = set()

        def preview(offered: Offered) -> IngestResult:
            placed, sha256 = self._store.place(offered), sha256_of(offered.text)
            again = placed.status is IngestStatus.CREATED and sha256 in seen
            seen.add(sha256)
            status = IngestStatus.UNCHANGED if again else placed.status
            return _result(placed, offered, status)

        return lambda upload: self._each(upload, preview)

    def _each(self, upload: Upload, keep: Callable[[Offered], IngestResult]) -> list[IngestResult]:
        try:
            if len(upload.data) > self._max_document_bytes:
                raise too_large(self._max_document_bytes)
            stated = upload.metadata if upload.sidecar_data is None else sidecar.parse(upload.sidecar_data)
            if upload.is_text:
                return [keep(_offered(upload.name, loaders.plain_text(upload.data), stated))]
            parts = loaders.load_all(upload.name, upload.data, max_document_bytes=self._max_document_bytes)
            results = [
                _unloaded(upload.name, part)
                if isinstance(part, loaders.Unloaded)
                else keep(_offered_part(upload.name, part, stated))
                for part in parts
            ]
            return _none_skipped(results) if all(one.status is IngestStatus.SKIPPED for one in results) else results
        except InputRejected as error:
            return [failure(upload.name, error)]

    def embed_backlog(
        self, *, on_progress: Callable[[int], None], stop: Callable[[], bool], storing: Callable[[], bool] = lambda: False
    ) -> int:
        """Embed every chunk that has no vector of this model, and return how many were.

        `on_progress` is told after each commit how many more are done; `stop` is asked before each batch. Beside threads that
        store, `storing` says whether more may come: until then only whole batches are embedded.
        """
        done = 0
        model_id = self._embedder.model_id
        while not stop():
            more_to_come = storing()  # asked first: what was stored before it said no is seen below
            if more_to_come and self._store.backlog(model_id) < EMBED_BATCH:
                time.sleep(STORING_SECONDS)
                continue
            waiting = self._store.vectors.waiting(model_id, after=self._embedded_until, limit=EMBED_BATCH)
            if not waiting and more_to_come:
                time.sleep(STORING_SECONDS)
                continue
            if not waiting:
                return done
            ids = [chunk_id for chunk_id, _ in waiting]
            self._store.vectors.put(model_id, ids, self._embedder.embed([text for _, text in waiting]))
            self._embedded_until = ids[-1]  # chunks are numbered as they come: behind it nothing waits any more
            done += len(waiting)
            on_progress(len(waiting))
        return done

    def work_on_jobs(self, *, on_result: Callable[[IngestResult], None], stop: Callable[[], bool], n_threads: int = 1) -> None:
        """Store the files that wait as jobs, `n_threads` at once, and tell each one's outcome: stored, or given up.

        Raises:
            ModelUnavailable, StoreFull, StoreUnavailable: If no file could be stored now; the rest goes on waiting.
        """
        left = threading.Event()

        def attempt(job: Job) -> _Attempted | None:
            if left.is_set() or stop():
                left.set()
                return None
            return self._attempt(job)

        self._store.jobs.put_back()  # of a run here that met an error
        finished: list[Job] = []
        with ThreadPoolExecutor(n_threads, thread_name_prefix="storing") as pool:
            try:
                while taken := self._store.jobs.take(finished=finished):
                    finished = []
                    for job, attempted in zip(taken, pool.map(attempt, taken), strict=True):
                        for result in attempted.results if attempted else ():
                            on_result(result)
                        if attempted and attempted.is_stored:
                            finished.append(job)
                    if left.is_set():
                        self._store.jobs.put_back(finished=finished)
                        return
            finally:
                left.set()  # an interrupt waits for the files in hand, not for all that were taken

    def _attempt(self, job: Job) -> _Attempted:
        try:
            results = self.add_file_parts(job.path)
        except ReadoutError:  # of the store or the model: no fault of this file
            raise
        except Exception as error:  # noqa: BLE001 - a parser may raise anything; the file is tried again, then given up
            results = [failure(sound(job.path.name), InputRejected(f"it could not be read: {type(error).__name__}: {error}"))]
            given_up = self._store.jobs.fail(job, str(results[0].error), final=False)
            return _Attempted(tuple(results) if given_up else (), is_stored=False)
        is_stored = any(result.status.is_stored for result in results)
        if not is_stored:
            self._store.jobs.fail(job, str(_only(results).error), final=True)  # the same bytes would be refused again
        return _Attempted(tuple(results), is_stored=is_stored)

    def _put(self, offered: Offered) -> IngestResult:
        placed = self._store.place(offered)
        if placed.status is not IngestStatus.UNCHANGED:
            identity = Identity(placed.document_id, sha256_of(offered.text))
            chunks = chunk(offered.text, offered.sections, identity=identity, split=sentences, budget=self._budget())
            keys = [" ".join(terms(made.span.of(offered.text))) for made in chunks]
            placed = self._store.put(offered, chunks, keys)
        return _result(placed, offered, placed.status)


def _result(placed: Placed, offered: Offered, status: IngestStatus) -> IngestResult:
    language = None if status is IngestStatus.UNCHANGED else foreign_language(offered.text)
    warnings = () if language is None else (f"this document seems to be in {language}: the models know English best",)
    return IngestResult(status, offered.name, placed.document_id, placed.title, warnings=warnings)


def _offered_part(name: str, part: loaders.Loaded, stated: Metadata) -> Offered:
    if part.part is None:
        return _offered(name, part.extracted, stated)
    own = part.extracted.metadata.uri or (stated.uri and stated.uri + part.part)
    return _offered(name + part.part, part.extracted, replace(stated, uri=own))


def _offered(name: str, extracted: Extracted, stated: Metadata) -> Offered:
    return Offered(name, extracted.text, extracted.sections, _merged(stated, extracted.metadata))


def _unloaded(name: str, part: loaders.Unloaded) -> IngestResult:
    return skipped(name + part.part, part.error) if part.skipped else failure(name + part.part, part.error)


def _none_skipped(results: Sequence[IngestResult]) -> list[IngestResult]:
    """The results of a file in which nothing was a document: then the file itself is none, and was offered as one."""
    return [replace(result, status=IngestStatus.FAILED) for result in results]


def _only(results: Sequence[IngestResult]) -> IngestResult:
    """The result of one document; of several, the first failure, since the file was then not stored as a whole."""
    return next((result for result in results if result.status is IngestStatus.FAILED), results[0])


def _merged(stated: Metadata, found: Metadata) -> Metadata:
    return Metadata(
        title=stated.title or found.title,
        outlet=stated.outlet or found.outlet,
        published_at=stated.published_at or found.published_at,
        uri=stated.uri,
        byline=stated.byline or found.byline,
    )
