"""A report whose own days disagree is named as such."""

from __future__ import annotations

import pytest

from service.dates.at_odds import at_odds
from tests.service.conflicts.told import document

CALLED = "Captain Rosa Brandt took time from the race to call the harbour master yesterday."


def test_two_days_of_one_event_in_one_report_disagree() -> None:
    found = at_odds(
        document("a", f"{CALLED} Captain Brandt took time to call the harbour master Tuesday.", published_at="2024-04-04")
    )
    assert found is not None
    assert [mention.value for mention in found] == ["2024-04-03", "2024-04-02"]


@pytest.mark.parametrize(
    ("other", "published_at"),
    [
        ("Captain Brandt took time to call the harbour master Wednesday.", "2024-04-04"),
        ("The owner paid the fine on Tuesday.", "2024-04-04"),
        ("Captain Brandt took time to call the harbour master Tuesday.", None),
    ],
    ids=["the same day", "another event", "no date to count from"],
)
def test_days_that_may_both_be_true_do_not_disagree(other: str, published_at: str | None) -> None:
    assert at_odds(document("a", f"{CALLED} {other}", published_at=published_at)) is None
