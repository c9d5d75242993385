"""MCP with the official client: over HTTP against a real server, and over the stdin and stdout of a process."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from service.api import create_app
from service.bootstrap import Engine
from service.cli import main
from service.mcp import MAX_PIECE
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.conftest import PATIENCE_SECONDS, Serve, engine_on, serving

ROOT = Path(__file__).parent.parent.parent
ZOO = "The zoo opened a new aviary on Monday. The aviary holds ninety herons. “𝒙” is a letter. Alma said: “It is open.”"
QUESTION = "When did the zoo open a new aviary?"
KEY = {"Authorization": "Bearer secret"}
MODES = ("auto", "legacy")  # the protocol of 2026, and the one with a handshake before it
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}
# A process as `readout mcp` starts it, but with cheap models, and with stray words on stdout.
OVER_STDIO = """
import sys
from pathlib import Path
from service.bootstrap import build_engine
from service.mcp import serve_stdio
from service.settings import Settings
from tests.fakes import fake_models

def load():
    print("a library that says hello", flush=True)
    return build_engine(settings, fake_models(), read_only=True)

settings = Settings(data=Path(sys.argv[1]), threshold=0.3)
serve_stdio(settings, load)
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that wants a key, with one document."""
    data = tmp_path_factory.mktemp("mcp")
    engine = engine_on(data, fake_models(), threshold=0.3)
    with serving(Settings(data=data, api_key="secret"), engine) as url:
        body = {"text": ZOO, "title": "Zoo"}
        httpx.post(f"{url}/v1/documents", json=body, headers=KEY, timeout=PATIENCE_SECONDS).raise_for_status()
        yield url


@asynccontextmanager
async def over_http(url: str, mode: str = "auto") -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=KEY, timeout=PATIENCE_SECONDS) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def called(url: str, name: str, mode: str = "auto", **arguments: Any) -> Any:
    async def call() -> Any:
        async with over_http(url, mode) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(call())


@pytest.mark.parametrize("mode", MODES)
def test_three_tools_are_listed_that_only_read(url: str, mode: str) -> None:
    async def listed() -> Any:
        async with over_http(url, mode) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert [tool.name for tool in tools] == ["ask", "search", "get_document"]
    assert all(tool.annotations.read_only_hint and tool.description and tool.output_schema for tool in tools)
    assert [tool.input_schema["required"] for tool in tools] == [["question"], ["question"], ["document_id"]]
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_is_structured_and_its_citations_are_exact(url: str, mode: str) -> None:
    """The client checks the structure against the schema it was told."""
    result = called(url, "ask", mode, question=QUESTION)
    answer = result.structured_content
    assert (result.is_error, answer["status"]) == (False, "answered")
    assert answer["citations"]
    for citation in answer["citations"]:
        place = {"document_id": citation["document_id"], "sha256": citation["document_sha256"]}
        read = called(url, "get_document", mode, **place, start=citation["start"], length=citation["end"] - citation["start"])
        assert read.structured_content["text"] == read.content[0].text == citation["quote"]
    assert answer["text"] in result.content[0].text
    assert all(citation["document_id"] in result.content[1].text for citation in answer["citations"])


def test_the_answer_is_that_of_the_http_route(url: str) -> None:
    body = {"question": "What is a letter, and when did the aviary open?", "k": 3}
    by_mcp = called(url, "ask", **body).structured_content
    by_http = httpx.post(f"{url}/v1/ask", json=body, headers=KEY, timeout=PATIENCE_SECONDS).json()
    assert {**by_mcp, "id": "", "timings_ms": {}} == {**by_http, "id": "", "timings_ms": {}}


def test_a_refusal_is_a_result_and_no_error(url: str) -> None:
    result = called(url, "ask", question="Who wrote the opera?")
    assert (result.is_error, result.structured_content["refusal"]["reason"]) == (False, "no_evidence")
    assert result.structured_content["refusal"]["message"] in result.content[0].text


def test_a_search_gives_the_passages_of_the_http_route(url: str) -> None:
    by_http = httpx.post(f"{url}/v1/search", json={"question": "aviary"}, headers=KEY, timeout=PATIENCE_SECONDS).json()
    assert called(url, "search", question="aviary").structured_content == by_http
    assert by_http["passages"]


def test_a_document_is_read_piece_by_piece(url: str) -> None:
    (passage,) = called(url, "search", question="aviary").structured_content["passages"]
    pieces = [
        called(url, "get_document", document_id=passage["document_id"], start=start, length=50).structured_content
        for start in range(0, len(ZOO) + 50, 50)
    ]
    assert "".join(piece["text"] for piece in pieces) == ZOO
    assert {(piece["length"], piece["title"]) for piece in pieces} == {(len(ZOO), "Zoo")}
    assert all(piece["end"] - piece["start"] == len(piece["text"]) for piece in pieces)
    assert (pieces[-1]["start"], pieces[-1]["end"], pieces[-1]["sections"]) == (len(ZOO), len(ZOO), [])


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": " "}, "ask a question"),
        ("ask", {"question": "x" * 2_001}, "2,000 characters"),
        ("ask", {"question": "x", "k": 51}, "k:"),
        ("ask", {"question": "x", "stream": True}, "unknown field"),
        ("ask", {"question": "x", "filter": {}}, "unknown field"),
        ("search", {"question": 7}, "question"),
        ("get_document", {"document_id": "none"}, "no such document"),
        ("get_document", {"document_id": "x", "length": MAX_PIECE + 1}, "length"),
        ("get_document", {"document_id": "x", "start": -1}, "start"),
        ("get_document", {"document_id": "x", "sha256": "../../etc/passwd"}, "sha256"),
        ("delete", {}, "ask, search, get_document"),
    ],
)
def test_what_cannot_be_done_is_an_error_the_model_can_read(url: str, name: str, arguments: dict[str, Any], why: str) -> None:
    result = called(url, name, **arguments)
    assert result.is_error
    assert why in result.content[0].text
    assert "passwd" not in result.content[0].text


def test_the_key_guards_the_tools(url: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert httpx.post(f"{url}/mcp", json=HELLO, headers={**ACCEPT, **headers}).status_code == 401


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("DELETE", 405), ("PUT", 405)])
def test_nothing_but_posts_is_taken_so_that_no_stream_holds_a_place(url: str, method: str, status: int) -> None:
    reply = httpx.request(method, f"{url}/mcp", headers={**ACCEPT, **KEY})
    assert (reply.status_code, reply.headers["allow"]) == (status, "POST")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"Host": "127.0.0.1:8000"}, 200),
        ({"Host": "localhost:8000", "Origin": "http://localhost:8000"}, 200),
        ({"Host": "evil.example:8000"}, 421),
        ({"Host": "127.0.0.1:8000", "Origin": "http://evil.example"}, 403),
    ],
)
def test_without_a_key_only_names_of_this_machine_are_answered(serve: Serve, given: dict[str, str], status: int) -> None:
    assert serve().post("/mcp", json=HELLO, headers={**ACCEPT, **given}).status_code == status


def test_who_asks_while_models_are_loaded_is_told_so(tmp_path: Path) -> None:
    """Over stdin and stdout a call waits instead: there is nobody to try again."""
    loaded = threading.Event()

    def slow() -> Engine:
        loaded.wait(PATIENCE_SECONDS)
        return engine_on(tmp_path, fake_models())

    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {"question": "x"}}}
    with TestClient(create_app(Settings(data=tmp_path), slow), base_url="http://127.0.0.1:8000") as client:
        try:
            reply = client.post("/mcp", json=call, headers={**ACCEPT, "mcp-protocol-version": "2025-06-18"})
        finally:
            loaded.set()
    result = reply.json()["result"]
    assert result["isError"]
    assert "try again" in result["content"][0]["text"]


@pytest.mark.parametrize("mode", MODES)
def test_over_stdin_and_stdout_stray_words_do_not_break_the_protocol(tmp_path: Path, mode: str) -> None:
    engine = engine_on(tmp_path, fake_models())
    (tmp_path / "zoo.txt").write_text(ZOO, encoding="utf-8")
    engine.ingester.add_file(tmp_path / "zoo.txt")
    engine.close()

    async def asked() -> Any:
        command = StdioServerParameters(command=sys.executable, args=["-c", OVER_STDIO, str(tmp_path)], cwd=ROOT)
        async with Client(command, mode=mode) as client:
            return await client.call_tool("ask", {"question": QUESTION})

    answer = asyncio.run(asked()).structured_content
    assert [ZOO[citation["start"] : citation["end"]] for citation in answer["citations"]] == [
        citation["quote"] for citation in answer["citations"]
    ]
    assert answer["citations"]


def test_a_folder_without_a_store_is_told_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", "--data", str(tmp_path / "none")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("readout: ")
    assert "ingest" in told.err
    assert not (tmp_path / "none").exists()
