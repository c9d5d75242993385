"""Bytes to text with sections, one module per format."""

from __future__ import annotations

from pathlib import PurePath

from index.errors import UnsupportedFile
from index.loaders import text as plain
from index.loaders import transcript
from index.types import Extracted, Metadata

TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".log"})
# First bytes of formats that can happen to decode as UTF-8.
_BINARY_MAGIC = (b"%PDF-", b"PK\x03\x04", b"{\\rtf")


def load(name: str, data: bytes) -> Extracted:
    """The text of a file, with its speaker turns if it is a transcript, else with its paragraphs.

    Raises:
        UnsupportedFile: If no loader reads this kind of file.
        UnreadableText, EmptyDocument: If it is not text, or holds none.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in TEXT_SUFFIXES or data.startswith(_BINARY_MAGIC):
        raise UnsupportedFile(f"{suffix or 'this'} files are not read yet; give plain text as UTF-8 (.txt)")
    return from_text(plain.decode(data))


def from_text(text: str) -> Extracted:
    """The sections and the stated date of a decoded text."""
    published_at, start = plain.date_head(text)
    before, turns = transcript.sections(text, start=start)
    sections = [*plain.paragraphs(text, before), *turns]
    return Extracted(text=text, sections=tuple(sections), metadata=Metadata(published_at=published_at))
