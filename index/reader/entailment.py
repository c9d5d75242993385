"""Whether evidence carries a statement, contradicts it, or says nothing of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.reader.expects import asks_whether
from index.reader.graph import RelationGraph
from index.reader.pairs import PairTokenizer
from index.types import Relation


class Entailment:
    """Judges with the trained network."""

    def __init__(self, graph: RelationGraph, tokenizer: PairTokenizer, *, temperature: float) -> None:
        """`temperature` divides the logits, so that shares are as often right as they say (Guo et al., 2017)."""
        self._graph = graph
        self._tokenizer = tokenizer
        self._temperature = temperature

    def relations(self, pairs: Sequence[tuple[str, str]]) -> list[Relation]:
        """The relation of each (statement, evidence), in the order given. A yes/no question may stand for its statement."""
        statements = self._tokenizer.tokens([statement for statement, _ in pairs])
        evidence = self._tokenizer.tokens([text for _, text in pairs])
        joined = [self._tokenizer.pair(one, other) for one, other in zip(statements, evidence, strict=True)]
        logits = self._graph.logits(joined) / self._temperature
        shares = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
        return [Relation(*(float(share) for share in row)) for row in shares]

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        """The probability that each sentence, read alone, answers the question: a yes/no question with yes or no."""
        relations = self.relations([(question, sentence) for sentence in sentences])
        whether = asks_whether(question)
        return [one.entails + (one.contradicts if whether else 0.0) for one in relations]
