"""Sidecars: `a.txt.meta.yaml` beside `a.txt` states what the file itself does not."""

from __future__ import annotations

import re
from datetime import date, datetime

import yaml

from index.errors import BadSidecar
from index.types import Metadata, canonical_date

SUFFIX = ".meta.yaml"
_SURROGATE = re.compile("[\ud800-\udfff]")
KEYS = ("title", "outlet", "published_at", "uri")


def parse(data: bytes) -> Metadata:
    """What a sidecar states.

    Raises:
        BadSidecar: If it is no YAML mapping, has another key than KEYS, or a value that does not fit.
    """
    try:
        stated = yaml.safe_load(data.decode("utf-8-sig"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # PyYAML lets a bad date's ValueError through
        raise BadSidecar(f"its {SUFFIX} is not YAML in UTF-8 with sound values: {' '.join(str(error).split())[:200]}") from error
    if stated is None:
        return Metadata()
    if not isinstance(stated, dict):
        raise BadSidecar(f"its {SUFFIX} must hold keys and values; known keys: {', '.join(KEYS)}")
    unknown = [str(key) for key in stated if key not in KEYS]
    if unknown:
        raise BadSidecar(f"its {SUFFIX} has an unknown key {unknown[0]!r}; known keys: {', '.join(KEYS)}")
    values = {key: _text(key, value) for key, value in stated.items() if value is not None}
    published_at = values.get("published_at")
    return Metadata(
        title=values.get("title"),
        outlet=values.get("outlet"),
        published_at=None if published_at is None else iso_date(published_at),
        uri=values.get("uri"),
    )


def written(metadata: Metadata) -> bytes:
    """A sidecar that states this."""
    return yaml.safe_dump({key: value for key in KEYS if (value := getattr(metadata, key)) is not None}).encode()


def iso_date(value: str) -> str:
    """The value, if it is an ISO date or date and time.

    Raises:
        BadSidecar: If it is not.
    """
    try:
        return canonical_date(value)
    except ValueError as error:
        raise BadSidecar("published_at must be an ISO date such as 2024-04-04") from error


def _text(key: object, value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str) or not value.strip() or _SURROGATE.search(value):
        raise BadSidecar(f"{key} in its {SUFFIX} must be sound text that is not empty")
    return value
