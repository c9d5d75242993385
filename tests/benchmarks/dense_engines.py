"""Compare approximate indexes of FAISS on the same structured rows, in processor time: other work may share the machine.

All hold a byte a number and are scored anew by the exact rows. Recall@10 is against exact search.

    python tests/benchmarks/dense_engines.py --rows 10000
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from index.dense import TRAINED_ON, add_rows, clustered_index, n_clusters
from tests.benchmarks.million import DIMENSION, SEED, Structured
from tests.fakes import Rows

N_QUERIES, K, CANDIDATES, MADE_AT_ONCE = 200, 10, 64, 50_000


def clustered(rows: Rows) -> faiss.Index:
    clusters = n_clusters(len(rows))
    sample = rows[np.unique(np.linspace(0, len(rows) - 1, TRAINED_ON * clusters).astype(np.int64))]
    index = clustered_index(sample, clusters=clusters)
    add_rows(index, np.arange(len(rows)), rows)
    return index


def graph(rows: Rows) -> faiss.Index:
    index = faiss.IndexHNSWSQ(DIMENSION, faiss.ScalarQuantizer.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    index.train(rows)
    index.add(rows)
    return index


BUILD: dict[str, Callable[[Rows], faiss.Index]] = {"IVF": clustered, "HNSW": graph}
EFFORTS = {"IVF": (8, 16, 32, 64, 128, 256), "HNSW": (64, 128, 256)}


def parameters(name: str, effort: int) -> faiss.SearchParameters:
    return faiss.SearchParametersIVF(nprobe=effort) if name == "IVF" else faiss.SearchParametersHNSW(efSearch=effort)


def made(structured: Structured, n: int) -> Rows:
    """n rows, some at a time for their memory."""
    rows = np.empty((n, DIMENSION), np.float32)
    for start in range(0, n, MADE_AT_ONCE):
        rows[start : start + MADE_AT_ONCE] = structured.rows(min(MADE_AT_ONCE, n - start), SEED + start)
    return rows


def measured(name: str, index: faiss.Index, rows: Rows, queries: Rows) -> Iterator[tuple[int, float, float]]:
    """(effort, milliseconds of processor time a query, recall@10) of each effort."""
    truth = faiss.knn(queries, rows, K, faiss.METRIC_INNER_PRODUCT)[1]
    for effort in EFFORTS[name]:
        start = time.process_time()
        found = []
        for query in queries:
            ids = index.search(query[None], CANDIDATES, params=parameters(name, effort))[1][0]
            ids = ids[ids >= 0]
            found.append(set(ids[np.argsort(-(rows[ids] @ query))[:K]].tolist()))
        spent = 1000 * (time.process_time() - start) / len(queries)
        yield effort, spent, float(np.mean([len(a & set(b.tolist())) / K for a, b in zip(found, truth, strict=True)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", choices=BUILD, default=list(BUILD))
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    structured = Structured()
    rows, queries = made(structured, options.rows), structured.rows(N_QUERIES, SEED - 1)
    for name in options.engines:
        start = time.process_time()
        index = BUILD[name](rows)
        spent, size = time.process_time() - start, len(faiss.serialize_index(index)) / 1e6
        print(f"{name}: built in {spent:.2f} s of processor time, {size:.1f} MB", flush=True)
        for effort, milliseconds, recall in measured(name, index, rows, queries):
            print(f"  effort {effort:>3}: {milliseconds:.3f} ms, recall@{K} {recall:.4f}", flush=True)


if __name__ == "__main__":
    main()
