"""The thing or deed that a question asks for by name, and passages that lack it."""

from __future__ import annotations

import pytest

from service.wanted import LACKS_DEED, LACKS_THING, left_without, wanted_deed, wanted_thing


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("Which hospital are the wounded guards in?", "hospit"),
        ("which hospital are the guards in", "hospit"),
        ("What interest does Corrin pay on the loan?", "interest"),
        ("What is the mass of Kestrel?", "mass"),
        ("How large was Corrin's loan?", "loan"),
        ("What was the name of the stoker who spoke?", "stoker"),
        ("Which side gave way first, and when did it?", None),
        ("What did they agree on?", None),
        ("What was the outcome of the call?", None),
        ("Where did they meet?", None),
    ],
)
def test_the_thing_is_what_the_question_names_it(question: str, thing: str | None) -> None:
    assert wanted_thing(question) == thing


@pytest.mark.parametrize(
    ("question", "deed"),
    [
        ("Who interpreted for the two leaders?", "interpret"),
        ("Which rocket launched Kestrel?", "launch"),
        ("Who said that?", None),
        ("Who raised TikTok?", None),
        ("Who was on the call?", None),
        ("When did they meet?", None),
    ],
)
def test_the_deed_is_what_somebody_is_said_to_have_done(question: str, deed: str | None) -> None:
    assert wanted_deed(question) == deed


@pytest.mark.parametrize(
    ("question", "passage", "left"),
    [
        ("Which hospital are the guards in?", "The guards are in barracks at Ostrel.", LACKS_THING),
        ("Which hospital are the guards in?", "The guards lie in one of two hospitals.", 1.0),
        ("Who interpreted for them?", "The president called his counterpart.", LACKS_DEED),
        ("Who interpreted for them?", "Ane Moe was interpreting for them.", 1.0),
        ("Where are the guards?", "Shots were fired.", 1.0),
    ],
)
def test_a_passage_without_it_answers_less(question: str, passage: str, left: float) -> None:
    assert left_without(question, passage) == left
