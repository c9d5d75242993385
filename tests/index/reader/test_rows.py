from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputRejected
from index.reader.training.rows import CALLS, HUMAN, ComparisonRow, EntailmentRow, ReadingRow, load_rows, split
from index.types import Span

CONTEXT = "Anna Lindh signed\u2028in Oslo.\x85She left \U0001f642 early."
READING = {"source": "s", "id": "Oslo#3#7", "question": "Who signed?", "context": CONTEXT, "answer": "Anna", "answer_start": 0}
UNANSWERED = {"source": "s", "id": "Oslo#3#8", "question": "Who sang?", "context": CONTEXT, "answer": None, "answer_start": -1}
ENTAILMENT = {"source": "n", "premise": "It rained.", "hypothesis": "It was wet.", "label": "entailment"}
COMPARISON = {"call": "c", "question": "Who?", "one": "Anna did.", "other": "Bob did.", "label": "differs", "kind": "pair"}
SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Oslo",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {
                            "question": "Where?",
                            "answers": [
                                {"text": "Oslo", "answer_start": 21},
                                {"text": "in Oslo", "answer_start": 18},
                                {"text": "Oslo", "answer_start": 21},
                            ],
                        },
                        {"question": "Who sang?", "answers": [], "plausible_answers": [{"text": "Anna", "answer_start": 0}]},
                    ],
                }
            ],
        }
    ],
}


def lines(*rows: dict[str, Any]) -> str:
    """Rows as JSON lines; what is no ASCII stands as it is, other line ends too."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def written(folder: Path, text: str, name: str = "rows.jsonl") -> Path:
    path = folder / name
    held = text.encode()
    path.write_bytes(lzma.compress(held) if path.suffix == ".xz" else held)
    return path


def row_of(article: str, source: str = "s") -> ReadingRow:
    return ReadingRow(source, article, "Who?", "She.", ())


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["dev.json", "dev.json.xz"])
def test_squad_gives_every_accepted_answer_once_and_none_for_what_it_does_not_answer(
    tmp_path: Path, name: str, indent: int | None
) -> None:
    found = load_rows([written(tmp_path, json.dumps(SQUAD, indent=indent), name)])
    assert found.reading == (
        ReadingRow(HUMAN, "Oslo", "Where?", CONTEXT, (Span(18, 25), Span(21, 25))),
        ReadingRow(HUMAN, "Oslo", "Who sang?", CONTEXT, ()),
    )
    assert [span.of(CONTEXT) for span in found.reading[0].answers] == ["in Oslo", "Oslo"]
    assert found.entailment == ()


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.xz"])
def test_rows_of_all_formats_may_stand_in_one_file(tmp_path: Path, name: str) -> None:
    found = load_rows([written(tmp_path, lines(READING, ENTAILMENT, COMPARISON, UNANSWERED), name)])
    assert found.reading == (
        ReadingRow("s", "Oslo", "Who signed?", CONTEXT, (Span(0, 4),)),
        ReadingRow("s", "Oslo", "Who sang?", CONTEXT, ()),
    )
    assert found.entailment == (EntailmentRow("n", "It rained.", "It was wet.", "entailment"),)
    assert found.comparison == (ComparisonRow("c", "Who?", "Anna did.", "Bob did.", "differs", "pair"),)


def test_one_row_is_a_file_and_windows_line_ends_are_none_of_its_text(tmp_path: Path) -> None:
    assert len(load_rows([written(tmp_path, lines(READING))]).reading) == 1
    rows = load_rows([written(tmp_path, lines(READING, UNANSWERED).replace("\n", "\r\n"))]).reading
    assert [row.context for row in rows] == [CONTEXT, CONTEXT]


def test_a_row_that_speaks_of_data_and_paragraphs_is_still_a_row(tmp_path: Path) -> None:
    row = {**READING, "source": "data", "question": 'What of "paragraphs"?'}
    assert load_rows([written(tmp_path, lines(row, row))]).reading[1].question == 'What of "paragraphs"?'


def test_files_are_read_in_the_order_given(tmp_path: Path) -> None:
    one, two = written(tmp_path, lines(READING), "one.jsonl"), written(tmp_path, json.dumps(SQUAD), "two.json")
    assert [row.source for row in load_rows([two, one]).reading] == [HUMAN, HUMAN, "s"]
    assert load_rows([]).reading == ()


def test_an_id_without_a_number_names_no_article_and_its_context_stands_for_it(tmp_path: Path) -> None:
    """Rows like QAMR's have an id for each question: by it, one context would be on both sides of the split."""
    rows = [{**READING, "id": "Wiki1k:440:0"}, {**READING, "id": "Wiki1k:440:1"}, READING]
    assert [row.article for row in load_rows([written(tmp_path, lines(*rows))]).reading] == [CONTEXT, CONTEXT, "Oslo"]


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[1, 2]",
        "7",
        '"data"',
        "null",
        '{"data": 3}',
        '{"data": [{"title": "x"}]}',
        lines(READING) + "{",
        lines({"question": "Who?"}),
        lines({**READING, "id": 7}),
        lines({**READING, "context": None}),
        lines({**READING, "question": " "}),
        lines({**READING, "answer": 7}),
        lines({**READING, "answer": "Bertha"}),
        lines({**READING, "answer_start": 1}),
        lines({**READING, "answer_start": -4}),
        lines({**READING, "answer_start": "0"}),
        lines({**READING, "answer": ""}),
        lines({**ENTAILMENT, "label": "maybe"}),
        lines({**ENTAILMENT, "premise": None}),
        lines({**COMPARISON, "label": "maybe"}),
        lines({**COMPARISON, "kind": "maybe"}),
        lines({**COMPARISON, "one": ""}),
        json.dumps(SQUAD).replace('"answer_start": 18', '"answer_start": 19'),
    ],
)
def test_a_file_in_none_of_the_formats_is_rejected_by_name(tmp_path: Path, text: str) -> None:
    good = written(tmp_path, lines(READING), "good.jsonl")
    with pytest.raises(InputRejected, match=r"bad\.jsonl holds neither SQuAD 2\.0 JSON nor rows") as caught:
        load_rows([good, written(tmp_path, text, "bad.jsonl")])
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_rejected_by_name(tmp_path: Path) -> None:
    torn = written(tmp_path, lines(READING), "torn.jsonl.xz")
    torn.write_bytes(torn.read_bytes()[:-9])
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes("é".encode("latin-1"))
    for path in (torn, tmp_path / "gone.json", tmp_path):
        with pytest.raises(InputRejected, match=f"{path.name} cannot be read"):
            load_rows([path])
    with pytest.raises(InputRejected, match=r"latin\.jsonl holds neither"):
        load_rows([latin])


@given(st.lists(st.builds(row_of, st.sampled_from([f"a{n}" for n in range(90)]), st.sampled_from([HUMAN, "s", "t"]))))
def test_no_row_of_a_held_back_article_is_trained_on(rows: list[ReadingRow]) -> None:
    train, held_back = split(rows)
    assert {row.article for row in train} & {row.article for row in held_back} == set()
    assert sorted(map(id, [*train, *held_back])) == sorted(map(id, rows))
    assert [row for row in rows if row in train] == train


def test_an_article_stays_on_its_side_whatever_else_is_in_the_files() -> None:
    rows = [row_of(f"a{n}") for n in range(2000)]
    _, held_back = split(rows)
    assert split(reversed(rows[:700]))[1] == [row for row in reversed(rows[:700]) if row in held_back]
    assert 30 <= len(held_back) <= 90  # 3 in 100
    assert [row.article for row in held_back][:3] == ["a51", "a66", "a77"]


def test_of_articles_with_peoples_questions_more_are_held_back() -> None:
    _, held_back = split([row_of(f"a{n}", HUMAN) for n in range(2000)])
    assert 300 <= len(held_back) <= 420  # 18 in 100


def test_of_calls_more_are_held_back_too() -> None:
    _, held_back = split([row_of(f"a{n}", CALLS) for n in range(2000)])
    assert 250 <= len(held_back) <= 350  # 15 in 100
