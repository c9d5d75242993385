"""From the entailment network's logits to relations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.entailment import Entailment
from index.reader.pairs import Pair, PairTokenizer
from index.types import Relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOGITS = st.tuples(*[st.floats(-50, 50, width=32)] * 3)


class MadeUpGraph:
    """Gives the n-th pair the n-th of some made-up logits; records the pairs."""

    def __init__(self, *logits: tuple[float, ...]) -> None:
        self.pairs: list[Pair] = []
        self._logits = logits

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.pairs += pairs
        return np.array(self._logits[: len(pairs)], dtype=np.float32).reshape(-1, 3)


def related(tokenizer: PairTokenizer, *logits: tuple[float, ...], temperature: float = 1.0) -> list[Relation]:
    pairs = [("It rained.", "It rained in Oslo.")] * len(logits)
    return Entailment(MadeUpGraph(*logits), tokenizer, temperature=temperature).relations(pairs)  # type: ignore[arg-type]  # a fake


def shares(relation: Relation) -> tuple[float, float, float]:
    return relation.entails, relation.neutral, relation.contradicts


@given(logits=LOGITS, temperature=st.floats(0.1, 10))
def test_three_shares_sum_to_one_and_the_largest_logit_has_the_largest(
    logits: tuple[float, ...], temperature: float, tokenizer: PairTokenizer
) -> None:
    (relation,) = related(tokenizer, logits, temperature=temperature)
    assert sum(shares(relation)) == pytest.approx(1, abs=1e-5)
    assert min(shares(relation)) >= 0
    assert shares(relation)[logits.index(max(logits))] == max(shares(relation))


def test_logits_become_shares_in_the_order_entails_neutral_contradicts(tokenizer: PairTokenizer) -> None:
    (relation,) = related(tokenizer, (math.log(6), math.log(3), math.log(1)))
    assert shares(relation) == pytest.approx((0.6, 0.3, 0.1), abs=1e-6)


def test_a_higher_temperature_flattens_the_shares(tokenizer: PairTokenizer) -> None:
    """The odds of 16 to 1 become 4 to 1 at temperature 2."""
    logits = (math.log(16), 0.0, -100.0)
    (sharp,) = related(tokenizer, logits)
    (flat,) = related(tokenizer, logits, temperature=2.0)
    assert shares(sharp) == pytest.approx((16 / 17, 1 / 17, 0), abs=1e-6)
    assert shares(flat) == pytest.approx((4 / 5, 1 / 5, 0), abs=1e-6)


def test_relations_stand_in_the_order_of_the_pairs(tokenizer: PairTokenizer) -> None:
    relations = related(tokenizer, (9, 0, 0), (0, 0, 9), (0, 9, 0))
    assert [shares(relation).index(max(shares(relation))) for relation in relations] == [0, 2, 1]


def test_the_statement_is_read_first_and_the_evidence_second(tokenizer: PairTokenizer) -> None:
    graph = MadeUpGraph((0, 0, 0))
    Entailment(graph, tokenizer, temperature=1.0).relations([("Wheat came up.", "They spoke of rice.")])  # type: ignore[arg-type]  # a fake
    statement, evidence = tokenizer.tokens(["Wheat came up.", "They spoke of rice."])
    (pair,) = graph.pairs
    assert pair.ids[1 : pair.first - 1].tolist() == statement.ids.tolist()
    assert pair.passage.ids.tolist() == evidence.ids.tolist()


def test_no_pairs_have_no_relations(tokenizer: PairTokenizer) -> None:
    assert related(tokenizer) == []


@pytest.mark.parametrize(("question", "expected"), [("Who signed?", [0.6, 0.1]), ("Did Anna sign?", [0.7, 0.4])])
def test_yes_and_no_answer_only_what_asks_for_them(question: str, expected: list[float], tokenizer: PairTokenizer) -> None:
    logits = [(math.log(6), math.log(3), math.log(1)), (math.log(1), math.log(6), math.log(3))]
    graph = MadeUpGraph(*logits)
    found = Entailment(graph, tokenizer, temperature=1.0).answers(question, ["Anna signed.", "It rained."])  # type: ignore[arg-type]  # a fake
    assert found == pytest.approx(expected, abs=1e-6)
