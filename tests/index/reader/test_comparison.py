"""From the logits of the network that compares answers to likenesses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.reader.comparison import Comparison
from index.reader.pairs import MAX_COMPARED_QUESTION_TOKENS, MAX_COMPARED_TOKENS, MAX_PAIR_TOKENS, Pair, PairTokenizer
from index.types import Likeness

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MadeUpGraph:
    """Gives the n-th pair the n-th of some made-up logits; records the pairs."""

    def __init__(self, *logits: tuple[float, ...]) -> None:
        self.pairs: list[Pair] = []
        self._logits = logits

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.pairs += pairs
        return np.array(self._logits[: len(pairs)], dtype=np.float32).reshape(-1, 3)


def compared(tokenizer: PairTokenizer, *logits: tuple[float, ...]) -> list[Likeness]:
    others = ["It was Bob."] * len(logits)
    return Comparison(MadeUpGraph(*logits), tokenizer).likenesses("Who?", "Anna did.", others)  # type: ignore[arg-type]  # a fake


def test_logits_become_shares_in_the_order_agrees_unrelated_differs(tokenizer: PairTokenizer) -> None:
    one, other = compared(tokenizer, (math.log(6), math.log(3), math.log(1)), (0.0, 0.0, math.log(8)))
    assert (one.agrees, one.unrelated, one.differs) == pytest.approx((0.6, 0.3, 0.1), abs=1e-6)
    assert (other.agrees, other.unrelated, other.differs) == pytest.approx((0.1, 0.1, 0.8), abs=1e-6)
    assert compared(tokenizer) == []


def test_the_question_the_first_and_the_second_sentence_are_read_in_this_order(tokenizer: PairTokenizer) -> None:
    graph = MadeUpGraph((0, 0, 0))
    Comparison(graph, tokenizer).likenesses("Who?", "Anna did.", ["It was Bob."])  # type: ignore[arg-type]  # a fake
    question, first, second = tokenizer.tokens(["Who?", "Anna did.", "It was Bob."])
    (pair,) = graph.pairs
    separators = np.flatnonzero(pair.ids == pair.ids[-1]).tolist()
    assert pair.ids[1 : separators[0]].tolist() == question.ids.tolist()
    assert pair.ids[separators[0] + 1 : separators[1]].tolist() == first.ids.tolist()
    assert (pair.first, pair.ids[pair.first : -1].tolist()) == (separators[1] + 1, second.ids.tolist())


def test_what_is_too_long_is_cut_and_the_end_of_the_question_stays(tokenizer: PairTokenizer) -> None:
    question, first, second = tokenizer.tokens(["why " * 100 + "now", "one " * 300, "other " * 300])
    pair = tokenizer.compared(question, first, second)
    assert len(pair.ids) == MAX_COMPARED_QUESTION_TOKENS + 2 * MAX_COMPARED_TOKENS + 4 <= MAX_PAIR_TOKENS
    assert pair.ids[MAX_COMPARED_QUESTION_TOKENS] == question.ids[-1]
    assert len(pair.passage) == MAX_COMPARED_TOKENS
