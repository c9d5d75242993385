"""What the structured results of the MCP tools hold, as JSON Schema: what a program may rely on, not every field."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_PLACE = {"type": "integer", "minimum": 0}


def _object(properties: dict[str, Any], *, description: str | None = None) -> dict[str, Any]:
    """An object that has all of these properties, and may have more."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return schema if description is None else {**schema, "description": description}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_CITATION = _object(
    {
        "id": {"type": "integer", "description": "n of the mark [n] in the text"},
        "document_id": _TEXT,
        "document_sha256": _TEXT,
        "name": _TEXT,
        "title": _TEXT_OR_NULL,
        "outlet": _TEXT_OR_NULL,
        "published_at": _TEXT_OR_NULL,
        "speaker": _TEXT_OR_NULL,
        "reported_by": _TEXT_OR_NULL,
        "start": _PLACE,
        "end": _PLACE,
        "quote": _TEXT,
    },
    description="text[start:end] of that version of the document is the quote, in code points",
)
_STATEMENT = _object(
    {"text": _TEXT, "start": _PLACE, "end": _PLACE, "citations": _list({"type": "integer"}), "support": {"type": "number"}}
)
_PASSAGE = _object(
    {"document_id": _TEXT, "name": _TEXT, "start": _PLACE, "end": _PLACE, "text": _TEXT, "score": {"type": "number"}}
)

ANSWER = _object(
    {
        "status": {"enum": ["answered", "partial", "refused"]},
        "text": _TEXT,
        "short_answer": _TEXT_OR_NULL,
        "missing": _TEXT_OR_NULL,
        "statements": _list(_STATEMENT),
        "citations": _list(_CITATION),
        "refusal": {"type": ["object", "null"]},
        "confidence": {"type": "number"},
        "passages": _list(_PASSAGE),
    }
)
PASSAGES = _object({"passages": _list(_PASSAGE)})
DOCUMENT = _object(
    {
        "document_id": _TEXT,
        "sha256": _TEXT,
        "name": _TEXT,
        "title": _TEXT_OR_NULL,
        "outlet": _TEXT_OR_NULL,
        "published_at": _TEXT_OR_NULL,
        "text": _TEXT,
        "start": _PLACE,
        "end": _PLACE,
        "length": {"type": "integer", "description": "code points of the whole text"},
    }
)
