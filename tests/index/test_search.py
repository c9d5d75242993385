from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index import bm25
from index.chunk import Budget
from index.files import Upload
from index.generation import Generations
from index.ingest import Ingester
from index.kindred import WEIGHT
from index.lexical_generation import LexicalGenerations
from index.search import Found, Searcher
from index.store.documents import Store
from index.tokens import cl100k_counter
from index.types import Filters, Metadata
from tests.fakes import HashingEmbedder


class Corpus:
    """A store with everything around it that searching needs."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.embedder = HashingEmbedder()
        budget = Budget(40, cl100k_counter(), self.embedder.max_tokens, self.embedder.count_tokens)
        self.ingester = Ingester(self.store, self.embedder, budget=lambda: budget, max_document_bytes=10**6)
        self.generations = Generations(self.store.vectors, self.embedder, data=folder)
        self.lexical = LexicalGenerations(self.store.wordings, data=folder)
        self.searcher = Searcher(self.store, self.generations, self.lexical)

    def add(self, text: str, *, uri: str | None = None, **facts: str) -> str:
        metadata = Metadata(uri=uri, **facts)
        return str(self.ingester.add_upload(Upload("a.txt", text.encode(), metadata)).document_id)

    def embed(self) -> None:
        self.ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
        self.generations.refresh()

    def search(self, question: str, *, filters: Filters = Filters(), k: int = 8) -> Found:
        return self.searcher.search(question, filters=filters, k=k)

    def texts(self, found: Found) -> list[str]:
        return [hit.chunk.span.of(self.store.document(hit.chunk.document_id).text) for hit in found.hits]


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    made = Corpus(tmp_path)
    yield made
    made.store.close()


def test_an_empty_corpus_has_no_hits(corpus: Corpus) -> None:
    assert corpus.search("TikTok?") == Found((), 0, 0, 0, 0)


def test_what_both_searches_find_comes_first(corpus: Corpus) -> None:
    for text in ("Leaders discussed TikTok.", "Bread needs flour.", "Rain fell in Ohio."):
        corpus.add(text)
    corpus.embed()
    found = corpus.search("TikTok leaders?")
    assert corpus.texts(found)[0] == "Leaders discussed TikTok."
    assert [hit.rank for hit in found.hits] == [1, 2, 3]
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)
    by_words = bm25.most(corpus.searcher.document_frequencies(["tiktok", "leader"]), 3)
    (words,) = corpus.store.match_terms('"tiktok" OR "leader"', k=8, document_ids=None)
    assert found.hits[0].score == pytest.approx(found.hits[0].cosine + words.score / by_words + WEIGHT * _alike(corpus, found))


def _alike(corpus: Corpus, found: Found) -> float:
    """How like the first document is to all three: each is one passage."""
    rows = corpus.embedder.embed(corpus.texts(found))
    return float(np.mean(rows @ rows[0]))


def test_what_was_just_stored_is_found_before_it_is_embedded(corpus: Corpus) -> None:
    corpus.add("Bread needs flour.")
    corpus.embed()
    corpus.add("Leaders discussed TikTok.")
    assert "Leaders discussed TikTok." in corpus.texts(corpus.search("What about TikTok?"))


def test_what_was_deleted_is_not_found_though_the_snapshot_still_holds_it(corpus: Corpus) -> None:
    document_id = corpus.add("Leaders discussed TikTok.")
    corpus.add("Bread needs flour.")
    corpus.embed()
    corpus.store.delete(document_id)
    assert corpus.texts(corpus.search("TikTok")) == ["Bread needs flour."]
    assert len(corpus.generations.current.generation.vectors) == 2


def test_an_update_is_found_in_its_new_words_only_before_the_snapshot_is_renewed(corpus: Corpus) -> None:
    corpus.add("Old words about TikTok.", uri="/a")
    corpus.embed()
    corpus.add("New words about TikTok.", uri="/a")
    assert corpus.texts(corpus.search("TikTok")) == ["New words about TikTok."]


def test_filters_leave_only_the_selected_documents_in_both_rankings(corpus: Corpus) -> None:
    corpus.add("TikTok at NPR.", outlet="NPR", published_at="2024-04-04")
    corpus.add("TikTok elsewhere.", outlet="Other", published_at="2024-04-05")
    corpus.add("TikTok undated.", outlet="Other")
    corpus.embed()
    found = corpus.search("TikTok", filters=Filters(outlets=("npr",)))
    assert corpus.texts(found) == ["TikTok at NPR."]
    assert (found.n_documents, found.n_selected, found.n_undated) == (3, 1, 0)
    dated = corpus.search("TikTok", filters=Filters(published_from="2024-04-05"))
    assert corpus.texts(dated) == ["TikTok elsewhere."]
    assert (dated.n_selected, dated.n_undated) == (1, 1)


def test_filters_that_leave_nothing_ask_no_model(corpus: Corpus) -> None:
    corpus.add("TikTok.", outlet="NPR")
    corpus.embed()
    corpus.embedder.calls.clear()
    found = corpus.search("TikTok", filters=Filters(outlets=("nowhere",)))
    assert (found.hits, found.n_documents, found.n_selected) == ((), 1, 0)
    assert corpus.embedder.calls == []


@pytest.mark.parametrize("k", [1, 3, 50])
def test_at_most_k_hits_come_and_a_smaller_k_is_a_prefix(corpus: Corpus, k: int) -> None:
    for number in range(20):
        corpus.add(f"Leaders discussed TikTok, item {number}.")
    corpus.embed()
    found = corpus.search("TikTok item 7", k=k)
    assert len(found.hits) == min(k, 20)
    assert found.hits == corpus.search("TikTok item 7", k=50).hits[:k]


@pytest.mark.parametrize("question", ['"', "AND OR NOT", "tiktok*", "NEAR(a b)", "(", "", "🙂", "что", "x" * 2_000, "\0"])
def test_any_question_is_searched_without_an_error(corpus: Corpus, question: str) -> None:
    corpus.add("Leaders discussed TikTok.")
    corpus.embed()
    assert len(corpus.search(question).hits) == 1


def test_the_sequence_is_that_of_the_moment_searched(corpus: Corpus) -> None:
    corpus.add("TikTok.")
    corpus.embed()
    for _ in range(2):
        assert corpus.search("TikTok").sequence == corpus.store.sequence()
        corpus.add(f"More, {corpus.store.sequence()}.")


def test_a_word_that_nobody_knows_is_read_as_the_corpus_word_at_one_slip(corpus: Corpus) -> None:
    corpus.add("Ruwitch spoke of technology.")
    corpus.embed()
    read = corpus.searcher.corrected("What did Rutwich say of tecnology?")
    assert read.question == "What did Ruwitch say of technology?"
    assert [(one.written, one.read) for one in read.corrections] == [("tecnology", "technology"), ("Rutwich", "Ruwitch")]


def test_a_word_that_the_corpus_or_the_encoder_knows_is_left(corpus: Corpus) -> None:
    """The fake encoder knows words of up to six letters."""
    corpus.add("Ruwitch spoke of ships.")
    corpus.embed()
    assert corpus.searcher.corrected("Did Ruwitch speak of chips?").corrections == ()


def test_words_are_found_without_an_embedding(corpus: Corpus) -> None:
    corpus.add("Ruwitch spoke.")
    corpus.add("Bread needs flour.")
    found = corpus.searcher.naming("Who is Ruwitch?", filters=Filters(), k=5)
    assert [hit.rank for hit in found] == [1]
    assert corpus.embedder.embedded == []
