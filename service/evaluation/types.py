"""Nouns of a data set; standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """Words that carry the answer, verbatim in the document.

    `document_id` matches a document's id, its name or its name's stem. `quote` is None where a whole document
    was judged relevant (BEIR). `relevance` is the judged gain, 1 where nothing else is stated.
    """

    document_id: str
    quote: str | None
    relevance: int = 1


@dataclass(frozen=True, slots=True)
class GoldTurn:
    """A relevant turn's words, verbatim in the document from code point `start` on: "Yeah." stands there many times."""

    document_id: str
    start: int
    quote: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation; `role` is `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the question may be answered from; `document_ids` may hold names or stems, as evidence may."""

    document_ids: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    event_from: date | None = None
    event_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One row. `evidence` is a tuple of groups: every group is needed, any member satisfies its group.

    `turns` are relevant turns of a meeting (QMSum): finding more of them is better, none is needed by itself.

    An unanswerable question has none of answers, evidence and turns; an answerable one has at least one of them.
    """

    id: str
    question: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[tuple[GoldEvidence, ...], ...] = ()
    tags: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    filters: Filters | None = None
    as_of: date | None = None
    turns: tuple[GoldTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A document that the data set itself carries.

    Index it under exactly `name`, with a uri made from the name: without one, equal texts would become one
    document.
    """

    name: str
    text: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions in file order, and what must be indexed to ask them.

    `documents` is a folder to ingest (it need not exist where a server has the corpus) or the sources.
    """

    name: str
    questions: tuple[Question, ...]
    documents: Path | tuple[Source, ...]
