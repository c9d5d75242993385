"""The graph of the packaged encoder, from its weights: the embedder and the reader's networks compute the same layers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[Any]]

WEIGHTS = "model.safetensors"
WORDS = "embeddings.word_embeddings.weight"
N_LAYERS, N_HEADS, WIDTH = 6, 12, 384  # of all-MiniLM-L6-v2
EPSILON = 1e-12  # of its layer normalisation
CLOSED = -1e4  # the logit of what is masked
LARGEST_BYTE = 127
ROUNDED_TOGETHER = 128  # numbers that share a scale in int8: a mean cosine of 0.9988 with float32's rows, 0.9978 at 384
SMALLEST_SCALE = 1e-20  # of numbers that are all zero


class Rounding(Enum):
    """Whether a linear layer multiplies bytes: its weights with a scale for each output, its input in groups with one each."""

    NONE = auto()
    BY_RUNTIME = auto()  # the runtime rounds the input itself and multiplies bytes
    IN_GRAPH = auto()  # the same, computed in float32: for processors on which the runtime cannot


@dataclass(frozen=True, slots=True)
class Builder:
    """The operations of a layer over the weights of this name."""

    ops: Any
    tensors: Tensors
    rounding: Rounding = Rounding.NONE

    def linear(self, rows: Any, name: str) -> Any:
        """A linear layer."""
        if self.rounding is Rounding.IN_GRAPH:
            rows = self._rounded(rows)
        weights = self._weights(self.tensors[f"{name}.weight"])
        product = self.ops.matmul(rows, weights, False, True)  # noqa: FBT003  positional in this library
        return self.ops.add(product, self.ops.constant(self.tensors[f"{name}.bias"]))

    def _weights(self, weights: NDArray[Any]) -> Any:
        if self.rounding is Rounding.NONE:
            return self.ops.constant(weights)
        scales = np.abs(weights).max(axis=1, keepdims=True) / np.float32(LARGEST_BYTE)
        rounded = np.round(weights / scales).astype(np.int8)
        if self.rounding is Rounding.IN_GRAPH:
            return self.ops.constant(rounded * scales)
        return self.ops.multiply(self.ops.convert(self.ops.constant(rounded), "f32"), self.ops.constant(scales))

    def _rounded(self, rows: Any) -> Any:
        ops = self.ops
        groups = ops.reshape(rows, np.array([0, 0, -1, ROUNDED_TOGETHER]), True)  # noqa: FBT003
        largest = ops.reduce_max(ops.abs(groups), np.array([-1]), True)  # noqa: FBT003
        scales = ops.maximum(ops.divide(largest, np.float32(LARGEST_BYTE)), np.float32(SMALLEST_SCALE))
        rounded = ops.multiply(ops.round(ops.divide(groups, scales)), scales)
        return ops.reshape(rounded, ops.shape_of(rows), False)  # noqa: FBT003

    def normalised(self, rows: Any, name: str) -> Any:
        """Layer normalisation over the last axis."""
        scaled = self.ops.mvn(rows, np.array([-1], dtype=np.int64), True, EPSILON, "INSIDE_SQRT")  # noqa: FBT003
        weighed = self.ops.multiply(scaled, self.ops.constant(self.tensors[f"{name}.weight"]))
        return self.ops.add(weighed, self.ops.constant(self.tensors[f"{name}.bias"]))

    def row(self, rows: Any, place: int) -> Any:
        """Each text's row of the token at this place."""
        return self.ops.gather(rows, np.int64(place), np.int64(1))

    def head(self, row: Any, name: str) -> Any:
        """A layer with tanh, then scores."""
        return self.linear(self.ops.tanh(self.linear(row, f"{name}.dense")), f"{name}.scores")


@cache  # 47 MB that all networks share
def word_embeddings(packaged: Path) -> NDArray[Any]:
    """Those of the packaged model in this folder, float32, shape (words, WIDTH)."""
    from safetensors import safe_open

    with safe_open(packaged / WEIGHTS, framework="np") as file:
        return np.asarray(file.get_tensor(WORDS))


def encoder(builder: Builder, words: NDArray[Any], inputs: Sequence[Any], *, prefix: str = "") -> Any:
    """The rows of every token, shape (texts, tokens, WIDTH): BERT (Devlin et al., 2019) as all-MiniLM-L6-v2 has it.

    `inputs` are ids, segments and mask, each of shape (texts, tokens); `prefix` stands before the weights' published names.
    """
    ids, segments, mask = inputs
    ops, tensors = builder.ops, builder.tensors
    zero, one = np.int64(0), np.int64(1)
    length = ops.gather(ops.shape_of(ids), one, zero)
    places = ops.range(zero, length, one, output_type="i64")
    at = f"{prefix}embeddings"
    rows = ops.add(
        ops.add(
            ops.gather(ops.constant(words, shared_memory=True), ids, zero),
            ops.gather(ops.constant(tensors[f"{at}.token_type_embeddings.weight"]), segments, zero),
        ),
        ops.gather(ops.constant(tensors[f"{at}.position_embeddings.weight"]), places, zero),
    )
    rows = builder.normalised(rows, f"{at}.LayerNorm")
    open_to = ops.unsqueeze(ops.unsqueeze(ops.convert(mask, "f32"), one), one)
    bias = ops.multiply(ops.subtract(ops.constant(np.float32(1)), open_to), ops.constant(np.float32(CLOSED)))
    for number in range(N_LAYERS):
        rows = _layer(builder, rows, bias, f"{prefix}encoder.layer.{number}")
    return rows


def _layer(builder: Builder, rows: Any, bias: Any, at: str) -> Any:
    ops = builder.ops
    query, key, value = (_by_head(builder, rows, f"{at}.attention.self.{name}") for name in ("query", "key", "value"))
    scale = ops.constant(np.float32(1 / math.sqrt(WIDTH // N_HEADS)))
    weights = ops.softmax(ops.add(ops.multiply(ops.matmul(query, key, False, True), scale), bias), -1)  # noqa: FBT003
    heads = ops.transpose(ops.matmul(weights, value, False, False), np.array([0, 2, 1, 3]))  # noqa: FBT003
    seen = ops.reshape(heads, np.array([0, 0, WIDTH]), True)  # noqa: FBT003
    seen = builder.linear(seen, f"{at}.attention.output.dense")
    rows = builder.normalised(ops.add(rows, seen), f"{at}.attention.output.LayerNorm")
    wide = ops.gelu(builder.linear(rows, f"{at}.intermediate.dense"), "erf")
    return builder.normalised(ops.add(rows, builder.linear(wide, f"{at}.output.dense")), f"{at}.output.LayerNorm")


def _by_head(builder: Builder, rows: Any, name: str) -> Any:
    ops = builder.ops
    split = ops.reshape(builder.linear(rows, name), np.array([0, 0, N_HEADS, WIDTH // N_HEADS]), True)  # noqa: FBT003
    return ops.transpose(split, np.array([0, 2, 1, 3]))
