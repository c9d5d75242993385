"""A reader without training of its own: sentence and token similarities with term coverage, weighed by a logistic model."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from index.normalise import STOP_WORDS, content_terms, terms
from index.reader.expects import Expected, candidates, expected
from index.types import Passage, Reading, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.protocols import Embedder, TokenRows

MIN_SENTENCE_TERMS = 5  # below it a sentence is "Hello." or "That's right."
CACHED_TEXTS = 2_048  # sentences and passages; about 50 tokens of 384 floats each, 160 MB; 800 MB if all were of 254

DocumentFrequencies = Callable[[Iterable[str]], tuple[Mapping[str, int], int]]


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of one sentence for one question. Similarities are cosines, coverages shares of IDF mass."""

    sentence_cosine: float
    passage_cosine: float
    token_similarity: float
    weakest_token_similarity: float
    coverage: float
    coverage_with_neighbours: float
    coverage_of_passage: float
    expected_missing: float
    is_question: float
    is_short: float
    log_length: float


FEATURE_NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over `Features`: for each the weight, and the bias."""

    bias: float
    weights: tuple[float, ...]

    def support(self, features: Features) -> float:
        """The probability that the sentence answers."""
        logit = self.bias + sum(w * x for w, x in zip(self.weights, astuple(features), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


# Fitted on squad2_dev_a as an open corpus, then flattened (Platt 1999) on its held-back articles, since the best of many
# sentences is right less often than its own odds say. tests/benchmarks/fit_similarity.py fits again: other weights, like result.
FITTED = Weights(
    bias=-5.285,
    weights=(2.673, -0.485, 3.202, -0.680, -0.126, 1.420, -0.252, -0.278, -2.379, -0.396, 0.099),
)


class SimilarityReader:
    """See `Reader`. Sentences are embedded when first read and kept for the next questions."""

    def __init__(self, embedder: Embedder, frequencies: DocumentFrequencies, weights: Weights) -> None:
        """Read with `embedder`; `frequencies` gives for terms in how many chunks they occur, and the number of chunks."""
        self._embedder = embedder
        self._frequencies = frequencies
        self._weights = weights
        self._cache: OrderedDict[str, TokenRows] = OrderedDict()
        self._lock = Lock()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """See `Reader`."""
        kind = expected(question)
        readings = []
        for (passage, sentence), features in self.measure(question, passages):
            text = passages[passage].sentences[sentence].of(passages[passage].text)
            answer = _answer(kind, text, question)
            start = passages[passage].sentences[sentence].start
            span = answer.shifted(start) if answer is not None else None
            readings.append(Reading(passage, sentence, span, self._weights.support(features)))
        return sorted(readings, key=lambda reading: -reading.support)

    def measure(self, question: str, passages: Sequence[Passage]) -> list[tuple[tuple[int, int], Features]]:
        """The features of every sentence, under (passage, sentence), in reading order."""
        asked = self._seen([question])[0]
        idf = self._idf(question)
        kind = expected(question)
        texts = [[span.of(passage.text) for span in passage.sentences] for passage in passages]
        seen = iter(self._seen([*(text for group in texts for text in group), *(p.text for p in passages)]))
        rows = [[next(seen) for _ in group] for group in texts]
        measured = []
        for number, (group, group_rows, passage_row) in enumerate(zip(texts, rows, seen, strict=True)):
            held = [frozenset(terms(text)) for text in group]
            for place, (text, row) in enumerate(zip(group, group_rows, strict=True)):
                similarities = _token_similarities(asked, row)
                features = Features(
                    sentence_cosine=float(asked.pooled @ row.pooled),
                    passage_cosine=float(asked.pooled @ passage_row.pooled),
                    token_similarity=float(similarities.mean()),
                    weakest_token_similarity=float(similarities.min()),
                    coverage=_covered(idf, held[place]),
                    coverage_with_neighbours=_covered(idf, frozenset().union(*held[max(0, place - 1) : place + 2])),
                    coverage_of_passage=_covered(idf, frozenset().union(*held)),
                    expected_missing=float(kind is not Expected.ANY and not candidates(kind, text, question=question)),
                    is_question=float(text.rstrip().endswith("?")),
                    is_short=float(len(held[place]) < MIN_SENTENCE_TERMS),
                    log_length=math.log1p(len(held[place])),
                )
                measured.append(((number, place), features))
        return measured

    def _seen(self, texts: Sequence[str]) -> list[TokenRows]:
        with self._lock:
            known = {text: self._cache[text] for text in texts if text in self._cache}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= dict(zip(new, self._embedder.embed_tokens(new), strict=True))
        with self._lock:
            for text in texts:
                self._cache[text] = known[text]
                self._cache.move_to_end(text)
            while len(self._cache) > CACHED_TEXTS:
                self._cache.popitem(last=False)
        return [known[text] for text in texts]

    def _idf(self, question: str) -> dict[str, float]:
        """The inverse document frequency of each content term of the question, as BM25 has it (never negative)."""
        frequencies, n_chunks = self._frequencies(dict.fromkeys(content_terms(question)))
        return {term: math.log1p((n_chunks - n + 0.5) / (n + 0.5)) for term, n in frequencies.items()}


def _token_similarities(asked: TokenRows, row: TokenRows) -> NDArray[np.float32]:
    """For each token of the question that carries meaning its largest cosine in the text (MaxSim: ColBERT, 2020)."""
    carrying = [place for place, token in enumerate(asked.tokens) if token.isalnum() and token not in STOP_WORDS]
    rows = asked.rows[carrying] if carrying else asked.rows
    if not len(rows) or not len(row.rows):
        return np.zeros(1, dtype=np.float32)
    similarities: NDArray[np.float32] = (rows @ row.rows.T).max(axis=1)
    return similarities


def _covered(idf: Mapping[str, float], held: frozenset[str]) -> float:
    total = sum(idf.values())
    return sum(weight for term, weight in idf.items() if term in held) / total if total else 0.0


def _answer(kind: Expected, sentence: str, question: str) -> Span | None:
    """The answering words where their kind tells them apart: the only candidate. A place is not told from other names."""
    if kind is Expected.PLACE:
        return None
    found = candidates(kind, sentence, question=question)
    return found[0] if len(found) == 1 else None
