"""An answer as plain text for a terminal."""

from __future__ import annotations

from dataclasses import replace

from index.types import Span
from service.text import readable
from service.types import Answer, Answered, Ask, Attribution, Citation, FoundPassage, Mode, RefusalReason, Refused, Statement

QUOTE = "“Wheat is short,” Ms. Vance said."
CITATION = Citation(
    "d",
    "sha",
    "a.txt",
    None,
    "The Paper",
    "2024-04-05",
    Attribution("Anna Vance", "Boris Katz"),
    None,
    Span(5, 38),
    QUOTE,
    "",
    "",
)


def shown(outcome: Answered | Refused) -> str:
    return readable(Answer(Ask("Why?"), outcome, (), 0.5, Mode.EXTRACTIVE, "1"))


def test_an_answer_is_its_statements_and_then_each_source_with_its_exact_place() -> None:
    assert shown(Answered((Statement(QUOTE, (CITATION,), 0.5),), None)).splitlines() == [
        f"{QUOTE} [1]",
        "",
        "[1] a.txt, The Paper, 2024-04-05, Anna Vance, reported by Boris Katz [5:38]",
    ]


def test_the_short_answer_stands_first() -> None:
    assert shown(Answered((Statement(QUOTE, (CITATION,), 0.5),), "Ms. Vance")).startswith("Ms. Vance\n\n“Wheat")


def test_a_part_that_is_not_answered_is_named_after_the_statements() -> None:
    partial = Answered((Statement(QUOTE, (CITATION,), 0.5),), None, missing="Who paid?")
    assert shown(partial).splitlines()[:4] == [f"{QUOTE} [1]", "", "Not found in the documents: Who paid?", ""]


def test_what_is_unknown_is_left_out() -> None:
    bare = replace(CITATION, outlet=None, published_at=None, attribution=Attribution(None, None))
    assert shown(Answered((Statement(QUOTE, (bare,), 0.5),), None)).splitlines()[-1] == "[1] a.txt [5:38]"


def test_a_title_is_shown_for_a_name() -> None:
    titled = replace(CITATION, title="The harvest")
    assert "[1] The harvest, The Paper" in shown(Answered((Statement(QUOTE, (titled,), 0.5),), None))


def test_a_refusal_is_its_message_and_the_nearest_passages_on_one_line_each() -> None:
    passage = FoundPassage("d", "a.txt", None, None, None, Span(0, 9), "It\nrained.", 0.5)
    refused = Refused(RefusalReason.NO_EVIDENCE, "Nothing holds it.", (passage,))
    assert shown(refused).splitlines() == ["Nothing holds it.", "  a.txt [0:9]", "    It rained."]


def test_a_page_or_a_time_stands_behind_the_title_and_a_turn_is_told_by_its_speaker_alone() -> None:
    paged, spoken = replace(CITATION, section="p. 3"), replace(CITATION, section="Anna Vance")
    assert "[1] a.txt, p. 3, The Paper" in shown(Answered((Statement(QUOTE, (paged,), 0.5),), None))
    assert "[1] a.txt, The Paper, 2024-04-05, Anna Vance, reported" in shown(Answered((Statement(QUOTE, (spoken,), 0.5),), None))
