from __future__ import annotations

import numpy as np
import pytest

from index.kindred import FIRST, WEIGHT, nearer
from index.types import ScoredChunk

EAST, NORTH = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


def test_a_passage_of_a_document_like_that_of_the_best_overtakes_one_that_scored_a_little_more() -> None:
    ranked = [ScoredChunk(1, 0.9), ScoredChunk(2, 0.5), ScoredChunk(3, 0.45)]
    rows = {1: EAST, 2: NORTH, 3: EAST}
    assert [one.chunk_id for one in nearer(ranked, {1: "call", 2: "other", 3: "more of it"}, rows)] == [1, 3, 2]


def test_scores_worked_out_by_hand() -> None:
    """Of the first three documents two look east and one north: east is alike by 2/3, north by 1/3."""
    assert FIRST == 3
    ranked = [ScoredChunk(1, 0.9), ScoredChunk(2, 0.8), ScoredChunk(3, 0.7), ScoredChunk(4, 0.1)]
    found = nearer(ranked, {1: "a", 2: "b", 3: "c", 4: "d"}, {1: EAST, 2: EAST, 3: NORTH, 4: NORTH})
    assert [one.chunk_id for one in found] == [1, 2, 3, 4]
    likeness = [2 / 3, 2 / 3, 1 / 3, 1 / 3]
    assert [one.score for one in found] == pytest.approx(
        [score + WEIGHT * like for score, like in zip([0.9, 0.8, 0.7, 0.1], likeness, strict=True)]
    )


def test_a_document_is_the_mean_of_its_passages() -> None:
    ranked = [ScoredChunk(1, 0.9), ScoredChunk(2, 0.9)]
    both = nearer(ranked, {1: "a", 2: "a"}, {1: EAST, 2: NORTH})
    assert [one.score for one in both] == pytest.approx([0.9 + WEIGHT] * 2)


def test_what_is_not_embedded_yet_falls_behind_nothing() -> None:
    ranked = [ScoredChunk(1, 0.9), ScoredChunk(2, 0.8)]
    assert nearer(ranked, {1: "a", 2: "b"}, {}) == ranked
    assert [one.score for one in nearer(ranked, {1: "a", 2: "b"}, {1: EAST})] == pytest.approx([0.9 + WEIGHT, 0.8 + WEIGHT])
    assert nearer([], {}, {}) == []
