"""Sentences as the reader hands them on, made up for the tests."""

from __future__ import annotations

from index.types import Document, Span
from service.types import Attribution, Evidence, Said


def document(name: str, text: str, *, published_at: str | None = None, outlet: str | None = None) -> Document:
    return Document(name, f"{name}.txt", None, text, f"sha of {text}", None, outlet, published_at, ())


def said(
    name: str,
    text: str,
    answer: str | None = None,
    *,
    support: float = 0.4,
    relevance: float = 0.4,
    speaker: str | None = None,
    published_at: str | None = None,
    before: str = "",
) -> Said:
    """One sentence as a document of its own; `answer` are the words in which the reader sees the answer."""
    span = None if answer is None else Span(text.index(answer), text.index(answer) + len(answer))
    whole = Span(0, len(text))
    evidence = Evidence(name, whole, relevance, support, span, Attribution(speaker, None), False, None, 1)
    return Said(evidence, document(name, text, published_at=published_at), before)
