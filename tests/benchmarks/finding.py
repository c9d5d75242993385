"""How search ranks among several calls: python tests/benchmarks/finding.py [--calls 25] [--corpora 3] [--questions 8]

So many invented training calls at a time become one corpus; of each call some answered questions are searched for. Compared in
one run: reciprocal rank fusion (Cormack et al., 2009), the sum of cosine and share of BM25 (`index/fuse.py`), and that with
documents like the first ones nearer (`index/kindred.py`), which is what search does. A passage is right if a marked answer
stands in it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "calls")]  # run by path, this file's own folder would be searched instead

from lines import read_calls

from index import bm25
from index.files import Upload
from index.fuse import fuse
from index.kindred import nearer
from index.lexical import expression, query_terms
from index.search import DEPTH
from index.types import Metadata, Precision, ScoredChunk
from service.bootstrap import Engine, Models, build_engine, load_models
from service.settings import Settings

CALLS = [ROOT / "tests" / "calls" / f"{name}.jsonl.xz" for name in ("training", "training-further", "training-conflicts")]
RRF_K = 60
SEED = 11
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=25)
    parser.add_argument("--corpora", type=int, default=3)
    parser.add_argument("--questions", type=int, default=8)
    given = parser.parse_args()
    drawn = random.Random(SEED)
    calls = [call for path in CALLS for call in read_calls(path)]
    drawn.shuffle(calls)
    models = load_models(Settings(embedding_precision=Precision.F32))
    ranks: dict[str, list[list[int]]] = {}
    for number in range(given.corpora):
        group = calls[number * given.calls : (number + 1) * given.calls]
        with tempfile.TemporaryDirectory() as folder:
            for name, of_gold in _ranked(group, Path(folder), models, given.questions, drawn):
                ranks.setdefault(name, []).append(of_gold)
    for name, found in ranks.items():
        first = np.array([min(of_gold) for of_gold in found])
        whole = np.mean([np.mean(np.array(of_gold) <= 10) for of_gold in found])
        print(
            f"{name:<28} {len(found)} questions: first {np.mean(first == 1):.3f}, among 5 {np.mean(first <= 5):.3f}, "
            f"among 10 {np.mean(first <= 10):.3f}, MRR {np.mean(1 / first):.3f}; of all right ones among 10 {whole:.3f}"
        )


def _ranked(
    group: Sequence[Row], folder: Path, models: Models, n_questions: int, drawn: random.Random
) -> Iterator[tuple[str, list[int]]]:
    """By each way of ranking the ranks of the right passages of each question."""
    engine = build_engine(Settings(data=folder, embedding_precision=Precision.F32), models)
    ids = {}
    for call in group:
        for name, text in call["documents"].items():
            upload = Upload(f"{name}.txt", text.encode(), Metadata(uri=f"{call['call']}/{name}"), is_text=True)
            ids[call["call"], name] = engine.ingester.add_upload(upload).document_id or ""
    engine.ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
    engine.generations.refresh()
    for call in group:
        answered = [asked for asked in call["questions"] if asked["evidence"]]
        for asked in drawn.sample(answered, min(n_questions, len(answered))):
            rankings, gold = _rankings(engine, asked["question"]), _gold(engine, call, asked, ids)
            for name, ranking in rankings.items():
                place = {one.chunk_id: rank for rank, one in enumerate(ranking, start=1)}
                if gold:
                    yield name, [place.get(chunk_id, 2 * DEPTH) for chunk_id in gold]
    engine.close()


def _rankings(engine: Engine, question: str) -> dict[str, list[ScoredChunk]]:
    snapshot = engine.generations.current
    frequencies = engine.searcher.document_frequencies(query_terms(question))
    asked = snapshot.embedder.embed([question])[0]
    dense = snapshot.search(asked, k=DEPTH)
    matched = expression(frequencies)
    words = [] if matched is None else engine.store.match_terms(matched, k=DEPTH, document_ids=None)
    ids, held = engine.store.vectors.of(snapshot.generation.space, list({one.chunk_id for one in [*dense, *words]}))
    rows = dict(zip(ids.tolist(), held, strict=True))
    cosines = {chunk_id: float(asked @ row) for chunk_id, row in rows.items()}
    summed = fuse(cosines, words, most_by_words=bm25.most(frequencies, engine.store.counts()["chunks"]), k=2 * DEPTH)
    documents = {chunk_id: chunk.document_id for chunk_id, chunk in engine.store.chunks(list(rows)).items()}
    return {
        "reciprocal ranks": _by_ranks([dense, words]),
        "cosine and share of BM25": summed,
        "documents like the first": nearer(summed, documents, rows),
    }


def _by_ranks(rankings: Sequence[Sequence[ScoredChunk]]) -> list[ScoredChunk]:
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking, start=1):
            scores[one.chunk_id] = scores.get(one.chunk_id, 0.0) + 1 / (RRF_K + rank)
    return [ScoredChunk(chunk_id, score) for chunk_id, score in sorted(scores.items(), key=lambda one: (-one[1], one[0]))]


def _gold(engine: Engine, call: Row, asked: Row, ids: dict[tuple[str, str], str]) -> set[int]:
    """The chunks in which a marked answer begins."""
    found = set()
    for mark in asked["evidence"]:
        document_id = ids[call["call"], mark["document"]]
        text = engine.store.document(document_id).text
        at = text.find(mark["answer"], max(0, text.find(mark["quote"])))
        chunks = engine.store.chunks(engine.store.chunk_ids(frozenset([document_id])))
        found |= {chunk_id for chunk_id, chunk in chunks.items() if chunk.span.start <= at < chunk.span.end}
    return found


if __name__ == "__main__":
    main()
