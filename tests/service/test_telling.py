from __future__ import annotations

import pytest

from index.types import Span
from service.telling import enumerates, tells, without_fillers


def span(text: str, part: str) -> Span:
    return Span(text.index(part), text.index(part) + len(part))


def test_what_was_raised_tells_more_than_what_may_have_been_and_than_what_was_before() -> None:
    said = "The minister raised the price of wheat, the closed ports, idle mills, late ships and unpaid carriers with her."
    hinted = said.replace("raised", "is concerned about")
    before = said.replace("with her", "with her last November")
    assert tells(said) == 1.0
    assert tells(hinted) == 0.5
    assert tells(before) == 0.5


@pytest.mark.parametrize("sentence", ["Did they discuss wheat?", "Wheat is grown in the north of the country."])
def test_a_question_and_a_bare_fact_tell_nothing_of_a_call(sentence: str) -> None:
    assert tells(sentence) == 0.0


def test_a_pronoun_goes_on_with_a_list_in_its_paragraph_only() -> None:
    raised, stressed = "Vance raised the wheat price.", "You know, he stressed the open ports."
    text = f"{raised} {stressed}"
    assert enumerates(text, span(text, raised), span(text, stressed), beside=True)
    apart = f"{raised}\n{stressed}"
    assert not enumerates(apart, span(apart, raised), span(apart, stressed), beside=True)
    other = f"{raised} She slept well that night."
    assert not enumerates(other, span(other, raised), span(other, "She slept well that night."), beside=True)


def test_the_same_words_go_on_with_a_list_only_side_by_side() -> None:
    first, other = "Treasury Secretary Anna Vance arrives tomorrow.", "Secretary of State Katz will arrive later."
    text = f"{first} {other}"
    assert enumerates(text, span(text, first), span(text, other), beside=True)
    assert not enumerates(text, span(text, first), span(text, other), beside=False)


def test_fillers_go_only_where_enough_is_left() -> None:
    text = "Yeah, well, you know, wheat prices have doubled. Well, yes."
    assert (
        without_fillers(span(text, "Yeah, well, you know, wheat prices have doubled."), text).of(text)
        == "wheat prices have doubled."
    )
    assert without_fillers(span(text, "Well, yes."), text).of(text) == "Well, yes."
