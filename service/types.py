"""The nouns of answering: frozen values. Spans are code points of a document's stored text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from index.types import Document, Filters, Span


class Mode(StrEnum):
    """How an answer is written."""

    EXTRACTIVE = "extractive"
    GENERATIVE = "generative"


class Status(StrEnum):
    """How much of what was asked an answer gives."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why there is no answer."""

    EMPTY_CORPUS = "empty_corpus"
    FILTERED_OUT = "filtered_out"
    NO_EVIDENCE = "no_evidence"
    FALSE_PREMISE = "false_premise"
    AMBIGUOUS = "ambiguous"


class Role(StrEnum):
    """Who wrote a message of the history."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One earlier message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with all that it may be asked with. `as_of` is the asker's today, an ISO date."""

    question: str
    history: tuple[Message, ...] = ()
    filters: Filters = Filters()
    as_of: str | None = None
    mode: Mode = Mode.EXTRACTIVE
    k: int = 8


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose words a span is, and who relays them. None means unknown.

    `inferred` marks a speaker carried over from the sentence before.
    """

    speaker: str | None
    reported_by: str | None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One or more adjacent sentences that may answer, with the reader's probability that they do.

    `score` orders the pieces of one answer: the reader's relevance, weighed by what else the question asks for.
    `in_turn` tells a speaker's turn from prose; `rank` is that of the passage it was found in.
    `by_asked` tells words of the very speaker or side that the question asks about.
    """

    document_id: str
    span: Span
    score: float
    support: float
    answer_span: Span | None
    attribution: Attribution
    in_turn: bool
    section: str | None
    rank: int
    by_asked: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a document as the reader judges it by itself, with the sentence before it, empty if there is none."""

    evidence: Evidence
    document: Document
    before: str

    @property
    def text(self) -> str:
        """The sentence."""
        return self.evidence.span.of(self.document.text)

    @property
    def answer(self) -> Span | None:
        """Where in the sentence the reader sees the answer."""
        found = self.evidence.answer_span
        if found is None or not self.evidence.span.covers(found):
            return None
        return found.shifted(-self.evidence.span.start)


@dataclass(frozen=True, slots=True)
class Citation:
    """Exact words of one version of a document: `text[span.start:span.end] == quote` there.

    `prefix` and `suffix` are up to 64 code points on either side.
    """

    document_id: str
    document_sha256: str
    name: str
    title: str | None
    outlet: str | None
    published_at: str | None
    attribution: Attribution
    section: str | None
    span: Span
    quote: str
    prefix: str
    suffix: str

    @property
    def source(self) -> str:
        """What the source is called: by its outlet, else its title, else the name of the document."""
        return self.outlet or self.title or self.name


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the citations it rests on; `support` is the probability that they carry it."""

    text: str
    citations: tuple[Citation, ...]
    support: float
    n_origins: int | None = None

    @property
    def n_sources(self) -> int:
        """How many sources the statement rests on: copies of one are one, if that is known."""
        return self.n_origins or len({citation.document_id for citation in self.citations})


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage shown with an answer or a refusal."""

    document_id: str
    name: str
    title: str | None
    outlet: str | None
    published_at: str | None
    span: Span
    text: str
    score: float
    cited: bool = False


@dataclass(frozen=True, slots=True)
class ConflictValue:
    """One side of a conflict, verbatim."""

    value: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the sources give different values for."""

    about: str
    values: tuple[ConflictValue, ...]


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A relative date of a cited quote, resolved against its document's own date."""

    text: str
    basis: str
    value: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Answered:
    """Statements that answer; `missing` names an asked part that they do not.

    `corrections` names, a line each, what a cited document said otherwise in the version before; `doubts` where the days
    disagree that a document which a day was counted in gives one event.
    """

    statements: tuple[Statement, ...]
    short_answer: str | None
    missing: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    dates: tuple[ResolvedDate, ...] = ()
    corrections: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """No answer, why not, and the nearest passages."""

    reason: RefusalReason
    message: str
    nearest: tuple[FoundPassage, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question with what it was reached by.

    `confidence` is the probability that the best candidate answers, also on a refusal.
    """

    ask: Ask
    outcome: Answered | Refused
    passages: tuple[FoundPassage, ...]
    confidence: float
    mode: Mode
    index_version: str
    resolved_question: str | None = None
    degraded: bool = False
    warnings: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """Answered, partial or refused."""
        match self.outcome:
            case Refused():
                return Status.REFUSED
            case Answered(missing=None):
                return Status.ANSWERED
            case Answered():
                return Status.PARTIAL
