from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import loaders
from index.loaders.transcript import sections
from index.types import SectionKind, Span

LINES = st.lists(
    st.sampled_from(
        [
            "INSKEEP: What did they say?",
            "JOHN RUWITCH, BYLINE: Hello.",
            "RUWITCH:",
            "Background: none.",
            "Kirby: Yes.",
            "Psaki: No.",
            "[00:01:02] SEN. CRUZ (R-TX): Well.",
            "plain words",
            "",
            " - a list",
            "Ωμέγα: ναι",
        ]
    ),
    max_size=12,
).map("\n".join)


def turns(text: str) -> list[tuple[str | None, str]]:
    return [(section.label, section.span.of(text)) for section in sections(text)[1]]


def test_the_interview_has_these_speakers_in_this_order(seed_folder: Path) -> None:
    path = next(seed_folder.glob("004*.txt"))
    extracted = loaders.load(path.name, path.read_bytes())
    spoken = [section for section in extracted.sections if section.kind is SectionKind.TURN]
    alternating = ["INSKEEP", "RUWITCH"] * 4
    assert [section.label for section in spoken] == [
        "JOHN RUWITCH", *alternating, "WANG HUIYAO", "RUWITCH", "INSKEEP", "RUWITCH", "INSKEEP", "RUWITCH",
    ]  # fmt: skip
    assert extracted.metadata.published_at == "2024-04-04"


def test_the_turns_of_the_interview_hold_exactly_these_words(seed_folder: Path) -> None:
    path = next(seed_folder.glob("004*.txt"))
    extracted = loaders.load(path.name, path.read_bytes())
    said = [section.span.of(extracted.text) for section in extracted.sections if section.kind is SectionKind.TURN]
    assert said[0] == "Hello."
    assert said[1] == "What did they talk about?"
    assert said[5] == "That's right."
    assert said[9] == (
        "China wants to stabilize and it wants the United States to keep its promises. "
        "I'm sure President Xi is not very happy with what's happening."
    )
    assert said[6].endswith("This has been a sore point for Beijing. .")
    assert said[-1].endswith("not to get involved in the politics of other countries.")


def test_the_opening_of_the_interview_has_no_speaker_and_does_not_hold_its_date_head(seed_folder: Path) -> None:
    path = next(seed_folder.glob("004*.txt"))
    extracted = loaders.load(path.name, path.read_bytes())
    opening = [section for section in extracted.sections if section.kind is SectionKind.PARAGRAPH]
    assert [section.label for section in opening] == [None, None]
    assert opening[0].span.of(extracted.text).startswith("President Biden was campaigning Tuesday")
    assert opening[1].span.of(extracted.text).endswith("He is in Beijing. Hi, John.")
    assert extracted.sections[: len(opening)] == tuple(opening)


def test_the_report_is_no_transcript_and_states_no_date(seed_folder: Path) -> None:
    path = next(seed_folder.glob("000*.txt"))
    extracted = loaders.load(path.name, path.read_bytes())
    assert {section.kind for section in extracted.sections} == {SectionKind.PARAGRAPH}
    assert extracted.metadata.published_at is None


@pytest.mark.parametrize(
    ("label", "speaker"),
    [
        ("INSKEEP:", "INSKEEP"),
        ("JOHN RUWITCH, BYLINE:", "JOHN RUWITCH"),
        ("STEVE INSKEEP, HOST:", "STEVE INSKEEP"),
        ("SEN. TED CRUZ (R-TX):", "SEN. TED CRUZ"),
        ("MR. KIRBY:", "MR. KIRBY"),
        ("O'BRIEN:", "O'BRIEN"),
        ("JEAN-PIERRE:", "JEAN-PIERRE"),
        ("[00:12:34] INSKEEP:", "INSKEEP"),
        (">> INSKEEP:", "INSKEEP"),
        ("12:34 INSKEEP:", "INSKEEP"),
        ("МИНИСТР:", "МИНИСТР"),
    ],
)
def test_a_label_names_its_speaker_without_role_or_time(label: str, speaker: str) -> None:
    found = dict(turns(f"{label} Yes.\n\nOTHER PERSON: No.\n\nTHIRD PERSON: Perhaps."))
    assert found == {speaker: "Yes.", "OTHER PERSON": "No.", "THIRD PERSON": "Perhaps."}


@pytest.mark.parametrize(
    "text",
    [
        "NOTE: this is one line.\nAnd prose goes on.",
        "Background: none.\nUpdate: none.\nBackground: again.",
        "See https://example.org: it is there.\nSee http://example.org: it too.",
        "He said: yes.\nShe said: no.\nHe said: why?\nShe said: because.",
        "At 10:30 they met.\nAt 11:30 they left.",
        "AT:x\nAT:y",
        "",
        "HELP: Who owns this?\n\nHELP: Is that right?\n\nHELP: Nobody knows.",
        "Chapter 2: Structures\n\nUsage: run it.\n\nChapter 2: Structures\n\nUsage: stop it.\n\nReturns: nothing.",
        "FIGURE 3: The bridge.\n\nTABLE A: Its cost.\n\nFIGURE 3: The bridge.\n\nTABLE A: Its cost.",
    ],
)
def test_prose_with_colons_is_no_transcript(text: str) -> None:
    assert sections(text) == (Span(0, len(text)), [])


def test_names_in_mixed_case_count_when_two_of_them_speak_twice() -> None:
    text = "Ms. Psaki: One.\nReporter: Two.\nMs. Psaki: Three.\nReporter: Four.\n"
    assert turns(text) == [("Ms. Psaki", "One."), ("Reporter", "Two."), ("Ms. Psaki", "Three."), ("Reporter", "Four.")]


def test_a_turn_goes_on_over_paragraphs_until_the_next_label() -> None:
    text = "KIRBY: One.\n\nTwo.\n\nQUESTION: Three?"
    assert turns(text) == [("KIRBY", "One.\n\nTwo."), ("QUESTION", "Three?")]


def test_a_turn_without_words_is_empty_and_takes_no_ones_elses() -> None:
    assert turns("KIRBY:\n\nQUESTION: Why?\n") == [("KIRBY", ""), ("QUESTION", "Why?")]


@given(LINES)
def test_turns_are_in_order_apart_and_hold_no_label(text: str) -> None:
    before, found = sections(text)
    assert before.start == 0
    assert all(before.end <= section.span.start for section in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    assert all(section.label for section in found)
    assert all(section.span.of(text) == section.span.of(text).strip() for section in found)


@given(st.text(max_size=120))
def test_any_text_is_read_as_sections_inside_it(text: str) -> None:
    extracted = loaders.from_text(text)
    assert extracted.text == text
    assert all(0 <= section.span.start <= section.span.end <= len(text) for section in extracted.sections)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[00:00:11] Ann Vance\nHello.\n\n[00:00:25] Bo Katz\nHi.\n\nMore.\n\n[00:01:19] Bo Katz\nBye.\n",
            [("Ann Vance", "Hello."), ("Bo Katz", "Hi.\n\nMore."), ("Bo Katz", "Bye.")],
        ),
        (
            ">> ANN VANCE: Hello.\n>> Good morning.\n>> BO KATZ\nHi.\n",
            [("ANN VANCE", "Hello."), (None, "Good morning."), ("BO KATZ", "Hi.")],
        ),
        ("Q. Was it you?\nA. No.\nQ. Sure?\nA. Yes.\n", [("Q", "Was it you?"), ("A", "No."), ("Q", "Sure?"), ("A", "Yes.")]),
        (
            "d'ENTREMONT: Hi.\nVAN DER BERG: Yes.\nMcCARTHY, HOST: No.\n",
            [("d'ENTREMONT", "Hi."), ("VAN DER BERG", "Yes."), ("McCARTHY", "No.")],
        ),
        (
            "Luc d'Entremont: Hi.\nAna: Yes.\nLuc d'Entremont: Hm.\nAna: No.\n",
            [("Luc d'Entremont", "Hi."), ("Ana", "Yes."), ("Luc d'Entremont", "Hm."), ("Ana", "No.")],
        ),
        (
            "MS. LEE:  Good.\n\nQ    Thank you.\n\nMS. LEE:  Sure.\n\nQ    And?\n",
            [("MS. LEE", "Good."), ("Q", "Thank you."), ("MS. LEE", "Sure."), ("Q", "And?")],
        ),
        (
            "The CHAIRMAN. Order.\nMr. SMITH of Texas. Thank you, Mr. Speaker.\nThe CHAIRMAN. Go on.\n",
            [("The CHAIRMAN", "Order."), ("Mr. SMITH", "Thank you, Mr. Speaker."), ("The CHAIRMAN", "Go on.")],
        ),
        (
            "Ann Vance (00:01:02): hi\nBo Katz (00:01:04): ho\nAnn Vance (00:01:09): hu\nBo Katz (00:02:00): x",
            [("Ann Vance", "hi"), ("Bo Katz", "ho"), ("Ann Vance", "hu"), ("Bo Katz", "x")],
        ),
        (
            "VANCE \u2013 Good morning.\nKATZ \u2013 Good.\nVANCE \u2013 x\nKATZ \u2013 y.",
            [("VANCE", "Good morning."), ("KATZ", "Good."), ("VANCE", "x"), ("KATZ", "y.")],
        ),
    ],
)
def test_each_form_of_a_label_names_its_speaker(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert turns(text) == expected


def test_what_nobody_says_after_a_turn_is_a_paragraph() -> None:
    text = "KIRBY: One.\n(Laughter.)\nQUESTION: Two?\nKIRBY: Yes.\n\n***\nCopyright 2024"
    found = sections(text)[1]
    assert [(section.kind, section.span.of(text)) for section in found if section.kind is not SectionKind.TURN] == [
        (SectionKind.PARAGRAPH, "(Laughter.)"),
        (SectionKind.PARAGRAPH, "***\nCopyright 2024"),
    ]
