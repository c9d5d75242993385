"""PDF: the words of each page in reading order, by pdfium; running heads dropped, hyphens and paragraphs joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
from pypdfium2 import raw

from index.errors import DamagedFile, EmptyDocument, EncryptedFile
from index.loaders.page_layout import Line, in_reading_order, without_running_heads
from index.loaders.page_text import joined
from index.types import Extracted, Metadata

MAX_PAGES = 5_000
_SAME_LINE = 0.4  # of a line's height: how far apart the middles of two runs of one line may be
_NEAR = 1.5  # of a line's height: a wider gap on one line is between columns
_SPACE = 0.15  # of a line's height: a narrower gap is within a word
_GENERATED = ("microsoft word - ", "untitled", "(anonymous)", "(unspecified)", "powerpoint presentation")  # by programs


def load(data: bytes) -> Extracted:
    """The text of a PDF with a section for each page, `p. 3` being the third of the file.

    Raises:
        EncryptedFile: If it opens with a password only.
        DamagedFile: If it cannot be opened, or has more than MAX_PAGES pages.
        EmptyDocument: If its pages hold no characters, as scanned ones do.
    """
    document = _opened(data)
    if len(document) > MAX_PAGES:
        raise DamagedFile(f"it has more than {MAX_PAGES:,} pages; split it")
    pages = [in_reading_order(list(_lines(document, number))) for number in range(len(document))]
    extracted = joined(without_running_heads(pages))
    if not extracted.text:
        raise EmptyDocument("its pages hold no text; recognise the characters of scanned pages first")
    title = " ".join(document.get_metadata_value("Title").replace("\0", "").split())
    kept = title if title and not title.lower().startswith(_GENERATED) else None
    return replace(extracted, metadata=Metadata(title=kept, published_at=extracted.metadata.published_at))


def _opened(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedFile("it opens with a password only; save it without one") from error
        raise DamagedFile("it cannot be opened as a PDF; it may be cut short") from error


def _lines(document: Any, number: int) -> Iterator[Line]:
    """The lines of a page as the file draws them; runs side by side on one line are one, unless a column lies between."""
    try:
        page = document[number]
        height = page.get_height()
        words = page.get_textpage()
    except pypdfium2.PdfiumError:  # a page that is broken is left out, as viewers do
        return
    if page.get_rotation():
        yield from _unplaced(words.get_text_range(), height)
        return
    line: Line | None = None
    for at in range(words.count_rects()):
        left, bottom, right, top = words.get_rect(at)
        run = Line(words.get_text_bounded(left, bottom, right, top), left, right, bottom, top, height)
        if not run.text.strip():
            continue
        extended = None if line is None else _extended(line, run)
        if extended is None and line is not None:
            yield line
        line = extended or run
    if line is not None:
        yield line


def _unplaced(text: str, height: float) -> Iterator[Line]:
    """The lines of a turned page, as if they stood below each other: their boxes are of no use."""
    for at, words in enumerate(line for line in text.splitlines() if line.strip()):
        yield Line(words, 0, 1, -12.0 * at - 10, -12.0 * at, height, placed=False)


def _extended(line: Line, run: Line) -> Line | None:
    size = max(line.height, run.height)
    gap = max(run.left - line.right, line.left - run.right)
    if abs(line.middle - run.middle) > _SAME_LINE * size or gap > _NEAR * size:
        return None
    apart = " " if gap > _SPACE * size and not line.text.endswith(" ") and not run.text.startswith(" ") else ""
    return Line(
        line.text + apart + run.text,
        min(line.left, run.left),
        max(line.right, run.right),
        min(line.bottom, run.bottom),
        max(line.top, run.top),
        line.page_height,
    )
