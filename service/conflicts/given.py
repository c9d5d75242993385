"""What sentences give for an answer, and the sides that they make."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Span
from service.conflicts.values import Value
from service.types import Said

# A question's words, as a share: from which a sentence speaks of what is asked, and from which a clause does.
ASKED_ABOUT, MOST_ASKED = 0.5, 0.67
MOST_SIDES = 4


@dataclass(frozen=True, slots=True)
class Given:
    """What one sentence gives for an answer: the words at `span` of the sentence."""

    said: Said
    span: Span
    value: Value | None = None

    @property
    def words(self) -> str:
        """The words, verbatim."""
        return self.span.of(self.said.text)


@dataclass(frozen=True, slots=True)
class Side:
    """Sentences that give the same answer, the first the best."""

    given: tuple[Given, ...]


def another_source(one: Said, other: Said) -> bool:
    """Whether two sentences stand in different documents, or are different people's."""
    if one.document.document_id != other.document.document_id:
        return True
    speakers = (one.evidence.attribution.speaker, other.evidence.attribution.speaker)
    return speakers[0] != speakers[1]
