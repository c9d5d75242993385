"""The days that a question or a filter is about, and the sentences that tell of them."""

from __future__ import annotations

from datetime import date

import pytest

from service.days import ELSEWHEN, SILENT, UNDATED, AskedDay, Days, asked_days, days_of, fit, happens_within


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024-04-03", date(2024, 4, 3), date(2024, 4, 3)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-04-01/2024-04-07", date(2024, 4, 1), date(2024, 4, 7)),
    ],
)
def test_a_value_is_a_stretch_of_days(value: str, first: date, last: date) -> None:
    assert days_of(value) == Days(first, last)


def test_a_questions_days_are_counted_from_the_askers_today_and_from_nothing_else() -> None:
    assert asked_days("Who arrives tomorrow?", "2024-04-04") == (AskedDay("tomorrow", "2024-04-05"),)
    assert asked_days("Who arrives tomorrow?", None) == ()


@pytest.mark.parametrize(
    ("sentence", "published_at", "share"),
    [
        ("She arrives tomorrow.", "2024-04-04", 1.0),
        ("She arrived on April 5, 2024.", None, 1.0),
        ("She arrives later this month.", "2024-04-04", SILENT),
        ("She has arrived.", "2024-04-06", SILENT),
        ("She left last week.", "2024-04-05", ELSEWHEN),
        ("She has arrived.", None, UNDATED),
        ("She has arrived.", "2024-04-20", 0.0),
        ("She arrives tomorrow.", "2024-05-10", 0.0),
        ("She arrived on May 5, 2024.", None, 0.0),
    ],
)
def test_a_sentence_fits_a_day_by_its_own_dates_else_by_its_reports(
    sentence: str, published_at: str | None, share: float
) -> None:
    assert fit(["2024-04-05"], sentence, published_at) == share


def test_any_sentence_fits_where_no_day_is_asked_about() -> None:
    assert fit([], "She left last week.", "2024-04-05") == 1.0


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_too(value: str) -> None:
    assert fit([value], "She came.", "2024-04-05") == 0.0


def test_only_what_lies_wholly_within_the_bounds_happened_within_them() -> None:
    stated = ("She arrives tomorrow.", "2024-04-04")
    assert happens_within(*stated, first="2024-04-05", last="2024-04-05")
    assert happens_within(*stated, first="2024-04-05", last=None)
    assert not happens_within(*stated, first=None, last="2024-04-04")
    assert not happens_within("She arrives this month.", "2024-04-04", first="2024-04-05", last="2024-04-05")
    assert not happens_within("She has arrived.", "2024-04-05", first="2024-04-05", last="2024-04-05")
    assert happens_within("She has arrived.", None, first=None, last=None)
