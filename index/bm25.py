"""BM25 (Robertson & Zaragoza 2009) with the constants and the idf of SQLite's bm25(): whatever finds, scores are alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Amount = TypeVar("Amount", float, NDArray[np.float64])

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6  # SQLite's, for terms that half of all chunks hold


def idf(n_holding: int, n_chunks: int) -> float:
    """What a term is worth that so many of all chunks hold."""
    odds = (n_chunks - n_holding + 0.5) / (n_holding + 0.5)
    return math.log(odds) if odds > 1 else LEAST_IDF


def most(frequencies: Mapping[str, int], n_chunks: int) -> float:
    """More than any chunk can score: what the terms would give if they stood in it without end.

    `frequencies` gives in how many chunks each occurs.
    """
    return (K1 + 1) * sum(idf(n_holding, n_chunks) for n_holding in frequencies.values())


def gain(count: Amount, length: Amount, *, mean_length: float) -> Amount:
    """What an idf is multiplied by where a term stands so often in a chunk of so many terms."""
    return count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean_length))


def score(terms: str, idfs: Mapping[str, float], *, mean_length: float) -> float:
    """The score of a chunk with these terms; 0 if it holds none of those asked for."""
    held = terms.split(" ")
    counts = {term: float(count) for term in idfs if (count := held.count(term))}
    return sum(idfs[term] * gain(count, float(len(held)), mean_length=mean_length) for term, count in counts.items())
