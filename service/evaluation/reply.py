"""What the evaluation reads of an answer: the part of `POST /v1/ask`'s JSON that the measures need."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from service.evaluation.errors import AskFailed

Offset = Annotated[int, Field(ge=0)]
Body = TypeVar("Body")
_MARK = re.compile(r"\s?\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """One citation, as it was sent; nothing in it is checked yet."""

    id: int
    document_id: str
    document_sha256: str
    name: str | None
    start: Offset
    end: Offset
    quote: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Where one passage stands in the current version of its document."""

    document_id: str
    start: Offset
    end: Offset


@dataclass(frozen=True, slots=True)
class SearchReply:
    """The body of a 200 of `POST /v1/search`."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of a 200; keys that no measure needs are passed over."""

    status: Literal["answered", "partial", "refused"]
    text: str | None
    short_answer: str | None
    citations: tuple[CitedQuote, ...]
    passages: tuple[Passage, ...]
    confidence: Annotated[float, Field(ge=0, le=1)] | None
    degraded: bool = False

    @property
    def plain_text(self) -> str:
        """The answer without its marks: ` [2]` goes where a citation 2 exists, any other brackets stay."""
        ids = {str(citation.id) for citation in self.citations}
        return _MARK.sub(lambda mark: "" if mark[1] in ids else mark[0], self.text or "")


def read_reply(body: Mapping[str, object]) -> Reply:
    """The body of an answer as a `Reply`.

    Raises:
        AskFailed: the body breaks the contract; the message names the key.
    """
    return _read(body, _reply_adapter())


def read_search(body: Mapping[str, object]) -> tuple[Passage, ...]:
    """The passages in the body of a search, best first.

    Raises:
        AskFailed: as `read_reply` raises it.
    """
    return _read(body, _search_adapter()).passages


def _read(body: Mapping[str, object], adapter: TypeAdapter[Body]) -> Body:
    try:
        # By way of JSON text, since only there does strict checking take a list for a tuple.
        return adapter.validate_json(json.dumps(dict(body)), strict=True)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise AskFailed(f"the answer breaks the contract at {key or 'its JSON'}: {fault['msg']}") from error
    except (TypeError, ValueError) as error:
        raise AskFailed(f"the answer is no JSON object: {error}") from error


@cache  # building it costs milliseconds: not at import, and not for each answer
def _reply_adapter() -> TypeAdapter[Reply]:
    return TypeAdapter(Reply)


@cache
def _search_adapter() -> TypeAdapter[SearchReply]:
    return TypeAdapter(SearchReply)
