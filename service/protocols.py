"""The seams of answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from service.question import Asked
from service.types import Citation, Evidence


@dataclass(frozen=True, slots=True)
class CitedEvidence:
    """A piece of evidence with the citation it would be shown with."""

    evidence: Evidence
    citation: Citation


@dataclass(frozen=True, slots=True)
class Drafted:
    """A statement not yet verified: its text, what it rests on, and how many origins that has, if known."""

    text: str
    cited: tuple[CitedEvidence, ...]
    n_origins: int | None = None


class Composer(Protocol):
    """Writes statements from evidence."""

    def compose(self, asked: Asked, evidence: Sequence[CitedEvidence], /) -> list[Drafted]:
        """Statements in the order they are to be read; every one names the evidence it rests on."""
