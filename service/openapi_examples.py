"""Examples for the OpenAPI description: a real answer on the seed documents, shortened to one statement."""

from __future__ import annotations

from typing import Any

from service.problems import MEDIA_TYPE, STATUS_OF_CODE, Problem

_SHA256 = "186249646733d7e8727f7d03fa5024e61484167ae04700fbeee1f72285ce5f4d"
_PASSAGE: dict[str, Any] = {
    "document_id": "4793436d93c6b189",
    "name": "000_1e07ea5eec70e880.txt",
    "title": None,
    "outlet": None,
    "published_at": None,
    "start": 3292,
    "end": 3729,
    "text": "President Biden also raised concerns [...] \u201cTikTok came up today, yes,\u201d Mr. Kirby said.",
    "score": 1.388315,
    "cited": True,
}
PASSAGES: dict[str, Any] = {"passages": [_PASSAGE]}
ANSWER: dict[str, Any] = {
    "id": "2f4f0d7e5f0a4b3e9a4c8b1d6e7f8091",
    "status": "answered",
    "question": "Who said that TikTok came up today?",
    "resolved_question": None,
    "missing": None,
    "text": "\u201cTikTok came up today, yes,\u201d Mr. Kirby said. [1]",
    "short_answer": "Mr. Kirby",
    "statements": [
        {
            "text": "\u201cTikTok came up today, yes,\u201d Mr. Kirby said.",
            "start": 0,
            "end": 44,
            "citations": [1],
            "support": 0.41,
            "n_sources": 1,
        }
    ],
    "citations": [
        {
            "id": 1,
            "document_id": "4793436d93c6b189",
            "document_sha256": _SHA256,
            "name": "000_1e07ea5eec70e880.txt",
            "title": None,
            "outlet": None,
            "published_at": None,
            "speaker": "John Kirby",
            "speaker_inferred": False,
            "reported_by": None,
            "section": None,
            "start": 3685,
            "end": 3729,
            "quote": "\u201cTikTok came up today, yes,\u201d Mr. Kirby said.",
            "prefix": "under consideration in the Senate is passed.\n",
            "suffix": "",
            "verified": True,
        }
    ],
    "conflicts": [],
    "dates": [],
    "refusal": None,
    "passages": [_PASSAGE],
    "confidence": 0.41,
    "mode": "extractive",
    "degraded": False,
    "warnings": [],
    "timings_ms": {"search": 21.5, "read": 48.2, "compose": 1.3, "total": 71.0},
    "index_version": "4",
}
_CREATED = 1_712_275_200
COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-2f4f0d7e5f0a4b3e9a4c8b1d6e7f8091",
    "object": "chat.completion",
    "created": _CREATED,
    "model": "readout",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": ANSWER["text"],
                "refusal": None,
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "url": f"http://127.0.0.1:8000/v1/documents/4793436d93c6b189?sha256={_SHA256}",
                            "title": "000_1e07ea5eec70e880.txt",
                            "content": ANSWER["citations"][0]["quote"],
                            "start_index": 45,
                            "end_index": 48,
                        },
                        "readout": {
                            "citation": 1,
                            "document_id": "4793436d93c6b189",
                            "document_sha256": _SHA256,
                            "start": 3685,
                            "end": 3729,
                            "quote": ANSWER["citations"][0]["quote"],
                        },
                    }
                ],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 8, "completion_tokens": 18, "total_tokens": 26},
    "readout": ANSWER,
}
MODELS: dict[str, Any] = {
    "object": "list",
    "data": [{"id": "readout", "object": "model", "created": _CREATED, "owned_by": "readout"}],
}
DOCUMENTS: dict[str, Any] = {
    "documents": [
        {
            "document_id": "4793436d93c6b189",
            "status": "created",
            "name": "call.txt",
            "title": None,
            "error": None,
            "warnings": [],
        }
    ]
}
UPLOAD_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["text"],
                "additionalProperties": False,
                "properties": {
                    "text": {"type": "string"},
                    **{key: {"type": ["string", "null"]} for key in ("title", "outlet", "published_at", "uri")},
                },
            },
            "example": {"text": "The call lasted an hour.", "title": "A short call", "outlet": "The Paper"},
        },
    },
}


def openai_error_responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The same for a route that answers as OpenAI's API does."""
    return {
        int(STATUS_OF_CODE[code]): {
            "description": STATUS_OF_CODE[code].phrase,
            "content": {"application/json": {"example": Problem(code, STATUS_OF_CODE[code].description).openai_body()}},
        }
        for code in codes
    }


def problem_responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can fail with these codes."""
    responses: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status = STATUS_OF_CODE[code]
        example = Problem(code, status.description or status.phrase).body("2f4f0d7e5f0a4b3e9a4c8b1d6e7f8091")
        responses[int(status)] = {"description": status.phrase, "content": {MEDIA_TYPE: {"example": example}}}
    return responses
