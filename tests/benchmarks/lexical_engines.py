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
all. "Re-scored" takes 200 candidates by the terms that the bound leaves and orders them by all terms.

Not counted: analysis of the text into our terms is in no build time (given once, apart); tantivy's own
stemmer is in its build and query times. Set TMPDIR to a disk that honours fsync; on tmpfs the cost of adding
is fiction.

    python tests/benchmarks/lexical_engines.py --data reader_train.jsonl.xz --work DIR --chunks 1000000

Chunks, exact scores and engines stand in files of that folder: one `--stage` at a time may be run.
"""

import argparse
import itertools
import json
import lzma
import math
import os
import random
import re
import sqlite3
import statistics
import sys
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
CANDIDATES = 200
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

    def build(self, chunks: Iterator[Chunk]) -> None: ...
    def add(self, chunks: Sequence[Chunk]) -> None: ...
    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]: ...
    def search(self, query: Query, *, k: int) -> list[int]: ...


class Fts5:
    """As the store has it: the terms stand in the table; counts of terms are kept."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "lexical.sqlite")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS chunks USING fts5(terms, tokenize='unicode61 remove_diacritics 0')")
        self._db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, chunks, row)")
        self._kept: dict[str, int] = {}

    def build(self, chunks: Iterator[Chunk]) -> None:
        self._insert(chunks)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def add(self, chunks: Sequence[Chunk]) -> None:
        self._insert(iter(chunks))

    def _insert(self, chunks: Iterator[Chunk]) -> None:
        rows = ((chunk.number, " ".join(chunk.terms)) for chunk in chunks)
        with self._db:
            self._db.executemany("INSERT INTO chunks(rowid, terms) VALUES (?, ?)", rows)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        for term in terms:
            if term not in self._kept:
                found = self._db.execute("SELECT doc FROM vocabulary WHERE term = ?", [term]).fetchone()
                self._kept[term] = 0 if found is None else found[0]
        return {term: self._kept[term] for term in terms}

    def search(self, query: Query, *, k: int) -> list[int]:
        match = " OR ".join(f'"{term}"' for term in query.terms)
        found = self._db.execute("SELECT rowid FROM chunks WHERE chunks MATCH ? ORDER BY rank LIMIT ?", (match, k))
        return [number for (number,) in found]


class Fts5Rescored(Fts5):
    """Reads the postings that the bound leaves, then scores the best of what it found by all terms."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._n, self._mean = self._db.execute(
            "SELECT count(*), avg(length(c0) - length(replace(c0, ' ', '')) + 1) FROM chunks_content"
        ).fetchone()

    def search(self, query: Query, *, k: int) -> list[int]:
        candidates = super().search(VARIANTS["no stop, bounded postings"](query, self), k=CANDIDATES)
        counts = self.document_frequencies(query.terms)
        places = ",".join("?" * len(candidates))
        scored = []
        for number, text in self._db.execute(f"SELECT rowid, terms FROM chunks WHERE rowid IN ({places})", candidates):
            held = text.split(" ")
            norm, inside = K1 * (1 - B + B * len(held) / self._mean), Counter(held)
            score = sum(idf(counts[t], self._n) * inside[t] * (K1 + 1) / (inside[t] + norm) for t in query.terms if t in inside)
            scored.append((-score, number))
        return [number for _, number in sorted(scored)[:k]]


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

    def build(self, chunks: Iterator[Chunk]) -> None:
        self._insert(chunks)
        self._writer.wait_merging_threads()  # consumes the writer
        self._writer = self._index.writer(WRITER_BYTES, 1)
        self._writer.garbage_collect_files()
        self._refresh()

    def add(self, chunks: Sequence[Chunk]) -> None:
        self._insert(iter(chunks))

    def _insert(self, chunks: Iterator[Chunk]) -> None:
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
        self._index = bm25s.BM25(k1=K1, b=B, method="robertson")
        if (folder / "params.index.json").is_file():
            self._index = bm25s.BM25.load(folder)

    def build(self, chunks: Iterator[Chunk]) -> None:
        self._index.index([list(chunk.terms) for chunk in chunks], show_progress=False)
        self._index.save(self._folder, show_progress=False)
        for path in [*self._folder.iterdir(), self._folder]:
            sync(path)

    def add(self, chunks: Sequence[Chunk]) -> None:
        raise NotImplementedError("it cannot be added to")

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        starts, ids = self._index.scores["indptr"], self._index.vocab_dict
        return {term: int(starts[ids[term] + 1] - starts[ids[term]]) for term in terms if term in ids}

    def search(self, query: Query, *, k: int) -> list[int]:
        k = min(k, self._index.scores["num_docs"])  # it refuses to be asked for more than it holds
        rows, scores = self._index.retrieve([list(query.terms)], k=k, show_progress=False)
        return [int(row) + 1 for row, score in zip(rows[0], scores[0], strict=True) if score > 0]


def idf(count: int, n: int) -> float:
    """FTS5's, with its floor."""
    odds = (n - count + 0.5) / (count + 0.5)
    return math.log(odds) if odds > 1 else 1e-6


class ExactBm25:
    """Every score, in float64, by the formula in SQLite's fts5_aux.c (fts5Bm25Function)."""

    def __init__(self, folder: Path) -> None:
        self._ids: dict[str, int] = json.loads((folder / "exact.json").read_bytes())
        held = np.load(folder / "exact.npz")
        self._rows, self._counts, self._starts, self._norms = (held[name] for name in ("rows", "counts", "starts", "norms"))

    @staticmethod
    def make(chunks: Iterator[Chunk], n: int, folder: Path) -> None:
        ids: dict[str, int] = {}
        terms, lengths = array("i"), np.zeros(n, np.int64)
        for place, chunk in enumerate(chunks):
            terms.extend(ids.setdefault(term, len(ids)) for term in chunk.terms)
            lengths[place] = len(chunk.terms)
        keys = np.frombuffer(terms, np.int32) * np.int64(n)
        keys += np.repeat(np.arange(n), lengths)
        keys.sort()
        firsts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        np.savez(
            folder / "exact.npz",
            rows=(keys[firsts] % n).astype(np.int32),
            counts=np.diff(firsts, append=len(keys)).astype(np.int32),
            starts=np.searchsorted(keys[firsts], np.arange(len(ids) + 1) * n),
            norms=K1 * (1 - B + B * lengths / lengths.mean()),
        )
        (folder / "exact.json").write_text(json.dumps(ids), encoding="utf-8")

    def scores(self, terms: Sequence[str]) -> np.ndarray:
        total = np.zeros(len(self._norms))
        for term in filter(self._ids.__contains__, terms):
            own = slice(*self._starts[self._ids[term] : self._ids[term] + 2])
            rows, counts = self._rows[own], self._counts[own]
            total[rows] += idf(len(rows), len(total)) * counts * (K1 + 1) / (counts + self._norms[rows])
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
    "fts5 re-scored": Fts5Rescored,
    "tantivy": lambda folder: Tantivy(folder, tokenizer="whitespace"),
    "tantivy own stemmer": lambda folder: TantivyOwnStemmer(folder, tokenizer="en_stem"),
    "bm25s": Bm25s,
}
RUNS = [  # its own stems have no look-up of ours, so no rarest terms; re-scoring bounds what it reads itself
    (e, v)
    for e in ENGINES
    for v in VARIANTS
    if (e != "tantivy own stemmer" or v not in LOOKED_UP) and (e != "fts5 re-scored" or v == "no stop")
]
FOLDER_OF = {"fts5 re-scored": "fts5"}  # the same file searched in another way


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
    timed: dict[Any, list[list[tuple[float, float]]]] = {run: [[] for _ in queries] for run in runs}
    for timing in [False] + [True] * PASSES:
        for place, query in enumerate(queries):
            scores = None if timing else exact.scores(query.terms)
            meant = None if timing else exact.scores(without_stop_words(query, next(iter(engines.values()))).terms)
            for run in runs:
                engine, variant = engines[run[0]], VARIANTS[run[1]]
                start, busy = time.perf_counter(), time.process_time()
                sent = variant(query, engine)
                found = engine.search(sent, k=K)
                if scores is None or meant is None:
                    timed[run][place].append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - busy)))
                else:
                    overlap, hit = quality(found, scores, query, chunks)
                    judged[run].append((overlap, quality(found, meant, query, chunks)[0], hit, len(sent.terms)))
    rows = {}
    for run in runs:
        overlap, overlap_meant, hit, terms = np.mean(judged[run], axis=0)
        wall, processor = (np.median([[t[unit] for t in times] for times in timed[run]], axis=1) for unit in (0, 1))
        rows[run] = {
            "terms": terms,
            **{f"p{p}_ms": np.percentile(wall, p) for p in (50, 95)},
            **{f"p{p}_processor_ms": np.percentile(processor, p) for p in (50, 95)},
            "overlap_at_10": overlap,
            "overlap_at_10_no_stop": overlap_meant,
            "hit_at_10": hit,
        }
    return rows


def prepare(options: argparse.Namespace) -> None:
    """Chunks and questions as files: the engines are built from the same lines."""
    analyser = Analyser()
    contexts, asked = read(options.data)
    start = time.perf_counter()
    made = make_chunks(contexts, analyser, n=options.chunks + ADDED * ADDITIONS)
    queries = make_queries(asked, analyser, made[: options.chunks], options.queries)
    with (options.work / "chunks.jsonl").open("w", encoding="utf-8") as file:
        for chunk in made:
            file.write(json.dumps([chunk.number, chunk.text, " ".join(chunk.terms), sorted(chunk.contexts)]) + "\n")
    (options.work / "queries.json").write_text(json.dumps([[q.words, q.terms, q.context] for q in queries]), encoding="utf-8")
    keep(options, "chunking_and_analysis_seconds", round(time.perf_counter() - start, 1))
    keep(options, "distinct_contexts", len(contexts))


def prepared(options: argparse.Namespace) -> Iterator[Chunk]:
    """The chunks, then those that are added later."""
    with (options.work / "chunks.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            number, text, terms, contexts = json.loads(line)
            yield Chunk(number, text, tuple(terms.split(" ")), frozenset(contexts))


def keep(options: argparse.Namespace, name: str, value: Any) -> None:
    """Keep a figure for the report."""
    path = options.work / "report.json"
    held = json.loads(path.read_bytes()) if path.is_file() else {}
    path.write_text(json.dumps({**held, name: value}), encoding="utf-8")


def build(options: argparse.Namespace) -> None:
    for name in options.engines:
        folder = options.work / FOLDER_OF.get(name, name)
        if folder.is_dir():
            continue
        folder.mkdir()
        engine = ENGINES[name](folder)
        built = seconds(lambda engine=engine: engine.build(itertools.islice(prepared(options), options.chunks)))  # type: ignore[misc]
        keep(options, f"build {name}", {"build_seconds": built, "size_mb": sum(f.stat().st_size for f in folder.iterdir()) / 1e6})


def ask(options: argparse.Namespace) -> None:
    """Rows of the table, one a run, with ratios against the first."""
    runs = [(e, v) for e, v in RUNS if e in options.engines and v in options.variants and f"{e}:{v}" not in options.left_out]
    engines = {name: ENGINES[name](options.work / FOLDER_OF.get(name, name)) for name in dict.fromkeys(e for e, _ in runs)}
    chunks = [replace(chunk, text="", terms=()) for chunk in itertools.islice(prepared(options), options.chunks)]
    read = json.loads((options.work / "queries.json").read_bytes())
    queries = [Query(tuple(words), tuple(terms), context) for words, terms, context in read]
    rows = measure(engines, queries, chunks, ExactBm25(options.work), runs)
    keep(options, "runs", [{"engine": e, "variant": v, **rows[e, v]} for e, v in runs])


def add(options: argparse.Namespace) -> None:
    later = list(itertools.islice(prepared(options), options.chunks, None))
    batches = [later[at : at + ADDED] for at in range(0, len(later), ADDED)]
    for name in options.engines:
        if name in FOLDER_OF or name == "bm25s":  # which is built again for any addition
            continue
        engine = ENGINES[name](options.work / name)
        added = [seconds(lambda batch=batch, engine=engine: engine.add(batch)) for batch in batches]  # type: ignore[misc]
        keep(options, f"add {name}", {"add_100_ms": 1000 * statistics.median(added)})


def tell(options: argparse.Namespace) -> None:
    kept = json.loads((options.work / "report.json").read_bytes())
    named = [(FOLDER_OF.get(row["engine"], row["engine"]), row) for row in kept["runs"]]
    runs = [row | kept.get(f"build {name}", {}) | kept.get(f"add {name}", {}) for name, row in named]
    report = {
        "chunks": options.chunks,
        "bound on postings": options.postings,
        "queries": options.queries,
        "seed": SEED,
        **{name: value for name, value in kept.items() if name != "runs" and " " not in name},
        "fsync_4k_ms": round(fsync_ms(options.work), 2),
        "sqlite": sqlite3.sqlite_version,
        "tantivy": version("tantivy"),
        "bm25s": version("bm25s"),
        "runs": runs,
    }
    print(json.dumps(report, indent=2) if options.json else show(report))


def show(report: dict[str, Any]) -> str:
    facts = "\n".join(f"{name}: {value}" for name, value in report.items() if name != "runs")
    columns = list(dict.fromkeys(name for row in report["runs"] for name in row))
    lines = [columns, ["---"] * len(columns)]
    for row in report["runs"]:
        values = [row.get(name, "-") for name in columns]
        lines += [[f"{value:.3g}" if isinstance(value, float) else str(value) for value in values]]
    return facts + "\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


STAGES: dict[str, Callable[[argparse.Namespace], None]] = {
    "chunks": prepare,
    "exact": lambda options: ExactBm25.make(itertools.islice(prepared(options), options.chunks), options.chunks, options.work),
    "build": build,
    "ask": ask,
    "add": add,
    "tell": tell,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="xz JSON lines with id, question, context")
    parser.add_argument("--work", type=Path, required=True, help="an empty folder on a disk, for the engines")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS), help="at 1M all terms take seconds")
    parser.add_argument("--except", nargs="+", default=[], dest="left_out", metavar="ENGINE:VARIANT", help="not to be asked")
    parser.add_argument("--postings", type=int, default=MAX_POSTINGS, help="the bound on postings")
    parser.add_argument("--stage", choices=STAGES, help="one stage only")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    VARIANTS["no stop, bounded postings"] = partial(affordable_terms, most=options.postings)
    options.work.mkdir(parents=True, exist_ok=True)
    for stage in [options.stage] if options.stage else STAGES:
        STAGES[stage](options)


if __name__ == "__main__":
    main()
