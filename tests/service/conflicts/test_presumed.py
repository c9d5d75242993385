"""What a question takes for granted is read from the form in which it asks for more of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.conflicts.presumed import Form, presumptions


@pytest.mark.parametrize(
    ("question", "form", "verb"),
    [
        ("Why did Brandt sell the old boat?", Form.REASON, "sell"),
        ("Why will fares to the islands rise this summer?", Form.REASON, "rise"),
        ("Why is the owner limiting chips?", Form.REASON, "limit"),
        ("When was the night sailing cancelled?", Form.CIRCUMSTANCE, "cancel"),
        ("To whom did the owner give the boat?", Form.CIRCUMSTANCE, "give"),
        ("How many people were hurt in the fire?", Form.AMOUNT, "hurt"),
        ("How many people died in the fire?", Form.AMOUNT, "die"),
        ("How did Brandt apologise for the fog?", Form.MANNER, "apologis"),
        ("What did Brandt sign on the boat?", Form.OBJECT, "sign"),
        ("Who was arrested for the fire?", Form.AGENT, "arrest"),
        ("Who shot the captain?", Form.AGENT, "shot"),
        ("Which officer resigned over the fire?", Form.AGENT, "resign"),
        ("What did the owner say when he refused to pay?", Form.ASIDE, "refus"),
    ],
)
def test_the_deed_is_read_with_what_is_asked_of_it(question: str, form: Form, verb: str) -> None:
    assert [(one.form, one.deed.verb) for one in presumptions(question)] == [(form, verb)]


@pytest.mark.parametrize(
    "question",
    [
        "What did Brandt say about the fog?",
        "Who said that the boat was sold?",
        "When did the call take place?",
        "What is the name of the boat?",
        "Did Brandt sell the boat?",
        "How old is Brandt?",
        "",
    ],
)
def test_what_is_asked_of_any_talk_or_event_takes_nothing_for_granted(question: str) -> None:
    assert presumptions(question) == []


def test_who_did_it_stands_before_the_verb() -> None:
    (presumed,) = presumptions("Why did the captains refuse the owner's offer?")
    assert presumed.subject == {"captain"}
    assert presumptions("What did Brandt say when she refused to pay?")[0].subject == {"brandt"}


def test_a_question_may_itself_suppose_or_deny() -> None:
    assert presumptions("How many boats would have been sold?")[0].supposed
    assert presumptions("Why did the owner not pay the fine?")[0].negated


@given(st.text(max_size=200))
def test_any_text_can_be_read(question: str) -> None:
    assert all(one.deed.verb not in one.deed.about for one in presumptions(question))
