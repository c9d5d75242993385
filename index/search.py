"""From a question to ranked hits: the one place where the order of searching is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from index import bm25
from index.fuse import fuse
from index.generation import Generations
from index.kindred import nearer
from index.lexical import expression, query_terms
from index.lexical_generation import LexicalGenerations
from index.snapshot import Snapshot
from index.spelling import MAX_WORDS, Corrected, Correction, best, replaced, slips, suspects, term_of
from index.store.documents import Store
from index.store.frequencies import COMMON
from index.types import Filters, Hit, ScoredChunk

DEPTH = 50  # how far each ranking is read before they are fused


@dataclass(frozen=True, slots=True)
class Found:
    """The hits for one question, best first, and what the filters left to search."""

    hits: tuple[Hit, ...]
    sequence: int
    n_documents: int
    n_selected: int
    n_undated: int


class Searcher:
    """Hybrid search: BM25 and cosine on what the store holds now, summed."""

    def __init__(self, store: Store, generations: Generations, lexical: LexicalGenerations) -> None:
        """Search what these hold."""
        self._store = store
        self._generations = generations
        self._lexical = lexical

    def search(self, question: str, *, filters: Filters, k: int) -> Found:
        """The at most k best hits among the documents that pass the filters. Filtering of sentences is left to the caller."""
        snapshot = self._generations.current
        selection = self._store.select(filters)
        n_documents = self._store.counts()["documents"]
        n_selected = n_documents if selection.document_ids is None else len(selection.document_ids)
        hits: tuple[Hit, ...] = ()
        if n_selected:
            hits = self._hits(question, snapshot, document_ids=selection.document_ids, k=k)
        return Found(hits, snapshot.sequence, n_documents, n_selected, selection.n_undated)

    def corrected(self, question: str) -> Corrected:
        """The question with words that neither the corpus nor the encoder knows replaced by the corpus's one at one slip."""
        asked = {word: term for word in suspects(question) if (term := term_of(word))}
        counts = self.document_frequencies(asked.values())
        unknown = [word for word, term in asked.items() if not counts[term]]
        if not unknown:
            return Corrected(question)
        # A word that the encoder has a token of its own for is a word, only not one of this corpus.
        embedder = self._generations.current.embedder
        n_tokens = embedder.count_tokens([word.casefold() for word in unknown] + [""])
        misspelt = [word for word, n in zip(unknown, n_tokens[:-1], strict=True) if n > n_tokens[-1] + 1][:MAX_WORDS]
        found = []
        for word in misspelt:
            near = slips(word)
            read = best(word, near, self.document_frequencies(near))
            if read is not None:
                found.append(Correction(word, read))
        return Corrected(replaced(question, found), tuple(found))

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many chunks each term occurs, nearly so for common ones; 0 for a term that occurs nowhere."""
        snapshot = self._lexical.current
        if snapshot is None:
            return self._store.document_frequencies(terms)
        counts = {term: snapshot.count(term) for term in terms}
        # SQLite counts rare ones as quickly, and without those deleted since; of common ones it would read every chunk's.
        rare = self._store.document_frequencies(term for term, count in counts.items() if 0 < count < COMMON)
        return counts | rare

    def naming(self, words: str, *, filters: Filters, k: int) -> tuple[Hit, ...]:
        """The at most k best hits for some words by BM25 alone: where names stand, without embedding anything."""
        frequencies = self.document_frequencies(query_terms(words))
        scored = self._by_words(frequencies, k=k, document_ids=self._store.select(filters).document_ids)
        chunks = self._store.chunks([one.chunk_id for one in scored])
        kept = [(chunks[one.chunk_id], one.score) for one in scored if one.chunk_id in chunks]
        return tuple(Hit(chunk, score, rank) for rank, (chunk, score) in enumerate(kept, start=1))

    def _hits(self, question: str, snapshot: Snapshot, *, document_ids: frozenset[str] | None, k: int) -> tuple[Hit, ...]:
        depth = max(DEPTH, k)
        frequencies = self.document_frequencies(query_terms(question))
        lexical = self._by_words(frequencies, k=depth, document_ids=document_ids)
        allowed: Collection[int] | None = None
        if document_ids is not None:
            allowed = frozenset(self._store.chunk_ids(document_ids))
        asked = snapshot.embedder.embed([question])[0]
        found = [*snapshot.search(asked, k=depth, allowed=allowed), *lexical]
        ids, held = self._store.vectors.of(snapshot.generation.space, list({scored.chunk_id for scored in found}))
        rows = dict(zip(ids.tolist(), held, strict=True))
        cosines = {chunk_id: float(asked @ row) for chunk_id, row in rows.items()}
        most = bm25.most(frequencies, self._store.counts()["chunks"])
        fused = fuse(cosines, lexical, most_by_words=most, k=len(found))
        # What was deleted while this went on drops out here.
        chunks = self._store.chunks([scored.chunk_id for scored in fused])
        there = [scored for scored in fused if scored.chunk_id in chunks]
        documents = {chunk_id: chunk.document_id for chunk_id, chunk in chunks.items()}
        ranked = nearer(there, documents, {chunk_id: row for chunk_id, row in rows.items() if chunk_id in chunks})
        greatest = max(cosines.values(), default=0.0)
        return tuple(
            Hit(chunks[scored.chunk_id], scored.score, rank, cosines.get(scored.chunk_id, greatest))
            for rank, scored in enumerate(ranked[:k], start=1)
        )

    def _by_words(self, frequencies: Mapping[str, int], *, k: int, document_ids: frozenset[str] | None) -> list[ScoredChunk]:
        """The at most k best chunks by BM25; up to a size by SQLite's own index, which ranks by reading every chunk of a term."""
        snapshot = self._lexical.current
        if snapshot is not None:
            return snapshot.search(list(frequencies), k=k, document_ids=document_ids)
        matched = expression(frequencies)
        return [] if matched is None else self._store.match_terms(matched, k=k, document_ids=document_ids)
