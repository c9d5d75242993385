"""Disks that are full or broken, and damaged search files."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from index.generation import FOLDER
from index.store.database import Database
from index.store.doctor import examine
from index.store.documents import FILE_NAME, Store
from tests.generations import World, damage_of
from tests.torture.oracle import Client, Tally, check
from tests.torture.running import Process, ask, mounted, running

DISK_BYTES, FULL_AT_LEAST = 12_000_000, 20_000
ONE_INGEST = Path(__file__).with_name("one_ingest.py")
WRITES = "write,pwrite64,fsync,fdatasync,ftruncate,rename"
PATIENCE = 400  # operations to fill what is left


@dataclass
class FullDisk:
    """What became of a server on a full disk, at each point."""

    points: int = 0
    refused_with_507: int = 0
    reads_failed: int = 0
    not_writable_again: int = 0
    wrong: int = 0

    @property
    def faults(self) -> dict[str, int]:
        missed = self.points - self.refused_with_507
        found = {
            "no_507": missed,
            "reads_failed": self.reads_failed,
            "not_writable": self.not_writable_again,
            "wrong": self.wrong,
        }
        return {name: n for name, n in found.items() if n}


def full_disk(folder: Path, *, points: int, seed: int = 0) -> FullDisk:
    """Fill the disk to another few kilobytes each time, write until refused, read, free the space, write again; one server.

    Raises:
        PermissionError: If mounting is not allowed here.
    """
    rng, outcome, client = random.Random(seed), FullDisk(), Client("f", seed)
    with mounted(["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs"], folder / "disk") as disk:
        with running(disk / "data") as process:
            while client.step(process.port) != 201:
                pass
            for _ in range(points):
                outcome.points += 1
                _one_point(process, disk, client, rng.randrange(0, 400_000), outcome)
        tally = Tally()
        check(disk / "data", [client], tally)
        outcome.wrong = sum(tally.faults.values())
    return outcome


def _one_point(process: Process, disk: Path, client: Client, left: int, outcome: FullDisk) -> None:
    filler = disk / "filler"
    _fill(filler, disk, left)
    statuses = []
    while 507 not in statuses and len(statuses) < PATIENCE:
        statuses.append(client.step(process.port))
    outcome.refused_with_507 += 507 in statuses and set(statuses) <= {200, 201, 204, 404, 507}
    for path, body in (("/v1/documents", None), ("/v1/ask", {"question": "What stands there?"}), ("/readyz", None)):
        reply = ask(process.port, "GET" if body is None else "POST", path, body)
        outcome.reads_failed += reply.status != 200
    filler.unlink()
    outcome.not_writable_again += all(client.step(process.port) not in (200, 201, 204) for _ in range(3))


def _fill(filler: Path, disk: Path, left: int) -> None:
    import os

    facts = os.statvfs(disk)
    with filler.open("wb") as file:
        file.write(bytes(max(0, facts.f_bavail * facts.f_frsize - left)))


@dataclass
class BrokenDisk:
    """What became of an ingest at each of its writes and fsyncs that failed."""

    points: int = 0
    errors_told: int = 0
    false_acknowledgements: int = 0
    damaged_stores: int = 0

    @property
    def faults(self) -> dict[str, int]:
        found = {"false_acknowledgements": self.false_acknowledgements, "damaged_stores": self.damaged_stores}
        return {name: n for name, n in found.items() if n}


def broken_disk(folder: Path, *, most: int) -> BrokenDisk:
    """Fail the n-th write or fsync below the data directory with EIO, for n from 1 until an ingest has no more of them."""
    outcome = BrokenDisk()
    for n in range(1, most + 1):
        data = folder / str(n)
        data.mkdir(parents=True)
        inject = f"inject={WRITES}:error=EIO:when={n}"
        paths = [part for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-journal") for part in ("-P", str(data / name))]
        log = folder / f"{n}.log"
        done = subprocess.run(
            [
                "strace",
                "-f",
                "-qq",
                "-o",
                str(log),
                "-e",
                f"trace={WRITES}",
                *paths,
                "-e",
                inject,
                sys.executable,
                str(ONE_INGEST),
                str(data),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if "(INJECTED)" not in log.read_text():
            return outcome
        outcome.points += 1
        said = done.stdout.split()
        outcome.errors_told += "refused" in said or done.returncode != 0
        _look(data, {word.removeprefix("stored:") for word in said if word.startswith("stored:")}, outcome)
    return outcome


def _look(data: Path, acknowledged: set[str], outcome: BrokenDisk) -> None:
    store = Store(data)
    there = {summary.sha256 for summary in store.documents()}
    outcome.false_acknowledgements += len(acknowledged - there)
    database = Database(data / FILE_NAME, read_only=True)
    outcome.damaged_stores += any(finding.n_faults for finding in examine(database))
    database.close()
    store.close()


@dataclass
class Damage:
    """What became of damaged search files."""

    damaged: int = 0
    detected: int = 0
    made_again: int = 0
    wrong_answers: int = 0

    @property
    def faults(self) -> dict[str, int]:
        found = {
            "undetected": self.damaged - self.detected,
            "not_made_again": self.damaged - self.made_again,
            "wrong_answers": self.wrong_answers,
        }
        return {name: n for name, n in found.items() if n}


def damage(folder: Path, *, files: int, seed: int = 0) -> Damage:
    """Damage a search file, its manifest or CURRENT, open, compare with exact search, again and again."""
    rng, outcome = random.Random(seed), Damage()
    worlds = []
    for n in (20, 40):  # exact, clustered
        world = World(folder / str(n))
        world.add(n)
        world.open()
        worlds.append(world)
    for turn in range(files):
        world = worlds[turn % 2]
        path = sorted((world.data / FOLDER).iterdir())[turn // 2 % 3]
        path.write_bytes(damage_of(rng, path.read_bytes()))
        generations = world.open()
        outcome.damaged += 1
        outcome.detected += generations.state.n_damaged == 1
        outcome.made_again += generations.state.n_built == 1
        try:
            world.check(generations)
        except AssertionError:
            outcome.wrong_answers += 1
    for world in worlds:
        world.store.close()
    return outcome
