"""The weights that ship with the project: which files, and what was fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.reader.trained import Judgement, Weights

_FOLDER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A weights file and what it must hash to."""

    path: Path
    sha256: str


READER = Shipped(_FOLDER / "reader.safetensors", "edb01d099ce68bbe57e5d0545081984700d144cd1ff29eeef65d7032ada31c63")
ENTAILMENT = Shipped(_FOLDER / "entailment.safetensors", "b5b520b61505882e0e52266d0ee8188e00405abc79650e2fbc8cefbac0e5e75d")
COMPARISON = Shipped(_FOLDER / "comparison.safetensors", "096a1b903d31fda1400ea0fac703c6efaa5eea4a010ae9a6fd741b3381ce30c6")
TEMPERATURE = 1.0


# The mean of two fits by tests/benchmarks/fit_reader.py with both of these networks: on the articles and calls held back (849
# questions that people wrote, 1,809 on calls), and on the calls among them alone. Support is then put on the scale of the fit
# before (odds times 0.929, plus 0.004), on which the threshold and the bounds of several rules were chosen.
FITTED = Judgement(
    relevance=Weights(
        bias=-4.283,
        weights=(
            0.118,  # best
            0.071,  # share
            0.144,  # answerable
            -0.097,  # behind
            1.683,  # cosine
            2.410,  # passage_cosine
            -0.727,  # coverage
            0.441,  # coverage_with_neighbours
            2.082,  # coverage_of_passage
            -0.003,  # expected_missing
            -0.190,  # unfit
            0.411,  # echo
            -1.495,  # is_question
            -0.172,  # is_short
            0.227,  # alone
        ),
    ),
    support=Weights(
        bias=-1.113,
        weights=(
            0.014,  # best
            0.281,  # share
            0.285,  # answerable
            -0.246,  # behind
            0.0,  # cosine
            0.0,  # passage_cosine
            0.0,  # coverage
            0.0,  # coverage_with_neighbours
            0.0,  # coverage_of_passage
            -0.544,  # expected_missing
            0.363,  # unfit
            -0.142,  # echo
            -3.010,  # is_question
            0.312,  # is_short
            0.284,  # alone
        ),
    ),
)
