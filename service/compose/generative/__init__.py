"""Statements that a language model writes from numbered evidence. Nothing of it is shown before it is verified."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from service.compose.generative.model import Address, LanguageModel
from service.compose.generative.prompt import RESPONSE_FORMATS, CountTokens, Messages, fitting, messages
from service.compose.generative.reading import read_reply
from service.errors import ModelFailed, ModelRefused
from service.protocols import CitedEvidence, Drafted, Patience
from service.question import Asked, Kind

__all__ = ["Address", "Bounds", "GenerativeComposer", "LanguageModel"]

DEFAULT_WINDOW = 4096  # tokens, where neither the settings nor the server tell: the smallest that servers start with today
WINDOW_SECONDS = 2.0  # for the server to tell it
_SENTENCES = {Kind.FACT: 2, Kind.YES_NO: 2, Kind.LIST: 5, Kind.OVERVIEW: 8}  # as the extractive answer has at most
_FORMAT_REFUSED = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.NOT_IMPLEMENTED,
)
_FORMAT_NAMED = re.compile(r"response_format|json_schema|json_object")  # llama-cpp-python answers 500 to what it cannot read
# As vLLM, llama.cpp, llama-cpp-python, OpenAI and Ollama say it.
_TOO_LONG: Final = re.compile(
    r"context[ _]length|maximum context|context[ _](?:size|window)|exceed\w*[ _]context|"
    r"too many tokens|(?:prompt|input) is too long",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is asked of the model at most. `window` None: what the server tells, or DEFAULT_WINDOW."""

    window: int | None
    answer_tokens: int


class GenerativeComposer:
    """Asks one server, and remembers what it can do: its window, and which of RESPONSE_FORMATS it takes."""

    def __init__(
        self, model: LanguageModel, bounds: Bounds, *, count_tokens: CountTokens, new_boundary: Callable[[], str]
    ) -> None:
        """`new_boundary` gives a text that nobody can guess, `count_tokens` cl100k counts."""
        self._model = model
        self._bounds = bounds
        self._count_tokens = count_tokens
        self._new_boundary = new_boundary
        self._window = bounds.window
        self._format = 0

    def compose(self, asked: Asked, evidence: Sequence[CitedEvidence], patience: Patience, /) -> Iterator[Drafted]:
        """See `Composer`. The best evidence first: as much of it is sent as fits, half of that where it was still too much."""
        boundary = self._new_boundary()
        form = self._format

        def written(pieces: Sequence[CitedEvidence]) -> Messages:
            structured = RESPONSE_FORMATS[form] is not None
            return messages(asked, pieces, boundary=boundary, structured=structured, most=_SENTENCES[asked.kind])

        offered = fitting(
            evidence,
            written,
            count_tokens=self._count_tokens,
            window=self._known_window(patience),
            answer_tokens=self._bounds.answer_tokens,
        )
        while True:
            try:
                drafts = self._drafts(written(offered), offered, patience, RESPONSE_FORMATS[form])
                first = next(drafts, None)
                self._format = form
                if first is None:
                    raise ModelFailed("the language model wrote no statement")
                yield first
                yield from drafts
            except ModelRefused as refused:
                if _TOO_LONG.search(refused.said) and len(offered) > 1:
                    offered = offered[: len(offered) // 2]
                elif RESPONSE_FORMATS[form] is not None and _is_of_the_format(refused):
                    form += 1
                else:
                    raise
            else:
                return

    def _drafts(
        self,
        sent: Messages,
        offered: Sequence[CitedEvidence],
        patience: Patience,
        response_format: dict[str, object] | None,
    ) -> Iterator[Drafted]:
        body: dict[str, object] = {"messages": sent, "max_tokens": self._bounds.answer_tokens, "temperature": 0}
        if response_format is not None:
            body["response_format"] = response_format
        for said in read_reply(self._model.chat(body, patience)):
            numbers = [number for number in said.numbers if 1 <= number <= len(offered)]
            yield Drafted(said.text, tuple(offered[number - 1] for number in numbers))

    def _known_window(self, patience: Patience) -> int:
        """The window: from the settings, else from the server, asked once it can be reached."""
        if self._window is None:
            try:
                told = self._model.context_tokens(_at_most(WINDOW_SECONDS, patience))
            except ModelRefused:
                told = None
            except ModelFailed:
                return DEFAULT_WINDOW
            self._window = told or DEFAULT_WINDOW
        return self._window


def _is_of_the_format(refused: ModelRefused) -> bool:
    return refused.status in _FORMAT_REFUSED or bool(_FORMAT_NAMED.search(refused.said))


def _at_most(seconds: float, patience: Patience) -> Patience:
    ends = time.monotonic() + seconds
    return lambda: min(patience(), ends - time.monotonic())
