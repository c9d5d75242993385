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


READER = Shipped(_FOLDER / "reader.safetensors", "d02b9b67655a64918a9c4052b9994e22bc2940ae4f4bab25f16f38f762a7227d")
ENTAILMENT = Shipped(_FOLDER / "entailment.safetensors", "2d295d9f337f51134f7051b1ad83fefe3cd051a45f86bc93351bca68eaefcbbe")
TEMPERATURE = 1.0


# The mean of two fits by tests/benchmarks/fit_reader.py: of the former weights on articles held back, and of these on the calls
# held back.
FITTED = Judgement(
    relevance=Weights(
        bias=-3.465,
        weights=(
            -0.004,  # best
            0.135,  # share
            0.204,  # answerable
            -0.391,  # behind
            3.821,  # cosine
            0.495,  # passage_cosine
            -0.568,  # coverage
            1.052,  # coverage_with_neighbours
            1.61,  # coverage_of_passage
            0.316,  # expected_missing
            -0.122,  # unfit
            -0.842,  # echo
            -0.585,  # is_question
            -0.041,  # is_short
        ),
    ),
    support=Weights(
        bias=-1.239,
        weights=(
            0.097,  # best
            0.717,  # share
            0.347,  # answerable
            -0.018,  # behind
            0.0,  # cosine
            0.0,  # passage_cosine
            0.0,  # coverage
            0.0,  # coverage_with_neighbours
            0.0,  # coverage_of_passage
            -0.171,  # expected_missing
            -0.088,  # unfit
            0.361,  # echo
            -0.77,  # is_question
            -0.166,  # is_short
        ),
    ),
)
