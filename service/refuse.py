"""Refusals: when, why, and what is said."""

from __future__ import annotations

from collections.abc import Sequence

from index.search import Found
from service.types import FoundPassage, RefusalReason, Refused

N_NEAREST = 3  # passages shown with a refusal

_MESSAGES = {
    RefusalReason.EMPTY_CORPUS: "No documents have been added yet. Add the coverage of the call, then ask again.",
    RefusalReason.FILTERED_OUT: "No document passes the filters. Widen them, then ask again.",
    RefusalReason.FALSE_PREMISE: "The question takes for granted what the sources deny or do not tell. See the nearest passages.",
    RefusalReason.NO_EVIDENCE: "The sources do not hold an answer to this. The nearest passages are shown.",
}
_NO_SUCH_EVENT = "Nothing in the sources that fits states a day within the event dates. Widen them, then ask again."
_NO_SUCH_SPEAKER = "Nothing in the sources that fits is attributed to {names}. The nearest passages are shown."


def nothing_to_search(found: Found) -> Refused | None:
    """The refusal for an empty corpus, or for filters that leave no document; None if there is something to search."""
    if found.n_documents == 0:
        return _refused(RefusalReason.EMPTY_CORPUS, ())
    if found.n_selected == 0:
        return _refused(RefusalReason.FILTERED_OUT, ())
    return None


def no_evidence(passages: Sequence[FoundPassage]) -> Refused:
    """The refusal when no sentence is supported well enough."""
    return _refused(RefusalReason.NO_EVIDENCE, passages)


def false_premise(passages: Sequence[FoundPassage]) -> Refused:
    """The refusal when what the question presumes is denied by what would answer it, or told by no source."""
    return _refused(RefusalReason.FALSE_PREMISE, passages)


def no_such_speaker(names: Sequence[str], passages: Sequence[FoundPassage]) -> Refused:
    """The refusal when the speaker filter leaves no sentence."""
    message = _NO_SUCH_SPEAKER.format(names=" or ".join(names))
    return Refused(RefusalReason.FILTERED_OUT, message, tuple(passages[:N_NEAREST]))


def no_such_event(passages: Sequence[FoundPassage]) -> Refused:
    """The refusal when the filter on event dates leaves no sentence."""
    return Refused(RefusalReason.FILTERED_OUT, _NO_SUCH_EVENT, tuple(passages[:N_NEAREST]))


def ambiguous(asks_back: str, passages: Sequence[FoundPassage]) -> Refused:
    """The refusal that asks back in one line."""
    return Refused(RefusalReason.AMBIGUOUS, asks_back, tuple(passages[:N_NEAREST]))


def _refused(reason: RefusalReason, passages: Sequence[FoundPassage]) -> Refused:
    return Refused(reason, _MESSAGES[reason], tuple(passages[:N_NEAREST]))
