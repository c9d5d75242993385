from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from service.evaluation.corpus import IndexedDocument
from service.evaluation.errors import AskFailed, ServerUnusable
from service.evaluation.over_http import http_ask
from service.evaluation.run import evaluate
from tests.service.evaluation import fakes

URL = "http://readout.test:8000"
LISTING = {
    "documents": [{"document_id": d.document_id, "name": d.name, "sha256": d.sha256} for d in fakes.DOCUMENTS],
    "total": 2,
}


class FakeServer:
    """Serves the two documents and the script, and records the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/v1/documents":
            return httpx.Response(200, json=LISTING)
        if request.method == "GET":
            document_id = request.url.path.rpartition("/")[2]
            return httpx.Response(200, json={"text": fakes.TEXTS[document_id, request.url.params["sha256"]]})
        answer = fakes.SCRIPT.get(json.loads(request.content)["question"])
        problem = {"code": "overloaded", "title": "Too busy"}
        return httpx.Response(503, json=problem) if answer is None else httpx.Response(200, json=answer)


def listing_only(then: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=LISTING) if request.url.path == "/v1/documents" else then(request)

    return httpx.MockTransport(handle)


def test_an_evaluation_over_http_equals_the_one_in_process() -> None:
    server = FakeServer()
    with http_ask(URL, api_key=None, timeout_seconds=5, transport=httpx.MockTransport(server)) as remote:
        run = evaluate(
            fakes.DATASET,
            remote.ask,
            remote.get_text,
            documents=remote.documents,
            k=8,
            clock=fakes.StepClock(0.05),
            on_progress=fakes.Progress(),
        )
    local = fakes.run_of_six()
    assert [row.scores for row in run.rows] == [row.scores for row in local.rows]
    assert run.failed[0].error == "POST /v1/ask: 503 overloaded Too busy"
    assert "Authorization" not in server.requests[0].headers


def test_the_key_is_sent_as_a_bearer_token_with_each_request() -> None:
    server = FakeServer()
    with http_ask(URL, api_key="k3y", timeout_seconds=5, transport=httpx.MockTransport(server)) as remote:
        remote.ask({"question": "Who paid?"})
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer k3y"] * 2


def test_ids_are_quoted_in_the_address() -> None:
    seen = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={"text": "x"})

    with http_ask(f"{URL}/base", api_key=None, timeout_seconds=5, transport=slashed(handle)) as remote:
        assert remote.get_text("a/b?", "s") == "x"
    assert seen == [b"/base/v1/documents/a%2Fb%3F?sha256=s"]


def slashed(then: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        at_listing = request.url.path == "/base/v1/documents"
        return httpx.Response(200, json=LISTING) if at_listing else then(request)

    return httpx.MockTransport(handle)


def test_documents_without_a_name_are_listed_too() -> None:
    listing = {"documents": [{"document_id": "a", "name": None, "sha256": "s"}], "total": 1}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=listing))
    with http_ask(URL, api_key=None, timeout_seconds=5, transport=transport) as remote:
        assert remote.documents == (IndexedDocument("a", "", "s"),)


def refuse_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def time_out(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow", request=request)


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (
            refuse_connection,
            r"/v1/documents cannot be reached \(connection refused\); is `readout serve` running",
        ),
        (lambda _: httpx.Response(401), "READOUT_API_KEY"),
        (
            lambda _: httpx.Response(404, json={"code": "not_found"}),
            "answers 404 not_found; is this a Readout",
        ),
        (lambda _: httpx.Response(200, text="<html>"), "does not answer as a Readout server"),
        (lambda _: httpx.Response(200, json={"documents": [], "total": 3}), "lists 0 of 3 documents"),
    ],
)
def test_a_server_that_cannot_be_used_is_named_with_what_to_do(
    handler: Callable[[httpx.Request], httpx.Response], said: str
) -> None:
    transport = httpx.MockTransport(handler)
    with (
        pytest.raises(ServerUnusable, match=said),
        http_ask(URL, api_key=None, timeout_seconds=5, transport=transport),
    ):
        pass


@pytest.mark.parametrize("address", ["http://[", "http://a:b", "nowhere"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with (
        pytest.raises(ServerUnusable, match=r"no address|cannot be reached"),
        http_ask(address, api_key=None, timeout_seconds=5),
    ):
        pass


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (refuse_connection, "POST /v1/ask: connection refused"),
        (time_out, r"no answer in time \(ReadTimeout\)"),
        (lambda _: httpx.Response(500, text="oops"), "POST /v1/ask: 500$"),
        (lambda _: httpx.Response(200, text="[1]"), "no JSON object"),
    ],
)
def test_every_way_an_ask_can_break_is_a_failed_ask(handler: Callable[[httpx.Request], httpx.Response], said: str) -> None:
    transport = listing_only(handler)
    with (
        http_ask(URL, api_key=None, timeout_seconds=5, transport=transport) as remote,
        pytest.raises(AskFailed, match=said),
    ):
        remote.ask({"question": "?"})


def test_a_document_without_text_is_a_failed_ask() -> None:
    transport = listing_only(lambda _: httpx.Response(200, json={"text": None}))
    with (
        http_ask(URL, api_key=None, timeout_seconds=5, transport=transport) as remote,
        pytest.raises(AskFailed, match="holds no text"),
    ):
        remote.get_text("id-a", "sha-a")


def test_a_search_is_asked_of_its_own_route() -> None:
    seen = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, json.loads(request.content)))
        return httpx.Response(200, json={"passages": []})

    with http_ask(URL, api_key=None, timeout_seconds=5, transport=listing_only(handle)) as remote:
        assert remote.search({"question": "Who?", "k": 3}) == {"passages": []}
    assert seen == [("POST", "/v1/search", {"question": "Who?", "k": 3})]
