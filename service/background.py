"""Work that asking never waits for: embedding what was stored, and renewing the search snapshot."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from index.generation import Generations
from index.ingest import Ingester
from index.store.documents import Store

POLL_SECONDS = 2.0  # how soon what another process stored is noticed
_log = logging.getLogger("readout.background")


class Background:
    """One thread that embeds the backlog and then makes a new snapshot current."""

    def __init__(self, store: Store, ingester: Ingester, generations: Generations) -> None:
        """Work on these; `start` begins."""
        self._store = store
        self._ingester = ingester
        self._generations = generations
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="readout-background", daemon=True)

    def start(self) -> None:
        """Begin working."""
        self._thread.start()

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def stop(self) -> None:
        """Stop after the batch in hand and wait for it."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                catch_up(self._store, self._ingester, self._generations, stop=self._stop.is_set)
            except Exception:  # noqa: BLE001 - the thread's outermost edge: if it ended, nothing would be embedded any more
                _log.exception("background work failed; it is tried again")
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()


def catch_up(store: Store, ingester: Ingester, generations: Generations, *, stop: Callable[[], bool]) -> None:
    """Embed the backlog and, if anything changed since the current snapshot, make a new one."""
    embedded = ingester.embed_backlog(on_progress=_unwatched, stop=stop)
    if embedded or store.sequence() != generations.current.sequence:
        generations.refresh()


def _unwatched(_: int) -> None:
    """Nobody watches the progress of background work."""
