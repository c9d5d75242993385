from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import cl100k_counter

COUNT = cl100k_counter()


@pytest.mark.parametrize(
    ("text", "n_tokens"),
    [
        ("", 0),
        ("hello world", 2),  # tiktoken's own README example family: [15339, 1917]
        ("tiktoken is great!", 6),  # OpenAI cookbook, "How to count tokens with tiktoken"
        ("antidisestablishmentarianism", 6),  # the same, cl100k_base
        ("お誕生日おめでとう", 9),  # the same, cl100k_base
        ("2 + 2 = 4", 7),  # the same, cl100k_base
    ],
)
def test_the_counts_are_the_published_ones(text: str, n_tokens: int) -> None:
    assert COUNT([text]) == [n_tokens]


def test_counts_come_in_the_order_given() -> None:
    assert COUNT(["hello world", "", "hello"]) == [2, 0, 1]
    assert COUNT([]) == []


def test_the_name_of_a_special_token_is_plain_text() -> None:
    assert COUNT(["<|endoftext|>"])[0] > 1


@given(st.text(max_size=80))
def test_any_text_has_at_most_as_many_tokens_as_utf8_bytes(text: str) -> None:
    (n_tokens,) = COUNT([text])
    assert (n_tokens == 0) == (text == "")
    assert n_tokens <= len(text.encode())
