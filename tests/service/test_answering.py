"""An answer step by step: whoever goes stops it before its next step, on every route that asks."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from service.answer import Event, PassagesFound
from service.answering import ClientGone, while_connected
from service.api import create_app
from service.settings import Settings
from service.types import Ask
from tests.fakes import ScriptedAnswerer, fake_models, refused, scripted
from tests.service.conftest import engine_on

PATIENCE_SECONDS = 60.0
ASK = {"question": "Who?"}
CHAT = {"model": "readout", "messages": [{"role": "user", "content": "Who?"}]}
MCP = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": ASK}}
ROUTES = [
    pytest.param("/v1/ask", ASK, id="ask"),
    pytest.param("/v1/ask", {**ASK, "stream": True}, id="ask, streamed"),
    pytest.param("/v1/chat/completions", CHAT, id="chat"),
    pytest.param("/v1/chat/completions", {**CHAT, "stream": True}, id="chat, streamed"),
    pytest.param("/mcp", MCP, id="MCP"),
]


class Leaving:
    """A client that sends its request and, once `go` is set, is gone."""

    def __init__(self, path: str, body: object) -> None:
        self.go = asyncio.Event()
        self._sent = False
        self._body = json.dumps(body).encode()
        headers = {
            "host": "127.0.0.1:8000",
            "content-type": "application/json",
            "accept": "application/json, text/event-stream" if path == "/mcp" else "*/*",
            "mcp-protocol-version": "2025-06-18",
        }
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": ("127.0.0.1", 8000),
            "scheme": "http",
            "asgi": {"spec_version": "2.3"},
        }

    async def receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self.go.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """What is sent goes nowhere."""


async def ready(app: ASGIApp) -> None:
    answered = asyncio.Event()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message.get("status") == 200:
            answered.set()

    scope = {"type": "http", "method": "GET", "path": "/readyz", "raw_path": b"/readyz", "query_string": b"", "headers": []}
    while not answered.is_set():
        await asyncio.sleep(0.01)
        await app({**scope}, receive, send)


@pytest.mark.parametrize(("path", "body"), ROUTES)
def test_a_client_that_goes_during_a_step_stops_the_answer_before_the_next(tmp_path: Path, path: str, body: object) -> None:
    in_step, may_end = threading.Event(), threading.Event()
    steps: list[str] = []

    def script() -> Iterator[Event]:
        steps.append("first")
        in_step.set()
        assert may_end.wait(PATIENCE_SECONDS)
        yield PassagesFound(())
        steps.append("second")
        yield refused(Ask("Who?"))

    answerers: list[ScriptedAnswerer] = []

    def load() -> Any:
        engine = scripted(script())(engine_on(tmp_path, fake_models()))
        answerers.append(engine.answerer)
        return engine

    async def test() -> None:
        app = create_app(Settings(data=tmp_path), load)
        async with asyncio.timeout(PATIENCE_SECONDS * 3), app.router.lifespan_context(app):
            await ready(app)
            client = Leaving(path, body)
            request = asyncio.create_task(app(client.scope, client.receive, client.send))
            await asyncio.to_thread(in_step.wait, PATIENCE_SECONDS)
            client.go.set()
            await request  # it ends while the step is still being made
            assert not answerers[0].closed.is_set()
            may_end.set()
            assert await asyncio.to_thread(answerers[0].closed.wait, PATIENCE_SECONDS)

    asyncio.run(test())
    assert steps == ["first"]


def test_a_client_that_stays_gets_the_result() -> None:
    async def staying() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def work() -> int:
        return 7

    assert asyncio.run(while_connected(staying, work())) == 7


def test_work_that_fails_fails_here() -> None:
    async def staying() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def failing() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        asyncio.run(while_connected(staying, failing()))


def test_work_nobody_waits_for_is_cancelled() -> None:
    cancelled: list[bool] = []

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def working() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(ClientGone):
        asyncio.run(while_connected(gone, working()))
    assert cancelled == [True]
