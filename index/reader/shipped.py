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
ENTAILMENT = Shipped(_FOLDER / "entailment.safetensors", "62758be409eb2195cda47949456bdc04a065387482e2c326cb74a13b018bb6a8")
COMPARISON = Shipped(_FOLDER / "comparison.safetensors", "096a1b903d31fda1400ea0fac703c6efaa5eea4a010ae9a6fd741b3381ce30c6")
TEMPERATURE = 1.0


# The mean of two fits by tests/benchmarks/fit_reader.py with both of these networks: on the articles and calls held back (500
# questions that people wrote, 900 on calls), and on the calls among them alone. Support is then put on the scale of the fit
# before (odds times 0.847, plus 0.346), on which the threshold and the bounds of several rules were chosen.
FITTED = Judgement(
    relevance=Weights(
        bias=-2.228,
        weights=(
            -0.034,  # best
            0.107,  # share
            0.174,  # answerable
            -0.377,  # behind
            2.447,  # cosine
            0.282,  # passage_cosine
            -0.917,  # coverage
            -0.063,  # coverage_with_neighbours
            1.662,  # coverage_of_passage
            0.197,  # expected_missing
            0.019,  # unfit
            -0.721,  # echo
            -1.887,  # is_question
            -0.270,  # is_short
            0.168,  # alone
        ),
    ),
    support=Weights(
        bias=-0.881,
        weights=(
            -0.026,  # best
            0.374,  # share
            0.269,  # answerable
            -0.284,  # behind
            0.0,  # cosine
            0.0,  # passage_cosine
            0.0,  # coverage
            0.0,  # coverage_with_neighbours
            0.0,  # coverage_of_passage
            -0.652,  # expected_missing
            0.193,  # unfit
            -0.230,  # echo
            -2.434,  # is_question
            -0.209,  # is_short
            0.355,  # alone
        ),
    ),
)
