"""Work that asking never waits for: storing what waits, embedding it, and renewing the search files."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from index.generation import Generations
from index.ingest import Ingester
from index.lexical_generation import LexicalGenerations
from index.store.documents import Store

POLL_SECONDS = 2.0  # how soon what failed is tried again
_log = logging.getLogger("readout.background")


class Background:
    """One thread that stores what waits, embeds it, and renews the search files."""

    def __init__(self, store: Store, ingester: Ingester, generations: Generations, lexical: LexicalGenerations) -> None:
        """Work on these; `start` begins."""
        self._store = store
        self._ingester = ingester
        self._generations = generations
        self._lexical = lexical
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
                catch_up(self._store, self._ingester, self._generations, lexical=self._lexical, stop=self._stop.is_set)
            except Exception:  # noqa: BLE001 - the thread's outermost edge: if it ended, nothing would be embedded any more
                _log.exception("background work failed; it is tried again")
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()


def catch_up(
    store: Store,
    ingester: Ingester,
    generations: Generations,
    *,
    stop: Callable[[], bool],
    lexical: LexicalGenerations | None = None,
) -> None:
    """Store the files that wait, embed the backlog, and renew the search files where that is due; of words only if given."""

    def renew_words(_: object) -> None:
        if lexical is not None:
            lexical.merge_if_due()

    if store.jobs.n_waiting():
        ingester.work_on_jobs(on_result=renew_words, stop=stop)
    renew_words(None)
    ingester.embed_backlog(on_progress=renew_words, stop=stop)  # hours, where much was stored at once
    if stop():
        return
    generations.adopt_if_due()
    generations.merge_if_due()
    while not stop() and generations.forget_others():
        pass
