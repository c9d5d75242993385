"""Which precision a store has, whatever the version and the processor that meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embed import computes_bf16, multiplies_bytes
from index.errors import StoreUnavailable
from index.files import Upload
from index.store.documents import FILE_NAME, Store
from index.types import Precision
from service.bootstrap import build_engine, load_embedder_of, open_ingester
from service.settings import Settings
from service.spaces import default_precision, model_id_of, packaged_id, precision_for, precision_of, settled
from service.upkeep import status
from tests.fakes import HashingEmbedder, fake_models

F32, INT8, BF16 = packaged_id(Precision.F32), packaged_id(Precision.INT8), packaged_id(Precision.BF16)


def embedded_with(data: Path, model_id: str) -> None:
    """A store of one passage, embedded and searched with this model."""
    engine = build_engine(Settings(data=data), fake_models(HashingEmbedder(model_id=model_id)))
    engine.ingester.add_upload(Upload("a.txt", b"The zoo opened a new aviary."))
    engine.ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
    engine.close()


def test_a_new_store_is_made_in_int8_where_the_processor_multiplies_bytes(tmp_path: Path) -> None:
    assert precision_for(Settings(data=tmp_path)) is (Precision.INT8 if multiplies_bytes() else Precision.F32)
    Store(tmp_path).close()
    assert precision_for(Settings(data=tmp_path)) is default_precision(), "nothing is embedded in it"


@pytest.mark.parametrize(("model_id", "precision"), [(F32, Precision.F32), (INT8, Precision.INT8)])
def test_a_store_keeps_the_precision_it_was_made_with(tmp_path: Path, model_id: str, precision: Precision) -> None:
    embedded_with(tmp_path, model_id)
    assert precision_for(Settings(data=tmp_path)) is precision
    assert model_id_of(Settings(data=tmp_path)) == model_id
    told: list[str] = []
    status(Settings(data=tmp_path), say=told.append)
    assert "backlog    0" in told, "nothing is to be embedded anew"


def test_the_setting_wins_over_what_the_store_was_made_with(tmp_path: Path) -> None:
    embedded_with(tmp_path, F32)
    assert model_id_of(Settings(data=tmp_path, embedding_precision=Precision.INT8)) == INT8


def test_a_store_on_its_way_to_another_precision_stays_with_the_one_that_answers(tmp_path: Path) -> None:
    """One passage is embedded in both; without the setting, that which questions are asked with counts."""
    embedded_with(tmp_path, F32)
    store = Store(tmp_path)
    ((chunk_id, text),) = store.vectors.waiting(INT8, after=0, limit=9)
    store.vectors.put(INT8, [chunk_id], HashingEmbedder().embed([text]))
    assert store.vectors.made_with() == F32
    store.close()
    assert precision_for(Settings(data=tmp_path)) is Precision.F32


def test_a_store_whose_first_ingest_was_stopped_goes_on_in_its_precision(tmp_path: Path) -> None:
    """The space for questions is chosen when search files are first opened: a stopped ingest never came to that."""
    settings = Settings(data=tmp_path, embedding_precision=Precision.F32)
    writing = open_ingester(settings)
    writing.ingester.add_upload(Upload("a.txt", b"The zoo opened a new aviary."))
    ((chunk, _),) = writing.store.vectors.waiting(F32, after=0, limit=9)
    writing.store.vectors.put(F32, [chunk], HashingEmbedder().embed(["The zoo opened a new aviary."]))
    assert writing.store.vectors.searched() is None
    writing.store.close()
    assert precision_for(Settings(data=tmp_path)) is Precision.F32


def test_a_bf16_store_goes_to_float32_where_the_processor_lacks_bf16(tmp_path: Path) -> None:
    embedded_with(tmp_path, BF16)
    assert precision_for(Settings(data=tmp_path)) is (Precision.BF16 if computes_bf16() else Precision.F32)


def test_a_store_of_another_model_says_nothing_of_the_packaged_one(tmp_path: Path) -> None:
    embedded_with(tmp_path, "hashing@1")
    assert precision_for(Settings(data=tmp_path)) is default_precision()
    assert precision_of("hashing@1") is None


def test_what_was_settled_stays_so_whatever_becomes_of_the_store(tmp_path: Path) -> None:
    before = settled(Settings(data=tmp_path))
    embedded_with(tmp_path, F32)
    assert precision_for(before) is default_precision()


def test_a_store_that_cannot_be_read_is_an_error_and_not_a_new_store(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database at all, but long enough to look like one" * 50)
    with pytest.raises(StoreUnavailable):
        precision_for(Settings(data=tmp_path))


@pytest.mark.parametrize("model_id", [F32, INT8])
def test_the_packaged_model_is_found_again_by_its_id(model_id: str) -> None:
    embedder = load_embedder_of(model_id, Settings())
    assert embedder is not None
    assert embedder.model_id == model_id
