"""From readings to the few pieces that an answer is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.files import Upload
from index.loaders import from_text
from index.sentences import sentences
from index.types import Chunk, Document, Hit, Reading, Span
from service.attribution import read_speakers
from service.choosing import choose
from service.evidence import RELEVANCE_SHARE, KnownDocument, ReadPassage, gather, speaks, spoken_by
from service.kinds import LACKS_KIND
from service.names import count_words
from service.question import read_question
from service.types import Attribution, Evidence


def passage(text: str, *, document_id: str = "d", rank: int = 1) -> ReadPassage:
    """A whole text as one passage."""
    sections = from_text(text).sections
    document = Document(document_id, Upload("a.txt", b"").name, None, text, "s", None, None, None, sections)
    spans = tuple(span for section in sections for span in sentences(text, section.span))
    chunk = Chunk(rank, document_id, "s", Span(0, len(text)), 1, spans)
    return ReadPassage(Hit(chunk, 1.0, rank), KnownDocument(read_speakers(document), count_words(text)))


def piece(
    text: str,
    words: str,
    score: float,
    *,
    support: float | None = None,
    document_id: str = "d",
    rank: int = 1,
    speaker: str | None = None,
) -> Evidence:
    """A piece of evidence, as well supported as it scores unless told otherwise."""
    start = text.index(words)
    span = Span(start, start + len(words))
    supported = score if support is None else support
    return Evidence(document_id, span, score, supported, None, Attribution(speaker, None), False, None, rank)


def chosen(question: str, pieces: list[Evidence], texts: dict[str, str], *, threshold: float = 0.1) -> list[str]:
    found = choose(read_question(question), pieces, texts, threshold=threshold)
    return [one.span.of(texts[one.document_id]) for one in found]


FACTS = (
    "Wheat is short this year. Nine ports are closed now. A ship sank near Oslo. Rice grew well in May. Snow fell on the pass."
)
PARTS = FACTS.removesuffix(".").split(". ")
SENTENCES = [f"{part}." for part in PARTS]


def test_readings_become_evidence_with_place_and_speaker_best_first() -> None:
    text = "“Wheat is short,” Anna Vance said. It rained all day in Oslo."
    found = gather(
        read_question("Why is wheat short?"),
        [passage(text)],
        [Reading(0, 0, Span(1, 6), 0.9, 0.3), Reading(0, 1, None, 0.4, 0.7)],
    )
    assert [one.span.of(text) for one in found] == ["“Wheat is short,” Anna Vance said.", "It rained all day in Oslo."]
    assert found[0].attribution.speaker == "Anna Vance"
    assert found[0].answer_span == Span(1, 6)
    assert [(one.score, one.support) for one in found] == [
        (pytest.approx(0.9**RELEVANCE_SHARE * 0.3 ** (1 - RELEVANCE_SHARE)), 0.3),
        (pytest.approx(0.4**RELEVANCE_SHARE * 0.7 ** (1 - RELEVANCE_SHARE)), 0.7),
    ]


def test_of_two_sentences_alike_near_the_one_that_surely_answers_comes_first() -> None:
    text = "The fire aboard was put out. It began on the car deck of the ship."
    readings = [Reading(0, 0, None, 0.5, 0.1), Reading(0, 1, None, 0.4, 0.7)]
    found = gather(read_question("Where did the fire on the ship begin?"), [passage(text)], readings)
    assert found[0].span.of(text) == "It began on the car deck of the ship."


def test_what_the_question_insists_on_leaves_out_what_lacks_it() -> None:
    text = "They met in May. Did they meet in June?"
    found = gather(
        read_question("When did they meet?"), [passage(text)], [Reading(0, 1, None, 0.9, 0.9), Reading(0, 0, None, 0.8, 0.8)]
    )
    assert [one.span.of(text) for one in found] == ["They met in May."]


def test_what_holds_nothing_of_the_kind_asked_for_comes_after_what_does() -> None:
    text = "They met on April 2. They met in Oslo."
    found = gather(
        read_question("When did they meet?"), [passage(text)], [Reading(0, 1, None, 0.9, 0.9), Reading(0, 0, None, 0.8, 0.8)]
    )
    assert [(one.span.of(text), one.support) for one in found] == [
        ("They met on April 2.", 0.8),
        ("They met in Oslo.", pytest.approx(0.9 * LACKS_KIND)),
    ]


def test_what_is_far_less_relevant_than_the_nearest_sentence_is_no_evidence_however_well_supported() -> None:
    """The nearest asks, and so answers nothing; what tells something is about another matter."""
    text = "When did they meet? Prices doubled in April."
    question = read_question("When did they meet?")
    far, near = (
        gather(question, [passage(text)], [Reading(0, 0, None, 0.9, 0.1), Reading(0, 1, None, relevance, 0.9)])
        for relevance in (0.02, 0.2)
    )
    assert far == []
    assert [one.span.of(text) for one in near] == ["Prices doubled in April."]


def test_a_pronoun_beside_the_nearest_sentence_goes_on_with_it() -> None:
    text = "When did they meet? It was in April."
    readings = [Reading(0, 0, None, 0.9, 0.1), Reading(0, 1, None, 0.01, 0.9)]
    assert [one.span.of(text) for one in gather(read_question("When did they meet?"), [passage(text)], readings)] == [
        "It was in April."
    ]


def test_no_readings_are_no_evidence() -> None:
    assert gather(read_question("Why?"), [], []) == []


def test_the_one_asked_about_is_found_in_their_own_words_and_in_anothers() -> None:
    text = "ANNA VANCE: Boris Katz warned that wheat is dear.\n\nBORIS KATZ: Wheat is dear, and rice is dearer still.\n"
    readings = [Reading(0, 0, None, 0.5, 0.5), Reading(0, 1, None, 0.5, 0.5)]
    found = gather(read_question("What did Boris Katz say about wheat?"), [passage(text)], readings)
    assert {one.attribution.speaker for one in found} == {"Boris Katz"}


def test_a_speakers_fillers_are_left_out_of_the_quote() -> None:
    text = "ANNA VANCE: Yeah, well, wheat is short this year.\n\nBORIS KATZ: Well, rice is dear.\n"
    found = gather(
        read_question("Why is wheat short?"), [passage(text)], [Reading(0, 0, None, 0.9, 0.9), Reading(0, 1, None, 0.8, 0.8)]
    )
    assert [one.span.of(text) for one in found] == ["wheat is short this year.", "Well, rice is dear."]


def test_relevance_and_support_are_seen_from_who_speaks() -> None:
    """Own words count for the root of what the reader says, another's for half of it."""
    text = "ANNA VANCE: I told Boris Katz that wheat is dear.\n\nBORIS KATZ: Wheat is dear, and rice is dearer still.\n"
    readings = [Reading(0, 0, None, 0.8, 0.8), Reading(0, 1, None, 0.81, 0.81)]
    found = gather(read_question("What did Boris Katz say?"), [passage(text)], readings)
    assert [(one.attribution.speaker, one.score, one.support) for one in found] == [
        ("BORIS KATZ".title(), pytest.approx(0.9), pytest.approx(0.9)),
        ("ANNA VANCE", pytest.approx(0.4), pytest.approx(0.4)),
    ]


def test_only_what_the_named_speakers_said_is_left() -> None:
    vance, katz, unknown = (piece(FACTS, s, 0.5, speaker=who) for s, who in zip(SENTENCES, ("Anna Vance", "Boris Katz", None)))  # noqa: B905 - three of five
    speakers = {"d": passage(FACTS).known.speakers}
    assert spoken_by([vance, katz, unknown], ["VANCE"], speakers) == [vance]
    assert spoken_by([vance, katz, unknown], ["vance", "katz"], speakers) == [vance, katz]
    assert spoken_by([vance, katz, unknown], [], speakers) == [vance, katz, unknown]
    assert spoken_by([vance], ["merkel"], speakers) == []


def test_a_passage_is_of_those_who_speak_in_it() -> None:
    found = passage("ANNA VANCE: Wheat is short.\n\nBORIS KATZ: Indeed.\n")
    assert speaks(found, ["vance"])
    assert not speaks(found, ["merkel"])
    assert speaks(found, [])


def test_nothing_below_the_threshold_is_chosen() -> None:
    pieces = [piece(FACTS, s, score) for s, score in zip(SENTENCES, (0.09, 0.05, 0.01), strict=False)]
    assert chosen("Why is wheat short?", pieces, {"d": FACTS}) == []
    assert chosen("Why is wheat short?", pieces, {"d": FACTS}, threshold=0.09) == SENTENCES[:1]


def test_the_support_of_the_best_piece_decides_whether_there_is_an_answer() -> None:
    other = "Prices of bread doubled."
    texts = {"d": FACTS, "e": other}
    pieces = [piece(FACTS, SENTENCES[0], 0.9, support=0.2), piece(other, other, 0.85, support=0.9, document_id="e", rank=2)]
    assert chosen("Why is wheat short?", pieces, texts, threshold=0.3) == []
    assert chosen("Why is wheat short?", pieces[::-1], texts, threshold=0.3) == [other, SENTENCES[0]]


def test_an_overview_goes_by_score_for_it_has_no_one_answering_span() -> None:
    pieces = [piece(FACTS, SENTENCES[0], 0.9, support=0.01)]
    assert chosen("What was discussed?", pieces, {"d": FACTS}, threshold=0.3) == SENTENCES[:1]
    assert chosen("Why is wheat short?", pieces, {"d": FACTS}, threshold=0.3) == []
    weak = [piece(FACTS, SENTENCES[0], 0.2, support=0.2)]
    assert chosen("What was discussed?", weak, {"d": FACTS}, threshold=0.3) == []


def test_a_fact_takes_one_piece_of_a_document_and_another_of_another() -> None:
    other = "Prices of bread doubled."
    pieces = [
        piece(FACTS, SENTENCES[0], 0.9),
        piece(FACTS, SENTENCES[2], 0.88),
        piece(other, other, 0.85, document_id="e", rank=2),
    ]
    assert chosen("Why is wheat short?", pieces, {"d": FACTS, "e": other}) == [SENTENCES[0], other]


def test_a_second_source_that_is_much_less_direct_is_left_out() -> None:
    other = "Prices of bread doubled."
    pieces = [piece(FACTS, SENTENCES[0], 0.9), piece(other, other, 0.3, document_id="e", rank=2)]
    assert chosen("Why is wheat short?", pieces, {"d": FACTS, "e": other}) == [SENTENCES[0]]


def test_a_list_takes_several_and_no_two_alike() -> None:
    again = "Nine ports are closed now!"
    pieces = [piece(FACTS, s, 0.9 - n / 100) for n, s in enumerate(SENTENCES) if n != 3]
    pieces.insert(2, piece(again, again, 0.85, document_id="e", rank=2))
    found = chosen("List the news.", pieces, {"d": FACTS, "e": again})
    assert len([sentence for sentence in found if "ports" in sentence]) == 1
    assert " ".join(found) != ""
    assert any("Snow" in sentence for sentence in found)


def test_neighbouring_sentences_of_one_speaker_become_one_piece() -> None:
    pieces = [piece(FACTS, SENTENCES[1], 0.9), piece(FACTS, SENTENCES[0], 0.85)]
    assert chosen("List the news.", pieces, {"d": FACTS}) == [f"{SENTENCES[0]} {SENTENCES[1]}"]


@pytest.mark.parametrize("change", [{"attribution": Attribution("Anna Vance", None)}, {"rank": 2}, {"section": "elsewhere"}])
def test_neighbours_of_another_speaker_passage_or_section_stay_apart(change: dict[str, object]) -> None:
    pieces = [piece(FACTS, SENTENCES[0], 0.9), replace(piece(FACTS, SENTENCES[1], 0.85), **change)]  # type: ignore[arg-type]  # Evidence's fields
    assert chosen("List the news.", pieces, {"d": FACTS}) == SENTENCES[:2]


def test_an_overview_of_everything_takes_the_documents_in_turns() -> None:
    other = "Prices of bread doubled. Mills stood still."
    pieces = [piece(FACTS, SENTENCES[0], 0.9), piece(FACTS, SENTENCES[2], 0.8)]
    pieces.append(piece(other, "Prices of bread doubled.", 0.5, document_id="e", rank=2))
    found = chosen("What was discussed?", pieces, {"d": FACTS, "e": other})
    assert found == [SENTENCES[0], "Prices of bread doubled.", SENTENCES[2]]


def test_a_list_goes_on_where_the_next_sentence_does() -> None:
    text = "Vance raised the price of wheat. She stressed the open ports too. The mills stood idle all the year."
    readings = [Reading(0, 0, None, 0.8, 0.8), Reading(0, 1, None, 0.01, 0.01), Reading(0, 2, None, 0.01, 0.01)]
    listed = gather(read_question("Which concerns did Vance raise?"), [passage(text)], readings)
    assert [one.span.of(text) for one in listed] == ["Vance raised the price of wheat.", "She stressed the open ports too."]
    fact = gather(read_question("What did Vance raise?"), [passage(text)], readings)
    assert fact[0].score == 0.8
    assert all(one.score < 0.1 for one in fact[1:])


def test_a_speakers_own_words_go_before_anothers_words_about_them() -> None:
    text = "ANNA VANCE: I asked Boris Katz about this, she said.\n\nBORIS KATZ: Wheat is dear, and rice is dearer still.\n"
    readings = [Reading(0, 0, None, 0.5, 0.5), Reading(0, 1, None, 0.02, 0.02)]
    found = gather(read_question("What did Boris Katz say?"), [passage(text)], readings)
    assert [one.attribution.speaker for one in found] == ["Boris Katz", "ANNA VANCE"]
