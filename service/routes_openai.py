"""The routes that OpenAI's clients ask: /v1/chat/completions, whole or as a stream, and /v1/models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from index.tokens import cl100k_counter
from service.answering import Answering, streamed, while_connected, whole_answer
from service.errors import ModelNotFound
from service.openai_api import Chunks, Completing, completion, model_json, offered
from service.openai_body import MODES, ChatBody
from service.openapi_examples import COMPLETION, MODELS, openai_error_responses
from service.server import Server, id_of_request, of_request
from service.types import Citation

EVENT_STREAM = "text/event-stream"

router = APIRouter()


@router.post(
    "/v1/chat/completions",
    summary="Answer a chat, as OpenAI's API does",
    responses={
        200: {"content": {"application/json": {"example": COMPLETION}, EVENT_STREAM: {}}},
        **openai_error_responses("unsupported_parameter", "model_not_found", "body_too_large", "overloaded"),
    },
)
async def chat(body: ChatBody, request: Request) -> Response:
    """Answer the last message; those before it are the history, system messages are not read. Citations are `annotations`."""
    server = of_request(request)
    asked = body.value(most_history=server.settings.max_history_messages)
    server.check_bounds(asked)
    answering = Answering(server, asked)
    completing = Completing(
        request_id=id_of_request(request),
        model=body.model,
        created=int(server.clock()),
        n_prompt_tokens=await server.run(lambda: sum(_counter()(body.texts()))),
        url_of=_url_of(str(request.base_url)),
        count_tokens=_counter(),
    )
    if body.stream:
        include_usage = body.stream_options is not None and body.stream_options.include_usage
        chunks = streamed(answering, Chunks(completing, include_usage=include_usage), request_id=completing.request_id)
        return StreamingResponse(chunks, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
    answer = await while_connected(request.receive, whole_answer(answering))
    return JSONResponse(completion(answer, completing))


@router.get(
    "/v1/models",
    summary="List the models that a chat may name",
    responses={200: {"content": {"application/json": {"example": MODELS}}}},
)
async def models(request: Request) -> Response:
    """`readout`, and `readout-generative` where a language model is configured."""
    server = of_request(request)
    listed = [model_json(name, created=server.started) for name in offered(generative=_has_language_model(server))]
    return JSONResponse({"object": "list", "data": listed})


@router.get("/v1/models/{name}", summary="One of these models", responses=openai_error_responses("model_not_found"))
async def model(name: str, request: Request) -> Response:
    """One model by its name."""
    if name not in MODES:
        raise ModelNotFound(f"there is no such model; there are {', '.join(MODES)}")
    return JSONResponse(model_json(name, created=of_request(request).started))


@cache  # the vocabulary takes a moment to load
def _counter() -> Callable[[Sequence[str]], list[int]]:
    return cl100k_counter()


def _has_language_model(server: Server) -> bool:
    return server.settings.llm_base_url is not None and server.settings.llm_model is not None


def _url_of(base_url: str) -> Callable[[Citation], str]:
    """Where the cited version of a document is read on this server, as the client reached it."""
    return lambda citation: f"{base_url}v1/documents/{citation.document_id}?sha256={citation.document_sha256}"
