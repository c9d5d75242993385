"""Whether two sentences that answer one question agree, or exclude each other, or the second does not answer it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.reader.graph import RelationGraph
from index.reader.pairs import PairTokenizer
from index.types import Likeness


class Comparison:
    """Judges with the trained network."""

    def __init__(self, graph: RelationGraph, tokenizer: PairTokenizer) -> None:
        """Judge with this network."""
        self._graph = graph
        self._tokenizer = tokenizer

    def likenesses(self, question: str, first: str, others: Sequence[str]) -> list[Likeness]:
        """How each of the others stands to the first sentence, as answers to the question, in the order given."""
        asked, one = self._tokenizer.tokens([question, first])
        logits = self._graph.logits([self._tokenizer.compared(asked, one, other) for other in self._tokenizer.tokens(others)])
        shares = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
        return [Likeness(*(float(share) for share in row)) for row in shares]
