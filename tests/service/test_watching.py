"""Watching a folder: look by look, with an ingest that only records."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import InputRejected, StoreBusy
from index.files import Collected
from index.types import IngestResult, IngestStatus
from service.ingesting import Asked, Outcome
from service.missing import Stored
from service.settings import Settings
from service.watching import Watch, watch_command

ROOT = Path(__file__).parent.parent.parent


class Recording:
    """An ingest that stores nothing: it records what it was asked, and deletes what it is told."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.deleting: list[bool] = []
        self.deletes: tuple[Stored, ...] = ()
        self.error: Exception | None = None

    def __call__(self, asked: Asked, collected: Collected, settings: Settings) -> Outcome:
        if self.error is not None:
            raise self.error
        self.asked.append([path.name for path in collected.files])
        self.deleting.append(asked.delete_missing)
        results = tuple(IngestResult(IngestStatus.CREATED, path.name) for path in collected.files)
        return Outcome(results, collected.skipped, self.deletes if asked.delete_missing else ())


class Watching:
    """A watch over one folder that says what it said."""

    def __init__(self, folder: Path, **asked: bool) -> None:
        self.ingest = Recording()
        self.watch = Watch(Asked((folder,), **asked), Settings(), ingest=self.ingest)
        self.said: list[str] = []
        self.complaints: list[str] = []

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.watch.look(say=self.said.append, complain=self.complaints.append)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "files" / "a.txt"
    made.parent.mkdir()
    made.write_text("Words.", encoding="utf-8")
    return made


def test_a_file_is_ingested_once_it_was_the_same_at_two_looks(path: Path) -> None:
    watching = Watching(path.parent)
    watching.look()
    assert watching.ingest.asked == []
    watching.look(3)
    assert watching.ingest.asked == [["a.txt"]]
    assert watching.said == ["1 created, 0 unchanged, 0 updated, 0 skipped, 0 failed"]


def test_a_file_that_grows_is_left_alone_until_it_rests(path: Path) -> None:
    watching = Watching(path.parent)
    for _ in range(3):
        watching.look()
        path.write_text(path.read_text(encoding="utf-8") + " More.", encoding="utf-8")
    assert watching.ingest.asked == []
    watching.look(2)
    assert watching.ingest.asked == [["a.txt"]]


def test_a_changed_file_and_a_changed_sidecar_are_ingested_again(path: Path) -> None:
    watching = Watching(path.parent)
    watching.look(2)
    path.write_text("Other words.", encoding="utf-8")
    watching.look(2)
    path.with_name("a.txt.meta.yaml").write_text("title: T", encoding="utf-8")
    watching.look(2)
    assert watching.ingest.asked == [["a.txt"]] * 3


def test_what_is_gone_is_deleted_after_two_looks_and_only_if_asked_for(path: Path) -> None:
    for delete_missing in (False, True):
        path.write_text("Words.", encoding="utf-8")
        watching = Watching(path.parent, delete_missing=delete_missing)
        watching.look(2)
        asked = len(watching.ingest.asked)
        path.unlink()
        watching.look()
        assert len(watching.ingest.asked) == asked
        watching.look(2)
        assert watching.ingest.deleting[asked:] == [True] * delete_missing


def test_a_file_that_a_program_saves_anew_is_not_gone(path: Path) -> None:
    watching = Watching(path.parent, delete_missing=True)
    watching.look(2)
    n_deletions = watching.ingest.deleting.count(True)
    path.rename(path.with_suffix(".bak"))
    watching.look()
    path.with_suffix(".bak").rename(path)
    watching.look(2)
    assert watching.ingest.deleting.count(True) == n_deletions


def test_after_a_deletion_all_files_are_offered_again(path: Path) -> None:
    """Of two files with the same words one document is stored, under the first one's name."""
    other = path.with_name("b.txt")
    other.write_text("Words.", encoding="utf-8")
    watching = Watching(path.parent, delete_missing=True)
    watching.look(2)
    path.unlink()
    watching.ingest.deletes = (Stored("1", "a.txt", str(path)),)
    watching.look(3)
    assert watching.ingest.asked[-1] == ["b.txt"]


def test_what_cannot_be_done_now_is_told_once_and_tried_again(path: Path) -> None:
    watching = Watching(path.parent)
    watching.ingest.error = StoreBusy("process 7 is writing")
    watching.look(4)
    assert watching.complaints == ["process 7 is writing"]
    watching.ingest.error = None
    watching.look()
    assert watching.ingest.asked == [["a.txt"]]


def test_what_is_skipped_is_told_once(path: Path) -> None:
    (path.parent / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    watching = Watching(path.parent)
    watching.look(4)
    assert [line for line in watching.complaints if "photo.jpg" in line] == watching.complaints[:1]


def test_only_folders_are_watched(path: Path) -> None:
    with pytest.raises(InputRejected, match=r"--watch watches folders"):
        watch_command(Asked((path,)), Settings(), interval_seconds=1, say=print, complain=print)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_cleanly(tmp_path: Path, path: Path, number: signal.Signals) -> None:
    """The file is no document: no model is loaded."""
    path.write_bytes(b"caf\x00")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    command = ["ingest", "--watch", "--interval", "0.1", str(path.parent), "--data", str(tmp_path / "data")]
    running = subprocess.Popen(
        [sys.executable, "-m", "service.cli", *command],
        cwd=ROOT, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert "stop with Ctrl-C" in running.stdout.readline()
    assert running.stdout.readline() == "0 created, 0 unchanged, 0 updated, 0 skipped, 1 failed\n"
    running.send_signal(number)
    said, complained = running.communicate(timeout=60)
    assert (running.returncode, said) == (0, "stopped\n")
    assert complained.startswith("readout: a.txt: ")
    assert complained.count("\n") == 1
