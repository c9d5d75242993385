from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.training.edits import MIN_MISSPELT, edited, hurried

CONTEXT = (
    "In March 1994 the talks of Anna Lindh and Carl Bildt with the U.S. envoy Jo Smith began in Oslo. "
    "By May 1997, of 12 members 7 had signed, and the northern port was sold for 4,500 crowns; in 1998 it was bought again. "
    "Later, the Bank of Norway and Carl Bildt agreed."
)
QUESTIONS = (
    "When did Anna Lindh first meet Carl Bildt?",
    "Who sold the northern port in March 1997?",
    "How many of the 12 members agreed before 1998?",
    "Can the U.S. envoy leave Oslo?",
    "Which port did the Bank of Norway never open?",
    "What rose?",
)
ANSWERS = (
    *("1994", "1997", "1998", "May 1997", "7", "12", "4,500 crowns", "Oslo", "Jo", "U.S.", "Carl Bildt", "southern", "last"),
    *("the Bank of Norway", "lower", "bought"),
)
SEEDS = st.integers(0, 2**32)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def outcomes(question: str, answer: str, context: str = CONTEXT) -> set[str | None]:
    """What comes of a question over many seeds."""
    return {edited(question, context, answer, rng_of(seed)) for seed in range(200)}


@given(st.sampled_from(QUESTIONS), st.sampled_from(ANSWERS), SEEDS)
def test_an_edited_question_differs_from_what_was_asked(question: str, answer: str, seed: int) -> None:
    assert edited(question, CONTEXT, answer, rng_of(seed)) != question


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_of_the_answer_is_put_into_the_question(question: str, answer: str) -> None:
    for changed in outcomes(question, answer):
        if changed is not None:
            assert (words(changed) - words(question)) & (words(answer) - {"the", "of"}) == set()


@given(st.sampled_from(QUESTIONS), st.sampled_from(ANSWERS), SEEDS)
def test_one_seed_gives_one_question(question: str, answer: str, seed: int) -> None:
    assert edited(question, CONTEXT, answer, rng_of(seed)) == edited(question, CONTEXT, answer, rng_of(seed))


@pytest.mark.parametrize("question", ["Why?", "Who ever sang?", "", "what about didn't"])
def test_a_question_in_which_nothing_can_be_exchanged_is_none(question: str) -> None:
    assert outcomes(question, "Oslo") == {None}


def test_a_name_gives_way_to_a_name_of_the_context_that_the_question_does_not_hold() -> None:
    """Words that begin a sentence may be no names, and no name goes on over a sentence's end."""
    assert outcomes("Whom met Anna Lindh?", "crowns") == {
        f"Whom met {name}?" for name in ("Carl Bildt", "Jo Smith", "Oslo", "Bank of Norway", "U.S.")
    }


@pytest.mark.parametrize(
    ("question", "changed"),
    [
        ("What happened in March?", "What happened in May?"),
        ("What cost 12 crowns?", "What cost 4,500 crowns?"),
    ],
)
def test_a_month_or_number_gives_way_to_one_of_the_context(question: str, changed: str) -> None:
    assert changed in outcomes(question, "Oslo")


def test_a_number_gives_way_to_another_where_the_context_has_none() -> None:
    found = outcomes("What cost 12 crowns?", "Oslo", "Nothing stands here.")
    assert len(found) > 5
    assert [changed for changed in found if not re.fullmatch(r"What cost [1-9]\d+ crowns\?", str(changed))] == []
    assert "What cost 12 crowns?" not in found


@pytest.mark.parametrize(
    ("question", "changed"),
    [
        ("Who did sign?", "Who didn't sign?"),
        ("Can it fly?", "Can't it fly?"),
        ("Will it fly?", "Won't it fly?"),
        ("What can fly?", "What can't fly?"),
        ("What will fly?", "What won't fly?"),
        ("Is it so?", "Isn't it so?"),
    ],
)
def test_an_auxiliary_is_negated_as_people_write_it(question: str, changed: str) -> None:
    assert outcomes(question, "Oslo", "") == {changed}


@pytest.mark.parametrize("question", ["Who didn't say it was so?", "Who didn’t say it was so?", "Who did NOT say so?"])
def test_what_is_negated_already_is_not_negated_again(question: str) -> None:
    assert outcomes(question, "Oslo", "") == {None}


def test_an_opposite_is_taken_in_either_direction() -> None:
    assert outcomes("the northern way", "Oslo", "") == {"the southern way"}
    assert outcomes("the southern way", "Oslo", "") == {"the northern way"}
    assert outcomes("the northern way", "the Southern way", "") == {None}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_hurried_question_lacks_its_mark_or_has_one_long_word_misspelt(question: str) -> None:
    typed = {hurried(question, rng_of(seed)) for seed in range(200)}
    assert question.rstrip("?") in typed
    for one in typed - {question.rstrip("?")}:
        differing = [(a, b) for a, b in zip(question.split(), one.split(), strict=True) if a != b]
        assert len(differing) <= 1  # two equal letters exchanged are the same word
        assert all(len(before) >= MIN_MISSPELT and before[0] == after[0] for before, after in differing)
