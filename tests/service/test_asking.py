"""The question's side end to end, behind cheap models: follow-ups, days, sides and spelling change what is answered."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service.conftest import Serve

STORY = (
    "Chinese leader Li Wen told reporters that the valve is stuck. "
    "Ms. Carla Dorn, the union's secretary, said that the valve is cheap.\n"
    "Mr. Boris Katz said that technology is dear. Li Wen arrives tomorrow. Ms. Anna Vance said that she resigned.\n"
    "Carla Dorn leaves on May 3.\n"
)


@pytest.fixture
def client(serve: Serve) -> TestClient:
    made = serve(threshold=0.05)
    body = {"text": STORY, "published_at": "2025-04-04", "uri": "https://example.org/story"}
    assert made.post("/v1/documents", json=body).status_code == 201
    return made


def ask(client: TestClient, question: str, **asked: Any) -> dict[str, Any]:
    reply = client.post("/v1/ask", json={"question": question, **asked})
    assert reply.status_code == 200
    return dict(reply.json())


def quotes(answer: dict[str, Any]) -> list[str]:
    return [citation["quote"] for citation in answer["citations"]]


def test_a_follow_up_is_answered_as_the_question_it_stands_for(client: TestClient) -> None:
    history = [
        {"role": "user", "content": "What did Carla Dorn say about the ferry?"},
        {"role": "assistant", "content": "Nothing. [1]"},
    ]
    answer = ask(client, "And what did she say about the valve?", history=history)
    assert answer["question"] == "And what did she say about the valve?"
    assert answer["resolved_question"] == "What did Carla Dorn say about the valve?"
    assert quotes(answer)[0].startswith("Ms. Carla Dorn, the union's secretary, said")


def test_two_who_fit_equally_are_named_in_a_refusal(client: TestClient) -> None:
    history = [{"role": "user", "content": "What did Carla Dorn and Anna Vance say?"}]
    answer = ask(client, "Did she resign?", history=history)
    assert answer["status"] == "refused"
    assert answer["refusal"]["reason"] == "ambiguous"
    assert answer["text"] == "Whom do you mean by \u201cshe\u201d: Carla Dorn or Anna Vance?"
    assert answer["resolved_question"] is None
    assert answer["passages"] != []


def test_only_what_was_on_the_day_asked_about_is_answered(client: TestClient) -> None:
    same_day, later = (ask(client, "Who arrives tomorrow?", as_of=day) for day in ("2025-04-04", "2025-06-04"))
    assert quotes(same_day) == ["Li Wen arrives tomorrow."]
    assert same_day["warnings"] == ["\u201ctomorrow\u201d in the question was read as 2025-04-05"]
    assert later["status"] == "refused"


@pytest.mark.parametrize(("bounds", "held"), [(("2025-04-05", "2025-04-05"), True), (("2025-04-06", "2025-05-02"), False)])
def test_an_event_filter_leaves_what_states_a_day_within_it(client: TestClient, bounds: tuple[str, str], held: bool) -> None:
    answer = ask(client, "Who arrives?", filters={"event_from": bounds[0], "event_to": bounds[1]})
    assert quotes(answer) == (["Li Wen arrives tomorrow."] if held else [])
    assert held or answer["refusal"]["reason"] == "filtered_out"


@pytest.mark.parametrize(
    ("alias", "speaker"),
    [("the Chinese side", "Li Wen"), ("Beijing", "Li Wen"), ("the union", "Carla Dorn"), ("KATZ", "Boris Katz")],
)
def test_a_filter_by_side_or_role_leaves_its_words_alone(client: TestClient, alias: str, speaker: str) -> None:
    answer = ask(client, "What is said about the valve and technology?", filters={"speakers": [alias]})
    assert {citation["speaker"] for citation in answer["citations"]} == {speaker}


def test_a_question_for_a_sides_words_gets_no_others(client: TestClient) -> None:
    assert {citation["speaker"] for citation in ask(client, "What did Beijing say about the valve?")["citations"]} == {"Li Wen"}
    assert ask(client, "What did Moscow say about the valve?")["status"] == "refused"


def test_a_misspelt_word_finds_its_sentence_and_is_named(client: TestClient) -> None:
    answer = ask(client, "What about tecnology?")
    assert "\u201ctecnology\u201d was read as \u201ctechnology\u201d" in answer["warnings"]
    assert quotes(answer) == ["Mr. Boris Katz said that technology is dear."]


def test_who_said_a_phrase_is_answered_with_the_sentence_that_holds_it(client: TestClient) -> None:
    answer = ask(client, "Who said \u201cthat the valve is cheap\u201d?")
    assert answer["citations"][0]["speaker"] == "Carla Dorn"
    assert answer["confidence"] >= 0.9
