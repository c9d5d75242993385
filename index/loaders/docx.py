"""Word documents: paragraphs, headings and tables of the body, read as a stream of XML, so that size costs no memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from index.errors import DamagedFile, EmptyDocument
from index.loaders import archive
from index.loaders.blocks import Block, from_blocks
from index.types import Extracted, Metadata

MAX_PART_BYTES = 100_000_000  # of XML: far over what the longest book takes
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Of tracked changes the new words count; a fallback repeats what stands before it.
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK})
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


@dataclass(slots=True)
class _Paragraph:
    style: str = ""
    parts: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All of it."""
        return "".join(self.parts)


def load(data: bytes) -> Extracted:
    """The text of a Word document; headers, footers, notes and comments are left out.

    Raises:
        DamagedFile: If its XML is not well-formed, or declares entities.
        EmptyDocument: If it holds no words.
    """
    packed = archive.opened(data)
    headings = _heading_styles(_part(packed, "word/styles.xml"))
    body = _part(packed, "word/document.xml")
    if body is None:
        raise DamagedFile("its text is missing; save it again as .docx")
    try:
        extracted = from_blocks(_blocks(body, headings))
        title = _title(_part(packed, "docProps/core.xml"))
    except etree.XMLSyntaxError as error:
        raise DamagedFile(f"its XML cannot be read ({error.msg}); save it again as .docx") from error
    if not extracted.text:
        raise EmptyDocument("it holds no text; nothing was stored")
    return replace(extracted, metadata=Metadata(title=title, published_at=extracted.metadata.published_at))


def _part(packed: archive.Archive, name: str) -> bytes | None:
    member = next((member for member in packed.members if member.filename == name), None)
    if member is None:
        return None
    if member.file_size > MAX_PART_BYTES:
        raise DamagedFile("its text declares an absurd size; save it again as .docx")
    part = packed.read(member)
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DamagedFile("its XML declares entities, which no Word document does; save it again as .docx")
    return part


def _events(part: bytes, *events: str) -> Iterator[Any]:
    parsing = etree.iterparse(
        io.BytesIO(part), events=events, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    yield from parsing


def _heading_styles(part: bytes | None) -> frozenset[str]:
    """The ids of the styles that are headings: by their built-in name, or by an outline level."""
    found: set[str] = set()
    for _, style in _events(part or b"<none/>", "end"):
        if style.tag == f"{_W}style":
            name = style.find(f"{_W}name")
            named = "" if name is None else str(name.get(f"{_W}val", "")).lower()
            level = style.find(f"{_W}pPr/{_W}outlineLvl")
            if named.startswith("heading ") or named in ("title", "subtitle") or level is not None:
                found.add(str(style.get(f"{_W}styleId")))
    return frozenset(found)


def _title(part: bytes | None) -> str | None:
    words = [" ".join((node.text or "").split()) for _, node in _events(part or b"<none/>", "end") if node.tag == _TITLE]
    return next((title for title in words if title), None)


def _blocks(body: bytes, headings: frozenset[str]) -> Iterator[Block]:
    reading = _Reading()
    skipping = 0
    for event, node in _events(body, "start", "end"):
        if node.tag in _SKIPPED:
            skipping += 1 if event == "start" else -1
        elif event == "start":
            reading.enter(node.tag)
        elif node.tag in (f"{_W}p", f"{_W}tr"):
            paragraph = reading.leave(node.tag)
            node.clear()
            if not reading.rows:
                yield Block(paragraph.words, heading=paragraph.style in headings)
        elif not skipping:
            reading.add(node)


class _Reading:
    """The paragraphs and table rows that are open at a place of the stream; a text box has paragraphs within one."""

    def __init__(self) -> None:
        self.paragraphs: list[_Paragraph] = []
        self.rows: list[list[str]] = []  # the cells of the open table rows, outermost first

    def enter(self, tag: str) -> None:
        """Open a paragraph, a row or a cell."""
        if tag == f"{_W}p":
            self.paragraphs.append(_Paragraph())
        elif tag == f"{_W}tr":
            self.rows.append([])
        elif tag == f"{_W}tc" and self.rows:
            self.rows[-1].append("")

    def leave(self, tag: str) -> _Paragraph:
        """Close a paragraph or a row; inside a table its words go to the cell around it."""
        closed = self.paragraphs.pop() if tag == f"{_W}p" else _Paragraph(parts=[_row(self.rows.pop())])
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {closed.words.strip()}".strip()
        return closed

    def add(self, node: Any) -> None:
        """Take what a node adds to the paragraph around it."""
        if not self.paragraphs:
            return
        if node.tag == f"{_W}t":
            self.paragraphs[-1].parts.append(node.text or "")
        elif node.tag == f"{_W}pStyle":
            self.paragraphs[-1].style = node.get(f"{_W}val", "")
        else:
            self.paragraphs[-1].parts.append(_MARKS.get(node.tag, ""))


def _row(cells: list[str]) -> str:
    return " | ".join(cells) if any(cells) else ""
