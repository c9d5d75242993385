"""From a question to a cited answer or a refusal: the one place where the order of answering is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Lock

from index.errors import NotFound
from index.protocols import Reader
from index.search import Found, Searcher
from index.types import Document, Filters, Hit, Passage, Section
from service import dates, history, refuse
from service.attribution import Speakers, read_speakers
from service.cite import citation, found_passage, marked
from service.errors import AnswerTimeout
from service.evidence import KnownDocument, ReadPassage, choose, gather, speaks, spoken_by
from service.protocols import CitedEvidence, Composer, Drafted
from service.question import Asked, parts, premise, read_question
from service.requirements import Counted, count_words
from service.short_answer import Relate, denies, short_answer
from service.types import Answer, Answered, Ask, Evidence, FoundPassage, Mode, Refused, Statement
from service.verify import Checks, verify
from service.written import Part, Written, write

SPEAKER_DEPTH = 200  # passages among which a speaker's are looked for
KNOWN_DOCUMENTS = 64  # versions kept read for speakers and words: reading a long one takes longer than asking
READ_DEPTH = 12  # passages put before the reader: its cost grows with each
MAX_OFFERED = 16  # sentences put before a language model: what answers stands among the first

ReadDocument = Callable[[str, str | None], Document]
Clock = Callable[[], float]
Wanted = Callable[[], bool]


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
    current version for None; within `moment()` all reading is of one moment. The composer of generative answers may take
    `model_seconds` for all parts of a question together.
    """

    searcher: Searcher
    reader: Reader
    relate: Relate
    read_document: ReadDocument
    composers: Mapping[Mode, Composer]
    moment: Callable[[], AbstractContextManager[object]]
    threshold: float
    clock: Clock
    model_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Drafted:
    """One part of the question: the evidence a writer may use, best first, and statements in the sources' own words.

    `denied`: the best evidence denies what the part takes for granted.
    """

    asked: Asked
    offered: tuple[CitedEvidence, ...]
    drafts: tuple[Drafted, ...]
    denied: bool

    def to_write(self, verified: Sequence[Statement]) -> Part:
        """The part for a writer, with those of the verified statements that are its own."""
        own = {draft.cited[0].citation for draft in self.drafts}
        return Part(self.asked, self.offered, tuple(statement for statement in verified if statement.citations[0] in own))


def _always() -> bool:
    return True


class Answerer:
    """Answers questions with the steps it is given."""

    def __init__(self, steps: Steps) -> None:
        """Answer with these steps."""
        self._steps = steps
        self._known: dict[tuple[str, str], _Read] = {}
        self._lock = Lock()

    def ask(self, ask: Ask, *, wanted: Wanted = _always) -> Answer:
        """The answer to one question; see `events`."""
        *_, last = self.events(ask, wanted=wanted)
        if not isinstance(last, Answer):
            raise TypeError("the last event of an answer is the answer")
        return last

    def events(self, ask: Ask, *, wanted: Wanted = _always) -> Iterator[Event]:
        """The passages, then each verified statement, then the whole answer. A refusal has no statements.

        Raises:
            AnswerTimeout: Before the next step, once `wanted` says that nobody waits for the answer any more.
        """
        watch = _Stopwatch(self._steps.clock, self._steps.clock())
        resolved = history.resolve(ask.question, ask.history)
        asked = [read_question(part) for part in parts(resolved or ask.question)]
        found, passages = self._search(resolved or ask.question, ask.filters, max(ask.k, READ_DEPTH))
        passages = passages[: max(ask.k, READ_DEPTH)]
        watch.lap("search")
        evidence = []
        for part in asked:
            _go_on(wanted)
            evidence.append(spoken_by(self._read(part, passages), ask.filters.speakers))
        watch.lap("read")
        _go_on(wanted)
        best = _best_supports([piece for pieces in evidence for piece in pieces])
        ranked = sorted(passages, key=lambda passage: -best.get(passage.hit.rank, 0.0))[: ask.k]
        shown = tuple(_shown(passage, best.get(passage.hit.rank, 0.0)) for passage in ranked)
        yield PassagesFound(shown)
        drafted = [self._draft(part, pieces, ranked) for part, pieces in zip(asked, evidence, strict=True)]
        outcome = refuse.nothing_to_search(found) or self._outcome(ask, drafted, ranked, shown)
        watch.lap("compose")
        written = Written((), Mode.EXTRACTIVE, degraded=ask.mode not in self._steps.composers, warnings=())
        if isinstance(outcome, Answered):
            written = yield from self._statements(ask, outcome, drafted, wanted)
            outcome = _as_written(outcome, written)
            shown = marked(shown, outcome.statements)
        if written.mode is not Mode.EXTRACTIVE or written.degraded:
            watch.lap("write")
        _go_on(wanted)
        yield self._answer(ask, outcome, shown, found, evidence, written=written, resolved=resolved, timings_ms=watch.laps_ms)

    def find(self, ask: Ask) -> tuple[FoundPassage, ...]:
        """The passages that search alone finds, best first; with a speaker filter only those where that speaker speaks."""
        _, passages = self._search(ask.question, ask.filters, ask.k)
        return tuple(_shown(passage, passage.hit.score) for passage in passages[: ask.k])

    def _search(self, question: str, filters: Filters, k: int) -> tuple[Found, list[ReadPassage]]:
        """What is found, and its passages; with a speaker filter from deeper down, those where that speaker speaks."""
        found = self._steps.searcher.search(question, filters=filters, k=SPEAKER_DEPTH if filters.speakers else k)
        return found, [passage for passage in self._read_passages(found.hits) if speaks(passage, filters.speakers)]

    def _draft(self, part: Asked, pieces: Sequence[Evidence], ranked: Sequence[ReadPassage]) -> _Drafted:
        """What one part of the question may be answered with, and its statements in the sources' own words, not yet verified."""
        in_shown = {passage.hit.rank for passage in ranked}
        documents = {passage.document.document_id: passage.document for passage in ranked}
        texts = {document_id: document.text for document_id, document in documents.items()}
        allowed = [piece for piece in pieces if piece.rank in in_shown]
        chosen = choose(part, allowed, texts, threshold=self._steps.threshold)
        denied = bool(chosen) and self._denied(part, chosen[0].span.of(texts[chosen[0].document_id]))
        cited = [CitedEvidence(piece, citation(piece, documents[piece.document_id])) for piece in ([] if denied else chosen)]
        further = [piece for piece in allowed if not any(_within(piece, other) for other in chosen)][:MAX_OFFERED]
        offered = [*cited, *(CitedEvidence(piece, citation(piece, documents[piece.document_id])) for piece in further)]
        own = self._steps.composers[Mode.EXTRACTIVE].compose(part, cited, lambda: 0.0)
        return _Drafted(part, tuple(offered[:MAX_OFFERED]), tuple(own), denied)

    def _outcome(
        self, ask: Ask, drafted: Sequence[_Drafted], ranked: Sequence[ReadPassage], shown: Sequence[FoundPassage]
    ) -> Answered | Refused:
        """The answers to the parts of the question, one after the other; `missing` names those that none was found to."""
        if ask.filters.speakers and not ranked:
            return refuse.no_such_speaker(ask.filters.speakers, shown)
        with self._steps.moment():
            verified = verify(
                _distinct([draft for part in drafted for draft in part.drafts]), read_version=self._steps.read_document
            )
        if not verified.statements:
            denied = any(part.denied for part in drafted)
            return refuse.false_premise(shown) if denied else refuse.no_evidence(shown)
        citations = [citation for statement in verified.statements for citation in statement.citations]
        best = verified.evidence[0]
        text = next(passage.document.text for passage in ranked if passage.document.document_id == best.document_id)
        missing = [
            part.asked.text
            for part in drafted
            if not any(_within(draft.cited[0].evidence, held) for draft in part.drafts for held in verified.evidence)
        ]
        return Answered(
            statements=verified.statements,
            # Few words answer one question; the parts of several are told apart in the statements.
            short_answer=short_answer(drafted[0].asked, best, text, self._steps.relate) if len(drafted) == 1 else None,
            missing=" ".join(missing) or None,
            dates=dates.resolve(dict.fromkeys(citations)),
        )

    def _statements(
        self, ask: Ask, outcome: Answered, drafted: Sequence[_Drafted], wanted: Wanted
    ) -> Generator[Statement, None, Written]:
        """The statements as the mode asked for has them; returns all of them together."""
        composer = self._steps.composers.get(ask.mode)
        if ask.mode is Mode.EXTRACTIVE or composer is None:
            yield from outcome.statements
            return Written(outcome.statements, Mode.EXTRACTIVE, degraded=composer is None, warnings=())
        ends = self._steps.clock() + self._steps.model_seconds
        return (
            yield from write(
                [part.to_write(outcome.statements) for part in drafted if part.drafts],
                composer,
                Checks(self._steps.read_document, self._steps.relate),
                moment=self._steps.moment,
                patience=lambda: ends - self._steps.clock() if wanted() else 0.0,
            )
        )

    def _denied(self, part: Asked, sentence: str) -> bool:
        """Whether the best sentence denies what the question presumes."""
        presumed = premise(part.text)
        return presumed is not None and denies(sentence, presumed, self._steps.relate)

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
        written: Written,
        resolved: str | None,
        timings_ms: dict[str, float],
    ) -> Answer:
        return Answer(
            ask=ask,
            outcome=outcome,
            passages=shown,
            confidence=max((pieces[0].support for pieces in evidence if pieces), default=0.0),
            mode=written.mode,
            index_version=str(found.sequence),
            resolved_question=resolved,
            degraded=written.degraded,
            warnings=(*_warnings(ask, found, self._steps.composers), *written.warnings),
            timings_ms={**timings_ms, "total": round(sum(timings_ms.values()), 2)},
        )


def _go_on(wanted: Wanted) -> None:
    if not wanted():
        raise AnswerTimeout("nobody waits for this answer any more")


def _as_written(outcome: Answered, written: Written) -> Answered:
    """The outcome with the statements that were shown; few words and days stay as far as these cite them."""
    citations = dict.fromkeys(citation for statement in written.statements for citation in statement.citations)
    short = outcome.short_answer
    in_quote = short in ("yes", "no") or any(short in citation.quote for citation in citations if short)
    return replace(
        outcome,
        statements=written.statements,
        short_answer=short if in_quote else None,
        dates=dates.resolve(citations),
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


def _warnings(ask: Ask, found: Found, composers: Mapping[Mode, Composer]) -> tuple[str, ...]:
    warnings = []
    if found.n_undated:
        warnings.append(f"{found.n_undated} document(s) without a date were left out by the date filter")
    if ask.mode not in composers:
        warnings.append("no language model is configured: this is the extractive answer")
    return tuple(warnings)
