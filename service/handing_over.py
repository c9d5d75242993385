"""Handing files to the server that has the data directory, since one process alone writes to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from index.errors import InputRejected, ModelUnavailable
from index.ingest import read_file
from index.loaders import sidecar
from index.types import IngestResult, IngestStatus
from service.errors import ServerRefused

POLL_SECONDS = 0.5
START_SECONDS = 120.0  # a server that was just started loads its models first


class RunningServer:
    """The server beside us."""

    def __init__(self, client: httpx.Client, *, max_document_bytes: int) -> None:
        """Ask through `client`."""
        self._client = client
        self._max_document_bytes = max_document_bytes

    def add(self, path: Path) -> IngestResult:
        """Let the server store a file under its absolute path. Bad input is a failed result.

        Raises:
            ServerRefused: If the server cannot be reached, or takes no files now.
        """
        try:
            upload = read_file(path, max_bytes=self._max_document_bytes)
        except InputRejected as error:
            return IngestResult(IngestStatus.FAILED, path.name, error=str(error), code=error.code)
        files = [(upload.name, upload.data), (upload.name + sidecar.SUFFIX, sidecar.written(upload.metadata))]
        reply = self._asked("POST", "/v1/documents", files=[("files", file) for file in files])
        documents = reply.get("documents")
        if not documents:
            raise ServerRefused(f"the running server did not take {upload.name}: {reply.get('detail', 'it did not say why')}")
        stored = documents[0]
        return IngestResult(
            IngestStatus(stored["status"]), stored["name"], stored["document_id"], stored["title"], stored["error"]
        )

    def backlog(self) -> int:
        """How many passages wait to be embedded there.

        Raises:
            ServerRefused: If the server cannot be reached.
        """
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

    def _asked(self, method: str, path: str, *, files: Sequence[Any] | None = None) -> dict[str, Any]:
        try:
            reply = self._client.request(method, path, files=files)
            stated = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServerRefused(f"the running server at {self._client.base_url} did not answer: {error}") from error
        if reply.status_code == httpx.codes.UNAUTHORIZED:
            raise ServerRefused("the running server wants its key; set READOUT_API_KEY as it is set there")
        return stated if isinstance(stated, dict) else {}


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


def wait_until_embedded(server: RunningServer, *, on_progress: Callable[[int], None]) -> None:
    """Return once nothing waits to be embedded; `on_progress` is told how many more are done."""
    left = server.backlog()
    while left:
        time.sleep(POLL_SECONDS)
        now = server.backlog()
        on_progress(max(0, left - now))
        left = now
