from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.reader.graph import SpanLogits
from index.reader.pairs import Pair, Tokens
from index.reader.spans import MAX_ANSWER_TOKENS, UNREAD, best_span, sentence_scores
from index.types import Span

LOGITS = st.floats(-20, 20, width=32)
FIRST = 4  # [CLS], two tokens of a question, [SEP]


def pair_of(n_tokens: int) -> Pair:
    """A passage of as many tokens of two letters, a space behind each: token i covers [3 i, 3 i + 2)."""
    places = np.arange(n_tokens, dtype=np.int32)
    passage = Tokens(places + 1000, places * 3, places * 3 + 2)
    return Pair(np.concatenate([[101, 7, 8, 102], passage.ids, [102]]).astype(np.int32), FIRST, passage)


def logits_of(starts: list[float], ends: list[float]) -> SpanLogits:
    return SpanLogits(np.array(starts, dtype=np.float32), np.array(ends, dtype=np.float32), 0.0)


def exhaustive(starts: list[float], ends: list[float]) -> float:
    """The best sum of a start and an end logit, by looking at all spans."""
    spans = [(i, j) for i in range(len(starts)) for j in range(i, min(len(ends), i + MAX_ANSWER_TOKENS))]
    return max(float(np.float32(starts[i]) + np.float32(ends[j])) for i, j in spans)


@st.composite
def readings(draw: st.DrawFn) -> tuple[Pair, SpanLogits, list[Span]]:
    """A pair, its logits and sentences that cover its passage; a border may fall inside a word."""
    n_tokens = draw(st.integers(1, 50))
    length = n_tokens * 3
    values = [draw(st.lists(LOGITS, min_size=n_tokens + FIRST + 1, max_size=n_tokens + FIRST + 1)) for _ in range(2)]
    borders = sorted({0, length, *draw(st.lists(st.integers(1, length - 1), max_size=6))})
    return pair_of(n_tokens), logits_of(*values), [Span(start, end) for start, end in pairwise(borders)]


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(*[st.lists(LOGITS, min_size=n, max_size=n)] * 2)))
@example(([0.0] * 50, [0.0] * 40 + [9.0] * 10))
@example(([9.0] + [0.0] * 49, [0.0] * 49 + [9.0]))
@example(([0.0, 9.0], [9.0, 0.0]))
def test_the_best_span_is_the_one_an_exhaustive_search_finds(drawn: tuple[list[float], list[float]]) -> None:
    starts, ends = (np.array(values, dtype=np.float32) for values in drawn)
    first, last, best = best_span(starts, ends)
    assert best == exhaustive(*drawn)
    assert best == float(starts[first] + ends[last])
    assert 0 <= last - first < MAX_ANSWER_TOKENS


@given(readings())
def test_a_sentences_answer_is_its_best_span_and_lies_in_it(reading: tuple[Pair, SpanLogits, list[Span]]) -> None:
    pair, logits, sentences = reading
    nothing = float(logits.starts[0] + logits.ends[0])
    for sentence, scores in zip(sentences, sentence_scores(pair, logits, sentences), strict=True):
        own = [i for i, start in enumerate(pair.passage.starts) if sentence.start <= start < sentence.end]
        if not own:
            assert (scores.best, scores.share, scores.answer) == (UNREAD, UNREAD, None)
            continue
        places = [FIRST + i for i in own]
        wanted = exhaustive([float(logits.starts[i]) for i in places], [float(logits.ends[i]) for i in places]) - nothing
        assert scores.best == pytest.approx(wanted, abs=1e-4)
        assert scores.answer is not None
        assert len(scores.answer) > 0
        assert sentence.covers(scores.answer)


@given(readings())
def test_the_shares_of_all_sentences_and_of_no_answer_sum_to_one(reading: tuple[Pair, SpanLogits, list[Span]]) -> None:
    pair, logits, sentences = reading
    opened = [float(logits.starts[0]), *(float(value) for value in logits.starts[FIRST : FIRST + len(pair.passage)])]
    none = math.exp(opened[0]) / sum(math.exp(value) for value in opened)
    shares = [scores.share for scores in sentence_scores(pair, logits, sentences) if scores.answer is not None]
    assert none + sum(math.exp(share) for share in shares) == pytest.approx(1, abs=1e-4)


def test_the_scores_of_two_sentences_are_those_worked_out_by_hand() -> None:
    """Nothing: 1 + 2; the best spans: tokens 0 to 1 with 3 + 4, token 2 with 0 + 1."""
    pair = pair_of(3)
    logits = logits_of([1, 50, 50, 50, 3, 0, 0, 50], [2, 50, 50, 50, 0, 4, 1, 50])
    first, second = sentence_scores(pair, logits, [Span(0, 6), Span(6, 9)])
    assert (first.best, first.answer) == (4.0, Span(0, 5))
    assert (second.best, second.answer) == (-2.0, Span(6, 8))
    total = math.e + math.e**3 + 1 + 1
    assert first.share == pytest.approx(math.log((math.e**3 + 1) / total), abs=1e-6)
    assert second.share == pytest.approx(math.log(1 / total), abs=1e-6)


def test_a_sentence_behind_what_was_read_has_no_answer() -> None:
    scores = sentence_scores(pair_of(2), logits_of([0] * 7, [0] * 7), [Span(0, 6), Span(6, 20)])
    assert scores[0].answer is not None
    assert (scores[1].best, scores[1].answer) == (UNREAD, None)
