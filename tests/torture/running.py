"""Starting the server under torture, perhaps traced, asking it, and looking whether strace and mounting are there."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.torture import target

START_SECONDS, ANSWER_SECONDS, ATTACH_SECONDS = 180.0, 60.0, 30.0
FORKING = multiprocessing.get_context("forkserver")
# Hundreds of processes are started, and importing takes longer than starting: they are forked from one that has imported.
FORKING.set_forkserver_preload(["tests.torture.target", "tests.torture.one_ingest"])


class CannotMount(Exception):
    """Mounting is not allowed here, or what it needs is not installed."""


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


@dataclass(frozen=True, slots=True)
class Forked:
    """A process of this project, and what traces it if something does."""

    process: ForkServerProcess
    tracer: subprocess.Popen[bytes] | None

    @property
    def gone(self) -> bool:
        return not self.process.is_alive()

    def wait(self) -> int | None:
        """Its exit code, once it has ended."""
        self.process.join()
        if self.tracer is not None:
            self.tracer.wait()
        return self.process.exitcode

    def kill(self) -> None:
        """End it at once, as a lost process ends."""
        self.process.kill()
        self.wait()


def fork(work: Callable[..., None], *arguments: object, traced: Sequence[str] = ()) -> Forked:
    """Run `work(gate, *arguments)` in a fork, below strace if there are arguments for it.

    The work must wait until something comes through the gate: a tracer needs the time to attach.
    """
    theirs, ours = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=work, args=(theirs, *arguments), daemon=True)
    process.start()
    tracer = None
    if traced:
        tracer = subprocess.Popen(["strace", "-f", "-qq", *traced, "-p", str(process.pid)])
        _await_tracer(tracer, Path(f"/proc/{process.pid}/status"))
    ours.send(None)
    return Forked(process, tracer)


def _await_tracer(tracer: subprocess.Popen[bytes], status: Path) -> None:
    deadline = time.monotonic() + ATTACH_SECONDS
    while f"TracerPid:\t{tracer.pid}\n" not in status.read_text(encoding="ascii"):
        if time.monotonic() > deadline or tracer.poll() is not None:
            raise RuntimeError("strace could not attach")
        time.sleep(0.002)


@dataclass(frozen=True, slots=True)
class Server:
    """A server under torture."""

    forked: Forked
    port: int


def start(data: Path, *, traced: Sequence[str] = ()) -> Server:
    """Start the server without waiting for it, below strace if there are arguments for it."""
    port = free_port()
    return Server(fork(target.run, data, port, traced=traced), port)


def is_ready(server: Server) -> bool:
    """Wait until the server answers; false if it ended before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.forked.gone:
            return False
        try:
            if ask(server.port, "GET", "/readyz").status == 200:
                return True
        except ServerGone:
            pass
        time.sleep(0.05)
    raise TimeoutError("the server never became ready")


@contextmanager
def running(data: Path) -> Iterator[Server]:
    """A ready server, killed at the end."""
    server = start(data)
    try:
        if not is_ready(server):
            raise RuntimeError("the server ended while it was starting")
        yield server
    finally:
        server.forked.kill()


def missing_strace() -> str | None:
    """Why strace cannot be used here, if it cannot: attaching may be forbidden where it is there."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "60"]) as asleep:
        tracer = subprocess.Popen(["strace", "-qq", "-o", "/dev/null", "-p", str(asleep.pid)], stderr=subprocess.DEVNULL)
        try:
            _await_tracer(tracer, Path(f"/proc/{asleep.pid}/status"))
        except RuntimeError:
            return "strace may not attach to a process here"
        finally:
            asleep.kill()
            tracer.wait()
    return None


@contextmanager
def mounted(arguments: Sequence[str], at: Path) -> Iterator[Path]:
    """Something mounted for the length of the block.

    Raises:
        CannotMount: If that is not possible here.
    """
    at.mkdir(parents=True, exist_ok=True)
    mount(arguments, at)
    try:
        yield at
    finally:
        unmount(at)


def mount(arguments: Sequence[str], at: Path) -> None:
    if shutil.which("mount") is None:
        raise CannotMount("mount is not installed")
    done = subprocess.run(["mount", *arguments, str(at)], capture_output=True, check=False, text=True)
    if done.returncode:
        raise CannotMount(f"mounting is not allowed here: {done.stderr.strip()}")


def unmount(at: Path) -> None:
    for _ in range(100):
        if subprocess.run(["umount", str(at)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"{at} stays busy")
