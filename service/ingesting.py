"""Ingesting files from the command line: as the process that writes, or by way of the server that is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from index.errors import StoreBusy
from index.store.lock import lock, served_at
from index.types import IngestResult
from service.bootstrap import model_id_of, open_ingester
from service.handing_over import running_server, wait_until_embedded
from service.progress import watched
from service.settings import Settings


def ingest(files: Sequence[Path], settings: Settings) -> list[IngestResult]:
    """Store files, and with them what an ingest before left undone; returns when they are embedded.

    Raises:
        StoreBusy: If a process writes that is no server.
        ServerRefused: If the server does not take them.
    """
    try:
        held = lock(settings.data)
    except StoreBusy:
        url = served_at(settings.data)
        if url is None:
            raise
        return _hand_over(url, files, settings)
    try:
        return _ingest_here(files, settings)
    finally:
        held.release()


def _ingest_here(files: Sequence[Path], settings: Settings) -> list[IngestResult]:
    writing = open_ingester(settings)
    store, ingester = writing.store, writing.ingester
    results: list[IngestResult] = []
    store.jobs.add(files)
    with tqdm(total=store.jobs.n_waiting(), desc="reading", unit="file", disable=None) as bar:

        def on_result(result: IngestResult) -> None:
            results.append(result)
            bar.update(1)

        ingester.work_on_jobs(on_result=on_result, stop=lambda: False)
    with tqdm(total=store.backlog(model_id_of(settings)), desc="embedding", unit="passage", disable=None) as bar:
        if ingester.embed_backlog(on_progress=watched(bar), stop=lambda: False):
            writing.merge()
    store.close()
    return results


def _hand_over(url: str, files: Sequence[Path], settings: Settings) -> list[IngestResult]:
    key = None if settings.api_key is None else settings.api_key.get_secret_value()
    with running_server(
        url, api_key=key, timeout_seconds=settings.ingest_timeout_seconds, max_document_bytes=settings.max_document_bytes
    ) as server:
        results = [server.add(path) for path in tqdm(files, desc="handing over", unit="file", disable=None)]
        with tqdm(total=server.backlog(), desc="embedding", unit="passage", disable=None) as bar:
            wait_until_embedded(server, on_progress=watched(bar))
    return results
