"""JSON lines: one document a line, with the fields that the HTTP interface takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from index.errors import DamagedFile, DocumentTooLarge
from index.loaders.encodings import decode
from index.loaders.outline import outline
from index.loaders.parts import Loaded
from index.types import Metadata, canonical_date

MAX_LINES = 10_000
MAX_NAME_CHARACTERS = 200
_NAMES = ("id", "_id")


def load(data: bytes) -> list[Loaded]:
    """The documents of a file, in order; each is named by its `id` (or `_id`), else by the number of its line.

    A line needs `text`; `title`, `outlet`, `published_at`, `uri` and `byline` are facts; another field is no fact of ours.

    Raises:
        DamagedFile: If a line is not such an object; then none is taken.
        DocumentTooLarge: If there are more than MAX_LINES.
    """
    lines = [(number, line) for number, line in enumerate(decode(data).split("\n"), start=1) if line.strip()]
    if len(lines) > MAX_LINES:
        raise DocumentTooLarge(f"it has more than {MAX_LINES:,} lines; split it")
    parts = [_part(number, line) for number, line in lines]
    names = [loaded.part for loaded in parts]
    if len(set(names)) < len(names):
        raise DamagedFile("two of its lines have the same id")
    return parts


def _part(number: int, line: str) -> Loaded:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DamagedFile(f"line {number} is not JSON; give one object a line") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise DamagedFile(f"line {number} has no field 'text' with words in it")
    extracted = outline(row["text"].replace("\r\n", "\n"))
    name = next((str(row[key]) for key in _NAMES if isinstance(row.get(key), str | int)), f"line {number}")
    stated = Metadata(
        title=_text(row, "title"),
        outlet=_text(row, "outlet"),
        published_at=_day(row, number) or extracted.metadata.published_at,
        uri=_text(row, "uri"),
        byline=_text(row, "byline"),
    )
    return Loaded(f"#{' '.join(name.split())[:MAX_NAME_CHARACTERS]}", replace(extracted, metadata=stated))


def _text(row: Mapping[str, object], key: str) -> str | None:
    value = row.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _day(row: Mapping[str, object], number: int) -> str | None:
    value = _text(row, "published_at")
    try:
        return None if value is None else canonical_date(value)
    except ValueError as error:
        raise DamagedFile(f"published_at of line {number} must be an ISO date such as 2024-04-04") from error
