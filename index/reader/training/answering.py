"""Questions beside single sentences, made of reading rows: does this sentence answer?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.reader.pairs import in_context
from index.reader.training.rows import CALLS, CONTRASTS, HUMAN, EntailmentRow, ReadingRow
from index.sentences import sentences
from index.types import Span

SOURCE = "answering"
# How often a question is of each of these sources, or of any other.
SHARES = {CALLS: 0.4, CONTRASTS: 0.3, HUMAN: 0.15, "": 0.15}
ANSWERS_SHARE = 0.75  # of the examples of answered questions show the sentence that answers
MOST_LIKE = 3  # of the other sentences, by the words that they share with the question, one is drawn
_WORD = re.compile(r"[^\W_]{3,}")


class Answering:
    """Draws pairs of a question and a sentence of its passage: one that holds the answer carries it, any other is neutral."""

    def __init__(self, rows: Sequence[ReadingRow]) -> None:
        """Sort the rows by their sources; there must be one at least."""
        groups: dict[str, list[ReadingRow]] = {}
        for row in rows:
            groups.setdefault(row.source if row.source in SHARES else "", []).append(row)
        self._groups = list(groups.values())
        shares = np.array([SHARES[source] for source in groups])
        self._shares = shares / shares.sum()

    def draw(self, rng: np.random.Generator) -> EntailmentRow:
        """A row; of the question's passage, or if that holds a single sentence, that one."""
        group = self._groups[int(rng.choice(len(self._groups), p=self._shares))]
        row = group[int(rng.integers(len(group)))]
        spans = sentences(row.context, Span(0, len(row.context)))
        holding = [place for place, span in enumerate(spans) if any(span.overlaps(answer) for answer in row.answers)]
        others = [place for place in range(len(spans)) if place not in holding]
        if holding and (not others or rng.random() < ANSWERS_SHARE):
            place, label = holding[int(rng.integers(len(holding)))], "entailment"
        else:
            asked = _words(row.question)
            like = sorted(others, key=lambda other: -len(asked & _words(spans[other].of(row.context))))[:MOST_LIKE]
            place, label = like[int(rng.integers(len(like)))], "neutral"
        before = spans[place - 1].of(row.context) if place else ""
        return EntailmentRow(SOURCE, in_context(spans[place].of(row.context), before), row.question, label)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
