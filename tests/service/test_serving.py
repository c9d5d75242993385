"""Beside a running server, in processes of their own: ingesting, reading, a second server."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store.documents import Store
from index.store.lock import lock, served_at
from service.cli import main
from service.errors import CannotServe
from service.serving import serve
from service.settings import Settings
from tests.torture.running import Server, ask, is_ready, running, start


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture(scope="module")
def process(data: Path) -> Iterator[Server]:
    with running(data) as process:
        yield process


def test_files_are_handed_to_the_server_and_embedded_when_the_command_returns(
    process: Server, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("a.txt", "The zoo opened."), ("b.txt", "It rained."), ("c.txt", "\0")):
        (tmp_path / name).write_text(text)
    assert main(["ingest", str(tmp_path), "--data", str(data)]) == 1
    told = capsys.readouterr()
    assert told.out == "2 created, 0 unchanged, 0 updated, 0 skipped, 1 failed\n"
    assert told.err.startswith("readout: c.txt: ")
    assert ask(process.port, "GET", "/readyz").body["backlog"] == 0
    listed = ask(process.port, "GET", "/v1/documents").body["documents"]
    assert {document["uri"] for document in listed} == {str(tmp_path / name) for name in ("a.txt", "b.txt")}


def test_readers_read_beside_it(process: Server, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(data)]) == 0
    assert f"http://127.0.0.1:{process.port}" in capsys.readouterr().out
    assert main(["doctor", "--data", str(data)]) == 0
    assert main(["backup", str(tmp_path / "b"), "--data", str(data)]) == 0
    assert main(["doctor", "--repair", "--data", str(data)]) == 1
    assert f"process {process.forked.process.pid} is writing" in capsys.readouterr().err


def test_a_second_server_ends_at_once(process: Server, data: Path) -> None:
    second = start(data)
    assert not is_ready(second)
    assert second.forked.wait() == 1
    assert ask(process.port, "GET", "/readyz").status == 200


def test_a_server_that_is_told_to_stop_gives_the_lock_back(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        assert served_at(tmp_path) == f"http://127.0.0.1:{process.port}"
        assert process.forked.process.pid is not None
        os.kill(process.forked.process.pid, signal.SIGTERM)
        process.forked.wait()
    assert served_at(tmp_path) is None
    lock(tmp_path).release()


def test_what_an_ingest_left_undone_is_done_by_the_next_server(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The zoo opened.")
    store = Store(tmp_path / "data")
    store.jobs.add([tmp_path / "a.txt"])
    store.jobs.take()  # and then the process ended
    store.close()
    with running(tmp_path / "data") as process:
        while ask(process.port, "GET", "/readyz").body["jobs"]:
            pass
        (document,) = ask(process.port, "GET", "/v1/documents").body["documents"]
    assert document["uri"] == str(tmp_path / "a.txt")


def test_an_address_that_is_taken_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    def never() -> None:
        raise AssertionError("it was loaded")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=str(port)):
            serve(Settings(data=tmp_path / "data", port=port), never)
    assert not (tmp_path / "data").exists()
