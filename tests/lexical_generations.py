"""A store of drawn words, and what SQLite's own index finds in it: for tests of the index of words that is derived from it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index.generation import Bounds
from index.inverted import LOCKS
from index.lexical_generation import LEXICAL_FOLDER, LexicalGenerations
from index.store.changes import Offered, sha256_of
from index.store.documents import Store
from index.types import Chunk, Metadata, ScoredChunk, Span

SMALL = Bounds(exact_rows=10, tail_rows=5)
WORDS = [f"w{n}" for n in range(30)]


class Words:
    """A store whose documents have one chunk each, of drawn words: low ones often, high ones seldom."""

    def __init__(self, data: Path, seed: int = 0) -> None:
        self.data = data
        self.store = Store(data)
        self.n = 0
        self._rng = random.Random(seed)

    def add(self, n: int, words: str | None = None) -> None:
        for _ in range(n):
            self.n += 1
            drawn = words or " ".join(self._rng.choices(WORDS, [1 / (n + 1) for n in range(30)], k=self._rng.randrange(1, 25)))
            text = f"{drawn} d{self.n}"
            self.put(text, [text])

    def put(self, text: str, terms: list[str]) -> None:
        """A document with a chunk for each of these terms."""
        length = len(text) // len(terms)
        spans = [Span(at * length, (at + 1) * length) for at in range(len(terms))]
        chunks = [Chunk(0, "", sha256_of(text), span, 3, (span,)) for span in spans]
        self.store.put(Offered("a.txt", text, (), Metadata(uri=f"{self.n} {len(terms)}")), chunks, terms)

    def delete(self, n: int) -> None:
        for summary in self._rng.sample(self.store.documents(), n):
            self.store.delete(summary.document_id)

    def open(self, *, writable: bool = True, bounds: Bounds = SMALL) -> LexicalGenerations:
        return LexicalGenerations(self.store.wordings, data=self.data, bounds=bounds, writable=writable)

    def files(self) -> list[Path]:
        """What can be damaged: tantivy's lock files are no part of an index."""
        listed = (self.data / LEXICAL_FOLDER).rglob("*")
        return sorted(path for path in listed if path.is_file() and path.suffix != LOCKS)

    def expected(self, terms: list[str], k: int, document_ids: frozenset[str] | None = None) -> list[ScoredChunk]:
        """What SQLite's bm25() finds over all chunks."""
        return self.store.match_terms(" OR ".join(terms), k=k, document_ids=document_ids)

    def check(self, generations: LexicalGenerations, *, scores: bool = True) -> None:
        """All chunks are found that hold a word and are there; their scores and order are SQLite's, where nothing is deleted."""
        snapshot = generations.current
        assert snapshot is not None
        some = frozenset(summary.document_id for summary in self.store.documents()[::3])
        for terms in (["w0"], ["w1", "w29"], [f"d{self.n}", "w3", "w4"], ["w8", "w13", "w2", "nowhere"]):
            for document_ids in (None, some):
                found = snapshot.search(terms, k=200, document_ids=document_ids)
                wanted = self.expected(terms, 200, document_ids)
                assert {one.chunk_id for one in found} == {one.chunk_id for one in wanted}
                if scores:
                    assert [one.score for one in found] == pytest.approx([one.score for one in wanted], rel=1e-9)
                    assert [one.chunk_id for one in found] == [one.chunk_id for one in wanted]
