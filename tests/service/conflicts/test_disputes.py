"""Different answers to one question stand side by side; what can both be true does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from service.bootstrap import Models
from service.conflicts import compared
from service.conflicts.disputes import may_differ, sides
from service.question import read_question
from service.types import Said
from tests.service.conflicts.told import said


def values(question: str, *told: Said) -> list[str]:
    return [side.given[0].words for side in sides(read_question(question), told[0], told)]


LATE = "How long was the ferry Alma late?"
BASE = said("herald", "The ferry Alma was late for 26 hours.", "26 hours", support=0.8)


def test_numbers_that_exclude_each_other_are_two_sides() -> None:
    other = said("ledger", "A broken cable kept the ferry Alma late for 62 hours, its owner said.", "62 hours")
    assert values(LATE, BASE, other) == ["26 hours", "62 hours"]


def test_a_copy_with_another_number_is_tied_by_the_sentence_that_it_changed() -> None:
    """Neither the words of the question nor those of the best sentence stand in it; those of the sentence it was made from do."""
    right = said("wire", "A cable caused the ferry Alma to lose power for 26 hours, an officer said.", "26 hours")
    wrong = said("copy", "A cable caused the ferry Alma to lose power for 62 hours, an officer said.", "62 hours", support=0.1)
    assert values(LATE, BASE, right, wrong) == ["26 hours", "62 hours"]


@pytest.mark.parametrize(
    "other",
    [
        said("ledger", "The ferry Alma was about 26 hours late.", "about 26 hours"),
        said("ledger", "The ferry Alma was late for more than a day.", "more than a day"),
        said("ledger", "The ferry Alma is expected to be late for 62 hours.", "62 hours"),
        said("ledger", "The owner has 62 boats.", "62 boats"),
        said("ledger", "Was the ferry Alma late for 62 hours?", "62 hours"),
        said("ledger", "The tug Berta was late for 62 hours.", "62 hours"),
    ],
    ids=["the same, roughly", "a bound", "a preview", "another quantity", "a question", "another ship"],
)
def test_what_can_both_be_true_is_no_conflict(other: Said) -> None:
    assert values(LATE, BASE, other) == []


def test_another_name_or_number_of_the_question_is_another_thing() -> None:
    asked = "How many Ferrians rode line 14?"
    base = said("herald", "About 900 Ferrians rode line 14 that day.", "900", support=0.8)
    assert len(values(asked, base, said("ledger", "About 300 Ferrians rode line 14 that day.", "300"))) == 2
    assert values(asked, base, said("ledger", "About 300 Lamians rode line 14 that day.", "300")) == []
    assert values(asked, base, said("ledger", "About 300 Ferrians rode line 31 that day.", "300")) == []


def test_one_speaker_in_one_document_does_not_disagree_with_himself() -> None:
    again = said("herald", "The ferry Alma was late for 62 hours.", "62 hours")
    assert values(LATE, BASE, again) == []
    another = said("herald", "The ferry Alma was late for 62 hours.", "62 hours", speaker="Rosa Brandt")
    assert values(LATE, BASE, another) == ["26 hours", "62 hours"]


def test_days_are_compared_each_from_its_documents_own_date() -> None:
    question = "When did the ferry Alma leave?"
    friday = said("herald", "The ferry Alma left on Friday.", "Friday", published_at="2025-06-07")
    dated = said("ledger", "The ferry Alma left on June 6.", "June 6")
    yesterday = said("post", "The ferry Alma left yesterday.", "yesterday", published_at="2025-06-06")
    assert values(question, friday, dated) == []
    assert values(question, friday, dated, yesterday) == ["Friday", "yesterday"]


def test_a_denial_stands_against_what_it_denies() -> None:
    question = "Did Brandt offer to resign?"
    told = said("herald", "An officer said that Captain Brandt had offered to resign.", relevance=0.9)
    denied = said("ledger", "The owner denied that Brandt made any such offer.", relevance=0.4)
    assert len(values(question, told, denied)) == 2
    assert values(question, told, said("ledger", "Captain Brandt offered to resign on Monday.", relevance=0.4)) == []


def test_outcomes_that_exclude_each_other_are_two_sides() -> None:
    question = "What happens to the island sailing?"
    cancelled = said("herald", "The island sailing in August is cancelled.", "cancelled")
    postponed = said("radio", "Postponed until spring, I hear.", "Postponed", before="And the island sailing?", speaker="Brandt")
    assert values(question, cancelled, postponed) == ["cancelled", "Postponed"]
    moved = said("ledger", "The river sailing was postponed.", "postponed", before="There is news of the timetable.")
    assert values(question, cancelled, moved) == []


def test_different_names_for_one_thing_are_a_conflict() -> None:
    question = "What did the officer call the meeting?"
    one = said("herald", "The officer described the meeting as a “check-in” and went home.", "check-in")
    other = said("radio", "An officer called it a rehearsal.", "a rehearsal")
    assert values(question, one, other) == ["check-in", "a rehearsal"]


def test_agreement_is_one_sentence_with_a_citation_of_each_origin(models: Models) -> None:
    again = said("ledger", "Alma, an old ferry of the Lena line, came in 26 hours late.", "26 hours")
    copy = said("post", "Alma, an old ferry of the Lena line, came in 26 hours late, it says.", "26 hours")
    found = compared(read_question(LATE), BASE.evidence, [BASE, again, copy], models.compare)
    assert found.sides == ()
    assert [one.document.document_id for one in found.agreeing] == ["ledger"]


@given(
    numbers=st.lists(st.integers(40, 60), min_size=2, max_size=4, unique=True),
    unit=st.sampled_from(["hours", "days", "minutes"]),
    start=st.sampled_from(["", "It is said that ", "\u201cWell,\u201d he said, \u201c"]),
)
def test_every_value_is_verbatim_in_its_sentence(numbers: list[int], unit: str, start: str) -> None:
    told = [said(f"d{n}", f"{start}the ferry Alma was late for {n} {unit}.", f"{n} {unit}") for n in numbers]
    found = sides(read_question(LATE), told[0], told)
    assert [side.given[0].words for side in found] == [f"{n} {unit}" for n in numbers]
    for side in found:
        for given_ in side.given:
            assert given_.said.document.text[given_.span.start : given_.span.end] == given_.words


def test_an_official_of_the_united_states_is_the_official_of_a_report_from_there() -> None:
    question = "What did the U.S. official call it?"
    one = said("radio", "A U.S. official called it a rehearsal.", "a rehearsal")
    other = said("herald", "The official described the call as a \u201ccheck-in\u201d and went home.", "check-in")
    assert values(question, one, other) == ["a rehearsal", "check-in"]
    talk = said("radio", "They said the phone call was positive.", "positive")
    assert values(question, one, talk) == []


SURE = {"support": 0.6, "relevance": 0.4}


def test_what_the_reader_takes_for_an_answer_stands_against_the_best_in_other_words() -> None:
    question = "How long was the ferry Alma out of service?"
    base = said("herald", "The ferry Alma went back after eleven weeks in dock.", "eleven weeks", **SURE)
    other = said("ledger", "The Alma lay at the yard for four months.", "four months", **SURE)
    assert values(question, base, other) == ["eleven weeks", "four months"]
    unsure = said("ledger", "The Alma lay at the yard for four months.", "four months", support=0.1, relevance=0.01)
    assert values(question, base, unsure) == []


def test_numbers_too_far_apart_for_one_thing_are_no_conflict() -> None:
    question = "How long did the crew need to put out the fire?"
    base = said("herald", "The crew put it out within forty minutes.", "forty minutes", **SURE)
    assert values(question, base, said("ledger", "The ship lay in dock for four months.", "four months", **SURE)) == []


def test_a_document_that_has_both_numbers_tells_of_two_things() -> None:
    question = "How large was the net loss?"
    base = said(
        "herald", "The net loss was 18 million euros, after an operating loss of 14 million euros.", "18 million euros", **SURE
    )
    assert values(question, base, said("ledger", "It made a loss of 14 million euros.", "14 million euros", **SURE)) == []


def test_a_time_of_what_was_said_of_a_deed_is_not_that_of_the_deed() -> None:
    question = "When did the bridge collapse?"
    base = said("herald", "The bridge collapsed on Tuesday in heavy rain.", "Tuesday", **SURE)
    talk = said("ledger", "The leaders spoke on Monday about the collapse of the bridge.", "Monday", **SURE)
    assert values(question, base, talk) == []
    assert values(question, base, said("ledger", "It was on Monday that the bridge collapsed.", "Monday", **SURE)) != []


def test_what_is_put_in_words_completes_rather_than_contradicts() -> None:
    question = "What caused the fire on the Alma?"
    base = said("herald", "The fire was caused by an electrical fault in a dryer.", "an electrical fault in a dryer", **SURE)
    other = said(
        "ledger", "The fire on the Alma broke out after somebody threw away a cigarette.", "threw away a cigarette", **SURE
    )
    assert values(question, base, other) == []


def test_several_who_are_asked_for_complete_each_other() -> None:
    base = said("herald", "Rosa Brandt is the captain of the Alma.", "Rosa Brandt", **SURE)
    other = said("ledger", "Ines Roth is the mate of the Alma.", "Ines Roth", **SURE)
    assert values("Who are the captain and the mate of the Alma?", base, other) == []
    captain = said("ledger", "Ines Roth is now the captain of the Alma.", "Ines Roth", **SURE)
    assert values("Who is the captain of the Alma?", base, captain) == ["Rosa Brandt", "Ines Roth"]


def test_what_was_agreed_is_many_things() -> None:
    base = said("herald", "The two agreed to keep talking.", "to keep talking", **SURE)
    other = said("ledger", "They agreed to open the port of Lena.", "to open the port of Lena", **SURE)
    assert values("What was agreed?", base, other) == []
    assert values("What did they agree on?", base, other) == []


def test_the_same_word_for_a_day_is_no_conflict_whatever_it_is_counted_from() -> None:
    question = "When was the agreement on the Alma signed?"
    one = said("herald", "The agreement on the Alma was signed on Thursday.", "Thursday", published_at="2025-06-06", **SURE)
    other = said("ledger", "The agreement on the Alma was signed on Thursday.", "Thursday", published_at="2025-06-13", **SURE)
    assert values(question, one, other) == []


def test_a_name_of_the_question_is_no_answer_to_it() -> None:
    question = "Where will the owners of Alma and Berta meet?"
    base = said("herald", "They will meet in Port Lena.", "Port Lena", **SURE)
    assert values(question, base, said("ledger", "The owners of Alma will meet at Fort Sarn.", "Fort Sarn", **SURE)) != []
    assert values(question, base, said("ledger", "The meeting of the owners is on Berta.", "Berta", **SURE)) == []


def test_unread_sentences_are_worth_reading_where_another_value_of_the_kind_stands() -> None:
    asked = read_question(LATE)
    late, other = said("ledger", "It was 62 hours late.").document, said("ledger", "It has 62 berths.").document
    assert may_differ(asked, BASE, late, [Span(0, len(late.text))])
    assert not may_differ(asked, BASE, other, [Span(0, len(other.text))])
    assert not may_differ(read_question("What was discussed?"), BASE, late, [Span(0, len(late.text))])


def test_a_second_person_counts_who_is_told_of_in_the_words_of_the_question() -> None:
    asked = "Who took the licence of the harbour away?"
    base = said("herald", "It was Rosa Brandt who took the licence of the harbour away.", "Rosa Brandt", support=0.5)
    other = said("ledger", "The licence of the harbour was suspended by Emil Katz.", "Emil Katz", support=0.35)
    assert values(asked, base, other) == ["Rosa Brandt", "Emil Katz"]
    aside = said("ledger", "Emil Katz keeps a boat there.", "Emil Katz", support=0.35)
    assert values(asked, base, aside) == []


def test_a_day_of_a_saying_or_of_another_event_is_no_answer() -> None:
    asked = "When did the owner call about the price of a valve?"
    base = said("herald", "The owner had called on Tuesday to ask the price of a valve.", "Tuesday", support=0.7)
    for told in (
        "The office said on Wednesday that the valve was dear.",
        "At the launch on Wednesday the owner named the valve.",
    ):
        assert values(asked, base, said("ledger", told, "Wednesday", support=0.6)) == []


def test_what_ends_may_go_on_until_a_day() -> None:
    asked = "When does the vote of the crew end?"
    base = said("herald", "The vote of the crew closes on 6 December.", "6 December", support=0.7)
    other = said("ledger", "The vote among the crew goes on until 13 December.", "13 December", support=0.4)
    assert values(asked, base, other) == ["6 December", "13 December"]


def test_a_promise_in_other_words_stands_against_its_denial() -> None:
    asked = "Did Brandt promise that Katz may return?"
    base = said("herald", "Brandt agreed to let Katz return.", support=0.5)
    assert len(values(asked, base, said("ledger", "No promise to Katz was made, Brandt told them.", support=0.5))) == 2
