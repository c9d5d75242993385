from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader.expects import Expected, candidates, counted, expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did Biden call Xi?", Expected.DATE),
        ("On which day was the call?", Expected.DATE),
        ("What year did they meet?", Expected.DATE),
        ("How often do they meet?", Expected.DATE),
        ("How long did the hacking go on?", Expected.NUMBER),
        ("How many people were affected?", Expected.NUMBER),
        ("What percent was it?", Expected.NUMBER),
        ("Who told reporters so?", Expected.PERSON),
        ("Whose words were these?", Expected.PERSON),
        ("Where did they meet?", Expected.PLACE),
        ("In which city did they meet?", Expected.PLACE),
        ("When and where did they meet?", Expected.DATE),
        ("Where and when did they meet?", Expected.PLACE),
        ("What was discussed?", Expected.ANY),
        ("Did TikTok come up?", Expected.ANY),
        ("", Expected.ANY),
    ],
)
def test_a_question_expects_what_its_question_word_asks_for(question: str, kind: Expected) -> None:
    assert expected(question) is kind


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("When was the call?", "President Joe Biden on April 2 held a phone call.", ["April 2"]),
        ("When did they last speak?", "It is their first phone call since July 2022.", ["July 2022"]),
        ("When does Yellen arrive?", "Treasury Secretary Janet Yellen arrives in China tomorrow.", ["tomorrow"]),
        ("When was it?", "It was on 2024-04-04.", ["2024-04-04"]),
        ("When was the call in April?", "It was in April.", []),
        ("On which day was it?", "It was last July, on a Tuesday.", ["Tuesday"]),
        ("In which year was it?", "It was on Tuesday, in July 2022.", ["July 2022"]),
        ("How long was the operation?", "They waged a nearly 14-year-long operation against 30 firms.", ["nearly 14-year-long"]),
        ("How long did the call last?", "It is their first call since 2022.", []),
        ("How long has she been there?", "She has been there since 2022.", ["2022"]),
        ("How much is it?", "It costs $3.5 billion.", ["$3.5 billion"]),
        ("Who spoke to reporters?", "The next day John Kirby told them.", ["John Kirby"]),
        ("Who said so?", "It was the official.", ["official"]),
        ("Where is he?", "He is in Beijing.", ["Beijing"]),
        ("What was discussed?", "TikTok came up on April 2.", []),
    ],
)  # fmt: skip
def test_the_words_of_the_expected_kind_are_found(question: str, sentence: str, found: list[str]) -> None:
    kind = expected(question)
    assert [span.of(sentence) for span in candidates(kind, sentence, question=question)] == found


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("How many people were hurt?", "people"),
        ("How many of the email accounts did they open?", "email accounts"),
        ("How many turns?", "turns"),
        ("Who was hurt?", None),
    ],
)
def test_a_how_many_question_names_what_it_counts(question: str, what: str | None) -> None:
    assert counted(question) == what


@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(Expected))
def test_candidates_of_any_sentence_lie_inside_it_in_order(sentence: str, question: str, kind: Expected) -> None:
    found = candidates(kind, sentence, question=question)
    assert found == sorted(found)
    assert all(0 <= span.start < span.end <= len(sentence) for span in found)


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("How much did it cost?", "It cost 80 dollars and took nine hours.", ["80"]),
        ("How much did it cost?", "It cost 380 million crowns over three years.", ["380 million"]),
        ("How much was the contract?", "She was silent for 26 hours, and 5 percent was paid.", ["5 percent"]),
        ("How much time passed?", "Nine hours passed.", ["Nine hours"]),
    ],
)
def test_an_amount_is_no_stretch_of_time_unless_time_is_asked(question: str, sentence: str, found: list[str]) -> None:
    assert [span.of(sentence) for span in candidates(expected(question), sentence, question=question)] == found
