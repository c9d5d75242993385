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


READER = Shipped(_FOLDER / "reader.safetensors", "29fe4467c57501154c6e57a6c9d4ba47cf8f844ebcc47ad0901e7c33731ce2da")
ENTAILMENT = Shipped(_FOLDER / "entailment.safetensors", "2d295d9f337f51134f7051b1ad83fefe3cd051a45f86bc93351bca68eaefcbbe")
COMPARISON = Shipped(_FOLDER / "comparison.safetensors", "520389b5cc1ce684bc3fff02fb9c72281cef74216b90de8604391e94f5666464")
TEMPERATURE = 1.0


# The mean of two fits by tests/benchmarks/fit_reader.py, both of these weights: on all articles held back, and on the calls among
# them alone.
FITTED = Judgement(
    relevance=Weights(
        bias=-2.782,
        weights=(
            0.027,  # best
            -0.089,  # share
            0.223,  # answerable
            -0.487,  # behind
            3.107,  # cosine
            0.676,  # passage_cosine
            -0.876,  # coverage
            0.679,  # coverage_with_neighbours
            1.832,  # coverage_of_passage
            0.412,  # expected_missing
            -0.299,  # unfit
            -0.388,  # echo
            -2.714,  # is_question
            -0.085,  # is_short
            0.0,  # alone
        ),
    ),
    support=Weights(
        bias=-1.413,
        weights=(
            0.153,  # best
            0.261,  # share
            0.313,  # answerable
            0.114,  # behind
            0.0,  # cosine
            0.0,  # passage_cosine
            0.0,  # coverage
            0.0,  # coverage_with_neighbours
            0.0,  # coverage_of_passage
            -0.373,  # expected_missing
            -0.192,  # unfit
            0.227,  # echo
            0.0,  # is_question
            0.678,  # is_short
            0.0,  # alone
        ),
    ),
)
