"""Refusals: each with its reason, what to do, and the nearest passages."""

from __future__ import annotations

import pytest

from index.search import Found
from index.types import Span
from service.refuse import N_NEAREST, false_premise, no_evidence, no_such_speaker, nothing_to_search
from service.types import FoundPassage, RefusalReason

PASSAGES = tuple(FoundPassage("d", "a.txt", None, None, None, Span(n, n + 1), str(n), 1 / (n + 1)) for n in range(5))


@pytest.mark.parametrize(
    ("n_documents", "n_selected", "reason"),
    [(0, 0, RefusalReason.EMPTY_CORPUS), (3, 0, RefusalReason.FILTERED_OUT), (3, 1, None)],
)
def test_nothing_to_search_is_told_apart(n_documents: int, n_selected: int, reason: RefusalReason | None) -> None:
    refused = nothing_to_search(Found((), 1, n_documents, n_selected, 0))
    assert (None if refused is None else refused.reason) == reason


def test_a_refusal_shows_the_best_three_passages_in_order() -> None:
    assert no_evidence(PASSAGES).nearest == PASSAGES[:N_NEAREST]
    assert N_NEAREST == 3
    assert no_evidence(()).nearest == ()


def test_every_refusal_says_something_of_its_own() -> None:
    messages = {no_evidence(PASSAGES).message, false_premise(PASSAGES).message}
    messages.add(no_such_speaker(["Anna Vance"], PASSAGES).message)
    messages |= {found.message for found in (nothing_to_search(Found((), 1, n, 0, 0)) for n in (0, 1)) if found}
    assert len(messages) == 5


def test_a_missing_speaker_is_named() -> None:
    refused = no_such_speaker(["Anna Vance", "Boris Katz"], PASSAGES)
    assert refused.reason is RefusalReason.FILTERED_OUT
    assert "Anna Vance or Boris Katz" in refused.message
