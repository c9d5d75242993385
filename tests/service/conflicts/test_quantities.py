"""Numbers with what they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.conflicts.quantities import Measure, comparable, compatible, quantities


@pytest.mark.parametrize(
    ("text", "words", "number", "measure"),
    [
        ("The ferry was late for 26 hours.", "26 hours", 1560, Measure.TIME),
        ("It lasted an hour and forty minutes.", "an hour and forty minutes", 100, Measure.TIME),
        ("They spoke for half an hour.", "half an hour", 30, Measure.TIME),
        ("It ran two and a half hours.", "two and a half hours", 150, Measure.TIME),
        ("A 90-minute talk.", "90-minute", 90, Measure.TIME),
        ("The bridge cost 380 million crowns.", "380 million crowns", 380_000_000, Measure.COUNT),
        ("I said four hundred and twelve.", "four hundred and twelve", 412, Measure.COUNT),
        ("Sales fell 4.5 percent.", "4.5 percent", 4.5, Measure.SHARE),
        ("A $4.5 billion loan.", "$4.5 billion", 4_500_000_000, Measure.MONEY),
        ("Twenty-one sailors left.", "Twenty-one sailors left", 21, Measure.COUNT),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, words: str, number: float, measure: Measure) -> None:
    (found,) = quantities(text)
    assert (found.span.of(text), found.number, found.measure) == (words, pytest.approx(number), measure)


@pytest.mark.parametrize("text", ["It happened on 19 June.", "They met at 4:20.", "Back in 2024.", "He asked for a second ship."])
def test_dates_times_and_ordinals_are_no_numbers(text: str) -> None:
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("62 hours", "26 hours", False),
        ("two days", "48 hours", True),
        ("about 60 sailors", "63 sailors", True),
        ("more than 60 sailors", "71 sailors", True),
        ("more than 60 sailors", "52 sailors", False),
        ("380 million crowns", "379.6 million crowns", True),
        ("four hundred crowns", "412 crowns", False),
    ],
)
def test_numbers_are_compatible_if_both_can_be_true(one: str, other: str, both: bool) -> None:
    (first,), (second,) = quantities(one), quantities(other)
    assert comparable(first, second)
    assert compatible(first, second) is both
    assert compatible(second, first) is both


@pytest.mark.parametrize(("one", "other"), [("12 ships", "12 hours"), ("12 ships", "12 sailors"), ("5 percent", "5 ships")])
def test_numbers_of_different_things_are_not_compared(one: str, other: str) -> None:
    assert not comparable(quantities(one)[0], quantities(other)[0])


@given(st.text(alphabet="0123456789.,- andhourfivetwmilo%$", max_size=60))
def test_every_number_stands_where_it_says_in_any_text(text: str) -> None:
    places = [(found.span.start, found.span.end) for found in quantities(text)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
