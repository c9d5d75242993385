"""A document as a run of blocks, paragraphs and headings, and the stored text that it makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.errors import DocumentTooLarge
from index.loaders import wire
from index.loaders.outline import Mark, outline
from index.types import Extracted, SectionKind

MAX_LABEL_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, table row or, if `heading`, a heading."""

    text: str
    heading: bool = False


def from_blocks(blocks: Iterable[Block]) -> Extracted:
    """The blocks with blank lines between; a heading's section is the heading and what follows it.

    Raises:
        DocumentTooLarge: As soon as they hold too much: what follows is not read.
    """
    parts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for block in blocks:
        words = block.text.strip()
        if not words:
            continue
        if block.heading:
            marks.append(Mark(at, SectionKind.HEADING, " ".join(words.split())[:MAX_LABEL_CHARACTERS]))
        parts.append(words)
        at += len(words) + 2
        if at > wire.MAX_TEXT_CHARACTERS:
            raise DocumentTooLarge(wire.TOO_LONG)
    return outline("\n\n".join(parts), marks)
