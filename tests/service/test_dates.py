"""Relative dates, resolved against the document's own date and nothing else."""

from __future__ import annotations

import pytest

from index.types import Span
from service.dates import resolve
from service.types import Attribution, Citation


def citation(quote: str, published_at: str | None) -> Citation:
    return Citation(
        "d", "s", "a.txt", None, None, published_at, Attribution(None, None), None, Span(0, len(quote)), quote, "", ""
    )


@pytest.mark.parametrize(
    ("word", "value"),
    [("yesterday", "2024-02-29"), ("today", "2024-03-01"), ("tonight", "2024-03-01"), ("tomorrow", "2024-03-02")],
)
def test_a_relative_day_is_counted_from_the_documents_date(word: str, value: str) -> None:
    (found,) = resolve([citation(f"They met {word} in Oslo.", "2024-03-01")])
    assert (found.text, found.basis, found.value) == (word, "2024-03-01", value)


def test_a_date_with_a_time_of_day_is_that_day() -> None:
    (found,) = resolve([citation("They met yesterday.", "2024-03-01T23:30:00-05:00")])
    assert (found.basis, found.value) == ("2024-03-01", "2024-02-29")


def test_the_words_are_kept_as_they_stand() -> None:
    assert [found.text for found in resolve([citation("Yesterday was long; yesterday's talk too.", "2024-03-01")])] == [
        "Yesterday",
        "yesterday",
    ]


def test_an_undated_document_resolves_nothing() -> None:
    assert resolve([citation("They met yesterday.", None)]) == ()


def test_a_quote_without_a_relative_day_resolves_nothing() -> None:
    assert resolve([citation("They met in Oslo, a todaylike day.", "2024-03-01")]) == ()


def test_each_citation_is_resolved_by_its_own_date() -> None:
    cited = [citation("They met yesterday.", "2024-03-01"), citation("They met yesterday.", "2023-01-01")]
    found = resolve(cited)
    assert [date.value for date in found] == ["2024-02-29", "2022-12-31"]
    assert [date.citation for date in found] == cited


def test_a_word_that_comes_twice_in_a_quote_is_given_once() -> None:
    assert len(resolve([citation("They met today, and today only.", "2024-03-01")])) == 1


def test_a_day_without_a_year_is_resolved_like_a_relative_one() -> None:
    (found,) = resolve([citation("They met on February 2.", "2024-03-01")])
    assert (found.text, found.basis, found.value) == ("February 2", "2024-03-01", "2024-02-02")
