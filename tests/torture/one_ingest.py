"""A small ingest that says what was stored, for a disk that fails below it."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from index.errors import ReadoutError
from index.normalise import terms
from index.store.changes import Offered, sha256_of
from index.store.documents import Store
from index.types import Chunk, Metadata, Span


def put(store: Store, text: str, uri: str) -> None:
    span = Span(0, len(text))
    chunk = Chunk(0, "", sha256_of(text), span, 3, (span,))
    store.put(Offered("a.txt", text, (), Metadata(uri=uri)), [chunk], [" ".join(terms(text))])
    waiting = store.vectors.waiting("hashing@1", after=0, limit=9)
    store.vectors.put("hashing@1", [chunk_id for chunk_id, _ in waiting], np.eye(len(waiting), 4, dtype=np.float32))


def run(gate: Connection, data: Path, said: Connection) -> None:
    """Ingest, once something has come through the gate; say the sha256 of what was stored, and None for what was refused."""
    gate.recv()
    try:
        store = Store(data)
    except ReadoutError:
        said.send(None)
        sys.exit(1)
    for n in range(3):
        text = f"Words of document {n}. " * 300
        for _ in range(2):  # what was refused is offered once more
            try:
                put(store, text, f"/{n}")
            except ReadoutError:
                said.send(None)
            else:
                said.send(sha256_of(text))
                break
