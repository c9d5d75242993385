"""What every request passes before its route: request id, key, place in the queue, a bounded body, safe headers."""

from __future__ import annotations

import asyncio
import hmac
import logging
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import INTERNAL, Problem

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
OPEN_PATHS = frozenset({"/", "/livez", "/readyz", "/favicon.ico"})  # need no key: they tell nothing of the corpus
OPEN_PREFIX = "/page/"
READING = ("GET", "HEAD", "OPTIONS")
OTHER_SITES = ("cross-site", "same-site")  # as browsers tell in Sec-Fetch-Site; another port of localhost is the same site
SMALL_BODY_BYTES = 65_536  # what uvicorn itself buffers of each connection
PIECE_BYTES = 1_000_000  # of a body that is handed on
_log = logging.getLogger("readout.http")


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the door; see the settings of the same names."""

    max_body_bytes: int
    body_timeout_seconds: float
    max_concurrent: int
    max_waiting: int


class _Refused(Exception):
    """The request is turned away before the application has seen it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class _ReaderTooSlow(Exception):
    """The client does not take what it is sent."""


class _Places:
    """So many at once, and so many more that wait for their turn."""

    def __init__(self, limits: Limits) -> None:
        self._free = asyncio.Semaphore(limits.max_concurrent)
        self._max_waiting = limits.max_waiting
        self._waiting = 0

    def check_room(self) -> None:
        """Raise `_Refused` if too many wait already."""
        if self._waiting >= self._max_waiting and self._free.locked():
            raise _Refused(Problem("overloaded", "too many requests are waiting; try again in a moment"))

    async def take(self, held: AsyncExitStack) -> None:
        """Wait for a place and hold it in `held`.

        Raises:
            _Refused: If too many wait already.
        """
        self.check_room()
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        held.callback(self._free.release)


class Door:
    """ASGI middleware. Order: key, room in the queue, body, place, so that whoever is slow or turned away holds up nobody.

    A small body is received beside the places: it costs no more than its connection does. Of larger ones only so many are
    received at once as there are places, and each counts until its request is done: that bounds the memory.
    """

    def __init__(
        self, app: ASGIApp, *, limits: Limits, api_key: str | None, new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    ) -> None:
        """Guard `app`; with `api_key` every path but the open ones needs it."""
        self._app = app
        self._limits = limits
        self._api_key = api_key
        self._new_id = new_id
        self._places = _Places(limits)
        self._large_bodies = _Places(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answering(send, request_id, timeout_seconds=self._limits.body_timeout_seconds)
        try:
            await self._admit(scope, receive, answer.send)
        except _Refused as refused:
            response = refused.problem.response(request_id, path=scope["path"])
            response.headers["Connection"] = "close"  # of the body, who knows what is still to come
            await response(scope, receive, answer.send)
        except _ReaderTooSlow:
            _log.warning("request %s was given up: nobody read its response", request_id)
        except Exception:  # noqa: BLE001 - the outermost edge: whatever went wrong, the client gets a problem
            _log.exception("request %s failed", request_id)
            if not answer.started:
                failed = Problem("internal", INTERNAL)
                await failed.response(request_id, path=scope["path"])(scope, receive, answer.send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        self._check(scope)
        async with AsyncExitStack() as held:
            body = await self._body(scope, receive, held)
            if body is None:
                return
            await self._places.take(held)
            await self._app(scope, _replayed(body, receive), send)

    def _check(self, scope: Scope) -> None:
        """Turn away by the head alone.

        Raises:
            _Refused: If the key is missing or wrong, another site's page sent the request, or too many wait.
        """
        headers = Headers(scope=scope)
        expected = f"Bearer {self._api_key}"
        if self._api_key is not None and not hmac.compare_digest(headers.get("authorization", "").encode(), expected.encode()):
            raise _Refused(Problem("unauthorized", "give the key as 'Authorization: Bearer KEY'"))
        # Without a key any page that a browser on this machine shows could send us forms.
        if self._api_key is None and scope["method"] not in READING and headers.get("sec-fetch-site") in OTHER_SITES:
            raise _Refused(Problem("cross_origin", "pages of other sites may not change anything here; set READOUT_API_KEY"))
        self._places.check_room()

    async def _body(self, scope: Scope, receive: Receive, held: AsyncExitStack) -> bytearray | None:
        """The whole body; None if the client went.

        Raises:
            _Refused: If it is too large or too slow.
        """
        limits, loop = self._limits, asyncio.get_running_loop()
        too_large = _Refused(Problem("body_too_large", f"the body is over {limits.max_body_bytes:,} bytes; send less at once"))
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limits.max_body_bytes:
            raise too_large
        received, counted = bytearray(), False
        try:
            async with asyncio.timeout(limits.body_timeout_seconds) as deadline:
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return None
                    received += message.get("body", b"")
                    if len(received) > limits.max_body_bytes:
                        raise too_large
                    if not message.get("more_body", False):
                        return received
                    if len(received) > SMALL_BODY_BYTES and not counted:
                        deadline.reschedule(None)  # this wait is no fault of the client
                        await self._large_bodies.take(held)
                        deadline.reschedule(loop.time() + limits.body_timeout_seconds)
                        counted = True
        except TimeoutError as error:
            raise _Refused(Problem("body_timeout", "the body did not arrive in time; send it again")) from error


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIX)


def _replayed(body: bytearray, receive: Receive) -> Receive:
    """`receive` from the start of the body on, in pieces large enough to be few, and too small to be a second copy of it."""
    given, is_whole = 0, False

    async def replayed() -> Message:
        nonlocal given, is_whole
        if is_whole:
            return await receive()
        with memoryview(body) as view:
            piece = bytes(view[given : given + PIECE_BYTES])
        given += len(piece)
        is_whole = given >= len(body)
        if is_whole:
            body.clear()
        return {"type": "http.request", "body": piece, "more_body": not is_whole}

    return replayed


class _Answering:
    """Sends a response with the headers that every response carries."""

    def __init__(self, send: Send, request_id: str, *, timeout_seconds: float) -> None:
        self._send = send
        self._request_id = request_id
        self._timeout_seconds = timeout_seconds
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
            headers.setdefault("Cache-Control", "no-store")
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._send(message)
        except TimeoutError as error:
            raise _ReaderTooSlow from error
