"""What a question insists on: kind of words, names, times, speaker."""

from __future__ import annotations

import pytest

from service.kinds import LACKS_KIND
from service.names import count_words, names
from service.question import read_question
from service.requirements import BESIDE, ELSEWHERE, Surroundings, meets, nearness


def met(question: str, sentence: str, **around: object) -> bool:
    document = str(around.pop("document", sentence))
    given = {"neighbours": sentence, "passage": sentence, "published_at": None, "by_speaker": False, "in_prose": False, **around}
    return meets(read_question(question), Surroundings(sentence=sentence, document=count_words(document), **given))  # type: ignore[arg-type]  # spelled in the tests below


def weighed(question: str, sentence: str, document: str) -> float:
    return nearness(read_question(question), Surroundings(sentence, sentence, sentence, count_words(document), None, False, True))


@pytest.mark.parametrize(
    ("question", "sentence", "left"),
    [
        ("When did they meet?", "They met on April 2.", 1.0),
        ("When did they meet?", "They met in Oslo.", LACKS_KIND),
        ("How many ports were named?", "Nine ports were named.", 1.0),
        ("How many ports were named?", "Some ports were named.", LACKS_KIND),
        ("How many ports were named?", "Nine ministers were named.", LACKS_KIND),
        ("Why did they meet?", "They met in Oslo.", 1.0),
        ("How long was the call?", "The call lasted 40 minutes.", 1.0),
    ],
)
def test_a_judgement_is_weaker_where_nothing_of_the_kind_asked_for_stands(question: str, sentence: str, left: float) -> None:
    assert weighed(question, sentence, sentence) == left
    assert met(question, sentence)


def test_a_talk_lasts_minutes_or_hours() -> None:
    assert met("How long was the call?", "They spoke for 40 minutes.")
    assert not met("How long was the call?", "A nearly 14-year-long operation was told of.")


@pytest.mark.parametrize(
    ("question", "sentence", "meets_it"),
    [
        ("What happened in Oslo?", "In Oslo they met.", True),
        ("What happened in Lisbon?", "In Oslo they met.", False),
        ("What happened in Oslo and Lisbon?", "In Oslo they met.", False),
        ("What did Rubayat do?", "Rubaiyat left.", True),
        ("What about Chinese ports?", "China named nine ports.", True),
    ],
)
def test_the_names_of_the_question_stand_in_the_passage(question: str, sentence: str, meets_it: bool) -> None:
    assert met(question, sentence) is meets_it


def test_a_name_may_stand_elsewhere_in_the_passage() -> None:
    assert met("What happened in Oslo?", "The ministers met there.", passage="It was Oslo. The ministers met there.")


def test_a_name_that_the_whole_document_is_about_need_not_stand_in_the_passage() -> None:
    assert met(
        "What happened in Oslo?",
        "The ministers met there.",
        document="Oslo is cold. Oslo is big. Oslo is old. The ministers met there.",
    )


@pytest.mark.parametrize(
    ("document", "left"),
    [
        ("The ministers met there.", 0.0),
        ("Oslo is cold. The ministers met there.", ELSEWHERE),
        ("Oslo is cold. Oslo is big. Oslo is old. The ministers met there.", 1.0),
    ],
)
def test_a_judgement_is_weaker_where_a_name_stands_far_from_the_sentence(document: str, left: float) -> None:
    assert weighed("What happened in Oslo?", "The ministers met there.", document) == left
    assert met("What happened in Oslo?", "The ministers met there.", document=document) == (left > 0)


def test_the_people_that_the_answer_must_be_of_stand_beside_it() -> None:
    document = "Russia spoke. Russia left. Russia came back. Then a Chinese group was accused."
    asked = "Which Russian group was accused?"
    assert not met(asked, "Then a Chinese group was accused.", document=document)
    assert met(asked, "Then a group was accused.", neighbours="Russia came back. Then a group was accused.", document=document)


@pytest.mark.parametrize(
    ("question", "published_at", "meets_it"),
    [
        ("Who met in May?", None, True),
        ("Who met in June?", None, False),
        ("Who met in May 2024?", "2024-05-03", True),
        ("Who met in May 2023?", "2024-05-03", False),
    ],
)
def test_months_and_years_of_the_question_must_fit(question: str, published_at: str | None, meets_it: bool) -> None:
    assert met(question, "The ministers met in May.", published_at=published_at) is meets_it


@pytest.mark.parametrize(
    ("beside", "meets_it"), [("They had not spoken since July 2022.", False), ("They spoke in July 2022.", True)]
)
def test_a_time_since_when_tells_nothing_of_that_time(beside: str, meets_it: bool) -> None:
    sentence = "They agreed to keep in touch."
    assert met("What did they discuss in July 2022?", sentence, neighbours=f"{beside} {sentence}") is meets_it


def test_the_one_asked_about_speaks_or_is_named_beside_words_of_saying() -> None:
    question = "What did Anna Vance say about wheat?"
    assert met(question, "Wheat is short.", by_speaker=True)
    assert met(question, "Anna Vance said that wheat is short.")
    assert not met(question, "Wheat is short.")
    assert not met(question, "Anna Vance grows wheat.")


def test_names_are_capitalised_words_after_the_first() -> None:
    assert names("Did Anna Vance go to Oslo in May?") == ["anna", "vance", "oslo"]
    assert names("what about oslo") == []
    assert names("") == []


@pytest.mark.parametrize(
    ("sentence", "meets_it"),
    [("An official called it a recording.", True), ("The official called it a check-in.", False)],
)
def test_words_that_the_question_quotes_stand_in_the_sentence(sentence: str, meets_it: bool) -> None:
    assert met('Who used the word "recording" for it?', sentence) is meets_it


@pytest.mark.parametrize(
    ("sentence", "meets_it"),
    [("The ministers will meet on Tuesday.", True), ("The ministers met on Tuesday.", False)],
)
def test_what_is_asked_of_the_next_time_is_told_of_a_time_to_come(sentence: str, meets_it: bool) -> None:
    assert met("When is the next meeting of the ministers?", sentence) is meets_it


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Two American citizens are held.", 1.0),
        ("The two leaders discussed American citizens' fate.", 1.0),
        ("Two American apps are banned.", LACKS_KIND),
    ],
)
def test_what_a_question_counts_stands_in_the_sentence(sentence: str, left: float) -> None:
    assert weighed("How many American citizens are held?", sentence, sentence) == left


def test_a_day_since_which_something_holds_is_no_day_of_it() -> None:
    sentence = "It was their first call since July 2022."
    assert weighed("When was the call?", sentence, sentence) == LACKS_KIND
    assert weighed("Since when had they not spoken?", sentence, sentence) == 1
    on_a_day = "Their first call since July was on 3 May."
    assert weighed("When was the call?", on_a_day, on_a_day) == 1


def test_a_day_of_what_else_was_then_is_no_day_of_what_is_asked() -> None:
    sentence = "When Vance and Katz met in November, they agreed on more talks."
    assert weighed("When did Vance and Katz speak?", sentence, sentence) == LACKS_KIND
    assert weighed("When did Vance and Katz meet?", sentence, sentence) == 1


@pytest.mark.parametrize(
    ("sentence", "left"), [("Vance praised Katz.", 1.0), ("Lamm praised the mill.", BESIDE), ("She praised the mill.", 1.0)]
)
def test_a_rare_name_counts_most_in_the_sentence_itself_or_behind_its_pronoun(sentence: str, left: float) -> None:
    passage = f"Vance praised Katz. {sentence}"
    around = Surroundings(sentence, passage, passage, count_words(passage), None, by_speaker=False, in_prose=True)
    assert nearness(read_question("Who praised Katz?"), around) == left
