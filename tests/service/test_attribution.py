"""Whose words a sentence is, and who relays them: on the seeds as we read them, and on small texts."""

from __future__ import annotations

import pytest

from index.files import Upload
from index.loaders import from_text
from index.sentences import sentences
from index.types import Document, Span
from service.attribution import Speakers, attribute, longest_name, matches_alias, read_speakers
from service.types import Attribution
from tests.service.conftest import BRIEFING, INTERVIEW

OFFICIAL = "senior Biden administration official"
RUWITCH = "John Ruwitch"

# Read by hand: (document, the sentence's beginning, whose words or claim, who relays them).
JUDGED = [
    (BRIEFING, "President Joe Biden on April 2", None, None),
    (BRIEFING, "The call is the first contact", None, None),
    (BRIEFING, "“At Woodside, the two leaders agreed", OFFICIAL, None),
    (BRIEFING, "“This phone call really is just part", OFFICIAL, None),
    (BRIEFING, "The official described the call as a “check-in”", OFFICIAL, None),
    (BRIEFING, "“Don’t anticipate new outcomes", OFFICIAL, None),
    (BRIEFING, "The official added that President Biden", OFFICIAL, None),
    (BRIEFING, "Notably, the official said President Biden", OFFICIAL, None),
    (BRIEFING, "The official said that the Chinese Communist Party", OFFICIAL, None),
    (BRIEFING, "Another key point of conversation is the CCP’s role", OFFICIAL, None),
    (BRIEFING, "U.S. authorities accused APT31", "U.S. authorities", None),
    (BRIEFING, "President Biden also raised concerns about American citizens", "John Kirby", None),
    (BRIEFING, "Mr. Kirby added that the two leaders", "John Kirby", None),
    (BRIEFING, "“TikTok came up today, yes,”", "John Kirby", None),
    (INTERVIEW, "President Biden was campaigning Tuesday", None, None),
    (INTERVIEW, "NPR's John Ruwitch has been following", None, None),
    (INTERVIEW, "What did they talk about?", "INSKEEP", None),
    (INTERVIEW, "They talked about everything from trade", RUWITCH, None),
    (INTERVIEW, "And the White House said Biden had raised", "White House", RUWITCH),
    (INTERVIEW, "Oh, that's a complaint from multiple", "INSKEEP", None),
    (INTERVIEW, "Biden sort of warned Xi", "Biden", RUWITCH),
    (INTERVIEW, "China wants to stabilize", "Wang Huiyao", None),
    (INTERVIEW, "I'm sure President Xi is not very happy", "Wang Huiyao", None),
    (INTERVIEW, "And, you know, Xi told Biden on the call", "Xi Jinping", RUWITCH),
    (INTERVIEW, "Treasury Secretary Janet Yellen arrives", RUWITCH, None),
    (INTERVIEW, "And it's not clear to me that Beijing", RUWITCH, None),
]


def document(text: str, *, outlet: str | None = None) -> Document:
    return Document("d", Upload("a.txt", b"").name, None, text, "s", None, outlet, None, from_text(text).sections)


def places(found: Document) -> list[tuple[Span, list[Span]]]:
    """Each sentence with those of its section before it."""
    split = [sentences(found.text, section.span) for section in found.sections]
    return [(span, spans[:place]) for spans in split for place, span in enumerate(spans)]


def of_sentence(found: Document, beginning: str) -> Attribution:
    speakers = read_speakers(found)
    (place,) = [place for place in places(found) if place[0].of(found.text).startswith(beginning)]
    return attribute(speakers, place[0])


@pytest.mark.parametrize(("name", "beginning", "speaker", "reported_by"), JUDGED)
def test_a_sentence_of_the_seeds_is_whose_we_judge_it_to_be(
    documents: dict[str, Document], name: str, beginning: str, speaker: str | None, reported_by: str | None
) -> None:
    found = of_sentence(documents[name], beginning)
    assert (found.speaker, found.reported_by) == (speaker, reported_by)


def test_no_turn_of_the_interview_is_without_a_speaker(documents: dict[str, Document]) -> None:
    speakers = read_speakers(documents[INTERVIEW])
    for span, _before in places(documents[INTERVIEW]):
        if any(turn.span.covers(span) for turn in speakers.turns):
            assert attribute(speakers, span).speaker


def test_a_quotation_carried_over_from_the_sentence_before_is_marked_as_inferred(documents: dict[str, Document]) -> None:
    assert of_sentence(documents[BRIEFING], "“This phone call really is just part").inferred
    assert not of_sentence(documents[BRIEFING], "“TikTok came up today, yes,”").inferred


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“Wheat is short,” said Anna Vance.", "Anna Vance"),
        ("“Wheat is short,” Mr. Vance said.", "Vance"),
        ("“Wheat is short,” Anna Vance told reporters.", "Anna Vance"),
        ('"Wheat is short," Anna Vance said.', "Anna Vance"),
        ("Wheat is short, Anna Vance said.", "Anna Vance"),
        ("Anna Vance said that wheat is short.", "Anna Vance"),
        ("According to Anna Vance, wheat is short.", "Anna Vance"),
        ("Foreign Minister Anna Vance warned of a shortage.", "Anna Vance"),
        ("The ministry said wheat is short.", "ministry"),
        ("Wheat is short.", None),
        ("She said that wheat is short.", None),
        ("“Wheat is short.”", None),
        ("It is said that wheat is short.", None),
    ],
)
def test_the_form_of_a_sentence_tells_its_speaker(text: str, speaker: str | None) -> None:
    assert of_sentence(document(text), text).speaker == speaker


def test_a_short_name_becomes_the_longest_form_in_the_document() -> None:
    text = "Foreign Minister Carl Maria Vance arrived. “Wheat is short,” Mr. Vance said."
    assert of_sentence(document(text), "“Wheat").speaker == "Carl Maria Vance"


def test_two_people_of_one_document_are_kept_apart() -> None:
    text = "Carl Vance met Boris Katz. “Wheat is short,” Mr. Vance said. “Rice is not,” Mr. Katz said."
    assert of_sentence(document(text), "“Wheat").speaker == "Carl Vance"
    assert of_sentence(document(text), "“Rice").speaker == "Boris Katz"


def test_the_outlet_relays_what_no_person_does() -> None:
    text = "“Wheat is short,” Anna Vance said. It rained."
    found = document(text, outlet="The Paper")
    assert of_sentence(found, "“Wheat") == Attribution("Anna Vance", "The Paper")
    assert of_sentence(found, "It rained") == Attribution(None, "The Paper")


def test_who_speaks_in_a_turn_relays_others_and_nobody_relays_them() -> None:
    found = document(
        "ANNA VANCE: Hello there, all.\n\nBORIS KATZ: Wheat is short. The ministry said rice is too.\n", outlet="Radio"
    )
    assert of_sentence(found, "Wheat") == Attribution("BORIS KATZ", None)
    assert of_sentence(found, "The ministry") == Attribution("ministry", "BORIS KATZ")


def test_a_bare_quotation_is_not_carried_over_a_sentence_that_is_none() -> None:
    text = "“Wheat is short,” Anna Vance said. It rained. “Rice is not.”"
    assert of_sentence(document(text), "“Rice").speaker is None


def test_a_name_without_a_longer_form_stays() -> None:
    assert longest_name(read_speakers(document("It rained.")), "Katz") == "Katz"


@pytest.mark.parametrize("alias", ["Kirby", "kirby", "JOHN KIRBY", "Mr. Kirby", "spokesperson John Kirby", "  Kirby "])
def test_any_form_of_a_name_is_an_alias(alias: str) -> None:
    assert matches_alias(Attribution("John Kirby", None), alias)


@pytest.mark.parametrize("alias", ["Kirb", "John Smith", "Mr.", "the", "", "John Kirby Junior"])
def test_another_name_part_of_a_name_or_a_title_alone_is_no_alias(alias: str) -> None:
    assert not matches_alias(Attribution("John Kirby", None), alias)


def test_an_unknown_speaker_has_no_alias() -> None:
    assert not matches_alias(Attribution(None, "John Kirby"), "John Kirby")


def test_the_turns_of_a_document_are_its_speakers(documents: dict[str, Document]) -> None:
    speakers: Speakers = read_speakers(documents[INTERVIEW])
    assert {turn.label for turn in speakers.turns} == {"JOHN RUWITCH", "RUWITCH", "INSKEEP", "WANG HUIYAO"}
