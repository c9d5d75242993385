"""The nouns of the index: frozen values, standard library only.

Offsets are Unicode code points of a document's stored text, from 0, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, `start <= end`.

    Raises:
        ValueError: If the range is negative or reversed.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The words this span covers in `text`."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def shifted(self, by: int) -> Span:
        """The same span, `by` code points further on."""
        return Span(self.start + by, self.end + by)


def canonical_date(value: str) -> str:
    """An ISO date, or date and time, in the extended form: `20240404` gives `2024-04-04`.

    Raises:
        ValueError: If it is none.
    """
    moment = datetime.fromisoformat(value)
    return moment.date().isoformat() if "T" not in value and ":" not in value else moment.isoformat()


class SectionKind(StrEnum):
    """What a section is, and so what its label means."""

    PAGE = "page"
    HEADING = "heading"
    TURN = "turn"
    PARAGRAPH = "paragraph"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part of a document.

    A turn's span holds the words said, without the `NAME:` in front; its label is the speaker as written there.
    """

    span: Span
    kind: SectionKind
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file or its sidecar states about itself. None means that it does not say."""

    title: str | None = None
    outlet: str | None = None
    published_at: str | None = None
    uri: str | None = None
    byline: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a loader finds in a file's bytes."""

    text: str
    sections: tuple[Section, ...]
    metadata: Metadata = Metadata()


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document, as stored. `sha256` is that of the stored text in UTF-8."""

    document_id: str
    name: str
    uri: str | None
    text: str
    sha256: str
    title: str | None
    outlet: str | None
    published_at: str | None
    sections: tuple[Section, ...]
    byline: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text: a row of a listing."""

    document_id: str
    name: str
    uri: str | None
    sha256: str
    title: str | None
    outlet: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A slice of one version of a document's text, with the spans of its sentences in the document.

    `chunk_id` is 0 until the store has given one. `n_tokens` counts cl100k tokens.
    """

    chunk_id: int
    document_id: str
    document_sha256: str
    span: Span
    n_tokens: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """A chunk's id with the score one search gave it; larger is better."""

    chunk_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Wording:
    """The search terms of one chunk, in order, with a space between two."""

    chunk_id: int
    document_id: str
    terms: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a query. Ranks count from 1.

    `cosine` is that of the query and the chunk; for a chunk that is not embedded yet, the greatest of those found.
    """

    chunk: Chunk
    score: float
    rank: int
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents, and which sentences of them, may answer. Empty means no restriction; date bounds (ISO) are inclusive.

    Speakers and event dates are of sentences and restrict no document: they are left to the caller.
    """

    document_ids: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    event_from: str | None = None
    event_to: str | None = None

    @property
    def restrict_documents(self) -> bool:
        """Whether documents are restricted."""
        return bool(self.document_ids or self.outlets or self.published_from or self.published_to)

    @property
    def restrict_sentences(self) -> bool:
        """Whether sentences are restricted: by who speaks or by when what they tell of was."""
        return bool(self.speakers or self.event_from or self.event_to)


class Precision(StrEnum):
    """What the packaged model computes in. Rows of two precisions are never compared."""

    F32 = "f32"
    BF16 = "bf16"
    INT8 = "int8"


class IngestStatus(StrEnum):
    """What became of one offered document."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def is_stored(self) -> bool:
        """Whether the store holds the document now."""
        return self in (IngestStatus.CREATED, IngestStatus.UNCHANGED, IngestStatus.UPDATED)


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The outcome for one offered file or text; when it failed or was skipped, `error` says why and `code` is that of the error.

    `warnings` say what to know of a document that was taken.
    """

    status: IngestStatus
    name: str
    document_id: str | None = None
    title: str | None = None
    error: str | None = None
    code: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A text put before a reader, with its sentences' spans inside that text; `cosine` is that of the hit."""

    text: str
    sentences: tuple[Span, ...]
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader's judgement of one sentence.

    `passage` and `sentence` are positions in what was read; `answer` is the shortest answering span inside the
    passage's text, if the reader can tell it. `relevance` orders the sentences: the probability that this is the one, if any
    is; `support` is the probability that it does answer.
    """

    passage: int
    sentence: int
    answer: Span | None
    relevance: float
    support: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a sentence stands to another one that answers a question: three probabilities that sum to one.

    It answers too and both can be true, it does not answer, or it answers and both cannot be true.
    """

    agrees: float
    unrelated: float
    differs: float


@dataclass(frozen=True, slots=True)
class Relation:
    """How evidence stands to a statement: three probabilities that sum to one."""

    entails: float
    neutral: float
    contradicts: float
