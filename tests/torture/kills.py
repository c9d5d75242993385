"""kill -9 at random moments and inside fsync or rename, and power cuts, while three clients ingest, update and delete."""

from __future__ import annotations

import fcntl
import os
import random
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.torture.oracle import Client, Tally, check
from tests.torture.running import Process, is_ready, mount, start, unmount

N_CLIENTS = 3
EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2  # what is not on the disk yet is gone, as in a power cut
SYSCALLS = "fsync,fdatasync,rename,renameat,renameat2"


def clients_of(seed: int) -> list[Client]:
    return [Client(chr(ord("a") + n), seed * N_CLIENTS + n) for n in range(N_CLIENTS)]


def one_round(process: Process, clients: list[Client], end: Callable[[], None]) -> None:
    """Let the clients work on a server until `end` has ended it; `end` begins when something was acknowledged."""
    stop = threading.Event()
    before = sum(client.acknowledged for client in clients)
    threads = [threading.Thread(target=client.work, args=(process.port, stop)) for client in clients]
    try:
        if is_ready(process):
            for thread in threads:
                thread.start()
            while sum(client.acknowledged for client in clients) == before and any(thread.is_alive() for thread in threads):
                time.sleep(0.005)
            end()
    finally:
        process.kill()
        stop.set()
    for thread in threads:
        if thread.ident is not None:
            thread.join()


def summed(tally: Tally, clients: list[Client]) -> Tally:
    tally.acknowledged = sum(client.acknowledged for client in clients)
    tally.unread_writes = sum(client.unread for client in clients)
    return tally


def kills(data: Path, *, rounds: int, seed: int = 0, longest_seconds: float = 1.5) -> Tally:
    """Kill the server at a random moment, again and again on one store."""
    rng, clients, tally = random.Random(seed), clients_of(seed), Tally()
    for _ in range(rounds):
        process = start(data)
        one_round(process, clients, lambda: time.sleep(rng.uniform(0.02, longest_seconds)))
        check(data, clients, tally)
    return summed(tally, clients)


def kills_in_calls(data: Path, *, rounds: int, seed: int = 0, patience_seconds: float = 20.0) -> Tally:
    """Kill the server as one of its threads enters its n-th fsync or rename, n at random: strace does it."""
    rng, clients, tally = random.Random(seed), clients_of(seed), Tally()
    for _ in range(rounds):
        inject = f"inject={SYSCALLS}:signal=KILL:when={rng.randrange(1, 40)}"
        process = start(
            data, before=["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", f"trace={SYSCALLS}", "-e", inject]
        )

        def end(process: Process = process) -> None:
            deadline = time.monotonic() + patience_seconds
            while not process.gone and time.monotonic() < deadline:
                time.sleep(0.02)

        one_round(process, clients, end)
        check(data, clients, tally)
    return summed(tally, clients)


def power_cuts(folder: Path, *, rounds: int, seed: int = 0, longest_seconds: float = 1.5) -> Tally:
    """Shut an ext4 file system down below the server, mount it again, look.

    Raises:
        PermissionError: If mounting is not allowed here.
    """
    rng, clients, tally = random.Random(seed), clients_of(seed), Tally()
    image, at = folder / "disk.img", folder / "disk"
    at.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(200_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    for _ in range(rounds):
        mount(["-o", "loop", str(image)], at)
        try:
            process = start(at / "data")
            one_round(process, clients, lambda: cut_power(at, after_seconds=rng.uniform(0.02, longest_seconds)))
        finally:
            unmount(at)
        mount(["-o", "loop", str(image)], at)
        try:
            check(at / "data", clients, tally)
        finally:
            unmount(at)
    return summed(tally, clients)


def cut_power(at: Path, *, after_seconds: float) -> None:
    time.sleep(after_seconds)
    descriptor = os.open(at, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(descriptor)
