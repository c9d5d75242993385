"""The application: health, the page, and every error as a problem that echoes nothing."""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from index.errors import ModelUnavailable
from service.api import create_app
from service.bootstrap import Engine
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.conftest import Serve, engine_on, when_ready

PROBLEM_KEYS = {"type", "title", "status", "code", "detail", "fields", "request_id"}
MARK = "zebra7391"  # stands in what is sent, must not stand in what comes back


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server whose corpus is thrown at: nothing relies on what it holds."""
    directory = tmp_path_factory.mktemp("thrown-at")
    settings = Settings(data=directory)
    with TestClient(create_app(settings, lambda: engine_on(directory, fake_models()))) as client:
        when_ready(client).post("/v1/documents", json={"text": "The zoo opened. The park closed at nine."})
        yield client


def problem(reply: Any, status: int, code: str) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert set(body) >= PROBLEM_KEYS
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:readout:problem:{code}")
    assert body["request_id"] == reply.headers["x-request-id"]
    return body


def posted(client: TestClient, body: bytes, path: str = "/v1/ask", media_type: str = "application/json") -> Any:
    return client.post(path, content=body, headers={"Content-Type": media_type})


def test_an_unknown_address_is_not_found(client: TestClient) -> None:
    for path in (f"/{MARK}", "/v1/ask/", "/docs", "/redoc", "/page", "/page/no.js", "/page/%2e%2e/api.py", "/v1/documents/"):
        reply = client.get(path)
        problem(reply, 404, "not_found")
        assert MARK not in reply.text


def test_an_unknown_document_is_not_found(client: TestClient) -> None:
    for path in (f"/v1/documents/{MARK}", "/v1/documents/%00", "/v1/documents/%ff", "/v1/documents/" + "x" * 5000):
        for method in ("GET", "DELETE"):
            problem(client.request(method, path), 404, "document_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/ask", "POST"),
        ("PUT", "/v1/ask", "POST"),
        ("OPTIONS", "/v1/search", "POST"),
        ("PATCH", "/livez", "GET"),
        ("POST", "/", "GET, HEAD"),
        ("BREW", "/v1/ask", "POST"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_answered_with_those_it_takes(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    reply = client.request(method, path)
    problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == allowed


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"question": ', id="cut off"),
        pytest.param(b"{'question': 'x'}", id="single quotes"),
        pytest.param(f'{{"question": {MARK}}}'.encode(), id="bare word"),
        pytest.param(b'{"question": "x"} trailing', id="more after it"),
    ],
)
def test_a_body_that_is_not_json_is_bad_json(client: TestClient, body: bytes) -> None:
    reply = posted(client, body)
    assert reply.status_code in (400, 422)
    problem(reply, 400, "bad_json")
    assert MARK not in reply.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"question": "\xff\xfe"}', id="not UTF-8"),
        pytest.param(b"\xff\xfe\x00", id="not text"),
        pytest.param(b'{"question":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="nested too deeply"),
        pytest.param(b'{"question":"x","k":' + b"9" * 5_000 + b"}", id="a number of 5,000 digits"),
    ],
)
def test_a_body_that_no_parser_takes_is_a_bad_request(client: TestClient, body: bytes) -> None:
    reply = posted(client, body)
    problem(reply, 400, reply.json()["code"])
    assert reply.json()["code"] in {"bad_json", "bad_request"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"question": ""}', id="empty question"),
        pytest.param(b'{"question": " \\n\\t"}', id="blank question"),
        pytest.param(b'{"question": null}', id="null question"),
        pytest.param(b'{"question": 7}', id="question is a number"),
        pytest.param(b'{"question": ["zebra7391"]}', id="question is a list"),
        pytest.param(b"{}", id="no question"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"zebra7391"', id="a string"),
        pytest.param(b"1e999", id="infinity alone"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"question": "x", "k": 1e999}', id="infinity"),
        pytest.param(b'{"question": "x", "k": -Infinity}', id="minus infinity"),
        pytest.param(b'{"question": "x", "k": NaN}', id="NaN"),
        pytest.param(b'{"question": 1e999}', id="question is infinite"),
        pytest.param(b'{"question": "x", "k": 9223372036854775808}', id="over 2^63"),
        pytest.param(b'{"question": "x", "k": 8.5}', id="half a passage"),
        pytest.param(b'{"question": "x", "zebra7391": 1}', id="unknown field"),
        pytest.param(b'{"question": "x", "filters": {"zebra7391": 1}}', id="unknown filter"),
        pytest.param(b'{"question": "x", "filters": []}', id="filters are a list"),
        pytest.param(b'{"question": "x", "filters": {"outlets": "zebra7391"}}', id="outlets are a string"),
        pytest.param(b'{"question": "x", "filters": {"speakers": [1]}}', id="speaker is a number"),
        pytest.param(b'{"question": "x", "history": {"role": "user"}}', id="history is an object"),
        pytest.param(b'{"question": "x", "history": [{"role": "zebra7391", "content": "a"}]}', id="unknown role"),
        pytest.param(b'{"question": "x", "history": [{"role": "user"}]}', id="message without content"),
        pytest.param(b'{"question": "x", "mode": "zebra7391"}', id="unknown mode"),
        pytest.param(b'{"question": "x", "stream": "zebra7391"}', id="stream is a word"),
        pytest.param(b'{"question": "x", "as_of": 20240404}', id="date is a number"),
        pytest.param(b'{"question": "\\ud800"}', id="surrogate in the question"),
        pytest.param(b'{"question": "x", "\\udfff": 1}', id="surrogate in a key"),
        pytest.param(b'{"question": "x", "filters": {"\\ud800": 1}}', id="surrogate in a filter's key"),
        pytest.param(b'{"question": "x", "filters": {"speakers": ["\\ud800"]}}', id="surrogate in a speaker"),
        pytest.param(b'{"question": "x", "history": [{"role": "user", "content": "\\ud800"}]}', id="surrogate in history"),
        pytest.param(b'{"question": "x", "as_of": "\\ud800"}', id="surrogate in a date"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_without_echo(client: TestClient, body: bytes) -> None:
    reply = posted(client, body)
    assert problem(reply, 422, "invalid_request")["fields"]
    assert MARK not in reply.text


def test_a_question_of_100_000_characters_is_too_long(client: TestClient) -> None:
    reply = posted(client, json.dumps({"question": MARK + "x" * 100_000}).encode())
    problem(reply, 422, "question_too_long")
    assert MARK not in reply.text


def test_a_history_of_51_messages_is_too_long(client: TestClient) -> None:
    body = {"question": "x", "history": [{"role": "user", "content": "y"}] * 51}
    problem(posted(client, json.dumps(body).encode()), 422, "history_too_long")


def test_a_message_of_the_history_has_a_bound(client: TestClient) -> None:
    body = {"question": "x", "history": [{"role": "user", "content": "y" * 20_001}]}
    problem(posted(client, json.dumps(body).encode()), 422, "invalid_request")


def test_a_declared_body_over_the_bound_is_too_large(serve: Serve) -> None:
    client = serve(max_upload_bytes=1_000)
    for path, media_type in (("/v1/ask", "application/json"), ("/v1/documents", "application/json")):
        problem(posted(client, b" " * 1_001, path, media_type), 413, "body_too_large")
    problem(client.post("/v1/documents", files=[("files", ("a.txt", b"x" * 1_001))]), 413, "body_too_large")


def test_an_undeclared_body_over_the_bound_is_too_large(serve: Serve) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(20):
            yield b"x" * 100

    client = serve(max_upload_bytes=1_000)
    reply = client.post("/v1/ask", content=pieces(), headers={"Content-Type": "application/json"})
    assert "content-length" not in reply.request.headers
    problem(reply, 413, "body_too_large")


def test_a_body_of_exactly_the_bound_is_taken(serve: Serve) -> None:
    body = json.dumps({"question": "Who?"}).encode()
    assert posted(serve(max_upload_bytes=len(body)), body).status_code == 200


def test_every_reply_has_its_own_request_id(client: TestClient) -> None:
    replies = [client.get(path) for path in ("/livez", "/livez", f"/{MARK}", "/v1/documents", "/")]
    assert len({reply.headers["x-request-id"] for reply in replies}) == 5


def test_every_reply_carries_the_safe_headers_errors_too(client: TestClient) -> None:
    replies = [client.get("/"), client.get("/livez"), client.get("/nope"), client.put("/v1/ask"), posted(client, b"{")]
    replies += [client.get("/metrics"), client.get("/page/app.js"), posted(client, b'{"question": "Who?"}')]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'none'")
        assert "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_running_server_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert set(ready.json()) == {"status", "backlog", "jobs", "index_version"}


def test_an_empty_corpus_is_ready(serve: Serve) -> None:
    assert serve().get("/readyz").json()["backlog"] == 0


def test_a_loading_server_is_alive_and_not_ready(tmp_path: Path) -> None:
    loaded = threading.Event()

    def slow() -> Engine:
        loaded.wait(60)
        return engine_on(tmp_path, fake_models())

    with TestClient(create_app(Settings(data=tmp_path), slow)) as client:
        try:
            assert client.get("/livez").status_code == 200
            for reply in (client.get("/readyz"), posted(client, b'{"question": "Who?"}'), client.get("/v1/documents")):
                problem(reply, 503, "not_ready")
                assert reply.headers["retry-after"]
        finally:
            loaded.set()
        assert when_ready(client).get("/readyz").status_code == 200


def test_a_server_that_could_not_load_says_so_to_every_question(tmp_path: Path) -> None:
    failed = threading.Event()

    def broken() -> Engine:
        failed.set()
        raise ModelUnavailable("the packaged model is missing")

    with TestClient(create_app(Settings(data=tmp_path), broken)) as client:
        assert failed.wait(60)
        while client.get("/readyz").json()["code"] == "not_ready":
            pass
        problem(posted(client, b'{"question": "Who?"}'), 503, "model_unavailable")
        assert client.get("/livez").status_code == 200


def test_the_page_is_served_at_the_root(client: TestClient) -> None:
    reply = client.get("/")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'name="question"' in reply.text
    assert client.get("/favicon.ico").status_code == 204


def test_the_description_names_every_route_and_has_an_example_of_an_answer(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {
        f"{method.upper()} {path}" for path, operations in described["paths"].items() for method in operations
    } == {
        "POST /v1/ask", "POST /v1/search", "POST /v1/documents", "GET /v1/documents", "GET /v1/documents/{document_id}",
        "DELETE /v1/documents/{document_id}", "GET /livez", "GET /readyz", "GET /metrics",
        "POST /v1/chat/completions", "GET /v1/models", "GET /v1/models/{name}",
    }  # fmt: skip
    example = described["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    live = posted(client, b'{"question": "Who?"}').json()
    # FastAPI leaves nulls out of a description, in examples too.
    assert set(example) == set(live) - {"refusal", "missing", "resolved_question"}


def test_the_version_told_is_that_of_the_distribution(client: TestClient) -> None:
    declared = tomllib.loads((Path(__file__).parent.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert client.get("/openapi.json").json()["info"]["version"] == declared["project"]["version"]


def test_the_description_names_the_media_types_that_are_sent(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]
    assert list(described["/metrics"]["get"]["responses"]["200"]["content"]) == ["text/plain"]
    unfit = client.get("/v1/documents/x?sha256=AAA")
    documented = described["/v1/documents/{document_id}"]["get"]["responses"][str(unfit.status_code)]["content"]
    assert list(documented) == [unfit.headers["content-type"]]


def test_metrics_count_answers_by_status(serve: Serve) -> None:
    client = serve()
    posted(client, b'{"question": "Who?"}')
    client.post("/v1/documents", json={"text": "The zoo opened a new aviary."})
    exposed = client.get("/metrics")
    assert exposed.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'readout_answers_total{status="refused"} 1.0' in exposed.text
    assert "readout_documents 1.0" in exposed.text
    assert 'readout_received_total{status="created"} 1.0' in exposed.text
    for gauge in ("backlog_chunks", "generation_age_seconds", "generation_damaged", "jobs_failed", "tail_rows"):
        assert f"\nreadout_{gauge} " in exposed.text


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ask_keys = st.sampled_from(["question", "history", "filters", "as_of", "mode", "k", "stream", "speakers", "role", "x"])
document_keys = st.sampled_from(["text", "title", "outlet", "published_at", "uri", "x"])
media_types = st.sampled_from(
    ["application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "application/json; charset=x"]
)
POSTED = ["/v1/ask", "/v1/documents", "/v1/search", "/v1/chat/completions", "/mcp"]
chat_keys = st.sampled_from(
    ["messages", "model", "stream", "stream_options", "readout", "n", "tools", "stop", "role", "content", "k"]
)
FORM = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n%b\r\n\r\n%b\r\n--x--%b'


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=300), media_type=media_types, path=st.sampled_from(POSTED))
def test_no_bytes_make_the_server_fail(client: TestClient, body: bytes, media_type: str, path: str) -> None:
    assert posted(client, body, path, media_type).status_code < 500


@settings(max_examples=150, deadline=None)
@given(body=st.dictionaries(ask_keys, any_json, max_size=5), question=st.text(st.characters(exclude_categories=[]), max_size=60))
def test_no_json_makes_asking_fail(client: TestClient, body: dict[str, object], question: str) -> None:
    for sent in (body, {**body, "question": question}, {"question": question}):
        reply = posted(client, json.dumps(sent).encode())
        assert reply.status_code < 500
        assert reply.status_code == 200 or reply.json()["code"] in {"invalid_request", "bad_json", "bad_request"}


@settings(max_examples=150, deadline=None)
@given(body=st.dictionaries(chat_keys, any_json, max_size=5), question=st.text(st.characters(exclude_categories=[]), max_size=60))
def test_no_json_makes_a_chat_fail(client: TestClient, body: dict[str, object], question: str) -> None:
    whole = {"model": "readout", "messages": [{"role": "user", "content": question}]}
    for sent in (body, {**whole, **body}, {**body, **whole}, {**whole, "messages": [*whole["messages"], body]}):
        reply = posted(client, json.dumps(sent).encode(), "/v1/chat/completions")
        assert reply.status_code < 500
        if reply.headers["content-type"] == "application/json":
            assert "choices" in reply.json() or set(reply.json()["error"]) == {"message", "type", "param", "code"}


@settings(max_examples=100, deadline=None)
@given(body=st.dictionaries(ask_keys, any_json, max_size=5), tool=st.sampled_from(["ask", "search", "get_document", "x"]))
def test_no_arguments_make_a_tool_fail(client: TestClient, body: dict[str, object], tool: str) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": body}}
    headers = {"Accept": "application/json, text/event-stream", "Host": "127.0.0.1:8000", "Content-Type": "application/json"}
    reply = client.post("/mcp", content=json.dumps(call).encode(), headers={**headers, "MCP-Protocol-Version": "2025-06-18"})
    assert reply.status_code < 500
    assert b"Traceback" not in reply.content


@settings(max_examples=100, deadline=None)
@given(body=st.dictionaries(document_keys, any_json, max_size=5), text=st.text(st.characters(exclude_categories=[]), max_size=60))
def test_no_json_makes_adding_fail(client: TestClient, body: dict[str, object], text: str) -> None:
    for sent in (body, {**body, "text": text}, {"text": text}):
        assert posted(client, json.dumps(sent).encode(), "/v1/documents").status_code < 500


@settings(max_examples=100, deadline=None)
@given(parts=st.tuples(*[st.binary(max_size=40)] * 4))
def test_no_form_makes_adding_fail(client: TestClient, parts: tuple[bytes, bytes, bytes, bytes]) -> None:
    assert posted(client, FORM % parts, "/v1/documents", "multipart/form-data; boundary=x").status_code < 500


@settings(max_examples=100, deadline=None)
@given(name=st.text(max_size=40), text=st.text(min_size=1, max_size=80))
def test_what_is_added_is_read_back_unchanged_but_for_line_ends(client: TestClient, name: str, text: str) -> None:
    reply = client.post("/v1/documents", json={"text": text, "title": name})
    if reply.status_code < 300:
        found = client.get(f"/v1/documents/{reply.json()['documents'][0]['document_id']}").json()["text"]
        assert found == text.removeprefix("\ufeff").replace("\r\n", "\n")
    else:
        assert not text.removeprefix("\ufeff").strip() or "\0" in text or text.startswith(("%PDF-", "PK\x03\x04", "{\\rtf"))
