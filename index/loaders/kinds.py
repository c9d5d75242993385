"""What a file is, by its content first and its name second."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from index.errors import EncryptedFile, UnsupportedFile
from index.loaders import archive


class Kind(StrEnum):
    """The formats that are read."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    MARKDOWN = "markdown"
    SUBTITLES = "subtitles"
    EMAIL = "email"
    JSON_LINES = "jsonlines"
    ZIP = "zip"


KIND_OF_SUFFIX = {
    "": Kind.TEXT,
    ".txt": Kind.TEXT,
    ".text": Kind.TEXT,
    ".log": Kind.TEXT,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".srt": Kind.SUBTITLES,
    ".vtt": Kind.SUBTITLES,
    ".eml": Kind.EMAIL,
    ".jsonl": Kind.JSON_LINES,
    ".ndjson": Kind.JSON_LINES,
    ".zip": Kind.ZIP,
}
_BY_CONTENT = frozenset({Kind.PDF, Kind.DOCX, Kind.ZIP})  # a name alone makes no file one of these
READ = "text, HTML, PDF, DOCX, Markdown, SRT, WebVTT, EML, JSON lines and ZIP are read"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PDF_WITHIN = 1_024  # readers accept rubbish before the mark, says annex H of PDF 1.7
_MAGIC = (
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a sound, a film or a picture"),
    (b"OggS", "a sound"),
    (b"ID3", "a sound"),
    (b"fLaC", "a sound"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"%!PS", "a PostScript document"),
)
_AT = ((4, b"ftyp", "a film or a sound"), (257, b"ustar", "a tar archive"))
_HTML_HEAD = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_VTT_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT[ \t\r\n]")
_SRT_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+\s*\r?\n\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->")


def kind_of(name: str, data: bytes) -> Kind:
    """The format of a file.

    Raises:
        UnsupportedFile: If no loader reads it, or the name says one of the formats that the content would show.
        EncryptedFile, DamagedFile, TooManyMembers, ArchiveRatio: If a look at an archive's directory tells so.
    """
    if is_archive(data):
        return _zipped(data)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Kind.PDF
    _refuse_binary(data)
    suffix = PurePath(name).suffix.lower()
    kind = KIND_OF_SUFFIX.get(suffix)
    if kind in _BY_CONTENT:
        raise UnsupportedFile(
            f"it is named {suffix} but its content is none; give the file itself, or name it .txt if it is text"
        )
    if kind in (None, Kind.TEXT):
        kind = _by_head(data) or kind
    if kind is None:
        raise UnsupportedFile(f"{suffix} files are not read; {READ}; give plain text as .txt")
    return kind


def is_named_as_read(name: str) -> bool:
    """Whether a name alone says that the file is meant to be read: then one that cannot be is no stray one."""
    return PurePath(name).suffix.lower() in KIND_OF_SUFFIX


def is_archive(head: bytes) -> bool:
    """Whether bytes begin as a ZIP or a Word document does."""
    return head.startswith(_ZIP)


def _zipped(data: bytes) -> Kind:
    names = {member.filename for member in archive.opened(data).members}
    if "word/document.xml" in names:
        return Kind.DOCX
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnsupportedFile(f"this office document is not read; {READ}")
    return Kind.ZIP


def _refuse_binary(data: bytes) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise EncryptedFile("it opens with a password only; save it without one")
        raise UnsupportedFile("old Office files are not read; save it as .docx")
    for mark, what in _MAGIC:
        if data.startswith(mark):
            raise UnsupportedFile(f"it is {what}; {READ}")
    for at, mark, what in _AT:
        if data[at : at + len(mark)] == mark:
            raise UnsupportedFile(f"it is {what}; {READ}")


def _by_head(data: bytes) -> Kind | None:
    head = data[:2_048]
    if _HTML_HEAD.match(head):
        return Kind.HTML
    return Kind.SUBTITLES if _VTT_HEAD.match(head) or _SRT_HEAD.match(head) else None
