"""The seams of the index. Each has a numeric contract test that runs on every implementation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

from index.types import Passage, Reading, ScoredChunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]
    Row = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit rows. Two embedders with one `model_id` give the same space."""

    @property
    def model_id(self) -> str:
        """Name and revision of the model; vectors of different ids are never compared."""

    @property
    def dimension(self) -> int:
        """Length of a row."""

    @property
    def max_tokens(self) -> int:
        """How many of its own tokens the encoder reads, special tokens included; the rest would be cut off."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The encoder's own token counts, special tokens included, nothing truncated, in the order given."""

    def embed(self, texts: Sequence[str]) -> Rows:
        """Unit rows, float32, shape (len(texts), dimension), in the order given."""


class VectorStore(Protocol):
    """An immutable set of unit rows under integer ids, searched by inner product."""

    def __len__(self) -> int:
        """How many rows are held."""

    def search(self, row: Row, *, k: int, allowed: Collection[int] | None = None) -> list[ScoredChunk]:
        """The at most k nearest ids with their cosines, best first; among `allowed` only, if given.

        Raises:
            ValueError: If the row has another dimension or holds a value that is not finite.
        """


class Reader(Protocol):
    """Judges which sentences of some passages answer a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading per sentence of every passage, most relevant first."""
