"""Server-sent events: an answer's events as the contract's stream."""

from __future__ import annotations

import json
from collections.abc import Iterator

from service.answer import Event, PassagesFound
from service.problems import Problem
from service.schemas import Numbering, answer_json, citation_json, passage_json, statement_json
from service.types import Answer, Statement


def frame(name: str, data: object) -> bytes:
    """One event on the wire."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Frames:
    """Turns the events of one answer into frames: a citation goes before the first statement that uses it."""

    def __init__(self, answer_id: str) -> None:
        """Start the stream of the answer with this id."""
        self._answer_id = answer_id
        self._numbering = Numbering()
        self._sent: set[int] = set()
        self._at = 0

    def of(self, event: Event) -> Iterator[bytes]:
        """The frames of one event."""
        match event:
            case PassagesFound(passages):
                yield frame("passages", {"passages": [passage_json(passage) for passage in passages]})
            case Statement():
                yield from self._statement(event)
            case Answer():
                yield frame("answer", answer_json(event, answer_id=self._answer_id))
                yield frame("done", {})

    def failed(self, problem: Problem) -> bytes:
        """The frame of an error on the way."""
        return frame("error", problem.body(self._answer_id))

    def _statement(self, statement: Statement) -> Iterator[bytes]:
        row = statement_json(statement, self._numbering, start=self._at)
        marks = 0
        for citation in statement.citations:
            number = self._numbering.number(citation)
            marks += len(f" [{number}]")
            if number not in self._sent:
                self._sent.add(number)
                yield frame("citation", citation_json(citation, number))
        self._at += len(statement.text) + marks + 1
        yield frame("statement", row)
