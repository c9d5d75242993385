"""Generations of terms as files: a folder with an inverted index and the ids of its chunks, and a manifest of all of them.

As with vectors, each is written whole or not at all, CURRENT last, and what is damaged is made again from the store.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import durable
from index.current import CURRENT, Damaged, check, is_current, next_number, point, stated
from index.current import sweep as sweep_but
from index.inverted import LOCKS, Inverted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.int64]

Files = dict[str, tuple[int, str]]  # size and sha256 by name
IDS = "chunk_ids"  # 8 bytes each, in the order they were written


@dataclass(frozen=True, slots=True)
class LexicalManifest:
    """What a generation's files must be and what they hold.

    `n_terms` is how many terms all its chunks have together; `n_removed` how many chunks were removed since it was built anew.
    """

    number: int
    files: Files
    n_chunks: int
    n_terms: int
    n_removed: int
    identity: int
    chunk_id: int
    sequence: int

    @property
    def folder(self) -> str:
        """The name of the folder with the files."""
        return f"gen-{self.number}.terms"


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index that was just written holds; see `LexicalManifest`."""

    chunk_ids: Ids
    n_terms: int
    n_removed: int


def publish(
    data: Path, fill: Callable[[Path], Contents], describe: Callable[[int, Files, Contents], LexicalManifest]
) -> LexicalManifest:
    """Have a new folder filled, make it the current generation; `describe` gives the manifest for a number and the files.

    Raises:
        OSError: If it could not be written; the generation before is then still current.
    """
    data.mkdir(parents=True, exist_ok=True)
    number = next_number(data)
    folder = data / f"gen-{number}.terms{durable.TEMPORARY}"
    folder.mkdir()
    try:
        contents = fill(folder)
        durable.write_bytes(folder / IDS, contents.chunk_ids.astype("<i8").tobytes())
        manifest = describe(number, {path.name: _lasting(path) for path in _files(folder)}, contents)
        durable.sync(folder)
        folder = folder.rename(data / manifest.folder)
        durable.sync(data)
        point(data, number, asdict(manifest))
    except BaseException:  # a full disk: give the space back; it goes on from here
        if not is_current(data, number):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def link(data: Path, manifest: LexicalManifest, folder: Path) -> None:
    """Begin a new folder with the files of a generation, which stay as they are: tantivy writes none twice, it replaces them."""
    for path in _files(data / manifest.folder):
        if path.name == IDS:
            continue
        try:
            os.link(path, folder / path.name)
        except OSError:  # some file systems have no hard links
            shutil.copyfile(path, folder / path.name)


def current(data: Path) -> LexicalManifest | None:
    """The manifest of the current generation, it and its files checked; None if none was ever finished.

    Raises:
        Damaged: If one was, and its files are not whole.
    """
    found = stated(data, frozenset(field.name for field in fields(LexicalManifest)))
    if found is None:
        return None
    manifest = LexicalManifest(**found)
    for name, (size, sha256) in manifest.files.items():
        check(data / manifest.folder / name, durable.Written(size, sha256))
    return manifest


def opened(data: Path, manifest: LexicalManifest) -> Inverted:
    """The index of a manifest that was checked.

    Raises:
        Damaged: If it does not hold what the manifest says.
    """
    try:
        index = Inverted(data / manifest.folder)
    except OSError as error:  # it was swept by a newer one meanwhile
        raise Damaged(str(error)) from error
    if len(index) != manifest.n_chunks:
        raise Damaged(f"{manifest.folder} holds {len(index)} chunks, not what its manifest says")
    return index


def chunk_ids(data: Path, manifest: LexicalManifest) -> Ids:
    """The ids of the chunks of a generation that was checked."""
    return np.fromfile(data / manifest.folder / IDS, dtype="<i8").astype(np.int64, copy=False)


def sweep(data: Path, *, keep: LexicalManifest | None) -> None:
    """Delete what CURRENT does not lead to."""
    sweep_but(data, keep=frozenset({CURRENT, keep.folder, f"gen-{keep.number}.json"}) if keep is not None else frozenset())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.endswith(LOCKS))


def _lasting(path: Path) -> tuple[int, str]:
    durable.sync(path)
    read = durable.read(path)
    return read.size, read.sha256
