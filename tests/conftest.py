"""What all tests share: hypothesis without a clock, and the real model, loaded once a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from index.embed import PACKAGED_MODEL, PACKAGED_SHA256, PackagedEmbedder, SentenceTransformersEmbedder, packaged_model_path
from service.bootstrap import Models, models_over

SEEDS = Path(__file__).parent.parent / "seeds" / "documents"

# Neither a deadline nor the slowness check: a busy machine is no failure. The same examples each run: a red test stays red.
settings.register_profile(
    "readout", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("readout")


@pytest.fixture(scope="session")
def minilm() -> PackagedEmbedder:
    """The packaged model, real and shared."""
    return PackagedEmbedder(model_id=f"{PACKAGED_MODEL}@{PACKAGED_SHA256[:12]}", n_threads=2)


@pytest.fixture(scope="session")
def sentence_transformer() -> SentenceTransformersEmbedder:
    """The same model by sentence-transformers, as any other model is read: loading it takes seconds."""
    return SentenceTransformersEmbedder(packaged_model_path(), model_id=PACKAGED_MODEL)


@pytest.fixture(scope="session")
def models(minilm: PackagedEmbedder) -> Models:
    """The packaged model and the shipped networks, real and shared."""
    return models_over(minilm, sentences=minilm, n_threads=2)


@pytest.fixture(scope="session")
def seed_folder() -> Path:
    """The customer's two documents."""
    return SEEDS
