"""The answers to some questions on the seeds, whole. A wanted change is renewed with `python tests/golden/renew.py`."""

from __future__ import annotations

import json
from pathlib import Path

from index.protocols import Embedder
from service.bootstrap import load_models
from service.settings import Settings
from service.spaces import default_precision, packaged_id
from tests.golden.renew import GOLDEN, golden_answers


def test_the_answers_on_the_seeds_are_the_golden_ones(models: Embedder, tmp_path: Path) -> None:
    assert golden_answers(models, tmp_path) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_precision_that_a_new_store_has_gives_the_golden_answers(tmp_path: Path) -> None:
    """The golden answers are float32's, and all 27 were the same; two may differ, since processors round int8 otherwise."""
    models = load_models(Settings(data=tmp_path))
    assert models.embedder.model_id == packaged_id(default_precision())
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    pairs = zip(golden_answers(models, tmp_path), golden, strict=True)
    assert [made["asked"] for made, kept in pairs if made != kept][2:] == []
