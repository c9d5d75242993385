from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.normalise import STOP_WORDS, content_terms, fold, terms, visible, words

INVISIBLE = ["\u00ad", "\u200b", "\u200d", "\u200e", "\u202e", "\u2060", "\ufeff", "\U000e0041"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("talks", "talked"),
        ("discuss", "discussed"),
        ("discussing", "discussion's discussed".split()[1]),
        ("began", "begin"),
        ("spoken", "speak"),
        ("met", "meets"),
        ("held", "hold"),
        ("Xi", "Xi’s"),
        ("Biden", "Biden's"),
        ("TikTok", "tiktok"),
        ("café", "CAFÉ"),
        ("café", "cafe"),
        ("ﬁnance", "finance"),
        ("Straße", "strasse"),
        ("N.S.A.", "NSA"),
        ("U.S.", "United States"),
        ("U.S.A.", "USA"),
        ("the United States of America", "the U.S."),
        ("Americans", "American"),
        ("fenta\u00adnyl", "fentanyl"),
        ("Tik\u200bTok", "TikTok"),
        ("МОСКВА", "москва"),
    ],
)
def test_two_ways_to_write_one_word_give_one_key(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("us", "US"), ("Iran", "Iraq"), ("2023", "2024"), ("China", "Chinese"), ("APT31", "APT41")]
)
def test_words_that_differ_in_meaning_keep_different_keys(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_words_are_the_folded_words_in_order() -> None:
    assert words("Mr. Xi’s call — the N.S.A., too: 14-year-long") == [
        "mr",
        "xi",
        "call",
        "the",
        "nsa",
        "too",
        "14",
        "year",
        "long",
    ]


def test_content_terms_leave_out_stop_words_and_keep_order_and_repeats() -> None:
    assert content_terms("What did the two leaders say about trade and the leaders?") == ["two", "leader", "trade", "leader"]
    assert content_terms("What did they say about it?") == []


def test_no_word_of_the_question_form_carries_meaning() -> None:
    assert {"what", "who", "when", "where", "why", "how", "did", "was", "about"} <= STOP_WORDS


@pytest.mark.parametrize("character", INVISIBLE)
def test_a_character_that_shows_nothing_is_left_out_of_the_keys(character: str) -> None:
    assert visible(f"Ky{character}iv") == "Kyiv"
    assert terms(f"Ky{character}iv") == terms("Kyiv")


@given(st.text(max_size=80))
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert [c for c in visible(text) if c not in INVISIBLE] == list(visible(text))


@given(st.text(max_size=80))
def test_any_text_has_terms_without_white_space_one_for_each_word(text: str) -> None:
    found = terms(text)
    assert len(found) == len(words(text))
    assert all(term and not any(c.isspace() for c in term) for term in found)
    assert [term for term in content_terms(text) if term not in found] == []


@given(st.text(max_size=60))
def test_a_text_and_its_canonical_forms_have_the_same_words(text: str) -> None:
    """What one keyboard writes as one code point and another as two is found by either."""
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x4FF), max_size=40))
def test_case_does_not_change_the_folded_form(text: str) -> None:
    assert fold(text.casefold()) == fold(text)


@given(st.text(max_size=60))
def test_no_combining_mark_is_left_after_folding(text: str) -> None:
    assert not any(unicodedata.combining(c) for c in fold(text))
