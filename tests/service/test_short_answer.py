"""Short answers: verbatim, or yes or no, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Relation, Span
from service.question import read_question
from service.short_answer import CARRIED, CARRIED_UNALIKE, DENIED_ALIKE, LOOKED_BACK, SURE, denies, short_answer
from service.types import Attribution, Evidence


def evidence(text: str, *, answer: str | None = None, speaker: str | None = None) -> Evidence:
    span = None if answer is None else Span(text.index(answer), text.index(answer) + len(answer))
    return Evidence("d", Span(0, len(text)), 0.5, 0.5, span, Attribution(speaker, None), False, None, 1)


UNSURE = Relation(0.4, 0.4, 0.2)


class Related:
    """Says of every pair the one relation; records the pairs."""

    def __init__(self, relation: Relation) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._relation = relation

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[Relation]:
        self.pairs += pairs
        return [self._relation for _ in pairs]


def short(
    question: str, text: str, *, answer: str | None = None, speaker: str | None = None, relation: Relation = UNSURE
) -> str | None:
    return short_answer(read_question(question), evidence(text, answer=answer, speaker=speaker), text, Related(relation))


def test_a_contradiction_is_a_no_sooner_where_one_of_the_two_is_negated() -> None:
    contradicts = Relation(entails=0.1, neutral=0.3, contradicts=0.6)
    assert short("Was anyone injured in the fire?", "Nobody was hurt.", relation=contradicts) == "no"
    assert short("Was anyone injured in the fire?", "Somebody was hurt.", relation=contradicts) is None


def test_a_negation_on_one_side_makes_a_yes_need_more() -> None:
    question, sentence = "Are the chips made in Oslo?", "These are made outside of Oslo."
    assert short(question, sentence, relation=Relation(CARRIED_UNALIKE - 0.01, 0.1, 0.01)) is None
    assert short(question, sentence, relation=Relation(CARRIED_UNALIKE, 0.1, 0.0)) == "yes"
    assert short(question, "These are made in Oslo.", relation=Relation(CARRIED, 0.4, 0.0)) == "yes"


def test_the_answering_words_are_given_verbatim() -> None:
    assert short("When did they meet?", "They met on April 2 in Oslo.", answer="April 2") == "April 2"


def test_without_answering_words_there_is_none() -> None:
    assert short("Why did they meet?", "They met because of wheat.") is None


@pytest.mark.parametrize(
    ("relation", "polarity"),
    [
        (Relation(CARRIED, 1 - CARRIED, 0.0), "yes"),
        (Relation(0.0, 1 - DENIED_ALIKE, DENIED_ALIKE), "no"),
        (Relation(CARRIED - 0.01, 1.01 - CARRIED, 0.0), None),
        (Relation(0.0, 1.01 - DENIED_ALIKE, DENIED_ALIKE - 0.01), None),
        (Relation(0.0, 1.0, 0.0), None),
    ],
)
def test_a_sentence_in_other_words_answers_if_it_surely_carries_or_contradicts(relation: Relation, polarity: str | None) -> None:
    assert short("Did wheat come up?", "They spoke of wheat and the harvest at length.", relation=relation) == polarity


def test_the_words_of_question_and_sentence_alone_settle_nothing() -> None:
    assert short("Was the port closed?", "The port was closed.", relation=UNSURE) is None
    assert short("Was the port closed?", "The port was not closed.", relation=UNSURE) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Wheat may have come up.",
        "Wheat would come up if they met.",
        "Anna Vance denied that wheat came up.",
        "They asked whether wheat came up.",
    ],
)
@pytest.mark.parametrize("relation", [Relation(1.0, 0.0, 0.0), Relation(0.0, 0.0, 1.0), UNSURE])
def test_what_a_sentence_leaves_open_is_neither_yes_nor_no(sentence: str, relation: Relation) -> None:
    assert short("Did wheat come up?", sentence, relation=relation) is None


def test_what_is_planned_is_no_yes_but_what_is_not_to_be_is_a_no() -> None:
    question, carries, denies_it = "Did Vance ask for a second round?", Relation(1.0, 0.0, 0.0), Relation(0.0, 0.0, 1.0)
    assert short(question, "Vance said she would not ask for a second round.", relation=denies_it) == "no"
    assert short(question, "Vance would ask for a second round.", relation=carries) is None


def test_a_claim_settles_what_was_said_and_not_what_is_so() -> None:
    sentence, denied = "The ministry claims not to buy wheat.", Relation(0.0, 0.0, 1.0)
    assert short("Does the ministry say that it buys wheat?", sentence, relation=denied) == "no"
    assert short("Does the ministry buy wheat?", sentence, relation=denied) is None


def test_what_is_asked_as_open_may_be_answered_as_open() -> None:
    assert short("Will they meet again?", "They will meet for another round.", relation=Relation(0.9, 0.1, 0.0)) == "yes"


def test_the_network_is_asked_for_yes_or_no_alone_with_question_and_sentence() -> None:
    related, text = Related(UNSURE), "They met on April 2."
    for question in ("Did wheat come up?", "When did they meet?", "Who said that wheat is short?", "Why did they meet?"):
        short_answer(read_question(question), evidence(text, speaker="John Kirby"), text, related)
    assert related.pairs == [("Did wheat come up?", text)]


def test_a_short_sentence_is_judged_with_the_one_before_it() -> None:
    related, text = Related(UNSURE), f"{'It rained in Oslo all day. ' * LOOKED_BACK}Did wheat come up? It did not."
    place = text.index("It did")
    best = replace(evidence(text), span=Span(place, len(text)))
    short_answer(read_question("Did wheat come up?"), best, text, related)
    assert related.pairs == [("Did wheat come up?", "Did wheat come up? It did not.")]


@pytest.mark.parametrize(("contradicts", "denied"), [(SURE, True), (SURE - 0.01, False), (0.0, False)])
def test_a_sentence_denies_what_it_surely_contradicts(contradicts: float, denied: bool) -> None:
    related = Related(Relation(0.0, 1 - contradicts, contradicts))
    assert denies("They never met.", "Did they meet?", related) is denied
    assert related.pairs == [("Did they meet?", "They never met.")]


def test_who_said_it_is_given_as_the_sentence_writes_the_name() -> None:
    text = "“Wheat is short,” Mr. Kirby said."
    assert short("Who said that wheat is short?", text, speaker="John Kirby") == "Mr. Kirby"


def test_a_speaker_whom_the_sentence_does_not_name_is_no_short_answer() -> None:
    assert short("Who said that wheat is short?", "“Wheat is short.”", speaker="John Kirby") is None


@given(st.text(max_size=80), st.text(min_size=1, max_size=200), st.none() | st.text(min_size=1, max_size=30))
def test_any_short_answer_stands_in_the_sentence_or_is_yes_or_no(question: str, text: str, speaker: str | None) -> None:
    found = short(question, text, answer=text[: len(text) // 2] or None, speaker=speaker)
    assert found is None or found in ("yes", "no") or found in text


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("He raised the price of wheat with her.", "yes"),
        ("The price of wheat was not brought up.", "no"),
        ("He would raise the price of wheat with her.", None),
        ("The price of wheat has doubled.", None),
    ],
)
def test_what_was_told_of_on_a_call_came_up(sentence: str, answer: str | None) -> None:
    assert short("Did the price of wheat come up?", sentence) == answer


def test_to_speak_of_a_thing_is_not_yet_to_press_somebody_on_it() -> None:
    assert short("Did Vance press Katz on the price of wheat?", "He raised the price of wheat with her.") is None


def test_that_nobody_said_so_leaves_open_whether_it_is_so() -> None:
    denied = Relation(0.0, 0.0, 1.0)
    assert short("Was the harvest discussed?", "Neither side said that the harvest was discussed.", relation=denied) is None
    assert short("Did Katz say that the harvest is poor?", "Katz did not say so.", relation=denied) == "no"


def test_what_is_not_known_has_no_few_words() -> None:
    sentence = "It is not clear whether Oslo prefers Vance or Katz."
    assert short("Whom does Oslo prefer?", sentence, answer="Vance or Katz") is None
    assert short("Whom does Oslo prefer?", "Oslo plainly prefers Vance to Katz.", answer="Vance") == "Vance"


def test_who_says_it_is_not_what_was_said() -> None:
    sentence = "The price came up today, Mr. Katz said."
    assert short("What was said of the price?", sentence, answer="Mr. Katz", speaker="Boris Katz") is None
    assert short("Who spoke of the price?", sentence, answer="Mr. Katz", speaker="Boris Katz") == "Mr. Katz"
