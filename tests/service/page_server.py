"""A small faithful server for the page's tests: canned answers in the contract's JSON, no index and no model.

It keeps the contract's promise by construction: every citation is cut from a stored text by code points, and
a quote that the text does not hold raises here, not in the browser.
"""

import hashlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.door import CONTENT_SECURITY_POLICY

PAGE = Path(__file__).resolve().parents[2] / "service" / "page"
AROUND = 64  # code points of prefix and suffix, by the contract
JsonObject = dict[str, Any]


@dataclass(slots=True)
class FakeReadout:
    """What the server holds, and what it was asked; a test changes the first and reads the second."""

    documents: dict[str, JsonObject] = field(default_factory=dict)
    answers: dict[str, JsonObject] = field(default_factory=dict)
    api_key: str | None = None
    csp: bool = True
    streams: bool = True
    generative: bool = False  # whether a language model is configured
    not_ready: int = 0  # so many requests are still answered as while the models load
    speaks: dict[str, list[str]] = field(default_factory=dict)  # speaker -> documents, for the filter
    upload_problem: JsonObject | None = None
    asked: list[JsonObject] = field(default_factory=list)
    searched: list[JsonObject] = field(default_factory=list)
    received: list[list[str]] = field(default_factory=list)  # the names of each upload's files
    deleted: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    slow: set[str] = field(default_factory=set)  # questions whose events wait for `go` each
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    disconnected: threading.Event = field(default_factory=threading.Event)

    def add(self, name: str, text: str, **facts: Any) -> str:
        """Store a text and return its id."""
        document_id = f"d{len(self.documents)}"
        sections = facts.pop("sections", turns(text))
        self.documents[document_id] = {
            "document_id": document_id,
            "name": name,
            "uri": None,
            "title": None,
            "outlet": None,
            "published_at": None,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "text": text,
            "sections": sections,
            **facts,
        }
        return document_id

    def change(self, document_id: str, text: str) -> None:
        """Replace a text; citations of the version before now get 410."""
        self.documents[document_id] |= {"text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}

    def cite(self, number: int, document_id: str, quote: str, *, occurrence: int = 1, **facts: Any) -> JsonObject:
        """Citation of the n-th occurrence of `quote`."""
        document = self.documents[document_id]
        text, start = document["text"], -1
        for _ in range(occurrence):
            start = text.index(quote, start + 1)
        end = start + len(quote)
        return {
            "id": number,
            "document_id": document_id,
            "document_sha256": document["sha256"],
            "name": document["name"],
            "title": document["title"],
            "outlet": document["outlet"],
            "published_at": document["published_at"],
            "speaker": None,
            "reported_by": None,
            "section": None,
            "start": start,
            "end": end,
            "quote": quote,
            "prefix": text[max(0, start - AROUND) : start],
            "suffix": text[end : end + AROUND],
            "verified": True,
            **facts,
        }

    def passage(self, document_id: str, quote: str, *, occurrence: int = 1) -> JsonObject:
        cited = self.cite(0, document_id, quote, occurrence=occurrence)
        return {key: cited[key] for key in ("document_id", "start", "end")} | {
            "text": quote,
            "score": 0.5,
            "cited": True,
        }

    def answer(
        self,
        question: str,
        statements: list[tuple[str, list[int]]],
        citations: list[JsonObject],
        **fields: Any,
    ) -> JsonObject:
        """Register and return an answer with its statements' offsets in `text`."""
        text, rows = "", []
        for words, numbers in statements:
            start = len(text)
            rows.append(
                {
                    "text": words,
                    "start": start,
                    "end": start + len(words),
                    "citations": numbers,
                    "support": 0.93,
                    "n_sources": len({c["document_id"] for c in citations if c["id"] in numbers}),
                }
            )
            text += words + "".join(f" [{n}]" for n in numbers) + " "
        self.answers[question] = {
            "id": "a1",
            "status": "answered",
            "question": question,
            "resolved_question": None,
            "missing": None,
            "text": text.strip(),
            "short_answer": None,
            "statements": rows,
            "citations": citations,
            "conflicts": [],
            "dates": [],
            "refusal": None,
            "passages": [self.passage(c["document_id"], c["quote"]) for c in citations],
            "confidence": 0.87,
            "mode": "extractive",
            "degraded": False,
            "warnings": [],
            "timings_ms": {"total": 12},
            "index_version": "7",
            **fields,
        }
        return self.answers[question]

    def refuse(self, question: str, reason: str, message: str, nearest: list[JsonObject] | None = None) -> JsonObject:
        return self.answer(
            question,
            [],
            [],
            status="refused",
            text=message,
            confidence=0.08,
            passages=nearest or [],
            refusal={"reason": reason, "message": message, "nearest": nearest or []},
        )

    def fail(self, question: str, problem: JsonObject) -> None:
        """The question gets an `application/problem+json`; with `stream` in it, an SSE `error`."""
        self.answers[question] = {"problem": problem}


def turns(text: str) -> list[JsonObject]:
    """Speaker turns (`NAME: words`) in code points, as the real loader gives them."""
    sections, at = [], 0
    for line in text.splitlines(keepends=True):
        label, colon, _ = line.partition(":")
        if colon and label.replace(",", "").replace(" ", "").isupper():
            sections.append({"start": at, "end": at + len(line.rstrip()), "kind": "turn", "label": label})
        at += len(line)
    return sections


def problem(status: int, code: str, title: str, detail: str = "", headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"type": "about:blank", "status": status, "code": code, "title": title, "detail": detail}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


def events_of(answer: JsonObject) -> Iterator[str]:
    sent: set[int] = set()
    yield ": heartbeat\n\n"
    yield event("passages", {"passages": answer["passages"]})
    for statement in answer["statements"]:
        for citation in answer["citations"]:
            if citation["id"] in statement["citations"] and citation["id"] not in sent:
                sent.add(citation["id"])
                yield event("citation", citation)
        yield event("statement", statement)
    yield event("answer", answer)
    yield event("done", {})


def create_app(fake: FakeReadout) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(status_code=204)

    @app.post("/v1/ask")
    async def ask(request: Request) -> Response:
        body = await request.json()
        fake.asked.append(body)
        question = body["question"]
        if question.startswith("wait"):
            return StreamingResponse(never_ends(fake, request), media_type="text/event-stream")
        answer = fake.answers.get(question) or fake.refuse(question, "no_evidence", "Nothing in the documents answers this.")
        if "problem" in answer:
            failure = answer["problem"]
            if failure.get("stream"):
                return StreamingResponse(iter([event("error", failure)]), media_type="text/event-stream")
            return JSONResponse(failure, failure["status"], media_type="application/problem+json")
        if not fake.streams:
            return JSONResponse(answer)
        if question in fake.slow:
            return StreamingResponse(one_by_one(events_of(answer), fake), media_type="text/event-stream")
        return StreamingResponse(in_pieces("".join(events_of(answer))), media_type="text/event-stream")

    @app.get("/v1/models")
    def models() -> JsonObject:
        names = ["readout", *(["readout-generative"] if fake.generative else [])]
        return {"object": "list", "data": [{"id": name, "object": "model"} for name in names]}

    @app.post("/v1/search")
    async def search(request: Request) -> Response:
        body = await request.json()
        fake.searched.append(body)
        ids = [one for speaker in body["filters"]["speakers"] for one in fake.speaks.get(speaker.lower(), [])]
        return JSONResponse({"passages": [fake.passage(one, fake.documents[one]["text"].split("\n")[0]) for one in ids]})

    add_document_routes(app, fake)
    app.mount("/page", StaticFiles(directory=PAGE))
    return app


def guarded(app: ASGIApp, fake: FakeReadout) -> ASGIApp:
    """Key and headers. Plain ASGI: Starlette's `middleware("http")` may hide a disconnect from a stream."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        fake.paths.append(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                if fake.csp:
                    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
            await send(message)

        answering = app
        wanted = f"Bearer {fake.api_key}"
        if fake.not_ready and scope["path"].startswith("/v1/"):
            fake.not_ready -= 1
            answering = problem(503, "not_ready", "Service Unavailable", "the models are loading", {"Retry-After": "1"})
        if fake.api_key and scope["path"].startswith("/v1/") and Headers(scope=scope).get("Authorization") != wanted:
            answering = problem(401, "unauthorized", "A key is needed", "Send it as Authorization: Bearer.")
        await answering(scope, receive, send_with_headers)

    return guard


async def in_pieces(text: str) -> AsyncIterator[bytes]:
    """Pieces of an odd size cut lines, events and UTF-8 sequences, as a network may."""
    data = text.encode()
    for i in range(0, len(data), 997):
        yield data[i : i + 997]
        await anyio.lowlevel.checkpoint()


async def one_by_one(events: Iterator[str], fake: FakeReadout) -> AsyncIterator[str]:
    """Each event once the test has released it."""
    for text in events:
        await anyio.to_thread.run_sync(lambda: fake.go.acquire(timeout=60))
        yield text


async def never_ends(fake: FakeReadout, request: Request) -> AsyncIterator[str]:
    """One statement, then heartbeats until the reader goes away."""
    first = next(iter(fake.documents))
    citation = fake.cite(1, first, fake.documents[first]["text"].split("\n")[0])
    yield event("passages", {"passages": [fake.passage(first, citation["quote"])]})
    yield event("citation", citation)
    yield event(
        "statement",
        {
            "text": "The first statement.",
            "start": 0,
            "end": 20,
            "citations": [1],
            "support": 0.9,
            "n_sources": 1,
        },
    )
    try:
        while not await request.is_disconnected():
            yield ": heartbeat\n\n"
            await anyio.sleep(0.05)
    finally:
        fake.disconnected.set()


def add_document_routes(app: FastAPI, fake: FakeReadout) -> None:
    listed = ("document_id", "name", "uri", "title", "outlet", "published_at", "sha256")

    @app.get("/v1/documents")
    def documents() -> JsonObject:
        rows = [{key: document[key] for key in listed} for document in fake.documents.values()]
        return {"documents": rows, "total": len(rows)}

    @app.get("/v1/documents/{document_id}")
    def document(document_id: str, sha256: str | None = None) -> Response:
        found = fake.documents.get(document_id)
        if found is None:
            return problem(404, "not_found", "No such document")
        if sha256 and sha256 != found["sha256"]:
            return problem(410, "version_gone", "This version is gone")
        return JSONResponse(found)

    @app.delete("/v1/documents/{document_id}")
    def delete(document_id: str) -> Response:
        fake.deleted.append(document_id)
        if fake.documents.pop(document_id, None) is None:
            return problem(404, "not_found", "No such document")
        return Response(status_code=204)

    @app.post("/v1/documents")
    async def upload(request: Request) -> Response:
        if fake.upload_problem:
            return JSONResponse(fake.upload_problem, fake.upload_problem["status"], media_type="application/problem+json")
        results = []
        async with request.form() as form:
            fake.received.append([part.filename for part in form.getlist("files")])
            for part in form.getlist("files"):
                assert isinstance(part, UploadFile)
                results.append(stored(fake, part.filename or "", await part.read()))
        return JSONResponse({"documents": results}, 201 if any(r["status"] == "created" for r in results) else 200)


def stored(fake: FakeReadout, name: str, data: bytes) -> JsonObject:
    result = {"document_id": None, "status": "failed", "name": name, "title": None, "error": None}
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return result | {"error": {"code": "not_text", "title": "This is not text", "detail": "Save it as UTF-8."}}
    same = [d["document_id"] for d in fake.documents.values() if d["text"] == text]
    if same:
        return result | {"document_id": same[0], "status": "unchanged"}
    return result | {"document_id": fake.add(name, text), "status": "created"}


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals belong to pytest; this server runs in a thread."""


@contextmanager
def serving(fake: FakeReadout) -> Iterator[str]:
    """Serve on a free port of the loopback and give the address."""
    config = uvicorn.Config(
        guarded(create_app(fake), fake),
        host="127.0.0.1",
        port=0,
        log_level="warning",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The page's test server did not start")
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
