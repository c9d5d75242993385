"""What every request passes before its route: request id, key, place in the queue, a bounded body, safe headers."""

from __future__ import annotations

import asyncio
import hmac
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import INTERNAL, Problem

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
OPEN_PATHS = frozenset({"/", "/livez", "/readyz", "/favicon.ico"})  # need no key: they tell nothing of the corpus
OPEN_PREFIX = "/page/"
_log = logging.getLogger("readout.http")


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the door; see the settings of the same names."""

    max_body_bytes: int
    body_timeout_seconds: float
    max_concurrent: int
    max_waiting: int


class BodyRefused(HTTPException):
    """A body that is too large or too slow; a framework's exception, since it is raised while a body is parsed."""

    def __init__(self, problem: Problem) -> None:
        """Refuse with this problem."""
        super().__init__(status_code=int(problem.status))
        self.problem = problem


class Door:
    """ASGI middleware. Order: key, then queue, then body, so that nobody unknown or turned away costs more than a header."""

    def __init__(
        self, app: ASGIApp, *, limits: Limits, api_key: str | None, new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    ) -> None:
        """Guard `app`; with `api_key` every path but the open ones needs it."""
        self._app = app
        self._limits = limits
        self._api_key = api_key
        self._new_id = new_id
        self._places = asyncio.Semaphore(limits.max_concurrent)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answering(send, request_id)
        problem = self._refusal(scope)
        if problem is not None:
            await problem.response(request_id)(scope, receive, answer.send)
            return
        try:
            if _is_open(scope["path"]):
                await self._app(scope, self._bounded(scope, receive), answer.send)
                return
            async with self._place():
                await self._app(scope, self._bounded(scope, receive), answer.send)
        except Exception:  # noqa: BLE001 - the outermost edge: whatever went wrong, the client gets a problem
            _log.exception("request %s failed", request_id)
            if not answer.started:
                failed = Problem("internal", INTERNAL)
                await failed.response(request_id)(scope, receive, answer.send)

    def _refusal(self, scope: Scope) -> Problem | None:
        if _is_open(scope["path"]):
            return None
        given = Headers(scope=scope).get("authorization", "")
        expected = f"Bearer {self._api_key}"
        if self._api_key is not None and not hmac.compare_digest(given.encode(), expected.encode()):
            return Problem("unauthorized", "give the key as 'Authorization: Bearer KEY'")
        if self._waiting >= self._limits.max_waiting and self._places.locked():
            return Problem("overloaded", "too many requests are waiting; try again in a moment")
        return None

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """`receive` with a bound on the body's size and on the time until it is complete."""
        limits = self._limits
        too_large = BodyRefused(Problem("body_too_large", f"the body is over {limits.max_body_bytes:,} bytes; send less at once"))
        deadline = asyncio.get_running_loop().time() + limits.body_timeout_seconds
        declared = Headers(scope=scope).get("content-length", "")
        total = 0
        complete = False

        async def bounded() -> Message:
            nonlocal total, complete
            if complete:
                return await receive()
            if declared.isdecimal() and int(declared) > limits.max_body_bytes:
                raise too_large
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise BodyRefused(Problem("body_timeout", "the body did not arrive in time; send it again")) from error
            total += len(message.get("body", b""))
            if total > limits.max_body_bytes:
                raise too_large
            complete = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        return bounded


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIX)


class _Answering:
    """Sends a response with the headers that every response carries."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
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
        await self._send(message)
