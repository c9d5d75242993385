"""CURRENT: a file that names a manifest by its sha256, and the manifest as the plain values that were stated in it.

What a manifest tells of is written before it, and CURRENT last, so that CURRENT never leads to what is not there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index import durable

CURRENT = "CURRENT"
MAX_MANIFEST_BYTES = 100_000
_NAMED = re.compile(rb"([0-9a-f]{64})  (gen-\d+\.json)\n")
_NUMBER = re.compile(r"gen-(\d+)\.")


class Damaged(Exception):
    """The files are not what they must be; the message says which. They are made again."""


def next_number(folder: Path) -> int:
    """A number that nothing in the folder has."""
    taken = (int(found[1]) for path in folder.glob("gen-*") if (found := _NUMBER.match(path.name)))
    return max(taken, default=0) + 1


def point(folder: Path, number: int, stated: Mapping[str, object]) -> None:
    """Write a manifest and make it the current one.

    Raises:
        OSError: If it could not be written; then the one before is still current.
    """
    name = f"gen-{number}.json"
    listed = durable.write_bytes(folder / name, json.dumps(stated, indent=1).encode())
    durable.write_bytes(folder / CURRENT, f"{listed.sha256}  {name}\n".encode())


def is_current(folder: Path, number: int) -> bool:
    """Whether CURRENT names the manifest of this number."""
    named = _NAMED.fullmatch(_bounded(folder / CURRENT)) if (folder / CURRENT).exists() else None
    return named is not None and named[2].decode() == f"gen-{number}.json"


def stated(folder: Path, fields: frozenset[str]) -> dict[str, Any] | None:
    """What the current manifest states, which has exactly these fields; None if none was ever finished.

    Raises:
        Damaged: If one was, and it cannot be read or is not the one that was written.
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
        found = json.loads(_bounded(folder / name))
    except (OSError, ValueError) as error:
        raise Damaged(f"the generation's files cannot be read: {error}") from error
    if not isinstance(found, dict) or found.keys() != fields:
        raise Damaged("the manifest has other fields than it must have")
    return found


def check(path: Path, wanted: durable.Written) -> None:
    """Hold a file against its manifest.

    Raises:
        Damaged: If it is another one.
    """
    try:
        there = durable.read(path)
    except OSError as error:
        raise Damaged(f"the generation's files cannot be read: {error}") from error
    if there != wanted:
        raise Damaged(f"{path.name} has another size or sha256 than its manifest says")


def sweep(folder: Path, *, keep: frozenset[str]) -> None:
    """Delete what CURRENT does not lead to: older, unknown and temporary files and folders."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in keep:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MANIFEST_BYTES)
