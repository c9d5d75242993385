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


READER = Shipped(_FOLDER / "reader.safetensors", "f19c7e624ad1c3da94d9dc99d00a800c9e2d55c2ea2569af35729e7c4fc11fee")
ENTAILMENT = Shipped(_FOLDER / "entailment.safetensors", "2d295d9f337f51134f7051b1ad83fefe3cd051a45f86bc93351bca68eaefcbbe")
TEMPERATURE = 1.0


# Fitted on articles held back from the training of these weights, as tests/benchmarks/fit_reader.py prints them.
FITTED = Judgement(
    relevance=Weights(
        bias=-2.983,
        weights=(
            0.081,  # best
            0.111,  # share
            0.135,  # answerable
            -0.23,  # behind
            4.447,  # cosine
            1.519,  # passage_cosine
            -1.003,  # coverage
            0.885,  # coverage_with_neighbours
            0.557,  # coverage_of_passage
            -0.058,  # expected_missing
            -0.174,  # unfit
            -0.417,  # echo
            -1.572,  # is_question
            0.019,  # is_short
        ),
    ),
    support=Weights(
        bias=-1.532,
        weights=(
            0.115,  # best
            0.49,  # share
            0.434,  # answerable
            -0.306,  # behind
            0.0,  # cosine
            0.0,  # passage_cosine
            0.0,  # coverage
            0.0,  # coverage_with_neighbours
            0.0,  # coverage_of_passage
            -0.055,  # expected_missing
            -0.451,  # unfit
            1.093,  # echo
            0.0,  # is_question
            0.091,  # is_short
        ),
    ),
)
