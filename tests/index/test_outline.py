from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from index.chunk import Budget, Identity, chunk
from index.loaders.outline import Mark, outline
from index.sentences import sentences
from index.types import Extracted, Section, SectionKind, Span

INTERVIEW = "Opening.\n\nINSKEEP: Why did they speak?\nRUWITCH: About trade. It went on.\nINSKEEP: And then?"


def found(extracted: Extracted) -> list[tuple[str, str | None, str]]:
    return [(section.kind.value, section.label, section.span.of(extracted.text)) for section in extracted.sections]


def test_a_mark_holds_what_stands_up_to_the_next_and_the_rest_are_paragraphs() -> None:
    text = "Before.\n\nOne.\n\nTwo.\n"
    marks = [Mark(9, SectionKind.HEADING, "One."), Mark(15, SectionKind.HEADING, "Two.")]
    assert found(outline(text, marks)) == [
        ("paragraph", None, "Before."),
        ("heading", "One.", "One."),
        ("heading", "Two.", "Two."),
    ]


def test_a_turn_over_two_pages_is_one_turn_with_two_pages_inside() -> None:
    place = INTERVIEW.index("It went on")
    marks = [Mark(0, SectionKind.PAGE, "p. 1"), Mark(place, SectionKind.PAGE, "p. 2")]
    assert found(outline(INTERVIEW, marks)) == [
        ("page", "p. 1", "Opening."),
        ("page", "p. 1", "Why did they speak?"),
        ("turn", "INSKEEP", "Why did they speak?"),
        ("page", "p. 1", "About trade."),
        ("turn", "RUWITCH", "About trade. It went on."),
        ("page", "p. 2", "It went on."),
        ("page", "p. 2", "And then?"),
        ("turn", "INSKEEP", "And then?"),
    ]


def test_a_turn_that_pages_divide_is_cut_once_and_its_passage_begins_at_the_speaker() -> None:
    marks = [Mark(0, SectionKind.PAGE, "p. 1"), Mark(INTERVIEW.index("It went on"), SectionKind.PAGE, "p. 2")]
    budget = Budget(6, _words, 6, _words)
    identity = Identity("d", "f" * 64)
    made = chunk(INTERVIEW, outline(INTERVIEW, marks).sections, identity=identity, split=sentences, budget=budget)
    said = [span.of(INTERVIEW) for one in made for span in one.sentences]
    assert said == ["Opening.", "Why did they speak?", "About trade.", "It went on.", "And then?"]
    assert any(one.span.of(INTERVIEW).startswith("RUWITCH: About trade.") for one in made)


def test_marked_words_that_no_given_turn_touches_are_in_nobodys_voice() -> None:
    text = "MUSIC\nAnn: Yes."
    marks = [Mark(0, SectionKind.TIME, "00:00:01"), Mark(6, SectionKind.TIME, "00:00:09")]
    turns = [Section(Span(11, 15), SectionKind.TURN, "Ann")]
    assert found(outline(text, marks, turns=turns)) == [
        ("time", "00:00:01", "MUSIC"),
        ("time", "00:00:09", "Yes."),
        ("turn", "Ann", "Yes."),
    ]


@given(st.text(alphabet="ab. \n", max_size=80), st.lists(st.integers(0, 80), max_size=5))
def test_marked_parts_stand_apart_in_order_and_hold_every_word(text: str, places: list[int]) -> None:
    marks = [Mark(place, SectionKind.PAGE, f"p. {n}") for n, place in enumerate(sorted(places), 1) if place <= len(text)]
    sections = outline(text, marks).sections
    assert all(a.span.end <= b.span.start for a, b in pairwise(sections))
    held = {place for section in sections for place in range(section.span.start, section.span.end)}
    assert {place for place, character in enumerate(text) if character.isalnum()} <= held


def _words(texts: object) -> list[int]:
    return [len(str(text).split()) for text in texts]  # type: ignore[attr-defined]
