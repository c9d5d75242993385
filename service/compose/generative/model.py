"""A language model behind an OpenAI-compatible address, taken for a stranger: bounded, timed, and cut off when nobody waits."""

from __future__ import annotations

import json
import queue
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx

from service.errors import ModelFailed, ModelRefused
from service.protocols import Patience

POLL_SECONDS = 0.1  # how long after the client has gone the model is still listened to
QUEUED_CHUNKS = 16  # of what the network gives at once, 64 KB at most each
# On and 0 seconds: to close is to reset. A socket that is shut and read empty closes without a word to a server that waits for
# room in its window: one was seen to wait 110 s.
_RESET = struct.pack("ii", 1, 0)
LONGEST_ERROR_BYTES = 65_536  # of a refusal, which is read to learn whether the prompt was too long
# As vLLM, LM Studio and resellers name the window of a model in its entry of /v1/models. llama.cpp tells there what the model was
# trained with, not what was given to it: left out.
_WINDOW_KEYS = ("max_model_len", "loaded_context_length", "context_length", "context_window")
_DONE = "[DONE]"
_LATE: Final = "the language model did not finish in time"
_GARBLED: Final = "the language model sent something that is no chat completion"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the model is and how much of a reply is read."""

    base_url: str
    model: str | None
    api_key: str | None
    max_response_bytes: int


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    content_type: str
    encoded: bool


class LanguageModel:
    """Asks one server. Its errors never repeat what the server sent: that may be anything."""

    def __init__(self, address: Address) -> None:
        """Nothing is asked yet."""
        self._address = address
        self._tls = httpx.create_ssl_context(trust_env=False)

    def chat(self, body: Mapping[str, object], patience: Patience) -> Iterator[str]:
        """The pieces of the reply's text, as they come.

        Raises:
            ModelRefused: If the server answered with an error: nothing was written.
            ModelFailed: If it did not answer, not in time, too much, or not as such a server does.
        """
        asked = {"stream": True, **body} | ({"model": self._address.model} if self._address.model else {})
        head, chunks = self._exchange("POST", "chat/completions", asked, patience)
        if "event-stream" in head.content_type:
            yield from _streamed(chunks)
        else:
            yield _content(_json(b"".join(chunks)), "message")

    def context_tokens(self, patience: Patience) -> int | None:
        """The size of the model's window, if the server tells it.

        Raises:
            ModelFailed: If it cannot be asked.
        """
        _, chunks = self._exchange("GET", "models", None, patience)
        listed = _json(b"".join(chunks))
        entries = listed.get("data") if isinstance(listed, dict) else None
        models = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        named = [entry for entry in models if entry.get("id") == self._address.model] or models
        sizes = [entry.get(key) for entry in named[:1] for key in _WINDOW_KEYS]
        return next((size for size in sizes if isinstance(size, int) and size > 0), None)

    def _exchange(self, method: str, path: str, body: object | None, patience: Patience) -> tuple[_Head, Iterator[bytes]]:
        """The head of a reply that is none of an error, and its chunks.

        Raises:
            ModelRefused: If the status is an error.
            ModelFailed: If there is no reply.
        """
        headers = {"Accept-Encoding": "identity"}  # what is compressed can be a thousand times what was counted
        if self._address.api_key is not None:
            headers["Authorization"] = f"Bearer {self._address.api_key}"
        url = f"{self._address.base_url.rstrip('/')}/{path}"
        try:
            request = httpx.Request(method, url, headers=headers, json=body)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ModelFailed("READOUT_LLM_BASE_URL or READOUT_LLM_API_KEY cannot be sent as it is") from error
        exchange = _Exchange(request, self._tls, patience())
        chunks = exchange.chunks(patience, most=self._address.max_response_bytes)
        head = next(chunks, None)
        if not isinstance(head, _Head):
            raise ModelFailed("the language model closed the connection without an answer")
        content = (chunk for chunk in chunks if isinstance(chunk, bytes))
        if head.status != HTTPStatus.OK:
            raise ModelRefused(head.status, _beginning(content))
        if head.encoded:
            raise ModelFailed("the language model compressed its answer though asked not to")
        return head, content


def _beginning(chunks: Iterator[bytes]) -> str:
    """As much of a refusal as is looked at; one that breaks off is looked at as far as it goes."""
    said = bytearray()
    try:
        for chunk in chunks:
            said += chunk
            if len(said) >= LONGEST_ERROR_BYTES:
                break
    except ModelFailed:
        pass
    return said[:LONGEST_ERROR_BYTES].decode(errors="replace")


class _Exchange:
    """One request in a thread of its own, so that whoever waits can leave at any moment, whatever the server does.

    A deadline for each read would not do: a byte a second keeps every one of them.
    """

    def __init__(self, request: httpx.Request, tls: ssl.SSLContext, seconds: float) -> None:
        self._request = request
        self._tls = tls
        self._seconds = max(seconds, POLL_SECONDS)
        self._received: queue.Queue[_Head | bytes | ModelFailed | None] = queue.Queue(QUEUED_CHUNKS)
        self._cut = threading.Event()
        self._socket: socket.socket | None = None

    def chunks(self, patience: Patience, *, most: int) -> Iterator[_Head | bytes]:
        """The head, then the body's chunks, while there is patience.

        Raises:
            ModelFailed: If the server breaks off, sends more than `most` bytes, or patience ends.
        """
        if patience() <= 0:
            raise ModelFailed(_LATE)
        threading.Thread(target=self._run, name="language-model", daemon=True).start()
        n_bytes = 0
        try:
            while (received := self._next(patience)) is not None:
                if isinstance(received, ModelFailed):
                    raise received
                n_bytes += len(received) if isinstance(received, bytes) else 0
                if n_bytes > most:
                    raise ModelFailed(f"the language model sent more than {most:,} bytes")
                yield received
        finally:
            self._hang_up()

    def _next(self, patience: Patience) -> _Head | bytes | ModelFailed | None:
        while True:
            left = patience()
            if left <= 0:
                raise ModelFailed(_LATE)
            try:
                return self._received.get(timeout=min(left, POLL_SECONDS))
            except queue.Empty:
                continue

    def _run(self) -> None:
        try:
            # No proxy, no .netrc: the request goes to the address that the settings name, with the key that they name.
            with (
                httpx.Client(verify=self._tls, trust_env=False, timeout=self._seconds) as client,
                self._opened(client) as response,
            ):
                encoded = response.headers.get("content-encoding", "identity") != "identity"
                self._put(_Head(response.status_code, response.headers.get("content-type", ""), encoded))
                for chunk in response.iter_raw():
                    if self._cut.is_set():  # what had arrived before the socket was shut can still be read, and more comes
                        return
                    self._put(chunk)
        except httpx.TimeoutException:
            self._put(ModelFailed("the language model did not answer in time"))
        except httpx.ConnectError:
            self._put(ModelFailed("the language model cannot be reached"))
        except (httpx.HTTPError, OSError, ValueError):  # ValueError: what the socket says of itself once it is shut
            self._put(ModelFailed("the language model broke off its answer"))
        finally:
            self._put(None)

    def _opened(self, client: httpx.Client) -> Any:
        return client.stream(
            self._request.method,
            self._request.url,
            headers=self._request.headers,
            content=self._request.content,
            extensions={"trace": self._trace},
        )

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep the socket: shutting it down is the only way to end a read that waits."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._cut.is_set():
                self._hang_up()

    def _put(self, received: _Head | bytes | ModelFailed | None) -> None:
        while not self._cut.is_set():
            try:
                self._received.put(received, timeout=POLL_SECONDS)
            except queue.Full:
                continue
            return

    def _hang_up(self) -> None:
        self._cut.set()
        if self._socket is not None:
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:  # it is shut already
                return


def _streamed(chunks: Iterator[bytes]) -> Iterator[str]:
    """The text of server-sent events; it must end with `[DONE]` or a reason, else it was cut off."""
    finished = False
    for line in _lines(chunks):
        name, _, value = line.partition(":")
        if name != "data":
            continue
        if value.strip() == _DONE:
            return
        event = _json(value.encode())
        if isinstance(event, dict) and event.get("error"):
            raise ModelRefused(HTTPStatus.OK, json.dumps(event["error"])[:LONGEST_ERROR_BYTES])
        finished = finished or _finish_reason(event) is not None
        yield _content(event, "delta")
    if not finished:
        raise ModelFailed("the language model broke off its answer")


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    begun: list[bytes] = []
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        begun.append(first)
        for other in others:
            yield _decoded(b"".join(begun))
            begun = [other]
    yield _decoded(b"".join(begun))


def _decoded(line: bytes) -> str:
    try:
        return line.decode().rstrip("\r")
    except UnicodeDecodeError as error:
        raise ModelFailed("the language model sent bytes that are no UTF-8") from error


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode())
    except UnicodeDecodeError as error:
        raise ModelFailed("the language model sent bytes that are no UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ModelFailed(_GARBLED) from error


def _content(completion: Any, part: str) -> str:
    """The text of a completion's first choice; an event without choices (usage, keep-alive) has none."""
    try:
        choices = completion["choices"]
        content = choices[0][part].get("content") if choices else None
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise ModelFailed(_GARBLED) from error
    if content is not None and not isinstance(content, str):
        raise ModelFailed(_GARBLED)
    return content or ""


def _finish_reason(event: Any) -> object:
    choices = event.get("choices") if isinstance(event, dict) else None
    return choices[0].get("finish_reason") if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
