"""Reading a question: its kind, whose words it wants, what it expects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.expects import Expected
from service.question import Kind, read_question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What was discussed?", Kind.OVERVIEW),
        ("Give me a summary of the talks.", Kind.OVERVIEW),
        ("what did merkel and macron talk about", Kind.OVERVIEW),
        ("Which topics came up?", Kind.OVERVIEW),
        ("What were the main points?", Kind.OVERVIEW),
        ("Did wheat come up?", Kind.YES_NO),
        ("was the port mentioned", Kind.YES_NO),
        ("Will they meet again?", Kind.YES_NO),
        ("List the demands.", Kind.LIST),
        ("What were the demands?", Kind.LIST),
        ("Which two ports were named?", Kind.LIST),
        ("How do the two reports differ?", Kind.LIST),
        ("Who called the meeting a failure?", Kind.FACT),
        ("When did the minister leave?", Kind.FACT),
        ("Why was the vote put off?", Kind.FACT),
    ],
)
def test_the_kind_is_read_from_the_wording(text: str, kind: Kind) -> None:
    assert read_question(text).kind is kind


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("What did Angela Merkel say about wheat?", "Angela Merkel"),
        ("what did the minister tell reporters?", "the minister"),
        ("According to Mr. Vance, what comes next?", "Mr. Vance"),
        ("What did he say about wheat?", None),
        ("What did they say?", None),
        ("What was said about wheat?", None),
        ("Who said that wheat is short?", None),
        ("How long did the call last?", None),
    ],
)
def test_a_speaker_is_one_whom_the_question_names(text: str, speaker: str | None) -> None:
    assert read_question(text).speaker == speaker


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Who said that wheat is short?", True),
        ("who called it a failure", True),
        ("Who confirmed the visit?", True),
        ("What did the minister say?", False),
        ("Who won the race?", False),
    ],
)
def test_who_said_it_is_told_from_what_was_said(text: str, asks: bool) -> None:
    assert read_question(text).asks_who_said is asks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("When did the minister leave?", Expected.DATE),
        ("How many ports were named?", Expected.NUMBER),
        ("Who left early?", Expected.PERSON),
        ("Where did they meet?", Expected.PLACE),
        ("Why did they meet?", Expected.ANY),
    ],
)
def test_the_question_word_tells_what_is_expected(text: str, expected: Expected) -> None:
    assert read_question(text).expected is expected


def test_a_question_on_each_source_is_recognised() -> None:
    assert read_question("How does each report put it?").about_each_source
    assert read_question("Compare the two accounts.").about_each_source
    assert not read_question("How does the report put it?").about_each_source


def test_an_overview_with_a_topic_is_told_from_one_of_everything() -> None:
    assert read_question("Give me a summary of the dispute over wheat.").has_topic
    assert not read_question("Give me a summary of the call, please.").has_topic


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_keeps_its_words(text: str) -> None:
    assert read_question(text).text.split() == text.split()
