"""The invented calls: every label stands in its document, and the test split is the one that was written first."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from index.embed import PackagedEmbedder
from index.reader.training.rows import CONTRASTS
from tests.calls import answering_rows, comparison_rows, settling_rows
from tests.calls.contrasts import Person, contrasts, persons
from tests.calls.lines import read_calls
from tests.calls.training_rows import rows_of

CALLS = Path(__file__).parent / "calls"
TO_TRAIN_ON = ("training.jsonl.xz", "training-further.jsonl.xz", "training-conflicts.jsonl.xz")


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
    calls = [call for name in TO_TRAIN_ON for call in read_calls(CALLS / name)]
    kept = {path.read_text(encoding="utf-8") for path in CALLS.glob("*/documents/*.txt")}
    assert len({call["call"] for call in calls}) == len(calls)
    for call in calls:
        assert not kept & set(call["documents"].values())
        for asked in call["questions"]:
            near = asked.get("near") or []
            for one in (*asked["evidence"], *(near if isinstance(near, list) else [near])):
                assert one["quote"] in call["documents"][one["document"]], one
                assert one.get("answer", one["quote"]) in one["quote"], one


@pytest.mark.parametrize("name", ["training-twins.jsonl.xz", "training-paraphrases.jsonl.xz"])
def test_further_questions_are_new_and_labelled_verbatim_and_what_is_not_answered_names_what_deceives(name: str) -> None:
    calls = {call["call"]: call for one in TO_TRAIN_ON for call in read_calls(CALLS / one)}
    further = read_calls(CALLS / name)
    asked = {(call["call"], asked["question"].casefold()) for call in calls.values() for asked in call["questions"]}
    assert not asked & {(one["call"], one["question"].casefold()) for one in further}
    for question in further:
        documents = calls[question["call"]]["documents"]
        assert bool(question["evidence"]) is ("near" not in question), question
        for one in (*question["evidence"], *([question["near"]] if "near" in question else [])):
            assert one["quote"] in documents[one["document"]], question
            assert one.get("answer", one["quote"]) in one["quote"], question


def test_what_settles_a_question_is_verbatim_and_no_sentence_says_both_yes_and_no() -> None:
    calls = {call["call"]: call for one in TO_TRAIN_ON for call in read_calls(CALLS / one)}
    pairs = read_calls(CALLS / "training-settled.jsonl.xz")
    assert {pair["settles"] for pair in pairs} == set(settling_rows.LABELS)
    assert len({(pair["call"], pair["question"], pair["document"], pair["quote"]) for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert pair["quote"] in calls[pair["call"]]["documents"][pair["document"]], pair


def test_a_question_is_put_with_what_settles_it_and_with_what_leaves_it_open(minilm: PackagedEmbedder) -> None:
    call = read_calls(CALLS / "training-conflicts.jsonl.xz")[0]
    pairs = [pair for pair in read_calls(CALLS / "training-settled.jsonl.xz") if pair["call"] == call["call"]]
    rows = list(settling_rows.rows_of(call, pairs, minilm, random.Random(1)))
    labels = {(pair["question"], pair["quote"]): settling_rows.LABELS[pair["settles"]] for pair in pairs}
    marked = {(asked["question"], one["quote"]) for asked in call["questions"] for one in asked["evidence"]}
    for row in rows:
        held = [
            (question, quote) for question, quote in labels if question == row["hypothesis"] and row["premise"].endswith(quote)
        ]
        assert row["label"] == (labels[held[0]] if held else "neutral"), row
        assert held or not any(row["hypothesis"] == question and row["premise"].endswith(quote) for question, quote in marked)
    assert {row["label"] for row in rows} == set(settling_rows.LABELS.values())


def test_a_question_is_put_with_what_answers_and_with_what_is_only_like_it(minilm: PackagedEmbedder) -> None:
    call = read_calls(CALLS / "training-conflicts.jsonl.xz")[0]
    rows = list(answering_rows.rows_of(call, minilm, random.Random(1)))
    asked = {one["question"]: one for one in call["questions"]}
    sentences = [one for name, text in call["documents"].items() for one in comparison_rows.sentences_of(name, text)]
    assert {row["label"] for row in rows} == {"entailment", "neutral"}
    for row in rows:
        marks = asked[row["hypothesis"]]["evidence"]
        (held,) = {one.text for one in sentences if one.read == row["premise"]}  # the one before it may be read with it
        assert any(mark["answer" if row["label"] == "entailment" else "quote"] in held for mark in marks) is (
            row["label"] == "entailment"
        ), row


def test_a_pair_that_the_service_met_tells_whether_its_second_sentence_answers() -> None:
    pairs = [
        {"call": "c", "question": "Who went?", "one": "Anna went.", "other": "Boris went.", "label": "differs"},
        {"call": "c", "question": "Who went?", "one": "Anna went.", "other": "It rained.", "label": "unrelated"},
        {"call": "c", "question": "Did Anna go?", "one": "Anna went.", "other": "Anna stayed.", "label": "differs"},
    ]
    assert [(row["premise"], row["label"]) for row in answering_rows.met_rows(pairs)] == [
        ("Boris went.", "entailment"),
        ("It rained.", "neutral"),
    ]


def test_the_passage_that_seems_to_answer_is_a_row_beside_those_that_do() -> None:
    call = read_calls(CALLS / "training.jsonl.xz")[0]
    twins = [twin for twin in read_calls(CALLS / "training-twins.jsonl.xz") if twin["call"] == call["call"]]
    rows = list(rows_of([{**call, "questions": twins, "pairs": []}]))
    contrasts = [row for row in rows if row["source"] == CONTRASTS]
    for twin in twins:
        own = [row for row in contrasts if row["question"] == twin["question"]]
        assert len(own) == len(twin["evidence"]) or "near" in twin
        if "near" in twin:
            (row,) = own
            assert row["answer"] is None
            assert twin["near"]["quote"] in row["context"]


def test_conflicts_have_two_sides_and_what_agrees_has_one() -> None:
    for call in read_calls(CALLS / "training-conflicts.jsonl.xz"):
        for asked in call["questions"]:
            sides = {one["side"] for one in asked["evidence"]}
            assert (len(sides) > 1) is ("conflict" in asked["tags"]), asked
            assert not {one["quote"] for one in asked["near"]} & {one["quote"] for one in asked["evidence"]}, asked


def test_the_rows_of_comparison_say_what_the_writer_of_the_call_said(minilm: PackagedEmbedder) -> None:
    call = read_calls(CALLS / "training-conflicts.jsonl.xz")[0]
    rows = list(comparison_rows.rows_of(call, minilm, random.Random(1)))
    assert {row["kind"] for row in rows} == {"pair", "near", "turned", "made", "copy"}
    asked = {question["question"]: question for question in call["questions"]}
    for row in rows:
        quotes = {one["quote"]: one["side"] for one in asked[row["question"]]["evidence"]}
        first, second = ({side for quote, side in quotes.items() if quote in row[name]} for name in ("one", "other"))
        if row["kind"] == "pair" and len(first) == len(second) == 1:
            assert row["label"] == ("agrees" if first == second else "differs"), row
        if row["kind"] == "near":
            assert row["label"] == "unrelated"


def test_answers_that_nobody_put_on_a_side_are_told_apart_by_their_words() -> None:
    def standing(one: str, other: str) -> str:
        return comparison_rows.standing_of({"answer": one}, {"answer": other}, tagged=True)

    assert standing("fifty minutes", "50 minutes") == "agrees"
    assert standing("50 minutes", "an hour and a half") == "differs"
    assert standing("Oslo", "Bergen") == "differs"
    assert standing("a quarrel over pay", "the quarrel over their pay") == "agrees"
    assert standing("on Tuesday", "after the vote") == "answers"
    assert comparison_rows.standing_of({"answer": "Oslo"}, {"answer": "Bergen"}, tagged=False) == "agrees"


TOLD = "The ministers arrive this week. Janet Yale lands on Monday in Rome. Mr. Blake is ill. ELENA CRUZ: I told Yale so."
ROW = {"source": "calls", "id": "c#1.1", "question": "When does Yale land?", "context": TOLD, "answer": "on Monday"}
ROW["answer_start"] = TOLD.index("on Monday")
PEOPLE = [Person("Janet", "Yale"), Person("Antony", "Blake")]


def test_contrasts_exchange_the_names_and_keep_each_answer_in_its_place() -> None:
    made = list(contrasts(ROW, PEOPLE, {"when": ["on Tuesday", "after the vote had been taken"]}, random.Random(1)))
    for row in made:
        if row["answer"] is not None:
            assert row["context"][row["answer_start"] :].startswith(row["answer"])
    exchanged = (
        "The ministers arrive this week. Antony Blake lands on Monday in Rome. Mr. Yale is ill. ELENA CRUZ: I told Blake so."
    )
    beside = [row["context"] for row in made[3:]]
    assert [(row["question"], row["context"], row["answer"]) for row in made] == [
        ("When does Blake land?", TOLD, None),
        ("When does Yale land?", exchanged, None),
        ("When does Blake land?", exchanged, "on Monday"),
        ("When does Yale land?", beside[0], "on Monday"),
        ("When does Blake land?", beside[0], "on Tuesday"),
    ]
    assert beside[0] == beside[1]
    assert "Antony Blake lands on Tuesday in Rome." in beside[0]
    assert "Janet Yale lands on Monday in Rome." in beside[0]


def test_a_question_without_a_person_or_with_two_has_no_contrasts() -> None:
    for question in ("When does she land?", "When does Yale meet Blake?"):
        assert list(contrasts({**ROW, "question": question}, PEOPLE, {}, random.Random(1))) == []


def test_people_are_known_by_a_title_or_by_speaking() -> None:
    texts = ["Minister Janet Yale met Mr. Blake.", "Antony Blake was there, said Elena Cruz of the Bank of Rome.", "Oslo slept."]
    assert persons(texts) == [Person("Janet", "Yale"), Person("Antony", "Blake"), Person("Elena", "Cruz")]
