"""How surely evidence carries a statement: what the entailment network says, beside the words that both hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.normalise import content_terms
from index.types import Relation

Relate = Callable[[Sequence[tuple[str, str]]], list[Relation]]
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model of three features."""

    bias: float
    entails: float
    contradicts: float
    coverage: float


# Fitted by tests/benchmarks/verifying.py
FITTED = Weights(bias=-1.0, entails=0.5, contradicts=-0.2, coverage=1.0)
SHOWN_FROM = 0.5


def supports(pairs: Sequence[tuple[str, str]], relate: Relate) -> list[float]:
    """For each (statement, evidence) the probability that the evidence carries the statement."""
    return [
        probability(FITTED, features(statement, evidence, relation))
        for (statement, evidence), relation in zip(pairs, relate(pairs), strict=True)
    ]


def features(statement: str, evidence: str, relation: Relation) -> tuple[float, float, float]:
    """Log-odds of entailment and of contradiction, and the share of the statement's content terms that the evidence holds."""
    stated = set(content_terms(statement))
    shared = len(stated & set(content_terms(evidence))) / len(stated) if stated else 1.0
    return _log_odds(relation.entails), _log_odds(relation.contradicts), shared


def probability(weights: Weights, found: tuple[float, float, float]) -> float:
    """The logistic model's probability."""
    entails, contradicts, coverage = found
    score = weights.bias + weights.entails * entails + weights.contradicts * contradicts + weights.coverage * coverage
    return 1 / (1 + math.exp(-score))


def _log_odds(share: float) -> float:
    kept = min(max(share, TINY), 1 - TINY)
    return math.log(kept / (1 - kept))
