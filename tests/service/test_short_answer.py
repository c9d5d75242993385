"""Short answers: verbatim, or yes or no, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from service.question import read_question
from service.short_answer import short_answer
from service.types import Attribution, Evidence


def evidence(text: str, *, answer: str | None = None, speaker: str | None = None) -> Evidence:
    span = None if answer is None else Span(text.index(answer), text.index(answer) + len(answer))
    return Evidence("d", Span(0, len(text)), 0.5, 0.5, span, Attribution(speaker, None), False, None, 1)


def short(question: str, text: str, *, answer: str | None = None, speaker: str | None = None) -> str | None:
    return short_answer(read_question(question), evidence(text, answer=answer, speaker=speaker), text)


def test_the_answering_words_are_given_verbatim() -> None:
    assert short("When did they meet?", "They met on April 2 in Oslo.", answer="April 2") == "April 2"


def test_without_answering_words_there_is_none() -> None:
    assert short("Why did they meet?", "They met because of wheat.") is None


@pytest.mark.parametrize(
    ("question", "sentence", "polarity"),
    [
        ("Did wheat come up?", "Wheat came up.", "yes"),
        ("Did wheat come up?", "Wheat never came up.", "no"),
        ("Did wheat come up?", "The harvest was poor.", None),
        ("Was the port closed?", "The port was not closed.", "no"),
        ("Was the port not closed?", "The port was not closed.", "yes"),
    ],
)
def test_yes_and_no_follow_the_sentence_that_says_the_same(question: str, sentence: str, polarity: str | None) -> None:
    assert short(question, sentence) == polarity


def test_who_said_it_is_given_as_the_sentence_writes_the_name() -> None:
    text = "“Wheat is short,” Mr. Kirby said."
    assert short("Who said that wheat is short?", text, speaker="John Kirby") == "Mr. Kirby"


def test_a_speaker_whom_the_sentence_does_not_name_is_no_short_answer() -> None:
    assert short("Who said that wheat is short?", "“Wheat is short.”", speaker="John Kirby") is None


@given(st.text(max_size=80), st.text(min_size=1, max_size=200), st.none() | st.text(min_size=1, max_size=30))
def test_any_short_answer_stands_in_the_sentence_or_is_yes_or_no(question: str, text: str, speaker: str | None) -> None:
    found = short(question, text, answer=text[: len(text) // 2] or None, speaker=speaker)
    assert found is None or found in ("yes", "no") or found in text
