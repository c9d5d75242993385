"""The verify command: whether the citations of an exported answer still hold, against the store or a running server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from index.errors import InputRejected, NotFound, StoreUnavailable
from index.store.documents import FILE_NAME, Store
from service import problems
from service.errors import ServerRefused
from service.settings import Settings

MAX_EXPORT_BYTES = 100_000_000
TIMEOUT_SECONDS = 30.0
EXPORT_MARK = "readout_export"


class State(StrEnum):
    """What became of a citation."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Current:
    """A document as it is now."""

    sha256: str
    text: str


# The document of an id as it is now; None if there is none.
ReadCurrent = Callable[[str], Current | None]


class ExportedCitation(BaseModel):
    """What of a citation is needed to check it."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: int
    document_id: str
    document_sha256: str
    name: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    quote: Annotated[str, Field(min_length=1)]


class ExportedAnswer(BaseModel):
    """What of an answer is needed to check its citations; more fields may be there."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: str
    question: str
    citations: list[ExportedCitation]


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one citation, and for people why."""

    citation: ExportedCitation
    state: State
    why: str


def verify_command(path: Path, settings: Settings, *, url: str | None, as_json: bool, say: Callable[[str], None]) -> bool:
    """Check every citation and show what became of it; whether all are the same.

    Raises:
        InputRejected: If the file holds no exported answers.
        StoreUnavailable, ServerRefused: If the documents cannot be read.
    """
    answers = read_export(path)
    with served_documents(url, settings) if url is not None else stored_documents(settings) as read_current:
        checked = [(answer, [check(citation, read_current) for citation in answer.citations]) for answer in answers]
    counts = Counter(one.state for _, citations in checked for one in citations)
    say(_as_json(checked, counts) if as_json else _as_lines(checked, counts))
    return counts[State.SAME] == counts.total()


def read_export(path: Path) -> Sequence[ExportedAnswer]:
    """The answers of a file: one answer as `POST /v1/ask` gives it, a list of them, or the page's export.

    Raises:
        InputRejected: If it is none of these.
    """
    try:
        if path.stat().st_size > MAX_EXPORT_BYTES:
            raise InputRejected(f"{path} is over {MAX_EXPORT_BYTES:,} bytes; export fewer answers at once")
        held: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise InputRejected(f"{path} cannot be read ({error.strerror}); give the file of an exported answer") from error
    except (ValueError, RecursionError) as error:
        raise InputRejected(f"{path} is not JSON; give the JSON of an answer or the page's export") from error
    if isinstance(held, dict) and EXPORT_MARK in held:
        if held[EXPORT_MARK] != 1:
            raise InputRejected(f"{path} is an export of another version of Readout; export the answers again")
        held = held.get("answers")
    try:
        return TypeAdapter(list[ExportedAnswer]).validate_python(held if isinstance(held, list) else [held])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputRejected(f"{path} holds no answers as POST /v1/ask gives them ({place}: {first['msg']})") from error


def check(citation: ExportedCitation, read_current: ReadCurrent) -> Checked:
    """What became of one citation."""
    current = read_current(citation.document_id)
    if current is None:
        return Checked(citation, State.GONE, "the document is not there any more")
    start, end, quoted = citation.start, citation.end, citation.quote
    # A slice past the end of the text is cut short without a word: the length must be right as well.
    stands = len(quoted) == end - start and current.text[start:end] == quoted
    if current.sha256 == citation.document_sha256:
        if stands:
            return Checked(citation, State.SAME, "the words stand there")
        return Checked(citation, State.CHANGED, "the document is the same, but the words are not there: the export was altered")
    if stands:
        return Checked(citation, State.CHANGED, "the document has a newer version; the words stand at the same place in it")
    if quoted in current.text:
        return Checked(citation, State.CHANGED, "the document has a newer version; the words stand at another place in it")
    return Checked(citation, State.CHANGED, "the document has a newer version; the words are not in it")


@contextmanager
def stored_documents(settings: Settings) -> Iterator[ReadCurrent]:
    """The documents of the store, all of one moment.

    Raises:
        StoreUnavailable: If there is no store.
    """
    if not (settings.data / FILE_NAME).exists():
        raise StoreUnavailable(f"{settings.data} holds no store; give its folder with --data, or a server with --url")
    store = Store(settings.data, read_only=True)

    def read(document_id: str) -> Current | None:
        try:
            document = store.document(document_id)
        except NotFound:
            return None
        return Current(document.sha256, document.text)

    try:
        with store.moment():
            yield _remembering(read)
    finally:
        store.close()


class _Read(BaseModel):
    """What is needed of `GET /v1/documents/{id}`."""

    model_config = ConfigDict(strict=True)

    sha256: str
    text: str


@contextmanager
def served_documents(url: str, settings: Settings, *, transport: httpx.BaseTransport | None = None) -> Iterator[ReadCurrent]:
    """The documents of a running server; `transport` stands in for the network in tests.

    Raises:
        ServerRefused: If it cannot be reached or does not answer as one.
    """
    headers = {} if settings.api_key is None else {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"}
    try:
        client = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS, transport=transport)
    except httpx.InvalidURL as error:
        raise ServerRefused(f"{url} is no address ({error}); write one like http://127.0.0.1:8000") from error

    def read(document_id: str) -> Current | None:
        try:
            reply = client.get(f"/v1/documents/{quote(document_id, safe='')}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerRefused(f"{url} cannot be reached ({error}); is `readout serve` running there?") from error
        if reply.status_code == httpx.codes.UNAUTHORIZED:
            raise ServerRefused(f"{url} wants its key; set READOUT_API_KEY as it is set there")
        if reply.status_code == httpx.codes.NOT_FOUND and reply.headers.get("content-type") == problems.MEDIA_TYPE:
            return None
        try:
            document = _Read.model_validate_json(reply.content)
        except ValidationError as error:
            raise ServerRefused(f"{url} does not answer as a Readout server does ({reply.status_code})") from error
        return Current(document.sha256, document.text)

    with client:
        yield _remembering(read)


def _remembering(read: ReadCurrent) -> ReadCurrent:
    """Reads a document again only if another one was read in between: the citations of an answer are often of one."""
    last: tuple[str, Current | None] | None = None

    def remembered(document_id: str) -> Current | None:
        nonlocal last
        if last is None or last[0] != document_id:
            last = (document_id, read(document_id))
        return last[1]

    return remembered


Results = Sequence[tuple[ExportedAnswer, Sequence[Checked]]]


def _as_lines(checked: Results, counts: Counter[State]) -> str:
    lines = []
    for answer, citations in checked:
        lines.append(answer.question)
        for one in citations:
            cited = one.citation
            lines.append(f"  {one.state.value:<8} [{cited.id}] {cited.name} [{cited.start}:{cited.end}]: {one.why}")
        if not citations:
            lines.append("  no citations")
    return "\n".join([*lines, ", ".join(f"{counts[state]} {state.value}" for state in State)])


def _as_json(checked: Results, counts: Counter[State]) -> str:
    answers = [
        {
            "id": answer.id,
            "question": answer.question,
            "citations": [
                {
                    "id": one.citation.id,
                    "document_id": one.citation.document_id,
                    "name": one.citation.name,
                    "start": one.citation.start,
                    "end": one.citation.end,
                    "state": one.state.value,
                    "why": one.why,
                }
                for one in citations
            ],
        }
        for answer, citations in checked
    ]
    return json.dumps({"answers": answers, **{state.value: counts[state] for state in State}}, ensure_ascii=False, indent=2)
