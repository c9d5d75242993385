from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.loaders import from_text
from index.types import SectionKind
from service.evaluation.dataset import Dataset, DatasetError, load_dataset, thinned
from service.evaluation.qmsum import load_qmsum
from service.evaluation.types import Filters, Question, Source

TURNS = [
    {"speaker": "Project Manager", "content": "We start . {vocalsound}"},
    {"speaker": "Hon. Bill Blair (Minister of Public Safety (Toronto, Lib.))", "content": "Yeah ."},
    {"speaker": "Project Manager", "content": "."},
    {"speaker": "User Interface", "content": "Yeah ."},
    {"speaker": "Project Manager", "content": "The case is\nof wood ."},
]
QUERY = {"query": "What is the case of?", "answer": "Wood.", "relevant_text_span": [["3", "4"], ["2", "3"]]}


def meeting(**changes: object) -> dict[str, object]:
    return {"meeting_id": "m1", "turns": TURNS, "queries": [QUERY], **changes}


def written(path: Path, *rows: object) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(lzma.compress(text.encode()) if path.suffix == ".xz" else text.encode())
    return path


def text_of(dataset: Dataset) -> str:
    assert isinstance(dataset.documents, tuple)
    (source,) = dataset.documents
    return source.text


@pytest.mark.parametrize("name", ["set.jsonl", "set.jsonl.xz"])
def test_a_file_of_meetings_is_known_by_its_first_line(tmp_path: Path, name: str) -> None:
    dataset = load_dataset(written(tmp_path / name, meeting()))
    assert dataset.name == "set"
    assert [question.id for question in dataset.questions] == ["m1-00"]


def test_each_question_is_asked_of_its_own_meeting_and_accepts_no_answer(tmp_path: Path) -> None:
    other = meeting(meeting_id="m2", queries=[{**QUERY, "query": "Of what?"}])
    questions = load_dataset(written(tmp_path / "set.jsonl", meeting(), other)).questions
    assert [question.filters for question in questions] == [Filters(document_ids=("m1",)), Filters(document_ids=("m2",))]
    assert {(question.answers, question.evidence, question.answerable) for question in questions} == {((), (), True)}


def test_overlapping_inclusive_ranges_are_one_set_of_turns_and_turns_without_words_are_left_out(tmp_path: Path) -> None:
    dataset = load_dataset(written(tmp_path / "set.jsonl", meeting()))
    # Turns 2 to 4 are relevant, and 2 holds a full stop only.
    assert [turn.quote for turn in dataset.questions[0].turns] == ["Yeah .", "The case is of wood ."]
    # Not the first "Yeah .", which is turn 1.
    assert dataset.questions[0].turns[0].start == text_of(dataset).rindex("Yeah .")


def test_the_turns_are_the_sections_that_the_transcript_loader_finds(tmp_path: Path) -> None:
    text = text_of(load_dataset(written(tmp_path / "set.jsonl", meeting())))
    assert [(section.kind, section.label, section.span.of(text)) for section in from_text(text).sections] == [
        (SectionKind.TURN, "Project Manager", "We start . {vocalsound}"),
        (SectionKind.TURN, "Hon. Bill Blair", "Yeah ."),
        (SectionKind.TURN, "User Interface", "Yeah ."),
        (SectionKind.TURN, "Project Manager", "The case is of wood ."),
    ]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8))
def test_every_gold_turn_stands_in_the_document_at_its_place(
    tmp_path_factory: pytest.TempPathFactory, contents: list[str]
) -> None:
    turns = [{"speaker": "A B", "content": content} for content in [*contents, "last words"]]
    query = {**QUERY, "relevant_text_span": [["0", str(len(contents))]]}
    path = written(tmp_path_factory.mktemp("set") / "set.jsonl", meeting(turns=turns, queries=[query]))
    dataset = load_qmsum(path)
    text = text_of(dataset)
    assert [text[turn.start : turn.start + len(turn.quote)] for turn in dataset.questions[0].turns] == [
        turn.quote for turn in dataset.questions[0].turns
    ]


def test_the_published_keys_are_read_and_general_questions_are_left_out(tmp_path: Path) -> None:
    published = {
        "meeting_transcripts": TURNS,
        "specific_query_list": [QUERY],
        "general_query_list": [{"query": "Summarize the whole meeting.", "answer": "..."}],
        "topic_list": [],
    }
    dataset = load_dataset(written(tmp_path / "set.jsonl", published, published))
    assert [question.question for question in dataset.questions] == [QUERY["query"]] * 2
    assert [question.id for question in dataset.questions] == ["meeting-00-00", "meeting-01-00"]


@pytest.mark.parametrize("span", [["4", "5"], ["3", "2"], ["-1", "2"], ["a", "b"]])
def test_a_range_outside_the_meeting_is_named(tmp_path: Path, span: list[str]) -> None:
    path = written(tmp_path / "set.jsonl", meeting(queries=[{**QUERY, "relevant_text_span": [span]}]))
    with pytest.raises(DatasetError, match=f"line 1: turns {span[0]} to {span[1]} of 'What is the case of"):
        load_dataset(path)


def test_a_question_whose_turns_hold_no_word_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "set.jsonl", meeting(queries=[{**QUERY, "relevant_text_span": [["2", "2"]]}]))
    with pytest.raises(DatasetError, match="no relevant turn with a word"):
        load_dataset(path)


def test_a_meeting_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="line 2: the meeting_id 'm1' stands on an earlier line too"):
        load_dataset(written(tmp_path / "set.jsonl", meeting(), meeting()))


def test_a_limit_keeps_only_the_meetings_that_are_asked_of(tmp_path: Path) -> None:
    path = written(tmp_path / "set.jsonl", *(meeting(meeting_id=f"m{number}") for number in range(6)))
    few = thinned(load_dataset(path), 2)
    assert [question.id for question in few.questions] == ["m0-00", "m3-00"]
    assert isinstance(few.documents, tuple)
    assert [source.name for source in few.documents] == ["m0", "m3"]


def test_a_limit_keeps_all_documents_where_all_are_searched(tmp_path: Path) -> None:
    dataset = load_dataset(written(tmp_path / "set.jsonl", meeting()))
    (question,) = dataset.questions
    sources = (Source("m1", "x", None), Source("m2", "y", None))
    free = Dataset("open", (replace(question, filters=None),) * 2, sources)
    assert thinned(free, 1).documents == sources


@given(answerable=st.lists(st.booleans(), min_size=1, max_size=60), limit=st.integers(1, 80))
def test_a_limit_takes_that_many_questions_in_order_and_keeps_the_share_of_answerable_ones(
    answerable: list[bool], limit: int
) -> None:
    questions = tuple(Question(id=f"{i:02d}", question="?", answerable=one) for i, one in enumerate(answerable))
    taken = thinned(Dataset("d", questions, Path("documents")), limit).questions
    ids = [question.id for question in taken]
    assert len(ids) == min(len(questions), limit)
    assert ids == sorted(set(ids))
    share = sum(answerable) / len(answerable)
    assert abs(sum(question.answerable for question in taken) - share * len(taken)) <= 1
