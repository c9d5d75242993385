"""The evaluation's callables over HTTP, against a running server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from service.evaluation.corpus import GetText, IndexedDocument
from service.evaluation.errors import AskFailed, ServerUnusable
from service.evaluation.run import Ask, Search

_UNAUTHORISED = (401, 403)


@dataclass(frozen=True, slots=True)
class Server:
    """What `evaluate` needs of a running server; `documents` are those it listed at the start."""

    ask: Ask
    search: Search
    get_text: GetText
    documents: tuple[IndexedDocument, ...]


class _Listed(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    document_id: str
    name: str | None
    sha256: str


class _Listing(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    documents: tuple[_Listed, ...]
    total: int


@contextmanager
def http_ask(
    base_url: str,
    *,
    api_key: str | None,
    timeout_seconds: float,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Server]:
    """A server's callables, open for the length of the `with` block.

    Args:
        base_url: scheme, host and port, with a path if the server stands behind one.
        api_key: sent as a bearer token, if there is one.
        timeout_seconds: for connecting, and between two reads of an answer.
        transport: stands in for the network in tests.

    Raises:
        ServerUnusable: no such address, nobody there, the key is refused, or the listing breaks the contract.
    """
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        client = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_seconds, transport=transport)
    except httpx.InvalidURL as error:
        message = f"{base_url} is no address: {error}; write one like http://127.0.0.1:8000"
        raise ServerUnusable(message) from error
    with client:
        yield Server(partial(_ask, client), partial(_search, client), partial(_get_text, client), _list_documents(client))


def _ask(client: httpx.Client, body: Mapping[str, object]) -> Mapping[str, object]:
    return _send(client, client.build_request("POST", "/v1/ask", json=dict(body)))


def _search(client: httpx.Client, body: Mapping[str, object]) -> Mapping[str, object]:
    return _send(client, client.build_request("POST", "/v1/search", json=dict(body)))


def _get_text(client: httpx.Client, document_id: str, sha256: str) -> str:
    path = f"/v1/documents/{quote(document_id, safe='')}"
    text = _send(client, client.build_request("GET", path, params={"sha256": sha256})).get("text")
    if isinstance(text, str):
        return text
    raise AskFailed(f"GET {path}: the answer holds no text")


def _list_documents(client: httpx.Client) -> tuple[IndexedDocument, ...]:
    url = f"{str(client.base_url).rstrip('/')}/v1/documents"
    try:
        response = client.get("/v1/documents")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerUnusable(f"{url} cannot be reached ({error}); is `readout serve` running there?") from error
    if response.status_code in _UNAUTHORISED:
        raise ServerUnusable(f"{url} refuses us ({response.status_code}); set READOUT_API_KEY to the server's key")
    if response.status_code != httpx.codes.OK:
        raise ServerUnusable(f"{url} answers {_problem(response)}; is this a Readout server?")
    try:
        listing = _Listing.model_validate_json(response.content)
    except ValidationError as error:
        raise ServerUnusable(f"{url} does not answer as a Readout server does; check the address") from error
    if len(listing.documents) < listing.total:
        raise ServerUnusable(f"{url} lists {len(listing.documents)} of {listing.total} documents; all are needed")
    return tuple(IndexedDocument(one.document_id, one.name or "", one.sha256) for one in listing.documents)


def _send(client: httpx.Client, request: httpx.Request) -> Mapping[str, object]:
    place = f"{request.method} {request.url.path}"
    try:
        response = client.send(request)
    except httpx.TimeoutException as error:
        raise AskFailed(f"{place}: no answer in time ({type(error).__name__})") from error
    except httpx.HTTPError as error:
        raise AskFailed(f"{place}: {error}") from error
    if response.status_code != httpx.codes.OK:
        raise AskFailed(f"{place}: {_problem(response)}")
    try:
        return _object_adapter().validate_json(response.content)
    except ValidationError as error:
        raise AskFailed(f"{place}: the answer is no JSON object") from error


def _problem(response: httpx.Response) -> str:
    """Status, and code, title and detail where the body is a problem object (RFC 9457)."""
    try:
        problem = _object_adapter().validate_json(response.content)
    except ValidationError:
        return str(response.status_code)
    said = [str(problem[key]) for key in ("code", "title", "detail") if problem.get(key)]
    return " ".join([str(response.status_code), *said])


@cache  # building it costs milliseconds: not at import, and not for each answer
def _object_adapter() -> TypeAdapter[dict[str, object]]:
    return TypeAdapter(dict[str, object])
