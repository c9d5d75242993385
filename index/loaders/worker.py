"""The process that reads untrusted files: it forks a throwaway for each, under limits, and parses nothing itself.

It is started once, imports the parsers, and waits on a socket for pairs of file descriptors: the file and where to answer.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

from index.errors import DamagedFile, InputRejected, ParseMemory
from index.loaders import formats, wire
from index.loaders.kinds import Kind

CPU_SECONDS = 8
READY = b"R"
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "ctypes.dlopen",
)


def main(control: socket.socket, *, wall_seconds: float) -> None:
    """Serve until the other end of `control` is closed; each parser has `wall_seconds`."""
    formats.warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors are reaped by the kernel
    control.sendall(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, wire.REQUEST_BYTES, 3)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _supervise(Kind(message.decode().strip()), descriptors, wall_seconds)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(kind: Kind, descriptors: Sequence[int], wall_seconds: float) -> NoReturn:
    """Fork the parser, end it when its time is up, and report how it ended."""
    source, answer, report = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    parser = os.fork()
    if parser == 0:
        os.close(report)
        _parse(kind, source, answer)
    os.close(answer)
    late: list[bool] = []

    def end(_signal: int, _frame: object) -> None:
        late.append(True)
        os.kill(parser, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    _, status, usage = os.wait4(parser, 0)
    killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    ended = {"late": bool(late), "signal": killed_by, "peak_bytes": usage.ru_maxrss * 1024}
    with contextlib.suppress(OSError):
        os.write(report, json.dumps(ended).encode())
    os._exit(0)


def _parse(kind: Kind, source: int, answer: int) -> NoReturn:
    """Read the file, write what it holds, and end without any clean-up that a damaged heap could turn into harm."""
    try:
        _limit()
        size = os.fstat(source).st_size
        with mmap.mmap(source, size, access=mmap.ACCESS_READ) as file:
            data = file[:]
        message = _message(kind, data)
    except MemoryError:
        message = wire.of_error(ParseMemory("reading it takes more memory than it may; split it or save it in another form"))
    rest = memoryview(message)
    with contextlib.suppress(OSError):  # nobody reads on after too much
        while rest:
            rest = rest[os.write(answer, rest) :]
    os._exit(0)


def _message(kind: Kind, data: bytes) -> bytes:
    try:
        return wire.of_documents(formats.load(kind, data))
    except InputRejected as error:
        return wire.of_error(error)
    except MemoryError:
        raise
    except RecursionError:
        return wire.of_error(DamagedFile("it is nested too deeply; save it again in a plainer form"))
    except Exception:  # noqa: BLE001 - the outermost edge of foreign parsers: whatever they raise, the file is the cause
        return wire.of_error(DamagedFile("it cannot be read as what it is; save it again, or give its text"))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (wire.MEMORY_BYTES, wire.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what no parser needs: the network, other programs, writing."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a parser")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        raise PermissionError("a parser writes no file")
