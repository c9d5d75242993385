"""A store with vectors of a small model, and what exact search over them finds: for tests of what is derived from it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from index.generation import Bounds, Generations
from index.store.changes import Offered, sha256_of
from index.store.documents import Store
from index.types import Chunk, Metadata, ScoredChunk, Span
from tests.fakes import HashingEmbedder, Rows

DIMENSION = 16
SMALL = Bounds(exact_rows=30, tail_rows=5)  # past these it clusters, and merges


class World:
    """A store with vectors of one model, and what should be found in it."""

    def __init__(self, data: Path, *, model_id: str = "hashing@1", dimension: int = DIMENSION) -> None:
        self.data = data
        self.store = Store(data)
        self.embedder = HashingEmbedder(model_id=model_id, dimension=dimension)
        self.rows: dict[int, Rows] = {}
        self.n = 0

    def add(self, n: int) -> None:
        """Documents of one chunk each, embedded."""
        for _ in range(n):
            self.n += 1
            text = f"Document {self.n}."
            chunk = Chunk(0, "", sha256_of(text), Span(0, len(text)), 3, (Span(0, len(text)),))
            self.store.put(Offered("a.txt", text, (), Metadata(uri=str(self.n))), [chunk], ["document"])
        waiting = self.store.vectors.waiting(self.embedder.model_id, after=0, limit=10_000)
        rows = np.random.default_rng(self.n).standard_normal((len(waiting), self.embedder.dimension)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self.store.vectors.put(self.embedder.model_id, [chunk_id for chunk_id, _ in waiting], rows)
        self.rows |= {chunk_id: row for (chunk_id, _), row in zip(waiting, rows, strict=True)}

    def delete(self, n: int) -> None:
        for summary in self.store.documents()[:n]:
            for chunk_id in self.store.chunk_ids(frozenset([summary.document_id])):
                self.rows.pop(chunk_id, None)
            self.store.delete(summary.document_id)

    def open(self, *, bounds: Bounds = SMALL, writable: bool = True) -> Generations:
        return Generations(self.store.vectors, self.embedder, data=self.data, bounds=bounds, writable=writable)

    def expected(self, query: Rows, k: int) -> list[ScoredChunk]:
        scored = [ScoredChunk(chunk_id, float(row @ query)) for chunk_id, row in self.rows.items()]
        return sorted(scored, key=lambda one: (-one.score, one.chunk_id))[:k]

    def check(self, generations: Generations) -> None:
        """What is found is what exact search over the store's own rows finds."""
        snapshot = generations.current
        assert len(snapshot) == len(self.rows)
        for seed in range(3):
            query = np.random.default_rng(seed).standard_normal(self.embedder.dimension).astype(np.float32)
            query /= np.linalg.norm(query)
            for k in (1, 4, len(self.rows) + 3):
                found, wanted = snapshot.search(query, k=k), self.expected(query, k)
                assert [one.chunk_id for one in found] == [one.chunk_id for one in wanted]
                assert [one.score for one in found] == pytest.approx([one.score for one in wanted], abs=1e-5)


def damage_of(rng: random.Random, data: bytes) -> bytes:
    """One kind of damage, never none."""
    kind = rng.randrange(6)
    place = rng.randrange(len(data))
    if kind == 0:
        return data[:place]
    if kind == 1:
        return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]
    if kind == 2:
        zeros = bytes(min(512, len(data) - place))
        damaged = data[:place] + zeros + data[place + len(zeros) :]
        return damaged if damaged != data else data + b"\0"
    if kind == 3:
        return data + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 64)))
    if kind == 4:
        return b""
    half = len(data) // 2
    swapped = data[half:] + data[:half]
    return swapped if swapped != data else data + b"x"
