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
_MARK = r"\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]"
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
# A sentence's end beside its marks, on either side of the full stop, once something else follows.
_MARKED = re.compile(
    rf"(?:[.!?\u2026][\"\u201d\u2019')]*(?:\s*{_MARK})+|(?:\s*{_MARK})+\s*[.!?\u2026]+[\"\u201d\u2019')]*)(?=\s+\S)"
)
_NUMBER = re.compile(r"\d{1,3}")
_BULLET = re.compile(r"^\s*(?:[-*\u2022]+|#+|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__|`")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"^\s*```(?:json)?\s*")
_JSON = re.compile(r"\s*(?:\{|\[\s*(?:\{|$))")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that the model wrote, with the numbers of the evidence that it names for it."""

    text: str
    numbers: tuple[int, ...]


def read_reply(pieces: Iterable[str]) -> Iterator[Said]:
    """The sentences of a reply, each as soon as it is whole; one that is cut off at the end is left out.

    Raises:
        ModelFailed: If JSON was begun that is none.
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
    text, objects = "", None
    lines = _Lines()
    for piece in pieces:
        text += piece
        if objects is None:
            text = _FENCE.sub("", _THOUGHT.sub("", text))
            if not text.strip() or _may_go_on(text):
                continue
            if _JSON.match(text):
                objects = _Objects()
        found = lines.feed(text) if objects is None else objects.feed(text)
        text = "" if objects is not None or lines.begun else text
        yield from found
    if objects is None:
        yield from lines.end(text)


def _may_go_on(text: str) -> bool:
    """Whether a thought, a fence or a bracket is begun, so that what it is cannot be told yet."""
    begun = text.lstrip()
    return (
        (begun.startswith("<think>") and "</think>" not in begun)
        or begun in ("<", "`", "``", "[")
        or ("<think>".startswith(begun) or begun == "```" or (begun.startswith("```") and "\n" not in begun))
    )


class _Lines:
    """Text with marks, cut where a sentence ends beside its marks, and at line ends."""

    def __init__(self) -> None:
        self._rest = ""
        self.begun = False

    def feed(self, text: str) -> Iterator[Said]:
        self.begun = True
        *whole, self._rest = (self._rest + text).split("\n")
        for line in whole:
            yield from self._cut(line, is_whole=True)
        yield from self._cut(self._rest, is_whole=False)

    def end(self, text: str) -> Iterator[Said]:
        """The last line, as far as it ends like one."""
        rest = self._rest + text
        if _MARKS.search(rest[-40:]) or rest.rstrip().endswith((".", "!", "?", "\u2026", "\u201d", '"')):
            yield from self._cut(rest, is_whole=True)

    def _cut(self, line: str, *, is_whole: bool) -> Iterator[Said]:
        at = 0
        for match in _MARKED.finditer(line):
            yield _marked(line[at : match.end()])
            at = match.end()
        if is_whole and line[at:].strip():
            yield _marked(line[at:])
        self._rest = "" if is_whole else line[at:]


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
