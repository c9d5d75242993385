"""A model's reply, taken apart into statements while it is still being written: JSON as asked for, or text with marks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from index.normalise import visible
from index.sentences import sentences
from index.types import Span
from service.errors import ModelFailed

DEEPEST = 8  # levels of JSON; what was asked for has three
MAX_STATEMENTS = 12  # of one reply: an overview has eight
LONGEST_STATEMENT = 600  # characters; the longest sentence of the seeds has 345
LONGEST_REPLY = 40_000  # characters, thoughts included: what is not cut yet is looked at again with every piece
_MARK = r"\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]"
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
# A sentence's end beside its marks, on either side of the full stop, once something else follows.
_MARKED = re.compile(
    rf"(?:[.!?\u2026][\"\u201d\u2019')]*(?:\s*{_MARK})+|(?:\s*{_MARK})+\s*[.!?\u2026]+[\"\u201d\u2019')]*)(?=\s+[^\s\[])"
)
_ENDED = re.compile(rf"(?:[.!?\u2026\u201d\"]|{_MARK})\s*$")
_NUMBER = re.compile(r"\d{1,3}")
_BULLET = re.compile(r"^\s*(?:[-*\u2022]+|#+|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__|`")
_THOUGHT, _THOUGHT_OVER = "<think>", "</think>"
_FENCE = re.compile(r"^\s*```[a-z]*\n\s*")
_JSON = re.compile(r"\{|\[\s*\{")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that the model wrote, with the numbers of the evidence that it names for it."""

    text: str
    numbers: tuple[int, ...]


def read_reply(pieces: Iterable[str]) -> Iterator[Said]:
    """The sentences of a reply, each as soon as it is whole; one that is cut off at the end is left out.

    Raises:
        ModelFailed: If JSON was begun that is none, or the reply is too long.
    """
    n_said = 0
    for said in _parts(pieces):
        for sentence in _sentences(said):
            n_said += 1
            if n_said > MAX_STATEMENTS:
                return
            yield sentence


def _parts(pieces: Iterable[str]) -> Iterator[Said]:
    """What JSON holds or what stands before marks: one sentence, or several."""
    begun, form, n_characters = "", None, 0
    for piece in pieces:
        n_characters += len(piece)
        if n_characters > LONGEST_REPLY:
            raise ModelFailed(f"the language model wrote more than {LONGEST_REPLY:,} characters")
        if form is None:
            begun += piece
            opened = _opened(begun)
            form = _form(opened)
            piece = opened  # noqa: PLW2901  all that came before the form was known
        if form is not None:
            yield from form.feed(piece)
    if form is not None:
        yield from form.end()


def _opened(text: str) -> str:
    """The reply without a thought or a fence in front; nothing while a thought is open."""
    while (text := text.lstrip()).startswith(_THOUGHT):
        _, _, text = text.partition(_THOUGHT_OVER)
    return _FENCE.sub("", text)


def _form(opened: str) -> _Lines | _Objects | None:
    """How a reply is to be read; None while a thought or a fence is open, or a bracket may be one of JSON or a mark."""
    if (
        not opened
        or any(mark.startswith(opened) for mark in (_THOUGHT, "["))
        or opened.startswith("```")
        or "```".startswith(opened)
    ):
        return None
    return _Objects() if _JSON.match(opened) else _Lines()


class _Lines:
    """Text with marks, cut where a sentence ends beside its marks, and at line ends."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> Iterator[Said]:
        *whole, rest = (self._rest + text).split("\n")
        for line in whole:
            yield from self._cut(line)
        at = 0
        for match in _MARKED.finditer(rest) if "]" in rest else ():
            yield _marked(rest[at : match.end()])
            at = match.end()
        self._rest = rest[at:]

    def end(self) -> Iterator[Said]:
        """The last line, if it ends like one."""
        if _ENDED.search(self._rest):
            yield from self._cut(self._rest)

    def _cut(self, line: str) -> Iterator[Said]:
        at = 0
        for match in _MARKED.finditer(line):
            yield _marked(line[at : match.end()])
            at = match.end()
        if line[at:].strip():
            yield _marked(line[at:])


def _marked(text: str) -> Said:
    marks = _MARKS.findall(text)
    return Said(_MARKS.sub("", text), tuple(int(n) for mark in marks for n in _NUMBER.findall(mark)))


class _Objects:
    """JSON, of which every whole object with a text in it is a statement."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._starts: list[int] = []
        self._in_string = False
        self._escaped = False

    def feed(self, text: str) -> Iterator[Said]:
        for character in text:
            self._held.append(character)
            if self._in_string:
                self._in_string = self._escaped or character != '"'
                self._escaped = character == "\\" and not self._escaped
            elif character == '"':
                self._in_string = True
            elif character == "{":
                self._starts.append(len(self._held) - 1)
                if len(self._starts) > DEEPEST:
                    raise ModelFailed("the language model wrote JSON that is not what it was asked for")
            elif character == "}" and self._starts:
                yield from _statement("".join(self._held[self._starts.pop() :]))

    def end(self) -> Iterator[Said]:
        """Nothing: an object that is not whole is no statement."""
        yield from ()


def _statement(written: str) -> Iterator[Said]:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise ModelFailed("the language model wrote JSON that is none") from error
    text = found.get("text")
    if isinstance(text, str):
        marked = _marked(text)  # some write the marks into the text as well
        yield Said(marked.text, (*_numbers(found.get("citations")), *marked.numbers))


def _numbers(given: Any) -> Iterator[int]:
    for one in given if isinstance(given, list) else [given]:
        match one:
            case bool():
                continue
            case int():
                yield one
            case str():
                yield from (int(number) for number in _NUMBER.findall(one))


def _sentences(said: Said) -> Iterator[Said]:
    """Each sentence by itself. All of a JSON object's share its numbers; of text the last one has the marks."""
    text = _tidy(said.text)
    for span in sentences(text, Span(0, len(text))):
        if len(span) <= LONGEST_STATEMENT and any(c.isalpha() for c in span.of(text)):
            yield Said(span.of(text), tuple(dict.fromkeys(said.numbers)))


def _tidy(text: str) -> str:
    """One line without what shows nothing, bullets and emphasis; control characters are space."""
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c for c in visible(text))
    return " ".join(_BULLET.sub("", _EMPHASIS.sub("", shown)).split())
