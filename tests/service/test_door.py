"""The door: key, queue, bounded body and safe headers, tried on the ASGI seam itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api import create_app
from service.bootstrap import Engine
from service.door import CONTENT_SECURITY_POLICY, PIECE_BYTES, SMALL_BODY_BYTES, Door, Limits
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.conftest import Serve, engine_on

ROOMY = Limits(max_body_bytes=1_000, body_timeout_seconds=30, max_concurrent=4, max_waiting=4)
PROTECTED = (
    "/v1/ask",
    "/v1/search",
    "/v1/documents",
    "/v1/documents/x",
    "/mcp",
    "/metrics",
    "/openapi.json",
    "/nope",
    "//",
    "/pages",
)
OPEN = ("/", "/livez", "/readyz", "/favicon.ico", "/page/app.js")


@dataclass(slots=True)
class Reply:
    """What was sent back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


async def call(
    app: ASGIApp,
    path: str = "/v1/ask",
    *,
    method: str = "POST",
    headers: dict[str, str] | None = None,
    receive: Receive | None = None,
) -> Reply:
    """One request; without `receive` its body is empty."""
    reply = Reply()

    async def empty() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")

    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw}
    await app(scope, receive or empty, send)
    return reply


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads the body and answers 200."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


@dataclass(slots=True)
class Held:
    """An application that holds every request until it is let go."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    entered: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.entered += 1
        if scope["path"] not in OPEN:
            await self.let_go.wait()
        await answering(scope, receive, send)


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine under a bound, so that a hang is a failure."""

    async def bounded() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(bounded())


async def until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(0)


def door(app: ASGIApp, *, limits: Limits = ROOMY, api_key: str | None = None) -> Door:
    return Door(app, limits=limits, api_key=api_key)


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic c2VjcmV0", "secret", "Bearer secret ", "Bearer sécret"]
)
def test_without_the_right_key_nothing_but_the_open_paths_answers(given: str | None) -> None:
    async def test() -> None:
        guarded = door(answering, api_key="secret")
        headers = {} if given is None else {"Authorization": given}
        for path in PROTECTED:
            reply = await call(guarded, path, headers=headers)
            assert (reply.status, reply.code) == (401, "unauthorized")
            assert reply.headers["www-authenticate"].startswith("Bearer")
            assert b"secret" not in reply.body
        for path in OPEN:
            assert (await call(guarded, path, headers=headers)).status == 200

    run(test)


def test_the_right_key_opens_every_path() -> None:
    async def test() -> None:
        guarded = door(answering, api_key="secret")
        for path in (*PROTECTED, *OPEN):
            assert (await call(guarded, path, headers={"Authorization": "Bearer secret"})).status == 200

    run(test)


def test_without_a_configured_key_none_is_asked_for() -> None:
    async def test() -> None:
        for path in (*PROTECTED, *OPEN):
            assert (await call(door(answering), path)).status == 200

    run(test)


def test_whoever_has_no_key_costs_no_body() -> None:
    async def test() -> None:
        read = []

        async def receive() -> Message:
            read.append(1)
            return {"type": "http.request"}

        assert (await call(door(answering, api_key="secret"), receive=receive)).status == 401
        assert read == []

    run(test)


def test_a_key_guards_the_real_routes_and_leaves_the_page_open(serve: Serve) -> None:
    client = serve(api_key="secret")
    assert client.get("/").status_code == client.get("/livez").status_code == client.get("/page/app.js").status_code == 200
    refused = client.post("/v1/ask", json={"question": "Who?"})
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert refused.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert client.get("/v1/documents").status_code == client.get("/metrics").status_code == 401
    key = {"Authorization": "Bearer secret"}
    assert client.post("/v1/ask", json={"question": "Who?"}, headers=key).status_code == 200


def test_a_full_queue_turns_away_at_once_while_the_others_still_finish() -> None:
    async def test() -> None:
        held = Held()
        guarded = door(held, limits=Limits(1_000, 30, max_concurrent=1, max_waiting=1))
        first = asyncio.create_task(call(guarded))
        await until(lambda: held.entered == 1)
        second = asyncio.create_task(call(guarded))
        await asyncio.sleep(0)
        turned_away = await call(guarded)
        assert (turned_away.status, turned_away.code) == (503, "overloaded")
        assert int(turned_away.headers["retry-after"]) >= 1
        assert held.entered == 1
        held.let_go.set()
        assert [(await first).status, (await second).status] == [200, 200]
        assert (await call(guarded)).status == 200

    run(test)


def test_open_paths_answer_while_the_queue_is_full() -> None:
    async def test() -> None:
        held = Held()
        guarded = door(held, limits=Limits(1_000, 30, max_concurrent=1, max_waiting=0))
        first = asyncio.create_task(call(guarded))
        await until(lambda: held.entered == 1)
        assert (await call(guarded)).status == 503
        assert [(await call(guarded, path)).status for path in OPEN] == [200] * len(OPEN)
        held.let_go.set()
        assert (await first).status == 200

    run(test)


def test_one_who_stops_waiting_gives_the_place_in_the_queue_back() -> None:
    async def test() -> None:
        held = Held()
        guarded = door(held, limits=Limits(1_000, 30, max_concurrent=1, max_waiting=1))
        first = asyncio.create_task(call(guarded))
        await until(lambda: held.entered == 1)
        for _ in range(3):
            waiting = asyncio.create_task(call(guarded))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        last = asyncio.create_task(call(guarded))
        await asyncio.sleep(0)
        held.let_go.set()
        assert [(await first).status, (await last).status] == [200, 200]

    run(test)


def test_a_failing_application_gives_its_place_back_and_a_problem_to_the_client() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("the password is hunter2")

    async def test() -> None:
        guarded = door(failing, limits=Limits(1_000, 30, max_concurrent=1, max_waiting=0))
        for _ in range(3):
            reply = await call(guarded)
            assert (reply.status, reply.code) == (500, "internal")
            assert b"hunter2" not in reply.body
            assert reply.headers["content-security-policy"] == CONTENT_SECURITY_POLICY

    run(test)


def test_every_reply_has_its_own_id_and_the_safe_headers() -> None:
    async def test() -> None:
        replies = [await call(door(answering), path) for path in (*PROTECTED, *OPEN)]
        assert len({reply.headers["x-request-id"] for reply in replies}) == len(replies)
        assert {reply.headers["content-security-policy"] for reply in replies} == {CONTENT_SECURITY_POLICY}
        assert {reply.headers["x-content-type-options"] for reply in replies} == {"nosniff"}

    run(test)


def test_a_client_cannot_choose_the_request_id() -> None:
    async def test() -> None:
        assert (await call(door(answering), headers={"X-Request-Id": "mine"})).headers["x-request-id"] != "mine"

    run(test)


def test_what_is_no_http_passes_untouched() -> None:
    async def test() -> None:
        seen: list[Any] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope["type"])

        async def unused(*_: Message) -> Any:
            raise AssertionError("nothing is received or sent")

        await door(app, api_key="secret")({"type": "lifespan"}, unused, unused)
        assert seen == ["lifespan"]

    run(test)


def never() -> Engine:
    raise AssertionError("the engine is not needed")


def arriving(*pieces: bytes, then: Message | None = None) -> Receive:
    """A body that arrives in pieces; after them `then`, or nothing for ever."""
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> Message:
        if left:
            return left.pop(0)
        if then is None:
            await asyncio.Event().wait()
        assert then is not None
        return then

    return receive


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/v1/ask", "application/json"),
        ("/v1/documents", "application/json"),
        ("/v1/documents", "multipart/form-data; boundary=x"),
    ],
)
def test_a_body_that_does_not_arrive_in_time_is_given_up(tmp_path: Path, path: str, media_type: str) -> None:
    async def test() -> None:
        settings = Settings(data=tmp_path, body_timeout_seconds=0.2)
        app = create_app(settings, lambda: engine_on(tmp_path, fake_models()))
        async with app.router.lifespan_context(app):
            while (await call(app, "/readyz", method="GET")).status != 200:  # noqa: ASYNC110 - nor has loading
                await asyncio.sleep(0.01)
            reply = await call(app, path, headers={"Content-Type": media_type}, receive=arriving(b"--x\r\n"))
            assert (reply.status, reply.code) == (408, "body_timeout")
            assert reply.headers["content-security-policy"] == CONTENT_SECURITY_POLICY

    run(test)


def test_an_undeclared_body_is_cut_off_at_the_bound(tmp_path: Path) -> None:
    async def test() -> None:
        app = create_app(Settings(data=tmp_path, max_upload_bytes=1_000), never)
        taken = []

        def endless() -> Receive:
            async def receive() -> Message:
                taken.append(1)
                return {"type": "http.request", "body": b"x" * 100, "more_body": True}

            return receive

        reply = await call(app, headers={"Content-Type": "application/json"}, receive=endless())
        assert (reply.status, reply.code) == (413, "body_too_large")
        assert len(taken) == 11

    run(test)


def test_a_declared_body_over_the_bound_is_not_read(tmp_path: Path) -> None:
    async def test() -> None:
        app = create_app(Settings(data=tmp_path, max_upload_bytes=1_000), never)
        headers = {"Content-Type": "application/json", "Content-Length": "1001"}
        reply = await call(app, headers=headers, receive=arriving())
        assert (reply.status, reply.code) == (413, "body_too_large")

    run(test)


def test_a_body_in_time_and_bounds_reaches_the_application_whole() -> None:
    async def test() -> None:
        got = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            more = True
            while more:
                message = await receive()
                got.append(message["body"])
                more = message["more_body"]
            await answering(scope, arriving(then={"type": "http.request", "more_body": False}), send)

        last = {"type": "http.request", "body": b"c", "more_body": False}
        assert (await call(door(app), receive=arriving(b"a", b"b", then=last))).status == 200
        assert b"".join(got) == b"abc"

    run(test)


LARGE = b"x" * (SMALL_BODY_BYTES + 1)


def test_slow_bodies_hold_no_place() -> None:
    """However many there are, the one who sends at once is answered at once."""

    async def test() -> None:
        guarded = door(answering, limits=Limits(1_000, 30, max_concurrent=1, max_waiting=0))
        slow = [asyncio.create_task(call(guarded, receive=arriving(b"{"))) for _ in range(20)]
        await asyncio.sleep(0)
        assert (await call(guarded)).status == 200
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert (await call(guarded)).status == 200

    run(test)


def test_only_so_many_large_bodies_are_received_at_once_as_there_are_places() -> None:
    async def test() -> None:
        guarded = door(answering, limits=Limits(1_000_000, 30, max_concurrent=1, max_waiting=1))
        last = {"type": "http.request", "body": b"", "more_body": False}
        stalled = asyncio.create_task(call(guarded, receive=arriving(LARGE)))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(call(guarded, receive=arriving(LARGE, then=last)))
        await asyncio.sleep(0)
        turned_away = await call(guarded, receive=arriving(LARGE, then=last))
        assert (turned_away.status, turned_away.code) == (503, "overloaded")
        assert (await call(guarded)).status == 200
        assert not waiting.done()
        stalled.cancel()
        assert (await waiting).status == 200

    run(test)


def test_large_bodies_that_wait_take_no_room_from_small_ones() -> None:
    async def test() -> None:
        held = Held()
        guarded = door(held, limits=Limits(1_000_000, 30, max_concurrent=1, max_waiting=1))
        large = []
        for _ in range(2):
            large.append(asyncio.create_task(call(guarded, receive=arriving(LARGE))))
            await asyncio.sleep(0)
        small = [asyncio.create_task(call(guarded)) for _ in range(2)]
        await until(lambda: held.entered == 1)
        held.let_go.set()
        assert [(await task).status for task in small] == [200, 200]
        for task in large:
            task.cancel()
        await asyncio.gather(*large, return_exceptions=True)

    run(test)


def test_waiting_for_others_is_not_counted_as_slowness() -> None:
    async def test() -> None:
        guarded = door(answering, limits=Limits(1_000_000, 0.3, max_concurrent=1, max_waiting=9))
        last = {"type": "http.request", "body": b"", "more_body": False}
        replies = await asyncio.gather(
            *(call(guarded, receive=arriving(LARGE)) for _ in range(2)), call(guarded, receive=arriving(LARGE, then=last))
        )
        assert [reply.status for reply in replies] == [408, 408, 200]

    run(test)


def test_a_body_in_many_pieces_reaches_the_application_as_one() -> None:
    async def test() -> None:
        messages: list[Message] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            messages.append(await receive())
            await answering(scope, arriving(then={"type": "http.request", "more_body": False}), send)

        last = {"type": "http.request", "body": b"", "more_body": False}
        await call(door(app), receive=arriving(*[b"x"] * 900, then=last))
        assert messages == [{"type": "http.request", "body": b"x" * 900, "more_body": False}]

    run(test)


def test_a_large_body_is_handed_on_whole_and_never_as_a_second_copy_of_it() -> None:
    async def test() -> None:
        got: list[bytes] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            more = True
            while more:
                message = await receive()
                got.append(message["body"])
                more = message["more_body"]
            await answering(scope, arriving(then={"type": "http.request", "more_body": False}), send)

        halves = [bytes(PIECE_BYTES * 3 // 2), b"x" * (PIECE_BYTES * 3 // 2 + 1)]
        last = {"type": "http.request", "body": halves[1], "more_body": False}
        roomy = replace(ROOMY, max_body_bytes=4 * PIECE_BYTES)
        await call(door(app, limits=roomy), receive=arriving(halves[0], then=last))
        assert b"".join(got) == b"".join(halves)
        assert [len(piece) for piece in got] == [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 1]

    run(test)


def test_a_client_that_goes_before_its_body_is_whole_costs_no_work() -> None:
    async def test() -> None:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            raise AssertionError("nobody waits for this")

        reply = await call(door(app), receive=arriving(b"{", then={"type": "http.disconnect"}))
        assert (reply.status, reply.body) == (0, b"")

    run(test)


@pytest.mark.parametrize("limits", [Limits(5, 30, 1, 0), Limits(1_000, 0.1, 1, 0)])
def test_the_connection_of_a_refused_body_is_closed(limits: Limits) -> None:
    """The rest of the body would be taken for the next request."""

    async def test() -> None:
        reply = await call(door(answering, limits=limits), receive=arriving(b"x" * 10))
        assert reply.status in (408, 413)
        assert reply.headers["connection"] == "close"

    run(test)


@pytest.mark.parametrize(
    ("method", "site", "api_key", "status"),
    [
        ("POST", "cross-site", None, 403),
        ("DELETE", "same-site", None, 403),
        ("POST", "same-origin", None, 200),
        ("POST", "none", None, 200),
        ("POST", None, None, 200),
        ("GET", "cross-site", None, 200),
        ("POST", "cross-site", "secret", 200),
    ],
)
def test_without_a_key_pages_of_other_sites_change_nothing(
    method: str, site: str | None, api_key: str | None, status: int
) -> None:
    async def test() -> None:
        headers = {"Authorization": "Bearer secret"} | ({} if site is None else {"Sec-Fetch-Site": site})
        reply = await call(door(answering, api_key=api_key), "/v1/documents", method=method, headers=headers)
        assert reply.status == status

    run(test)


def test_a_client_that_does_not_read_gives_its_place_back() -> None:
    async def test() -> None:
        guarded = door(answering, limits=Limits(1_000, 0.1, max_concurrent=1, max_waiting=0))

        async def stuck(message: Message) -> None:
            await asyncio.Event().wait()

        scope = {"type": "http", "method": "GET", "path": "/v1/ask", "headers": []}
        await guarded(scope, arriving(then={"type": "http.request", "more_body": False}), stuck)
        assert (await call(guarded)).status == 200

    run(test)


def test_problems_before_the_routes_have_openai_s_form_where_its_clients_ask() -> None:
    async def test() -> None:
        limits = Limits(5, 30, max_concurrent=1, max_waiting=0)
        for path in ("/v1/chat/completions", "/v1/models"):
            refused = [
                await call(door(answering, api_key="secret"), path),
                await call(door(answering, limits=limits), path, receive=arriving(b"x" * 10)),
            ]
            assert [reply.status for reply in refused] == [401, 413]
            assert all(set(json.loads(reply.body)["error"]) == {"message", "type", "param", "code"} for reply in refused)

    run(test)
