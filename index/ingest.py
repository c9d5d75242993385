"""From files to stored, searchable chunks: the one place where the order of ingesting is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index import loaders
from index.chunk import Budget, Identity, chunk
from index.errors import DocumentTooLarge, InputRejected, NotFound, ReadoutError
from index.loaders import sidecar
from index.normalise import terms
from index.protocols import Embedder
from index.sentences import sentences
from index.store.changes import Offered, sha256_of
from index.store.documents import Store
from index.store.jobs import Job
from index.types import Extracted, IngestResult, IngestStatus, Metadata

EMBED_BATCH = 128  # chunks between two commits of the backlog: a stop loses at most this much work


@dataclass(frozen=True, slots=True)
class Upload:
    """A file's bytes with a name for people; `metadata` wins over what the file states.

    `is_text` says that the bytes are plain text, whatever the name ends in. A sidecar's bytes stand for the metadata.
    """

    name: str
    data: bytes
    metadata: Metadata = Metadata()
    is_text: bool = False
    sidecar_data: bytes | None = None


def collect(paths: Sequence[Path]) -> tuple[list[Path], list[IngestResult]]:
    """The files to ingest, in order, and a failure for each path that is not there.

    Folders recurse; sidecars and hidden files are no documents.
    """
    files: dict[Path, None] = {}
    failed: list[IngestResult] = []
    for path in paths:
        if path.is_dir():
            files |= dict.fromkeys(sorted(found for found in path.rglob("*") if _is_document(found, path)))
        elif path.is_file():
            if not (path.name.endswith(sidecar.SUFFIX) and path.with_name(path.name.removesuffix(sidecar.SUFFIX)).is_file()):
                files[path] = None
        else:
            failed.append(_failed(str(path), NotFound("there is no such file or folder; check the path")))
    return list(files), failed


def pair_sidecars(named: Sequence[tuple[str, bytes]]) -> list[Upload]:
    """Uploads for files given by name and bytes; a sidecar goes with its file, and without it counts as a file."""
    names = {name for name, _ in named}
    sidecars = {name: data for name, data in named if name.removesuffix(sidecar.SUFFIX) in names - {name}}
    return [Upload(name, data, sidecar_data=sidecars.get(name + sidecar.SUFFIX)) for name, data in named if name not in sidecars]


def _is_document(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.is_file() and not hidden and not path.name.endswith(sidecar.SUFFIX)


def read_file(path: Path, *, max_bytes: int) -> Upload:
    """A file with what its sidecar states, under its absolute path as uri.

    Raises:
        InputRejected: If it is too large, cannot be read, or its sidecar is not as documented.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise _too_large(max_bytes)
        beside = path.with_name(path.name + sidecar.SUFFIX)
        stated = sidecar.parse(beside.read_bytes()) if beside.is_file() else Metadata()
        uri = stated.uri or _sound(os.path.normpath(path.absolute()))
        return Upload(_sound(path.name), path.read_bytes(), replace(stated, uri=uri))
    except OSError as error:
        raise InputRejected(f"it cannot be read: {error.strerror or error}") from error


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
            return [_failed(_sound(path.name), error)]

    def add_upload(self, upload: Upload) -> IngestResult:
        """`add_upload_parts` for bytes that hold one document."""
        return _only(self.add_upload_parts(upload))

    def add_upload_parts(self, upload: Upload) -> list[IngestResult]:
        """Store the documents of one file's bytes: one, or each of an archive or of JSON lines. Bad input is a failed result.

        Raises:
            StoreFull, StoreUnavailable: If the store cannot be written.
        """
        try:
            if len(upload.data) > self._max_document_bytes:
                raise _too_large(self._max_document_bytes)
            stated = upload.metadata if upload.sidecar_data is None else sidecar.parse(upload.sidecar_data)
            if upload.is_text:
                return [self._put(upload.name, loaders.plain_text(upload.data), stated)]
            parts = loaders.load_all(upload.name, upload.data, max_document_bytes=self._max_document_bytes)
            return [self._put_part(upload.name, part, stated) for part in parts]
        except InputRejected as error:
            return [_failed(upload.name, error)]

    def embed_backlog(self, *, on_progress: Callable[[int], None], stop: Callable[[], bool]) -> int:
        """Embed every chunk that has no vector of this model, and return how many were.

        `on_progress` is told after each commit how many more are done; `stop` is asked before each batch.
        """
        done = 0
        model_id = self._embedder.model_id
        while not stop() and (waiting := self._store.vectors.waiting(model_id, after=self._embedded_until, limit=EMBED_BATCH)):
            ids = [chunk_id for chunk_id, _ in waiting]
            self._store.vectors.put(model_id, ids, self._embedder.embed([text for _, text in waiting]))
            self._embedded_until = ids[-1]  # chunks are numbered as they come: behind it nothing waits any more
            done += len(waiting)
            on_progress(len(waiting))
        return done

    def work_on_jobs(self, *, on_result: Callable[[IngestResult], None], stop: Callable[[], bool]) -> None:
        """Store the files that wait as jobs, and tell each one's outcome: stored, or given up.

        Raises:
            ModelUnavailable, StoreFull, StoreUnavailable: If no file could be stored now; the rest goes on waiting.
        """
        finished: list[Job] = []
        self._store.jobs.put_back()  # of a run here that met an error
        while taken := self._store.jobs.take(finished=finished):
            finished = []
            for job in taken:
                if stop():
                    self._store.jobs.put_back(finished=finished)
                    return
                if self._work_on(job, on_result):
                    finished.append(job)

    def _work_on(self, job: Job, on_result: Callable[[IngestResult], None]) -> bool:
        """Whether the job is done: the file stored, or of several documents at least one."""
        try:
            results = self.add_file_parts(job.path)
        except ReadoutError:  # of the store or the model: no fault of this file
            raise
        except Exception as error:  # noqa: BLE001 - a parser may raise anything; the file is tried again, then given up
            results = [_failed(_sound(job.path.name), InputRejected(f"it could not be read: {type(error).__name__}: {error}"))]
            if not self._store.jobs.fail(job, str(results[0].error), final=False):
                return False
        else:
            if any(result.status is not IngestStatus.FAILED for result in results):
                for result in results:
                    on_result(result)
                return True
            self._store.jobs.fail(job, str(results[0].error), final=True)  # the same bytes would be refused again
        for result in results:
            on_result(result)
        return False

    def _put_part(self, name: str, part: loaders.Loaded | loaders.Unloaded, stated: Metadata) -> IngestResult:
        if isinstance(part, loaders.Unloaded):
            return _failed(name + part.part, part.error)
        if part.part is None:
            return self._put(name, part.extracted, stated)
        own = part.extracted.metadata.uri or (stated.uri and stated.uri + part.part)
        return self._put(name + part.part, part.extracted, replace(stated, uri=own))

    def _put(self, name: str, extracted: Extracted, stated: Metadata) -> IngestResult:
        offered = Offered(name, extracted.text, extracted.sections, _merged(stated, extracted.metadata))
        placed = self._store.place(offered)
        if placed.status is not IngestStatus.UNCHANGED:
            identity = Identity(placed.document_id, sha256_of(offered.text))
            chunks = chunk(offered.text, offered.sections, identity=identity, split=sentences, budget=self._budget())
            keys = [" ".join(terms(made.span.of(offered.text))) for made in chunks]
            placed = self._store.put(offered, chunks, keys)
        return IngestResult(placed.status, name, placed.document_id, placed.title)


def _too_large(bound: int) -> DocumentTooLarge:
    return DocumentTooLarge(f"it is over {bound:,} bytes; split it, or raise READOUT_MAX_DOCUMENT_BYTES")


def _only(results: Sequence[IngestResult]) -> IngestResult:
    """The result of one document; of several, the first failure, since the file was then not stored as a whole."""
    return next((result for result in results if result.status is IngestStatus.FAILED), results[0])


def _sound(name: str) -> str:
    """A file system's name as text: bytes that are no UTF-8 become replacement characters."""
    return name.encode(errors="replace").decode()


def _merged(stated: Metadata, found: Metadata) -> Metadata:
    return Metadata(
        title=stated.title or found.title,
        outlet=stated.outlet or found.outlet,
        published_at=stated.published_at or found.published_at,
        uri=stated.uri,
    )


def _failed(name: str, error: ReadoutError) -> IngestResult:
    return IngestResult(IngestStatus.FAILED, name, error=str(error), code=error.code)
