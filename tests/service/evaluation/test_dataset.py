from __future__ import annotations

import json
import lzma
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.dataset import (
    DatasetError,
    Filters,
    GoldEvidence,
    Question,
    Source,
    Turn,
    load_dataset,
)
from service.evaluation.squad import sentence_window

Q1: dict[str, object] = {
    "id": "q1",
    "question": "When?",
    "answers": ["April 2"],
    "evidence": [[{"document_id": "a", "quote": "on April 2"}, {"document_id": "b", "quote": "April 2"}]],
    "answerable": True,
    "tags": ["when"],
    "history": [{"role": "user", "content": "Hello"}],
    "filters": {"outlets": ["AP"], "published_from": "2024-04-01", "published_to": None},
    "as_of": "2024-04-05",
}
Q2: dict[str, object] = {
    "id": "q2",
    "question": "Who paid?",
    "answers": [],
    "evidence": [],
    "answerable": False,
}


def write_lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def test_json_lines_become_questions_in_their_order(tmp_path: Path) -> None:
    dataset = load_dataset(write_lines(tmp_path / "set.v1.jsonl", Q1, Q2))
    assert dataset.name == "set.v1"
    assert dataset.documents == tmp_path / "documents"
    assert dataset.questions == (
        Question(
            id="q1",
            question="When?",
            answerable=True,
            answers=("April 2",),
            evidence=((GoldEvidence("a", "on April 2"), GoldEvidence("b", "April 2")),),
            tags=("when",),
            history=(Turn("user", "Hello"),),
            filters=Filters(outlets=("AP",), published_from=date(2024, 4, 1)),
            as_of=date(2024, 4, 5),
        ),
        Question(id="q2", question="Who paid?", answerable=False),
    )


def test_blank_lines_a_byte_order_mark_and_a_line_separator_in_a_string_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    row = json.dumps(Q2 | {"question": "Who\u2028paid?"}, ensure_ascii=False)
    path.write_text(f"\ufeff\r\n{row}\r\n\r\n", encoding="utf-8")
    assert load_dataset(path).questions[0].question == "Who\u2028paid?"


def test_an_xz_file_reads_as_the_plain_one_does(tmp_path: Path) -> None:
    plain = write_lines(tmp_path / "set.jsonl", Q1, Q2)
    packed = tmp_path / "set.jsonl.xz"
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    assert load_dataset(packed) == load_dataset(plain)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Q2 | {"id": "q1"}, "line 2: the id 'q1' stands on an earlier line too"),
        (Q2 | {"answer": "x"}, "line 2: unknown key 'answer'; remove it"),
        (
            Q1 | {"id": "q2", "evidence": [[{"document_id": "a", "quote": "x", "start": 1}]]},
            "'evidence.0.0.start'",
        ),
        (Q1 | {"id": "q2", "filters": {"outlet": ["AP"]}}, "unknown key 'filters.outlet'"),
        (
            Q2 | {"evidence": [[{"document_id": "a", "quote": "x"}]]},
            "unanswerable, yet it has evidence; remove it",
        ),
        (Q2 | {"answers": ["x"]}, "unanswerable, yet it has answers; remove them"),
        (Q2 | {"answerable": True}, "neither answers nor evidence; add one"),
        ({"id": "q2", "question": "?"}, "the key 'answerable' is missing; add it"),
        (Q2 | {"answerable": "no"}, "answerable: Input should be a valid boolean"),
        (Q2 | {"question": " "}, "line 2: question: "),
        (Q1 | {"id": "q2", "evidence": [[]]}, "evidence.0: "),
        (
            Q1 | {"id": "q2", "evidence": [[{"document_id": "a", "quote": "—"}]]},
            "the quote '—' holds no word",
        ),
        (Q1 | {"id": "q2", "as_of": "yesterday"}, "as_of: "),
        (Q1 | {"id": "q2", "history": [{"role": "system", "content": ""}]}, "history.0.role: "),
        ([], "line 2: the value: "),
    ],
)
def test_a_bad_row_is_named_by_line_with_what_is_wrong(tmp_path: Path, row: object, said: str) -> None:
    path = write_lines(tmp_path / "set.jsonl", Q1, row)
    with pytest.raises(DatasetError) as caught:
        load_dataset(path)
    assert str(path) in str(caught.value)
    assert "line 2" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("set.jsonl", b'{"id": \n', "line 1: bad JSON"),
        ("set.jsonl", b"\n\n", "holds no questions"),
        ("set.jsonl", b"\xff\xfe", "is not UTF-8 (byte 0)"),
        ("set.jsonl.xz", b"no xz", "is no xz file"),
        ("set.jsonl.xz", lzma.compress(b"{}" * 999)[:-20], "cut short"),
        ("set.json", b'{"data": []}', "holds no questions"),
        ("set.json", b'{"questions": []}', "the key 'data' is missing"),
        ("set.csv", b"", "unknown kind"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        load_dataset(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert said in str(caught.value)


def test_a_path_that_is_not_there_is_a_data_set_error_and_a_value_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.jsonl: does not exist") as caught:
        load_dataset(tmp_path / "none.jsonl")
    assert isinstance(caught.value, ValueError)


CONTEXT = "Mr. Xi called Mr. Biden on April 2. The U.S. said so. “It took two hours.” Nobody rained."


def squad(*, answer: dict[str, object], twice: bool = False, title: str = "The_Call") -> dict[str, object]:
    asked = {"id": "s1", "question": "When?", "answers": [answer, answer], "is_impossible": False}
    refused = {
        "id": "s2",
        "question": "Who paid?",
        "answers": [],
        "is_impossible": True,
        "plausible_answers": [],
    }
    paragraphs = [
        {"context": CONTEXT, "qas": [asked, asked] if twice else [asked]},
        {"context": CONTEXT, "qas": [refused]},
        {"context": "Another.", "qas": []},
    ]
    return {"version": "v2.0", "data": [{"title": title, "paragraphs": paragraphs}]}


APRIL = {"text": "April 2", "answer_start": CONTEXT.index("April 2")}


def test_squad_paragraphs_become_one_document_each_and_questions_keep_to_their_own(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(squad(answer=APRIL)))
    dataset = load_dataset(path)
    own = Filters(document_ids=("The_Call-00",))
    assert dataset.documents == (
        Source("The_Call-00", CONTEXT, "The_Call"),
        Source("The_Call-02", "Another.", "The_Call"),
    )
    assert dataset.questions == (
        Question(
            id="s1",
            question="When?",
            answerable=True,
            answers=("April 2",),
            evidence=((GoldEvidence("The_Call-00", "Mr. Xi called Mr. Biden on April 2."),),),
            tags=("The_Call",),
            filters=own,
        ),
        Question(id="s2", question="Who paid?", answerable=False, tags=("The_Call",), filters=own),
    )
    assert {question.filters for question in load_dataset(path, open_corpus=True).questions} == {None}


def test_a_slash_in_a_title_does_not_reach_the_document_name(tmp_path: Path) -> None:
    path = tmp_path / "dev.json.xz"
    path.write_bytes(lzma.compress(json.dumps(squad(answer=APRIL, title="AC/DC")).encode()))
    dataset = load_dataset(path)
    assert isinstance(dataset.documents, tuple)
    assert (dataset.name, dataset.documents[0].name) == ("dev", "AC_DC-00")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (squad(answer=APRIL | {"answer_start": 0}), "question 's1': 'April 2' is not at its answer_start"),
        (squad(answer={"text": "", "answer_start": 0}), "question 's1': '' is not at its answer_start"),
        (squad(answer=APRIL, twice=True), "the id 's1' stands twice"),
    ],
)
def test_a_squad_file_that_contradicts_itself_is_refused(tmp_path: Path, content: dict[str, object], said: str) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=said):
        load_dataset(path)


@pytest.mark.parametrize(
    ("answer", "window"),
    [
        ("April 2", "Mr. Xi called Mr. Biden on April 2."),
        ("U.S.", "The U.S. said so."),
        ("two hours", "“It took two hours.”"),
        ("rained", "Nobody rained."),
        ("so. “It took", "The U.S. said so. “It took two hours.”"),
    ],
)
def test_the_window_is_the_sentence_or_sentences_around_the_answer(answer: str, window: str) -> None:
    assert sentence_window(CONTEXT, CONTEXT.index(answer), len(answer)) == window


@given(st.text(alphabet="aB. \n“”!"), st.integers(0, 40), st.integers(1, 10))
def test_the_window_is_verbatim_and_holds_the_answer(text: str, start: int, length: int) -> None:
    answer = text[start : start + length]
    window = sentence_window(text, start, len(answer))
    assert window in text
    assert answer.strip() in window


def write_beir(folder: Path, *, qrels: str, name: str = "test.tsv") -> Path:
    (folder / "qrels").mkdir(parents=True)
    write_lines(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "One", "text": "First text.", "metadata": {}},
        {"_id": "d2", "title": "Two", "text": ""},
    )
    write_lines(folder / "queries.jsonl", {"_id": "1", "text": "first?"}, {"_id": "2", "text": "second?"})
    (folder / "qrels" / name).write_text(qrels)
    return folder


HEAD = "query-id\tcorpus-id\tscore\n"


def test_a_beir_folder_becomes_questions_with_judged_documents(tmp_path: Path) -> None:
    dataset = load_dataset(write_beir(tmp_path / "tiny", qrels=f"{HEAD}1\td1\t2\n1\td2\t1\n2\td1\t0\n"))
    assert dataset.name == "tiny"
    assert dataset.documents == (Source("d1", "First text.", "One"), Source("d2", "Two", "Two"))
    assert dataset.questions == (
        Question(
            id="1",
            question="first?",
            answerable=True,
            evidence=((GoldEvidence("d1", None, 2),), (GoldEvidence("d2", None, 1),)),
        ),
    )


def test_judgements_without_a_head_line_and_with_another_name_are_read(tmp_path: Path) -> None:
    dataset = load_dataset(write_beir(tmp_path / "tiny", qrels="1\td1\t1\n", name="dev.tsv"))
    assert [question.id for question in dataset.questions] == ["1"]


@pytest.mark.parametrize(
    ("qrels", "said"),
    [
        ("1\td1\n", "line 2: has 2 columns"),
        ("1\td1\tmuch\n", "line 2: the score 'much' is no whole number"),
        ("9\td1\t1\n", "line 2: the query '9' is not in queries.jsonl"),
        ("1\td9\t1\n", "line 2: the document 'd9' is not in corpus.jsonl"),
        ("1\td1\t1\n1\td1\t2\n", "line 3: 'd1' is judged twice for query '1'"),
        ("1\td1\t0\n", "no query has a relevant document"),
    ],
)
def test_a_bad_judgement_is_named_by_line(tmp_path: Path, qrels: str, said: str) -> None:
    folder = write_beir(tmp_path / "tiny", qrels=HEAD + qrels)
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    assert said in str(caught.value)


def test_a_choice_of_judgements_without_test_tsv_is_refused(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "tiny", qrels=HEAD, name="dev.tsv")
    (folder / "qrels" / "train.tsv").write_text(HEAD)
    with pytest.raises(DatasetError, match=r"found dev\.tsv, train\.tsv"):
        load_dataset(folder)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"_id": "d1", "text": "x"}, "the _id 'd1' stands on an earlier line"),
        ({"_id": "d3", "text": " ", "title": ""}, "has neither text nor title"),
        ({"id": "d3", "text": "x"}, "the key '_id' is missing"),
    ],
)
def test_a_bad_corpus_row_is_named_by_line(tmp_path: Path, row: dict[str, object], said: str) -> None:
    folder = write_beir(tmp_path / "tiny", qrels=f"{HEAD}1\td1\t1\n")
    with (folder / "corpus.jsonl").open("a") as corpus:
        corpus.write(json.dumps(row) + "\n")
    with pytest.raises(DatasetError, match=f"line 3.*{said}"):
        load_dataset(folder)


def test_a_folder_that_is_no_beir_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"folder without corpus\.jsonl"):
        load_dataset(tmp_path)
