"""Background work: embedding what was stored, and renewing the snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.files import Upload
from index.types import Filters, IngestStatus
from service.background import catch_up
from service.bootstrap import Engine
from service.types import Ask
from tests.fakes import BrokenEmbedder, HashingEmbedder, fake_models
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


def test_another_model_is_adopted_in_the_background_while_questions_go_on(tmp_path: Path) -> None:
    old, new = HashingEmbedder(model_id="old@1"), HashingEmbedder(model_id="new@1", dimension=64)
    first = engine_on(tmp_path, fake_models(old))
    for text in ("The zoo opened a new aviary.", "The park closes at nine."):
        add(first, text)
    work(first)
    first.close()
    old.calls.clear()
    second = engine_on(tmp_path, replace(fake_models(new), embedder_of={"old@1": old}.__getitem__))
    asked = Ask("What did the zoo open?")
    before = second.answerer.find(asked)
    assert old.embedded == ["What did the zoo open?"]
    assert (backlog(second), new.embedded) == (2, [])
    work(second)
    assert backlog(second) == 0
    assert second.generations.state.model_id == "new@1"
    after = second.answerer.find(asked)
    assert new.embedded[-1] == "What did the zoo open?"
    assert [passage.text for passage in after] == [passage.text for passage in before]
    assert second.store.vectors.space("old@1") is None
    second.close()


def test_files_that_wait_are_stored_in_the_background(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The zoo opened a new aviary.", encoding="utf-8")
    engine.store.jobs.add([tmp_path / "a.txt"])
    work(engine)
    assert [summary.uri for summary in engine.store.documents()] == [str(tmp_path / "a.txt")]
    assert (backlog(engine), engine.store.jobs.n_waiting()) == (0, 0)


def test_words_get_their_index_before_all_is_embedded(tmp_path: Path) -> None:
    """What waits may be hours of embedding, and its words are searched meanwhile."""
    engine = engine_on(tmp_path, fake_models(), exact_passages=3)
    for number in range(4):
        add(engine, f"The zoo opened aviary {number}.")
    embedded: list[int] = []

    def stop() -> bool:
        embedded.append(engine.lexical.state.n_chunks)
        return False

    catch_up(engine.store, engine.ingester, engine.generations, lexical=engine.lexical, stop=stop)
    assert embedded[0] == 4
    assert engine.searcher.document_frequencies(["aviari", "nowher"]) == {"aviari": 4, "nowher": 0}
    assert len(engine.searcher.search("Which aviary?", filters=Filters(), k=9).hits) == 4
    engine.close()


def test_many_new_passages_are_merged_into_a_search_file(tmp_path: Path) -> None:
    engine = engine_on(tmp_path, fake_models(), tail_passages=3)
    for number in range(4):
        add(engine, f"The zoo opened aviary {number}.")
    work(engine)
    state = engine.generations.state
    assert (state.number, state.n_rows, state.n_tail) == (1, 4, 0)
    engine.close()
