"""Every `Embedder` gives unit rows that depend on the text alone. Add each new implementation to EMBEDDERS."""

from __future__ import annotations

import numpy as np
import pytest

from index.embed import DeferredEmbedder
from index.protocols import Embedder
from tests.fakes import BrokenEmbedder, GatedEmbedder, HashingEmbedder

EMBEDDERS = ("minilm", "sentence_transformer", "deferred", "hashing", "small hashing", "gated", "broken, then mended")
TEXTS = [
    "President Biden held a phone call with Xi Jinping.",
    "“TikTok came up today, yes,” Mr. Kirby said.",
    "Переговоры прошли в Москве.",
    "你好世界",
    "🙂",
    "",
    "  \n ",
]
LONG = "word " * 700


@pytest.fixture(params=EMBEDDERS)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    match request.param:
        case "minilm" | "sentence_transformer":
            return request.getfixturevalue(request.param)
        case "deferred":
            return DeferredEmbedder(HashingEmbedder, model_id="hashing@1")
        case "hashing":
            return HashingEmbedder()
        case "small hashing":
            return HashingEmbedder(model_id="hashing@2", dimension=32, max_tokens=64)
        case "gated":
            gated = GatedEmbedder()
            gated.gate.set()
            return gated
        case _:
            mended = BrokenEmbedder()
            mended.mended = True
            return mended


def test_rows_are_unit_float32_and_finite(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_no_texts_give_no_rows_of_the_right_width(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)
    assert embedder.count_tokens([]) == []


def test_a_row_depends_on_its_text_alone_not_on_its_batch_or_place(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    turned = embedder.embed(TEXTS[::-1])[::-1]
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    assert np.abs(together - turned).max() < 1e-5
    assert np.abs(together - alone).max() < 1e-5


def test_a_text_is_nearer_to_its_paraphrase_than_to_another_matter(embedder: Embedder) -> None:
    call, paraphrase, bread = embedder.embed(
        [
            "The two leaders spoke by phone about TikTok.",
            "TikTok came up when the leaders spoke by phone.",
            "Knead this dough with flour before baking bread.",
        ]
    )
    assert call @ paraphrase > 0.5
    assert call @ bread < 0.4


def test_counts_include_special_tokens_and_nothing_is_truncated(embedder: Embedder) -> None:
    short, long = embedder.count_tokens(["word", LONG])
    assert (short, long) == (3, 702)
    assert long > embedder.max_tokens


def test_counts_come_in_the_order_given(embedder: Embedder) -> None:
    counts = embedder.count_tokens(TEXTS)
    assert counts == [embedder.count_tokens([text])[0] for text in TEXTS]
    assert counts[::-1] == embedder.count_tokens(TEXTS[::-1])


def test_what_stands_beyond_the_bound_is_not_read(embedder: Embedder) -> None:
    """The reason for checking chunks with the encoder's own tokenizer."""
    head = "word " * (embedder.max_tokens - 2)
    assert np.abs(embedder.embed([head]) - embedder.embed([head + "Taiwan strait"])).max() < 1e-5
    shorter = "word " * (embedder.max_tokens - 4)
    assert np.abs(embedder.embed([shorter]) - embedder.embed([shorter + "Taiwan strait"])).max() > 1e-4


def test_the_model_has_an_id_and_asking_for_it_is_stable(embedder: Embedder) -> None:
    assert embedder.model_id == embedder.model_id != ""
