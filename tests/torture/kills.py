"""kill -9 at random moments and inside fsync or rename, and power cuts, while three clients ingest, update and delete."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.torture.oracle import Client, Tally, check
from tests.torture.running import CannotMount, Server, is_ready, mount, start, unmount

N_CLIENTS = 3
EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2  # what is not on the disk yet is gone, as in a power cut
AFTER_SECONDS = (0.02, 1.0)  # of work, before an end
# Each thread counts its own calls. With fewer than these most rounds end inside one, during a start or during work.
MOST_CALLS, PATIENCE_SECONDS, MOST_TRIES = 40, 10.0, 3
SYSCALLS = "fsync,fdatasync,rename,renameat,renameat2"


def clients_of(seed: int) -> list[Client]:
    return [Client(chr(ord("a") + n), seed * N_CLIENTS + n) for n in range(N_CLIENTS)]


def one_round(server: Server, clients: list[Client], end: Callable[[], None]) -> bool:
    """Let the clients work on a server until `end` has returned, then kill it; whether it had ended by itself.

    `end` begins when something was acknowledged.
    """
    stop = threading.Event()
    before = sum(client.acknowledged for client in clients)
    threads = [threading.Thread(target=client.work, args=(server.port, stop)) for client in clients]
    try:
        if is_ready(server):
            for thread in threads:
                thread.start()
            while sum(client.acknowledged for client in clients) == before and any(thread.is_alive() for thread in threads):
                time.sleep(0.005)
            end()
        ended_by_itself = server.forked.gone
    finally:
        server.forked.kill()
        stop.set()
    for thread in threads:
        if thread.ident is not None:
            thread.join()
    return ended_by_itself


def summed(tally: Tally, clients: list[Client]) -> Tally:
    tally.acknowledged = sum(client.acknowledged for client in clients)
    tally.unread_writes = sum(client.unread for client in clients)
    return tally


def kills(data: Path, *, rounds: int, seed: int = 0) -> Tally:
    """Kill the server at a random moment, again and again on one store."""
    rng, clients, tally = random.Random(seed), clients_of(seed), Tally()
    for _ in range(rounds):
        if one_round(start(data), clients, lambda: time.sleep(rng.uniform(*AFTER_SECONDS))):
            tally.count("corrupt_opens", "the server ended by itself")
        tally.rounds += 1
        check(data, clients, tally)
    return summed(tally, clients)


def kills_in_calls(data: Path, *, rounds: int, seed: int = 0) -> Tally:
    """Kill the server as one of its threads enters its n-th fsync or rename, n at random: strace does it.

    Where no thread comes to its n-th call in time, the server is killed from outside, and that is no round.
    """
    rng, clients, tally = random.Random(seed), clients_of(seed), Tally()

    def wait(server: Server) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not server.forked.gone and time.monotonic() < deadline:
            time.sleep(0.005)

    for _ in range(MOST_TRIES * rounds):
        inject = f"inject={SYSCALLS}:signal=KILL:when={rng.randrange(1, MOST_CALLS)}"
        server = start(data, traced=["-o", "/dev/null", "-e", f"trace={SYSCALLS}", "-e", inject])
        tally.rounds += one_round(server, clients, lambda server=server: wait(server))  # type: ignore[misc]
        check(data, clients, tally)
        if tally.rounds == rounds:
            break
    return summed(tally, clients)


def power_cuts(folder: Path, *, rounds: int, seed: int = 0) -> Tally:
    """Shut an ext4 file system down below the server, mount it again, look.

    Raises:
        CannotMount: If that is not possible here.
    """
    if shutil.which("mkfs.ext4") is None:
        raise CannotMount("mkfs.ext4 is not installed")
    rng, clients, tally = random.Random(seed), clients_of(seed), Tally()
    image, at = folder / "disk.img", folder / "disk"
    at.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(200_000_000)

    def cut() -> None:
        time.sleep(rng.uniform(*AFTER_SECONDS))
        for client in clients:
            client.dark.set()
        cut_power(at)
        tally.rounds += 1

    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    for _ in range(rounds):
        mount(["-o", "loop", str(image)], at)
        try:
            one_round(start(at / "data"), clients, cut)
        finally:
            unmount(at)
        mount(["-o", "loop", str(image)], at)
        try:
            check(at / "data", clients, tally)
        finally:
            unmount(at)
        for client in clients:
            client.dark.clear()
    return summed(tally, clients)


def cut_power(at: Path) -> None:
    """Shut the file system down: nothing more reaches the disk, while the processes on it go on.

    Linux then lets an fdatasync that is under way return without an error though its bytes are gone. Of 400 cuts below a
    program whose three threads only append and fdatasync, 11 lost bytes that were said to be there after the cut had begun,
    and none lost any that were said to be there before. So nothing that is answered from the cut on may count.
    """
    descriptor = os.open(at, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(descriptor)
