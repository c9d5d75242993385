"""A store of a million passages on this machine: building, opening, memory, latency, recall, adding, rebuilding.

The vectors are seeded and structured: on independent random vectors every approximate index has a recall near nothing, and no
encoder gives such vectors. Here each is a point of one of many clusters, in a subspace of few dimensions that the clusters
share, turned into 384 dimensions, with a little noise in all of them. Questions are points of the same kind, near stored ones.
The text is real: sentences of the file's contexts, drawn anew for each document, in passages of about 100 words. Questions are
the file's own. No query is embedded: the question's row is given.

    python tests/benchmarks/million.py --data reader_train.jsonl.xz --work DIR --chunks 1000000

One stage at a time, `--stage`, may be stopped after `--most-seconds` and goes on where it was when it is run again.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import lzma
import math
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from index.bm25 import idf, score
from index.generation import Bounds, Generations
from index.inverted import Inverted
from index.lexical import expression, query_terms
from index.lexical_generation import LEXICAL_FOLDER, LexicalGenerations
from index.lexical_snapshot import CANDIDATES, MAX_TERMS
from index.normalise import terms
from index.search import Searcher
from index.store.changes import Offered, place, sha256_of, write_chunks, write_document
from index.store.documents import Store
from index.types import Chunk, Filters, Metadata, Span
from tests.fakes import Rows

SEED, DIMENSION, MODEL = 20_240_607, 384, "structured@1"
N_CLUSTERS, INTRINSIC, SPREAD, NOISE = 2_000, 24, 0.55, 0.02
PASSAGES_PER_DOCUMENT, PASSAGE_WORDS = 10, 100
DOCUMENTS_PER_COMMIT, ROWS_PER_COMMIT = 200, 8_192
N_QUESTIONS, N_ADDED, K, DEPTH = 200, 1_000, 10, 50
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


Keyed = list[tuple[Chunk, str, str]]


class Structured:
    """Seeded unit rows on few intrinsic dimensions."""

    def __init__(self) -> None:
        rng = np.random.default_rng(SEED)
        self._centres = rng.standard_normal((N_CLUSTERS, INTRINSIC)).astype(np.float32)
        self._turned = (rng.standard_normal((INTRINSIC, DIMENSION)) / np.sqrt(INTRINSIC)).astype(np.float32)
        self._shares = rng.dirichlet(np.full(N_CLUSTERS, 0.7))

    def rows(self, n: int, seed: int) -> Rows:
        rng = np.random.default_rng(seed)
        points = self._centres[rng.choice(N_CLUSTERS, n, p=self._shares)]
        points = points + SPREAD * rng.standard_normal(points.shape).astype(np.float32)
        rows = points @ self._turned + NOISE * rng.standard_normal((n, DIMENSION)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Given:
    """An `Embedder` that gives the next of some rows: embedding is not what is measured."""

    model_id, dimension, max_tokens = MODEL, DIMENSION, 256

    def __init__(self, rows: Rows) -> None:
        self._rows = itertools.cycle(rows)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str]) -> Rows:
        return np.stack([next(self._rows) for _ in texts])


def read(options: argparse.Namespace) -> tuple[dict[str, str], list[str]]:
    """The distinct sentences of the file's contexts with their terms, and some of its questions; kept for the next stage."""
    kept: Path = options.work.with_suffix(".sentences.json")
    if kept.is_file():
        sentences, questions = json.loads(kept.read_bytes())
        return sentences, questions
    found: dict[str, None] = {}
    asked: dict[str, None] = {}
    with lzma.open(options.data, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found |= dict.fromkeys(s for s in SENTENCE_END.split(row["context"]) if 3 < len(s.split()) < 60)
            if 5 < len(row["question"].split()) < 26:
                asked[row["question"]] = None
    both = {s: " ".join(terms(s)) for s in found}, random.Random(SEED).sample(sorted(asked), N_QUESTIONS)
    kept.write_text(json.dumps(both), encoding="utf-8")
    return both


def documents(sentences: Mapping[str, str], numbers: Iterable[int], seed: int) -> Iterator[tuple[Offered, Keyed]]:
    """Documents of real sentences, in passages of about 100 words, each with its text and terms."""
    drawn_from = [(sentence, own_terms, len(sentence.split())) for sentence, own_terms in sentences.items()]
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")
        parts, chunks, at = [], [], 0
        for _ in range(PASSAGES_PER_DOCUMENT):
            words, held = 0, []
            while words < PASSAGE_WORDS - 10:
                drawn = drawn_from[int(rng.random() * len(drawn_from))]
                held.append(drawn)
                words += drawn[2]
            text = " ".join(sentence for sentence, _, _ in held)
            span = Span(at, at + len(text))
            chunks.append((Chunk(0, "", "", span, words, (span,)), text, " ".join(own_terms for _, own_terms, _ in held)))
            parts.append(text)
            at += len(text) + 1
        uri = f"benchmark:{seed}/{number}"
        yield Offered(f"{number}.txt", "\n".join(parts), (), Metadata(uri=uri)), chunks


def store_documents(store: Store, made: Iterator[tuple[Offered, Keyed]], *, per_commit: int, until: float = math.inf) -> None:
    """What `Store.put` does, many documents to a commit, until `time.monotonic` comes to a time."""
    while time.monotonic() < until and (batch := list(itertools.islice(made, per_commit))):

        def write(connection: Any, batch: Any = batch) -> None:
            for offered, chunks in batch:
                sha256 = sha256_of(offered.text)
                placed = place(connection, offered, sha256)
                write_document(connection, placed, offered, sha256)
                write_chunks(connection, placed.document_id, chunks, replaced={})

        store._database.write(write)


def embed(store: Store, structured: Structured, *, after: int, seed: int, until: float = math.inf) -> None:
    """Give each passage beyond `after` a row, until `time.monotonic` comes to a time."""
    while time.monotonic() < until and (ids := waiting(store, after)):
        store.vectors.put(MODEL, ids, structured.rows(len(ids), seed + after))
        after = ids[-1]


def waiting(store: Store, after: int) -> list[int]:
    """The next passages: `Vectors.waiting` without reading their texts, of which a real model takes much longer to think."""
    with store._database.reading() as connection:
        rows = connection.execute(
            "SELECT chunk_id FROM chunks WHERE chunk_id > ? ORDER BY chunk_id LIMIT ?", [after, ROWS_PER_COMMIT]
        )
        return [row[0] for row in rows]


def spent(action: Callable[[], object]) -> dict[str, float]:
    """Wall time, and the processor time of all threads: other work may share the machine."""
    start, busy = time.perf_counter(), time.process_time()
    action()
    wall, processor = time.perf_counter() - start, time.process_time() - busy
    return {"seconds": round(wall, 4), "processor_seconds": round(processor, 4)}


def resident_mb() -> float:
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def timed(action: Callable[[Any], object], over: Sequence[Any]) -> dict[str, float]:
    """Each once to warm the caches, then the median of three; percentiles over all, in milliseconds."""
    for one in over:
        action(one)
    taken = [[spent(lambda one=one: action(one)) for _ in range(3)] for one in over]
    return {
        f"{name}_p{p}": round(float(np.percentile([1000 * statistics.median(t[unit] for t in times) for times in taken], p)), 2)
        for name, unit in (("ms", "seconds"), ("processor_ms", "processor_seconds"))
        for p in (50, 95)
    }


def exact(store: Store, queries: Rows, k: int) -> list[set[int]]:
    """The true nearest ids, by batches over all rows."""
    space = store.vectors.space(MODEL)
    assert space is not None
    best = np.full((len(queries), k), -2.0, np.float32)
    ids = np.zeros((len(queries), k), np.int64)
    for some, rows in store.vectors.batches(space, after=0, until=store.vectors.position().vector_id):
        scores = np.concatenate([best, queries @ rows.T], axis=1)
        held = np.concatenate([ids, np.broadcast_to(some, (len(queries), len(some)))], axis=1)
        order = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        best, ids = np.take_along_axis(scores, order, 1), np.take_along_axis(held, order, 1)
    return [set(row.tolist()) for row in ids]


def texts(options: argparse.Namespace, report: dict[str, Any]) -> None:
    sentences, _ = read(options)
    store = Store(options.work)
    numbers = range(store.counts()["documents"], options.chunks // PASSAGES_PER_DOCUMENT)
    made, until = documents(sentences, numbers, SEED), time.monotonic() + options.most_seconds
    report["store_texts"] = spent(lambda: store_documents(store, made, per_commit=DOCUMENTS_PER_COMMIT, until=until))
    report["done"] = store.counts()["chunks"]
    store.close()


def vectors(options: argparse.Namespace, report: dict[str, Any]) -> None:
    store, until = Store(options.work), time.monotonic() + options.most_seconds
    store.vectors.ensure(MODEL, DIMENSION)
    done = store.counts()["vectors"]  # in the order of their passages, whose ids have no gaps
    report["store_vectors"] = spent(lambda: embed(store, Structured(), after=done, seed=SEED, until=until))
    report["done"] = store.counts()["vectors"]
    store.close()


def generation(options: argparse.Namespace, report: dict[str, Any]) -> None:
    store = Store(options.work)
    given, bounds = Given(Structured().rows(1, 1)), Bounds(exact_rows=options.exact)
    for path in options.work.glob("generations/*"):
        path.unlink()
    report["build_generation"] = spent(lambda: Generations(store.vectors, given, data=options.work, bounds=bounds))
    files = {path.name: path.stat().st_size for path in options.work.rglob("*") if path.is_file()}
    report["store_mb"] = round(sum(size for name, size in files.items() if name.startswith("readout")) / 1e6)
    report["generation_mb"] = round(sum(size for name, size in files.items() if name.startswith("gen-")) / 1e6)
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    store.close()


def words(options: argparse.Namespace, report: dict[str, Any]) -> None:
    store = Store(options.work)
    shutil.rmtree(options.work / LEXICAL_FOLDER, ignore_errors=True)
    lexical = LexicalGenerations(store.wordings, data=options.work, bounds=Bounds(exact_rows=options.exact))
    report["build_words"] = spent(lexical.refresh)
    report["words_mb"] = round(sum(path.stat().st_size for path in options.work.glob(f"{LEXICAL_FOLDER}/*/*")) / 1e6)
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    store.close()


def repeated(options: argparse.Namespace, report: dict[str, Any]) -> None:
    """The latency of candidates among as many chunks as asked for, though fewer are stored: segments are listed again and again.

    Postings are as long as among so many chunks; only texts repeat. Nothing but candidates can be measured so.
    """
    _, questions = read(options)
    whole = next(options.work.glob(f"{LEXICAL_FOLDER}/gen-*.terms"))
    meta = json.loads((whole / "meta.json").read_bytes())
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        folder, listed = Path(name), []
        for segment in meta["segments"] * math.ceil(options.chunks / len(Inverted(whole))):
            old, new = segment["segment_id"].replace("-", ""), uuid.uuid4()
            for path in whole.glob(f"{old}*"):
                os.link(path, folder / path.name.replace(old, new.hex))
            listed.append({**segment, "segment_id": str(new)})
        (folder / "meta.json").write_text(json.dumps({**meta, "segments": listed}), encoding="utf-8")
        index = Inverted(folder)
    asked = [query_terms(question) for question in questions]
    longest = [[term for terms in asked[at : at + 4] for term in terms][:MAX_TERMS] for at in range(0, len(asked), 4)]
    report["among"] = len(index)
    for title, some in (("candidates", asked), ("candidates_of_4_questions_at_once", longest)):
        report[f"{title}_postings_p95"] = int(np.percentile([sum(index.count(term) for term in terms) for terms in some], 95))
        report[title] = timed(lambda terms: index.candidates(terms, k=CANDIDATES * DEPTH), some)


def overlap(found: Sequence[int], held: Mapping[int, str], idfs: Mapping[str, float], mean_length: float, best: float) -> float:
    """The share of some chunks that score no lower than a score."""
    scores = [score(held[chunk_id], idfs, mean_length=mean_length) for chunk_id in found]
    return sum(one >= best * (1 - 1e-6) for one in scores) / K


def exactness(options: argparse.Namespace, report: dict[str, Any]) -> None:
    """How many of the first 10 by words are of the true first 10: by SQLite over all chunks of all terms."""
    _, questions = read(options)
    store = Store(options.work)
    lexical = LexicalGenerations(store.wordings, data=options.work, bounds=Bounds(exact_rows=options.exact))
    snapshot = lexical.current
    assert snapshot is not None
    shares: dict[str, list[float]] = {"generation": [], "bounded postings": []}
    until, taken = time.monotonic() + options.most_seconds, []
    for question in questions:
        if time.monotonic() > until:
            break
        terms = query_terms(question)
        counts = store.document_frequencies(terms)
        every = " OR ".join(f'"{term}"' for term in terms if counts[term])
        begun = time.perf_counter()
        truth = store.match_terms(every, k=K, document_ids=None)
        taken.append(1000 * (time.perf_counter() - begun))
        idfs = {term: idf(count, store.counts()["chunks"]) for term, count in counts.items() if count}
        found = {
            "generation": snapshot.search(terms, k=K, document_ids=None),
            "bounded postings": store.match_terms(str(expression(counts)), k=K, document_ids=None),
        }
        for name, hits in found.items():
            ids = [hit.chunk_id for hit in hits]
            held = store.wordings.of(ids)
            shares[name].append(overlap(ids, held, idfs, snapshot.n_terms / store.counts()["chunks"], truth[-1].score))
    report["questions"] = len(taken)
    report["sqlite_all_terms_ms"] = {f"p{p}": round(float(np.percentile(taken, p)), 1) for p in (50, 95)}
    report["overlap_at_10"] = {name: round(float(np.mean(some)), 4) for name, some in shares.items()}
    store.close()


def look(options: argparse.Namespace, report: dict[str, Any]) -> None:
    """In a process of its own: what a server that was just started has."""
    _, questions = read(options)
    gc.collect()
    structured = Structured()
    queries = structured.rows(N_QUESTIONS, SEED - 1)
    report["resident_before_mb"] = round(resident_mb())
    opened: list[tuple[Store, Generations, LexicalGenerations]] = []

    def open_all() -> None:
        held = Store(options.work)
        bounds = Bounds(exact_rows=options.exact)
        generations = Generations(held.vectors, Given(queries), data=options.work, bounds=bounds)
        opened.append((held, generations, LexicalGenerations(held.wordings, data=options.work, bounds=bounds)))

    report["open"] = spent(open_all)
    store, generations, lexical = opened[0]
    report["resident_open_mb"] = round(resident_mb())
    searcher = Searcher(store, generations, lexical)
    report["dense"] = timed(lambda row: generations.current.search(row, k=DEPTH), list(queries))
    snapshot = lexical.current
    assert snapshot is not None
    asked = [query_terms(question) for question in questions]
    postings = [sum(snapshot.count(term) for term in terms) for terms in asked]
    report["terms"] = {f"p{p}": int(np.percentile([len(terms) for terms in asked], p)) for p in (50, 95)}
    report["postings"] = {f"p{p}": int(np.percentile(postings, p)) for p in (50, 95)}
    report["lexical"] = timed(lambda terms: snapshot.search(terms, k=DEPTH, document_ids=None), asked)
    some = frozenset(document.document_id for document in store.documents()[:: options.chunks // PASSAGES_PER_DOCUMENT // 1000])
    report["lexical_among_1000_documents"] = timed(lambda t: snapshot.search(t, k=DEPTH, document_ids=some), asked)
    longest = [" ".join(questions[at : at + 4]) for at in range(0, len(questions), 4)]
    report["hybrid_of_4_questions_at_once"] = timed(lambda q: searcher.search(q, filters=Filters(), k=K), longest)
    report["hybrid"] = timed(lambda q: searcher.search(q, filters=Filters(), k=K), questions)
    report["resident_after_mb"] = round(resident_mb())
    truth = exact(store, queries, K)
    found = [{scored.chunk_id for scored in generations.current.search(row, k=K)} for row in queries]
    report["recall_at_10"] = round(float(np.mean([len(a & b) / K for a, b in zip(found, truth, strict=True)])), 4)
    report["approximate"] = generations.state.approximate
    store.close()


def change(options: argparse.Namespace, report: dict[str, Any]) -> None:
    """Adding 1,000 documents one by one, as uploads come, and merging them."""
    sentences, questions = read(options)
    store, structured = Store(options.work), Structured()
    bounds = Bounds(exact_rows=options.exact, tail_rows=N_ADDED)
    generations = Generations(store.vectors, Given(structured.rows(8, 1)), data=options.work, bounds=bounds)
    lexical = LexicalGenerations(store.wordings, data=options.work, bounds=bounds)
    last = max(store.chunk_ids(frozenset([store.documents()[-1].document_id])))
    made = documents(sentences, range(N_ADDED), SEED + int(time.time()))
    report["add_1000_documents"] = spent(lambda: store_documents(store, made, per_commit=1))
    report["add_their_vectors"] = spent(lambda: embed(store, structured, after=last, seed=SEED + 7))
    row = structured.rows(1, 2)[0]
    report["first_search_after"] = spent(lambda: generations.current.search(row, k=DEPTH))
    report["dense_with_tail"] = timed(lambda row: generations.current.search(row, k=DEPTH), list(structured.rows(50, 3)))
    report["tail_rows"] = generations.state.n_tail
    report["merge"] = spent(generations.refresh)
    report["first_words_after"] = spent(lambda: lexical.current)
    snapshot, asked = lexical.current, [query_terms(question) for question in questions[:50]]
    assert snapshot is not None
    report["words_with_tail"] = timed(lambda terms: snapshot.search(terms, k=DEPTH, document_ids=None), asked)
    report["words_tail"] = snapshot.n_tail
    report["merge_words"] = spent(lexical.refresh)
    report["merged_by_growing"] = generations.current.generation.trained_on < len(generations.current)
    report["peak_while_changing_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    store.close()


STAGES = {
    "texts": texts,
    "vectors": vectors,
    "generation": generation,
    "words": words,
    "repeated": repeated,
    "look": look,
    "exactness": exactness,
    "change": change,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="xz JSON lines with question and context")
    parser.add_argument("--work", type=Path, required=True, help="a folder on a disk, for the store")
    parser.add_argument("--chunks", type=int, default=1_000_000)
    parser.add_argument("--exact", type=int, default=50_000, help="rows up to which search is exact")
    parser.add_argument("--most-seconds", type=float, default=math.inf, help="after which texts and vectors stop for now")
    parser.add_argument("--stage", choices=STAGES, help="one stage only, in this process")
    options = parser.parse_args()
    if options.stage is None:
        for stage in STAGES:  # each in a process of its own, for its memory
            subprocess.run([sys.executable, __file__, *sys.argv[1:], "--stage", stage], check=True)
        return
    report: dict[str, Any] = {"stage": options.stage, "chunks": options.chunks}
    STAGES[options.stage](options, report)
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in report.items()}
    print(json.dumps(rounded), flush=True)


if __name__ == "__main__":
    main()
