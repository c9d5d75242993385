"""The answers to some questions on the seeds, whole. A wanted change is renewed with `python tests/golden/renew.py`."""

from __future__ import annotations

import json
from pathlib import Path

from index.protocols import Embedder
from tests.golden.renew import GOLDEN, golden_answers


def test_the_answers_on_the_seeds_are_the_golden_ones(models: Embedder, tmp_path: Path) -> None:
    assert golden_answers(models, tmp_path) == json.loads(GOLDEN.read_text(encoding="utf-8"))
