"""SubRip and WebVTT: the words said, joined over cues to sentences, with the times they begin at and who speaks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.errors import DamagedFile, EmptyDocument
from index.loaders.encodings import decode
from index.loaders.outline import Mark, outline
from index.types import Extracted, Section, SectionKind, Span

MAX_GROUP_CHARACTERS = 400  # captions without full stops are cut about here
PAUSE_SECONDS = 4.0  # a silence as long as this ends a sentence
_TIMES = re.compile(r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[\w.]+)?[ \t]+([^>\n]{1,80})>")
_TAG = re.compile(r"</?(?:[A-Za-z]|\d)[^>\n]{0,200}>|\{\\[^}\n]{0,100}\}")
_LABEL = re.compile(r"(?:>>+\s*|[-\u2013]\s+)?(?=[^\W\d_a-z])[^:\n.?!]{2,48}:\s")
_TURN_MARK = re.compile(r"^(?:>>+|[-\u2013])\s*")
_SENTENCE_END = re.compile(r"""[.!?\u2026\u3002\uff01\uff1f\u061f\u0964]["'\u201d\u2019\u00bb)\]]*$""")


@dataclass(frozen=True, slots=True)
class _Said:
    start: float
    end: float
    words: str
    voice: str | None


@dataclass(slots=True)
class _Group:
    said: _Said
    words: list[str] = field(default_factory=list)


def load(data: bytes) -> Extracted:
    """The words of a subtitle file, a line for each sentence or so; a voice stands as `NAME:` before its words.

    Raises:
        DamagedFile: If no cue with its times is in it.
        EmptyDocument: If the cues hold no words.
    """
    text = decode(data).replace("\r", "\n")
    if not any(_TIMES.match(line) for line in text.split("\n")):
        raise DamagedFile("there are no times such as 00:00:01,000 --> 00:00:02,000 in it; give plain text as .txt")
    groups = list(_grouped(_cues(text)))
    if not groups:
        raise EmptyDocument("its cues hold no words; nothing was stored")
    return _written(groups)


def _cues(text: str) -> Iterator[_Said]:
    """What is said, in order; a line that rolls up from the cue before is not said again."""
    before: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        at = next((number for number, line in enumerate(lines) if _TIMES.match(line)), None)
        if at is None:
            continue
        times = _TIMES.match(lines[at])
        if times is None:
            continue
        start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
        said = [line.strip() for line in lines[at + 1 :] if line.strip()]
        new = [line for line in said if line not in before]
        before = said
        voice: str | None = None
        for line in new:
            for name, words in _voices(line):
                voice = name or voice
                if words:
                    yield _Said(start, end, words, voice)


def _voices(line: str) -> Iterator[tuple[str | None, str]]:
    pieces = _VOICE.split(line)
    for name, words in zip([None, *pieces[1::2]], pieces[::2], strict=True):
        yield (" ".join(name.split()) if name else None), " ".join(html.unescape(_TAG.sub("", words)).split())


def _grouped(cues: Iterator[_Said]) -> Iterator[_Group]:
    group: _Group | None = None
    last: _Said | None = None
    for said in cues:
        if group is None or last is None or _begins(said, last, group):
            if group is not None:
                yield group
            group = _Group(said)
        group.words.append(_TURN_MARK.sub("", said.words) if not group.words else said.words)
        last = said
    if group is not None:
        yield group


def _begins(said: _Said, last: _Said, group: _Group) -> bool:
    full = sum(map(len, group.words)) >= MAX_GROUP_CHARACTERS
    marked = bool(_LABEL.match(said.words) or _TURN_MARK.match(said.words))
    paused = said.start - last.end >= PAUSE_SECONDS
    return full or marked or paused or said.voice != last.voice or bool(_SENTENCE_END.search(last.words))


def _written(groups: list[_Group]) -> Extracted:
    parts: list[str] = []
    marks: list[Mark] = []
    turns: list[Section] = []
    at = 0
    speaker: str | None = None
    for group in groups:
        words = " ".join(group.words)
        voice = group.said.voice
        line = f"{voice}: {words}" if voice and voice != speaker else words
        marks.append(Mark(at, SectionKind.TIME, _clock(group.said.start)))
        end = at + len(line)
        if voice and voice == speaker:
            turns[-1] = Section(Span(turns[-1].span.start, end), SectionKind.TURN, voice)
        elif voice:
            turns.append(Section(Span(end - len(words), end), SectionKind.TURN, voice))
        speaker = voice
        parts.append(line)
        at = end + 1
    return outline("\n".join(parts), marks, turns=turns or None)


def _seconds(times: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = times
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{thousandths}")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
