"""QMSum (Zhong et al., NAACL 2021): meetings as documents, their relevant turns as gold; it gives no short answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from service.evaluation.errors import DatasetError
from service.evaluation.lines import read_rows, read_text
from service.evaluation.types import Dataset, Filters, GoldTurn, Question, Source
from service.evaluation.words import tokenise

# The keys of the published files, and those of files that were cut down from them.
_TURNS = ("turns", "meeting_transcripts")
_QUERIES = ("queries", "specific_query_list")
# `Hon. Bill Blair (Minister of Finance)`, `The Chair (Hon. A. Rota (Nipissing, Lib.))`: a transcript's label is the name alone.
_ROLE = re.compile(r"\s*\(.*\)\s*$")


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Turn(_Shape):
    speaker: str
    content: str


class _Query(_Shape):
    query: str = Field(min_length=1)
    relevant_text_span: tuple[tuple[str, str], ...]


class _Meeting(_Shape):
    meeting_id: str | None = None
    turns: tuple[_Turn, ...] = Field(validation_alias=AliasChoices(*_TURNS))
    queries: tuple[_Query, ...] = Field(validation_alias=AliasChoices(*_QUERIES))


def is_qmsum(path: Path) -> bool:
    """Whether the file's first line is a meeting; a line that is no JSON object is left to the loader to complain of.

    Raises:
        DatasetError: the file cannot be read.
    """
    first = next((line for line in read_text(path).split("\n") if line.strip()), "")
    try:
        row = json.loads(first)
    except json.JSONDecodeError:
        return False
    return isinstance(row, dict) and any(key in row for key in _TURNS)


def load_qmsum(path: Path) -> Dataset:
    """One document per meeting, in the shape of a transcript; each question is asked of its own meeting (a filter).

    The gold are the turns of the question's inclusive ranges, those without a word left out. General questions
    (`general_query_list`: "Summarize the whole meeting") are not read: all turns are relevant to them, so finding five
    passages of them shows nothing. The reference answers are summaries that nobody could quote: no answer is accepted.

    Raises:
        DatasetError: a line is no meeting, a range is outside its meeting or without words, or an id stands twice.
    """
    questions: dict[str, Question] = {}
    sources: dict[str, Source] = {}
    for number, (place, meeting) in enumerate(read_rows(path, _Meeting)):
        name = meeting.meeting_id or f"meeting-{number:02d}"
        if name in sources:
            raise DatasetError(f"{place}: the meeting_id {name!r} stands on an earlier line too; give each its own")
        text, turns = _transcript(name, meeting.turns)
        sources[name] = Source(name, text, None)
        for i, query in enumerate(meeting.queries):
            asked = _question(f"{name}-{i:02d}", query, turns, place)
            questions[asked.id] = asked
    if not questions:
        raise DatasetError(f"{path}: holds no questions; is it QMSum with a filled list of queries?")
    return Dataset(path.name.split(".jsonl")[0], tuple(questions.values()), tuple(sources.values()))


def _transcript(name: str, turns: tuple[_Turn, ...]) -> tuple[str, list[GoldTurn | None]]:
    """The meeting as text, a paragraph for each turn, and each turn's words in it; None for a turn without a word."""
    text = ""
    placed: list[GoldTurn | None] = []
    for turn in turns:
        words = " ".join(turn.content.split())
        if not tokenise(words):
            placed.append(None)
            continue
        speaker = " ".join(_ROLE.sub("", turn.speaker).split()) or "Unknown Speaker"
        text += f"{speaker}: "
        placed.append(GoldTurn(name, len(text), words))
        text += f"{words}\n\n"
    return text, placed


def _question(id_: str, query: _Query, turns: list[GoldTurn | None], place: str) -> Question:
    relevant: dict[int, GoldTurn] = {}
    for first, last in query.relevant_text_span:
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last) < len(turns)):
            raise DatasetError(f"{place}: turns {first} to {last} of {query.query!r} are not in the meeting; correct the range")
        for number in range(int(first), int(last) + 1):
            if (turn := turns[number]) is not None:
                relevant[number] = turn
    if not relevant:
        raise DatasetError(f"{place}: {query.query!r} has no relevant turn with a word in it; give one or remove it")
    name = next(iter(relevant.values())).document_id
    return Question(
        id=id_,
        question=query.query,
        answerable=True,
        tags=(name,),
        filters=Filters(document_ids=(name,)),
        turns=tuple(relevant[number] for number in sorted(relevant)),
    )
