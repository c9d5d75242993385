"""How surely evidence carries a statement: what the entailment network says, beside the words that both hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.normalise import content_terms
from index.types import Relation

Relate = Callable[[Sequence[tuple[str, str]]], list[Relation]]
MIN_COVERAGE = 0.6  # share of a statement's content terms below which no network is asked: it speaks of something else
SHOWN_FROM = 0.5  # more likely carried than not
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model of two features: log-odds of entailment, and coverage."""

    bias: float
    entails: float
    coverage: float


# Fitted on the sources held back from the network's training, as tests/benchmarks/verifying.py prints them. The network's odds of
# contradiction added nothing.
FITTED = Weights(bias=-1.818, entails=0.515, coverage=2.051)


def supports(pairs: Sequence[tuple[str, str]], relate: Relate) -> list[float]:
    """For each (statement, evidence) the probability that the evidence carries the statement."""
    return [
        probability(FITTED, relation.entails, coverage(statement, evidence))
        for (statement, evidence), relation in zip(pairs, relate(pairs), strict=True)
    ]


def probability(weights: Weights, entails: float, covered: float) -> float:
    """The logistic model's probability, of the network's probability of entailment and the coverage."""
    return 1 / (1 + math.exp(-(weights.bias + weights.entails * log_odds(entails) + weights.coverage * covered)))


def coverage(statement: str, evidence: str) -> float:
    """The share of a statement's content terms that the evidence holds."""
    stated = set(content_terms(statement))
    return len(stated & set(content_terms(evidence))) / len(stated) if stated else 0.0


def log_odds(share: float) -> float:
    """The logarithm of a probability's odds, bounded."""
    kept = min(max(share, _TINY), 1 - _TINY)
    return math.log(kept / (1 - kept))
