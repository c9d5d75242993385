"""Handing files to the server that has the data directory, since one process alone writes to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from index.errors import InputRejected, ModelUnavailable
from index.files import Upload, failure, read_file, sound
from index.loaders import sidecar
from index.types import IngestResult, IngestStatus
from service.errors import ServerRefused
from service.missing import Stored

POLL_SECONDS = 0.5
SENT_AT_ONCE = 2  # one is stored while the next one arrives
START_SECONDS = 120.0  # a server that was just started loads its models first


class RunningServer:
    """The server beside us."""

    def __init__(self, client: httpx.Client, *, max_document_bytes: int) -> None:
        """Ask through `client`."""
        self._client = client
        self._max_document_bytes = max_document_bytes

    def add_files(
        self, files: Sequence[Path], *, on_total: Callable[[int], None], on_result: Callable[[IngestResult], None]
    ) -> None:
        """Let the server store files under their absolute paths. Bad input is a failed result.

        Raises:
            ServerRefused: If the server cannot be reached, or takes no files now.
        """
        on_total(len(files))
        with ThreadPoolExecutor(SENT_AT_ONCE, thread_name_prefix="handing-over") as pool:
            sending = [pool.submit(self._add_file, path) for path in files]
            try:
                for sent in sending:
                    for result in sent.result():
                        on_result(result)
            finally:
                for rest in sending:
                    rest.cancel()

    def add_upload(self, upload: Upload) -> list[IngestResult]:
        """Let the server store an upload: what is stated of it goes as a sidecar beside it. Raises as `add_files` does."""
        files = [(upload.name, upload.data), (upload.name + sidecar.SUFFIX, sidecar.written(upload.metadata))]
        reply = self._asked("POST", "/v1/documents", files=[("files", file) for file in files])
        documents = reply.get("documents")
        if not documents:
            raise ServerRefused(f"the running server did not take {upload.name}: {reply.get('detail', 'it did not say why')}")
        return [
            IngestResult(
                IngestStatus(one["status"]),
                one["name"],
                one["document_id"],
                one["title"],
                one["error"],
                warnings=tuple(one.get("warnings", ())),
            )
            for one in documents
        ]

    def documents(self) -> list[Stored]:
        """All documents there. Raises as `add_files` does."""
        listed = self._asked("GET", "/v1/documents").get("documents")
        if listed is None:
            raise ServerRefused("the running server does not list its documents now; try again")
        return [Stored(one["document_id"], one["name"], one["uri"]) for one in listed]

    def delete(self, document_id: str) -> None:
        """Erase a document there. Raises as `add_files` does."""
        reply = self._reply("DELETE", f"/v1/documents/{document_id}")
        if reply.status_code not in (httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND):
            raise ServerRefused("the running server does not delete now; try again")

    def wait_until_embedded(self, *, on_backlog: Callable[[int], Callable[[int], None]]) -> None:
        """Return once nothing waits to be embedded there. Raises as `add_files` does."""
        left = self.backlog()
        on_progress = on_backlog(left)
        while left:
            time.sleep(POLL_SECONDS)
            now = self.backlog()
            on_progress(max(0, left - now))
            left = now

    def backlog(self) -> int:
        """How many passages wait to be embedded there. Raises as `add_files` does."""
        return int(self._asked("GET", "/readyz").get("backlog", 0))

    def wait_until_ready(self) -> None:
        """Return once the server answers questions.

        Raises:
            ServerRefused: If it does not become ready in time.
            ModelUnavailable: If it could not load its models.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                reply = self._asked("GET", "/readyz")
            except ServerRefused:
                if time.monotonic() > deadline:
                    raise
            else:
                if reply.get("status") == "ready":
                    return
                if reply.get("code") == ModelUnavailable.code:
                    raise ModelUnavailable(str(reply.get("detail")))
                if time.monotonic() > deadline:
                    raise ServerRefused(f"the running server does not become ready: {reply.get('detail')}")
            time.sleep(POLL_SECONDS)

    def _add_file(self, path: Path) -> list[IngestResult]:
        try:
            return self.add_upload(read_file(path, max_bytes=self._max_document_bytes))
        except InputRejected as error:
            return [failure(sound(path.name), error)]

    def _asked(self, method: str, path: str, *, files: Sequence[Any] | None = None) -> dict[str, Any]:
        try:
            stated = self._reply(method, path, files=files).json()
        except ValueError as error:
            raise ServerRefused(f"the running server at {self._client.base_url} did not answer: {error}") from error
        return stated if isinstance(stated, dict) else {}

    def _reply(self, method: str, path: str, *, files: Sequence[Any] | None = None) -> httpx.Response:
        try:
            reply = self._client.request(method, path, files=files)
        except httpx.HTTPError as error:
            raise ServerRefused(f"the running server at {self._client.base_url} did not answer: {error}") from error
        if reply.status_code == httpx.codes.UNAUTHORIZED:
            raise ServerRefused("the running server wants its key; set READOUT_API_KEY as it is set there")
        return reply


@contextmanager
def running_server(
    url: str,
    *,
    api_key: str | None,
    timeout_seconds: float,
    max_document_bytes: int,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[RunningServer]:
    """The server at an address, ready; `transport` stands in for the network in tests.

    Raises:
        ServerRefused, ModelUnavailable: If it does not become ready.
    """
    headers = {} if api_key is None else {"Authorization": f"Bearer {api_key}"}
    # Whatever proxy is set for the outside: this server is on this machine.
    with httpx.Client(base_url=url, headers=headers, timeout=timeout_seconds, transport=transport, trust_env=False) as client:
        server = RunningServer(client, max_document_bytes=max_document_bytes)
        server.wait_until_ready()
        yield server
