"""The evaluate command against a temporary store, on a data set of three questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.cli import main
from service.evaluating import Options, evaluate_command
from service.evaluation.errors import DatasetError, GateNotHeld, GateRejected
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.conftest import engine_on, serving

TEXT = "The zoo director is Alma Reyes. The aviary holds ninety herons. The park closes at nine in winter."
HERONS = "The aviary holds ninety herons."
ROWS: list[dict[str, Any]] = [
    {
        "id": "q1",
        "question": "How many herons does the aviary hold?",
        "answers": ["ninety"],
        "evidence": [[{"document_id": "zoo", "quote": HERONS}]],
        "answerable": True,
        "tags": [],
    },
    {
        "id": "q2",
        "question": "Who is the zoo director?",
        "answers": ["Alma Reyes"],
        "evidence": [[{"document_id": "zoo", "quote": "The zoo director is Alma Reyes."}]],
        "answerable": True,
        "tags": [],
    },
    {"id": "q3", "question": "Which composer wrote the opera?", "answers": [], "evidence": [], "answerable": False, "tags": []},
]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    (tmp_path / "set" / "documents").mkdir(parents=True)
    (tmp_path / "set" / "documents" / "zoo.txt").write_text(TEXT, encoding="utf-8")
    path = tmp_path / "set" / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def options(dataset: Path, **changes: Any) -> Options:
    plain = Options(dataset=dataset, url=None, k=8, as_json=True, report=None, compare_with=None, open_corpus=False)
    return replace(plain, **changes)


def numbers(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def test_a_data_set_is_evaluated_in_a_temporary_store(dataset: Path, tmp_path: Path) -> None:
    said: list[str] = []
    assert evaluate_command(options(dataset, as_json=False), Settings(data=tmp_path / "untouched"), say=said.append) is True
    assert not (tmp_path / "untouched").exists()
    assert len(said) == 1
    assert "\n" in said[0]


def test_a_document_of_the_data_set_that_cannot_be_read_stops_the_run(dataset: Path, tmp_path: Path) -> None:
    (dataset.parent / "documents" / "bad.txt").write_bytes(b"\x00")
    with pytest.raises(DatasetError, match=r"bad\.txt"):
        evaluate_command(options(dataset), Settings(data=tmp_path), say=lambda _: None)


def test_a_running_server_is_evaluated_reported_and_compared(dataset: Path, tmp_path: Path) -> None:
    """Over HTTP, with the key of the settings."""
    settings = Settings(data=tmp_path / "served", api_key="secret", threshold=0.0)
    engine = engine_on(settings.data, fake_models(), threshold=0.0)
    engine.ingester.add_file(dataset.parent / "documents" / "zoo.txt")
    report = tmp_path / "report"
    said: list[str] = []
    with serving(settings, engine) as url:
        assert evaluate_command(options(dataset, url=url, report=report), settings, say=said.append) is True
        assert evaluate_command(options(dataset, url=url, compare_with=report), settings, say=said.append) is True
    assert len(said) == 2
    assert json.loads(said[1])["comparison"]["with"] == str(report)
    assert len(list(numbers(json.loads(said[0])))) > 10
    assert any(HERONS in path.read_text(encoding="utf-8") for path in report.iterdir())


def test_a_gate_that_is_not_held_is_told_after_the_measures_and_the_report(dataset: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("[minimum]\ncitation_exactness = 1.5\n", encoding="utf-8")
    said: list[str] = []
    with pytest.raises(GateNotHeld, match=r"citation_exactness is 1\.0000, its minimum 1\.5"):
        evaluate_command(
            options(dataset, gate=gate, report=tmp_path / "report"), Settings(data=tmp_path, threshold=0.0), say=said.append
        )
    assert "citation_exactness" in said[0]
    assert (tmp_path / "report" / "report.html").exists()


def test_a_gate_with_an_unknown_name_stops_the_run_before_anything_is_asked(dataset: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text("[minimum]\ncorrectness = 0.5\n", encoding="utf-8")
    said: list[str] = []
    with pytest.raises(GateRejected, match="correctness"):
        evaluate_command(options(dataset, gate=gate), Settings(data=tmp_path), say=said.append)
    assert said == []


def test_a_limit_asks_so_many_questions_and_search_alone_is_measured(dataset: Path, tmp_path: Path) -> None:
    said: list[str] = []
    evaluate_command(options(dataset, limit=2), Settings(data=tmp_path), say=said.append)
    overall = json.loads(said[0])["overall"]
    assert overall["n"] == 2
    assert overall["measures"]["search_recall_at_k"] == {"mean": 1.0, "n": 2}


def test_the_command_exits_with_1_on_a_gate_that_is_not_held_and_0_on_one_that_is(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = []
    for least in ("1.0", "1.5"):
        gate = tmp_path / f"{least}.toml"
        gate.write_text(f"[minimum]\nsearch_recall_at_k = {least}\n", encoding="utf-8")
        statuses.append(main(["evaluate", str(dataset), "--gate", str(gate), "--data", str(tmp_path / "data")]))
    assert statuses == [0, 1]
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("readout: ")]
    assert said == ["readout: the gate is not held: search_recall_at_k is 1.0000, its minimum 1.5"]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5"])
def test_a_limit_that_is_no_number_of_questions_is_wrong_usage(limit: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["evaluate", "set.jsonl", "--limit", limit])
    assert left.value.code == 2
