"""What one question searches by words: an inverted index and, beside it, what was stored since it was made."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.bm25 import gain, idf, score
from index.inverted import Inverted
from index.store.wordings import Reach, Wordings
from index.types import ScoredChunk, Wording

CANDIDATES = 4  # for each hit wanted; their exact scores decide
LEAST_CANDIDATES = 64
MAX_NAMED = 200  # documents: tantivy looks each up, at some 20 us of processor time
MAX_TERMS = 32  # of a question, the rarest: each costs its share of the index, and common ones say the least


@dataclass(frozen=True, slots=True)
class LexicalGeneration:
    """An inverted index of the chunks up to a reach, with how many terms they have together. Never changed once searched."""

    number: int
    index: Inverted
    reach: Reach
    n_terms: int


class TermTail:
    """The terms of the chunks beyond a generation. Only ever added to: its first n chunks stay what they are."""

    def __init__(self) -> None:
        """Nothing came yet."""
        self._lock = threading.Lock()
        self._ids = array("q")
        self._lengths = array("d")
        self._owners: list[str] = []
        self._postings: dict[str, tuple[array[int], array[int]]] = {}  # term -> places of its chunks, ascending, and counts
        self.n_terms = 0

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, wordings: Iterable[Wording]) -> None:
        """Add chunks, in the order of their ids."""
        for wording in wordings:
            held = wording.terms.split(" ")
            with self._lock:
                for term, count in Counter(held).items():
                    places, counts = self._postings.setdefault(term, (array("q"), array("q")))
                    places.append(len(self._ids))
                    counts.append(count)
                self._ids.append(wording.chunk_id)
                self._lengths.append(len(held))
                self._owners.append(wording.document_id)
                self.n_terms += len(held)

    def count(self, term: str, n: int) -> int:
        """In how many of the first n chunks a term occurs."""
        with self._lock:
            held = self._postings.get(term)
            return 0 if held is None else bisect_left(held[0], n)

    def candidates(
        self, idfs: Mapping[str, float], n: int, *, k: int, mean_length: float, document_ids: Collection[str] | None
    ) -> list[int]:
        """The ids of the at most k best of the first n chunks; of some documents only, if given."""
        with self._lock:
            ids, lengths, owners = np.array(self._ids[:n], np.int64), np.array(self._lengths[:n]), self._owners[:n]
            held = {t: tuple(np.array(part, np.int64) for part in self._postings[t]) for t in idfs if t in self._postings}
        scores = np.zeros(len(ids))
        for term, (places, counts) in held.items():
            inside = places < n
            at = places[inside]
            scores[at] += idfs[term] * gain(counts[inside].astype(np.float64), lengths[at], mean_length=mean_length)
        if document_ids is not None:
            scores[[owner not in document_ids for owner in owners]] = 0
        found = np.flatnonzero(scores)
        best = found[np.lexsort((ids[found], -scores[found]))[:k]]
        return [int(chunk_id) for chunk_id in ids[best]]


@dataclass(frozen=True, slots=True)
class LexicalSnapshot:
    """A generation and the first chunks of its tail: everything that was stored at one moment."""

    generation: LexicalGeneration
    tail: TermTail
    n_tail: int
    n_terms: int
    reach: Reach
    wordings: Wordings

    def count(self, term: str) -> int:
        """In how many chunks a term occurs; until the next generation those count too that were deleted since the last."""
        return self.generation.index.count(term) + self.tail.count(term, self.n_tail)

    def search(self, terms: Sequence[str], *, k: int, document_ids: frozenset[str] | None) -> list[ScoredChunk]:
        """The at most k best chunks for any of the terms by BM25, best first; of some documents only, if given.

        A candidate's score is that of its terms as they are stored, so one that was deleted meanwhile drops out.
        """
        counts = {term: count for term in terms if (count := self.count(term))}
        rarest = sorted(counts, key=lambda term: (counts[term], term))[:MAX_TERMS]
        n_chunks = self.generation.reach.n_chunks + self.n_tail
        idfs = {term: idf(counts[term], n_chunks) for term in rarest}
        mean_length = self.n_terms / max(1, n_chunks)
        asked = max(CANDIDATES * k, LEAST_CANDIDATES)
        while True:
            old = self._of_generation(rarest, k=asked, document_ids=document_ids)
            new = self.tail.candidates(idfs, self.n_tail, k=asked, mean_length=mean_length, document_ids=document_ids)
            living = self.wordings.of([*old, *new])
            # Deleted ones take places: more are asked for until enough are left, or there are no more.
            if len(living) >= k or max(len(old), len(new)) < asked:
                break
            asked *= 4
        scored = [ScoredChunk(chunk_id, score(held, idfs, mean_length=mean_length)) for chunk_id, held in living.items()]
        return sorted(scored, key=lambda one: (-one.score, one.chunk_id))[: max(k, 0)]

    def _of_generation(self, terms: Sequence[str], *, k: int, document_ids: frozenset[str] | None) -> list[int]:
        """The generation's candidates. A few documents are looked up by name; of many, what is not theirs is passed over."""
        index = self.generation.index
        if document_ids is not None and len(document_ids) > MAX_NAMED:
            for asked in (4 * k, 16 * k, 64 * k):
                found = index.candidates(terms, k=asked)
                owned = self.wordings.owned(found, document_ids)
                if len(owned) >= k or len(found) < asked:
                    return owned[:k]
        return index.candidates(terms, k=k, document_ids=document_ids)
