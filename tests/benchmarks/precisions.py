"""What another precision of the embedding costs search: question to paragraph, dense alone and fused with the words.

    python tests/benchmarks/precisions.py --data reader_train.jsonl.xz [--paragraphs 3000] [--questions 1500]

Paragraphs of all articles of the source become one corpus, cut as ever; each question is asked of all of them and belongs to its
own paragraph. `crossed` asks float32's question of int8's rows: more apart than rows that two processors round in int8. Prints
hit@1, recall@8 and MRR of each, and the paired differences to float32 with 95 % bootstrap intervals; the cosines between the two
precisions' rows; and word pieces a processor second.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index import bm25
from index.chunk import Budget
from index.embed import PackagedEmbedder
from index.files import Upload
from index.fuse import fuse
from index.ingest import Ingester
from index.lexical import expression, query_terms
from index.reader.training.rows import load_rows
from index.search import DEPTH
from index.store.documents import Store
from index.tokens import cl100k_counter
from index.types import Metadata, Precision, ScoredChunk
from service.evaluation.compare import bootstrap_interval

Rows = NDArray[np.float32]

CHUNK_TOKENS = 160
THREADS = 2
SEED = 7
RECALL_AT = 8
AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Corpus:
    """Chunks with their documents, and questions with theirs.

    `by_words` is each question's lexical ranking, `most_by_words` what it could score at most.
    """

    chunk_ids: list[int]
    texts: list[str]
    document_of: dict[int, str]
    questions: list[str]
    gold: list[str]
    by_words: list[list[ScoredChunk]]
    most_by_words: list[float]


def main() -> None:
    given = arguments()
    embedder = PackagedEmbedder(model_id="f32", n_threads=THREADS)
    others = {"int8": PackagedEmbedder(model_id="int8", n_threads=THREADS, precision=Precision.INT8)}
    with tempfile.TemporaryDirectory() as folder:
        corpus = indexed(given, embedder, Path(folder))
    print(f"{len(set(corpus.document_of.values()))} paragraphs, {len(corpus.texts)} passages, {len(corpus.questions)} questions")
    n_pieces = sum(min(n, embedder.max_tokens) for n in embedder.count_tokens(corpus.texts))
    rows, asked = {}, {}
    for name, one in {"f32": embedder, **others}.items():
        began = time.process_time()
        rows[name] = embedded(one, corpus.texts)
        print(f"{name}: {n_pieces / (time.process_time() - began):,.0f} word pieces a processor second", flush=True)
        asked[name] = embedded(one, corpus.questions)
    for what, both in (("passages", rows), ("questions", asked)):
        cosines = (both["f32"] * both["int8"]).sum(axis=1)
        print(f"cosine of int8's {what} with float32's: mean {cosines.mean():.4f}, least {cosines.min():.4f}")
    runs = {name: ranks(corpus, asked[name], rows[name]) for name in rows}
    report(runs | {"crossed": ranks(corpus, asked["f32"], rows["int8"])})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--source", default="squad1_train")
    parser.add_argument("--paragraphs", type=int, default=3_000)
    parser.add_argument("--questions", type=int, default=1_500)
    return parser.parse_args()


def indexed(given: argparse.Namespace, embedder: PackagedEmbedder, folder: Path) -> Corpus:
    """A store of the paragraphs without vectors, and what its words find."""
    draw = random.Random(SEED)
    rows = [row for row in load_rows(given.data).reading if row.source == given.source and row.answers]
    draw.shuffle(rows)
    one_of_each = list({row.context: row for row in rows}.values())[: given.paragraphs]
    store = Store(folder)
    budget = Budget(CHUNK_TOKENS, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)
    ingester = Ingester(store, embedder, budget=lambda: budget, max_document_bytes=25_000_000)
    documents = []
    for number, row in enumerate(one_of_each):
        upload = Upload(f"{number}.txt", row.context.encode(), Metadata(uri=f"{number}"), is_text=True)
        documents.append(ingester.add_upload(upload).document_id or "")
    waiting = store.vectors.waiting("none", after=0, limit=10**9)
    chunks = store.chunks([chunk_id for chunk_id, _ in waiting])
    questions = [row.question for row in one_of_each[: given.questions]]
    by_words, most_by_words = [], []
    for question in questions:
        frequencies = store.document_frequencies(query_terms(question))
        matched = expression(frequencies)
        by_words.append([] if matched is None else store.match_terms(matched, k=DEPTH, document_ids=None))
        most_by_words.append(bm25.most(frequencies, store.counts()["chunks"]))
    store.close()
    return Corpus(
        [chunk_id for chunk_id, _ in waiting],
        [text for _, text in waiting],
        {chunk_id: chunk.document_id for chunk_id, chunk in chunks.items()},
        questions,
        documents[: given.questions],
        by_words,
        most_by_words,
    )


def embedded(embedder: PackagedEmbedder, texts: Sequence[str]) -> Rows:
    return np.concatenate([embedder.embed(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)])


def ranks(corpus: Corpus, asked: Rows, rows: Rows) -> dict[str, list[int | None]]:
    """The rank of the first passage of each question's own paragraph, among those that search reads; None beyond them."""
    found: dict[str, list[int | None]] = {"dense": [], "hybrid": []}
    for question, gold, words, most in zip(asked, corpus.gold, corpus.by_words, corpus.most_by_words, strict=True):
        cosines = dict(zip(corpus.chunk_ids, (rows @ question).tolist(), strict=True))
        dense = sorted((ScoredChunk(*one) for one in cosines.items()), key=lambda one: -one.score)[:DEPTH]
        read = {one.chunk_id: cosines[one.chunk_id] for one in [*dense, *words]}
        for name, ranking in (("dense", dense), ("hybrid", fuse(read, words, most_by_words=most, k=2 * DEPTH))):
            of = [corpus.document_of[one.chunk_id] for one in ranking]
            found[name].append(of.index(gold) + 1 if gold in of else None)
    return found


def report(runs: dict[str, dict[str, list[int | None]]]) -> None:
    measures = {
        "hit@1": lambda rank: float(rank == 1),
        f"recall@{RECALL_AT}": lambda rank: float(rank is not None and rank <= RECALL_AT),
        "MRR": lambda rank: 0.0 if rank is None else 1 / rank,
    }
    for search in ("dense", "hybrid"):
        for name, measure in measures.items():
            values = {run: np.array([measure(rank) for rank in found[search]]) for run, found in runs.items()}
            print(f"{search:<7} {name:<9}", end="")
            for run, scores in values.items():
                print(f"  {run} {scores.mean():.4f}", end="")
                if run != "f32":
                    low, high = bootstrap_interval(scores - values["f32"])
                    print(f" ({(scores - values['f32']).mean():+.4f} [{low:+.4f}, {high:+.4f}])", end="")
            print()


if __name__ == "__main__":
    main()
