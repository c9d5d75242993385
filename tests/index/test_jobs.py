from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.chunk import Budget
from index.errors import StoreFull
from index.ingest import Ingester
from index.store.documents import Store
from index.store.jobs import MAX_ATTEMPTS, TAKEN_AT_ONCE, FailedJob
from index.tokens import cl100k_counter
from index.types import IngestResult, IngestStatus
from tests.fakes import HashingEmbedder

A, B, C = Path("/a.txt"), Path("/b.txt"), Path("/c.txt")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


def crash(store: Store) -> None:
    """What a process that ended leaves, seen by the next one."""
    store.jobs.requeue()


def test_jobs_are_taken_in_the_order_they_were_asked_for(store: Store) -> None:
    store.jobs.add([B, A])
    store.jobs.add([C])
    taken = store.jobs.take()
    assert [(job.path, job.attempts) for job in taken] == [(B, 1), (A, 1), (C, 1)]
    assert store.jobs.take() == []
    assert store.jobs.n_waiting() == 3
    store.jobs.take(finished=taken)
    assert store.jobs.n_waiting() == 0


def test_a_file_asked_for_twice_is_one_job(store: Store) -> None:
    store.jobs.add([A, A])
    store.jobs.add([A])
    assert len(store.jobs.take()) == 1


def test_a_path_that_is_no_text_comes_back_as_it_was(store: Store) -> None:
    path = Path(os.fsdecode(b"/caf\xe9.txt"))
    store.jobs.add([path])
    assert store.jobs.take()[0].path == path


def test_what_a_process_was_working_on_when_it_ended_is_taken_again(store: Store) -> None:
    store.jobs.add([A, B])
    first, _ = store.jobs.take()
    store.jobs.take(finished=[first])
    crash(store)
    assert [(job.path, job.attempts) for job in store.jobs.take()] == [(B, 2)]


def test_a_file_that_ends_the_process_is_given_up_at_the_third_time_and_no_other_is(store: Store) -> None:
    store.jobs.add([A, B, C])
    killed = 0
    done: list[Path] = []
    taken = store.jobs.take()
    while taken:
        if B in [job.path for job in taken]:
            killed += 1
            crash(store)
            taken = store.jobs.take()
        else:
            done += [job.path for job in taken]
            taken = store.jobs.take(finished=taken)
    assert killed == MAX_ATTEMPTS
    assert set(done) == {A, C}
    (given_up,) = store.jobs.failed()
    assert given_up.path == B
    assert "ended 3 times" in given_up.error
    assert store.jobs.n_waiting() == 0


def test_after_a_failure_a_file_is_taken_alone(store: Store) -> None:
    store.jobs.add([A, B])
    store.jobs.take()
    crash(store)
    assert [len(store.jobs.take()) for _ in range(3)] == [1, 1, 0]


def test_no_more_than_a_bound_is_taken_at_once(store: Store) -> None:
    store.jobs.add([Path(f"/{n}") for n in range(TAKEN_AT_ONCE + 3)])
    assert [len(store.jobs.take()) for _ in range(3)] == [TAKEN_AT_ONCE, 3, 0]


def test_the_third_failure_is_final_and_keeps_the_last_reason(store: Store) -> None:
    store.jobs.add([A])
    told = []
    for n in range(1, 4):
        (job,) = store.jobs.take()
        told.append(store.jobs.fail(job, f"reason {n}", final=False))
    assert told == [False, False, True]
    assert store.jobs.failed() == [FailedJob(A, "reason 3")]
    assert store.jobs.take() == []


def test_a_file_that_was_given_up_is_tried_afresh_when_it_is_asked_for_again(store: Store) -> None:
    store.jobs.add([A])
    (job,) = store.jobs.take()
    store.jobs.fail(job, "bad", final=True)
    store.jobs.add([A])
    assert store.jobs.failed() == []
    assert [job.attempts for job in store.jobs.take()] == [1]


# Working on them


class Crashing(HashingEmbedder):
    """Cannot count the tokens of some text: a parser's bug, as far as the ingester sees."""

    def count_tokens(self, texts):
        if any("poison" in text for text in texts):
            raise RecursionError("too deep")
        return super().count_tokens(texts)


def ingester_of(store: Store, embedder: HashingEmbedder) -> Ingester:
    budget = Budget(60, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)
    return Ingester(store, embedder, budget=lambda: budget, max_document_bytes=10_000)


def work(ingester: Ingester) -> list[IngestResult]:
    results: list[IngestResult] = []
    ingester.work_on_jobs(on_result=results.append, stop=lambda: False)
    return results


def test_each_file_is_stored_once_and_told_once_whatever_the_others_do(store: Store, tmp_path: Path) -> None:
    for name, data in (("a.txt", b"Words of a."), ("b.txt", b"poison"), ("c.txt", b"\x00"), ("d.txt", b"Words of d.")):
        (tmp_path / name).write_bytes(data)
    store.jobs.add([tmp_path / name for name in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt")])
    results = {result.name: result for result in work(ingester_of(store, Crashing()))}
    assert {name: result.status.value for name, result in results.items()} == {
        "a.txt": "created",
        "b.txt": "failed",
        "c.txt": "failed",
        "d.txt": "created",
        "e.txt": "failed",
    }
    assert "RecursionError" in str(results["b.txt"].error)
    assert [job.path.name for job in store.jobs.failed()] == ["b.txt", "c.txt", "e.txt"]
    assert [summary.name for summary in store.documents()] == ["a.txt", "d.txt"]
    assert store.jobs.n_waiting() == 0


def test_a_stop_puts_back_what_was_not_begun(store: Store, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(f"Words of {name}.")
    store.jobs.add([tmp_path / name for name in ("a.txt", "b.txt", "c.txt")])
    stops = iter([False, True])
    ingester = ingester_of(store, HashingEmbedder())
    ingester.work_on_jobs(on_result=lambda _: None, stop=lambda: next(stops))
    assert [summary.name for summary in store.documents()] == ["a.txt"]
    assert [(job.path.name, job.attempts) for job in store.jobs.take()] == [("b.txt", 1), ("c.txt", 1)]


def test_a_store_that_is_full_is_no_fault_of_the_files(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words. " * 1_000)
    store.jobs.add([tmp_path / "a.txt"])
    ingester = ingester_of(store, HashingEmbedder())
    for _ in range(MAX_ATTEMPTS + 1):
        pages = store._database.write(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
        store._database.write(lambda connection, pages=pages: connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())
        with pytest.raises(StoreFull):
            work(ingester)
    store._database.write(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchone())
    assert [result.status for result in work(ingester)] == [IngestStatus.CREATED]
