"""Rows of entailment made of the sentences of passages."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from index.reader.training.rows import EntailmentRow, ReadingRow
from index.reader.training.statements import CARRIED, Statements
from index.reader.training.synonyms import Thesaurus

OSLO = "The ministers signed the long treaty in Oslo in 1994, while Anna Lindh of Sweden was away."
AFTER = "Carl Bildt was not surprised by the early reply of the northern states."
CONTEXT = f"Was it so? {OSLO} {AFTER} He left."
THESAURUS = Thesaurus({"noun": {"treaty": ("accord",)}}, {"signed": "sign"})


def drawn(context: str = CONTEXT, *, thesaurus: Thesaurus | None = THESAURUS, n: int = 600) -> list[EntailmentRow]:
    statements = Statements([ReadingRow("s", "a", "?", context, ())], thesaurus)
    rng = np.random.default_rng(4)
    return [row for row in (statements.draw(rng) for _ in range(n)) if row is not None]


ROWS = drawn()


def of(label: str) -> list[EntailmentRow]:
    return [row for row in ROWS if row.label == label]


def test_every_label_is_drawn_and_what_is_carried_about_as_often_as_meant() -> None:
    counts = Counter(row.label for row in ROWS)
    assert set(counts) == {"entailment", "neutral", "contradiction", "not_entailment"}
    assert counts["entailment"] / counts.total() == pytest.approx(CARRIED, abs=0.12)


def test_what_is_carried_stands_in_its_evidence_but_for_a_word() -> None:
    for row in of("entailment"):
        assert row.hypothesis.replace("accord", "treaty").rstrip(".") in row.premise


def test_a_neutral_statement_is_not_part_of_its_evidence() -> None:
    for row in of("neutral"):
        assert row.hypothesis.replace("accord", "treaty").rstrip(".") not in row.premise


def test_a_contradiction_has_the_edit_on_one_side_only() -> None:
    originals = {sentence.rstrip(".") for sentence in (OSLO, AFTER)}
    for row in of("contradiction"):
        stated = row.hypothesis.replace("accord", "treaty").rstrip(".")
        edited_statement = not any(stated in one for one in originals)
        edited_evidence = not any(one in row.premise for one in originals if one.startswith(stated[:12]))
        assert edited_statement != edited_evidence, row


def test_a_verb_in_the_past_is_denied() -> None:
    rows = drawn("The ministers signed the long treaty in Oslo.")
    told = {row.premise for row in rows} | {row.hypothesis for row in rows}
    assert {"The ministers failed to sign the long treaty in Oslo."} < told
    assert not any("failed to sign" in row.premise and row.label == "entailment" for row in rows)


def test_another_name_is_not_carried_and_need_not_contradict() -> None:
    others = [row for row in ROWS if "Oslo was not surprised" in row.premise + row.hypothesis]
    assert others
    assert {row.label for row in others} == {"not_entailment"}


def test_without_a_thesaurus_no_word_is_exchanged_and_no_verb_denied() -> None:
    assert not any("accord" in row.hypothesis or "failed" in row.hypothesis for row in drawn(thesaurus=None))


@pytest.mark.parametrize("context", ["Was it so?", "Too short.", "“Half a quotation that goes on and on", "a\nb\nc"])
def test_what_states_nothing_gives_no_row(context: str) -> None:
    assert drawn(context, n=3) == []


def test_one_seed_gives_the_same_rows() -> None:
    assert drawn() == ROWS
