"""Reading a question: its kind, whose words it wants, what it expects."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.expects import Expected
from service.question import MAX_PARTS, Kind, parts, premise, read_question


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
        ("Which promises has the company broken?", Kind.LIST),
        ("What were Merkel's answers on the call?", Kind.LIST),
        ("What new tariffs are planned?", Kind.LIST),
        ("Which minister arrives in Oslo?", Kind.FACT),
        ("What worries the ministers?", Kind.FACT),
        ("What was on her wish list?", Kind.FACT),
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
    assert not read_question("what did vance and katz talk about on the phone").has_topic


def test_the_phone_is_no_topic_and_what_a_dispute_is_over_is_one() -> None:
    assert read_question("what did they talk about on the phone").topic is None
    assert read_question("Give me a summary of the dispute over wheat.").topic == "wheat."
    assert read_question("What did Vance say about wheat?").topic == "wheat"


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_keeps_its_words(text: str) -> None:
    assert read_question(text).text.split() == text.split()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("When and where did they meet?", ("When did they meet?", "Where did they meet?")),
        ("how and why was wheat short?", ("how was wheat short?", "Why was wheat short?")),
        ("What did the zoo open, and when did it close?", ("What did the zoo open?", "When did it close?")),
        ("Who signed the treaty and where was it signed?", ("Who signed the treaty?", "Where was it signed?")),
        ("Did the zoo close, and why did it close?", ("Did the zoo close?", "Why did it close?")),
        ("Who signed the treaty? When was it signed?", ("Who signed the treaty?", "When was it signed?")),
        ("Who signed the treaty? Also, who refused?", ("Who signed the treaty?", "Who refused?")),
        ("Who signed?  And\nhow many ports\twere closed?", ("Who signed?", "How many ports were closed?")),
    ],
)
def test_a_question_of_several_parts_is_asked_one_by_one_in_full(text: str, asked: tuple[str, ...]) -> None:
    assert parts(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "When did they meet?",
        "What did Anna Vance and Boris Katz say?",
        "Did wheat and rice come up?",
        "Who called, and when?",
        "Who called? And when?",
        "Why did they meet, and where exactly?",
        "What did he say about when and where they will meet?",
        "Who explained how and why the deal was made?",
        "Which leaders and which ministers were there?",
        "How many ports and how many ships were named?",
    ],
)
def test_what_cannot_stand_alone_is_not_cut_off(text: str) -> None:
    assert parts(text) == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "What was discussed, and who was there?",
        "What were the main points? Who was there?",
        "How do the two reports differ, and what do they agree on?",
        "What does each document say, and which one is right?",
    ],
)
def test_overviews_and_comparisons_stay_whole(text: str) -> None:
    assert parts(text) == (text,)


def test_a_question_has_three_parts_at_most_and_the_last_keeps_the_rest() -> None:
    text = "Who is Anna? Who is Boris? Who is Clara? Who is Doris?"
    assert parts(text) == ("Who is Anna?", "Who is Boris?", "Who is Clara? Who is Doris?")


@pytest.mark.parametrize(
    ("text", "presumed"),
    [
        ("Why did they meet?", "Did they meet?"),
        ("why wasn’t the treaty signed?", "Wasn’t the treaty signed?"),
        ("And why is  wheat short?", "Is wheat short?"),
        ("What made the vote fail?", "Did the vote fail?"),
        ("When did they meet?", None),
        ("Did they meet?", None),
        ("Why?", None),
        ("", None),
    ],
)
def test_what_a_question_takes_for_granted_is_a_question_of_yes_or_no(text: str, presumed: str | None) -> None:
    assert premise(text) == presumed


ASKED_WORDS = "who when why which what and , ? — did was the zoo wheat open close also both how many".split()


@given(st.text(max_size=300) | st.lists(st.sampled_from(ASKED_WORDS), max_size=30).map(" ".join))
def test_any_text_has_parts_and_none_is_empty_unless_it_is(text: str) -> None:
    found = parts(text)
    assert 1 <= len(found) <= MAX_PARTS
    assert all(part.strip() for part in found) == bool(text.strip())


@given(st.lists(st.sampled_from(ASKED_WORDS), max_size=30).map(" ".join))
def test_a_part_holds_words_of_the_question_only(text: str) -> None:
    assert {word for part in parts(text) for word in re.findall(r"\w+", part.casefold())} <= set(text.casefold().split())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Did the price of wheat come up?", "the price of wheat"),
        ("Was wheat ever mentioned?", "wheat"),
        ("Did they discuss wheat?", "wheat"),
        ("Did they agree on wheat?", None),
    ],
)
def test_what_is_asked_to_have_come_up_is_the_topic(text: str, topic: str | None) -> None:
    asked = read_question(text)
    assert asked.brought_up is (topic is not None)
    assert asked.topic == topic


def test_who_brought_something_up_is_asked_of_what_was_brought_up() -> None:
    asked = read_question("Who raised TikTok?")
    assert (asked.by_whom, asked.brought_up, asked.topic) == (True, False, "TikTok")
    assert not read_question("Who raised the flag bearer's pay with TikTok's owner?").brought_up
    assert not read_question("Who met?").by_whom
