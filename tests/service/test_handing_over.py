"""Handing files to a running server: over the network's own seam, and once over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from index.errors import ModelUnavailable
from index.files import Upload, collect
from index.types import IngestResult, IngestStatus
from service.errors import ServerRefused
from service.handing_over import RunningServer, running_server
from service.ingesting import Asked, run
from tests.hostile import a_zip
from tests.service.conftest import Serve

URL = "http://127.0.0.1:1"
READY = httpx.Response(200, json={"status": "ready", "backlog": 0})


def answering(documents: httpx.Response, *, ready: httpx.Response = READY) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: ready if request.url.path == "/readyz" else documents)


def handed(path: Path, transport: httpx.BaseTransport, *, most: int = 1_000):
    with running_server(URL, api_key="k", timeout_seconds=5, max_document_bytes=most, transport=transport) as server:
        return sent(server, path)


def sent(server: RunningServer, *paths: Path) -> IngestResult:
    """The outcome of the only document."""
    results: list[IngestResult] = []
    server.add_files(paths, on_total=lambda _: None, on_result=results.append)
    (only,) = results
    return only


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.txt"
    made.write_text("The zoo opened.", encoding="utf-8")
    return made


def over(client: Callable[..., httpx.Response]) -> httpx.MockTransport:
    """The requests of one client, asked of another."""

    def answer(request: httpx.Request) -> httpx.Response:
        given = client(request.method, request.url.path, content=request.read(), headers=dict(request.headers))
        return httpx.Response(given.status_code, content=given.content)

    return httpx.MockTransport(answer)


def test_a_file_is_stored_under_its_path_with_what_its_sidecar_states(serve: Serve, path: Path) -> None:
    (path.parent / "a.txt.meta.yaml").write_text("title: 'Zoo: new'\npublished_at: 2024-04-04")
    client = serve()
    with running_server(URL, api_key=None, timeout_seconds=5, max_document_bytes=99, transport=over(client.request)) as server:
        assert [sent(server, path).status, sent(server, path).status] == [IngestStatus.CREATED, IngestStatus.UNCHANGED]
        server.wait_until_embedded(on_backlog=lambda _: lambda _: None)
        assert server.backlog() == 0
    (document,) = client.get("/v1/documents").json()["documents"]
    assert (document["uri"], document["name"]) == (str(path), "a.txt")
    assert (document["title"], document["published_at"]) == ("Zoo: new", "2024-04-04")


def test_a_file_the_server_cannot_read_is_a_failed_result_with_its_reason(serve: Serve, path: Path) -> None:
    path.write_bytes(b"\x00")
    client = serve()
    with running_server(URL, api_key=None, timeout_seconds=5, max_document_bytes=99, transport=over(client.request)) as server:
        result = sent(server, path)
    assert result.status is IngestStatus.FAILED
    assert "plain text" in str(result.error)


def test_a_file_over_the_bound_is_not_sent(path: Path) -> None:
    result = handed(path, answering(httpx.Response(500)), most=3)
    assert (result.status, result.code) == (IngestStatus.FAILED, "document_too_large")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (httpx.Response(401, json={"code": "unauthorized"}), "READOUT_API_KEY"),
        (httpx.Response(507, json={"code": "storage_full", "detail": "no space is left"}), "no space is left"),
        (httpx.Response(502, text="<html>"), "did not answer"),
    ],
)
def test_a_server_that_does_not_take_it_is_an_error_that_says_why(path: Path, reply: httpx.Response, said: str) -> None:
    with pytest.raises(ServerRefused, match=said):
        handed(path, answering(reply))


def test_a_server_without_its_models_is_no_use_waiting_for(path: Path) -> None:
    broken = httpx.Response(503, json={"code": "model_unavailable", "detail": "the packaged model is missing"})
    with pytest.raises(ModelUnavailable, match="missing"):
        handed(path, answering(httpx.Response(500), ready=broken))


def test_the_key_goes_with_every_request(path: Path) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return READY

    with pytest.raises(ServerRefused):
        handed(path, httpx.MockTransport(answer))
    assert seen == ["Bearer k"] * 2


def test_every_document_of_an_archive_is_told(serve: Serve, path: Path) -> None:
    packed = path.with_name("calls.zip")
    packed.write_bytes(a_zip(("a.txt", b"The zoo opened."), ("b.txt", b"The park closed."), ("c.png", b"\x89PNG")))
    results: list[IngestResult] = []
    with running_server(URL, api_key=None, timeout_seconds=5, max_document_bytes=999, transport=over(serve().request)) as server:
        server.add_files([packed], on_total=lambda _: None, on_result=results.append)
    assert [(result.name, result.status) for result in results] == [
        ("calls.zip/a.txt", IngestStatus.CREATED),
        ("calls.zip/b.txt", IngestStatus.CREATED),
        ("calls.zip/c.png", IngestStatus.SKIPPED),
    ]


def test_an_ingest_by_way_of_a_server_stores_standard_input_and_deletes_what_is_missing(serve: Serve, path: Path) -> None:
    client = serve()
    gone = path.with_name("b.txt")
    gone.write_text("The park closed.", encoding="utf-8")
    with running_server(URL, api_key=None, timeout_seconds=5, max_document_bytes=999, transport=over(client.request)) as server:
        run(Asked((path.parent,)), collect([path.parent]), server)
        gone.unlink()
        asked = Asked((path.parent,), Upload("in.txt", b"It rained."), delete_missing=True)
        outcome = run(asked, collect([path.parent]), server)
    assert {result.name: result.status.value for result in outcome.results} == {"in.txt": "created", "a.txt": "unchanged"}
    assert [document.uri for document in outcome.deleted] == [str(gone)]
    assert [document["name"] for document in client.get("/v1/documents").json()["documents"]] == ["a.txt", "in.txt"]


def test_a_warning_of_the_server_is_passed_on(serve: Serve, path: Path) -> None:
    path.write_text("Президенты двух стран говорили по телефону почти два часа.", encoding="utf-8")
    with running_server(URL, api_key=None, timeout_seconds=5, max_document_bytes=999, transport=over(serve().request)) as server:
        assert sent(server, path).warnings == ("this document seems to be in Russian: the models know English best",)
