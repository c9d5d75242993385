"""Building everything from the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embed import PACKAGED_MODEL
from index.errors import ModelUnavailable, StoreUnavailable
from index.files import Upload
from index.protocols import Reader
from index.reader.trained import DocumentFrequencies
from index.types import IngestStatus, Passage, Precision, Span
from service.bootstrap import (
    Models,
    build_engine,
    in_directory,
    load_embedder,
    load_embedder_of,
    load_models,
    open_ingester,
)
from service.settings import Settings
from service.spaces import model_id_of
from service.types import Ask
from tests.fakes import OverlapReader, fake_models


def test_an_engine_creates_its_data_directory_and_answers(tmp_path: Path) -> None:
    engine = build_engine(Settings(data=tmp_path / "new" / "deeper"), fake_models())
    assert engine.answerer.ask(Ask("Why?")).status.value == "refused"
    engine.close()
    assert (tmp_path / "new" / "deeper").is_dir()


def test_what_one_engine_stored_the_next_one_finds(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The zoo opened a new aviary.", encoding="utf-8")
    for status in (IngestStatus.CREATED, IngestStatus.UNCHANGED):
        engine = build_engine(Settings(data=tmp_path / "data"), fake_models())
        assert engine.ingester.add_file(tmp_path / "a.txt").status is status
        engine.close()


def test_the_budget_of_a_passage_is_the_settings(tmp_path: Path) -> None:
    text = " ".join(f"Gate number {n} leads to the lagoon." for n in range(60))
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    counts = []
    for chunk_tokens in (32, 160):
        engine = build_engine(Settings(data=tmp_path / str(chunk_tokens), chunk_tokens=chunk_tokens), fake_models())
        engine.ingester.add_file(tmp_path / "a.txt")
        counts.append(engine.store.counts()["chunks"])
        engine.close()
    assert counts[0] > 3 * counts[1]


def test_the_threshold_is_the_settings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The zoo opened a new aviary.", encoding="utf-8")
    statuses = []
    for threshold in (0.0, 1.0):
        engine = build_engine(Settings(data=tmp_path / str(threshold), threshold=threshold), fake_models())
        engine.ingester.add_file(tmp_path / "a.txt")
        statuses.append(engine.answerer.ask(Ask("What did the zoo open in spring?")).status.value)
        engine.close()
    assert statuses == ["answered", "refused"]


def test_the_reader_weighs_terms_by_the_passages_that_hold_them(tmp_path: Path) -> None:
    given: list[DocumentFrequencies] = []

    def reading(frequencies: DocumentFrequencies) -> Reader:
        given.append(frequencies)
        return OverlapReader()

    engine = build_engine(Settings(data=tmp_path), replace(fake_models(), reading=reading))
    for number, text in enumerate(("The zoo opened.", "The zoo closed.", "It rained.")):
        engine.ingester.add_upload(Upload(f"{number}.txt", text.encode()))
    (frequencies,) = given
    assert frequencies(["zoo", "rain", "snow"]) == ({"zoo": 2, "rain": 1, "snow": 0}, 3)
    engine.close()


def test_the_shipped_networks_read_and_relate(models: Models) -> None:
    """That they are put together rightly; how well they do is measured elsewhere."""
    text = "They met in Oslo. It rained."
    (one, other) = models.reading(lambda terms: (dict.fromkeys(terms, 1), 10)).read(
        "Where did they meet?", [Passage(text, (Span(0, 17), Span(18, 28)))]
    )
    assert {one.sentence, other.sentence} == {0, 1}
    assert all(0 <= value <= 1 for value in (one.relevance, one.support, other.relevance, other.support))
    (relation,) = models.relate([("They met.", text)])
    assert relation.entails + relation.neutral + relation.contradicts == pytest.approx(1, abs=1e-5)


def test_sentences_are_weighed_in_float32_whatever_the_passages_are_in(models: Models, tmp_path: Path) -> None:
    rounded = load_models(Settings(data=tmp_path, embedding_precision=Precision.INT8))
    text = "They met in Oslo. It rained."
    assert np.abs(rounded.embedder.embed([text]) - models.embedder.embed([text])).max() > 1e-4
    passages = [Passage(text, (Span(0, 17), Span(18, 28)))]
    exact, read = (
        one.reading(lambda terms: (dict.fromkeys(terms, 1), 10)).read("Where did they meet?", passages)
        for one in (models, rounded)
    )
    assert [reading.relevance for reading in read] == pytest.approx([reading.relevance for reading in exact], abs=1e-6)


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreUnavailable):
        build_engine(Settings(data=tmp_path / "file"), fake_models())


def test_a_store_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readout.sqlite3").write_bytes(b"this is no database at all, but long enough to look like one" * 50)
    with pytest.raises(StoreUnavailable):
        build_engine(Settings(data=tmp_path), fake_models())


def test_a_model_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="READOUT_MODEL"):
        load_embedder(Settings(model=tmp_path / "missing"))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        load_embedder(Settings(model=tmp_path))


def test_the_id_of_the_model_is_known_without_loading_it(tmp_path: Path) -> None:
    assert model_id_of(Settings()).startswith(f"{PACKAGED_MODEL}@")
    model_id = model_id_of(Settings(model=tmp_path))
    assert model_id.startswith(f"{tmp_path.resolve()}@")
    (tmp_path / "weights").write_bytes(b"others")
    assert model_id_of(Settings(model=tmp_path)) != model_id


@pytest.mark.parametrize("model_id", ["nowhere@1", "", "@", "all-MiniLM-L6-v2@000000000000"])
def test_a_model_that_is_not_there_any_more_as_it_was_is_none(model_id: str) -> None:
    assert load_embedder_of(model_id, Settings()) is None


def test_a_folder_whose_files_changed_is_not_the_model_it_was(tmp_path: Path) -> None:
    model_id = model_id_of(Settings(model=tmp_path))
    (tmp_path / "weights").write_bytes(b"others")
    assert load_embedder_of(model_id, Settings()) is None


def test_opened_for_reading_an_engine_answers_and_writes_nothing(tmp_path: Path) -> None:
    engine = build_engine(Settings(data=tmp_path), fake_models())
    engine.ingester.add_upload(Upload("a.txt", b"The zoo opened a new aviary."))
    engine.close()
    reader = build_engine(Settings(data=tmp_path, threshold=0.0), fake_models(), read_only=True)
    assert reader.answerer.ask(Ask("What did the zoo open?")).status.value == "answered"
    with pytest.raises(StoreUnavailable, match="reading only"):
        reader.ingester.add_upload(Upload("b.txt", b"It rained."))
    reader.close()


def test_an_ingester_is_opened_without_a_model_and_finds_what_is_stored(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The zoo opened a new aviary.", encoding="utf-8")
    engine = build_engine(Settings(data=tmp_path / "data"), fake_models())
    engine.ingester.add_file(tmp_path / "a.txt")
    engine.close()
    writing = open_ingester(Settings(data=tmp_path / "data", model=tmp_path / "missing"))
    assert writing.ingester.add_file(tmp_path / "a.txt").status is IngestStatus.UNCHANGED
    writing.store.close()


def test_another_directory_changes_nothing_else(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, threshold=0.5)
    assert in_directory(settings, tmp_path / "other") == Settings(data=tmp_path / "other", threshold=0.5)
