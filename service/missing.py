"""Documents whose file is gone from a folder."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputRejected
from index.files import collect, uri_of

_BORDERS = "/#"  # behind a file's own uri stand `/member` of an archive and `#id` of a line


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored document, as far as its file matters."""

    document_id: str
    name: str
    uri: str | None


def missing(documents: Iterable[Stored], folders: Sequence[Path], *, even_if_empty: bool) -> list[Stored]:
    """The documents whose uri lies below one of the folders and is that of no file any more, nor of a part of one.

    A file that cannot be looked for (no permission, say) is not gone.

    Raises:
        InputRejected: If a folder is missing or holds no documents, unless `even_if_empty`: a disk that is not mounted
            must not cost the corpus.
    """
    found: list[Stored] = []
    held = list(documents)
    for folder in folders:
        present = {uri_of(path) for path in collect([folder]).files} if folder.is_dir() else set()
        if not present and not even_if_empty:
            raise InputRejected(
                f"{folder} is missing or holds no documents, so nothing is deleted; if that is right, add --even-if-empty"
            )
        root = uri_of(folder).rstrip("/") + "/"
        below = [one for one in held if one.uri is not None and one.uri.startswith(root)]
        found += [one for one in below if one not in found and not _stands(str(one.uri), root, present)]
    return found


def _stands(uri: str, root: str, present: set[str]) -> bool:
    ends = [at for at, character in enumerate(uri) if character in _BORDERS and at > len(root)]
    return any(uri[:end] in present or _is_file(uri[:end]) for end in [*ends, len(uri)])


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):  # what cannot be looked at may well be there
        return True
