"""Which files are meant: paths, folders and patterns to files; a file with its sidecar to an upload."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import DocumentTooLarge, InputRejected, NotFound, UnsupportedFile
from index.loaders import kinds, sidecar
from index.types import IngestResult, IngestStatus, Metadata

HEAD_BYTES = 2_048  # of a file whose name says nothing: enough for every mark of a format


@dataclass(frozen=True, slots=True)
class Upload:
    """A file's bytes with a name for people; `metadata` wins over what the file states.

    `is_text` says that the bytes are plain text, whatever the name ends in. A sidecar's bytes stand for the metadata.
    """

    name: str
    data: bytes
    metadata: Metadata = Metadata()
    is_text: bool = False
    sidecar_data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in a folder or under a pattern that is no document, and why. One that is named itself is never skipped."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Collected:
    """The files to ingest, in order; what lies beside them and is none; and a failure for each path that is not there."""

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...] = ()
    failed: tuple[IngestResult, ...] = ()


def collect(paths: Sequence[Path]) -> Collected:
    """What these paths mean: folders recurse, a path that is not there may be a pattern (`reports/**/*.pdf`).

    Sidecars and hidden files are no documents, and are passed over in silence.
    """
    files: dict[Path, None] = {}
    skipped: dict[Path, Skipped] = {}
    failed: list[IngestResult] = []
    for path in paths:
        if path.is_file():
            if not _is_sidecar(path):
                files[path] = None
            continue
        found = _below(path) if path.is_dir() else _matching(path)
        if not path.is_dir() and not found:
            failed.append(failure(str(path), NotFound("there is no such file or folder; check the path")))
        for file in found:
            reason = _no_document(file)
            if reason is None:
                files[file] = None
            else:
                skipped[file] = Skipped(file, reason)
    return Collected(tuple(files), tuple(skip for file, skip in skipped.items() if file not in files), tuple(failed))


def pair_sidecars(named: Sequence[tuple[str, bytes]]) -> list[Upload]:
    """Uploads for files given by name and bytes; a sidecar goes with its file, and without it counts as a file."""
    names = {name for name, _ in named}
    sidecars = {name: data for name, data in named if name.removesuffix(sidecar.SUFFIX) in names - {name}}
    return [Upload(name, data, sidecar_data=sidecars.get(name + sidecar.SUFFIX)) for name, data in named if name not in sidecars]


def read_file(path: Path, *, max_bytes: int) -> Upload:
    """A file with what its sidecar states, under its absolute path as uri.

    Raises:
        InputRejected: If it is too large, cannot be read, or its sidecar is not as documented.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise too_large(max_bytes)
        beside = path.with_name(path.name + sidecar.SUFFIX)
        stated = sidecar.parse(beside.read_bytes()) if beside.is_file() else Metadata()
        return Upload(sound(path.name), path.read_bytes(), replace(stated, uri=stated.uri or uri_of(path)))
    except OSError as error:
        raise InputRejected(f"it cannot be read: {error.strerror or error}") from error


def uri_of(path: Path) -> str:
    """What a file without a stated uri is known by."""
    return sound(os.path.normpath(path.absolute()))


def sound(name: str) -> str:
    """A file system's name as text: bytes that are no UTF-8 become replacement characters."""
    return name.encode(errors="replace").decode()


def too_large(bound: int) -> DocumentTooLarge:
    """The refusal of a file over `bound` bytes."""
    return DocumentTooLarge(f"it is over {bound:,} bytes; split it, or raise READOUT_MAX_DOCUMENT_BYTES")


def failure(name: str, error: InputRejected | NotFound) -> IngestResult:
    """A file that was not stored."""
    return IngestResult(IngestStatus.FAILED, name, error=str(error), code=error.code)


def skipped(name: str, error: InputRejected) -> IngestResult:
    """A file among others that is no document, and why."""
    return IngestResult(IngestStatus.SKIPPED, name, error=str(error), code=error.code)


def _below(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(sidecar.SUFFIX)
    )


def _matching(pattern: Path) -> list[Path]:
    matched = [Path(found) for found in sorted(glob.glob(str(pattern), recursive=True))]  # noqa: PTH207 - of absolute patterns too
    return [path for path in matched if path.is_file() and not path.name.endswith(sidecar.SUFFIX)]


def _is_sidecar(path: Path) -> bool:
    return path.name.endswith(sidecar.SUFFIX) and path.with_name(path.name.removesuffix(sidecar.SUFFIX)).is_file()


def _no_document(path: Path) -> str | None:
    """Why a file that nobody named is no document; None if it may be one, or cannot be looked into."""
    try:
        if path.stat().st_size == 0:
            return "it is empty"
        if not kinds.is_named_as_read(path.name):
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
            if not kinds.is_archive(head):  # an archive is told by its directory, which stands at its end
                kinds.kind_of(path.name, head)
    except UnsupportedFile as error:
        return str(error)
    except (OSError, InputRejected):  # reading it will tell
        return None
    return None
