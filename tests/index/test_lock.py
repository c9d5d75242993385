from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import StoreBusy, StoreUnavailable
from index.store.lock import ENDPOINT, lock, served_at

HOLDER = """
import sys, time
from pathlib import Path
from index.store.lock import lock
held = lock(Path(sys.argv[1]))
held.announce("http://127.0.0.1:1")
print("held", flush=True)
time.sleep(60)
"""


def test_one_process_writes_at_a_time_and_the_other_is_told_which(tmp_path: Path) -> None:
    held = lock(tmp_path)
    with pytest.raises(StoreBusy, match=f"process {os.getpid()} is writing"):
        lock(tmp_path)
    held.release()
    lock(tmp_path).release()


def test_the_address_of_a_server_is_there_while_it_holds_the_lock(tmp_path: Path) -> None:
    assert served_at(tmp_path) is None
    held = lock(tmp_path)
    assert served_at(tmp_path) is None
    held.announce("http://127.0.0.1:8000")
    assert served_at(tmp_path) == "http://127.0.0.1:8000"
    held.release()
    assert served_at(tmp_path) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff"])
def test_an_address_that_cannot_be_read_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / ENDPOINT).write_bytes(data)
    assert served_at(tmp_path) is None


def test_a_killed_process_leaves_no_lock_and_no_address(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy, match=f"process {holder.pid} is writing"):
            lock(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    held = lock(tmp_path)
    assert served_at(tmp_path) is None
    held.release()


def test_a_data_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="data directory"):
        lock(tmp_path / "file")
