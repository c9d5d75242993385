"""From the network's logits to each sentence's best span and scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.reader.graph import SpanLogits
from index.reader.pairs import Pair
from index.types import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ANSWER_TOKENS = 40  # SQuAD's answers have 46 at most, 99 in a hundred have fewer than 22
UNREAD = -20.0  # log odds of a sentence of which no token was read


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """What the network says of one sentence. `best` and `share` are log odds and a log share.

    `best`: of the best span beginning and ending in the sentence, against no answer; `share`: of the probability of an
    answer's beginning that lies in the sentence, [CLS] standing for none; `answer`: that span, in the passage's text.
    """

    best: float
    share: float
    answer: Span | None


def sentence_scores(pair: Pair, logits: SpanLogits, sentences: Sequence[Span]) -> list[SentenceScores]:
    """The scores of each sentence (spans of the passage's text), in the order given."""
    first, n_tokens = pair.first, len(pair.passage)
    starts, ends = logits.starts[first : first + n_tokens], logits.ends[first : first + n_tokens]
    nothing = float(logits.starts[0] + logits.ends[0])
    total = float(np.logaddexp.reduce(np.append(starts, logits.starts[0])))
    scores = []
    for sentence in sentences:
        low, high = (int(place) for place in np.searchsorted(pair.passage.starts, (sentence.start, sentence.end)))
        if low >= high:
            scores.append(SentenceScores(UNREAD, UNREAD, None))
            continue
        place, last, best = best_span(starts[low:high], ends[low:high])
        until = min(int(pair.passage.ends[low + last]), sentence.end)  # where a border falls inside a word, its piece goes on
        answer = Span(int(pair.passage.starts[low + place]), until)
        share = float(np.logaddexp.reduce(starts[low:high])) - total
        scores.append(SentenceScores(best - nothing, share, answer))
    return scores


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int, float]:
    """The first and last token of the span with the largest sum of logits, and that sum."""
    sums = starts[:, None] + ends[None, :]
    length = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
    sums = np.where((length >= 0) & (length < MAX_ANSWER_TOKENS), sums, -np.inf)
    first, last = divmod(int(sums.argmax()), len(ends))
    return first, last, float(sums[first, last])
