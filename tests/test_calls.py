"""The invented calls: every label stands in its document, and the test split is the one that was written first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.calls.training_rows import read_calls, rows_of

CALLS = Path(__file__).parent / "calls"


def test_the_labels_are_verbatim_and_the_test_split_has_the_hash_that_its_readme_states() -> None:
    checked = subprocess.run([sys.executable, str(CALLS / "check.py")], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    stated = checked.stdout.strip().splitlines()[-1].rpartition(" ")[2]
    assert stated in (CALLS / "README.md").read_text(encoding="utf-8")


def test_the_training_rows_of_a_call_hold_every_place_that_answers() -> None:
    call = read_calls(CALLS / "training.jsonl.xz")[0]
    rows = list(rows_of([call]))
    reading = [row for row in rows if "question" in row]
    assert len(rows) - len(reading) == len(call["pairs"])
    for asked in call["questions"]:
        own = [row for row in reading if row["question"] == asked["question"]]
        held = [row for row in own if row["answer"] is not None]
        assert [row["context"][row["answer_start"] :][: len(row["answer"])] for row in held] == [row["answer"] for row in held]
        assert len(held) == len(asked["evidence"])
        assert len(own) > len(held)
        assert not {row["context"] for row in held} & {row["context"] for row in own if row["answer"] is None}


def test_the_calls_to_train_on_are_labelled_verbatim_and_none_is_asked_in_an_evaluation() -> None:
    calls = read_calls(CALLS / "training.jsonl.xz")
    kept = {path.read_text(encoding="utf-8") for path in CALLS.glob("*/documents/*.txt")}
    assert len({call["call"] for call in calls}) == len(calls)
    for call in calls:
        assert not kept & set(call["documents"].values())
        for asked in call["questions"]:
            for one in asked["evidence"]:
                assert one["quote"] in call["documents"][one["document"]], one
                assert one["answer"] in one["quote"]
