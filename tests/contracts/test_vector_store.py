"""Every `VectorStore` gives the exact cosines of the nearest allowed rows. Add each new implementation to STORES."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.dense import ExactStore, FaissStore, add_rows, clustered_index, flat_index, n_clusters
from index.protocols import VectorStore
from tests.fakes import DictionaryStore

Rows = NDArray[np.float32]
Build = Callable[[Sequence[int], Rows], VectorStore]
DIMENSION = 16


def flat(chunk_ids: Sequence[int], rows: Rows) -> VectorStore:
    index = flat_index(rows.shape[1])
    add_rows(index, chunk_ids, rows)
    return FaissStore(index)


def clustered(chunk_ids: Sequence[int], rows: Rows) -> VectorStore:
    """So few rows are few clusters, all looked into: what is approximate at size must be exact here."""
    if not len(rows):
        return flat(chunk_ids, rows)
    held = rows.copy()
    places = {chunk_id: place for place, chunk_id in enumerate(chunk_ids)}
    index = clustered_index(rows, clusters=min(len(rows), n_clusters(len(rows))))
    add_rows(index, chunk_ids, rows)
    return FaissStore(index, read_rows=lambda ids: (np.asarray(ids), held[np.array([places[i] for i in ids], dtype=np.int64)]))


STORES: dict[str, Build] = {"flat": flat, "clustered": clustered, "exact": ExactStore, "dictionary": DictionaryStore}

every_store = pytest.mark.parametrize("build", STORES.values(), ids=STORES)


def unit_rows(n: int, seed: int, dimension: int = DIMENSION) -> Rows:
    rows = np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def exact(ids: Sequence[int], rows: Rows, query: Rows) -> dict[int, float]:
    return dict(zip(ids, (rows.astype(np.float64) @ query.astype(np.float64)).tolist(), strict=True))


@every_store
def test_three_rows_worked_out_by_hand(build: Build) -> None:
    store = build([7, 3, 12], np.array([[1, 0], [0.6, 0.8], [0, -1]], dtype=np.float32))
    found = store.search(np.array([0, 1], dtype=np.float32), k=3)
    assert [scored.chunk_id for scored in found] == [3, 7, 12]
    assert [scored.score for scored in found] == pytest.approx([0.8, 0.0, -1.0], abs=1e-6)


@every_store
@given(n=st.integers(1, 60), k=st.integers(1, 70), seed=st.integers(0, 2**16))
def test_the_k_nearest_come_best_first_with_their_exact_cosines(build: Build, n: int, k: int, seed: int) -> None:
    ids = np.random.default_rng(seed).permutation(10 * n)[:n].tolist()
    rows = unit_rows(n, seed)
    query = unit_rows(1, seed + 1)[0]
    found = build(ids, rows).search(query, k=k)
    cosines = exact(ids, rows, query)
    assert len(found) == min(n, k)
    assert [s.score for s in found] == pytest.approx(sorted(cosines.values(), reverse=True)[:k], abs=1e-5)
    assert {s.chunk_id: s.score for s in found} == pytest.approx({s.chunk_id: cosines[s.chunk_id] for s in found}, abs=1e-5)


@every_store
@given(st.data())
def test_only_allowed_ids_are_found_and_all_of_them_if_k_has_room(build: Build, data: st.DataObject) -> None:
    ids = list(range(5, 45))
    rows = unit_rows(len(ids), 3)
    allowed = data.draw(st.frozensets(st.integers(0, 60), max_size=30))
    query = unit_rows(1, data.draw(st.integers(0, 50)))[0]
    cosines = {i: c for i, c in exact(ids, rows, query).items() if i in allowed}
    found = build(ids, rows).search(query, k=100, allowed=allowed)
    assert {s.chunk_id: s.score for s in found} == pytest.approx(cosines, abs=1e-5)
    best = build(ids, rows).search(query, k=3, allowed=allowed)
    assert [s.score for s in best] == pytest.approx(sorted(cosines.values(), reverse=True)[:3], abs=1e-5)


@every_store
def test_more_asked_for_than_held_gives_each_row_once_and_never_minus_one(build: Build) -> None:
    found = build([4, 9], unit_rows(2, 0)).search(unit_rows(1, 1)[0], k=1_000)
    assert sorted(scored.chunk_id for scored in found) == [4, 9]
    narrowed = build([4, 9], unit_rows(2, 0)).search(unit_rows(1, 1)[0], k=1_000, allowed=[9, 77])
    assert [scored.chunk_id for scored in narrowed] == [9]


@every_store
@pytest.mark.parametrize("k", [0, -1])
def test_none_asked_for_gives_none(build: Build, k: int) -> None:
    assert build([4, 9], unit_rows(2, 0)).search(unit_rows(1, 1)[0], k=k) == []


@every_store
def test_nothing_allowed_gives_none(build: Build) -> None:
    assert build([4, 9], unit_rows(2, 0)).search(unit_rows(1, 1)[0], k=5, allowed=[]) == []


@every_store
def test_an_empty_store_has_no_length_and_finds_nothing(build: Build) -> None:
    store = build([], np.empty((0, DIMENSION), dtype=np.float32))
    assert len(store) == 0
    assert store.search(unit_rows(1, 1)[0], k=5) == []
    assert store.search(unit_rows(1, 1)[0], k=5, allowed=[1]) == []


@every_store
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_query_that_is_not_finite_is_refused(build: Build, bad: float) -> None:
    query = unit_rows(1, 1)[0].copy()
    query[3] = bad
    with pytest.raises(ValueError, match="finite"):
        build([4, 9], unit_rows(2, 0)).search(query, k=1)


@every_store
@pytest.mark.parametrize("dimension", [DIMENSION - 1, DIMENSION + 1, 2 * DIMENSION])
def test_a_query_of_another_dimension_is_refused(build: Build, dimension: int) -> None:
    with pytest.raises(ValueError, match=str(DIMENSION)):
        build([4, 9], unit_rows(2, 0)).search(unit_rows(1, 1, dimension)[0], k=1)


@every_store
def test_equal_cosines_are_ordered_by_id(build: Build) -> None:
    rows = np.tile(unit_rows(1, 5), (6, 1))
    found = build([31, 2, 17, 8, 40, 11], rows).search(rows[0], k=6)
    assert [scored.chunk_id for scored in found] == [2, 8, 11, 17, 31, 40]


@every_store
def test_ids_beyond_32_bits_come_back_whole(build: Build) -> None:
    large = 2**40 + 1
    assert build([large], unit_rows(1, 0)).search(unit_rows(1, 0)[0], k=1, allowed=[large])[0].chunk_id == large


@every_store
def test_a_store_keeps_its_rows_when_the_array_it_was_built_from_changes(build: Build) -> None:
    rows = unit_rows(3, 0)
    query = rows[1].copy()
    store = build([1, 2, 3], rows)
    rows[:] = 0
    assert store.search(query, k=1)[0].score == pytest.approx(1.0, abs=1e-5)
