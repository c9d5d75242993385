"""A question that takes something for granted is answered only if a source tells it as a fact."""

from __future__ import annotations

import pytest

from service.conflicts import not_brought_up, only_expected, unbacked
from service.question import read_question
from tests.service.conflicts.told import said

TOLD = [
    said("herald", "Captain Rosa Brandt had offered to resign on Tuesday, an officer said."),
    said("herald", "The owner refused to pay the fine."),
    said("herald", "The night sailing was cancelled because of the fog."),
    said("ledger", "Brandt sold the old boat in April for nine hundred crowns."),
    said("ledger", "The plan has twelve points."),
]


@pytest.mark.parametrize(
    "question",
    [
        "Why did Rosa Brandt resign?",
        "When did the owner pay the fine?",
        "Why did Brandt apologise for the fog?",
        "Why was the boat race cancelled by Captain Brandt?",
        "How many crowns did the cable cost the owner in fines?",
        "Why does the plan have 14 points?",
    ],
)
def test_what_no_source_tells_as_a_fact_is_not_taken_for_granted(question: str) -> None:
    assert unbacked(read_question(question), TOLD)


@pytest.mark.parametrize(
    "question",
    [
        "Why was the night sailing cancelled?",
        "When did Brandt sell the old boat?",
        "How many crowns did Brandt sell the boat for?",
        "What did Brandt offer?",
        "Did Rosa Brandt resign?",
        "When was the meeting?",
        "Why does the plan have twelve points?",
    ],
)
def test_what_a_source_tells_may_be_asked_about(question: str) -> None:
    assert not unbacked(read_question(question), TOLD)


def test_that_something_was_brought_up_needs_a_sentence_of_somebody_who_spoke_of_it() -> None:
    asked = read_question("Was the fine raised on the call?")
    assert not_brought_up(asked, "The police imposed the fine on the owner.")
    assert not not_brought_up(asked, "Brandt complained about the fine.")
    assert not not_brought_up(read_question("Was the fine paid?"), "The police imposed the fine on the owner.")


def test_what_was_to_happen_has_not_happened_yet() -> None:
    asked = read_question("Did Brandt ask about the fine?")
    assert only_expected(asked, "An aide said that Brandt would ask about the fine.")
    assert not only_expected(asked, "Brandt said she would not ask about the fine.")
    assert not only_expected(read_question("Will Brandt ask about the fine?"), "Brandt would ask about the fine.")
