"""Builds everything from the settings: the only place that names concrete classes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.chunk import Budget
from index.dense import FlatStore
from index.embed import (
    PACKAGED_MODEL,
    PACKAGED_SHA256,
    DeferredEmbedder,
    SentenceTransformersEmbedder,
    packaged_model_path,
    use_threads,
)
from index.errors import ModelUnavailable
from index.generation import Generations
from index.ingest import Ingester
from index.protocols import Embedder, Reader
from index.reader.entailment import Entailment
from index.reader.graph import EntailmentGraph, ReadingGraph
from index.reader.pairs import PairTokenizer
from index.reader.shipped import ENTAILMENT, FITTED, READER, TEMPERATURE
from index.reader.trained import DocumentFrequencies, TrainedReader
from index.search import Searcher
from index.store.documents import Store
from index.tokens import cl100k_counter
from index.types import Document
from service.answer import Answerer, Steps
from service.background import Background
from service.compose.extractive import ExtractiveComposer
from service.settings import Settings
from service.short_answer import Relate
from service.types import Mode


@dataclass(frozen=True, slots=True)
class Models:
    """The loaded models. `reading` gives a reader that weighs terms by these frequencies."""

    embedder: Embedder
    reading: Callable[[DocumentFrequencies], Reader]
    relate: Relate


@dataclass(frozen=True, slots=True)
class Engine:
    """One data directory with everything that works on it."""

    store: Store
    embedder: Embedder
    ingester: Ingester
    generations: Generations
    searcher: Searcher
    answerer: Answerer
    background: Background

    def close(self) -> None:
        """Close the store. Stop the background first if it was started."""
        self.store.close()


def load_embedder(settings: Settings) -> Embedder:
    """The embedding model the settings name; takes seconds.

    Raises:
        ModelUnavailable: If it cannot be loaded.
    """
    if settings.model is not None and not settings.model.is_dir():
        raise ModelUnavailable(f"READOUT_MODEL {settings.model} is no folder; give the folder of a sentence-transformers model")
    use_threads(settings.threads)
    return SentenceTransformersEmbedder(settings.model or packaged_model_path(), model_id=model_id_of(settings))


def load_models(settings: Settings) -> Models:
    """The embedding model that the settings name, and the shipped reader; takes seconds.

    Raises:
        ModelUnavailable: If one cannot be loaded.
    """
    return models_over(load_embedder(settings), n_threads=settings.threads)


def models_over(embedder: Embedder, *, n_threads: int) -> Models:
    """This embedder with the shipped networks.

    Raises:
        ModelUnavailable: If one of them cannot be loaded.
    """
    packaged = packaged_model_path()
    reading = ReadingGraph(READER.path, packaged, sha256=READER.sha256, n_threads=n_threads)
    entailing = EntailmentGraph(ENTAILMENT.path, packaged, sha256=ENTAILMENT.sha256, n_threads=n_threads)
    tokenizer = PairTokenizer(packaged)

    def reader_over(frequencies: DocumentFrequencies) -> Reader:
        return TrainedReader(reading, tokenizer, embedder, frequencies=frequencies, judgement=FITTED)

    entailment = Entailment(entailing, tokenizer, temperature=TEMPERATURE)
    return Models(embedder, reader_over, entailment.relations)


def model_id_of(settings: Settings) -> str:
    """The id of the embedding model that the settings name, without loading it."""
    if settings.model is None:
        return f"{PACKAGED_MODEL}@{PACKAGED_SHA256[:12]}"
    return str(settings.model.resolve())


def build_engine(settings: Settings, models: Models) -> Engine:
    """Open the data directory and build what works on it.

    Raises:
        StoreUnavailable: If the data directory cannot be used.
    """
    store = Store(settings.data)
    embedder = models.embedder
    ingester = _ingester(settings, store, embedder)
    generations = Generations(lambda: store.vectors(embedder.model_id, embedder.dimension), FlatStore)
    searcher = Searcher(store, embedder, generations)

    def read_document(document_id: str, sha256: str | None) -> Document:
        return store.document(document_id, sha256=sha256)

    answerer = Answerer(
        Steps(
            searcher=searcher,
            reader=models.reading(term_frequencies(store)),
            relate=models.relate,
            read_document=read_document,
            composers={Mode.EXTRACTIVE: ExtractiveComposer()},
            moment=store.moment,
            threshold=settings.threshold,
            clock=time.perf_counter,
        )
    )
    background = Background(store, ingester, generations)
    return Engine(store, embedder, ingester, generations, searcher, answerer, background)


def term_frequencies(store: Store) -> DocumentFrequencies:
    """What the reader weighs terms by: in how many passages each stands, and how many there are."""

    def frequencies(terms: Iterable[str]) -> tuple[Mapping[str, int], int]:
        return store.document_frequencies(terms), store.counts("chunks")["chunks"]

    return frequencies


def open_ingester(settings: Settings) -> tuple[Store, Ingester]:
    """The store and what adds to it; the model is loaded only once something is to be cut or embedded.

    Raises:
        StoreUnavailable: If the data directory cannot be used.
    """
    store = Store(settings.data)
    embedder = DeferredEmbedder(lambda: load_embedder(settings), model_id=model_id_of(settings))
    return store, _ingester(settings, store, embedder)


def _ingester(settings: Settings, store: Store, embedder: Embedder) -> Ingester:
    @cache
    def budget() -> Budget:
        return Budget(settings.chunk_tokens, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)

    return Ingester(store, embedder, budget=budget, max_document_bytes=settings.max_document_bytes)


def load_engine(settings: Settings) -> Engine:
    """`build_engine` with the models that the settings name."""
    return build_engine(settings, load_models(settings))


def in_directory(settings: Settings, directory: Path) -> Settings:
    """The same settings for another data directory."""
    return settings.model_copy(update={"data": directory})
