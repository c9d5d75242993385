"""Stand-ins behind the seams: cheap, deterministic, and they record what they were asked."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnavailable
from index.normalise import STOP_WORDS, content_terms
from index.protocols import Embedder
from index.types import Likeness, Passage, Reading, Relation, ScoredChunk
from service.answer import Event
from service.bootstrap import Models
from service.types import Answer, Ask, Mode, RefusalReason, Refused

Rows = NDArray[np.float32]
DIMENSION = 256  # two words that differ then have a cosine near 0 (standard deviation 1/16)
PIECE_CHARACTERS = 6  # a longer word is several tokens, as with word pieces
N_SPECIAL = 2  # like [CLS] and [SEP]
STOP_WORD_WEIGHT = 0.1
_TOKEN = re.compile(r"\w+|[^\w\s]")


class HashingEmbedder:
    """An `Embedder` that knows words only: a text's row is the unit sum of its words' hashed rows, stop words light.

    Texts with no word in common have a cosine near 0, equal texts 1. Like a real encoder it reads `max_tokens` tokens
    and no more. `calls` holds (method, texts) in the order asked.
    """

    def __init__(self, *, model_id: str = "hashing@1", dimension: int = DIMENSION, max_tokens: int = 256) -> None:
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self._model_id = model_id
        self._dimension = dimension
        self._max_tokens = max_tokens
        self._rows: dict[str, Rows] = {}

    @property
    def model_id(self) -> str:
        return self._model_id

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    @property
    def embedded(self) -> list[str]:
        """Every text that `embed` was given, in order."""
        return [text for method, texts in self.calls if method == "embed" for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.calls.append(("count_tokens", tuple(texts)))
        return [len(pieces(text)) + N_SPECIAL for text in texts]

    def embed(self, texts: Sequence[str]) -> Rows:
        self.calls.append(("embed", tuple(texts)))
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        return np.stack([self._pooled(self._read(text)) for text in texts])

    def _read(self, text: str) -> list[str]:
        return pieces(text)[: self._max_tokens - N_SPECIAL]

    def _pooled(self, tokens: Sequence[str]) -> Rows:
        if not tokens:
            return self._row("")
        total = sum((_weight(token) * self._row(token) for token in tokens), np.zeros(self._dimension, dtype=np.float32))
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _row(self, token: str) -> Rows:
        if token not in self._rows:
            seed = int.from_bytes(hashlib.sha256(token.encode(errors="surrogatepass")).digest()[:8])
            row = np.random.default_rng(seed).standard_normal(self._dimension)
            self._rows[token] = (row / np.linalg.norm(row)).astype(np.float32)
        return self._rows[token]


def pieces(text: str) -> list[str]:
    """The tokens of a text as `HashingEmbedder` reads it, special ones left out."""
    return [
        token[at : at + PIECE_CHARACTERS]
        for token in _TOKEN.findall(text.casefold())
        for at in range(0, len(token), PIECE_CHARACTERS)
    ]


def _weight(token: str) -> float:
    return 1.0 if token.isalnum() and token not in STOP_WORDS else STOP_WORD_WEIGHT


class GatedEmbedder(HashingEmbedder):
    """Documents wait before `gate`, a question alone does not: for tests that asking never waits for embedding.

    `reached` is set once a batch of documents waits. A batch of one text is taken for a question.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.reached = threading.Event()

    def embed(self, texts: Sequence[str]) -> Rows:
        if len(texts) > 1:
            self.reached.set()
            if not self.gate.wait(timeout=30):
                raise TimeoutError("the test never opened the gate")
        return super().embed(texts)


class BrokenEmbedder(HashingEmbedder):
    """Counts tokens but cannot embed, until `mended` is set; then it works."""

    def __init__(self) -> None:
        super().__init__()
        self.mended = False

    def embed(self, texts: Sequence[str]) -> Rows:
        if not self.mended:
            raise ModelUnavailable("the fake model is broken")
        return super().embed(texts)


class OverlapReader:
    """A `Reader` whose support is the share of the question's content terms that a sentence holds. Records the questions."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.questions.append(question)
        asked = set(content_terms(question))
        readings = [
            Reading(number, place, None, share, share)
            for number, passage in enumerate(passages)
            for place, span in enumerate(passage.sentences)
            for share in [len(asked & set(content_terms(span.of(passage.text)))) / max(1, len(asked))]
        ]
        return sorted(readings, key=lambda reading: -reading.support)


def fake_models(embedder: Embedder | None = None) -> Models:
    """Cheap models behind both seams."""
    return Models(embedder or HashingEmbedder(), lambda _: OverlapReader(), unrelated, unanswering)


def unrelated(pairs: Sequence[tuple[str, str]]) -> list[Relation]:
    """Says of all evidence that it says nothing of the statement."""
    return [Relation(0.0, 1.0, 0.0) for _ in pairs]


def unanswering(_question: str, _first: str, others: Sequence[str]) -> list[Likeness]:
    """Says of all other sentences that they do not answer the question."""
    return [Likeness(0.0, 1.0, 0.0) for _ in others]


class DictionaryStore:
    """A `VectorStore` in plain Python over a dictionary of rows; records what it was asked."""

    def __init__(self, chunk_ids: Sequence[int], rows: Rows) -> None:
        self.searches: list[tuple[int, frozenset[int] | None]] = []
        self._dimension = rows.shape[1]
        self._rows = dict(zip(chunk_ids, [[float(x) for x in row] for row in rows], strict=True))

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, row: Rows, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        self.searches.append((k, None if allowed is None else frozenset(allowed)))
        query = [float(x) for x in np.asarray(row).reshape(-1)]
        if len(query) != self._dimension or not np.isfinite(query).all():
            raise ValueError(f"a query row must hold {self._dimension} finite numbers")
        found = [
            ScoredChunk(chunk_id, sum(a * b for a, b in zip(query, held, strict=True)))
            for chunk_id, held in self._rows.items()
            if allowed is None or chunk_id in allowed
        ]
        return sorted(found, key=lambda scored: (-scored.score, scored.chunk_id))[: max(0, k)]


class ScriptedAnswerer:
    """Answers its first question at once (the server's own) and then plays a script; `asked` and `closed` record."""

    def __init__(self, script: Iterator[Event | Exception]) -> None:
        self.asked: list[str] = []
        self.closed = threading.Event()
        self._script = script

    def ask(self, ask: Ask) -> Answer:
        self.asked.append(ask.question)
        return refused(ask)

    def events(self, ask: Ask, *, wanted: Callable[[], bool]) -> Iterator[Event]:
        self.asked.append(ask.question)
        try:
            for event in self._script:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed.set()


def refused(ask: Ask) -> Answer:
    return Answer(ask, Refused(RefusalReason.NO_EVIDENCE, "nothing", ()), (), 0.0, Mode.EXTRACTIVE, "1")


def scripted(script: Iterator[Event | Exception]) -> Any:
    """Puts a scripted answerer into an engine."""
    return lambda engine: replace(engine, answerer=ScriptedAnswerer(script))
