from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from index.reader.training.answering import ANSWERS_SHARE, SHARES, Answering
from index.reader.training.rows import CALLS, HUMAN, ReadingRow
from index.types import Span

SIGNED = "Anna signed the treaty with the envoys in the old town hall of Oslo on Monday."
RAINED = "The weather over the western fjords stayed dry and unusually mild all through that week."
SPOKE = "Boris spoke about the treaty with the envoys for a long while on Tuesday."
CONTEXT = f"{SIGNED} {RAINED} {SPOKE}"
ANSWER = Span(CONTEXT.index("Anna"), CONTEXT.index("Anna") + 4)


def row(*answers: Span, source: str = CALLS, question: str = "Who signed the treaty?") -> ReadingRow:
    return ReadingRow(source, "a call", question, CONTEXT, answers)


def drawn(*rows: ReadingRow, n: int = 400) -> Counter[tuple[str, str]]:
    made, rng = Answering(rows), np.random.default_rng(1)
    return Counter((one.premise, one.label) for one in (made.draw(rng) for _ in range(n)))


def test_the_sentence_that_holds_the_answer_carries_it_and_the_others_do_not() -> None:
    found = drawn(row(ANSWER))
    assert {premise for premise, label in found if label == "entailment"} == {SIGNED}
    assert {premise for premise, label in found if label == "neutral"} == {RAINED, SPOKE}
    assert found[SIGNED, "entailment"] / 400 == pytest.approx(ANSWERS_SHARE, abs=0.07)


def test_of_an_unanswered_question_no_sentence_carries_anything() -> None:
    assert {label for _, label in drawn(row())} == {"neutral"}


def test_a_single_sentence_that_answers_is_all_there_is() -> None:
    alone = ReadingRow(CALLS, "a call", "Who signed the treaty?", SIGNED, (ANSWER,))
    assert drawn(alone) == {(SIGNED, "entailment"): 400}


def test_a_sentence_that_points_back_comes_with_the_one_before_it() -> None:
    context = f"{SIGNED} She left the town for the coast again on the first train of the next morning."
    span = Span(context.index("on the first"), len(context) - 1)
    pointing = ReadingRow(CALLS, "a call", "When did Anna leave?", context, (span,))
    assert {premise for premise, label in drawn(pointing) if label == "entailment"} == {context}


def test_sources_are_drawn_by_their_shares_not_by_their_rows() -> None:
    rows = [row()] * 50 + [row(source=HUMAN, question="Who came?")]
    made, rng = Answering(rows), np.random.default_rng(1)
    asked = Counter(made.draw(rng).hypothesis for _ in range(600))
    assert asked["Who came?"] / 600 == pytest.approx(SHARES[HUMAN] / (SHARES[HUMAN] + SHARES[CALLS]), abs=0.06)
