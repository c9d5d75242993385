"""What a file gives: one document or, from an archive or JSON lines, several, some of which may be refused."""

from __future__ import annotations

from dataclasses import dataclass

from index.errors import InputRejected
from index.types import Extracted


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document; `part` names it within a file that holds several: `/folder/a.txt`, `#id`, or both; else it is None."""

    part: str | None
    extracted: Extracted


@dataclass(frozen=True, slots=True)
class Unloaded:
    """A part of a file that holds several, with the reason why it is no document; `skipped` if it was not meant to be one."""

    part: str
    error: InputRejected
    skipped: bool = False
