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
from service import conflicts, dates, history, refuse
from service.attribution import Speakers, read_speakers
from service.cite import citation, found_passage, marked
from service.compose.extractive import of_side
from service.corrections import EarlierVersion, corrections
from service.evidence import KnownDocument, ReadPassage, all_said, choose, gather, speaks, spoken_by
from service.parts import Decided, Heard, best_supports, conflict_of, distinct, ranked_passages, within
from service.protocols import CitedEvidence, Composer, Drafted
from service.question import Asked, parts, premise, read_question
from service.requirements import Counted, count_words
from service.short_answer import Relate, denies, short_answer
from service.types import (
    Answer,
    Answered,
    Ask,
    Evidence,
    FoundPassage,
    Mode,
    Refused,
    Statement,
)
from service.verify import verify

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

    `relate` gives the relations of (statement, evidence) pairs. `read_document` gives a document by id and sha256, the
    current version for None, `earlier_version` the one before a version; within `moment()` all reading is of one moment.
    """

    searcher: Searcher
    reader: Reader
    relate: Relate
    read_document: ReadDocument
    earlier_version: EarlierVersion
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
        asked = [read_question(part) for part in parts(resolved or ask.question)]
        depth = max(ask.k, READ_DEPTH)
        found, passages = self._search(resolved or ask.question, ask.filters, depth)
        watch.lap("search")
        heard = [self._read(part, passages[:depth], ask.filters.speakers) for part in asked]
        watch.lap("read")
        decided = self._decided(ask, heard, passages[:depth])
        best = best_supports(heard, decided)
        ranked = ranked_passages(passages[:depth], best, decided, k=ask.k)
        shown = tuple(_shown(passage, best.get(passage.hit.rank, 0.0)) for passage in ranked)
        yield PassagesFound(shown)
        outcome = refuse.nothing_to_search(found) or self._outcome(ask, decided, ranked, shown)
        watch.lap("compose")
        if isinstance(outcome, Answered):
            yield from outcome.statements
            shown = marked(shown, outcome.statements)
        yield self._answer(ask, outcome, shown, found, heard, resolved=resolved, timings_ms=watch.laps_ms)

    def find(self, ask: Ask) -> tuple[FoundPassage, ...]:
        """The passages that search alone finds, best first; with a speaker filter only those where that speaker speaks."""
        _, passages = self._search(ask.question, ask.filters, ask.k)
        return tuple(_shown(passage, passage.hit.score) for passage in passages[: ask.k])

    def _search(self, question: str, filters: Filters, k: int) -> tuple[Found, list[ReadPassage]]:
        """What is found, and its passages; with a speaker filter from deeper down, those where that speaker speaks."""
        found = self._steps.searcher.search(question, filters=filters, k=SPEAKER_DEPTH if filters.speakers else k)
        return found, [passage for passage in self._read_passages(found.hits) if speaks(passage, filters.speakers)]

    def _decided(self, ask: Ask, heard: Sequence[Heard], passages: Sequence[ReadPassage]) -> list[Decided]:
        """For each part of the question the pieces that answer it, from the best passages, and what stands against them."""
        best = best_supports(heard, [])
        first = {passage.hit.rank for passage in ranked_passages(passages, best, [], k=ask.k)}
        texts = {passage.document.document_id: passage.document.text for passage in passages}
        decided = []
        for part in heard:
            allowed = [piece for piece in part.pieces if piece.rank in first]
            chosen = choose(part.asked, allowed, texts, threshold=self._steps.threshold)
            decided.append(self._weighed(part, chosen, texts))
        return decided

    def _weighed(self, part: Heard, chosen: list[Evidence], texts: Mapping[str, str]) -> Decided:
        """What was chosen for a part, unless the question takes for granted what no source says, or asks for what none tells."""
        sentence = chosen[0].span.of(texts[chosen[0].document_id]) if chosen else ""
        if (chosen and self._denied(part.asked, sentence)) or conflicts.unbacked(part.asked, part.said):
            return Decided(part.asked, [], denied=True)
        if not chosen or conflicts.not_brought_up(part.asked, sentence):
            return Decided(part.asked, [])
        compared = conflicts.compared(part.asked, chosen[0], part.said)
        return Decided(part.asked, chosen, compared, only_expected=conflicts.only_expected(part.asked, sentence))

    def _outcome(
        self, ask: Ask, decided: Sequence[Decided], ranked: Sequence[ReadPassage], shown: Sequence[FoundPassage]
    ) -> Answered | Refused:
        """The answers to the parts of the question, one after the other; `missing` names those that none was found to."""
        if ask.filters.speakers and not ranked:
            return refuse.no_such_speaker(ask.filters.speakers, shown)
        documents = {passage.document.document_id: passage.document for passage in ranked}
        drafts = [self._drafts(part, documents, {passage.hit.rank for passage in ranked}) for part in decided]
        with self._steps.moment():
            verified = verify(distinct([draft for own in drafts for draft in own]), read_version=self._steps.read_document)
            citations = list(dict.fromkeys(c for statement in verified.statements for c in statement.citations))
            corrected = corrections(citations, self._steps.earlier_version)
        if not verified.statements:
            return refuse.false_premise(shown) if any(part.denied for part in decided) else refuse.no_evidence(shown)
        best = verified.evidence[0]
        found = tuple(conflict for part in decided if (conflict := conflict_of(part, citations)))
        missing = [
            part.asked.text
            for part, own in zip(decided, drafts, strict=True)
            if part.only_expected or not any(within(draft.cited[0].evidence, held) for draft in own for held in verified.evidence)
        ]
        return Answered(
            statements=verified.statements,
            short_answer=self._short_answer(decided, best, documents) if not found else None,
            missing=" ".join(missing) or None,
            conflicts=found,
            dates=dates.resolve(citations),
            corrections=corrected,
        )

    def _short_answer(self, decided: Sequence[Decided], best: Evidence, documents: Mapping[str, Document]) -> str | None:
        """Few words answer one question; the parts of several are told apart in the statements."""
        if len(decided) > 1:
            return None
        return short_answer(decided[0].asked, best, documents[best.document_id].text, self._steps.relate)

    def _drafts(self, part: Decided, documents: Mapping[str, Document], shown: set[int]) -> list[Drafted]:
        """The statements of one part: a side each where the sources disagree, else the chosen pieces, said once."""

        def cited(pieces: Sequence[Evidence]) -> list[CitedEvidence]:
            return [CitedEvidence(p, citation(p, documents[p.document_id])) for p in pieces if p.rank in shown]

        if part.compared.sides:
            told = [cited([given.said.evidence for given in side.given]) for side in part.compared.sides]
            return [replace(of_side(pieces), n_origins=len(pieces)) for pieces in told if pieces]
        agreeing = [said for said in part.compared.agreeing if said.evidence.rank in shown]
        again = [piece for piece in part.chosen[1:] if any(within(said.evidence, piece) for said in agreeing)]
        drafts = self._steps.composers[Mode.EXTRACTIVE].compose(part.asked, cited([p for p in part.chosen if p not in again]))
        if drafts and agreeing:
            whole = (*drafts[0].cited, *cited([said.evidence for said in agreeing]))
            drafts[0] = replace(drafts[0], cited=whole, n_origins=len(whole))
        return drafts

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

    def _read(self, asked: Asked, passages: Sequence[ReadPassage], speakers: Sequence[str]) -> Heard:
        """One part of the question with what the passages say to it, in the words of one of `speakers` if any is named."""
        if not passages:
            return Heard(asked, [], [])
        readings = self._steps.reader.read(asked.text, [_passage(passage) for passage in passages])
        said = [one for one in all_said(passages, readings) if spoken_by([one.evidence], speakers)]
        return Heard(asked, spoken_by(gather(asked, passages, readings), speakers), said)

    def _answer(
        self,
        ask: Ask,
        outcome: Answered | Refused,
        shown: tuple[FoundPassage, ...],
        found: Found,
        heard: Sequence[Heard],
        *,
        resolved: str | None,
        timings_ms: dict[str, float],
    ) -> Answer:
        return Answer(
            ask=ask,
            outcome=outcome,
            passages=shown,
            confidence=max((part.pieces[0].support for part in heard if part.pieces), default=0.0),
            mode=Mode.EXTRACTIVE,
            index_version=str(found.sequence),
            resolved_question=resolved,
            degraded=ask.mode is Mode.GENERATIVE,
            warnings=_warnings(ask, found, outcome),
            timings_ms={**timings_ms, "total": round(sum(timings_ms.values()), 2)},
        )


def _passage(passage: ReadPassage) -> Passage:
    chunk = passage.hit.chunk
    return Passage(
        text=chunk.span.of(passage.document.text),
        sentences=tuple(sentence.shifted(-chunk.span.start) for sentence in chunk.sentences),
        cosine=passage.hit.cosine,
    )


def _shown(passage: ReadPassage, score: float) -> FoundPassage:
    return found_passage(passage.document, passage.hit.chunk.span, score)


def _warnings(ask: Ask, found: Found, outcome: Answered | Refused) -> tuple[str, ...]:
    warnings = list(outcome.corrections) if isinstance(outcome, Answered) else []
    if found.n_undated:
        warnings.append(f"{found.n_undated} document(s) without a date were left out by the date filter")
    if ask.mode is Mode.GENERATIVE:
        warnings.append("no language model is configured: this is the extractive answer")
    return tuple(warnings)
