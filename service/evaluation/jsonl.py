"""Readout's own data sets: JSON lines, with the documents in a sibling folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.evaluation.errors import DatasetError
from service.evaluation.lines import read_rows
from service.evaluation.types import Dataset, Filters, GoldEvidence, Question, Turn
from service.evaluation.words import tokenise

DOCUMENTS_FOLDER = "documents"  # design.md, "Evaluation data"

_Filled = Annotated[str, StringConstraints(pattern=r"\S")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Member(_Strict):
    document_id: _Filled
    quote: _Filled


class _Turn(_Strict):
    role: Literal["user", "assistant"]
    content: str


class _Filters(_Strict):
    document_ids: tuple[_Filled, ...] = ()
    outlets: tuple[_Filled, ...] = ()
    speakers: tuple[_Filled, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    event_from: date | None = None
    event_to: date | None = None


class _Row(_Strict):
    id: _Filled
    question: _Filled
    answerable: bool
    answers: tuple[_Filled, ...] = ()
    evidence: tuple[Annotated[tuple[_Member, ...], Field(min_length=1)], ...] = ()
    tags: tuple[_Filled, ...] = ()
    history: tuple[_Turn, ...] | None = None
    filters: _Filters | None = None
    as_of: date | None = None


def load_jsonl(path: Path) -> Dataset:
    """The questions of one file, in its order; `documents` is the folder of that name beside it.

    Raises:
        DatasetError: a line breaks the format or contradicts itself, or an id stands twice.
    """
    questions: dict[str, Question] = {}
    for place, row in read_rows(path, _Row):
        _check(row, place)
        if row.id in questions:
            raise DatasetError(f"{place}: the id {row.id!r} stands on an earlier line too; give each its own")
        questions[row.id] = _question(row)
    if not questions:
        raise DatasetError(f"{path}: holds no questions; write one JSON object on each line")
    return Dataset(path.name.split(".jsonl")[0], tuple(questions.values()), path.parent / DOCUMENTS_FOLDER)


def _check(row: _Row, place: str) -> None:
    """Refuse rows that are well formed and yet cannot be measured."""
    if not row.answerable and row.evidence:
        raise DatasetError(f"{place}: unanswerable, yet it has evidence; remove it or set answerable to true")
    if not row.answerable and row.answers:
        raise DatasetError(f"{place}: unanswerable, yet it has answers; remove them or set answerable to true")
    if row.answerable and not row.evidence and not row.answers:
        raise DatasetError(f"{place}: answerable, yet it has neither answers nor evidence; add one")
    for quote in (member.quote for group in row.evidence for member in group):
        if not tokenise(quote):
            raise DatasetError(f"{place}: the quote {quote!r} holds no word; quote the words that answer")


def _question(row: _Row) -> Question:
    filters = row.filters
    return Question(
        id=row.id,
        question=row.question,
        answerable=row.answerable,
        answers=row.answers,
        evidence=tuple(tuple(GoldEvidence(m.document_id, m.quote) for m in group) for group in row.evidence),
        tags=row.tags,
        history=tuple(Turn(turn.role, turn.content) for turn in row.history or ()),
        filters=None
        if filters is None
        else Filters(
            document_ids=filters.document_ids,
            outlets=filters.outlets,
            speakers=filters.speakers,
            published_from=filters.published_from,
            published_to=filters.published_to,
            event_from=filters.event_from,
            event_to=filters.event_to,
        ),
        as_of=row.as_of,
    )
