"""Bytes to text in whatever common encoding they are."""

from __future__ import annotations

import codecs
import re

import chardet

from index.errors import EmptyDocument, UnreadableText
from index.loaders import text as plain

SAMPLE_BYTES = 200_000  # what the detector reads; it decides on far less
_ISO_2022 = re.compile(rb"\x1b\$[@B]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_SOUND = re.compile(r"[^\x00-\x7f\ufffd]")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # such a file says what it is
# Pages marked so hold the characters of the Windows code page, says the WHATWG's encoding standard.
_AS_WINDOWS = {"ascii": "cp1252", "iso-8859-1": "cp1252", "latin-1": "cp1252", "iso-8859-9": "cp1254", "shift_jis": "cp932"}


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The stored text: by its mark, as UTF-8, as `declared`, else by detection; CRLF to LF.

    Raises:
        UnreadableText: If it is no text in an encoding that is known or can be told.
        EmptyDocument: If nothing but white space is left.
    """
    if _ISO_2022.search(data[:SAMPLE_BYTES]):  # seven-bit, so it would pass for UTF-8
        declared = "iso2022_jp_ext"
    else:
        try:
            return plain.decode(data)
        except UnreadableText:
            if data.startswith(_MARKS) or _broken_utf8(data):
                raise
    for encoding in (declared, chardet.detect(data[:SAMPLE_BYTES])["encoding"]):
        text = _decoded(data, encoding)
        if text is not None:
            return text
    raise UnreadableText("not text in an encoding that can be told; save it as UTF-8, and plain text if it is none")


def _decoded(data: bytes, encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        text = data.decode(_AS_WINDOWS.get(encoding.lower(), encoding))
    except (UnicodeDecodeError, LookupError):
        return None
    if _CONTROLS.search(text):
        return None
    if not text.strip():
        raise EmptyDocument("it holds no text; nothing was stored")
    return text.replace("\r\n", "\n")


def _broken_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 but for a few bytes; read as another encoding it would be stored as gibberish."""
    tried = data[:SAMPLE_BYTES].decode("utf-8", errors="replace")
    return len(_SOUND.findall(tried)) > tried.count("\ufffd")
