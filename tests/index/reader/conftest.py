"""What the reader's tests share: the packaged encoder's folder, and its tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embed import packaged_model_path
from index.reader.pairs import PairTokenizer


@pytest.fixture(scope="session")
def packaged() -> Path:
    return packaged_model_path()


@pytest.fixture(scope="session")
def tokenizer(packaged: Path) -> PairTokenizer:
    return PairTokenizer(packaged)
