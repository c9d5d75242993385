"""An answer in the form of OpenAI's chat completions, whole or as chunks.

Each mark `[n]` of the text is an annotation of the type `url_citation`: `start_index` and `end_index` are the mark's place
in the content, in code points, end exclusive, as OpenAI's own annotations hold the place of the link. `content` is
OpenRouter's addition, which clients show as the source's words; `readout` is ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.answer import Event, PassagesFound
from service.openai_body import MODES
from service.problems import Problem
from service.schemas import Numbering, answer_json
from service.types import Answer, Answered, Citation, Mode, Refused, Statement

UrlOf = Callable[[Citation], str]
CountTokens = Callable[[Sequence[str]], list[int]]
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Completing:
    """What is known of a completion before its answer. `created` is in Unix seconds."""

    request_id: str
    model: str
    created: int
    n_prompt_tokens: int
    url_of: UrlOf
    count_tokens: CountTokens

    def head(self, kind: str) -> dict[str, object]:
        """What the completion and each of its chunks begin with."""
        return {"id": f"chatcmpl-{self.request_id}", "object": kind, "created": self.created, "model": self.model}

    def usage(self, content: str) -> dict[str, int]:
        """Tokens as tiktoken's cl100k_base counts them."""
        (n_tokens,) = self.count_tokens([content])
        return {
            "prompt_tokens": self.n_prompt_tokens,
            "completion_tokens": n_tokens,
            "total_tokens": self.n_prompt_tokens + n_tokens,
        }


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the content, with the annotations of its marks; `start_index` and `end_index` count from the content's start."""

    content: str
    annotations: tuple[dict[str, object], ...] = ()
    refuses: bool = False

    def delta(self) -> dict[str, object]:
        """As a chunk holds it."""
        annotations = {"annotations": list(self.annotations)} if self.annotations else {}
        return {"content": self.content, **annotations, **({"refusal": self.content} if self.refuses else {})}


class Written:
    """The content of a message as it grows."""

    def __init__(self, url_of: UrlOf) -> None:
        """Start an answer."""
        self.content = ""
        self._url_of = url_of
        self._numbering = Numbering()

    def add(self, statement: Statement) -> Piece:
        """A statement with its marks."""
        piece = f" {statement.text}" if self.content else statement.text
        annotations = []
        for citation in statement.citations:
            number = self._numbering.number(citation)
            start = len(self.content) + len(piece) + 1
            piece += f" [{number}]"
            annotations.append(self._annotation(citation, number, start, len(self.content) + len(piece)))
        self.content += piece
        return Piece(piece, tuple(annotations))

    def end(self, answer: Answer) -> Piece | None:
        """What follows the statements: a refusal, or what was asked and not found; None if there is nothing to add."""
        match answer.outcome:
            case Refused(message=message):
                piece = Piece(message, refuses=True)
            case Answered(missing=str() as missing):
                piece = Piece(f"\n\nNot found in the documents: {missing}")
            case Answered():
                return None
        self.content += piece.content
        return piece

    def _annotation(self, citation: Citation, number: int, start: int, end: int) -> dict[str, object]:
        return {
            "type": "url_citation",
            "url_citation": {
                "url": self._url_of(citation),
                "title": citation.title or citation.name,
                "content": citation.quote,
                "start_index": start,
                "end_index": end,
            },
            "readout": {
                "citation": number,
                "document_id": citation.document_id,
                "document_sha256": citation.document_sha256,
                "start": citation.span.start,
                "end": citation.span.end,
                "quote": citation.quote,
            },
        }


def completion(answer: Answer, completing: Completing) -> dict[str, object]:
    """The 200 body of `POST /v1/chat/completions`."""
    written = Written(completing.url_of)
    statements = answer.outcome.statements if isinstance(answer.outcome, Answered) else ()
    annotations = [annotation for statement in statements for annotation in written.add(statement).annotations]
    written.end(answer)
    message = {
        "role": "assistant",
        "content": written.content,
        "refusal": written.content if isinstance(answer.outcome, Refused) else None,
        "annotations": annotations,
    }
    return {
        **completing.head("chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": completing.usage(written.content),
        "readout": answer_json(answer, answer_id=completing.request_id),
    }


class Chunks:
    """Turns the events of one answer into chunks: a statement with its annotations is one, the last one has the whole answer."""

    def __init__(self, completing: Completing, *, include_usage: bool) -> None:
        """Start the stream."""
        self._completing = completing
        self._written = Written(completing.url_of)
        self._include_usage = include_usage

    def of(self, event: Event) -> Iterator[bytes]:
        """The frames of one event."""
        match event:
            case PassagesFound():
                yield self._chunk({"role": "assistant", "content": ""})
            case Statement():
                yield self._chunk(self._written.add(event).delta())
            case Answer():
                ending = self._written.end(event)
                if ending is not None:
                    yield self._chunk(ending.delta())
                answer = answer_json(event, answer_id=self._completing.request_id)
                yield self._chunk({}, finish_reason="stop", rest={"readout": answer})
                if self._include_usage:
                    usage = self._completing.usage(self._written.content)
                    yield _data({**self._completing.head("chat.completion.chunk"), "choices": [], "usage": usage})
                yield DONE

    def failed(self, problem: Problem) -> bytes:
        """The frame of an error on the way."""
        return _data(problem.openai_body())

    def _chunk(
        self, delta: Mapping[str, object], *, finish_reason: str | None = None, rest: Mapping[str, object] | None = None
    ) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self._include_usage else {}
        return _data({**self._completing.head("chat.completion.chunk"), "choices": [choice], **usage, **(rest or {})})


def model_json(name: str, *, created: int) -> dict[str, object]:
    """One model as `GET /v1/models` lists it."""
    return {"id": name, "object": "model", "created": created, "owned_by": "readout"}


def offered(*, generative: bool) -> list[str]:
    """The models there are; the generative one only where a language model is configured."""
    return [name for name in MODES if generative or MODES[name] is not Mode.GENERATIVE]


def _data(frame: Mapping[str, object]) -> bytes:
    return f"data: {json.dumps(frame, ensure_ascii=False)}\n\n".encode()
