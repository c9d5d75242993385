"""Logistic models over named traits."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Generic, TypeVar

FLOOR = 0.02  # added to each probability: of less neither network knows anything
Traits = TypeVar("Traits")


@dataclass(frozen=True, slots=True)
class Weights(Generic[Traits]):
    """A logistic model: a bias, and a weight for each trait of a dataclass of numbers."""

    bias: float
    weights: Traits

    def probability(self, traits: Traits) -> float:
        """Of what the model was fitted to tell."""
        logit = self.bias + sum(w * x for w, x in zip(astuple(self.weights), astuple(traits), strict=True))  # type: ignore[call-overload]
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def odds(probability: float) -> float:
    """Their natural logarithm."""
    return math.log((probability + FLOOR) / (1 - probability + FLOOR))


def log(probability: float) -> float:
    """Its natural logarithm, bounded."""
    return math.log(probability + FLOOR)
