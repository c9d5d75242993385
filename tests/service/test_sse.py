"""An answer as a stream of events: order, equality with the JSON answer, heartbeats, errors."""

from __future__ import annotations

import asyncio
import json
import selectors
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from index.errors import StoreUnavailable
from service.answer import Event, PassagesFound
from service.answering import HEARTBEAT
from service.api import create_app
from service.settings import Settings
from service.sse import frame
from service.types import Ask
from tests.fakes import fake_models, refused, scripted
from tests.service.conftest import Serve, engine_on, when_ready

SPEED = 200.0  # how many times as fast the hurried loop's clock runs
PATIENCE_SECONDS = 60.0

Frames = list[tuple[str, Any]]


def frames(body: str) -> Frames:
    """The events of a stream as (name, data); comments left out."""
    found = []
    for block in body.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            name, data = lines
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def streamed(client: TestClient, question: str, **rest: Any) -> Frames:
    reply = client.post("/v1/ask", json={"question": question, "stream": True, **rest})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    return frames(reply.text)


def without_chance(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "id": "", "timings_ms": {}}


@pytest.mark.parametrize("question", ["Did TikTok come up?", "What was discussed?", "Who said that TikTok came up today?"])
def test_each_citation_comes_before_the_statement_that_uses_it(seeds: TestClient, question: str) -> None:
    seen: list[int] = []
    events = streamed(seeds, question)
    for name, data in events:
        if name == "citation":
            seen.append(data["id"])
        if name == "statement":
            assert set(data["citations"]) <= set(seen)
    names = [name for name, _ in events]
    assert (names[0], names[-2:]) == ("passages", ["answer", "done"])
    assert set(names[1:-2]) == {"citation", "statement"}
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("question", ["What was discussed?", "When does Janet Yellen arrive in China?", "How old is the moon?"])
def test_the_streamed_answer_is_the_json_answer(seeds: TestClient, question: str) -> None:
    plain = seeds.post("/v1/ask", json={"question": question}).json()
    events = streamed(seeds, question)
    (answer,) = [data for name, data in events if name == "answer"]
    assert without_chance(answer) == without_chance(plain)
    assert [data for name, data in events if name == "statement"] == answer["statements"]
    assert [data for name, data in events if name == "citation"] == answer["citations"]
    shown = [{**passage, "cited": False} for passage in answer["passages"]]
    assert [data for name, data in events if name == "passages"] == [{"passages": shown}]


def test_a_refusal_is_streamed_without_statements(seeds: TestClient) -> None:
    events = streamed(seeds, "Which bakery in Lisbon sells the best custard tarts?")
    assert [name for name, _ in events] == ["passages", "answer", "done"]
    assert events[1][1]["status"] == "refused"


@pytest.mark.parametrize("accept", ["text/event-stream", "text/event-stream, application/json;q=0.5"])
def test_the_accept_header_asks_for_a_stream_too(seeds: TestClient, accept: str) -> None:
    reply = seeds.post("/v1/ask", json={"question": "Did TikTok come up?"}, headers={"Accept": accept})
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in frames(reply.text)][-1] == "done"


def test_neither_header_nor_field_gives_json(seeds: TestClient) -> None:
    reply = seeds.post("/v1/ask", json={"question": "Did TikTok come up?"}, headers={"Accept": "*/*"})
    assert reply.headers["content-type"] == "application/json"


def test_a_question_that_does_not_fit_is_a_problem_and_no_stream(seeds: TestClient) -> None:
    reply = seeds.post("/v1/ask", json={"question": "", "stream": True})
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")


def test_a_frame_is_one_event_on_two_lines_whatever_the_data_holds() -> None:
    data = {"text": "line\nnext\r\n\u2028 “é” \n\nevent: done"}
    wire = frame("statement", data).decode()
    assert wire.endswith("\n\n")
    assert wire.count("\n") == 3
    assert frames(wire) == [("statement", data)]


def test_an_error_on_the_way_is_an_event_with_the_problem(serve: Serve) -> None:
    script: list[Event | Exception] = [PassagesFound(()), StoreUnavailable("the store cannot be read")]
    client = serve(change=scripted(iter(script)))
    reply = client.post("/v1/ask", json={"question": "Who?", "stream": True})
    events = frames(reply.text)
    assert [name for name, _ in events] == ["passages", "error"]
    assert (events[1][1]["code"], events[1][1]["status"]) == ("store_unavailable", 503)
    assert events[1][1]["request_id"] == reply.headers["x-request-id"]


class _HurriedSelector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / SPEED)


class _HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock runs fast: seconds of waiting are milliseconds."""

    def __init__(self) -> None:
        super().__init__(_HurriedSelector())

    def time(self) -> float:
        return super().time() * SPEED


def test_a_slow_answer_is_kept_alive_by_comments(tmp_path: Path) -> None:
    heard = threading.Event()

    def script() -> Iterator[Event]:
        yield PassagesFound(())
        assert heard.wait(PATIENCE_SECONDS)
        yield refused(Ask("Who?"))

    app = create_app(
        Settings(data=tmp_path, ask_timeout_seconds=1e9, body_timeout_seconds=1e9),
        lambda: scripted(script())(engine_on(tmp_path, fake_models())),
    )

    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        async def heed(message: Message) -> None:
            if message.get("body") == HEARTBEAT:
                heard.set()
            await send(message)

        await app(scope, receive, heed)

    with TestClient(listening, backend_options={"loop_factory": _HurriedLoop}) as client:
        body = when_ready(client).post("/v1/ask", json={"question": "Who?", "stream": True}).text
    assert HEARTBEAT.decode() in body
    assert HEARTBEAT.startswith(b":")
    assert [name for name, _ in frames(body)] == ["passages", "answer", "done"]


def test_an_answer_that_takes_too_long_ends_with_an_error_event(serve: Serve) -> None:
    ended = threading.Event()

    def script() -> Iterator[Event]:
        yield PassagesFound(())
        ended.wait(PATIENCE_SECONDS)
        yield refused(Ask("Who?"))

    client = serve(change=scripted(script()), ask_timeout_seconds=0.2)
    try:
        events = frames(client.post("/v1/ask", json={"question": "Who?", "stream": True}).text)
    finally:
        ended.set()
    assert [name for name, _ in events] == ["passages", "error"]
    assert (events[1][1]["code"], events[1][1]["status"]) == ("answer_timeout", 503)
