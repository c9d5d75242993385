"""The route that MCP clients ask: POST /mcp. The protocol's package takes a second to import: that is done beside the start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.answering import ClientGone, while_connected
from service.server import Server

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"


class McpOverHttp:
    """Answers MCP requests while `running`."""

    def __init__(self, server: Server) -> None:
        """Answer from `server`'s engine."""
        self._server = server
        self._handler: asyncio.Future[ASGIApp] | None = None

    def route(self) -> Route:
        """The route. Streams from the server, and ending sessions, are not taken: each request is whole in itself."""
        return Route(PATH, endpoint=self, methods=["POST"], include_in_schema=False)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer requests within this context; those that come before the import is done wait for it."""
        self._handler = asyncio.get_running_loop().create_future()
        ending = asyncio.Event()
        serving = asyncio.create_task(self._serve(self._handler, ending))
        try:
            yield
        finally:
            ending.set()
            await serving

    async def _serve(self, handler: asyncio.Future[ASGIApp], ending: asyncio.Event) -> None:
        """In a task of its own: the protocol's task group is left in the task that entered it."""
        manager = await asyncio.to_thread(_manager, self._server)
        async with manager.run():
            handler.set_result(manager.handle_request)
            await ending.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; a client that goes stops it."""
        if self._handler is None:
            raise RuntimeError("MCP is answered while the application runs")
        handle = await asyncio.shield(self._handler)
        body = [await receive()]

        async def given() -> Message:
            if not body:
                await asyncio.Event().wait()  # the request ends by being cancelled
            return body.pop()

        async def handled() -> None:
            await handle(scope, given, send)

        try:
            await while_connected(receive, handled())
        except ClientGone:
            return


def _manager(server: Server) -> StreamableHTTPSessionManager:
    from service.mcp import over_http

    return over_http(server)
