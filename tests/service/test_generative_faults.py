"""Whatever a language model does, the sources' own words come, with the reason: never an error, never a hang."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from service.api import create_app
from service.bootstrap import build_engine
from service.compose.generative import Address, LanguageModel
from service.errors import ModelFailed
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.conftest import Serve, when_ready
from tests.service.model_server import Behaviour, Exchange, ModelServer, event, saying, serving, statements

AVIARY = "The zoo opened a new aviary on Monday."
QUESTION = "What did the zoo open?"
SECONDS = 1.0  # for the model
MAX_BYTES = 100_000


def hang(exchange: Exchange) -> None:
    exchange.wait()


def hang_after_the_head(exchange: Exchange) -> None:
    exchange.head()
    exchange.wait()


def drip(exchange: Exchange) -> None:
    """A byte at a time, without an end: no single read is slow."""
    exchange.head()
    while True:
        exchange.write(b" ")
        if exchange.left.wait(0.02):
            return


def drip_the_head(exchange: Exchange) -> None:
    exchange.write(b"HTTP/1.1 200 OK\r\nx: ")
    while True:
        exchange.write(b"y")
        if exchange.left.wait(0.02):
            return


def flood(exchange: Exchange) -> None:
    """100 MB of a line that does not end."""
    exchange.head()
    for _ in range(100):
        exchange.write(b" " * 1_000_000)


def flood_of_json(exchange: Exchange) -> None:
    exchange.head(content_type="application/json")
    for _ in range(100):
        exchange.write(b" " * 1_000_000)


def bomb(exchange: Exchange) -> None:
    """100 MB, compressed to 100 KB."""
    exchange.head(Content_Encoding="gzip")
    exchange.write(gzip.compress(b" " * 100_000_000, compresslevel=1)[:90_000])


def raw(data: bytes, *, content_type: str = "text/event-stream", status: int = 200) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.head(status, content_type)
        exchange.write(data)

    return behave


def cut_off(exchange: Exchange) -> None:
    exchange.head()
    exchange.write(event(statements((AVIARY, [1]))[:30]))


def close_at_once(exchange: Exchange) -> None:
    exchange.handler.connection.shutdown(socket.SHUT_RDWR)


def close_within_the_body(exchange: Exchange) -> None:
    exchange.head(Content_Length="1000")
    exchange.write(b"data: {")


JSON = "application/json"
FAULTS: dict[str, tuple[Behaviour, str]] = {
    "500": (raw(b'{"error": "sk-leak"}', content_type=JSON, status=500), "answered with status 500"),
    "429": (raw(b"slow down", status=429), "answered with status 429"),
    "401": (raw(b"who are you?", status=401), "answered with status 401"),
    "a redirect": (raw(b"", status=302), "answered with status 302"),
    "hang": (hang, "in time"),
    "hang after the head": (hang_after_the_head, "in time"),
    "drip": (drip, "in time"),
    "drip of the head": (drip_the_head, "in time"),
    "100 MB": (flood, "sent more than 100,000 bytes"),
    "100 MB of JSON": (flood_of_json, "sent more than 100,000 bytes"),
    "a compressed bomb": (bomb, "compressed its answer"),
    "broken UTF-8": (raw(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n'), "no UTF-8"),
    "broken UTF-8 as JSON": (raw(b'{"choices": "\xff"}', content_type=JSON), "no UTF-8"),
    "no JSON": (raw(b"data: <html>\n\n"), "no chat completion"),
    "other JSON": (raw(b'data: {"choices": [7]}\n\n'), "no chat completion"),
    "JSON that is a number": (raw(b"7", content_type=JSON), "no chat completion"),
    "content that is no text": (raw(b'data: {"choices": [{"delta": {"content": [1]}}]}\n\n'), "no chat completion"),
    "deep JSON": (raw(b"data: " + b"[" * 90_000 + b"\n\n"), "no chat completion"),
    "an error in the stream": (raw(b'data: {"error": {"message": "out of memory"}}\n\n'), "an error in its stream"),
    "a closed connection": (close_at_once, "broke off"),
    "a body shorter than promised": (close_within_the_body, "broke off"),
    "cut off within a statement": (cut_off, "broke off"),
    "not HTTP": (lambda exchange: exchange.write(b"SSH-2.0-OpenSSH_9.2\r\n"), "broke off"),
    "nothing said": (lambda exchange: exchange.say(), "wrote no statement"),
    "words that are no statement": (lambda exchange: exchange.say("{}"), "wrote no statement"),
    "broken JSON inside": (
        lambda exchange: exchange.say('{"statements": [{"text": "a" "citations"}]}'),
        "wrote JSON that is none",
    ),
    "JSON without end": (lambda exchange: exchange.say('{"a":' * 50), "not what it was asked for"),
    "a huge number": (
        lambda exchange: exchange.say('{"statements": [{"text": "Zoo.", "citations": [1e999, 99, -1]}]}'),
        "support",
    ),
}


def answered(client: TestClient, **asked: object) -> dict[str, Any]:
    reply = client.post("/v1/ask", json={"question": QUESTION, "mode": "generative", **asked})
    assert reply.status_code == 200
    return dict(reply.json())


def with_model(serve: Serve, url: str) -> TestClient:
    client = serve(llm_base_url=url, llm_timeout_seconds=SECONDS, llm_max_response_bytes=MAX_BYTES, threshold=0.3)
    client.post("/v1/documents", json={"text": AVIARY})
    return client


@pytest.mark.parametrize("fault", FAULTS)
def test_the_extractive_answer_comes_whatever_the_model_does(serve: Serve, fault: str) -> None:
    behaviour, why = FAULTS[fault]
    with serving(behaviour) as server:
        client = with_model(serve, server.url)
        answer = answered(client)
        plain = answered(client, mode="extractive")
    assert len(server.asked) >= 1
    assert (answer["mode"], answer["degraded"], plain["degraded"]) == ("extractive", True, False)
    assert any(why in warning and "extractive answer" in warning for warning in answer["warnings"]), answer["warnings"]
    assert {key: answer[key] for key in ("status", "text", "statements", "citations", "short_answer")} == {
        key: plain[key] for key in ("status", "text", "statements", "citations", "short_answer")
    }
    assert [s["text"] for s in answer["statements"]] == [AVIARY]
    assert "sk-leak" not in str(answer)


def test_the_extractive_answer_comes_when_nothing_listens(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = answered(with_model(serve, f"http://127.0.0.1:{port}/v1"))
    assert (answer["degraded"], [s["text"] for s in answer["statements"]]) == (True, [AVIARY])
    assert answer["warnings"] == ["the language model cannot be reached: this is the extractive answer"]


@pytest.mark.parametrize("url", ["http://[bad", "http://exa\x00mple/v1", "http://", "http://127.0.0.1:99999/v1"])
def test_the_extractive_answer_comes_when_the_address_is_none(serve: Serve, url: str) -> None:
    answer = answered(with_model(serve, url))
    assert (answer["degraded"], [s["text"] for s in answer["statements"]]) == (True, [AVIARY])


def test_the_extractive_answer_comes_when_a_port_takes_connections_and_reads_nothing(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        answer = answered(with_model(serve, f"http://127.0.0.1:{silent.getsockname()[1]}/v1"))
    assert (answer["degraded"], [s["text"] for s in answer["statements"]]) == (True, [AVIARY])


def until_reset(exchange: Exchange) -> None:
    """A server that neither reads nor writes learns of a reset only, not of a client that has ended."""
    exchange.head()
    while not exchange.handler.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        if exchange.left.wait(0.01):
            return
    exchange.left.set()


def given_up(behaviour: Behaviour, *, in_time: bool) -> ModelServer:
    """A server whose client was `in_time`, or lost its patience once the server had begun."""
    begun = threading.Event()

    def behave(exchange: Exchange) -> None:
        begun.set()
        behaviour(exchange)

    with serving(behave) as server:
        model = LanguageModel(Address(server.url, "any", None, MAX_BYTES))
        with pytest.raises(ModelFailed):
            list(model.chat({}, lambda: 0.0 if begun.is_set() and not in_time else 60.0))
        server.left.wait(30)  # on a busy machine
    return server


@pytest.mark.parametrize("behaviour", [hang, drip_the_head, drip, flood, until_reset])
def test_a_model_that_is_given_up_is_hung_up_on(behaviour: Behaviour) -> None:
    assert given_up(behaviour, in_time=False).left.is_set()


@pytest.mark.parametrize("behaviour", [flood, flood_of_json])
def test_a_model_that_writes_too_much_is_hung_up_on(behaviour: Behaviour) -> None:
    assert given_up(behaviour, in_time=True).left.is_set()


def test_a_refusal_asks_no_model(serve: Serve) -> None:
    with serving(saying(("It did.", [1]))) as server:
        answer = answered(with_model(serve, server.url), question="Why did the ferry sink near Oslo?")
    assert (answer["status"], answer["degraded"], server.asked) == ("refused", False, [])


def test_a_stream_ends_with_the_extractive_answer_too(serve: Serve) -> None:
    with serving(FAULTS["500"][0]) as server:
        body = {"question": QUESTION, "mode": "generative", "stream": True}
        text = with_model(serve, server.url).post("/v1/ask", json=body).text
    names = [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]
    assert names == ["passages", "citation", "statement", "answer", "done"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_ends_the_models_work(tmp_path: Path, stream: bool) -> None:
    """Over a real connection: the model would be waited for a minute more, and is hung up on at once."""
    asked = threading.Event()

    def hang_once_asked(exchange: Exchange) -> None:
        asked.set()
        exchange.wait()

    with serving(hang_once_asked) as server:
        given = Settings(data=tmp_path, llm_base_url=server.url, llm_timeout_seconds=60, ask_timeout_seconds=90, threshold=0.3)
        with listening(create_app(given, lambda: build_engine(given, fake_models()))) as url:
            httpx.post(f"{url}/v1/documents", json={"text": AVIARY}).raise_for_status()
            leave_after(asked, f"{url}/v1/ask", {"question": QUESTION, "mode": "generative", "stream": stream})
            assert server.left.wait(20)


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """The application behind real sockets, ready to answer."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        try:
            with httpx.Client(base_url=url) as client:
                when_ready(client)
            yield url
        finally:
            server.should_exit = True
            thread.join()


def leave_after(moment: threading.Event, url: str, body: dict[str, object]) -> None:
    """Ask, and break the connection off once `moment` has come."""
    target = httpx.URL(url)
    content = httpx.Request("POST", url, json=body)
    with socket.create_connection((target.host, target.port or 80)) as connection:
        lines = (f"POST {target.path} HTTP/1.1", "Host: x", "Content-Type: application/json")
        head = "\r\n".join((*lines, f"Content-Length: {len(content.content)}", "", ""))
        connection.sendall(head.encode() + content.content)
        assert moment.wait(20)
