"""From a question to a cited answer or a refusal: the one place where the order of answering is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial

from index.protocols import Reader
from index.search import Found, Searcher
from index.types import Filters
from service import dates, refuse
from service.calls import Call, apart, asks_back, calls_of, coverage, of_call, spoken_of, together, unclear_call
from service.cite import found_passage, marked
from service.conflicts import Compare, read_as
from service.corrections import EarlierVersion, corrections
from service.dates.at_odds import doubts
from service.deciding import Decided, DraftedPart, Heard, beside, best_scores, decide, distinct, draft, hear, ranked, weigh
from service.errors import AnswerTimeout
from service.evidence import ReadPassage
from service.languages import language_warnings
from service.library import Library, ReadDocument
from service.protocols import Composer
from service.question import Kind
from service.short_answer import Relate, short_answer
from service.types import Answer, Answered, Ask, FoundPassage, Mode, Refused, Said, Statement
from service.understand import Understood, understand
from service.verify import Checks, verify
from service.written import Part, Written, write

READ_DEPTH = 9  # passages put before the reader: its cost grows with each
WIDE_DEPTH = 12  # the same for what is collected from many: lists and overviews
LOOKED_THROUGH = 40  # passages among which those are found that may answer otherwise: looking costs little beside reading
MOST_LIKE = 4  # passages of other documents, most like the sentence that answers, of which those not read yet are read
COLLECTED = (Kind.LIST, Kind.OVERVIEW)

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
class Steps:
    """What answering is done with.

    `relate` gives the relations of (statement, evidence) pairs, `compare` how other sentences stand to one that answers.
    `read_document` gives a document by id and sha256, the current version for None, `earlier_version` the one before a
    version; within `moment()` all reading is of one moment. The composer of generative answers may take `model_seconds` for
    all parts of a question together.
    """

    searcher: Searcher
    reader: Reader
    relate: Relate
    compare: Compare
    read_document: ReadDocument
    earlier_version: EarlierVersion
    composers: Mapping[Mode, Composer]
    moment: Callable[[], AbstractContextManager[object]]
    threshold: float
    clock: Clock
    model_seconds: float = 0.0


def _always() -> bool:
    return True


class Answerer:
    """Answers questions with the steps it is given."""

    def __init__(self, steps: Steps) -> None:
        """Answer with these steps."""
        self._steps = steps
        self._library = Library(steps.searcher, steps.read_document)

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
        understood = self.understood(ask)
        watch.lap("understand")
        asked = () if understood.unclear else understood.asked
        depth = max(ask.k, WIDE_DEPTH if any(part.kind in COLLECTED for part in asked) else READ_DEPTH)
        found, passages = self._library.search(understood.question, ask.filters, max(depth, LOOKED_THROUGH))
        watch.lap("search")
        heard = []
        for part in asked:
            _go_on(wanted)
            heard.append(hear(part, passages[:depth], ask.filters, self._steps.reader))
        watch.lap("read")
        _go_on(wanted)
        first = ranked(passages[:depth], best_scores(heard), k=ask.k)
        calls, meant = self._calls(understood, first)
        if ask.history and len(meant) == 1:
            heard = [replace(part, pieces=tuple(of_call(part.pieces, meant[0], calls))) for part in heard]
        threshold, further = self._steps.threshold, passages[depth:]
        decided = [decide(part, first, self._steps.relate, further=further, threshold=threshold) for part in heard]
        watch.lap("decide")
        weighed = [self._weighed(part, passages, depth=depth, ask=ask) for part in decided]
        decided, read = [part for part, _ in weighed], [*passages[:depth], *(one for _, more in weighed for one in more)]
        watch.lap("compare")
        best = best_scores(heard, decided)
        kept = ranked(read, best, decided, k=ask.k)
        shown = tuple(_shown(passage, best.get(passage.hit.rank, 0.0)) for passage in kept)
        yield PassagesFound(shown)
        drafted = [draft(part, kept, self._steps.composers[Mode.EXTRACTIVE]) for part in decided]
        who = understood.unclear
        unclear = who.asks_back if who else self._unclear_call(heard, first, meant)
        outcome = (
            refuse.nothing_to_search(found)
            or (refuse.ambiguous(unclear, shown) if unclear else None)
            or self._outcome(ask, drafted, kept, shown)
        )
        watch.lap("compose")
        written = Written((), Mode.EXTRACTIVE, degraded=ask.mode not in self._steps.composers, warnings=())
        if isinstance(outcome, Answered):
            written = yield from self._statements(ask, outcome, drafted, wanted)
            outcome = _as_written(outcome, written)
            shown = marked(shown, outcome.statements)
        if written.mode is not Mode.EXTRACTIVE or written.degraded:
            watch.lap("write")
        _go_on(wanted)
        yield self._answer(ask, outcome, shown, found, heard, written=written, understood=understood, timings_ms=watch.laps_ms)

    def _weighed(
        self, decided: Decided, passages: Sequence[ReadPassage], *, depth: int, ask: Ask
    ) -> tuple[Decided, list[ReadPassage]]:
        """A part with what stands against its answer in the coverage of the same call, and the further passages that hold it."""
        if not decided.chosen or decided.asked.kind in COLLECTED:
            return weigh(decided, decided.heard.said, self._steps.compare), []
        best = next(one for one in passages if one.hit.rank == decided.chosen[0].rank)
        calls = self._calls_of(passages)
        own = together(calls, best.document.document_id)
        others = apart(calls, best.document.document_id)
        unread = [one for one in passages[depth:] if one.document.document_id in own]
        further = beside(decided, unread, partial(self._like, ask.filters))
        # Read beside the best passage: how relevant a sentence is counts from the best of those that are read together.
        said = hear(decided.asked, [best, *further], ask.filters, self._steps.reader).said if further else ()
        ranks = {one.hit.rank for one in further}
        told = [*decided.heard.said, *(one for one in said if one.evidence.rank in ranks)]
        weighed = weigh(decided, [one for one in told if one.document.document_id not in others], self._steps.compare)
        cited = {one.evidence.rank for one in weighed.compared.said}
        return weighed, [one for one in further if one.hit.rank in cited]

    def _like(self, filters: Filters, said: Said) -> list[int]:
        """The chunks of other documents that a sentence finds: what contradicts it is often put like it."""
        _, passages = self._library.search(read_as(said), filters, LOOKED_THROUGH)
        other = [one.hit.chunk.chunk_id for one in passages if one.document.document_id != said.document.document_id]
        return other[:MOST_LIKE]

    def understood(self, ask: Ask) -> Understood:
        """What is asked, before anything is searched."""
        cast_of, corrected = partial(self._library.cast, filters=ask.filters), self._steps.searcher.corrected
        return understand(ask, cast_of=cast_of, corrected=corrected)

    def find(self, ask: Ask) -> tuple[FoundPassage, ...]:
        """The passages that search alone finds, best first; with a speaker filter only those where that speaker speaks."""
        _, passages = self._library.search(self._steps.searcher.corrected(ask.question).question, ask.filters, ask.k)
        return tuple(_shown(passage, passage.hit.score) for passage in passages[: ask.k])

    def _calls(self, understood: Understood, passages: Sequence[ReadPassage]) -> tuple[list[Call], list[Call]]:
        """The calls that the passages are of, and those that the question and its conversation leave."""
        calls = self._calls_of(passages) if understood.asked else []
        return calls, spoken_of(spoken_of(calls, understood.question), understood.conversation)

    def _calls_of(self, passages: Sequence[ReadPassage]) -> list[Call]:
        """The calls that passages of several documents are of."""
        speakers = {passage.document.document_id: passage.known.speakers for passage in passages}
        if len(speakers) <= 1:
            return []
        return calls_of([coverage(one.document, self._library.people(one)) for one in speakers.values()])

    def _unclear_call(self, heard: Sequence[Heard], passages: Sequence[ReadPassage], calls: Sequence[Call]) -> str | None:
        """The line that asks back which of several calls is meant; None if it is clear."""
        texts = {passage.document.document_id: passage.document.text for passage in passages}
        for part in heard:
            own = [piece for piece in part.pieces if piece.document_id in texts]
            unclear = unclear_call(part.asked, own, texts, calls, threshold=self._steps.threshold)
            if unclear:
                return asks_back(unclear)
        return None

    def _outcome(
        self, ask: Ask, drafted: Sequence[DraftedPart], kept: Sequence[ReadPassage], shown: Sequence[FoundPassage]
    ) -> Answered | Refused:
        """The answers to the parts of the question, one after the other; `missing` names those that none was found to."""
        if ask.filters.speakers and not kept:
            return refuse.no_such_speaker(ask.filters.speakers, shown)
        if ask.filters.restrict_sentences and not kept:
            return refuse.no_such_event(shown)
        with self._steps.moment():
            drafts = distinct([one for part in drafted for one in part.drafts])
            verified = verify(drafts, read_version=self._steps.read_document)
            citations = list(dict.fromkeys(c for statement in verified.statements for c in statement.citations))
            corrected = corrections(citations, self._steps.earlier_version)
        if not verified.statements:
            denied = any(part.decided.denied for part in drafted)
            return refuse.false_premise(shown) if denied else refuse.no_evidence(shown)
        best = verified.evidence[0]
        text = next(passage.document.text for passage in kept if passage.document.document_id == best.document_id)
        found = tuple(conflict for part in drafted if (conflict := part.conflict(citations)))
        resolved = dates.resolve(citations)
        # Few words answer one question; the parts of several are told apart in the statements, and so are sides.
        plain = len(drafted) == 1 and not found
        return Answered(
            statements=verified.statements,
            short_answer=short_answer(drafted[0].decided.asked, best, text, self._steps.relate) if plain else None,
            missing=" ".join(part.decided.asked.text for part in drafted if part.unanswered(verified.evidence)) or None,
            conflicts=found,
            dates=resolved,
            corrections=corrected,
            doubts=doubts(resolved, {passage.document.document_id: passage.document for passage in kept}),
        )

    def _statements(
        self, ask: Ask, outcome: Answered, drafted: Sequence[DraftedPart], wanted: Wanted
    ) -> Generator[Statement, None, Written]:
        """The statements as the mode asked for has them; returns all of them together."""
        composer = self._steps.composers.get(ask.mode)
        if ask.mode is Mode.EXTRACTIVE or composer is None:
            yield from outcome.statements
            return Written(outcome.statements, Mode.EXTRACTIVE, degraded=composer is None, warnings=())
        ends = self._steps.clock() + self._steps.model_seconds
        parts = [
            Part(part.decided.asked, part.offered, part.own(outcome.statements), disputed=bool(part.decided.compared.sides))
            for part in drafted
            if part.drafts
        ]
        return (
            yield from write(
                parts,
                composer,
                Checks(self._steps.read_document, self._steps.relate),
                moment=self._steps.moment,
                patience=lambda: ends - self._steps.clock() if wanted() else 0.0,
            )
        )

    def _answer(
        self,
        ask: Ask,
        outcome: Answered | Refused,
        shown: tuple[FoundPassage, ...],
        found: Found,
        heard: Sequence[Heard],
        *,
        written: Written,
        understood: Understood,
        timings_ms: dict[str, float],
    ) -> Answer:
        corrected = (*outcome.corrections, *outcome.doubts) if isinstance(outcome, Answered) else ()
        return Answer(
            ask=ask,
            outcome=outcome,
            passages=shown,
            confidence=max((part.pieces[0].support for part in heard if part.pieces), default=0.0),
            mode=written.mode,
            index_version=str(found.sequence),
            resolved_question=understood.resolved,
            degraded=written.degraded,
            warnings=(
                *understood.warnings,
                *language_warnings(ask.question, shown),
                *_inferred(understood, outcome),
                *corrected,
                *_warnings(ask, found, self._steps.composers),
                *written.warnings,
            ),
            timings_ms={**timings_ms, "total": round(sum(timings_ms.values()), 2)},
        )


def _go_on(wanted: Wanted) -> None:
    if not wanted():
        raise AnswerTimeout("nobody waits for this answer any more")


def _as_written(outcome: Answered, written: Written) -> Answered:
    """The outcome with the statements that were shown; few words, days and sides stay as far as these cite them."""
    citations = dict.fromkeys(citation for statement in written.statements for citation in statement.citations)
    short = outcome.short_answer
    in_quote = short in ("yes", "no") or any(short in citation.quote for citation in citations if short)
    return replace(
        outcome,
        statements=written.statements,
        short_answer=short if in_quote else None,
        conflicts=tuple(
            one for one in outcome.conflicts if all(set(value.citations) <= citations.keys() for value in one.values)
        ),
        dates=dates.resolve(citations),
    )


def _shown(passage: ReadPassage, score: float) -> FoundPassage:
    return found_passage(passage.document, passage.hit.chunk.span, score)


def _inferred(understood: Understood, outcome: Answered | Refused) -> tuple[str, ...]:
    """That a speaker who was asked for is only carried over from the sentences before."""
    if isinstance(outcome, Refused) or not any(part.asks_who_said for part in understood.asked):
        return ()
    carried = {c.attribution.speaker for s in outcome.statements for c in s.citations if c.attribution.inferred}
    return tuple(
        f"{speaker} is inferred: the quoted words themselves name no speaker" for speaker in sorted(filter(None, carried))
    )


def _warnings(ask: Ask, found: Found, composers: Mapping[Mode, Composer]) -> tuple[str, ...]:
    warnings = []
    if found.n_undated:
        warnings.append(f"{found.n_undated} document(s) without a date were left out by the date filter")
    if ask.mode not in composers:
        warnings.append("no language model is configured: this is the extractive answer")
    return tuple(warnings)
