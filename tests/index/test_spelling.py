from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spelling import LONGEST, SHORTEST, Correction, best, replaced, slips, suspects, term_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Yelen", "yellen"),
        ("Rutwich", "ruwitch"),
        ("tecnology", "technology"),
        ("precurser", "precursor"),
        ("adminstration", "administration"),
        ("Blinkin", "blinken"),
    ],
)
def test_a_word_is_at_one_slip_from_what_was_meant(written: str, meant: str) -> None:
    near = slips(written)
    assert near[str(term_of(meant))] == meant


def test_a_word_is_no_slip_of_itself() -> None:
    assert "technolog" not in slips("technology")
    assert "technology" not in slips("technology")


def test_an_ending_is_put_only_behind_a_long_stem() -> None:
    assert "contain" not in slips("continent")
    assert slips("tecnology")["technolog"] == "technology"


def test_the_most_frequent_word_is_meant_and_a_tie_is_left() -> None:
    near = {"ferri": "ferry", "ferr": "ferr"}
    assert best("Ferrx", near, {"ferri": 3, "ferr": 1, "other": 9}) == "Ferry"
    assert best("ferrx", near, {"ferri": 1, "ferr": 1}) is None
    assert best("ferrx", near, {"ferri": 0}) is None


def test_short_words_stop_words_and_numbers_are_not_looked_into() -> None:
    assert suspects("Which of the 12,000 tons did Xi's vessel2 carry through Rotterdam?") == ["Rotterdam", "carry"]


def test_words_are_replaced_where_they_stand() -> None:
    corrections = [Correction("Rutwich", "Ruwitch"), Correction("sad", "said")]
    assert replaced("What Rutwich\u2019s sad, sadly?", corrections) == "What Ruwitch\u2019s said, sadly?"


@given(st.text(max_size=80))
def test_any_question_can_be_looked_into(question: str) -> None:
    for word in suspects(question):
        assert SHORTEST <= len(word) <= LONGEST
        assert all(slip for slip in slips(word))
    assert replaced(question, []) == question
