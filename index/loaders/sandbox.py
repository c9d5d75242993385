"""The server's side of the worker process: give it a file, get its documents, or learn why there are none."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.errors import DamagedFile, DocumentTooLarge, ParseMemory, ParserUnavailable, ParseTimeout, StoreFull
from index.loaders import wire
from index.loaders.kinds import Kind
from index.loaders.parts import Loaded

START_SECONDS = 120.0  # importing the parsers takes one second, on a machine that is busy many
WALL_SECONDS = 8.0  # a client is promised an answer in 10
GRACE_SECONDS = 4.0  # for the worker to end a parser whose time is up
MUCH_MEMORY = 0.6  # of the limit: a parser that crashed with so much in use crashed for want of more
_ROOT = Path(__file__).parent.parent.parent
_BOOT = (
    "import socket, sys; sys.path.insert(0, sys.argv[1]); from index.loaders.worker import main; "
    "main(socket.socket(fileno=int(sys.argv[2])), wall_seconds=float(sys.argv[3]))"
)
_KEPT = ("LD_LIBRARY_PATH",)  # of the environment: some interpreters do not start without; keys and addresses stay here
_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """How a parser ended; `peak_bytes` is the most memory it had in use."""

    late: bool
    killed_by: int
    peak_bytes: int


class Sandbox:
    """One worker process, started at the first file and anew should it go away. Safe to use from many threads."""

    def __init__(self, *, wall_seconds: float = WALL_SECONDS) -> None:
        """Start nothing yet; a parser is ended after `wall_seconds`."""
        self._wall_seconds = wall_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def load(self, kind: Kind, data: bytes) -> list[Loaded]:
        """The documents of a file.

        Raises:
            InputRejected: If the file cannot be read within the limits.
            ParserUnavailable: If the worker cannot be started.
            StoreFull: If there is no room to hand the file over.
        """
        return judged(*self.run(kind, data))

    def run(self, kind: Kind, data: bytes) -> tuple[bytes, Ended]:
        """What the parser of a file wrote, and how it ended. Raises as `load` does, but for what the parser itself says."""
        answer, report = self._request(kind, data)
        deadline = time.monotonic() + self._wall_seconds + GRACE_SECONDS  # from here on: starting the worker has its own
        try:
            return _read(answer, wire.MAX_BYTES, deadline), _ended(_read(report, _READ_BYTES, deadline))
        except TimeoutError as error:
            self.close()  # whatever still runs there ends with it
            raise ParseTimeout("reading it takes too long; split it or save it in another form") from error
        finally:
            os.close(answer)
            os.close(report)

    def close(self) -> None:
        """End the worker and all it started; the next file starts another."""
        with self._lock:
            process, control = self._process, self._control
            self._process = self._control = None
        if control is not None:
            control.close()
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _request(self, kind: Kind, data: bytes) -> tuple[int, int]:
        try:
            with tempfile.TemporaryFile() as file:
                file.write(data)
                file.flush()
                return self._send(kind, file.fileno())
        except OSError as error:
            raise StoreFull("there is no room for temporary files; free some and try again") from error

    def _send(self, kind: Kind, source: int) -> tuple[int, int]:
        answer, answer_end = os.pipe()
        report, report_end = os.pipe()
        try:
            self._hand_over(kind, [source, answer_end, report_end])
        except (OSError, ParserUnavailable) as error:
            os.close(answer)
            os.close(report)
            self.close()
            raise ParserUnavailable("the process that reads files went away; try again") from error
        finally:
            os.close(answer_end)
            os.close(report_end)
        return answer, report

    def _hand_over(self, kind: Kind, descriptors: list[int]) -> None:
        message = [kind.value.ljust(wire.REQUEST_BYTES).encode()]
        with self._lock:
            control = self._control
            if control is not None:
                with contextlib.suppress(OSError):  # it went away since the last file: this one starts another
                    socket.send_fds(control, message, descriptors)
                    return
        if control is not None and self._control is control:  # else another thread has started one already
            self.close()
        with self._lock:
            socket.send_fds(self._control or self._start(), message, descriptors)

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                [sys.executable, "-I", "-c", _BOOT, str(_ROOT), str(theirs.fileno()), str(self._wall_seconds)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"TZ": "UTC", "LANG": "C.UTF-8"} | {name: os.environ[name] for name in _KEPT if name in os.environ},
                start_new_session=True,
            )
        self._control = ours
        ours.settimeout(START_SECONDS)
        if not ours.recv(1):
            raise ParserUnavailable("the process that reads files does not start")
        ours.settimeout(None)
        return ours


@cache
def shared() -> Sandbox:
    """The sandbox of this process, closed when it ends."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


def _read(descriptor: int, most: int, deadline: float) -> bytes:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    pieces: list[bytes] = []
    size = 0
    while True:
        if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        piece = os.read(descriptor, _READ_BYTES)
        if not piece:
            return b"".join(pieces)
        size += len(piece)
        if size > most:
            raise DocumentTooLarge(wire.TOO_LONG)
        pieces.append(piece)


def _ended(report: bytes) -> Ended:
    try:
        said = json.loads(report)
        return Ended(bool(said["late"]), int(said["signal"]), int(said["peak_bytes"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ParserUnavailable("the process that reads files went away; try again") from error


def judged(message: bytes, ended: Ended) -> list[Loaded]:
    """The documents of a message, or why a parser that was ended gave none.

    Raises:
        InputRejected: As it says.
    """
    if ended.late or ended.killed_by == signal.SIGXCPU:
        raise ParseTimeout("reading it takes too long; split it or save it in another form")
    if ended.killed_by:
        if ended.peak_bytes > MUCH_MEMORY * wire.MEMORY_BYTES:
            raise ParseMemory("reading it takes more memory than it may; split it or save it in another form")
        raise DamagedFile("it cannot be read as what it is; save it again, or give its text")
    return wire.read(message)
