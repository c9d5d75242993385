from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.words import contains, fold_text, tokenise


def test_folding_makes_typographic_and_typed_text_equal() -> None:
    assert fold_text("“It’s”\u00a0–  a\n‘TEST’…") == "\"it's\" - a 'test'..."


def test_folding_keeps_articles_and_punctuation() -> None:
    assert fold_text("The U.S., a friend!") == "the u.s., a friend!"


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("“TikTok came up today, yes,” he said.", '"tiktok came up today', True),
        ("the north", "no", False),
        ("it rose 2.5 percent", "2", False),
        ("it rose 2.5 percent", "5", False),
        ("in 2024", "4", False),
        ("at 11:30", "11:30", True),
        ("on April 2.", "April 2", True),
        ("on April 2. Then 5.", "2", True),
        ("north, and no", "no", True),
        ("他在東京說話", "東京", True),
        ("$2 trillion", "$2", True),
        ("anything", " ", False),
        ("", "x", False),
    ],
)
def test_words_are_held_only_where_they_stand_whole(text: str, words: str, held: bool) -> None:
    assert contains(text, words) is held


@given(st.text(), st.text(alphabet="abc 12.é’", min_size=1), st.text())
def test_words_between_spaces_are_always_held(before: str, words: str, after: str) -> None:
    assert contains(f"{before} {words} {after}", words) == bool(words.strip())


@given(st.text())
def test_folding_twice_changes_nothing_in_ordinary_letters(text: str) -> None:
    kept = "".join(c for c in text if c.isascii() or c in "“”‘’–—…éßİ")
    assert fold_text(fold_text(kept)) == fold_text(kept)


def test_tokens_are_words_numbers_and_single_han_signs() -> None:
    text = "U.S. “yes” 東京 42nd"
    assert [text[start:end] for start, end in tokenise(text)] == ["U", "S", "yes", "東", "京", "42nd"]


@given(st.text())
def test_tokens_ascend_and_never_touch_whitespace(text: str) -> None:
    spans = tokenise(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(start < end and not any(c.isspace() for c in text[start:end]) for start, end in spans)
