"""The documents as questions read them: found passages with their documents, speakers and people, each version read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from index.errors import NotFound
from index.search import Found, Searcher
from index.types import Document, Filters, Hit, Section
from service.attribution import Speakers, people_of, read_speakers
from service.attribution.people import People
from service.cast import Cast, gather_cast
from service.evidence import KnownDocument, ReadPassage, speaks, tells_within
from service.names import Counted, count_words

SENTENCE_DEPTH = 200  # passages among which a speaker's, or those of a day, are looked for
KNOWN_DOCUMENTS = 64  # versions kept read for speakers and words: reading a long one takes longer than asking
CAST_PASSAGES, CAST_DOCUMENTS = 24, 8  # read for whom a conversation speaks of: the first documents that name them

ReadDocument = Callable[[str, str | None], Document]
_Version = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Read:
    """What is kept of a text that was read: no text of it, so that what is deleted is gone."""

    turns: tuple[Section, ...]
    names: tuple[str, ...]
    words: Counted


class Library:
    """Finds and reads for many questions at once."""

    def __init__(self, searcher: Searcher, read_document: ReadDocument) -> None:
        """`read_document` gives a document by id and sha256, the current version for None."""
        self._searcher = searcher
        self._read_document = read_document
        self._known: dict[_Version, _Read] = {}
        self._named: dict[_Version, People] = {}
        self._lock = Lock()

    def search(self, question: str, filters: Filters, k: int) -> tuple[Found, list[ReadPassage]]:
        """What is found, and its passages; with a filter on sentences from deeper down, those that hold such a sentence."""
        found = self._searcher.search(question, filters=filters, k=SENTENCE_DEPTH if filters.restrict_sentences else k)
        return found, [
            passage
            for passage in self._passages(found.hits)
            if speaks(passage, filters.speakers) and tells_within(passage, first=filters.event_from, last=filters.event_to)
        ]

    def cast(self, words: str, filters: Filters) -> Cast:
        """Whom the documents name that hold these words."""
        passages = self._passages(self._searcher.naming(words, filters=filters, k=CAST_PASSAGES))
        speakers = {passage.document.document_id: passage.known.speakers for passage in passages}
        return gather_cast([self.people(one) for one in list(speakers.values())[:CAST_DOCUMENTS]])

    def people(self, speakers: Speakers) -> People:
        """The people of a document."""
        version = (speakers.document.document_id, speakers.document.sha256)
        with self._lock:
            people = self._named.get(version)
        if people is None:
            people = people_of(speakers)
            self._keep(self._named, version, people)
        return people

    def _passages(self, hits: Sequence[Hit]) -> list[ReadPassage]:
        """The hits with their documents; one whose version was deleted meanwhile is left out."""
        documents = {}
        for version in dict.fromkeys((hit.chunk.document_id, hit.chunk.document_sha256) for hit in hits):
            try:
                documents[version] = self._document(version)
            except NotFound:
                continue
        versions = [(hit.chunk.document_id, hit.chunk.document_sha256) for hit in hits]
        return [ReadPassage(hit, documents[v]) for hit, v in zip(hits, versions, strict=True) if v in documents]

    def _document(self, version: _Version) -> KnownDocument:
        """The document as it is stored now, with what was read of this text before: metadata may change under one text."""
        document = self._read_document(*version)
        with self._lock:
            known = self._known.get(version)
        if known is None:
            speakers = read_speakers(document)
            known = _Read(speakers.turns, speakers.names, count_words(document.text))
            self._keep(self._known, version, known)
        return KnownDocument(Speakers(document, known.turns, known.names), known.words)

    def _keep(self, kept: dict[_Version, T], version: _Version, read: T) -> None:
        with self._lock:
            kept[version] = read
            while len(kept) > KNOWN_DOCUMENTS:
                kept.pop(next(iter(kept)))
