"""One answer beside the event loop: step by step in threads, and no further step once nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Coroutine, Generator, Iterator
from contextlib import closing
from typing import Protocol, TypeVar

from starlette.types import Receive

from index.errors import ReadoutError
from service import problems
from service.answer import Event
from service.problems import Problem
from service.server import Server
from service.types import Answer, Ask

T = TypeVar("T")
HEARTBEAT = b": still here\n\n"
HEARTBEAT_SECONDS = 10.0
_log = logging.getLogger("readout.stream")


class ClientGone(Exception):
    """Nobody waits for the response any more."""


class StreamForm(Protocol):
    """How an answer's events are written to a stream."""

    def of(self, event: Event) -> Iterator[bytes]:
        """The frames of one event."""

    def failed(self, problem: Problem) -> bytes:
        """The frame that ends a stream that failed on the way."""


class Answering:
    """The events of one answer, each made in a thread."""

    def __init__(self, server: Server, asked: Ask) -> None:
        """Begin; the time of the answer runs from now on.

        Raises:
            NotReady: As `Server.engine` does.
        """
        self._server = server
        self._events = _closable(server.engine.answerer.events(asked, wanted=lambda: not self._left))
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + server.settings.ask_timeout_seconds
        self._one = threading.Lock()  # a generator takes one step at a time, and cannot be closed during one
        self._left = False

    async def next(self) -> Event | None:
        """The next event; None after the last. An answer is counted in the metrics.

        Raises:
            AnswerTimeout, Overloaded: As `Server.run` does; the time is that of the whole answer.
        """
        event = await self._server.run(self._step, timeout_seconds=max(0.0, self._deadline - self._loop.time()))
        if isinstance(event, Answer):
            self._server.metrics.answered(event)
        return event

    def close(self) -> None:
        """Stop: at once if no step is being made, else when it ends."""
        self._left = True
        self._close_events()

    def _step(self) -> Event | None:
        with self._one:
            event = None if self._left else next(self._events, None)
        if self._left:
            self._close_events()
        return event

    def _close_events(self) -> None:
        if self._one.acquire(blocking=False):
            try:
                self._events.close()
            finally:
                self._one.release()


async def whole_answer(answering: Answering) -> Answer:
    """The answer at the end of its steps. Cancelled, it stops before the next one.

    Raises:
        AnswerTimeout, Overloaded: As `Answering.next` does.
    """
    last: Event | None = None
    with closing(answering) as steps:
        while (event := await steps.next()) is not None:
            last = event
    if not isinstance(last, Answer):
        raise TypeError("the last event of an answer is the answer")
    return last


async def streamed(answering: Answering, form: StreamForm, *, request_id: str) -> AsyncIterator[bytes]:
    """The frames of an answer, with comments while a step takes long. Whatever goes wrong ends it with a frame that says so."""
    try:
        with closing(answering) as steps:
            while True:
                step = asyncio.ensure_future(steps.next())
                try:
                    while not (await asyncio.wait({step}, timeout=HEARTBEAT_SECONDS))[0]:
                        yield HEARTBEAT
                finally:
                    step.cancel()
                event = step.result()
                if event is None:
                    return
                for data in form.of(event):
                    yield data
    except ReadoutError as error:
        yield form.failed(problems.of_error(error))
    except Exception:  # noqa: BLE001 - the stream's outermost edge: headers are sent, so an event must say that it failed
        _log.exception("stream %s failed", request_id)
        yield form.failed(Problem("internal", problems.INTERNAL))


async def while_connected(receive: Receive, work: Coroutine[None, None, T]) -> T:
    """The result of `work`, which is cancelled once the client has gone; the request's body must have been received.

    Raises:
        ClientGone: If the client went first.
    """
    working = asyncio.ensure_future(work)
    going = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({working, going}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        going.cancel()
        working.cancel()
        await asyncio.wait({working, going})


def _closable(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
