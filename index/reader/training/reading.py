"""The task of the reader: which span answers, and whether any does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.errors import InputRejected
from index.reader.graph import SpanLogits
from index.reader.pairs import PairTokenizer, padded
from index.reader.spans import best_span
from index.reader.training.loop import auroc
from index.reader.training.mix import FINISH, MAIN, Example, Mixer
from index.reader.training.rows import HUMAN, ReadingRow, split
from index.reader.training.synonyms import Thesaurus

ANSWERABLE_WEIGHT = 0.5  # of the answerability loss beside the span loss
MEASURED_ROWS = 700
ANSWERED_SOURCE = "squad1_train"
MEASURED_AT_ONCE = 16


class ReadingTask:
    """Learns from the rows of articles that are not held back, and measures on those that are."""

    name = "reader"

    def __init__(
        self, rows: Sequence[ReadingRow], tokenizer: PairTokenizer, *, seed: int, thesaurus: Thesaurus | None = None
    ) -> None:
        """Tokenise all contexts; takes seconds. With a thesaurus, questions are put in other words too.

        Raises:
            InputRejected: If all rows are of articles held back.
        """
        train, held_back = split(rows)
        if not train:
            raise InputRejected("every article of these rows is held back for calibration: give rows of more articles")
        self._mixer = Mixer(train, tokenizer, seed=seed, thesaurus=thesaurus)
        measured = _measured(held_back, seed)
        whole = Mixer(measured, tokenizer, seed=seed)
        self._measured = sorted(((whole.whole(row), row) for row in measured), key=lambda drawn: len(drawn[0].pair.ids))
        self.about = {"trained_on": _counts(train), "held_back": _counts(held_back), "reworded": thesaurus is not None}

    def pool(self, number: int, *, finishing: bool) -> list[Example]:
        """See `Task`."""
        return self._mixer.pool(number, FINISH if finishing else MAIN)

    def loss(self, network: nn.Module, batch: Sequence[Example]) -> Tensor:
        """See `Task`: cross entropy of the span's ends, [CLS] for none, and of answerability."""
        starts, ends, answerable = _forward(network, batch)
        first = torch.tensor([example.first for example in batch])
        last = torch.tensor([example.last for example in batch])
        truth = torch.tensor([float(example.answerable) for example in batch])
        span = (functional.cross_entropy(starts, first) + functional.cross_entropy(ends, last)) / 2
        return span + ANSWERABLE_WEIGHT * functional.binary_cross_entropy_with_logits(answerable, truth)

    def measure(self, network: nn.Module) -> dict[str, float]:
        """See `Task`: overlap of spans, and the AUROC of answerability over people's questions."""
        overlaps, scores, truths = [], [], []
        for at in range(0, len(self._measured), MEASURED_AT_ONCE):
            batch = self._measured[at : at + MEASURED_AT_ONCE]
            starts, ends, answerable = (t.numpy() for t in _forward(network, [example for example, _ in batch]))
            for place, (example, row) in enumerate(batch):
                logits = SpanLogits(starts[place], ends[place], float(answerable[place]))
                open_to = slice(example.pair.first, example.pair.first + len(example.pair.passage))
                first, last, best = best_span(logits.starts[open_to], logits.ends[open_to])
                if example.answerable:
                    overlaps.append(_overlap(first + open_to.start, last + open_to.start, example))
                if row.source == HUMAN:
                    scores.append(best - float(logits.starts[0] + logits.ends[0]) + logits.answerable)
                    truths.append(example.answerable)
        return {"span_f1": float(np.mean(overlaps)) if overlaps else 0.0, "auroc": auroc(scores, truths)}


def _forward(network: nn.Module, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Logits where only [CLS] and the passage's tokens can be an answer."""
    arrays = padded([example.pair for example in batch])
    ids, segments, mask = (torch.from_numpy(array) for array in (arrays.ids, arrays.segments, arrays.mask))
    starts, ends, answerable = network(ids, segments, mask)
    closed = segments == 0
    closed[:, 0] = False
    for row, example in enumerate(batch):
        closed[row, len(example.pair.ids) - 1] = True  # the last [SEP]
    return starts.masked_fill(closed, -1e4), ends.masked_fill(closed, -1e4), answerable


def _measured(held_back: Sequence[ReadingRow], seed: int) -> list[ReadingRow]:
    """Half people's questions (answerable and not), half answered ones of other articles, as far as there are any."""
    rng = np.random.default_rng(seed)
    groups = [[row for row in held_back if row.source == source] for source in (HUMAN, ANSWERED_SOURCE)]
    return [group[i] for group in groups for i in rng.permutation(len(group))[: MEASURED_ROWS // 2]]


def _counts(rows: Sequence[ReadingRow]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.source] = counts.get(row.source, 0) + 1
    return counts


def _overlap(first: int, last: int, example: Example) -> float:
    """F1 of the tokens of two spans."""
    shared = min(last, example.last) - max(first, example.first) + 1
    return max(0.0, 2 * shared / (last - first + example.last - example.first + 2))
