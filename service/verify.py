"""The last check before anything is shown: each statement against the stored text it cites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.errors import NotFound
from index.normalise import words
from index.types import Document
from service.protocols import Drafted
from service.types import Citation, Evidence, Statement

LEAD_IN_WORDS = frozenset({"said", "says", "in", "a", "an"})  # all that a composer may add to quotes and names

ReadVersion = Callable[[str, str], Document]


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of some drafts: the statements that hold, each with the evidence it rests on first."""

    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]


def verify(drafts: list[Drafted], *, read_version: ReadVersion) -> Verified:
    """Keep the drafts whose every citation is exact in the stored version and whose words all stand in what they cite.

    `read_version` gives a document by id and sha256; the caller wraps all of it in one moment of the store.
    """
    held = [draft for draft in drafts if _holds(draft, read_version)]
    return Verified(tuple(_statement(draft) for draft in held), tuple(draft.cited[0].evidence for draft in held))


def _holds(draft: Drafted, read_version: ReadVersion) -> bool:
    if not draft.cited:
        return False
    return all(_exact(piece.citation, read_version) for piece in draft.cited) and not _unsupported_words(draft)


def _exact(citation: Citation, read_version: ReadVersion) -> bool:
    try:
        document = read_version(citation.document_id, citation.document_sha256)
    except NotFound:
        return False
    return bool(citation.quote) and citation.span.of(document.text) == citation.quote


def _unsupported_words(draft: Drafted) -> set[str]:
    """The words of a statement that neither a quote it cites nor the name of a cited speaker or source holds."""
    held = set(LEAD_IN_WORDS)
    for piece in draft.cited:
        attribution = piece.citation.attribution
        held.update(words(piece.citation.quote), words(piece.citation.source))
        for name in (attribution.speaker or "", attribution.reported_by or ""):
            held.update(words(name), words(name.title()))
    return set(words(draft.text)) - held


def _statement(draft: Drafted) -> Statement:
    citations = tuple(piece.citation for piece in draft.cited)
    return Statement(draft.text, citations, max(piece.evidence.support for piece in draft.cited), draft.n_origins)
