"""Background work: embedding what was stored, and renewing the snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.ingest import Upload
from index.types import IngestStatus
from service.background import catch_up
from service.bootstrap import Engine
from tests.fakes import BrokenEmbedder, fake_models
from tests.service.conftest import engine_on

PATIENCE_SECONDS = 30


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_on(tmp_path, fake_models())
    yield engine
    engine.close()


def add(engine: Engine, text: str) -> None:
    assert engine.ingester.add_upload(Upload("a.txt", text.encode())).status is IngestStatus.CREATED


def work(engine: Engine, *, stop: Callable[[], bool] = lambda: False) -> None:
    catch_up(engine.store, engine.ingester, engine.generations, stop=stop)


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def backlog(engine: Engine) -> int:
    return engine.store.backlog(engine.embedder.model_id)


def test_catching_up_embeds_the_backlog_and_makes_it_searchable(engine: Engine) -> None:
    add(engine, "The zoo opened a new aviary.")
    assert (backlog(engine), len(engine.generations.current)) == (1, 0)
    work(engine)
    assert (backlog(engine), len(engine.generations.current)) == (0, 1)
    assert engine.generations.current.sequence == engine.store.sequence()


def test_with_nothing_new_the_snapshot_stays(engine: Engine) -> None:
    add(engine, "The zoo opened a new aviary.")
    work(engine)
    before = engine.generations.current
    work(engine)
    assert engine.generations.current is before


def test_a_deletion_renews_the_snapshot(engine: Engine) -> None:
    add(engine, "The zoo opened a new aviary.")
    work(engine)
    engine.store.delete(engine.store.documents()[0].document_id)
    work(engine)
    assert len(engine.generations.current) == 0


def test_stopped_work_embeds_nothing_more(engine: Engine) -> None:
    add(engine, "The zoo opened a new aviary.")
    work(engine, stop=lambda: True)
    assert backlog(engine) == 1


def test_the_thread_works_when_woken_and_stops_when_told(engine: Engine) -> None:
    engine.background.start()
    try:
        add(engine, "The zoo opened a new aviary.")
        engine.background.wake()
        until(lambda: len(engine.generations.current) == 1)
    finally:
        engine.background.stop()
    add(engine, "The park closes at nine.")
    engine.background.wake()
    assert backlog(engine) == 1


def test_a_failure_is_logged_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    embedder = BrokenEmbedder()
    engine = engine_on(tmp_path, fake_models(embedder))
    add(engine, "The zoo opened a new aviary.")
    engine.background.start()
    try:
        until(lambda: bool(caplog.records))
        assert (caplog.records[0].name, backlog(engine)) == ("readout.background", 1)
        embedder.mended = True
        engine.background.wake()
        until(lambda: backlog(engine) == 0)
    finally:
        engine.background.stop()
        engine.close()
