"""The seams of answering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


Patience = Callable[[], float]  # seconds that an answer may still take; none once nobody waits for it


class Composer(Protocol):
    """Writes statements from evidence."""

    def compose(self, asked: Asked, evidence: Sequence[CitedEvidence], patience: Patience, /) -> Iterable[Drafted]:
        """Statements in the order they are to be read, each as soon as it is whole, with the evidence it is said to rest on.

        Raises:
            ModelFailed: If no more can be written; what came before still stands.
        """
