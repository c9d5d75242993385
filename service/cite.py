"""What is shown of documents: passages, and citations with the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.types import Document, Span
from service.types import Citation, Evidence, FoundPassage, Statement

CONTEXT_CHARACTERS = 64  # of prefix and suffix, as the contract says


def found_passage(document: Document, span: Span, score: float) -> FoundPassage:
    """A passage as it is shown, not yet marked as cited."""
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


def citation(piece: Evidence, document: Document) -> Citation:
    """What a piece of evidence is cited with; `document` is the version it was read in."""
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


def marked(passages: Sequence[FoundPassage], statements: Sequence[Statement]) -> tuple[FoundPassage, ...]:
    """The passages, those in which a statement's citation lies marked as cited."""
    citations = [citation for statement in statements for citation in statement.citations]
    return tuple(
        replace(
            passage,
            cited=any(c.document_id == passage.document_id and passage.span.covers(c.span) for c in citations),
        )
        for passage in passages
    )
