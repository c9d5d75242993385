"""Generations as files: an index, a manifest that says what it must be, and CURRENT, which names the manifest.

Each is written whole or not at all, in that order, so that CURRENT never names what is not there. What CURRENT does not lead to
is swept. Nothing here is ever the only holder of anything: what is missing or damaged is made again from the store.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import faiss

from index import durable
from index.dense import read_index, write_index

CURRENT = "CURRENT"
MAX_MANIFEST_BYTES = 100_000
_NAMED = re.compile(rb"([0-9a-f]{64})  (gen-\d+\.json)\n")
_NUMBER = re.compile(r"gen-(\d+)\.")


class Damaged(Exception):
    """The files are not what they must be; the message says which. They are made again."""


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


def next_number(folder: Path) -> int:
    """A number that no file in the folder has."""
    taken = (int(found[1]) for path in folder.glob("gen-*") if (found := _NUMBER.match(path.name)))
    return max(taken, default=0) + 1


def publish(folder: Path, index: faiss.Index, describe: Callable[[int, durable.Written], Manifest]) -> Manifest:
    """Write an index as a generation and make it the current one; `describe` gives its manifest for a number and a file.

    Raises:
        OSError: If it could not be written; the generation before is then still current.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = next_number(folder)
    written = durable.write(folder / f"gen-{number}.faiss", lambda take: write_index(index, take))
    manifest = describe(number, written)
    name = f"gen-{number}.json"
    listed = durable.write_bytes(folder / name, json.dumps(asdict(manifest), indent=1).encode())
    durable.write_bytes(folder / CURRENT, f"{listed.sha256}  {name}\n".encode())
    return manifest


def current(folder: Path) -> Manifest | None:
    """The manifest of the current generation, it and its file checked; None if none was ever finished.

    Raises:
        Damaged: If one was, and its files are not whole.
    """
    if not (folder / CURRENT).exists():  # the first may have been interrupted before CURRENT named it
        return None
    try:
        named = _NAMED.fullmatch(_bounded(folder / CURRENT))
        if named is None:
            raise Damaged("CURRENT is not as it was written")
        sha256, name = named[1].decode(), named[2].decode()
        if durable.read(folder / name).sha256 != sha256:
            raise Damaged(f"{name} has another sha256 than CURRENT says")
        manifest = _parsed(_bounded(folder / name))
        if durable.read(folder / manifest.file) != durable.Written(manifest.size, manifest.sha256):
            raise Damaged(f"{manifest.file} has another size or sha256 than its manifest says")
    except (OSError, ValueError) as error:
        raise Damaged(f"the generation's files cannot be read: {error}") from error
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
    """Delete what CURRENT does not lead to: older, unknown and temporary files."""
    kept = {CURRENT, keep.file, f"gen-{keep.number}.json"} if keep is not None else set()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in kept and path.is_file():
            path.unlink(missing_ok=True)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MANIFEST_BYTES)


def _parsed(data: bytes) -> Manifest:
    stated: Any = json.loads(data)
    if not isinstance(stated, dict) or set(stated) != {field.name for field in fields(Manifest)}:
        raise Damaged("the manifest has other fields than it must have")
    return Manifest(**stated)
