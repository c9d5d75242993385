"""From a question to a cited answer or a refusal: the one place where the order of answering is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from index.errors import NotFound
from index.protocols import Reader
from index.search import Found, Searcher
from index.types import Document, Filters, Hit, Passage, Section
from service import dates, refuse
from service.attribution import Speakers, people_of, read_speakers
from service.attribution.people import People
from service.calls import Call, asks_back, calls_of, coverage, of_call, spoken_of, unclear_call
from service.cast import Cast, gather_cast
from service.cite import citation, found_passage, marked
from service.evidence import KnownDocument, ReadPassage, choose, gather, speaks, spoken_by, tells_within, told_within
from service.protocols import CitedEvidence, Composer, Drafted
from service.question import Asked, premise
from service.requirements import Counted, count_words
from service.short_answer import Relate, denies, short_answer
from service.types import Answer, Answered, Ask, Evidence, FoundPassage, Mode, Refused, Statement
from service.understand import Understood, understand
from service.verify import verify

SENTENCE_DEPTH = 200  # passages among which a speaker's, or those of a day, are looked for
KNOWN_DOCUMENTS = 64  # versions kept read for speakers and words: reading a long one takes longer than asking
CAST_PASSAGES, CAST_DOCUMENTS = 24, 8  # read for whom a conversation speaks of: the first documents that name them
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

    `relate` gives the relations of (statement, evidence) pairs. `read_document` gives a document by id and sha256, the
    current version for None; within `moment()` all reading is of one moment.
    """

    searcher: Searcher
    reader: Reader
    relate: Relate
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
        self._named: dict[tuple[str, str], People] = {}
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
        understood = self.understood(ask)
        watch.lap("understand")
        asked = () if understood.unclear else understood.asked
        depth = max(ask.k, READ_DEPTH)
        found, passages = self._search(understood.question, ask.filters, depth)
        watch.lap("search")
        evidence = [self._allowed(self._read(part, passages[:depth]), passages, ask.filters) for part in asked]
        watch.lap("read")
        best = _best_supports([piece for pieces in evidence for piece in pieces])
        ranked = sorted(passages[:depth], key=lambda passage: -best.get(passage.hit.rank, 0.0))[: ask.k]
        calls, left = self._calls(understood, ranked) if asked else ([], [])
        if ask.history and len(left) == 1:
            evidence = [of_call(pieces, left[0], calls) for pieces in evidence]
        shown = tuple(_shown(passage, best.get(passage.hit.rank, 0.0)) for passage in ranked)
        yield PassagesFound(shown)
        outcome: Answered | Refused | None = refuse.nothing_to_search(found)
        if outcome is None:
            who = understood.unclear
            unclear = who.asks_back if who else self._unclear_call(understood, evidence, ranked, left)
            outcome = refuse.ambiguous(unclear, shown) if unclear else self._outcome(ask, asked, evidence, ranked, shown)
        watch.lap("compose")
        if isinstance(outcome, Answered):
            yield from outcome.statements
            shown = marked(shown, outcome.statements)
        yield self._answer(ask, outcome, shown, found, evidence, understood=understood, timings_ms=watch.laps_ms)

    def understood(self, ask: Ask) -> Understood:
        """What is asked, before anything is searched."""
        cast_of, corrected = partial(self._cast, filters=ask.filters), self._steps.searcher.corrected
        return understand(ask, cast_of=cast_of, corrected=corrected)

    def find(self, ask: Ask) -> tuple[FoundPassage, ...]:
        """The passages that search alone finds, best first; with a speaker filter only those where that speaker speaks."""
        _, passages = self._search(self._steps.searcher.corrected(ask.question).question, ask.filters, ask.k)
        return tuple(_shown(passage, passage.hit.score) for passage in passages[: ask.k])

    def _search(self, question: str, filters: Filters, k: int) -> tuple[Found, list[ReadPassage]]:
        """What is found, and its passages; with a filter on sentences from deeper down, those that hold such a sentence."""
        found = self._steps.searcher.search(question, filters=filters, k=SENTENCE_DEPTH if filters.restrict_sentences else k)
        return found, [
            passage
            for passage in self._read_passages(found.hits)
            if speaks(passage, filters.speakers) and tells_within(passage, first=filters.event_from, last=filters.event_to)
        ]

    def _allowed(self, evidence: Sequence[Evidence], passages: Sequence[ReadPassage], filters: Filters) -> list[Evidence]:
        """The evidence in sentences that pass the filters."""
        documents = {passage.document.document_id: passage.document for passage in passages}
        speakers = {passage.document.document_id: passage.known.speakers for passage in passages}
        spoken = spoken_by(evidence, filters.speakers, speakers)
        return told_within(spoken, documents, first=filters.event_from, last=filters.event_to)

    def _calls(self, understood: Understood, ranked: Sequence[ReadPassage]) -> tuple[list[Call], list[Call]]:
        """The calls that the passages are of, and those that the conversation leaves."""
        speakers = {passage.document.document_id: passage.known.speakers for passage in ranked}
        calls = calls_of([coverage(one.document, self._people(one)) for one in speakers.values()]) if len(speakers) > 1 else []
        return calls, spoken_of(spoken_of(calls, understood.question), understood.conversation)

    def _unclear_call(
        self,
        understood: Understood,
        evidence: Sequence[Sequence[Evidence]],
        ranked: Sequence[ReadPassage],
        calls: Sequence[Call],
    ) -> str | None:
        """The line that asks back which of several calls is meant; None if it is clear."""
        texts = {passage.document.document_id: passage.document.text for passage in ranked}
        for part, pieces in zip(understood.asked, evidence, strict=True):
            own = [piece for piece in pieces if piece.document_id in texts]
            unclear = unclear_call(part, own, texts, calls, threshold=self._steps.threshold)
            if unclear:
                return asks_back(unclear)
        return None

    def _outcome(
        self,
        ask: Ask,
        asked: Sequence[Asked],
        evidence: Sequence[Sequence[Evidence]],
        ranked: Sequence[ReadPassage],
        shown: Sequence[FoundPassage],
    ) -> Answered | Refused:
        """The answers to the parts of the question, one after the other; `missing` names those that none was found to."""
        in_shown = {passage.hit.rank for passage in ranked}
        if ask.filters.speakers and not ranked:
            return refuse.no_such_speaker(ask.filters.speakers, shown)
        if ask.filters.restrict_sentences and not ranked:
            return refuse.no_such_event(shown)
        documents = {passage.document.document_id: passage.document for passage in ranked}
        texts = {document_id: document.text for document_id, document in documents.items()}
        drafts: list[list[Drafted]] = []
        denied = False
        for part, pieces in zip(asked, evidence, strict=True):
            allowed = [piece for piece in pieces if piece.rank in in_shown]
            chosen = choose(part, allowed, texts, threshold=self._steps.threshold)
            if chosen and self._denied(part, chosen[0].span.of(texts[chosen[0].document_id])):
                denied, chosen = True, []
            cited = [CitedEvidence(piece, citation(piece, documents[piece.document_id])) for piece in chosen]
            drafts.append(self._steps.composers[Mode.EXTRACTIVE].compose(part, cited))
        with self._steps.moment():
            verified = verify(_distinct([draft for own in drafts for draft in own]), read_version=self._steps.read_document)
        if not verified.statements:
            return refuse.false_premise(shown) if denied else refuse.no_evidence(shown)
        citations = [citation for statement in verified.statements for citation in statement.citations]
        best = verified.evidence[0]
        missing = [
            part.text
            for part, own in zip(asked, drafts, strict=True)
            if not any(_within(draft.cited[0].evidence, held) for draft in own for held in verified.evidence)
        ]
        return Answered(
            statements=verified.statements,
            # Few words answer one question; the parts of several are told apart in the statements.
            short_answer=short_answer(asked[0], best, texts[best.document_id], self._steps.relate) if len(asked) == 1 else None,
            missing=" ".join(missing) or None,
            dates=dates.resolve(dict.fromkeys(citations)),
        )

    def _denied(self, part: Asked, sentence: str) -> bool:
        """Whether the best sentence denies what the question presumes."""
        presumed = premise(part.text)
        return presumed is not None and denies(sentence, presumed, self._steps.relate)

    def _cast(self, words: str, filters: Filters) -> Cast:
        """Whom the documents name that hold these words."""
        passages = self._read_passages(self._steps.searcher.naming(words, filters=filters, k=CAST_PASSAGES))
        speakers = {passage.document.document_id: passage.known.speakers for passage in passages}
        return gather_cast([self._people(one) for one in list(speakers.values())[:CAST_DOCUMENTS]])

    def _people(self, speakers: Speakers) -> People:
        """The people of a document, read once for each version."""
        version = (speakers.document.document_id, speakers.document.sha256)
        with self._lock:
            people = self._named.get(version)
        if people is None:
            people = people_of(speakers)
            with self._lock:
                self._named[version] = people
                while len(self._named) > KNOWN_DOCUMENTS:
                    self._named.pop(next(iter(self._named)))
        return people

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
        evidence: Sequence[Sequence[Evidence]],
        *,
        understood: Understood,
        timings_ms: dict[str, float],
    ) -> Answer:
        return Answer(
            ask=ask,
            outcome=outcome,
            passages=shown,
            confidence=max((pieces[0].support for pieces in evidence if pieces), default=0.0),
            mode=Mode.EXTRACTIVE,
            index_version=str(found.sequence),
            resolved_question=understood.resolved,
            degraded=ask.mode is Mode.GENERATIVE,
            warnings=(*understood.warnings, *_inferred(understood, outcome), *_warnings(ask, found)),
            timings_ms={**timings_ms, "total": round(sum(timings_ms.values()), 2)},
        )


def _passage(passage: ReadPassage) -> Passage:
    chunk = passage.hit.chunk
    return Passage(
        text=chunk.span.of(passage.document.text),
        sentences=tuple(sentence.shifted(-chunk.span.start) for sentence in chunk.sentences),
        cosine=passage.hit.cosine,
    )


def _distinct(drafts: Sequence[Drafted]) -> list[Drafted]:
    """Without those whose words another one holds too: one sentence may answer several parts. Of two alike the first stays."""
    first = [draft.cited[0].evidence for draft in drafts]
    return [
        draft
        for place, (draft, piece) in enumerate(zip(drafts, first, strict=True))
        if not any(
            _within(piece, other) and (at < place or not _within(other, piece)) for at, other in enumerate(first) if at != place
        )
    ]


def _within(piece: Evidence, other: Evidence) -> bool:
    return piece.document_id == other.document_id and other.span.covers(piece.span)


def _shown(passage: ReadPassage, score: float) -> FoundPassage:
    return found_passage(passage.document, passage.hit.chunk.span, score)


def _best_supports(evidence: Sequence[Evidence]) -> dict[int, float]:
    """By the passage's rank the score of its best piece: so what is cited stands among the first."""
    best: dict[int, float] = {}
    for piece in evidence:
        best[piece.rank] = max(piece.score, best.get(piece.rank, 0.0))
    return best


def _inferred(understood: Understood, outcome: Answered | Refused) -> tuple[str, ...]:
    """That a speaker who was asked for is only carried over from the sentences before."""
    if isinstance(outcome, Refused) or not any(part.asks_who_said for part in understood.asked):
        return ()
    carried = {c.attribution.speaker for s in outcome.statements for c in s.citations if c.attribution.inferred}
    return tuple(
        f"{speaker} is inferred: the quoted words themselves name no speaker" for speaker in sorted(filter(None, carried))
    )


def _warnings(ask: Ask, found: Found) -> tuple[str, ...]:
    warnings = []
    if found.n_undated:
        warnings.append(f"{found.n_undated} document(s) without a date were left out by the date filter")
    if ask.mode is Mode.GENERATIVE:
        warnings.append("no language model is configured: this is the extractive answer")
    return tuple(warnings)
