"""What the routes share: the engine once it is loaded, and how slow work is run beside the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from fastapi import Request

from index.errors import ReadoutError, StoreUnavailable
from service.bootstrap import Engine
from service.errors import AnswerTimeout, HistoryTooLong, NotReady, Overloaded, QuestionTooLong
from service.metrics import Metrics
from service.settings import Settings
from service.types import Ask

T = TypeVar("T")
VERSION = "0.1.0"
SLOTS_FOR_HEALTH = 4
_log = logging.getLogger("readout.server")


class Server:
    """One running server. The engine is loaded in the background, so that it listens at once."""

    def __init__(self, settings: Settings, load: Callable[[], Engine], *, clock: Callable[[], float] = time.time) -> None:
        """Serve with these settings what `load` builds; `clock` gives Unix seconds."""
        self.settings = settings
        self.clock = clock
        self.started = int(clock())
        self.metrics = Metrics()
        self._load = load
        self._engine: Engine | None = None
        self._failure: ReadoutError | None = None
        # A thread cannot be stopped: its slot is free again when it ends, not when its request does.
        self._slots = threading.BoundedSemaphore(settings.max_concurrent + SLOTS_FOR_HEALTH)

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            NotReady: While it is loading.
            ReadoutError: If loading failed; the same error each time.
        """
        if self._failure is not None:
            raise self._failure
        if self._engine is None:
            raise NotReady("models and index are being loaded; try again in a moment")
        return self._engine

    def start(self) -> None:
        """Open, and begin the background work of whoever writes."""
        self.open()
        if self._engine is not None:
            self._engine.background.start()

    def open(self) -> None:
        """Load the engine; takes seconds, so call it in a thread. A failure is raised by `engine`."""
        try:
            engine = self._load()
            engine.answerer.ask(Ask("What was discussed?"))  # a model's first passes are slow: let no user wait for them
        except ReadoutError as error:
            _log.exception("loading failed")
            self._failure = error
        except Exception:  # noqa: BLE001 - the thread's outermost edge: otherwise the server would load for ever
            _log.exception("loading failed")
            self._failure = StoreUnavailable("loading failed; the log says why")
        else:
            self._engine = engine

    def stop(self) -> None:
        """Stop the background work that `start` began, and close."""
        if self._engine is not None:
            self._engine.background.stop()
        self.close()

    def close(self) -> None:
        """Close the store."""
        if self._engine is not None:
            self._engine.close()

    def check_bounds(self, asked: Ask) -> None:
        """Let a question pass that is within its bounds.

        Raises:
            QuestionTooLong, HistoryTooLong: If it is not.
        """
        longest, most = self.settings.max_question_characters, self.settings.max_history_messages
        if len(asked.question) > longest:
            raise QuestionTooLong(f"the question is over {longest:,} characters; ask a shorter one")
        if len(asked.history) > most:
            raise HistoryTooLong(f"the history has over {most} messages; send the last ones")

    async def run(self, work: Callable[[], T], *, timeout_seconds: float | None = None) -> T:
        """The result of some work done in a thread, within `timeout_seconds`, by default that of an answer.

        Raises:
            AnswerTimeout: If it takes longer than the settings allow; its result is then thrown away.
            Overloaded: If as much work as may run at once is running already.
        """
        if not self._slots.acquire(blocking=False):
            raise Overloaded("too much work that nobody waits for any more is still running; try again in a moment")

        def held() -> T:
            try:
                return work()
            finally:
                self._slots.release()

        try:
            async with asyncio.timeout(self.settings.ask_timeout_seconds if timeout_seconds is None else timeout_seconds):
                return await anyio.to_thread.run_sync(held, abandon_on_cancel=True)
        except TimeoutError as error:
            raise AnswerTimeout("it took too long; try again, or ask for less") from error


def of_request(request: Request) -> Server:
    """The server a request came to."""
    server = request.app.state.server
    if not isinstance(server, Server):
        raise TypeError("the application was built without a server")
    return server


def id_of_request(request: Request) -> str:
    """The id that the door gave to a request."""
    return str(request.state.request_id)
