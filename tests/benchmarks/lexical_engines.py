"""Compare lexical engines on the same chunks of real text and the same real questions, in one run.

Engines: SQLite FTS5 (contentless, bm25(), WAL, synchronous=FULL), tantivy on our terms, tantivy with its own
English stemmer, bm25s on our terms. Our terms are casefolded alphanumeric runs, Snowball English stems. Every
variant ORs the distinct terms of the question and asks for 50 hits: all terms, stop words dropped (the
179-word NLTK list that bm25s ships), stop words dropped and at most the 8 rarest terms kept (the engine's own
document frequencies; that look-up is in the time).

The chunks. The distinct contexts of the file hold about a third of the words that 100,000 chunks of 100 words
need, so chunks overlap. The contexts are laid end to end in the natural order of their row ids, which keeps
the paragraphs of one article together, and split into sentences. A window opens at every sentence and closes
at the first sentence end at or past 90 words: about 100 words on average, sometimes across two neighbouring
contexts. Where more chunks are asked for than that gives, windows of sentences drawn at random follow, of no
context. A seeded sample of the windows, kept in reading order, is the corpus; the next of the sample are the
chunks added later. Real word frequencies and real co-occurrence are kept. Two things are not real: a passage
has several near copies, and the vocabulary is that of the unrepeated text, so rare terms are somewhat more
frequent than usual.

The queries. Rows with an answer only: the others pair a question with a passage it was not asked of. A window
is of a context when the context gives at least half of its words, or lies in it whole. A question is a hit
when a window of its own context is in the top 10. Overlap@10 is the share of an engine's top 10 that scores
no lower than the 10th hit of an exact BM25 over all the terms (k1=1.2, b=0.75, idf as FTS5 has it), so the
order among ties does not matter. The engines take turns question by question: noise from other work falls on
all.

Not counted: analysis of the text into our terms is in no build time (given once, apart); tantivy's own
stemmer is in its build and query times. Set TMPDIR to a disk that honours fsync; on tmpfs the cost of adding
is fiction.

    python tests/benchmarks/lexical_engines.py --data reader_train.jsonl.xz
"""

import argparse
import itertools
import json
import lzma
import math
import os
import random
import re
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import bm25s
import numpy as np
import snowballstemmer
import tantivy
from bm25s.stopwords import STOPWORDS_EN_PLUS

sys.path.insert(0, str(Path(__file__).parents[2]))

from index.lexical import MAX_POSTINGS, MAX_QUERY_TERMS

SEED = 20_240_607
WINDOW_WORDS = 90  # closes at the sentence end past it: about 100 words on average
SENTENCE_WORDS = 50  # a longer run without a stop (chat logs) is cut here
QUESTION_WORDS = range(6, 26)
K = 50
QUALITY_K = 10
RAREST = 8
PASSES = 3  # the latency of a question is the median of them
ADDED = 100
ADDITIONS = 3
K1, B = 1.2, 0.75  # the constants inside FTS5's bm25(), which cannot be set there
WRITER_BYTES = 128_000_000  # tantivy's default heap
WORD = re.compile(r"[^\W_]+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)


@dataclass(frozen=True, slots=True)
class Chunk:
    number: int
    text: str
    terms: tuple[str, ...]
    contexts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Query:
    """Distinct terms of a question; words[i] is the casefolded word that terms[i] is the stem of."""

    words: tuple[str, ...]
    terms: tuple[str, ...]
    context: int

    def keep(self, wanted: Callable[[str, str], bool]) -> "Query":
        """The pairs wanted(word, term) accepts, or the whole query when it accepts none."""
        pairs = [pair for pair in zip(self.words, self.terms, strict=True) if wanted(*pair)]
        if not pairs:
            return self
        return replace(self, words=tuple(word for word, _ in pairs), terms=tuple(term for _, term in pairs))


class Analyser:
    """Remembers the stem of each word: snowballstemmer is pure Python, and text repeats its words."""

    def __init__(self) -> None:
        self._stem = snowballstemmer.stemmer("english").stemWord
        self._stems: dict[str, str] = {}

    def pairs(self, text: str) -> list[tuple[str, str]]:
        words = WORD.findall(text.casefold())
        for word in words:
            if word not in self._stems:
                self._stems[word] = self._stem(word)
        return [(word, self._stems[word]) for word in words]

    def query(self, question: str, context: int) -> Query:
        firsts: dict[str, str] = {}
        for word, term in self.pairs(question):
            firsts.setdefault(term, word)
        return Query(tuple(firsts.values()), tuple(firsts), context)


class Engine(Protocol):
    """A lexical index in one folder. build and add return when the chunks would survive a power cut."""

    def build(self, chunks: Sequence[Chunk]) -> None: ...
    def add(self, chunks: Sequence[Chunk]) -> None: ...
    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]: ...
    def search(self, query: Query, *, k: int) -> list[int]: ...


class Fts5:
    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "lexical.sqlite")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE VIRTUAL TABLE chunks USING fts5(terms, content='', tokenize='unicode61 remove_diacritics 0')")
        self._db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, chunks, row)")

    def build(self, chunks: Sequence[Chunk]) -> None:
        self.add(chunks)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def add(self, chunks: Sequence[Chunk]) -> None:
        rows = ((chunk.number, " ".join(chunk.terms)) for chunk in chunks)
        with self._db:
            self._db.executemany("INSERT INTO chunks(rowid, terms) VALUES (?, ?)", rows)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        places = ",".join("?" * len(terms))
        return dict(self._db.execute(f"SELECT term, doc FROM vocabulary WHERE term IN ({places})", terms))

    def search(self, query: Query, *, k: int) -> list[int]:
        match = " OR ".join(f'"{term}"' for term in query.terms)
        found = self._db.execute("SELECT rowid FROM chunks WHERE chunks MATCH ? ORDER BY rank LIMIT ?", (match, k))
        return [number for (number,) in found]


class Tantivy:
    """One writer thread; frequencies without positions, nothing stored, numbers in a fast field."""

    def __init__(self, folder: Path, *, tokenizer: str) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", fast=True)  # Document() makes ints signed
        builder.add_text_field("body", tokenizer_name=tokenizer, index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(WRITER_BYTES, 1)
        self._searcher = self._index.searcher()

    def build(self, chunks: Sequence[Chunk]) -> None:
        self.add(chunks)
        self._writer.wait_merging_threads()  # consumes the writer
        self._writer = self._index.writer(WRITER_BYTES, 1)
        self._writer.garbage_collect_files()
        self._refresh()

    def add(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            self._writer.add_document(tantivy.Document(number=chunk.number, body=self._body(chunk)))
        self._writer.commit()
        self._refresh()

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        return {term: self._searcher.doc_freq("body", term) for term in terms}

    def search(self, query: Query, *, k: int) -> list[int]:
        found = self._searcher.search(self._query(query), k, count=False)
        numbers = self._searcher.fast_field_values("number", [address for _, address in found.hits])
        return [int(number) for number in numbers if number is not None]

    def _refresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def _body(self, chunk: Chunk) -> str:
        return " ".join(chunk.terms)

    def _query(self, query: Query) -> tantivy.Query:
        one, should = tantivy.Query.term_query, tantivy.Occur.Should
        return tantivy.Query.boolean_query(
            [(should, one(self._schema, "body", term, index_option="freq")) for term in query.terms]
        )


class TantivyOwnStemmer(Tantivy):
    """Gives tantivy the text and the words; the stemming is tantivy's, in both."""

    def _body(self, chunk: Chunk) -> str:
        return chunk.text

    def _query(self, query: Query) -> tantivy.Query:
        return self._index.parse_query(" ".join(query.words), ["body"])


class Bm25s:
    """Held in memory; adding is indexing everything again (Robertson's idf, as FTS5, clipped at 0)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chunks: list[Chunk] = []
        self._index = bm25s.BM25(k1=K1, b=B, method="robertson")

    def build(self, chunks: Sequence[Chunk]) -> None:
        self._chunks += chunks
        self._index = bm25s.BM25(k1=K1, b=B, method="robertson")
        self._index.index([list(chunk.terms) for chunk in self._chunks], show_progress=False)
        self._index.save(self._folder, show_progress=False)
        for path in [*self._folder.iterdir(), self._folder]:
            sync(path)

    def add(self, chunks: Sequence[Chunk]) -> None:
        self.build(chunks)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        starts, ids = self._index.scores["indptr"], self._index.vocab_dict
        return {term: int(starts[ids[term] + 1] - starts[ids[term]]) for term in terms if term in ids}

    def search(self, query: Query, *, k: int) -> list[int]:
        k = min(k, len(self._chunks))  # it refuses to be asked for more than it holds
        rows, scores = self._index.retrieve([list(query.terms)], k=k, show_progress=False)
        return [self._chunks[row].number for row, score in zip(rows[0], scores[0], strict=True) if score > 0]


class ExactBm25:
    """Every score, in float64, by the formula in SQLite's fts5_aux.c (fts5Bm25Function)."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._ids: dict[str, int] = {}
        terms = [self._ids.setdefault(term, len(self._ids)) for chunk in chunks for term in chunk.terms]
        lengths = np.array([len(chunk.terms) for chunk in chunks])
        keys = np.array(terms) * len(chunks) + np.repeat(np.arange(len(chunks)), lengths)
        postings, self._counts = np.unique(keys, return_counts=True)
        self._rows = postings % len(chunks)
        self._starts = np.searchsorted(postings, np.arange(len(self._ids) + 1) * len(chunks))
        self._norms = K1 * (1 - B + B * lengths / lengths.mean())
        self.n_terms = len(self._ids)

    def scores(self, terms: Sequence[str]) -> np.ndarray:
        total = np.zeros(len(self._norms))
        for term in filter(self._ids.__contains__, terms):
            own = slice(*self._starts[self._ids[term] : self._ids[term] + 2])
            rows, counts = self._rows[own], self._counts[own]
            odds = (len(total) - len(rows) + 0.5) / (len(rows) + 0.5)
            idf = math.log(odds) if odds > 1 else 1e-6  # FTS5's floor
            total[rows] += idf * counts * (K1 + 1) / (counts + self._norms[rows])
        return total


def all_terms(query: Query, _: Engine) -> Query:
    return query


def without_stop_words(query: Query, _: Engine) -> Query:
    return query.keep(lambda word, _: word not in STOP_WORDS)


def rarest_terms(query: Query, engine: Engine) -> Query:
    query = without_stop_words(query, engine)
    if len(query.terms) <= RAREST:
        return query
    known = engine.document_frequencies(query.terms)
    rarest = set(sorted((term for term in query.terms if known.get(term)), key=known.__getitem__)[:RAREST])
    return query.keep(lambda _, term: term in rarest)


def affordable_terms(query: Query, engine: Engine, *, most: int = MAX_POSTINGS) -> Query:
    """What `index.lexical` keeps: the rarest, as long as their postings together stay within its bound.

    A tenth of the bound on a tenth of the chunks keeps the same terms: what a bound costs at a million shows on fewer.
    """
    query = without_stop_words(query, engine)
    known = engine.document_frequencies(query.terms)
    rarest = sorted((known[term], term) for term in query.terms if known.get(term))[:MAX_QUERY_TERMS]
    read = itertools.accumulate(count for count, _ in rarest)
    kept = {t for place, ((_, t), postings) in enumerate(zip(rarest, read, strict=True)) if place < 2 or postings <= most}
    return query.keep(lambda _, term: term in kept)


VARIANTS = {
    "all": all_terms,
    "no stop": without_stop_words,
    "no stop, 8 rarest": rarest_terms,
    "no stop, bounded postings": affordable_terms,
}
LOOKED_UP = {"no stop, 8 rarest", "no stop, bounded postings"}
ENGINES: dict[str, Callable[[Path], Engine]] = {
    "fts5": Fts5,
    "tantivy": lambda folder: Tantivy(folder, tokenizer="whitespace"),
    "tantivy own stemmer": lambda folder: TantivyOwnStemmer(folder, tokenizer="en_stem"),
    "bm25s": Bm25s,
}
RUNS = [  # its own stems have no look-up of ours, so no rarest terms
    (e, v) for e in ENGINES for v in VARIANTS if e != "tantivy own stemmer" or v not in LOOKED_UP
]


def natural(row_id: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", row_id)]


def read(path: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """The distinct contexts in natural order of row ids, and (answered question, context's place) pairs."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=lambda row: natural(row["id"]))
    places: dict[str, int] = {}
    for row in rows:
        places.setdefault(row["context"], len(places))
    answered = {(row["question"], places[row["context"]]): None for row in rows if row["answer"]}
    return list(places), list(answered)


def sentences(context: str) -> list[list[str]]:
    runs = [run.split() for run in SENTENCE_END.split(context)]
    return [run[at : at + SENTENCE_WORDS] for run in runs for at in range(0, len(run), SENTENCE_WORDS)]


def windows(contexts: Sequence[str]) -> list[tuple[str, frozenset[int]]]:
    """(text, the contexts it is a window of), one for each sentence that has 90 words from it to the end."""
    stream = [(place, words) for place, context in enumerate(contexts) for words in sentences(context)]
    totals = [0] * len(contexts)
    for place, words in stream:
        totals[place] += len(words)
    cut = []
    for start in range(len(stream)):
        shares: dict[int, int] = {}
        words = []
        for place, sentence in stream[start : start + WINDOW_WORDS]:
            words += sentence
            shares[place] = shares.get(place, 0) + len(sentence)
            if len(words) >= WINDOW_WORDS:
                own = {p for p, n in shares.items() if 2 * n >= len(words) or n == totals[p]}
                cut.append((" ".join(words), frozenset(own)))
                break
    return cut


def made_up(contexts: Sequence[str], n: int) -> list[tuple[str, frozenset[int]]]:
    """n windows of sentences drawn at random, of no context: real words in real numbers, where the text is not enough."""
    rng = random.Random(SEED)
    drawn = [sentence for context in contexts for sentence in sentences(context)]
    made = []
    for _ in range(n):
        words: list[str] = []
        while len(words) < WINDOW_WORDS:
            words += rng.choice(drawn)
        made.append((" ".join(words), frozenset[int]()))
    return made


def make_chunks(contexts: Sequence[str], analyser: Analyser, *, n: int) -> list[Chunk]:
    """n chunks in reading order; past the windows of the text, made-up ones follow."""
    cut = windows(contexts)
    cut += made_up(contexts, n - len(cut))
    order = random.Random(SEED).sample(range(len(cut)), n)
    kept = sorted(order[: n - ADDED * ADDITIONS]) + order[n - ADDED * ADDITIONS :]
    return [
        Chunk(number, text, tuple(term for _, term in analyser.pairs(text)), own)
        for number, (text, own) in enumerate((cut[place] for place in kept), start=1)
    ]


def make_queries(asked: Sequence[tuple[str, int]], analyser: Analyser, chunks: Sequence[Chunk], n: int) -> list[Query]:
    """n questions of 6 to 25 words, no two of one context, each of a context with a window in the chunks."""
    held = frozenset().union(*(chunk.contexts for chunk in chunks))
    fit = [(q, place) for q, place in asked if place in held and len(q.split()) in QUESTION_WORDS]
    random.Random(SEED).shuffle(fit)
    one_each = {place: question for question, place in fit}
    if len(one_each) < n:
        raise SystemExit(f"only {len(one_each)} contexts have a question that fits; ask for fewer --queries")
    return [analyser.query(question, place) for place, question in list(one_each.items())[:n]]


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def fsync_ms(folder: Path) -> float:
    """Median of 9 writes of 4 KiB with fsync: what the disk charges before any engine does."""
    path = folder / "fsync"

    def write() -> None:
        path.write_bytes(os.urandom(4096))
        sync(path)

    return 1000 * statistics.median(seconds(write) for _ in range(9))


def quality(found: Sequence[int], exact: np.ndarray, query: Query, chunks: Sequence[Chunk]) -> tuple[float, bool]:
    """(overlap@10, hit): chunk numbers start at 1, rows of the exact scores at 0."""
    top = [number - 1 for number in found[:QUALITY_K]]
    best = np.sort(exact)[::-1][:QUALITY_K]
    tenth = best[best > 0][-1]
    overlap = sum(bool(exact[row] >= tenth * (1 - 1e-6)) for row in top) / int((best > 0).sum())
    return overlap, any(query.context in chunks[row].contexts for row in top)


def measure(
    engines: dict[str, Engine],
    queries: Sequence[Query],
    chunks: Sequence[Chunk],
    exact: ExactBm25,
    runs: Sequence[tuple[str, str]],
) -> Any:
    """{run: {column: value}}. The first pass warms the caches and is judged; the later ones are timed."""
    judged: dict[Any, list[Any]] = {run: [] for run in runs}
    timed: dict[Any, list[list[float]]] = {run: [[] for _ in queries] for run in runs}
    for timing in [False] + [True] * PASSES:
        for place, query in enumerate(queries):
            scores = None if timing else exact.scores(query.terms)
            for run in runs:
                engine, variant = engines[run[0]], VARIANTS[run[1]]
                start = time.perf_counter()
                sent = variant(query, engine)
                found = engine.search(sent, k=K)
                if scores is None:
                    timed[run][place].append(1000 * (time.perf_counter() - start))
                else:
                    judged[run].append((*quality(found, scores, query, chunks), len(sent.terms)))
    rows = {}
    for run in runs:
        overlap, hit, terms = np.mean(judged[run], axis=0)
        p50, p95 = np.percentile(np.median(timed[run], axis=1), [50, 95])
        rows[run] = {"terms": terms, "p50_ms": p50, "p95_ms": p95, "overlap_at_10": overlap, "hit_at_10": hit}
    return rows


def compare(
    chunks: Sequence[Chunk], later: Sequence[Chunk], queries: Sequence[Query], root: Path, runs: Sequence[tuple[str, str]]
) -> Any:
    """Rows of the table, one a run, with ratios against the first."""
    engines: dict[str, Engine] = {}
    costs: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(engine for engine, _ in runs):
        make = ENGINES[name]
        folder = root / name
        folder.mkdir()
        engines[name] = make(folder)
        built = seconds(lambda engine=engines[name]: engine.build(chunks))  # type: ignore[misc]
        size = sum(path.stat().st_size for path in folder.iterdir())
        costs[name] = {"build_seconds": built, "size_mb": size / 1e6}
    rows = measure(engines, queries, chunks, ExactBm25(chunks), runs)
    for name, engine in engines.items():
        batches = [later[at : at + ADDED] for at in range(0, len(later), ADDED)]
        added = [seconds(lambda batch=batch, engine=engine: engine.add(batch)) for batch in batches]  # type: ignore[misc]
        costs[name]["add_100_ms"] = 1000 * statistics.median(added)
    table = [{"engine": e, "variant": v, **costs[e], **rows[e, v]} for e, v in runs]
    for row in table:
        for column in ("build_seconds", "size_mb", "p50_ms", "p95_ms", "add_100_ms"):
            row[f"{column}_ratio"] = row[column] / table[0][column]
    return table


def show(report: dict[str, Any]) -> str:
    facts = "\n".join(f"{name}: {value}" for name, value in report.items() if name != "runs")
    columns = list(report["runs"][0])
    lines = [columns, ["---"] * len(columns)]
    lines += [[f"{v:.3g}" if isinstance(v, float) else v for v in row.values()] for row in report["runs"]]
    return facts + "\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="xz JSON lines with id, question, context")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS), help="at 1M all terms take seconds")
    parser.add_argument("--postings", type=int, default=MAX_POSTINGS, help="the bound on postings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    VARIANTS["no stop, bounded postings"] = partial(affordable_terms, most=options.postings)
    analyser = Analyser()
    contexts, asked = read(options.data)
    start = time.perf_counter()
    made = make_chunks(contexts, analyser, n=options.chunks + ADDED * ADDITIONS)
    analysis_seconds = time.perf_counter() - start
    chunks, later = made[: options.chunks], made[options.chunks :]
    queries = make_queries(asked, analyser, chunks, options.queries)
    runs = [(engine, variant) for engine, variant in RUNS if engine in options.engines and variant in options.variants]
    with tempfile.TemporaryDirectory() as root:
        report = {
            "chunks": len(chunks),
            "bound on postings": options.postings,
            "queries": len(queries),
            "seed": SEED,
            "distinct_contexts": len(contexts),
            "terms_per_chunk": round(statistics.mean(len(chunk.terms) for chunk in chunks), 1),
            "chunking_and_analysis_seconds": round(analysis_seconds, 1),
            "fsync_4k_ms": round(fsync_ms(Path(root)), 2),
            "sqlite": sqlite3.sqlite_version,
            "tantivy": version("tantivy"),
            "bm25s": version("bm25s"),
            "runs": compare(chunks, later, queries, Path(root), runs),
        }
    report["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(report, indent=2) if options.json else show(report))


if __name__ == "__main__":
    main()
