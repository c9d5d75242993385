"""Reading a question in a script that the trained network does not know: by its words alone, and never surely."""

from __future__ import annotations

from collections.abc import Sequence

from index.normalise import content_terms, terms
from index.scripts import mostly_other
from index.types import Passage, Reading

LEAST_SHARE = 0.6  # of a question's terms: beside the words of an answer few others stand in a question
LEAST_TERMS = 2
SURENESS = 0.3  # the support of a sentence that holds all of a question's terms: they stand in it, no more is known


def is_read_by_words(question: str) -> bool:
    """Whether a question is in a script of which the encoder has hardly more than the letters."""
    return mostly_other(question)


def read_by_words(question: str, passages: Sequence[Passage]) -> list[Reading]:
    """One reading per sentence, those first that hold most of the question's terms; no support for the others."""
    asked = frozenset(content_terms(question))
    readings = []
    for number, passage in enumerate(passages):
        for place, span in enumerate(passage.sentences):
            n_held = len(asked.intersection(terms(span.of(passage.text))))
            share = n_held / len(asked) if asked else 0.0
            answers = share >= LEAST_SHARE and n_held >= min(LEAST_TERMS, len(asked))
            readings.append(Reading(number, place, None, relevance=share, support=SURENESS * share if answers else 0.0))
    return sorted(readings, key=lambda reading: -reading.relevance)
