"""Loaded documents as bytes between two processes: JSON, checked by the reader as if a stranger had written it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from index import errors
from index.errors import DamagedFile, InputRejected
from index.loaders.parts import Loaded
from index.types import Extracted, Metadata, Section, SectionKind, Span, canonical_date

MAX_TEXT_CHARACTERS = 4_000_000  # a book of 1,500 pages
TOO_LONG = f"it holds more than {MAX_TEXT_CHARACTERS:,} characters of text; split it"
MAX_BYTES = 32_000_000
REQUEST_BYTES = 16  # a request is a format's name, padded: a fixed length keeps requests on a stream apart
MEMORY_BYTES = 512 * 2**20  # what a parser may take
_UNSOUND = re.compile("[\0\ud800-\udfff]")
_FACTS = ("title", "outlet", "published_at", "uri", "byline")
_CODES = {found.code: found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, InputRejected)}


def of_documents(documents: Sequence[Loaded]) -> bytes:
    """The documents as JSON in UTF-8; characters that are no text become U+FFFD, so that places stay.

    Raises:
        DocumentTooLarge: If they hold more than MAX_TEXT_CHARACTERS.
        EmptyDocument: If one holds no words, or there is none.
    """
    if sum(len(loaded.extracted.text) for loaded in documents) > MAX_TEXT_CHARACTERS:
        raise errors.DocumentTooLarge(TOO_LONG)
    if not documents or any(not _has_words(loaded.extracted.text) for loaded in documents):
        raise errors.EmptyDocument("it holds no text; nothing was stored")
    return json.dumps({"documents": [_row(loaded) for loaded in documents]}, ensure_ascii=False).encode()


def of_error(error: InputRejected) -> bytes:
    """A refusal as JSON."""
    return json.dumps({"error": {"code": error.code, "message": _UNSOUND.sub("\ufffd", str(error))[:500]}}).encode()


def read(message: bytes) -> list[Loaded]:
    """The documents of a message.

    Raises:
        InputRejected: The refusal that the message holds, as its own class.
        DamagedFile: If the message is not as `of_documents` writes it.
    """
    try:
        received = json.loads(message)
        if "error" in received:
            raise _CODES[received["error"]["code"]](str(received["error"]["message"]))
        return [_loaded(row) for row in received["documents"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedFile("its parser gave no sound result; save the file again") from error


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _row(loaded: Loaded) -> dict[str, object]:
    extracted = loaded.extracted
    metadata = extracted.metadata
    facts = {name: _sound(getattr(metadata, name)) for name in _FACTS}
    sections = [[s.span.start, s.span.end, s.kind.value, _sound(s.label)] for s in extracted.sections]
    return {"part": _sound(loaded.part), "text": _UNSOUND.sub("\ufffd", extracted.text), "sections": sections, **facts}


def _sound(words: str | None) -> str | None:
    return None if words is None else _UNSOUND.sub("\ufffd", words)


def _loaded(row: dict[str, Any]) -> Loaded:
    text = _text(row["text"]) or ""
    sections = tuple(_section(text, *values) for values in row["sections"])
    facts = {name: _text(row[name]) for name in _FACTS}
    if facts["published_at"] is not None:
        facts["published_at"] = canonical_date(facts["published_at"])
    return Loaded(_text(row["part"]), Extracted(text, sections, Metadata(**facts)))


def _section(text: str, start: int, end: int, kind: str, label: str | None) -> Section:
    if end > len(text):
        raise ValueError("a section ends after the text")
    return Section(Span(start, end), SectionKind(kind), _text(label))


def _text(value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or _UNSOUND.search(value)):
        raise ValueError("not sound text")
    return value
