"""The routes that answer: /v1/ask, as JSON or as a stream, and /v1/search."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from service.answering import Answering, streamed, while_connected, whole_answer
from service.openapi_examples import ANSWER, PASSAGES, problem_responses
from service.schemas import AskBody, SearchBody, answer_json, passage_json
from service.server import id_of_request, of_request
from service.sse import Frames
from service.types import Ask

EVENT_STREAM = "text/event-stream"

router = APIRouter()


@router.post(
    "/v1/ask",
    summary="Ask a question",
    responses={
        200: {"content": {"application/json": {"example": ANSWER}, EVENT_STREAM: {}}},
        **problem_responses("invalid_request", "bad_json", "body_too_large", "overloaded"),
    },
)
async def ask(body: AskBody, request: Request) -> Response:
    """Answer with cited statements, or refuse and say why. With `stream` or `Accept: text/event-stream` as events."""
    server = of_request(request)
    asked = body.value()
    server.check_bounds(asked)
    answering, answer_id = Answering(server, asked), id_of_request(request)
    if body.stream or EVENT_STREAM in request.headers.get("accept", ""):
        frames = streamed(answering, Frames(answer_id), request_id=answer_id)
        return StreamingResponse(frames, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
    answer = await while_connected(request.receive, whole_answer(answering))
    return JSONResponse(answer_json(answer, answer_id=answer_id))


@router.post(
    "/v1/search",
    summary="Search for passages",
    responses={
        200: {"content": {"application/json": {"example": PASSAGES}}},
        **problem_responses("invalid_request", "bad_json", "body_too_large", "overloaded"),
    },
)
async def search(body: SearchBody, request: Request) -> Response:
    """The passages nearest to a question, best first, without an answer."""
    server = of_request(request)
    engine = server.engine
    asked = Ask(question=body.question, filters=body.filters.value(), k=body.k)
    server.check_bounds(asked)
    passages = await server.run(lambda: engine.answerer.find(asked))
    return JSONResponse({"passages": [passage_json(passage) for passage in passages]})
