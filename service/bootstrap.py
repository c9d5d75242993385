"""Builds everything from the settings: the only place that names concrete classes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from index.chunk import Budget
from index.embed import (
    DeferredEmbedder,
    PackagedEmbedder,
    SentenceTransformersEmbedder,
    packaged_model_path,
    use_threads,
)
from index.errors import ModelUnavailable
from index.generation import Bounds, Generations
from index.ingest import Ingester
from index.lexical_generation import LexicalGenerations
from index.protocols import Embedder, Reader
from index.reader.comparison import Comparison
from index.reader.entailment import Entailment
from index.reader.graph import ReadingGraph, RelationGraph
from index.reader.pairs import PairTokenizer
from index.reader.shipped import COMPARISON, ENTAILMENT, FITTED, READER, TEMPERATURE
from index.reader.trained import DocumentFrequencies, TrainedReader
from index.search import Searcher
from index.store.documents import Store
from index.tokens import cl100k_counter
from index.types import Document, Precision
from service.answer import Answerer, Steps
from service.background import Background
from service.compose.extractive import ExtractiveComposer
from service.compose.generative import Address, GenerativeComposer, LanguageModel
from service.compose.generative import Bounds as ModelBounds
from service.conflicts import Compare
from service.protocols import Composer
from service.settings import Settings
from service.short_answer import Relate
from service.spaces import model_id_of, packaged_id, precision_for, precision_of, settled
from service.types import Mode


@dataclass(frozen=True, slots=True)
class Models:
    """The loaded models. `reading` gives a reader that weighs terms by these frequencies.

    `embedder_of` loads the embedding model of an id, as far as it is still there: while another one takes its place.
    """

    embedder: Embedder
    reading: Callable[[DocumentFrequencies], Reader]
    relate: Relate
    compare: Compare
    embedder_of: Callable[[str], Embedder | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Engine:
    """One data directory with everything that works on it."""

    store: Store
    embedder: Embedder
    ingester: Ingester
    generations: Generations
    lexical: LexicalGenerations
    searcher: Searcher
    answerer: Answerer
    background: Background

    def close(self) -> None:
        """Close the store. Stop the background first if it was started."""
        self.store.close()


@dataclass(frozen=True, slots=True)
class Writing:
    """A data directory that is only added to. `merge` renews its search files where that is due; it needs the model."""

    store: Store
    ingester: Ingester
    merge: Callable[[], None]


def load_embedder(settings: Settings) -> Embedder:
    """The embedding model the settings name for their store; takes seconds.

    Raises:
        ModelUnavailable: If it cannot be loaded.
        StoreUnavailable: If the precision depends on a store that cannot be read.
    """
    if settings.model is not None and not settings.model.is_dir():
        raise ModelUnavailable(f"READOUT_MODEL {settings.model} is no folder; give the folder of a sentence-transformers model")
    if settings.model is None:
        precision = precision_for(settings)
        return PackagedEmbedder(model_id=packaged_id(precision), n_threads=settings.threads, precision=precision)
    use_threads(settings.threads)
    return SentenceTransformersEmbedder(settings.model, model_id=model_id_of(settings))


def load_models(settings: Settings) -> Models:
    """The embedding model that the settings name, and the shipped reader; takes seconds.

    Raises:
        ModelUnavailable: If one cannot be loaded.
    """
    embedder = load_embedder(settings)
    models = models_over(embedder, sentences=_for_sentences(embedder, settings), n_threads=settings.threads)
    return replace(models, embedder_of=lambda model_id: load_embedder_of(model_id, settings))


def models_over(embedder: Embedder, *, sentences: Embedder, n_threads: int) -> Models:
    """This embedder with the shipped networks; the reader weighs a question's sentences with `sentences`.

    Raises:
        ModelUnavailable: If one of them cannot be loaded.
    """
    packaged = packaged_model_path()
    reading = ReadingGraph(READER.path, packaged, sha256=READER.sha256, n_threads=n_threads)
    entailing = RelationGraph(ENTAILMENT.path, packaged, sha256=ENTAILMENT.sha256, n_threads=n_threads)
    comparing = RelationGraph(COMPARISON.path, packaged, sha256=COMPARISON.sha256, n_threads=n_threads)
    tokenizer = PairTokenizer(packaged)
    entailment = Entailment(entailing, tokenizer, temperature=TEMPERATURE)

    def reader_over(frequencies: DocumentFrequencies) -> Reader:
        return TrainedReader(reading, tokenizer, sentences, answers=entailment.answers, frequencies=frequencies, judgement=FITTED)

    comparison = Comparison(comparing, tokenizer)
    return Models(embedder, reader_over, entailment.relations, comparison.likenesses)


def _for_sentences(embedder: Embedder, settings: Settings) -> Embedder:
    """The packaged model in float32, whatever the passages are in: what weighs its cosines was fitted on those."""
    if precision_of(embedder.model_id) in (None, Precision.F32):
        return embedder
    return PackagedEmbedder(model_id=packaged_id(Precision.F32), n_threads=settings.threads)


def load_embedder_of(model_id: str, settings: Settings) -> Embedder | None:
    """The embedding model of an id that `model_id_of` gave once; None if it is not there any more as it was."""
    precision, (path, _, _) = precision_of(model_id), model_id.rpartition("@")
    if not path:
        return None
    named = settings.model_copy(update={"model": None if precision else Path(path), "embedding_precision": precision})
    try:
        return load_embedder(named) if model_id_of(named) == model_id else None
    except ModelUnavailable:
        return None


def build_engine(settings: Settings, models: Models, *, read_only: bool = False) -> Engine:
    """Open the data directory and build what works on it; with `read_only` nothing is written.

    Raises:
        StoreUnavailable: If the data directory cannot be used.
    """
    store = Store(settings.data, read_only=read_only)
    embedder = models.embedder
    ingester = _ingester(settings, store, embedder)
    if not read_only:
        store.jobs.requeue()
    generations = Generations(
        store.vectors,
        embedder,
        data=settings.data,
        writable=not read_only,
        bounds=_bounds(settings),
        embedder_of=models.embedder_of,
    )
    lexical = LexicalGenerations(store.wordings, data=settings.data, writable=not read_only, bounds=_bounds(settings))
    searcher = Searcher(store, generations, lexical)

    def read_document(document_id: str, sha256: str | None) -> Document:
        return store.document(document_id, sha256=sha256)

    answerer = Answerer(
        Steps(
            searcher=searcher,
            reader=models.reading(term_frequencies(store, searcher)),
            relate=models.relate,
            compare=models.compare,
            read_document=read_document,
            earlier_version=store.earlier_version,
            composers=composers(settings),
            moment=store.moment,
            threshold=settings.threshold,
            clock=time.perf_counter,
            model_seconds=settings.llm_timeout_seconds,
        )
    )
    background = Background(store, ingester, generations, lexical)
    return Engine(store, embedder, ingester, generations, lexical, searcher, answerer, background)


def composers(settings: Settings) -> dict[Mode, Composer]:
    """What can write answers: the generative composer only where the settings name a language model."""
    if settings.llm_base_url is None:
        return {Mode.EXTRACTIVE: ExtractiveComposer()}
    key = settings.llm_api_key
    address = Address(
        settings.llm_base_url,
        model=settings.llm_model,
        api_key=None if key is None else key.get_secret_value(),
        max_response_bytes=settings.llm_max_response_bytes,
    )
    generative = GenerativeComposer(
        LanguageModel(address),
        ModelBounds(settings.llm_context_tokens, settings.llm_answer_tokens),
        count_tokens=cl100k_counter(),
        new_boundary=lambda: secrets.token_hex(8),
    )
    return {Mode.EXTRACTIVE: ExtractiveComposer(), Mode.GENERATIVE: generative}


def term_frequencies(store: Store, searcher: Searcher) -> DocumentFrequencies:
    """What the reader weighs terms by: in how many passages each stands, and how many there are."""

    def frequencies(terms: Iterable[str]) -> tuple[Mapping[str, int], int]:
        return searcher.document_frequencies(terms), store.counts()["chunks"]

    return frequencies


def open_ingester(settings: Settings) -> Writing:
    """The store and what adds to it; the model is loaded only once something is to be cut or embedded.

    Raises:
        StoreUnavailable: If the data directory cannot be used.
    """
    settings = settled(settings)
    store = Store(settings.data)
    embedder = DeferredEmbedder(lambda: load_embedder(settings), model_id=model_id_of(settings))

    def merge() -> None:
        LexicalGenerations(store.wordings, data=settings.data, bounds=_bounds(settings)).merge_if_due()
        Generations(store.vectors, embedder, data=settings.data, bounds=_bounds(settings)).merge_if_due()

    store.jobs.requeue()
    return Writing(store, _ingester(settings, store, embedder), merge)


def previewing(settings: Settings, *, read_only: bool) -> tuple[Store, Ingester]:
    """The store with what can say how files would be stored; nothing needs a model.

    Raises:
        StoreUnavailable: If the data directory cannot be used.
    """
    settings = settled(settings)
    store = Store(settings.data, read_only=read_only)
    embedder = DeferredEmbedder(lambda: load_embedder(settings), model_id=model_id_of(settings))
    return store, _ingester(settings, store, embedder)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(exact_rows=settings.exact_passages, tail_rows=settings.tail_passages)


def _ingester(settings: Settings, store: Store, embedder: Embedder) -> Ingester:
    @cache
    def budget() -> Budget:
        return Budget(settings.chunk_tokens, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)

    return Ingester(store, embedder, budget=budget, max_document_bytes=settings.max_document_bytes)


def load_engine(settings: Settings, *, read_only: bool = False) -> Engine:
    """`build_engine` with the models that the settings name."""
    return build_engine(settings, load_models(settings), read_only=read_only)


def in_directory(settings: Settings, directory: Path) -> Settings:
    """The same settings for another data directory."""
    return settings.model_copy(update={"data": directory})
