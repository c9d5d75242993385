"""The task of the network that compares answers: does a second sentence agree with the first, differ, or not answer at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.pairs import Pair, PairTokenizer, padded
from index.reader.training.loop import POOL, auroc
from index.reader.training.rows import HELD_BACK_CALLS_SHARE, LIKENESSES, ComparisonRow, is_held_back

# How often each kind of row is drawn; of the pairs by what they are. Kinds that the files lack leave their share to the others.
SHARES = {
    "met": 0.30,
    "pair, agrees": 0.14,
    "pair, differs": 0.18,
    "pair, answers": 0.02,
    "made": 0.05,
    "near": 0.19,
    "turned": 0.03,
    "nothing": 0.03,
    "copy": 0.06,
}
MEASURED_KINDS = ("pair", "near", "met")
MEASURED_ROWS, MEASURED_AT_ONCE = 1_600, 16
AGREES, UNRELATED, DIFFERS, ANSWERS = range(len(LIKENESSES))


@dataclass(frozen=True, slots=True)
class ComparisonExample:
    """A question with two sentences; `label` is a place in LIKENESSES."""

    pair: Pair
    label: int


class ComparisonTask:
    """Learns from all calls but those held back."""

    name = "comparison"

    def __init__(self, rows: Sequence[ComparisonRow], tokenizer: PairTokenizer, *, seed: int) -> None:
        """Sort the rows by kind; they are tokenised as they are drawn.

        Raises:
            InputRejected: If no row is of a call to train on.
        """
        self._seed = seed
        self._tokenizer = tokenizer
        groups: dict[str, list[ComparisonRow]] = {}
        held: list[ComparisonRow] = []
        for row in rows:
            if is_held_back(row.call, HELD_BACK_CALLS_SHARE):
                held += [row] if row.kind in MEASURED_KINDS and row.label != LIKENESSES[ANSWERS] else []
            else:
                groups.setdefault(f"pair, {row.label}" if row.kind == "pair" else row.kind, []).append(row)
        if not groups:
            raise InputRejected("no row of comparison to train on: all are of calls that are held back")
        self._groups = list(groups.values())
        shares = np.array([SHARES[name] for name in groups])
        self._shares = shares / shares.sum()
        chosen = np.random.default_rng(seed).permutation(len(held))[:MEASURED_ROWS]
        measured = comparison_examples([held[at] for at in chosen], tokenizer)
        self._measured = sorted(measured, key=lambda example: len(example.pair.ids))
        self.about = {"trained_on": {name: len(group) for name, group in groups.items()}, "held_back": len(held)}

    def pool(self, number: int, *, finishing: bool) -> list[ComparisonExample]:  # noqa: ARG002  one mix throughout
        """See `Task`."""
        rng = np.random.default_rng([self._seed, number])
        drawn = rng.choice(len(self._groups), size=POOL, p=self._shares)
        rows = [self._groups[group][rng.integers(len(self._groups[group]))] for group in drawn]
        return sorted(comparison_examples(rows, self._tokenizer), key=lambda example: len(example.pair.ids))

    def loss(self, network: nn.Module, batch: Sequence[ComparisonExample]) -> Tensor:
        """See `Task`: cross entropy; what is only known to answer may agree or differ."""
        shares = torch.log_softmax(_forward(network, batch), dim=1)
        labels = torch.tensor([example.label for example in batch])
        known = shares.gather(1, labels.clamp(max=DIFFERS)[:, None])[:, 0]
        either = torch.logsumexp(shares[:, [AGREES, DIFFERS]], dim=1)
        return -torch.where(labels == ANSWERS, either, known).mean()

    def measure(self, network: nn.Module) -> dict[str, float]:
        """See `Task`: AUROC of answering and of differing, and accuracy; nothing if no call is held back."""
        if not self._measured:
            return {}
        shares = np.concatenate(
            [
                torch.softmax(_forward(network, self._measured[at : at + MEASURED_AT_ONCE]), dim=1).numpy()
                for at in range(0, len(self._measured), MEASURED_AT_ONCE)
            ]
        )
        truth = np.array([example.label for example in self._measured])
        return {
            "accuracy": float((shares.argmax(axis=1) == truth).mean()),
            "answers_auroc": auroc(list(1 - shares[:, UNRELATED]), list(truth != UNRELATED)),
            "differs_auroc": auroc(list(shares[:, DIFFERS]), list(truth == DIFFERS)),
        }


def comparison_examples(rows: Sequence[ComparisonRow], tokenizer: PairTokenizer) -> list[ComparisonExample]:
    """The rows as the network reads them."""
    told = [tokenizer.tokens(list(texts)) for texts in zip(*((row.question, row.one, row.other) for row in rows), strict=True)]
    return [
        ComparisonExample(tokenizer.compared(question, one, other), LIKENESSES.index(row.label))
        for row, question, one, other in zip(rows, *told, strict=True)
    ]


def _forward(network: nn.Module, batch: Sequence[ComparisonExample]) -> Tensor:
    arrays = padded([example.pair for example in batch])
    logits: Tensor = network(*(torch.from_numpy(array) for array in (arrays.ids, arrays.segments, arrays.mask)))
    return logits
