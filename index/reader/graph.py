"""The trained networks on the fast runtime: the encoder's graph, built from the shipped weights and the packaged embeddings.

The same function as `training.network` computes, without torch; `tests/index/reader/test_graph.py` compares the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.batches import compiled_for_batches, compute_in_threads, filled_up, like_lengths
from index.encoder import Builder, encoder, word_embeddings
from index.errors import ModelUnavailable
from index.reader.pairs import Pair, padded
from index.runtime import openvino

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class SpanLogits:
    """What the reading network says of one pair: logits per token of the pair, and one of answerability."""

    starts: Floats
    ends: Floats
    answerable: float


class ReadingGraph:
    """The reading network."""

    def __init__(self, weights: Path, packaged: Path, *, sha256: str, n_threads: int) -> None:
        """Compile it. `packaged` is the folder of the packaged encoder.

        Raises:
            ModelUnavailable: If the weights are missing, or are not those of this sha256.
        """
        self._network = _Network(weights, packaged, sha256=sha256, n_threads=n_threads, heads=_reading_heads)

    def logits(self, pairs: Sequence[Pair]) -> list[SpanLogits]:
        """The logits of each pair, in the order given, over its own tokens only."""
        found = self._network.run(pairs)
        return [
            SpanLogits(spans[: len(pair.ids), 0], spans[: len(pair.ids), 1], float(answerable[0]))
            for pair, (spans, answerable) in zip(pairs, found, strict=True)
        ]


class RelationGraph:
    """The entailment network, or the one that compares answers."""

    def __init__(self, weights: Path, packaged: Path, *, sha256: str, n_threads: int) -> None:
        """Compile it; see `ReadingGraph`."""
        self._network = _Network(weights, packaged, sha256=sha256, n_threads=n_threads, heads=_relation_heads)

    def logits(self, pairs: Sequence[Pair]) -> Floats:
        """Logits of entailment, neutral and contradiction, or of what `Likeness` has, shape (pairs, 3), in the order given."""
        found = [logits for (logits,) in self._network.run(pairs)]
        return np.stack(found) if found else np.empty((0, 3), dtype=np.float32)


class _Network:
    def __init__(self, weights: Path, packaged: Path, *, sha256: str, n_threads: int, heads: Any) -> None:
        self._n_threads = n_threads
        model = _model(_tensors(weights, sha256), word_embeddings(packaged), heads)
        # Where the processor could, the runtime would compute in bfloat16 by itself: answers are to be alike everywhere.
        self._compiled = compiled_for_batches(model, n_threads=n_threads, hints={"INFERENCE_PRECISION_HINT": "f32"})

    def run(self, pairs: Sequence[Pair]) -> list[tuple[Floats, ...]]:
        """The heads' outputs for each pair, in the order given."""
        results: list[tuple[Floats, ...]] = [()] * len(pairs)

        def compute(request: Any, places: Sequence[int]) -> None:
            longest = len(pairs[places[0]].ids)
            arrays = padded([pairs[place] for place in places], length=filled_up(longest))
            outputs = request.infer([arrays.ids, arrays.segments, arrays.mask])
            values = [np.array(outputs[port]) for port in self._compiled.outputs]
            for row, place in enumerate(places):
                results[place] = tuple(value[row] for value in values)

        batches = like_lengths([len(pair.ids) for pair in pairs], n_threads=self._n_threads)
        compute_in_threads(compute, batches, compiled=self._compiled, n_threads=self._n_threads)
        return results


def _tensors(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    from safetensors.numpy import load

    try:
        held = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"the weights {path.name} cannot be read: {error}; reinstall readout") from error
    found = hashlib.sha256(held).hexdigest()
    if found != sha256:
        raise ModelUnavailable(f"{path.name} has sha256 {found}, not the shipped one; reinstall readout")
    return {name: np.asarray(tensor, dtype=np.float32) for name, tensor in load(held).items()}


def _model(tensors: Tensors, words: NDArray[Any], heads: Any) -> Any:
    ops = openvino().opset13
    ids, segments, mask = (ops.parameter([-1, -1], np.int64, name=name) for name in ("ids", "segments", "mask"))
    builder = Builder(ops, tensors)
    hidden = encoder(builder, words, [ids, segments, mask], prefix="encoder.")
    return openvino().Model(heads(builder, hidden), [ids, segments, mask], "readout")


def _reading_heads(builder: Builder, rows: Any) -> list[Any]:
    return [builder.linear(rows, "span"), builder.head(builder.row(rows, 0), "answerable")]


def _relation_heads(builder: Builder, rows: Any) -> list[Any]:
    return [builder.head(builder.row(rows, 0), "relation")]
