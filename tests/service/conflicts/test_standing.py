"""What the network that compares answers says of other sources' sentences, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from index.types import Likeness
from service.conflicts import Compared, compared
from service.conflicts.standing import LEAST_SUPPORT, MOST_COMPARED
from service.question import read_question
from service.types import Attribution, Said
from tests.service.conflicts.told import said

AGREES, UNRELATED, DIFFERS = Likeness(0.96, 0.03, 0.01), Likeness(0.01, 0.98, 0.01), Likeness(0.01, 0.02, 0.97)
WHY = "Why was the concert put off?"
BASE = said("herald", "The concert was put off because the hall was flooded.", "the hall was flooded", support=0.8)


class Told:
    """Says what it is told of each sentence, of all others that they do not answer; records what it was asked."""

    def __init__(self, likenesses: Mapping[str, Likeness]) -> None:
        self.asked: list[tuple[str, str, list[str]]] = []
        self._likenesses = likenesses

    def __call__(self, question: str, first: str, others: Sequence[str]) -> list[Likeness]:
        self.asked.append((question, first, list(others)))
        return [next((held for text, held in self._likenesses.items() if text in other), UNRELATED) for other in others]


def found(question: str, likenesses: Mapping[str, Likeness], *told: Said) -> Compared:
    return compared(read_question(question), told[0].evidence, told, Told(likenesses))


def words(result: Compared) -> list[list[str]]:
    return [[given.words for given in side.given] for side in result.sides]


def test_what_excludes_the_answer_in_other_words_is_another_side() -> None:
    other = said("ledger", "A quarrel over pay kept the musicians at home, the union says.", "A quarrel over pay", support=0.6)
    assert words(found(WHY, {"quarrel": DIFFERS}, BASE, other)) == [["the hall was flooded"], ["A quarrel over pay"]]


@pytest.mark.parametrize("likeness", [AGREES, UNRELATED])
def test_what_adds_to_the_answer_or_does_not_answer_is_no_side(likeness: Likeness) -> None:
    other = said("ledger", "The hall was flooded in March too.", "The hall was flooded", support=0.6)
    assert found(WHY, {"March": likeness}, BASE, other).sides == ()


def test_what_says_the_same_in_other_words_is_cited_beside_the_answer() -> None:
    other = said("ledger", "Water in the building, the owner said, left no choice.", "Water in the building", support=0.7)
    assert [one.document.document_id for one in found(WHY, {"Water": AGREES}, BASE, other).agreeing] == ["ledger"]
    assert found(WHY, {}, BASE, other).agreeing == ()


def test_what_agrees_stands_on_the_side_of_the_first_answer() -> None:
    same = said("ledger", "Water in the building, the owner said, left no choice.", "Water in the building", support=0.7)
    other = said("radio", "They were quarrelling over pay.", "quarrelling over pay", support=0.6)
    result = found(WHY, {"Water": AGREES, "pay": DIFFERS}, BASE, same, other)
    assert words(result) == [["the hall was flooded", "Water in the building"], ["quarrelling over pay"]]


def test_yes_and_no_leave_one_other_side() -> None:
    question = "Was the hall flooded?"
    base = said("herald", "The hall was flooded on Monday.", support=0.8)
    others = [
        said("ledger", "No water got in, the owner said.", support=0.6),
        said("radio", "The floor of the hall stayed dry.", support=0.6),
    ]
    result = found(question, {"No water": DIFFERS, "dry": DIFFERS}, base, *others)
    assert [len(side.given) for side in result.sides] == [1, 2]


@pytest.mark.parametrize(("place", "sides"), [("Kolbe Bay Area", 0), ("Kolbe Harbour", 2)])
def test_an_area_in_which_the_first_place_may_lie_is_no_other_side(place: str, sides: int) -> None:
    base = said("herald", "The two met in Woodbury last November.", "Woodbury", support=0.8)
    other = said("radio", f"It was the {place} where they got together.", place, support=0.6)
    assert len(found("Where did the two meet last November?", {place: DIFFERS}, base, other).sides) == sides


def test_who_tells_a_sentence_is_no_answer_to_who_did_something() -> None:
    base = said("herald", "Vance raised the price of wheat.", "Vance", support=0.8)
    told = said("radio", "Mr. Katz added that the two discussed the price of wheat.", "Mr. Katz", support=0.6)
    other = replace(told, evidence=replace(told.evidence, attribution=Attribution("Jan Katz", None)))
    assert len(found("Who raised the price of wheat?", {"Katz": DIFFERS}, base, told).sides) == 2
    assert found("Who raised the price of wheat?", {"Katz": DIFFERS}, base, other).sides == ()


def test_whether_something_came_up_is_told_only_by_what_names_it() -> None:
    question = "Did wheat come up on the call?"
    base = said("herald", "Wheat came up today, the minister said.", support=0.8)
    named, other = (said("radio", f"Neither side said that {one} was brought up.", support=0.6) for one in ("wheat", "it"))
    assert len(found(question, {"Neither": DIFFERS}, base, named).sides) == 2
    assert found(question, {"Neither": DIFFERS}, base, other).sides == ()


def test_a_note_on_what_a_report_has_corrected_is_not_compared() -> None:
    note = said("radio", "(Corrects the reason to a quarrel over pay.)", "a quarrel over pay", support=0.6)
    assert found(WHY, {"Corrects": DIFFERS}, BASE, note).sides == ()


def test_sentences_of_one_source_are_not_compared_with_each_other() -> None:
    again = said("herald", "The musicians quarrelled over pay.", "quarrelled over pay", support=0.6)
    told = Told({"pay": DIFFERS})
    assert compared(read_question(WHY), BASE.evidence, [BASE, again], told) == Compared()
    assert told.asked == []


def test_the_most_supported_are_compared_and_what_has_no_support_is_not() -> None:
    many = [said(f"d{n}", f"They quarrelled over pay {n} times.", support=0.1 + n / 100) for n in range(MOST_COMPARED + 4)]
    idle = said("post", "It rained.", support=LEAST_SUPPORT / 2)
    told = Told({})
    compared(read_question(WHY), BASE.evidence, [BASE, idle, *many], told)
    ((question, first, others),) = told.asked
    assert (question, first) == (WHY, BASE.text)
    assert others == [one.text for one in reversed(many)][:MOST_COMPARED]


def test_what_most_likely_does_not_answer_is_named() -> None:
    """A sentence that the reader alone would take for a second answer."""
    other = said("ledger", "A concert in March was put off, too.", support=0.7)
    assert [one.document.document_id for one in found(WHY, {}, BASE, other).idle] == ["ledger"]
    assert found(WHY, {"March": AGREES}, BASE, other).idle == ()
    assert found("Why, according to each source, was the concert put off?", {}, BASE, other).idle == ()
