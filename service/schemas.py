"""The contract's JSON: what a request may hold, and how an answer is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from index.types import Document, DocumentSummary, Filters, IngestResult, Section, canonical_date
from service.types import Answer, Answered, Ask, Citation, FoundPassage, Message, Mode, Refused, Role, Statement

MAX_K = 50
MAX_FILTER_VALUES = 1_000
MAX_MESSAGE_CHARACTERS = 20_000


def _iso(value: str) -> str:
    try:
        return canonical_date(value)
    except ValueError:
        raise ValueError("it must be an ISO date such as 2024-04-04") from None


def _sound(value: str) -> str:
    """Lone surrogates cannot be stored, searched or sent back."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds a lone surrogate, which is no character; send valid Unicode") from None
    return value


def _asked(value: str) -> str:
    if not value.strip():
        raise ValueError("ask a question: it must not be empty")
    return value


Text = Annotated[str, AfterValidator(_sound)]
IsoDate = Annotated[str, Field(max_length=40), AfterValidator(_iso)]
Values = Annotated[list[Text], Field(max_length=MAX_FILTER_VALUES)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FiltersBody(_Body):
    """Restricts what is searched; empty lists and nulls restrict nothing."""

    document_ids: Values = []
    outlets: Values = []
    speakers: Values = []
    published_from: IsoDate | None = None
    published_to: IsoDate | None = None
    event_from: IsoDate | None = None
    event_to: IsoDate | None = None

    def value(self) -> Filters:
        """As the index takes it."""
        return Filters(
            document_ids=tuple(self.document_ids),
            outlets=tuple(self.outlets),
            speakers=tuple(self.speakers),
            published_from=self.published_from,
            published_to=self.published_to,
            event_from=self.event_from,
            event_to=self.event_to,
        )


class MessageBody(_Body):
    """One earlier message."""

    role: Role
    content: Annotated[Text, Field(max_length=MAX_MESSAGE_CHARACTERS)]


class SearchBody(_Body):
    """`POST /v1/search`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"question": "When was the call?", "k": 3}]})

    question: Annotated[Text, AfterValidator(_asked)]
    filters: FiltersBody = FiltersBody()
    k: Annotated[int, Field(ge=1, le=MAX_K, strict=True)] = 8


class QuestionBody(SearchBody):
    """A question with all that it may be asked with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Did TikTok come up?"}, {"question": "What was discussed?", "k": 12}]},
    )

    history: list[MessageBody] = []
    as_of: IsoDate | None = None
    mode: Mode = Mode.EXTRACTIVE

    def value(self) -> Ask:
        """As the answerer takes it."""
        return Ask(
            question=self.question,
            history=tuple(Message(message.role, message.content) for message in self.history),
            filters=self.filters.value(),
            as_of=self.as_of,
            mode=self.mode,
            k=self.k,
        )


class AskBody(QuestionBody):
    """`POST /v1/ask`."""

    stream: bool = False


class DocumentBody(_Body):
    """`POST /v1/documents` as JSON: one text."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "The call lasted an hour.", "title": "A short call", "outlet": "The Paper"}]},
    )

    text: Text
    title: Text | None = None
    outlet: Text | None = None
    published_at: IsoDate | None = None
    uri: Text | None = None


class Numbering:
    """Gives every distinct citation of one answer its number, in the order of first use, from 1."""

    def __init__(self) -> None:
        """Start an answer."""
        self._numbers: dict[Citation, int] = {}

    def number(self, citation: Citation) -> int:
        """The citation's number in this answer."""
        return self._numbers.setdefault(citation, len(self._numbers) + 1)

    def numbered(self) -> Iterable[tuple[int, Citation]]:
        """All citations so far with their numbers, in order."""
        return [(number, citation) for citation, number in self._numbers.items()]


def answer_json(answer: Answer, *, answer_id: str) -> dict[str, object]:
    """The 200 body of `POST /v1/ask`."""
    numbering = Numbering()
    outcome = answer.outcome
    text, statements = "", list[dict[str, object]]()
    if isinstance(outcome, Answered):
        text, statements = _written(outcome.statements, numbering)
    conflicts, dates = _extras(outcome, numbering)
    return {
        "id": answer_id,
        "status": answer.status.value,
        "question": answer.ask.question,
        "resolved_question": answer.resolved_question,
        "missing": outcome.missing if isinstance(outcome, Answered) else None,
        "text": text if isinstance(outcome, Answered) else outcome.message,
        "short_answer": outcome.short_answer if isinstance(outcome, Answered) else None,
        "statements": statements,
        "citations": [citation_json(citation, number) for number, citation in numbering.numbered()],
        "conflicts": conflicts,
        "dates": dates,
        "refusal": _refusal(outcome) if isinstance(outcome, Refused) else None,
        "passages": [passage_json(passage) for passage in answer.passages],
        "confidence": round(answer.confidence, 4),
        "mode": answer.mode.value,
        "degraded": answer.degraded,
        "warnings": list(answer.warnings),
        "timings_ms": answer.timings_ms,
        "index_version": answer.index_version,
    }


def statement_json(statement: Statement, numbering: Numbering, *, start: int) -> dict[str, object]:
    """One statement that begins at `start` of the answer's text."""
    return {
        "text": statement.text,
        "start": start,
        "end": start + len(statement.text),
        "citations": [numbering.number(citation) for citation in statement.citations],
        "support": round(statement.support, 4),
        "n_sources": statement.n_sources,
    }


def citation_json(citation: Citation, number: int) -> dict[str, object]:
    """One citation under its number. It is in an answer only if it was verified."""
    return {
        "id": number,
        "document_id": citation.document_id,
        "document_sha256": citation.document_sha256,
        "name": citation.name,
        "title": citation.title,
        "outlet": citation.outlet,
        "published_at": citation.published_at,
        "speaker": citation.attribution.speaker,
        "speaker_inferred": citation.attribution.inferred,
        "reported_by": citation.attribution.reported_by,
        "section": citation.section,
        "start": citation.span.start,
        "end": citation.span.end,
        "quote": citation.quote,
        "prefix": citation.prefix,
        "suffix": citation.suffix,
        "verified": True,
    }


def passage_json(passage: FoundPassage) -> dict[str, object]:
    """One passage."""
    return {
        "document_id": passage.document_id,
        "name": passage.name,
        "title": passage.title,
        "outlet": passage.outlet,
        "published_at": passage.published_at,
        "start": passage.span.start,
        "end": passage.span.end,
        "text": passage.text,
        "score": round(passage.score, 6),
        "cited": passage.cited,
    }


def summary_json(document: DocumentSummary | Document) -> dict[str, object]:
    """A document without its text."""
    return {
        "document_id": document.document_id,
        "name": document.name,
        "uri": document.uri,
        "title": document.title,
        "outlet": document.outlet,
        "published_at": document.published_at,
        "sha256": document.sha256,
    }


def document_json(document: Document) -> dict[str, object]:
    """A document with its text and sections."""
    sections = [section_json(section) for section in document.sections]
    return {**summary_json(document), "byline": document.byline, "text": document.text, "sections": sections}


def section_json(section: Section) -> dict[str, object]:
    """One section of a document."""
    return {"start": section.span.start, "end": section.span.end, "kind": section.kind.value, "label": section.label}


def ingest_json(result: IngestResult) -> dict[str, object]:
    """What became of one offered document."""
    return {
        "document_id": result.document_id,
        "status": result.status.value,
        "name": result.name,
        "title": result.title,
        "error": result.error,
        "warnings": list(result.warnings),
    }


def _written(statements: Iterable[Statement], numbering: Numbering) -> tuple[str, list[dict[str, object]]]:
    """The answer's text with its marks, and the statements with their places in it."""
    text, written = "", []
    for statement in statements:
        text += " " if text else ""
        row = statement_json(statement, numbering, start=len(text))
        marks = "".join(f" [{numbering.number(citation)}]" for citation in statement.citations)
        text += statement.text + marks
        written.append(row)
    return text, written


def _extras(outcome: Answered | Refused, numbering: Numbering) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    if isinstance(outcome, Refused):
        return [], []
    conflicts: list[dict[str, object]] = [
        {
            "about": conflict.about,
            "values": [
                {"value": side.value, "citations": [numbering.number(c) for c in side.citations]} for side in conflict.values
            ],
        }
        for conflict in outcome.conflicts
    ]
    dates: list[dict[str, object]] = [
        {"text": date.text, "basis": date.basis, "value": date.value, "citation": numbering.number(date.citation)}
        for date in outcome.dates
    ]
    return conflicts, dates


def _refusal(refused: Refused) -> dict[str, object]:
    return {
        "reason": refused.reason.value,
        "message": refused.message,
        "nearest": [passage_json(passage) for passage in refused.nearest],
    }
