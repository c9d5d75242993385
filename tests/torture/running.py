"""Starting the server under torture, asking it, and looking whether strace and mounting are there."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TARGET = Path(__file__).with_name("target.py")
START_SECONDS, ANSWER_SECONDS = 180.0, 60.0


class ServerGone(Exception):
    """The server did not answer: killed, or it broke the connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and its JSON body."""

    status: int
    body: Any


def ask(port: int, method: str, path: str, body: object = None) -> Reply:
    """One request; no answer in time counts as a hang and raises TimeoutError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        headers = {} if body is None else {"content-type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        data = answer.read()
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise ServerGone(str(error)) from error
    finally:
        connection.close()
    return Reply(answer.status, json.loads(data) if data else None)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class Process:
    """The server, perhaps below strace, in a process group of its own."""

    popen: subprocess.Popen[bytes]
    port: int

    def kill(self) -> None:
        """End all of it at once, as a lost process ends."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    @property
    def gone(self) -> bool:
        return self.popen.poll() is not None


def start(data: Path, *, before: Sequence[str] = ()) -> Process:
    """Start the server without waiting for it; `before` is a command that runs it."""
    port = free_port()
    command = [*before, sys.executable, str(TARGET), str(data), str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    popen = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    return Process(popen, port)


def is_ready(process: Process) -> bool:
    """Wait until the server answers; false if it ended before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.gone:
            return False
        try:
            if ask(process.port, "GET", "/readyz").status == 200:
                return True
        except ServerGone:
            pass
        time.sleep(0.05)
    raise TimeoutError("the server never became ready")


@contextmanager
def running(data: Path) -> Iterator[Process]:
    """A ready server, killed at the end."""
    process = start(data)
    try:
        if not is_ready(process):
            raise RuntimeError("the server ended while it was starting")
        yield process
    finally:
        process.kill()


def missing_strace() -> str | None:
    """Why strace cannot be used here, if it cannot."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "strace may not trace here"


@contextmanager
def mounted(arguments: Sequence[str], at: Path) -> Iterator[Path]:
    """Something mounted for the length of the block.

    Raises:
        PermissionError: If mounting is not allowed here.
    """
    at.mkdir(parents=True, exist_ok=True)
    mount(arguments, at)
    try:
        yield at
    finally:
        unmount(at)


def mount(arguments: Sequence[str], at: Path) -> None:
    done = subprocess.run(["mount", *arguments, str(at)], capture_output=True, check=False, text=True)
    if done.returncode:
        raise PermissionError(f"mounting is not allowed here: {done.stderr.strip()}")


def unmount(at: Path) -> None:
    for _ in range(100):
        if subprocess.run(["umount", str(at)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"{at} stays busy")
