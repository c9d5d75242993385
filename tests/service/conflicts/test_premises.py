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


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Why did Rosa Brandt apologise?", "Captain Emil Katz apologised, and Brandt listened."),
        ("When did Brandt's crew approve the plan?", "The plan has been approved by the owner, Emil Katz."),
        ("Why did the crew stop work on Thursday?", "On Monday the crew stopped work for an hour."),
        ("Why did Brandt vote against the plan?", "Brandt voted for the plan."),
        ("When did Brandt visit the crew?", "Brandt put off her visit to the crew."),
        ("When was the boat mended?", "The crew needs a week to mend the boat."),
        ("How much did Brandt ask for the boat?", "Brandt would not ask for money for the boat."),
        ("What did Brandt say when she refused to pay the crew?", "Brandt paid the crew."),
        ("Who was arrested for the fire on the boat?", "The fire on the boat went out."),
    ],
    ids=["another", "by another", "another day", "against", "a noun", "to do", "denied", "aside", "nobody"],
)
def test_a_sentence_that_tells_it_of_others_or_otherwise_does_not_tell_it(question: str, sentence: str) -> None:
    heard = [
        said("herald", sentence, support=0.2),
        said("ledger", "Rosa Brandt and the crew of the boat met on Thursday; the plan was read.", support=0.2),
    ]
    assert unbacked(read_question(question), heard)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many guards were detained at the port?", "Brandt will demand the release of the guards held at the port."),
        ("Why is the owner limiting chips?", "The owner has taken steps to limit the sale of microchips."),
        ("Why did the owner freeze the accounts?", "In May the owner froze the accounts."),
        ("Why did the owner not pay the fine?", "The owner did not pay the fine."),
        ("How many boats would have been grounded by a strike?", "A strike would have grounded the boats."),
        ("What did the owner point his finger at?", "The owner accused the crew."),
        ("Which officer visited the port?", "An officer was let in to see the port."),
        ("When did the minister apologise for the fog?", "Emil Katz apologised for the fog on Monday."),
    ],
    ids=["known as", "steps", "irregular", "denied in both", "supposed in both", "other words", "another verb", "by a name"],
)
def test_a_sentence_that_tells_it_in_other_words_does(question: str, sentence: str) -> None:
    assert not unbacked(read_question(question), [said("herald", sentence, support=0.4)])


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
