"""What the network that compares answers learns from, and its loss."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.pairs import PairTokenizer
from index.reader.training.comparing import ANSWERS, SHARES, ComparisonExample, ComparisonTask, comparison_examples
from index.reader.training.rows import HELD_BACK_CALLS_SHARE, LIKENESSES, ComparisonRow, is_held_back

CALLS = [f"call-{number}" for number in range(40)]
HELD = [call for call in CALLS if is_held_back(call, HELD_BACK_CALLS_SHARE)]
LEARNED = [call for call in CALLS if call not in HELD]


class Fixed(nn.Module):
    """Gives every pair the same logits."""

    def __init__(self, *logits: float) -> None:
        super().__init__()
        self._logits = torch.tensor(logits)

    def forward(self, ids: Tensor, _segments: Tensor, _mask: Tensor) -> Tensor:
        return self._logits.repeat(len(ids), 1)


def row(call: str, label: str, kind: str) -> ComparisonRow:
    return ComparisonRow(call, "Who went?", f"Anna went, says {call}.", "It was Bob.", label, kind)


def rows(calls: list[str]) -> list[ComparisonRow]:
    pairs = [row(call, label, "pair") for call in calls for label in ("agrees", "differs", "answers")]
    return [*pairs, *(row(call, "unrelated", "near") for call in calls), *(row(call, "agrees", "copy") for call in calls)]


@pytest.fixture(scope="module")
def task(tokenizer: PairTokenizer) -> ComparisonTask:
    return ComparisonTask(rows(CALLS), tokenizer, seed=7)


def labelled(tokenizer: PairTokenizer, label: str) -> list[ComparisonExample]:
    return comparison_examples([row("call", label, "pair")], tokenizer)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("agrees", -math.log(0.5)),
        ("unrelated", -math.log(0.2)),
        ("differs", -math.log(0.3)),
        ("answers", -math.log(0.5 + 0.3)),
    ],
)
def test_the_loss_of_each_label_is_the_one_worked_out_by_hand(
    label: str, wanted: float, task: ComparisonTask, tokenizer: PairTokenizer
) -> None:
    network = Fixed(*(math.log(share) for share in (0.5, 0.2, 0.3)))
    assert float(task.loss(network, labelled(tokenizer, label))) == pytest.approx(wanted, abs=1e-6)


def test_calls_held_back_are_measured_and_never_drawn(task: ComparisonTask, tokenizer: PairTokenizer) -> None:
    assert HELD
    assert LEARNED
    learned = task.about["trained_on"]
    assert isinstance(learned, dict)
    assert learned == dict.fromkeys(("pair, agrees", "pair, differs", "pair, answers", "near", "copy"), len(LEARNED))
    assert task.about["held_back"] == 3 * len(HELD)
    only = ComparisonTask([row(LEARNED[0], "differs", "pair"), row(HELD[0], "agrees", "pair")], tokenizer, seed=7)
    assert {LIKENESSES[example.label] for example in only.pool(0, finishing=False)} == {"differs"}


def test_kinds_are_drawn_at_their_rates_whatever_their_numbers(task: ComparisonTask) -> None:
    drawn = task.pool(0, finishing=False)
    there = ("pair, agrees", "pair, differs", "pair, answers", "near", "copy")
    expected = SHARES["near"] / sum(SHARES[name] for name in there)
    found = sum(LIKENESSES[example.label] == "unrelated" for example in drawn) / len(drawn)
    assert found == pytest.approx(expected, abs=0.06)
    lengths = [len(example.pair.ids) for example in drawn]
    assert lengths == sorted(lengths)


def test_a_pool_is_the_same_for_one_number_and_another_for_the_next(tokenizer: PairTokenizer) -> None:
    one, same = (ComparisonTask(rows(CALLS), tokenizer, seed=7) for _ in range(2))
    labels = [
        [example.label for example in task.pool(number, finishing=False)] for task, number in ((one, 3), (same, 3), (one, 4))
    ]
    assert labels[0] == labels[1] != labels[2]


def test_measures_are_those_worked_out_by_hand(task: ComparisonTask) -> None:
    """Of three measured rows of a call one agrees, one differs, one is unrelated; constant scores tell nothing apart."""
    found = task.measure(Fixed(2.0, 0.0, 1.0))
    assert found == pytest.approx({"accuracy": 1 / 3, "answers_auroc": 0.5, "differs_auroc": 0.5}, abs=1e-6)


def test_files_whose_calls_are_all_held_back_are_rejected(tokenizer: PairTokenizer) -> None:
    with pytest.raises(InputRejected, match="no row of comparison to train on"):
        ComparisonTask([row(HELD[0], "agrees", "pair")], tokenizer, seed=7)


def test_without_calls_held_back_nothing_is_measured(tokenizer: PairTokenizer) -> None:
    task = ComparisonTask([row(LEARNED[0], LIKENESSES[ANSWERS], "pair")], tokenizer, seed=7)
    assert task.measure(Fixed(0.0, 0.0, 0.0)) == {}
