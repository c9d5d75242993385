"""Plain text: bytes to the stored text, its paragraphs, the date of its head."""

from __future__ import annotations

import codecs
import re
from datetime import date

from index.errors import EmptyDocument, UnreadableText
from index.loaders.heads import stated_date
from index.types import Section, SectionKind, Span

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DATE_HEAD = re.compile(r"\s*date[: ]\s*(\d{4}-\d{2}-\d{2})\b[^\S\n]*")


def decode(data: bytes) -> str:
    """The stored text of some bytes: byte-order mark off, CRLF to LF, nothing else.

    Raises:
        UnreadableText: If the bytes are neither UTF-8 nor marked as UTF-16 or UTF-32, or hold NUL characters.
        EmptyDocument: If nothing but white space is left.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableText(f"not {encoding.upper()} text (byte {error.start}); save it as UTF-8") from error
    if "\0" in text:
        raise UnreadableText("it holds NUL characters, so it is not plain text; give the text itself as UTF-8")
    if not text.strip():
        raise EmptyDocument("it holds no text; nothing was stored")
    return text.replace("\r\n", "\n")


def date_head(text: str) -> tuple[str | None, int]:
    """The text's own ISO date, if it states one, and where the text goes on.

    A `date 2024-04-04` head is metadata and stands before the text; any other head, dateline or last line is part of it.
    """
    match = _DATE_HEAD.match(text)
    if match is None:
        return stated_date(text), 0
    try:
        date.fromisoformat(match.group(1))
    except ValueError:
        return None, 0
    return match.group(1), match.end()


def paragraphs(text: str, within: Span) -> list[Section]:
    """The runs of lines between blank lines, as sections."""
    sections: list[Section] = []
    at = within.start
    first: int | None = None
    last = at
    for line in within.of(text).splitlines(keepends=True):
        if line.strip():
            first = at if first is None else first
            last = at + len(line.rstrip("\r\n"))
        elif first is not None:
            sections.append(Section(Span(first, last), SectionKind.PARAGRAPH))
            first = None
        at += len(line)
    if first is not None:
        sections.append(Section(Span(first, last), SectionKind.PARAGRAPH))
    return sections
