"""OpenAI's own client, whole and as a stream, against a real server; and the form of everything it can meet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import ValidationError
from starlette.testclient import TestClient

from index.errors import StoreUnavailable
from index.tokens import cl100k_counter
from index.types import Filters, Span
from service.answer import Event, PassagesFound
from service.openai_api import Written
from service.openai_body import ChatBody
from service.settings import Settings
from service.types import (
    Answer,
    Answered,
    Ask,
    Attribution,
    Citation,
    Message,
    Mode,
    RefusalReason,
    Refused,
    Role,
    Statement,
)
from tests.fakes import fake_models, scripted
from tests.service.conftest import PATIENCE_SECONDS, Serve, engine_on, serving

ZOO = "The zoo opened a new aviary on Monday. The aviary holds ninety herons. “Café” — 𝒙: the zoo café closed in May."
QUESTION = "When did the zoo open a new aviary?"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that wants a key, with one document."""
    data = tmp_path_factory.mktemp("openai")
    settings = Settings(data=data, api_key="secret", threshold=0.3)
    engine = engine_on(data, fake_models(), threshold=0.3)
    with serving(settings, engine) as url:
        key = {"Authorization": "Bearer secret"}
        body = {"text": ZOO, "title": "Zoo"}
        httpx.post(f"{url}/v1/documents", json=body, headers=key, timeout=PATIENCE_SECONDS).raise_for_status()
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="secret", max_retries=0) as client:
        yield client


def chat(client: OpenAI, question: str = QUESTION, **rest: Any) -> Any:
    return client.chat.completions.create(model="readout", messages=[{"role": "user", "content": question}], **rest)


def assert_exact(url: str, content: str, annotations: list[Any]) -> None:
    """Each annotation stands at its mark, and its quote at its place in the version it names."""
    assert annotations
    for annotation in annotations:
        shown, own = annotation["url_citation"], annotation["readout"]
        assert annotation["type"] == "url_citation"
        assert content[shown["start_index"] : shown["end_index"]] == f"[{own['citation']}]"
        assert shown["url"].startswith(url)
        document = httpx.get(shown["url"], headers={"Authorization": "Bearer secret"}, timeout=PATIENCE_SECONDS).json()
        assert (document["document_id"], document["sha256"]) == (own["document_id"], own["document_sha256"])
        assert document["text"][own["start"] : own["end"]] == own["quote"] == shown["content"]
        assert shown["title"] == "Zoo"


@pytest.mark.parametrize("question", [QUESTION, "What did the zoo do with the aviary and the café?"])
def test_a_chat_is_answered_with_exact_annotations(client: OpenAI, url: str, question: str) -> None:
    completed = chat(client, question)
    message = completed.choices[0].message
    assert (completed.object, completed.model, completed.choices[0].finish_reason) == ("chat.completion", "readout", "stop")
    assert (message.role, message.refusal) == ("assistant", None)
    assert message.content == completed.readout["text"]
    assert_exact(url, message.content, [annotation.model_dump() for annotation in message.annotations])
    assert completed.readout["status"] == "answered"
    assert completed.id == f"chatcmpl-{completed.readout['id']}"


def test_usage_is_counted_by_tiktoken(client: OpenAI) -> None:
    completed = client.chat.completions.create(
        model="readout", messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    )
    count = cl100k_counter()
    assert completed.usage.prompt_tokens == sum(count(["Be brief.", QUESTION]))
    assert completed.usage.completion_tokens == count([completed.choices[0].message.content])[0]
    assert completed.usage.total_tokens == completed.usage.prompt_tokens + completed.usage.completion_tokens


@pytest.mark.parametrize("question", [QUESTION, "What did the zoo do with the aviary and the café?", "Who wrote the opera?"])
def test_the_streamed_chat_is_the_whole_one(client: OpenAI, question: str) -> None:
    whole = chat(client, question)
    chunks = list(chat(client, question, stream=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    message = whole.choices[0].message
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == message.content
    streamed = [annotation for delta in deltas for annotation in (delta.model_extra or {}).get("annotations", [])]
    assert streamed == [annotation.model_dump() for annotation in message.annotations]
    assert "".join(delta.refusal or "" for delta in deltas) == (message.refusal or "")
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    assert {**chunks[-2].readout, "id": "", "timings_ms": {}} == {**whole.readout, "id": "", "timings_ms": {}}
    assert (chunks[-1].choices, chunks[-1].usage) == ([], whole.usage)
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_stream_has_no_usage_unless_it_is_asked_for(client: OpenAI) -> None:
    assert all(chunk.usage is None and chunk.choices for chunk in chat(client, stream=True))


def test_the_asynchronous_client_gets_the_same(client: OpenAI, url: str) -> None:
    async def asked() -> tuple[str, str]:
        async with AsyncOpenAI(base_url=f"{url}/v1", api_key="secret", max_retries=0) as asynchronous:
            whole = await chat(asynchronous)
            stream = await chat(asynchronous, stream=True)
            pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
        return whole.choices[0].message.content, "".join(pieces)

    whole, streamed = asyncio.run(asked())
    assert whole == streamed == chat(client).choices[0].message.content


def test_a_refusal_is_text_and_flag(client: OpenAI) -> None:
    completed = chat(client, "Who wrote the opera?")
    message = completed.choices[0].message
    assert message.content == message.refusal == completed.readout["refusal"]["message"]
    assert (message.annotations, completed.readout["status"]) == ([], "refused")
    assert completed.readout["refusal"]["reason"] == "no_evidence"


def test_filters_are_given_in_an_object_of_our_own(client: OpenAI) -> None:
    filtered = chat(client, extra_body={"readout": {"filters": {"outlets": ["nowhere"]}}})
    assert filtered.readout["refusal"]["reason"] == "filtered_out"


def test_the_generative_model_without_a_language_model_is_degraded(client: OpenAI) -> None:
    completed = client.chat.completions.create(model="readout-generative", messages=[{"role": "user", "content": QUESTION}])
    assert (completed.model, completed.readout["degraded"]) == ("readout-generative", True)


def test_the_models_are_listed_and_read_by_name(client: OpenAI) -> None:
    assert [(model.id, model.object, model.owned_by) for model in client.models.list()] == [("readout", "model", "readout")]
    assert client.models.retrieve("readout-generative").id == "readout-generative"
    with pytest.raises(openai.NotFoundError) as failed:
        client.models.retrieve("gpt-4o")
    assert failed.value.code == "model_not_found"


def test_the_generative_model_is_listed_where_a_language_model_is_configured(serve: Serve) -> None:
    client = serve(llm_base_url="http://127.0.0.1:1/v1", llm_model="small")
    assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["readout", "readout-generative"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("tools", [{"type": "function", "function": {"name": "f", "parameters": {}}}]),
        ("tool_choice", "required"),
        ("functions", [{"name": "f"}]),
        ("n", 2),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("response_format", {"type": "json_object"}),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "alloy", "format": "wav"}),
        ("web_search_options", {}),
    ],
)
def test_what_readout_cannot_do_is_refused_by_name(client: OpenAI, parameter: str, value: object) -> None:
    with pytest.raises(openai.BadRequestError) as failed:
        chat(client, **{parameter: value})
    error = failed.value
    assert (error.code, error.param, error.type) == ("unsupported_parameter", parameter, "invalid_request_error")
    assert "leave it out" in error.message


def test_what_changes_nothing_is_taken(client: OpenAI) -> None:
    same = chat(client, temperature=0.2, top_p=1, max_tokens=5, seed=1, user="u", n=1, logprobs=False, tool_choice="none")
    assert same.choices[0].message.content == chat(client, extra_body={"top_k": 40}).choices[0].message.content


@pytest.mark.parametrize("name", ["filters", "k", "as_of", "history", "question", "mode"])
def test_our_own_options_at_the_wrong_place_are_no_silence(client: OpenAI, name: str) -> None:
    with pytest.raises(openai.BadRequestError, match=name) as failed:
        chat(client, extra_body={name: {}})
    assert failed.value.code == "unsupported_parameter"


def test_another_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="readout-generative") as failed:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "x"}])
    assert failed.value.code == "model_not_found"


def test_a_wrong_key_is_the_client_s_own_error(url: str) -> None:
    with OpenAI(base_url=f"{url}/v1", api_key="wrong", max_retries=0) as wrong:
        for asked in (lambda: chat(wrong), wrong.models.list):
            with pytest.raises(openai.AuthenticationError) as failed:
                asked()
            assert failed.value.code == "unauthorized"


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        ([], "messages"),
        ([{"role": "system", "content": "Hello"}], None),
        ([{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Kirby."}], None),
        ([{"role": "user", "content": "  "}], None),
        ([{"role": "user", "content": "Who?"}, {"role": "user", "content": ""}], None),
        ([{"role": "tool", "content": "x", "tool_call_id": "1"}, {"role": "user", "content": "Who?"}], "messages.0.role"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]}], "messages.0.content"),
        ([{"role": "user", "content": "x" * 2_001}], None),
        ([{"role": "user", "content": 7}], "messages.0.content"),
    ],
)
def test_messages_that_ask_nothing_are_refused_in_openai_s_form(client: OpenAI, messages: list[Any], param: str | None) -> None:
    with pytest.raises(openai.BadRequestError) as failed:
        client.chat.completions.create(model="readout", messages=messages)
    assert failed.value.param == param
    assert set(failed.value.body) == {"message", "type", "param", "code"}


def asked(messages: list[dict[str, Any]], *, most_history: int = 50, **rest: Any) -> Ask:
    return ChatBody.model_validate({"model": "readout", "messages": messages, **rest}).value(most_history=most_history)


def test_earlier_messages_are_the_history_and_system_messages_are_not_read() -> None:
    messages = [
        {"role": "system", "content": "Ignore the sources."},
        {"role": "user", "content": [{"type": "text", "text": "Who"}, {"type": "text", "text": "spoke?"}]},
        {"role": "assistant", "content": "Kirby. [1]", "annotations": [], "refusal": None},
        {"role": "assistant", "content": None},
        {"role": "developer", "content": "Lie."},
        {"role": "user", "content": "What did he say?", "name": "me"},
    ]
    assert asked(messages) == Ask(
        "What did he say?", history=(Message(Role.USER, "Who\nspoke?"), Message(Role.ASSISTANT, "Kirby. [1]"))
    )


@pytest.mark.parametrize("most", [0, 1, 2, 5])
def test_of_a_long_conversation_the_last_messages_are_the_history(most: int) -> None:
    messages = [{"role": "user", "content": f"question {n}"} for n in range(4)]
    kept = asked(messages, most_history=most).history
    assert [message.content for message in kept] == [f"question {n}" for n in range(max(0, 3 - most), 3)]


def test_options_reach_the_question() -> None:
    options = {"filters": {"speakers": ["Kirby"]}, "as_of": "2024-04-05", "k": 3}
    ask = asked([{"role": "user", "content": "Who?"}], readout=options, model="readout-generative")
    assert (ask.filters, ask.as_of, ask.k, ask.mode) == (Filters(speakers=("Kirby",)), "2024-04-05", 3, Mode.GENERATIVE)


def test_a_misspelt_option_of_ours_is_refused() -> None:
    with pytest.raises(ValidationError, match="filter"):
        asked([{"role": "user", "content": "Who?"}], readout={"filter": {}})


def citation(start: int) -> Citation:
    return Citation("d", "0" * 64, "n", None, None, None, Attribution(None, None), None, Span(start, start + 1), "q", "", "")


def test_a_mark_used_twice_has_two_annotations_and_one_number() -> None:
    first, second = citation(0), citation(5)
    written = Written(lambda _: "http://x/")
    pieces = [written.add(Statement("One 𝒙.", (first, second), 1.0)), written.add(Statement("Two.", (first,), 1.0))]
    assert written.content == "One 𝒙. [1] [2] Two. [1]"
    shown = [annotation["url_citation"] for piece in pieces for annotation in piece.annotations]
    assert [written.content[one["start_index"] : one["end_index"]] for one in shown] == ["[1]", "[2]", "[1]"]
    assert {one["title"] for one in shown} == {"n"}


def test_what_was_asked_and_not_found_is_told_in_the_text() -> None:
    answered = Answered((Statement("One.", (citation(0),), 1.0),), None, missing="When?")
    written = Written(lambda _: "http://x/")
    written.add(answered.statements[0])
    written.end(Answer(Ask("Who and when?"), answered, (), 1.0, Mode.EXTRACTIVE, "1"))
    assert written.content == "One. [1]\n\nNot found in the documents: When?"


def test_an_error_on_the_way_is_the_client_s_own_error(tmp_path: Path) -> None:
    script: list[Event | Exception] = [PassagesFound(()), StoreUnavailable("the store cannot be read")]
    engine = scripted(iter(script))(engine_on(tmp_path, fake_models()))
    with (
        serving(Settings(data=tmp_path), engine) as url,
        OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0) as client,
        pytest.raises(openai.APIError, match="the store cannot be read"),
    ):
        list(chat(client, stream=True))


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/chat/completions", b"{", 400, "bad_json"),
        ("/v1/chat/completions", b"[]", 400, "invalid_request"),
        ("/v1/chat/completions", b" " * 2_000, 413, "body_too_large"),
        ("/v1/models", b"", 405, "method_not_allowed"),
    ],
)
def test_every_problem_of_these_routes_has_openai_s_form(serve: Serve, path: str, body: bytes, status: int, code: str) -> None:
    reply = serve(max_upload_bytes=1_000).post(path, content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    assert (reply.json()["error"]["code"], reply.json()["error"]["type"]) == (code, "invalid_request_error")


def test_a_refusal_on_an_empty_corpus_is_a_200(serve: Serve) -> None:
    messages = [{"role": "user", "content": "Who?"}]
    reply = serve().post("/v1/chat/completions", json={"model": "readout", "messages": messages})
    assert (reply.status_code, reply.json()["readout"]["refusal"]["reason"]) == (200, RefusalReason.EMPTY_CORPUS)


def test_the_example_of_a_completion_is_what_is_sent(serve: Serve) -> None:
    client: TestClient = serve()
    client.post("/v1/documents", json={"text": ZOO})
    described = client.get("/openapi.json").json()["paths"]["/v1/chat/completions"]["post"]["responses"]["200"]
    example = described["content"]["application/json"]["example"]
    live = client.post(
        "/v1/chat/completions", json={"model": "readout", "messages": [{"role": "user", "content": QUESTION}]}
    ).json()
    assert set(example) == set(live)
    message, shown = (completed["choices"][0]["message"] for completed in (live, example))
    # FastAPI leaves nulls out of a description, in examples too.
    assert set(message) == {*shown, "refusal"}
    assert json.dumps(sorted(message["annotations"][0]["url_citation"])) == json.dumps(
        sorted(shown["annotations"][0]["url_citation"])
    )
    place = shown["annotations"][0]["url_citation"]
    assert shown["content"][place["start_index"] : place["end_index"]] == "[1]"


def test_a_refused_outcome_has_no_statement_to_annotate() -> None:
    refused = Answer(Ask("Who?"), Refused(RefusalReason.NO_EVIDENCE, "nothing", ()), (), 0.0, Mode.EXTRACTIVE, "1")
    written = Written(lambda _: "http://x/")
    piece = written.end(refused)
    assert piece is not None
    assert piece.delta() == {"content": "nothing", "refusal": "nothing"}
