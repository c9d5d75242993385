"""Date expressions of a document of Wednesday 2025-06-04, and of one without a date."""

from __future__ import annotations

import pytest

from service.dates import DateKind, event_dates, find_dates, resolve_question


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("They met on Tuesday.", "2025-06-03"),
        ("They will meet on Tuesday.", "2025-06-10"),
        ("The talks resume on Monday.", "2025-06-09"),
        ("Talks are set for Friday.", "2025-06-06"),
        ("She said on Monday that she would resign on Friday.", "2025-06-02 2025-06-06"),
        ("He has been there since Sunday.", "2025-06-01"),
        ("The two agreed to meet on Thursday.", "2025-06-05"),
        ("The meeting was postponed until Thursday.", "2025-06-05"),
        ("They met last Friday.", "2025-05-30"),
        ("They meet next Wednesday.", "2025-06-11"),
        ("It ended last Wednesday.", "2025-05-28"),
        ("It opened three weeks ago.", "2025-05-14"),
        ("Two months ago he left.", "2025-04"),
        ("It came a week ago.", "2025-05-28"),
        ("A fortnight ago it came.", "2025-05-21"),
        ("Contracts were signed last year.", "2024-01-01/2024-12-31"),
        ("They will decide next month.", "2025-07"),
        ("A vote is due in two weeks.", "2025-06-18"),
        ("It took place in two weeks.", None),
        ("They met on Monday, and the following day they signed.", "2025-06-02 2025-06-03"),
        ("The following day they signed.", None),
        ("They met on April 2.", "2025-04-02"),
        ("The fair opens on 12 September.", "2025-09-12"),
        ("They met on December 30.", "2024-12-30"),
        ("It will open in January.", "2026-01"),
        ("It closed in October.", "2024-10"),
        ("In April 2024 he left.", "2024-04"),
        ("on April 2, 2024, he left", "2024-04-02"),
        ("They met this week.", "2025-06-02/2025-06-08"),
        ("It fell over the weekend.", "2025-05-31/2025-06-01"),
        ("The vote is this weekend.", "2025-06-07/2025-06-08"),
        ("Next weekend they sail.", "2025-06-07/2025-06-08"),
        ("On Friday the board will meet.", "2025-06-06"),
        ("By Friday they wanted an answer.", "2025-06-06"),
        ("The day before yesterday it rained.", "2025-06-02"),
        ("He leaves the day after tomorrow.", "2025-06-06"),
        ("Just after midnight on Tuesday the ship sank.", "2025-06-03"),
        ("It was agreed overnight.", "2025-06-03/2025-06-04"),
        ("June 10-11 talks are planned.", "2025-06-10/2025-06-11"),
        ("on the ninth of June they will", "2025-06-09"),
        ("Tuesday's call was long.", "2025-06-03"),
        ("The March report said so.", None),
        ("He may resign.", None),
        ("It happened Wednesday morning.", "2025-06-04"),
        ("They met on Monday, June 2, in Oslo.", "2025-06-02"),
        ("They had met earlier this month.", "2025-06"),
        ("He called on Tuesday night. Two days later he flew.", "2025-06-03 2025-06-05"),
        ("He said the deal, to be signed on Friday, was good.", "2025-06-06"),
        ("The minister is to travel to Oslo on Sunday.", "2025-06-08"),
        ("The minister was to have travelled on Sunday.", "2025-06-01"),
        ("Shares rose on Monday of last week.", "2025-05-26"),
        ("We'll report in a week's time.", "2025-06-11"),
        ("They were expected to meet on Thursday.", "2025-06-05"),
        ("The strike begins on Saturday.", "2025-06-07"),
        ("If nothing changes by Sunday, it goes.", "2025-06-08"),
        ("The report is to be published in August.", "2025-08"),
        ("a hearing on June 30", "2025-06-30"),
        ("Last March it broke.", "2025-03"),
        ("Last July it broke.", "2024-07"),
        ("The crew returned home that night.", None),
        ("Earlier today she spoke.", "2025-06-04"),
        ("She spoke late on Sunday, and at dawn the next day it was over.", "2025-06-01 2025-06-02"),
        ("She had four days off.", None),
        ("He spoke five days ago.", "2025-05-30"),
        ("half a year ago", None),
    ],
)
def test_an_expression_means_the_day_that_its_tense_and_basis_tell(text: str, values: str | None) -> None:
    found = [mention.value for mention in find_dates(text, "2025-06-04") if mention.value]
    assert " ".join(found) == (values or "")
    assert {m.value for m in find_dates(text, None) if m.kind is not DateKind.FULL} <= {None}


def test_the_basis_is_the_day_in_the_documents_own_zone() -> None:
    (found,) = find_dates("They met today.", "2025-06-04T00:10:00+02:00")
    assert (found.basis, found.value) == ("2025-06-04", "2025-06-04")


def test_a_question_is_resolved_against_the_askers_day_and_not_without_it() -> None:
    (found,) = resolve_question("What did they say yesterday?", "2024-04-05")
    assert (found.basis, found.value) == ("2024-04-05", "2024-04-04")
    assert resolve_question("What did they say yesterday?", None) == ()


def test_a_full_date_is_an_event_date_without_a_basis() -> None:
    (found,) = event_dates("They met on April 2, 2024, in Oslo.", None)
    assert (found.kind, found.basis, found.value) == (DateKind.FULL, None, "2024-04-02")


@pytest.mark.parametrize("piece", ["a ", "the ", "in ", "Monday", "1 ", "last ", " ", "\n", "May "])
def test_a_long_run_of_one_thing_does_not_hide_the_date_after_it(piece: str) -> None:
    assert find_dates(piece * 4_000 + ". They met yesterday.", "2025-06-04")[-1].value == "2025-06-03"
