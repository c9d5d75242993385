"""The routes that answer: /v1/ask, as JSON or as a stream, and /v1/search."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from index.errors import InputRejected, ReadoutError
from service import problems
from service.errors import AnswerTimeout
from service.openapi_examples import ANSWER, PASSAGES, problem_responses
from service.schemas import AskBody, SearchBody, answer_json, passage_json
from service.server import Server, id_of_request, of_request, watched
from service.sse import HEARTBEAT, Frames, frame
from service.types import Answer, Ask

_log = logging.getLogger("readout.stream")
HEARTBEAT_SECONDS = 10.0
EVENT_STREAM = "text/event-stream"

router = APIRouter()


class QuestionTooLong(InputRejected):
    """The question is over its bound."""

    code = "question_too_long"


class HistoryTooLong(InputRejected):
    """The history is over its bound."""

    code = "history_too_long"


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
    engine = server.engine
    asked = body.value()
    _check_bounds(asked, server)
    answer_id = id_of_request(request)
    if body.stream or EVENT_STREAM in request.headers.get("accept", ""):
        frames = _stream(request, asked, answer_id)
        return StreamingResponse(frames, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
    async with watched(request) as wanted:
        answer = await server.run(lambda: engine.answerer.ask(asked, wanted=wanted))
    server.metrics.answered(answer)
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
    _check_bounds(asked, server)
    passages = await server.run(lambda: engine.answerer.find(asked))
    return JSONResponse({"passages": [passage_json(passage) for passage in passages]})


def _check_bounds(asked: Ask, server: Server) -> None:
    longest, most = server.settings.max_question_characters, server.settings.max_history_messages
    if len(asked.question) > longest:
        raise QuestionTooLong(f"the question is over {longest:,} characters; ask a shorter one")
    if len(asked.history) > most:
        raise HistoryTooLong(f"the history has over {most} messages; send the last ones")


async def _stream(request: Request, asked: Ask, answer_id: str) -> AsyncIterator[bytes]:
    """The frames of an answer. Each step is awaited in a thread; a client that is gone stops it before the next one."""
    server = of_request(request)
    frames = Frames(answer_id)
    try:
        async with asyncio.timeout(server.settings.ask_timeout_seconds), watched(request) as wanted:
            events = server.engine.answerer.events(asked, wanted=wanted)
            while True:
                step = asyncio.ensure_future(server.run(lambda: next(events, None)))
                while not (await asyncio.wait({step}, timeout=HEARTBEAT_SECONDS))[0]:
                    yield HEARTBEAT
                event = step.result()
                if event is None:
                    return
                for data in frames.of(event):
                    yield data
                if isinstance(event, Answer):
                    server.metrics.answered(event)
    except ReadoutError as error:
        yield frame("error", problems.of_error(error).body(answer_id))
    except TimeoutError:
        late = AnswerTimeout("the answer took too long; try again, or ask for a smaller k")
        yield frame("error", problems.of_error(late).body(answer_id))
    except Exception:  # noqa: BLE001 - the stream's outermost edge: headers are sent, so an event must say that it failed
        _log.exception("stream %s failed", answer_id)
        yield frame("error", problems.Problem("internal", problems.INTERNAL).body(answer_id))
