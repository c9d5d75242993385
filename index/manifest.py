"""Generations of vectors as files: an index, and a manifest that says what it must be.

Each is written whole or not at all, in that order, and CURRENT last. What CURRENT does not lead to is swept. Nothing here is
ever the only holder of anything: what is missing or damaged is made again from the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import faiss

from index import durable
from index.current import CURRENT, Damaged, check, next_number, point, stated
from index.current import sweep as sweep_but
from index.dense import read_index, write_index


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation's file must be and what it holds. `trained_on` counts the rows when its clusters were made; 0: exact."""

    number: int
    size: int
    sha256: str
    n_rows: int
    dimension: int
    model_id: str
    identity: int
    vector_id: int
    deletion_id: int
    sequence: int
    trained_on: int
    made_at: float

    @property
    def file(self) -> str:
        """The name of the index file."""
        return f"gen-{self.number}.faiss"


def publish(folder: Path, index: faiss.Index, describe: Callable[[int, durable.Written], Manifest]) -> Manifest:
    """Write an index as a generation and make it the current one; `describe` gives its manifest for a number and a file.

    Raises:
        OSError: If it could not be written; the generation before is then still current.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = next_number(folder)
    manifest = describe(number, durable.write(folder / f"gen-{number}.faiss", lambda take: write_index(index, take)))
    point(folder, number, asdict(manifest))
    return manifest


def current(folder: Path) -> Manifest | None:
    """The manifest of the current generation, it and its file checked; None if none was ever finished.

    Raises:
        Damaged: If one was, and its files are not whole.
    """
    found = stated(folder, frozenset(field.name for field in fields(Manifest)))
    if found is None:
        return None
    manifest = Manifest(**found)
    check(folder / manifest.file, durable.Written(manifest.size, manifest.sha256))
    return manifest


def opened(folder: Path, manifest: Manifest) -> faiss.Index:
    """The index of a manifest that was checked.

    Raises:
        Damaged: If it does not hold what the manifest says.
    """
    try:
        index = read_index(folder / manifest.file)
    except RuntimeError as error:  # FAISS' only kind; it was swept by a newer one meanwhile
        raise Damaged(f"{manifest.file} cannot be opened") from error
    if (index.ntotal, index.d) != (manifest.n_rows, manifest.dimension):
        raise Damaged(f"{manifest.file} holds {index.ntotal} rows of {index.d}, not what its manifest says")
    return index


def sweep(folder: Path, *, keep: Manifest | None) -> None:
    """Delete what CURRENT does not lead to."""
    sweep_but(folder, keep=frozenset({CURRENT, keep.file, f"gen-{keep.number}.json"}) if keep is not None else frozenset())
