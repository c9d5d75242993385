"""Reads training data: SQuAD 2.0 JSON, rows of reading, of entailment or of comparison; each file may be xz-compressed."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputRejected
from index.types import Span

HELD_BACK_SHARE = 0.03  # of the articles, kept from training for calibration
HELD_BACK_HUMAN_SHARE = 0.18  # of the articles whose unanswerable questions people wrote: 3 of 17 in one half of SQuAD 2.0 dev
HELD_BACK_CALLS_SHARE = 0.15  # of the calls: what is fitted to the network is fitted on text of the kind that is read
HUMAN = "squad2"
CALLS = "calls"
CONTRASTS = "calls, contrast"  # beside a row of a call: as like it as can be, but of another person, thing or deed
QUESTIONS = "questions"  # yes/no questions on calls, each beside a sentence: does it settle them?
SENTENCES = "sentences"  # other questions on calls, each beside a sentence from anywhere in the coverage: does it answer?
# Of rows of comparison: see tests/calls/comparison_rows.py; "met" are those that the service itself compared.
KINDS = ("pair", "near", "turned", "nothing", "made", "copy", "met")
LIKENESSES = ("agrees", "unrelated", "differs", "answers")  # the last: agrees or differs
LABELS = ("entailment", "neutral", "contradiction", "not_entailment")


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A question on a context: the accepted answers' spans in it, none if it does not answer.

    `article`: what is held back or trained on as a whole; the context itself where the row's id names no article.
    """

    source: str
    article: str
    question: str
    context: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class EntailmentRow:
    """Whether the premise carries the hypothesis; the label is one of LABELS.

    `call`: held back or trained on as a whole; empty where the row is of none.
    """

    source: str
    premise: str
    hypothesis: str
    label: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """How another sentence stands to one, as answers to a question; the label is one of LIKENESSES.

    `kind` tells how the row was made, and so how often it is drawn; `call` is held back or trained on as a whole.
    """

    call: str
    question: str
    one: str
    other: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Rows:
    """All that some files hold."""

    reading: tuple[ReadingRow, ...]
    entailment: tuple[EntailmentRow, ...]
    comparison: tuple[ComparisonRow, ...] = ()


def load_rows(paths: Sequence[Path]) -> Rows:
    """Every row of the files, in their order.

    Raises:
        InputRejected: If a file cannot be read or is in none of the formats; the message names it.
    """
    reading: list[ReadingRow] = []
    entailment: list[EntailmentRow] = []
    comparison: list[ComparisonRow] = []
    for path in paths:
        try:
            text = (lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()).decode()
            for row in _parsed(text):
                if isinstance(row, ReadingRow):
                    reading.append(row)
                elif isinstance(row, ComparisonRow):
                    comparison.append(row)
                else:
                    entailment.append(row)
        except (OSError, lzma.LZMAError) as error:
            raise InputRejected(f"{path} cannot be read: {error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputRejected(f"{path} holds neither SQuAD 2.0 JSON nor rows to train on: {error!r}") from error
    return Rows(tuple(reading), tuple(entailment), tuple(comparison))


def split(rows: Iterable[ReadingRow]) -> tuple[list[ReadingRow], list[ReadingRow]]:
    """The rows to train on, and those of the articles held back for calibration; all rows of an article on one side.

    The side depends on the article's name, and on what its rows are of: on nothing else.
    """
    rows = list(rows)
    shares = {row.article: HELD_BACK_HUMAN_SHARE for row in rows if row.source == HUMAN}
    shares |= {row.article: HELD_BACK_CALLS_SHARE for row in rows if row.source in {CALLS, CONTRASTS}}
    train: list[ReadingRow] = []
    held_back: list[ReadingRow] = []
    for row in rows:
        (held_back if is_held_back(row.article, shares.get(row.article, HELD_BACK_SHARE)) else train).append(row)
    return train, held_back


def is_held_back(article: str, share: float) -> bool:
    """Whether an article is of the share that is kept from training."""
    return int.from_bytes(hashlib.sha256(article.encode()).digest()[:8], "big") / 2**64 < share


def _parsed(text: str) -> Iterable[ReadingRow | EntailmentRow | ComparisonRow]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:  # more than one value: a row on each line. Texts may hold other line ends than "\n"
        return (_row(json.loads(line)) for line in text.split("\n") if line.strip())
    return _squad(whole) if "data" in whole else [_row(whole)]


def _squad(data: dict[str, Any]) -> Iterable[ReadingRow]:
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            context = _text(paragraph, "context")
            for asked in paragraph["qas"]:
                answers = {_span(context, a["text"], a["answer_start"]) for a in asked["answers"]}
                yield ReadingRow(HUMAN, _text(article, "title"), _text(asked, "question"), context, tuple(sorted(answers)))


def _row(row: dict[str, Any]) -> ReadingRow | EntailmentRow | ComparisonRow:
    if "other" in row:
        if row["label"] not in LIKENESSES:
            raise ValueError(f"label {row['label']!r} is none of {LIKENESSES}")
        if row["kind"] not in KINDS:
            raise ValueError(f"kind {row['kind']!r} is none of {KINDS}")
        names = ("call", "question", "one", "other", "label", "kind")
        return ComparisonRow(*(_text(row, name) for name in names))
    if "premise" in row:
        if row["label"] not in LABELS:
            raise ValueError(f"label {row['label']!r} is none of {LABELS}")
        call = _text(row, "call") if "call" in row else ""
        return EntailmentRow(_text(row, "source"), _text(row, "premise"), _text(row, "hypothesis"), row["label"], call)
    context = _text(row, "context")
    answers = () if row["answer"] is None else (_span(context, row["answer"], row["answer_start"]),)
    article, number, _ = _text(row, "id").partition("#")
    return ReadingRow(_text(row, "source"), article if number else context, _text(row, "question"), context, answers)


def _text(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is {value!r}, not a text")
    return value


def _span(context: str, answer: str, start: int) -> Span:
    span = Span(start, start + len(answer))
    if not answer.strip() or span.of(context) != answer:
        raise ValueError(f"the answer {answer!r} does not stand at {start} in its context")
    return span
