"""Files that were asked for and are not stored yet, as rows: what a stopped ingest goes on with."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.store.database import Database

TAKEN_AT_ONCE = 32
MAX_ATTEMPTS = 3  # a file that ended the process, or met an error, this often is given up


@dataclass(frozen=True, slots=True)
class Job:
    """A file to store; `attempts` counts this one."""

    job_id: int
    path: Path
    attempts: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A file that was given up, and why."""

    path: Path
    error: str


class Jobs:
    """The jobs of one store. Only the process with the writer's lock works on them."""

    def __init__(self, database: Database) -> None:
        """Keep them there."""
        self._database = database

    def add(self, paths: Sequence[Path]) -> None:
        """Ask for files, in order; one that was given up before is tried afresh."""

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO jobs (path, status) VALUES (?, 'waiting') "
                "ON CONFLICT (path) DO UPDATE SET status = 'waiting', attempts = 0, error = NULL",
                [[os.fsencode(path.absolute())] for path in paths],
            )

        self._database.write(write)

    def requeue(self) -> None:
        """Put back what a process that ended was working on; what has ended it too often is given up."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE jobs SET status = CASE WHEN attempts < ? THEN 'waiting' ELSE 'failed' END, "
                "error = CASE WHEN attempts < ? THEN error ELSE coalesce(error, ?) END WHERE status = 'working'",
                [MAX_ATTEMPTS, MAX_ATTEMPTS, f"the process ended {MAX_ATTEMPTS} times while it was being read"],
            )

        self._database.write(write)

    def take(self, *, finished: Sequence[Job] = ()) -> list[Job]:
        """The next jobs, after the finished ones are dropped. An attempt is counted before any work.

        Many are taken at once, for one commit; after a failure one alone, so that a file that ends the process gives up no other.
        """

        def write(connection: sqlite3.Connection) -> list[Job]:
            connection.executemany("DELETE FROM jobs WHERE job_id = ?", [[job.job_id] for job in finished])
            rows = connection.execute(
                "SELECT job_id, path, attempts + 1 FROM jobs WHERE status = 'waiting' ORDER BY attempts, job_id LIMIT ?",
                [TAKEN_AT_ONCE],
            ).fetchall()
            taken = [Job(job_id, Path(os.fsdecode(path)), attempts) for job_id, path, attempts in rows]
            taken = [job for job in taken if job.attempts == 1] or taken[:1]
            connection.executemany(
                "UPDATE jobs SET status = 'working', attempts = attempts + 1 WHERE job_id = ?", [[job.job_id] for job in taken]
            )
            return taken

        return self._database.write(write)

    def put_back(self, *, finished: Sequence[Job] = ()) -> None:
        """Stop: drop the finished jobs; what was taken and not begun was no attempt."""

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM jobs WHERE job_id = ?", [[job.job_id] for job in finished])
            connection.execute("UPDATE jobs SET status = 'waiting', attempts = attempts - 1 WHERE status = 'working'")

        self._database.write(write)

    def fail(self, job: Job, error: str, *, final: bool) -> bool:
        """Note why an attempt failed; whether that was the last one."""
        given_up = final or job.attempts >= MAX_ATTEMPTS

        def write(connection: sqlite3.Connection) -> None:
            status = "failed" if given_up else "waiting"
            connection.execute("UPDATE jobs SET status = ?, error = ? WHERE job_id = ?", [status, error, job.job_id])

        self._database.write(write)
        return given_up

    def n_waiting(self) -> int:
        """How many files are still to be stored."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM jobs WHERE status <> 'failed'").fetchone()[0])

    def failed(self) -> list[FailedJob]:
        """The files that were given up, with the last error of each."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT path, coalesce(error, '') FROM jobs WHERE status = 'failed' ORDER BY job_id")
            return [FailedJob(Path(os.fsdecode(path)), error) for path, error in rows]
