"""The faces for programs with the real models on the seeds, asked by the official clients."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from openai import OpenAI

from service.bootstrap import Models
from service.settings import Settings
from tests.service.conftest import BRIEFING, PATIENCE_SECONDS, engine_on_seeds, serving
from tests.service.model_server import ModelServer, saying
from tests.service.model_server import serving as model_serving

ROOT = Path(__file__).parent.parent.parent
CAME_UP = "TikTok came up on the call, Mr. Kirby said."
BANNED = "Mr. Kirby said TikTok was banned."


@dataclass(frozen=True, slots=True)
class Faces:
    """A server with the seeds, its store's folder, and the language model behind it."""

    url: str
    data: Path
    model: ModelServer


@pytest.fixture(scope="module")
def faces(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    data = tmp_path_factory.mktemp("faces")
    with model_serving(saying((CAME_UP, [1]), (BANNED, [1]))) as model:
        settings = Settings(data=data, llm_base_url=model.url, llm_model="any", llm_timeout_seconds=25)
        engine = engine_on_seeds(data, models, llm_base_url=model.url, llm_model="any", llm_timeout_seconds=25)
        with serving(settings, engine) as url:
            yield Faces(url, data, model)


def over_http(faces: Faces) -> AbstractAsyncContextManager[Client]:
    return Client(f"{faces.url}/mcp")


def over_stdio(faces: Faces) -> AbstractAsyncContextManager[Client]:
    """The command itself, in a process of its own beside the server."""
    command = [sys.executable, "-m", "service.cli", "mcp", "--data", str(faces.data)]
    return Client(StdioServerParameters(command=command[0], args=command[1:], cwd=ROOT))


@pytest.mark.parametrize("connect", [over_http, over_stdio])
def test_a_program_asks_reads_on_is_refused_and_is_told_what_is_wrong(faces: Faces, connect: Any) -> None:
    async def talk() -> None:
        async with connect(faces) as client:

            async def called(name: str, **arguments: object) -> Any:
                return await client.call_tool(name, arguments)

            answer = (await called("ask", question="Who said that TikTok came up today?")).structured_content
            assert answer["short_answer"] == "Mr. Kirby"
            (cited,) = answer["citations"]
            assert cited["name"] == BRIEFING
            place = {"document_id": cited["document_id"], "sha256": cited["document_sha256"], "start": cited["start"]}
            read = await called("get_document", **place, length=cited["end"] - cited["start"])
            assert read.content[0].text == cited["quote"] == "“TikTok came up today, yes,” Mr. Kirby said."

            found = (await called("search", question="TikTok", k=3)).structured_content["passages"]
            assert any(cited["quote"] in passage["text"] for passage in found)

            refused = await called("ask", question="What did Kirby say about Taiwan?")
            assert (refused.is_error, refused.structured_content["status"]) == (False, "refused")
            assert refused.structured_content["refusal"]["nearest"]

            wrong = await called("ask", question="Who?", k=51)
            assert wrong.is_error
            assert "k:" in wrong.content[0].text

    asyncio.run(talk())


@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_shows_of_what_a_model_wrote_only_what_the_sources_carry(faces: Faces, stream: bool) -> None:
    asked: dict[str, Any] = {
        "model": "readout-generative",
        "messages": [{"role": "user", "content": "Who said that TikTok came up today?"}],
    }
    with OpenAI(base_url=f"{faces.url}/v1", api_key="any", max_retries=0, timeout=PATIENCE_SECONDS) as client:
        if stream:
            chunks = list(client.chat.completions.create(**asked, stream=True))
            content = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
            annotations = [a for chunk in chunks for a in (chunk.choices[0].delta.model_extra or {}).get("annotations", [])]
            answer = (chunks[-1].model_extra or {})["readout"]
        else:
            completed = client.chat.completions.create(**asked)
            content = completed.choices[0].message.content or ""
            annotations = [annotation.model_dump() for annotation in completed.choices[0].message.annotations or []]
            answer = (completed.model_extra or {})["readout"]
    assert content == f"{CAME_UP} [1]"
    assert [annotation["readout"]["quote"] for annotation in annotations] == ["“TikTok came up today, yes,” Mr. Kirby said."]
    assert (answer["mode"], answer["degraded"]) == ("generative", False)
    assert any(warning.startswith("1 statement was dropped") for warning in answer["warnings"])
