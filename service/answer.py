"""From a question to a cited answer or a refusal: the one place where the order of answering is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Lock

from index.errors import NotFound
from index.protocols import Reader
from index.search import Found, Searcher
from index.types import Document, Filters, Hit, Passage, Section
from service import dates, history, refuse
from service.attribution import Speakers, read_speakers
from service.evidence import KnownDocument, ReadPassage, choose, gather, speaks, spoken_by
from service.protocols import CitedEvidence, Composer
from service.question import Asked, read_question
from service.requirements import Counted, count_words
from service.short_answer import short_answer
from service.types import Answer, Answered, Ask, Citation, Evidence, FoundPassage, Mode, Refused, Statement
from service.verify import verify

CONTEXT_CHARACTERS = 64  # of prefix and suffix, as the contract says
SPEAKER_DEPTH = 200  # passages among which a speaker's are looked for
KNOWN_DOCUMENTS = 64  # versions kept read for speakers and words: reading a long one takes longer than asking
READ_DEPTH = 12  # passages put before the reader: its cost grows with each

ReadDocument = Callable[[str, str | None], Document]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """The first event of an answer: what it will be made from."""

    passages: tuple[FoundPassage, ...]


Event = PassagesFound | Statement | Answer


@dataclass(slots=True)
class _Stopwatch:
    clock: Clock
    started: float
    laps_ms: dict[str, float] = field(default_factory=dict)

    def lap(self, name: str) -> None:
        now = self.clock()
        self.laps_ms[name] = round((now - self.started) * 1000, 2)
        self.started = now


@dataclass(frozen=True, slots=True)
class _Read:
    """What is kept of a text that was read: no text of it, so that what is deleted is gone."""

    turns: tuple[Section, ...]
    names: tuple[str, ...]
    words: Counted


@dataclass(frozen=True, slots=True)
class Steps:
    """What answering is done with.

    `read_document` gives a document by id and sha256, the current version for None; within `moment()` all reading is of one
    moment.
    """

    searcher: Searcher
    reader: Reader
    read_document: ReadDocument
    composers: Mapping[Mode, Composer]
    moment: Callable[[], AbstractContextManager[object]]
    threshold: float
    clock: Clock


class Answerer:
    """Answers questions with the steps it is given."""

    def __init__(self, steps: Steps) -> None:
        """Answer with these steps."""
        self._steps = steps
        self._known: dict[tuple[str, str], _Read] = {}
        self._lock = Lock()

    def ask(self, ask: Ask) -> Answer:
        """The answer to one question."""
        *_, last = self.events(ask)
        if not isinstance(last, Answer):
            raise TypeError("the last event of an answer is the answer")
        return last

    def events(self, ask: Ask) -> Iterator[Event]:
        """The passages, then each verified statement, then the whole answer. A refusal has no statements."""
        watch = _Stopwatch(self._steps.clock, self._steps.clock())
        resolved = history.resolve(ask.question, ask.history)
        asked = read_question(resolved or ask.question)
        depth = max(ask.k, READ_DEPTH)
        found, passages = self._search(asked.text, ask.filters, depth)
        watch.lap("search")
        evidence = spoken_by(self._read(asked, passages[:depth]), ask.filters.speakers)
        watch.lap("read")
        best = _best_supports(evidence)
        ranked = sorted(passages[:depth], key=lambda passage: -best.get(passage.hit.rank, 0.0))[: ask.k]
        shown = tuple(_found_passage(passage, best.get(passage.hit.rank, 0.0)) for passage in ranked)
        yield PassagesFound(shown)
        outcome = refuse.nothing_to_search(found) or self._outcome(ask, asked, evidence, ranked, shown)
        watch.lap("compose")
        if isinstance(outcome, Answered):
            yield from outcome.statements
            shown = _marked(shown, outcome.statements)
        yield self._answer(ask, outcome, shown, found, evidence, resolved=resolved, timings_ms=watch.laps_ms)

    def find(self, ask: Ask) -> tuple[FoundPassage, ...]:
        """The passages that search alone finds, best first; with a speaker filter only those where that speaker speaks."""
        _, passages = self._search(ask.question, ask.filters, ask.k)
        return tuple(_found_passage(passage, passage.hit.score) for passage in passages[: ask.k])

    def _search(self, question: str, filters: Filters, k: int) -> tuple[Found, list[ReadPassage]]:
        """What is found, and its passages; with a speaker filter from deeper down, those where that speaker speaks."""
        found = self._steps.searcher.search(question, filters=filters, k=SPEAKER_DEPTH if filters.speakers else k)
        return found, [passage for passage in self._read_passages(found.hits) if speaks(passage, filters.speakers)]

    def _outcome(
        self,
        ask: Ask,
        asked: Asked,
        evidence: Sequence[Evidence],
        ranked: Sequence[ReadPassage],
        shown: Sequence[FoundPassage],
    ) -> Answered | Refused:
        in_shown = {passage.hit.rank for passage in ranked}
        allowed = [piece for piece in evidence if piece.rank in in_shown]
        if ask.filters.speakers and not ranked:
            return refuse.no_such_speaker(ask.filters.speakers, shown)
        documents = {passage.document.document_id: passage.document for passage in ranked}
        texts = {document_id: document.text for document_id, document in documents.items()}
        chosen = choose(asked, allowed, texts, threshold=self._steps.threshold)
        cited = [CitedEvidence(piece, _citation(piece, documents[piece.document_id])) for piece in chosen]
        drafts = self._steps.composers[Mode.EXTRACTIVE].compose(asked, cited)
        with self._steps.moment():
            verified = verify(drafts, read_version=self._steps.read_document)
        if not verified.statements:
            return refuse.no_evidence(shown)
        citations = [citation for statement in verified.statements for citation in statement.citations]
        return Answered(
            statements=verified.statements,
            short_answer=short_answer(asked, verified.evidence[0], texts[verified.evidence[0].document_id]),
            dates=dates.resolve(dict.fromkeys(citations)),
        )

    def _read_passages(self, hits: Sequence[Hit]) -> list[ReadPassage]:
        """The hits with their documents; one whose version was deleted meanwhile is left out."""
        documents = {}
        for version in dict.fromkeys((hit.chunk.document_id, hit.chunk.document_sha256) for hit in hits):
            try:
                documents[version] = self._document(version)
            except NotFound:
                continue
        versions = [(hit.chunk.document_id, hit.chunk.document_sha256) for hit in hits]
        return [ReadPassage(hit, documents[v]) for hit, v in zip(hits, versions, strict=True) if v in documents]

    def _document(self, version: tuple[str, str]) -> KnownDocument:
        """The document as it is stored now, with what was read of this text before: metadata may change under one text."""
        document = self._steps.read_document(*version)
        with self._lock:
            known = self._known.get(version)
        if known is None:
            speakers = read_speakers(document)
            known = _Read(speakers.turns, speakers.names, count_words(document.text))
            with self._lock:
                self._known[version] = known
                while len(self._known) > KNOWN_DOCUMENTS:
                    self._known.pop(next(iter(self._known)))
        return KnownDocument(Speakers(document, known.turns, known.names), known.words)

    def _read(self, asked: Asked, passages: Sequence[ReadPassage]) -> list[Evidence]:
        if not passages:
            return []
        texts = [_passage(passage) for passage in passages]
        return gather(asked, passages, self._steps.reader.read(asked.text, texts))

    def _answer(
        self,
        ask: Ask,
        outcome: Answered | Refused,
        shown: tuple[FoundPassage, ...],
        found: Found,
        evidence: Sequence[Evidence],
        *,
        resolved: str | None,
        timings_ms: dict[str, float],
    ) -> Answer:
        return Answer(
            ask=ask,
            outcome=outcome,
            passages=shown,
            confidence=max((piece.support for piece in evidence), default=0.0),
            mode=Mode.EXTRACTIVE,
            index_version=str(found.sequence),
            resolved_question=resolved,
            degraded=ask.mode is Mode.GENERATIVE,
            warnings=_warnings(ask, found),
            timings_ms={**timings_ms, "total": round(sum(timings_ms.values()), 2)},
        )


def _passage(passage: ReadPassage) -> Passage:
    chunk = passage.hit.chunk
    return Passage(
        text=chunk.span.of(passage.document.text),
        sentences=tuple(sentence.shifted(-chunk.span.start) for sentence in chunk.sentences),
    )


def _best_supports(evidence: Sequence[Evidence]) -> dict[int, float]:
    """By the passage's rank the score of its best piece: so what is cited stands among the first."""
    best: dict[int, float] = {}
    for piece in evidence:
        best[piece.rank] = max(piece.score, best.get(piece.rank, 0.0))
    return best


def _found_passage(passage: ReadPassage, score: float) -> FoundPassage:
    document, span = passage.document, passage.hit.chunk.span
    return FoundPassage(
        document_id=document.document_id,
        name=document.name,
        title=document.title,
        outlet=document.outlet,
        published_at=document.published_at,
        span=span,
        text=span.of(document.text),
        score=score,
    )


def _citation(piece: Evidence, document: Document) -> Citation:
    text, span = document.text, piece.span
    return Citation(
        document_id=document.document_id,
        document_sha256=document.sha256,
        name=document.name,
        title=document.title,
        outlet=document.outlet,
        published_at=document.published_at,
        attribution=piece.attribution,
        section=piece.section,
        span=span,
        quote=span.of(text),
        prefix=text[max(0, span.start - CONTEXT_CHARACTERS) : span.start],
        suffix=text[span.end : span.end + CONTEXT_CHARACTERS],
    )


def _marked(passages: Sequence[FoundPassage], statements: Sequence[Statement]) -> tuple[FoundPassage, ...]:
    citations = [citation for statement in statements for citation in statement.citations]
    return tuple(
        replace(
            passage,
            cited=any(c.document_id == passage.document_id and passage.span.covers(c.span) for c in citations),
        )
        for passage in passages
    )


def _warnings(ask: Ask, found: Found) -> tuple[str, ...]:
    warnings = []
    if found.n_undated:
        warnings.append(f"{found.n_undated} document(s) without a date were left out by the date filter")
    if ask.mode is Mode.GENERATIVE:
        warnings.append("no language model is configured: this is the extractive answer")
    return tuple(warnings)
