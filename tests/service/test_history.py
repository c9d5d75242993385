"""Follow-up questions: a pronoun takes the one name that is left for it, or stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.history import resolve
from service.types import Message, Role


def user(text: str) -> Message:
    return Message(Role.USER, text)


def assistant(text: str) -> Message:
    return Message(Role.ASSISTANT, text)


MERKEL = (user("What did Angela Merkel say about wheat?"), assistant("She called the harvest poor."))


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        ("What did she say about ports?", "What did Angela Merkel say about ports?"),
        ("Did anyone contradict her?", "Did anyone contradict Angela Merkel?"),
        ("What was her reason?", "What was Angela Merkel's reason?"),
        ("And why did she leave?", "And why did Angela Merkel leave?"),
    ],
)
def test_a_pronoun_takes_the_speaker_asked_about_before(question: str, resolved: str) -> None:
    assert resolve(question, MERKEL) == resolved


def test_a_pronoun_takes_the_only_name_of_the_last_answer() -> None:
    history = (user("Whom did the reporter ask?"), assistant("He asked Wang Huiyao."))
    assert resolve("What does he do?", history) == "What does Wang Huiyao do?"


def test_with_two_names_nothing_is_replaced() -> None:
    history = (user("Who met?"), assistant("On Monday Angela Merkel met Emmanuel Macron."))
    assert resolve("What did he say?", history) is None


@pytest.mark.parametrize("question", ["What did Emmanuel say about her?", "What about ports?", "When was the call?", ""])
def test_a_question_that_needs_no_name_stays(question: str) -> None:
    assert resolve(question, MERKEL) is None


def test_without_history_nothing_is_replaced() -> None:
    assert resolve("What did she say?", ()) is None


def test_places_and_days_are_nobody() -> None:
    history = (user("Where was it?"), assistant("It was in Beijing on Monday."))
    assert resolve("What did he say?", history) is None


@given(st.text(max_size=200), st.lists(st.tuples(st.sampled_from(Role), st.text(max_size=200)), max_size=4))
def test_any_conversation_can_be_read(question: str, told: list[tuple[Role, str]]) -> None:
    resolved = resolve(question, [Message(role, content) for role, content in told])
    assert resolved is None or resolved != question
