"""Disks that are full or broken, and damaged search files."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from index.generation import FOLDER
from index.store.database import Database
from index.store.doctor import examine
from index.store.documents import FILE_NAME, Store
from tests.generations import World, damage_of
from tests.lexical_generations import Words
from tests.torture import one_ingest
from tests.torture.oracle import Client, Tally, check
from tests.torture.running import FORKING, Server, ask, fork, mounted, running

DISK_BYTES, FULL_AT_LEAST = 12_000_000, 20_000
N_AT_ONCE = os.cpu_count() or 1
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
        CannotMount: If that is not possible here.
    """
    rng, outcome, client = random.Random(seed), FullDisk(), Client("f", seed)
    with mounted(["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs"], folder / "disk") as disk:
        with running(disk / "data") as server:
            while client.step(server.port) != 201:
                pass
            for _ in range(points):
                outcome.points += 1
                _one_point(server, disk, client, rng.randrange(0, 400_000), outcome)
        tally = Tally()
        check(disk / "data", [client], tally)
        outcome.wrong = sum(tally.faults.values())
    return outcome


def _one_point(server: Server, disk: Path, client: Client, left: int, outcome: FullDisk) -> None:
    filler = disk / "filler"
    _fill(filler, disk, left)
    statuses = []
    while 507 not in statuses and len(statuses) < PATIENCE:
        statuses.append(client.step(server.port))
    outcome.refused_with_507 += 507 in statuses and set(statuses) <= {200, 201, 204, 404, 507}
    for path, body in (("/v1/documents", None), ("/v1/ask", {"question": "What stands there?"}), ("/readyz", None)):
        reply = ask(server.port, "GET" if body is None else "POST", path, body)
        outcome.reads_failed += reply.status != 200
    filler.unlink()
    outcome.not_writable_again += all(client.step(server.port) not in (200, 201, 204) for _ in range(3))


def _fill(filler: Path, disk: Path, left: int) -> None:
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
    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        for first in range(1, most + 1, N_AT_ONCE):
            points = range(first, min(first + N_AT_ONCE, most + 1))
            tried = list(pool.map(lambda n: _one_failure(folder / str(n), n), points))
            outcome = BrokenDisk(**{f.name: sum(getattr(one, f.name) for one in [outcome, *tried]) for f in fields(BrokenDisk)})
            if not all(one.points for one in tried):
                break
    return outcome


def _one_failure(data: Path, n: int) -> BrokenDisk:
    """What became of an ingest whose n-th write or fsync failed; of no point if it had none."""
    data.mkdir(parents=True)
    paths = [part for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-journal") for part in ("-P", str(data / name))]
    log, (heard, said) = data / "strace", FORKING.Pipe(duplex=False)
    calls = ["-o", str(log), "-e", f"trace={WRITES}", *paths, "-e", f"inject={WRITES}:error=EIO:when={n}"]
    failed = fork(one_ingest.run, data, said, traced=calls).wait() != 0
    if "(INJECTED)" not in log.read_text(encoding="ascii"):
        return BrokenDisk()
    told = [heard.recv() for _ in iter(heard.poll, False)]
    store = Store(data)
    stored = {summary.sha256 for summary in store.documents()}
    database = Database(data / FILE_NAME, read_only=True)
    damaged = any(finding.n_faults for finding in examine(database))
    database.close()
    store.close()
    return BrokenDisk(1, int(failed or None in told), len(set(told) - {None} - stored), int(damaged))


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
    words = Words(folder / "words")
    words.add(40)
    words.open().merge_if_due()
    for turn in range(files):
        outcome.damaged += 1
        if turn % 3 == 2:
            _damage_one(words.files()[turn // 3 % len(words.files())], rng)
            lexical = words.open()
            lexical.merge_if_due()
            _judge(outcome, lexical.state.n_damaged, lexical.state.n_built, lambda lexical=lexical: words.check(lexical))
        else:
            world = worlds[turn % 3]
            _damage_one(sorted((world.data / FOLDER).iterdir())[turn // 3 % 3], rng)
            vectors = world.open()
            _judge(outcome, vectors.state.n_damaged, vectors.state.n_built, lambda w=world, v=vectors: w.check(v))
    for made in (*worlds, words):
        made.store.close()
    return outcome


def _damage_one(path: Path, rng: random.Random) -> None:
    path.write_bytes(damage_of(rng, path.read_bytes()))


def _judge(outcome: Damage, n_damaged: int, n_built: int, check: Callable[[], None]) -> None:
    outcome.detected += n_damaged == 1
    outcome.made_again += n_built == 1
    try:
        check()
    except AssertionError:
        outcome.wrong_answers += 1
