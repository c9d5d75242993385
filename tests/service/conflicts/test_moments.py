"""Days and times of day, as far as a sentence tells them."""

from __future__ import annotations

import pytest

from index.types import Span
from service.conflicts.moments import Moment, apart, moments


def only(text: str, published_at: str | None = None) -> Moment:
    (found,) = moments(Span(0, len(text)), text, published_at)
    return found


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (("on June 19", None), ("on the ninth of June", None), True),
        (("on June 19", "2025-06-04"), ("on 19 June", None), False),
        (("yesterday", "2024-04-04"), ("on April 2", None), True),
        (("on Tuesday", "2024-04-04"), ("on April 2", None), False),
        (("on Tuesday", None), ("on Wednesday", None), True),
        (("last November", "2024-04-04"), ("on 20 November 2023", None), False),
        (("at 4:20", None), ("at 4:20 in the morning", None), False),
        (("at half past four", None), ("at 5 p.m.", None), True),
        (("at noon", None), ("at midnight", None), True),
        (("on Monday", None), ("at noon", None), None),
        (("on Tuesday", "2024-04-04"), ("in March 2024", None), None),
        (("in March 2028", None), ("in May 2028", None), True),
    ],
)
def test_moments_are_apart_only_if_they_cannot_be_one(
    one: tuple[str, str | None], other: tuple[str, str | None], differ: bool | None
) -> None:
    assert apart(only(*one), only(*other)) is differ
    assert apart(only(*other), only(*one)) is differ


def test_a_decimal_number_is_no_time() -> None:
    assert moments(Span(0, 20), "It rose by 4.20 then", None) == []
