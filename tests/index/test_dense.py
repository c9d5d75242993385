"""What the contract test of every vector store leaves: FAISS against numpy at size, and threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

import faiss
import numpy as np
import pytest

from index.dense import ExactStore, FaissStore, add_rows, flat_index

DIMENSION = 384


def flat_store(ids: Sequence[int], rows: np.ndarray) -> FaissStore:
    index = flat_index(rows.shape[1])
    add_rows(index, ids, rows)
    return FaissStore(index)


def rows_of(n: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_question_asked_by_one_thread_leaves_faiss_its_threads() -> None:
    rows = rows_of(10, 1)
    faiss.omp_set_num_threads(3)
    try:
        flat_store(range(10), rows).search(rows[0], k=1)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(os.cpu_count() or 1)


def test_faiss_and_numpy_agree_at_the_size_of_a_small_corpus() -> None:
    rows = rows_of(5_000, 1)
    ids = list(range(100, 5_100))
    flat, exact = flat_store(ids, rows), ExactStore(ids, rows)
    allowed = frozenset(range(100, 5_100, 7))
    for query in rows_of(20, 2):
        for narrowed in (None, allowed):
            one, other = flat.search(query, k=50, allowed=narrowed), exact.search(query, k=50, allowed=narrowed)
            assert [s.chunk_id for s in one] == [s.chunk_id for s in other]
            assert [s.score for s in one] == pytest.approx([s.score for s in other], abs=1e-5)


def test_a_row_finds_itself_first_with_cosine_one() -> None:
    rows = rows_of(300, 3)
    store = flat_store(range(300), rows)
    for place in range(0, 300, 29):
        best = store.search(rows[place], k=1)[0]
        assert (best.chunk_id, best.score) == (place, pytest.approx(1.0, abs=1e-5))


def test_searches_from_many_threads_give_what_one_gives() -> None:
    rows = rows_of(500, 4)
    store = flat_store(range(500), rows)
    expected = [store.search(row, k=5) for row in rows[:40]]
    found: dict[int, object] = {}

    def work(turn: int) -> None:
        found[turn] = [store.search(row, k=5) for row in rows[:40]]

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 4
