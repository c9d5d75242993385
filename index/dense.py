"""Search over unit rows by FAISS: exact while they are few, clustered and quantised when many. Numpy is the yardstick."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np

from index.types import ScoredChunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.protocols import Row, Rows

    Ids = NDArray[np.int64]
    # The rows of some ids as far as they are there, with their ids.
    ReadRows = Callable[[Sequence[int]], tuple[Ids, Rows]]

# On 10,000 structured rows (tests/benchmarks/dense_engines.py): recall@10 0.996 where a third of the clusters was searched, at
# 0.12 us of processor time a row. At a million it is to be measured (tests/benchmarks/million.py).
CLUSTERS_PER_ROOT = 2.0  # clusters = this times the square root of the number of rows
PROBED = 128  # clusters searched for a question: of a million rows about 64,000, some 8 ms
CANDIDATES = 4  # quantised candidates for each hit wanted; their exact cosines decide
LEAST_CANDIDATES = 64
TRAINED_ON = 50  # rows for each cluster that its centre is learned from; FAISS asks for at least 39
TRAINING_ROUNDS = 10
WRITE_BYTES = 1 << 20


def _checked(row: Row, dimension: int) -> Rows:
    query = np.ascontiguousarray(row, dtype=np.float32).reshape(1, -1)
    if query.shape[1] != dimension or not np.isfinite(query).all():
        raise ValueError(f"a query row must hold {dimension} finite numbers")
    return query


def _ordered(ids: Iterable[int], scores: Iterable[float]) -> list[ScoredChunk]:
    found = [ScoredChunk(int(i), float(s)) for i, s in zip(ids, scores, strict=True)]
    return sorted(found, key=lambda scored: (-scored.score, scored.chunk_id))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let FAISS use this thread alone: it divides questions among threads, and there is one.

    The others it starts spin at the end of each loop. With two, a question over 50,000 exact rows took four times as long on a
    busy machine (80 and 19 ms; 32 and 7 ms of processor time).
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def flat_index(dimension: int) -> faiss.Index:
    """An empty index of exact rows."""
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def n_clusters(n_rows: int) -> int:
    """How many clusters that many rows are divided into."""
    return max(1, round(CLUSTERS_PER_ROOT * math.sqrt(n_rows)))


def clustered_index(sample: Rows, *, clusters: int) -> faiss.Index:
    """An empty index of rows in clusters, a byte for each number, trained on a sample of what it will hold."""
    dimension = sample.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        clusters,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.niter = TRAINING_ROUNDS
    index.cp.min_points_per_centroid = 1  # or FAISS writes a warning to stderr
    index.cp.max_points_per_centroid = max(256, math.ceil(len(sample) / clusters))
    index.train(np.ascontiguousarray(sample, dtype=np.float32))
    return index


def add_rows(index: faiss.Index, ids: Sequence[int] | Ids, rows: Rows) -> None:
    """Add rows to an index that nobody searches."""
    if len(ids):
        index.add_with_ids(np.ascontiguousarray(rows, dtype=np.float32), np.asarray(ids, dtype=np.int64))


def remove_rows(index: faiss.Index, ids: Collection[int]) -> None:
    """Remove rows from an index that nobody searches."""
    if ids:
        index.remove_ids(faiss.IDSelectorBatch(np.fromiter(ids, dtype=np.int64, count=len(ids))))


def write_index(index: faiss.Index, take: Callable[[bytes], int]) -> None:
    """Hand an index's bytes over piece by piece; an error of `take` goes through.

    FAISS' own writing to a path reports success on a full disk.
    """
    faiss.write_index(index, faiss.PyCallbackIOWriter(take, WRITE_BYTES))  # type: ignore[attr-defined]  # its stubs lack it


def read_index(path: Path) -> faiss.Index:
    """An index from a file whose sha256 was checked: FAISS does not notice damage."""
    return faiss.read_index(str(path))


class FaissStore:
    """A `VectorStore` over an index that nothing is added to any more. Scores are exact cosines."""

    def __init__(self, index: faiss.Index, *, read_rows: ReadRows | None = None) -> None:
        """Search `index`. If it is quantised, `read_rows` gives the rows that its candidates are scored by."""
        self._index = index
        self._read_rows = read_rows

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        """See `VectorStore.search`."""
        query = _checked(row, self._index.d)
        if k < 1 or not len(self) or (allowed is not None and not allowed):
            return []
        n_wanted = k if self._read_rows is None else max(CANDIDATES * k, LEAST_CANDIDATES)
        with _one_thread():
            scores, ids = self._index.search(query, min(n_wanted, len(self)), params=self._parameters(allowed))
        known = ids[0] >= 0  # FAISS pads a short answer with id -1
        if self._read_rows is None:
            return _ordered(ids[0][known], scores[0][known])
        found, rows = self._read_rows(ids[0][known].tolist())
        return _ordered(found, rows @ query[0])[:k]

    def _parameters(self, allowed: Collection[int] | None) -> faiss.SearchParameters:
        selector = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.fromiter(allowed, dtype=np.int64, count=len(allowed)))
        if self._read_rows is None:
            return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # SWIG hides its keywords
        share = 1.0 if allowed is None else min(1.0, len(allowed) / len(self))
        # The fewer are allowed, the more clusters must be looked into to find as many.
        clusters = faiss.extract_index_ivf(self._index).nlist
        probed = min(clusters, math.ceil(PROBED / share))
        return faiss.SearchParametersIVF(sel=selector, nprobe=probed)  # type: ignore[call-arg]  # SWIG hides its keywords


def nearest(ids: Ids, rows: Rows, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
    """What `VectorStore.search` gives for these rows."""
    # The product of a matrix would start BLAS' threads, which spin too: for 3,000 rows 5.7 ms of processor time, so 0.5 ms.
    scores = np.einsum("ij,j->i", rows, _checked(row, rows.shape[1])[0])
    if allowed is not None:
        kept = np.isin(ids, np.fromiter(allowed, dtype=np.int64, count=len(allowed)))
        ids, scores = ids[kept], scores[kept]
    if 0 < k < len(scores):
        kept = scores >= np.partition(scores, -k)[-k]  # ids break a tie for the last place
        ids, scores = ids[kept], scores[kept]
    return _ordered(ids, scores)[: max(k, 0)]


class ExactStore:
    """A `VectorStore` by `nearest`: for small sets, and to check the others against."""

    def __init__(self, chunk_ids: Sequence[int] | Ids, rows: Rows) -> None:
        """Hold `rows`, shape (len(chunk_ids), dimension)."""
        self._ids = np.asarray(chunk_ids, dtype=np.int64)
        self._rows = np.array(rows, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        """See `VectorStore.search`."""
        return nearest(self._ids, self._rows, row, k=k, allowed=allowed)
