"""A language model's server on loopback, as its author wishes it: obliging, broken or hostile. It records what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Exchange:
    """One connection, in the hands of a behaviour. `left` is set when the client has gone or the server ends."""

    handler: BaseHTTPRequestHandler
    body: Body
    left: threading.Event

    def head(self, status: int = 200, content_type: str = "text/event-stream", **headers: str) -> None:
        self.handler.send_response_only(status)
        for name, value in {"Content-Type": content_type, "Connection": "close", **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, data: bytes) -> None:
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def json(self, status: int, content: object) -> None:
        self.head(status, "application/json")
        self.write(json.dumps(content).encode())

    def say(self, *pieces: str, done: bool = True) -> None:
        """The pieces of a reply as a stream."""
        self.head()
        for piece in pieces:
            self.write(event(piece))
        if done:
            self.write(b"data: [DONE]\n\n")

    def wait(self) -> None:
        """Until the client leaves: a read ends then."""
        self.handler.connection.settimeout(30)
        self.handler.connection.recv(1)
        self.left.set()


Behaviour = Callable[[Exchange], None]


@dataclass
class ModelServer:
    """Its address, what it was asked, and how many clients left before it had ended."""

    url: str = ""
    asked: list[Body] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)


def event(piece: str) -> bytes:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': piece}}]})}\n\n".encode()


def statements(*said: tuple[str, Sequence[int]]) -> str:
    """A reply as the schema asks for it."""
    return json.dumps({"statements": [{"text": text, "citations": list(numbers)} for text, numbers in said]})


def saying(*said: tuple[str, Sequence[int]]) -> Behaviour:
    return lambda exchange: exchange.say(statements(*said))


@contextmanager
def serving(behaviour: Behaviour, *, models: object = None) -> Iterator[ModelServer]:
    """The server while the block runs. `models` is what /v1/models lists."""
    server = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            Exchange(self, {}, server.left).json(200 if models else 404, models or {"error": "there is no such route"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked.append(body)
            server.keys.append(self.headers["authorization"])
            try:
                behaviour(Exchange(self, body, server.left))
            except (BrokenPipeError, ConnectionResetError):
                server.left.set()

        def log_message(self, *_: object) -> None:
            """What is asked is recorded instead."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that leaves is no error here."""

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        server.url = f"http://127.0.0.1:{listening.server_address[1]}/v1"
        try:
            yield server
        finally:
            listening.shutdown()


def prompt_of(body: Body) -> str:
    """All that the model was told, as one text."""
    return "\n".join(message["content"] for message in body["messages"])
