"""The commands as a user runs them: exit status, one line on stderr that says what to do, and the whole path once."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from index.store.documents import FILE_NAME, Store
from index.store.lock import lock
from service.cli import main

ROOT = Path(__file__).parent.parent.parent
ON_A_STORE = ("ingest", "ask", "serve", "evaluate", "mcp", "verify", "status", "doctor", "backup", "restore")
COMMANDS = (*ON_A_STORE, "train-reader")


def readout(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; no READOUT_ variable but those given reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**kept, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr of a command that failed."""
    assert done.returncode == 1
    assert done.stderr.startswith("readout: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def failing(arguments: list[str | Path], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines on stderr of a command that is run here and fails."""
    assert main([str(argument) for argument in arguments]) == 1
    return capsys.readouterr().err.splitlines()


def test_help_lists_every_command_and_loads_no_model() -> None:
    done = readout("--help", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    assert [command for command in COMMANDS if not re.search(rf"\n    {command}\s", done.stdout)] == []
    assert [name for name in ("torch", "numpy", "fastapi", "pydantic", "faiss") if f"| {name}\n" in done.stderr] == []


@pytest.mark.parametrize("command", ON_A_STORE)
def test_every_command_on_a_store_has_help_and_says_where_it_lives(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "--data DIR" in capsys.readouterr().out


def test_training_has_help_and_takes_data_files_for_a_store(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["train-reader", "--help"])
    assert left.value.code == 0
    assert "--data FILE [FILE ...]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unheard-of"],
        ["ask"],
        ["ingest"],
        ["ingest", "a.txt", "--name", "b.txt"],
        ["ingest", "-", "--watch"],
        ["ingest", "folder", "--watch", "--dry-run"],
        ["ingest", "folder", "--even-if-empty"],
        ["ingest", "folder", "--watch", "--interval", "0"],
        ["evaluate"],
        ["train-reader"],
        ["train-reader", "--data"],
        ["ask", "a", "b"],
        ["serve", "--port", "x"],
        ["status", "--what"],
        ["backup"],
        ["restore"],
        ["doctor", "now"],
    ],
)
def test_wrong_usage_is_exit_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: readout" in capsys.readouterr().err


def test_the_module_itself_passes_the_exit_status_on() -> None:
    assert readout("unheard-of").returncode == 2


def test_a_misspelt_setting_stops_a_command_and_is_named(tmp_path: Path) -> None:
    assert "READOUT_PROT" in complaint(readout("status", "--data", tmp_path, READOUT_PROT="1"))


def test_a_setting_that_does_not_fit_stops_a_command_and_is_named(tmp_path: Path) -> None:
    assert "READOUT_PORT" in complaint(readout("serve", "--data", tmp_path, READOUT_PORT="many"))


def test_serving_off_loopback_without_a_key_is_refused(tmp_path: Path) -> None:
    said = complaint(readout("serve", "--data", tmp_path, "--host", "0.0.0.0"))  # noqa: S104 - that it is refused is the test
    assert "READOUT_API_KEY" in said
    assert "--insecure" in said


def test_a_missing_path_is_named_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = failing(["ingest", tmp_path / "missing.txt", "--data", tmp_path / "data"], capsys)
    assert "missing.txt" in lines[0]
    assert "check the path" in lines[0]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.txt", b"", "no text"),
        ("binary.txt", b"\x00\x01\x02", "plain text"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "picture"),
        ("sheet.csv", b"a,b", ".csv"),
        ("paper.pdf", b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (line,) = failing(["ingest", tmp_path / name, "--data", tmp_path / "data"], capsys)
    assert line.startswith(f"readout: {name}: ")
    assert said in line


def test_a_file_over_the_bound_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes(b"a " * 1_000)
    done = readout("ingest", tmp_path / "big.txt", "--data", tmp_path / "data", READOUT_MAX_DOCUMENT_BYTES="1000")
    assert "READOUT_MAX_DOCUMENT_BYTES" in complaint(done)
    assert done.stdout == "0 created, 0 unchanged, 0 updated, 0 skipped, 1 failed\n"


def test_standard_input_is_previewed_under_its_name_by_its_content(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "ingest", "-", "--name", "call.txt", "--dry-run", "--data", tmp_path / "data"],
        cwd=ROOT,
        input="Les deux ministres se sont parlé au téléphone mardi soir. Selon le porte-parole, ils se reverront au printemps.",
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0
    assert done.stdout == "would be created: call.txt\n1 created, 0 unchanged, 0 updated, 0 skipped, 0 failed\n"
    assert done.stderr == "readout: call.txt: this document seems to be in French: the models know English best\n"
    assert not (tmp_path / "data").exists()


def test_a_folder_without_documents_is_nothing_to_ingest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / ".hidden").write_text("x", encoding="utf-8")
    assert failing(["ingest", tmp_path / "folder", "--data", tmp_path / "data"], capsys) == ["readout: nothing to ingest"]


@pytest.mark.parametrize("question", ["", "  ", "x" * 2_001])
def test_a_question_out_of_bounds_is_refused_before_a_model_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    (line,) = failing(["ask", question, "--data", tmp_path / "data"], capsys)
    assert "ask a question of 1 to 2,000 characters" in line
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [["status"], ["ingest", "seeds/README.md"]])
def test_a_data_directory_that_cannot_be_used_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (line,) = failing([*command, "--data", tmp_path / "file"], capsys)
    assert "data directory" in line


def test_a_missing_data_set_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = failing(["evaluate", tmp_path / "missing.jsonl"], capsys)
    assert "missing.jsonl" in line


def test_evaluating_a_server_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = failing(["evaluate", ROOT / "seeds" / "questions.jsonl", "--url", "http://127.0.0.1:1"], capsys)
    assert len(lines) == 1
    assert "http://127.0.0.1:1" in lines[0]


def test_the_status_of_a_new_store_is_all_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(tmp_path)]) == 0
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert shown["store"] == str(tmp_path)
    assert {shown[name] for name in ("documents", "versions", "chunks", "vectors", "backlog")} == {"0"}


def test_a_second_server_on_the_same_data_stops_at_once_with_one_line(tmp_path: Path) -> None:
    held = lock(tmp_path)
    held.announce("http://127.0.0.1:1")
    said = complaint(readout("serve", "--data", tmp_path, "--port", "0"))
    held.release()
    assert f"process {os.getpid()} is writing" in said
    assert "--data" in said


def test_an_ingest_beside_another_writer_that_serves_nothing_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = lock(tmp_path)
    (line,) = failing(["ingest", ROOT / "seeds" / "README.md", "--data", tmp_path], capsys)
    held.release()
    assert f"process {os.getpid()} is writing" in line


def test_a_file_given_up_is_shown_by_status_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\x00")
    failing(["ingest", tmp_path / "bad.txt", "--data", tmp_path / "data"], capsys)
    assert main(["status", "--data", str(tmp_path / "data")]) == 0
    shown = capsys.readouterr().out
    assert "failed     1\n" in shown
    assert f"given up: {tmp_path / 'bad.txt'}: not text in an encoding that can be told" in shown


def test_a_store_is_backed_up_restored_and_found_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Store(tmp_path / "one").close()
    assert main(["backup", str(tmp_path / "b"), "--data", str(tmp_path / "one")]) == 0
    assert main(["restore", str(tmp_path / "b"), "--data", str(tmp_path / "two")]) == 0
    capsys.readouterr()
    for options in ([], ["--repair"]):
        assert main(["doctor", *options, "--data", str(tmp_path / "two")]) == 0
        assert {line.split(maxsplit=2)[-1] for line in capsys.readouterr().out.splitlines()} == {"sound"}


def test_the_doctor_fails_on_damage_says_what_mends_it_and_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("UPDATE counters SET value = 7 WHERE name = 'chunks'")
    connection.commit()
    connection.close()
    for folder in (tmp_path / "generations", tmp_path / "lexical"):
        folder.mkdir()
        (folder / "CURRENT").write_text("nonsense")
    assert main(["doctor", "--data", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "7 chunks are counted, 0 are there" in shown
    assert "search files    2 faults" in shown
    assert shown.count("mended by: readout doctor --repair") == 2
    assert main(["doctor", "--repair", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("repaired") == 2
    assert main(["doctor", "--data", str(tmp_path)]) == 0


def test_the_seeds_are_ingested_asked_and_not_ingested_twice(tmp_path: Path) -> None:
    """The whole path, each step a process of its own, with the store named by the environment."""
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00")
    first = readout("ingest", "seeds/documents", bad, READOUT_DATA=str(tmp_path / "data"))
    assert (first.returncode, first.stdout) == (1, "2 created, 0 unchanged, 0 updated, 0 skipped, 1 failed\n")
    assert complaint(first).startswith("readout: bad.txt: ")

    asked = readout("ask", "Who said that TikTok came up today?", "--json", "--data", tmp_path / "data")
    assert (asked.returncode, asked.stderr) == (0, "")
    answer = json.loads(asked.stdout)
    assert answer["status"] == "answered"
    (text,) = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "seeds" / "documents").iterdir()
        if path.name == answer["citations"][0]["name"]
    ]
    assert all(text[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])
    assert "“TikTok came up today, yes,” Mr. Kirby said." in answer["text"]

    status = readout("status", "--data", tmp_path / "data")
    shown = dict(line.split(maxsplit=1) for line in status.stdout.splitlines())
    assert (status.returncode, shown["documents"], shown["backlog"]) == (0, "2", "0")
    assert shown["vectors"] == shown["chunks"] != "0"

    # Without a usable model: a second ingest needs none.
    again = readout("ingest", "seeds/documents", "--data", tmp_path / "data")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "0 created, 2 unchanged, 0 updated, 0 skipped, 0 failed\n"
