"""Four writers and eight readers on one server."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.torture.oracle import Client, Tally, check
from tests.torture.running import ask, running

N_WRITERS, N_READERS = 4, 8


@dataclass
class Soak:
    """What a soak came to. All but the first four must be zero."""

    seconds: int = 0
    writes: int = 0
    answers: int = 0
    citations: int = 0
    wrong_citations: int = 0
    unread_writes: int = 0
    hangs: int = 0
    wrong: int = 0

    @property
    def faults(self) -> dict[str, int]:
        found = {name: getattr(self, name) for name in ("wrong_citations", "unread_writes", "hangs", "wrong")}
        return {name: n for name, n in found.items() if n}


class Reader:
    """Asks, and reads every citation's version again."""

    def __init__(self, n: int) -> None:
        self.answers = self.citations = self.wrong = self.hangs = 0
        self._n = n

    def work(self, port: int, stop: threading.Event) -> None:
        turn = self._n
        while not stop.is_set():
            turn += 1
            try:
                self.read(port, f"What stands in line {turn % 40}?")
            except TimeoutError:
                self.hangs += 1

    def read(self, port: int, question: str) -> None:
        reply = ask(port, "POST", "/v1/ask", {"question": question})
        if reply.status != 200:
            return
        self.answers += 1
        for citation in reply.body["citations"]:
            self.citations += 1
            path = f"/v1/documents/{citation['document_id']}?sha256={citation['document_sha256']}"
            version = ask(port, "GET", path)
            if version.status in (404, 410):
                continue  # deleted since
            text = version.body["text"]
            named = hashlib.sha256(text.encode()).hexdigest() == citation["document_sha256"]
            self.wrong += not named or text[citation["start"] : citation["end"]] != citation["quote"]


def soak(data: Path, *, seconds: int, seed: int = 0) -> Soak:
    """Write and read at once for some time, then look at what is stored."""
    writers = [Client(f"w{n}", seed + n) for n in range(N_WRITERS)]
    readers = [Reader(n) for n in range(N_READERS)]
    stop = threading.Event()
    with running(data) as server:
        workers = [*writers, *readers]
        threads = [threading.Thread(target=worker.work, args=(server.port, stop)) for worker in workers]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()
    tally = Tally()
    check(data, writers, tally)
    return Soak(
        seconds=seconds,
        writes=sum(writer.acknowledged for writer in writers),
        answers=sum(reader.answers for reader in readers),
        citations=sum(reader.citations for reader in readers),
        wrong_citations=sum(reader.wrong for reader in readers),
        unread_writes=sum(writer.unread for writer in writers),
        hangs=sum(reader.hangs for reader in readers),
        wrong=sum(tally.faults.values()),
    )
