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


READER = Shipped(_FOLDER / "reader.safetensors", "2032463e332b5d2ccbf7e3bfa6899c7f76f7f8b49e92d7b025451a8fb17a2482")
ENTAILMENT = Shipped(_FOLDER / "entailment.safetensors", "2d295d9f337f51134f7051b1ad83fefe3cd051a45f86bc93351bca68eaefcbbe")
TEMPERATURE = 1.0


# Fitted on articles held back from the training of these weights, as tests/benchmarks/fit_reader.py prints them.
FITTED = Judgement(
    relevance=Weights(
        bias=-3.888,
        weights=(
            -0.126,  # best
            0.186,  # share
            0.239,  # answerable
            -0.508,  # behind
            3.164,  # cosine
            0.588,  # passage_cosine
            0.306,  # coverage
            0.589,  # coverage_with_neighbours
            2.728,  # coverage_of_passage
            0.644,  # expected_missing
            -0.325,  # unfit
            -0.901,  # echo
            0.739,  # is_question
            0.149,  # is_short
        ),
    ),
    support=Weights(
        bias=-1.026,
        weights=(
            0.085,  # best
            0.607,  # share
            0.293,  # answerable
            -0.036,  # behind
            0.0,  # cosine
            0.0,  # passage_cosine
            0.0,  # coverage
            0.0,  # coverage_with_neighbours
            0.0,  # coverage_of_passage
            0.103,  # expected_missing
            -0.267,  # unfit
            0.068,  # echo
            1.019,  # is_question
            -0.553,  # is_short
        ),
    ),
)
