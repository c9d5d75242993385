"""readout verify: exported answers against the documents as they are now, in the store and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputRejected
from index.ingest import Upload
from index.types import Metadata
from service.bootstrap import Engine
from service.cli import main
from service.errors import ServerRefused
from service.schemas import answer_json
from service.settings import Settings
from service.types import Ask
from service.verifying import Current, ExportedCitation, State, check, read_export, served_documents, verify_command
from tests.fakes import fake_models
from tests.service.conftest import engine_on, serving

ZOO = "The zoo opened a new aviary on Monday. “𝒙” is a letter. The aviary holds ninety herons."
URI = "file:///zoo.txt"
DATA = "data"


def put(engine: Engine, text: str) -> str:
    result = engine.ingester.add_upload(Upload("zoo.txt", text.encode(), Metadata(uri=URI), is_text=True))
    assert result.document_id is not None
    return result.document_id


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_on(tmp_path / DATA, fake_models(), threshold=0.3)
    put(engine, ZOO)
    yield engine
    engine.close()


@pytest.fixture
def answer(engine: Engine) -> dict[str, Any]:
    made = answer_json(engine.answerer.ask(Ask("How many herons does the aviary hold?")), answer_id="a1")
    assert made["citations"]
    return dict(made)


def verified(tmp_path: Path, held: object, *more: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """The exit status and what `readout verify --json` says of a file that holds this."""
    (tmp_path / "export.json").write_text(json.dumps(held), encoding="utf-8")
    status = main(["verify", str(tmp_path / "export.json"), "--data", str(tmp_path / DATA), "--json", *more])
    return status, json.loads(capsys.readouterr().out)


def states(told: dict[str, Any]) -> set[str]:
    return {citation["state"] for answer in told["answers"] for citation in answer["citations"]}


def test_an_answer_whose_documents_are_as_they_were_is_the_same(
    tmp_path: Path, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    export = {"readout_export": 1, "exported_at": "2026-01-01T00:00:00Z", "answers": [answer, answer]}
    for held, n in ((answer, 1), ([answer, answer], 2), (export, 2)):
        status, told = verified(tmp_path, held, capsys=capsys)
        assert (status, states(told), told["same"]) == (0, {"same"}, n * len(answer["citations"]))
        assert [one["question"] for one in told["answers"]] == [answer["question"]] * n


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param((f"{ZOO} It rained.", "same place"), id="more after them"),
        pytest.param((f"It rained. {ZOO}", "another place"), id="more before them"),
        pytest.param(("The aviary holds eighty herons.", "not in it"), id="other words"),
    ],
)
def test_a_newer_version_makes_a_citation_changed_wherever_the_words_are(
    tmp_path: Path, engine: Engine, answer: dict[str, Any], newer: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    text, why = newer
    put(engine, text)
    status, told = verified(tmp_path, answer, capsys=capsys)
    assert (status, states(told), told["same"]) == (1, {"changed"}, 0)
    assert why in told["answers"][0]["citations"][0]["why"]


def test_a_deleted_document_is_gone(
    tmp_path: Path, engine: Engine, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    engine.store.delete(answer["citations"][0]["document_id"])
    status, told = verified(tmp_path, answer, capsys=capsys)
    assert (status, states(told), told["gone"]) == (1, {"gone"}, len(answer["citations"]))


@pytest.mark.parametrize("change", [{"quote": "The aviary holds eighty herons."}, {"start": 0}, {"end": 10_000}, {"end": 0}])
def test_an_export_that_was_altered_is_not_the_same(
    tmp_path: Path, answer: dict[str, Any], change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answer["citations"][0] |= change
    status, told = verified(tmp_path, answer, capsys=capsys)
    assert (status, told["changed"]) == (1, 1)
    assert "altered" in told["answers"][0]["citations"][0]["why"]


def test_a_refusal_has_nothing_to_check(tmp_path: Path, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    refusal = answer_json(engine.answerer.ask(Ask("Who wrote the opera?")), answer_id="a2")
    assert verified(tmp_path, refusal, capsys=capsys)[0] == 0


def test_people_read_a_line_for_each_citation(
    tmp_path: Path, engine: Engine, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.json").write_text(json.dumps(answer), encoding="utf-8")
    assert main(["verify", str(tmp_path / "export.json"), "--data", str(tmp_path / DATA)]) == 0
    question, *lines, counts = capsys.readouterr().out.splitlines()
    assert question == answer["question"]
    cited = answer["citations"][0]
    assert lines[0] == f"  same     [1] zoo.txt [{cited['start']}:{cited['end']}]: the words stand there"
    assert counts == f"{len(answer['citations'])} same, 0 changed, 0 gone"


def test_a_running_server_is_asked_with_its_key(tmp_path: Path, engine: Engine, answer: dict[str, Any]) -> None:
    export = tmp_path / "export.json"
    said: list[str] = []
    with serving(Settings(data=tmp_path / DATA, api_key="secret"), engine) as url:
        with_key, without = Settings(data=tmp_path / "none", api_key="secret"), Settings(data=tmp_path / "none")
        export.write_text(json.dumps(answer), encoding="utf-8")
        assert verify_command(export, with_key, url=url, as_json=True, say=said.append) is True
        answer["citations"][0]["document_id"] = "../v1/documents"
        export.write_text(json.dumps(answer), encoding="utf-8")
        assert verify_command(export, with_key, url=url, as_json=True, say=said.append) is False
        with pytest.raises(ServerRefused, match="READOUT_API_KEY"):
            verify_command(export, without, url=url, as_json=True, say=said.append)
    assert states(json.loads(said[0])) == {"same"}
    assert "gone" in states(json.loads(said[1]))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://x", "no address", "http://[::1"])
def test_an_address_that_does_not_answer_is_an_error_and_no_missing_document(
    tmp_path: Path, answer: dict[str, Any], url: str
) -> None:
    (tmp_path / "export.json").write_text(json.dumps(answer), encoding="utf-8")
    with pytest.raises(ServerRefused):
        verify_command(tmp_path / "export.json", Settings(), url=url, as_json=False, say=lambda _: None)


def test_a_folder_without_a_store_is_an_error_and_no_missing_document(
    tmp_path: Path, answer: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.json").write_text(json.dumps(answer), encoding="utf-8")
    assert main(["verify", str(tmp_path / "export.json"), "--data", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.startswith("readout: ")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"7",
        b"[7]",
        b"{}",
        b"null",
        b'{"readout_export": 2, "answers": []}',
        b'{"readout_export": 1}',
        b'{"readout_export": 1, "answers": {}}',
        b'{"id": "a", "question": "q", "citations": [{"id": 1, "start": -1}]}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "held.json").write_bytes(held)
    with pytest.raises(InputRejected, match="answer"):
        read_export(tmp_path / "held.json")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="cannot be read"):
        read_export(tmp_path / "none.json")


def test_an_export_without_answers_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text('{"readout_export": 1, "answers": []}')
    assert list(read_export(tmp_path / "export.json")) == []


@given(
    text=st.text(min_size=1, max_size=30), other=st.text(max_size=30), places=st.tuples(st.integers(0, 30), st.integers(0, 30))
)
def test_same_is_said_only_of_words_that_stand_at_their_place_in_their_version(
    text: str, other: str, places: tuple[int, int]
) -> None:
    start, end = sorted(places)
    quote = text[start:end] or "x"
    citation = ExportedCitation(id=1, document_id="d", document_sha256="one", name="n", start=start, end=end, quote=quote)
    for sha256, now in (("one", text), ("one", other), ("two", text), ("two", other)):
        state = check(citation, lambda _, sha256=sha256, now=now: Current(sha256, now)).state
        assert (state is State.SAME) == (sha256 == "one" and now[start:end] == quote and end <= len(now))
        assert state is not State.GONE
    assert check(citation, lambda _: None).state is State.GONE


def test_documents_that_cannot_be_read_as_such_stop_the_check(tmp_path: Path, answer: dict[str, Any]) -> None:
    """Another server's page is no document that changed."""
    (tmp_path / "export.json").write_text(json.dumps(answer), encoding="utf-8")
    for reply in (httpx.Response(200, text="<html>"), httpx.Response(404, text="not here"), httpx.Response(500, json={})):
        transport = httpx.MockTransport(lambda _, reply=reply: reply)
        with served_documents("http://x", Settings(), transport=transport) as read_current, pytest.raises(ServerRefused):
            read_current("d")
