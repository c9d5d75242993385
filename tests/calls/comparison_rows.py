"""Rows for the network that compares answers: python tests/calls/comparison_rows.py CALLS... --out rows.jsonl

A row is a question, a sentence, another sentence, and how the second stands to the first (`label`): it answers too and agrees, it
answers and differs, it answers (which of the two is not known), or it is unrelated. Each `kind` is drawn at its own rate:

- `pair`: two marked sentences of different documents. Which sides they are on the writer told (`side`), or their words do.
- `near`, `turned`: a marked sentence and one of those most like the question that nobody marked, either way round; `nothing`: two
  such sentences, for a question that nothing answers. What seems to answer (`near` of the calls) is among them.
- `made`: a marked sentence in which the answer is exchanged for that to another question of its form, beside itself or another.
- `copy`: a marked sentence beside itself, cut, or with something else changed than the answer.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]  # run by path, this file's own folder would be searched instead

from lines import SEED, Row, asking_parser_of, calls_of, write_rows

from index.embed import PackagedEmbedder
from index.reader.pairs import in_context
from index.sentences import sentences
from index.types import Precision, Span
from service.conflicts.quantities import quantities
from service.conflicts.values import agree, differ, moments_of, stems

SAME, DIFFERS, ANSWERS, UNRELATED = "agrees", "differs", "answers", "unrelated"
MOST_LIKE, DRAWN_FROM = 30, 8  # unmarked sentences most like a question that are looked at, and of which rows are drawn
MOST_OF_A_LABEL = 4  # pairs of one question with one label
LONGEST_EXCHANGED = 6  # words of an answer that is put for another
LONGEST_LOOKED_FOR = 5  # words of an answer that an unmarked sentence must not hold
_NO_WORDS = frozenset("why did was is will were has does do are".split())  # what they ask has no answer of few words
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_CHANGEABLE = re.compile(rf"\b\d[\d,.]*\d|\b\d+\b|\b(?:{'|'.join(_WEEKDAYS)})\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document with the one before it."""

    document: str
    span: Span
    text: str
    before: str

    @property
    def read(self) -> str:
        """As the network reads it."""
        return in_context(self.text, self.before)


def main() -> None:
    given = asking_parser_of(__doc__).parse_args()
    calls = calls_of(given)
    embedder = PackagedEmbedder(model_id="rows", n_threads=2, precision=Precision.F32)
    drawn = random.Random(SEED)
    rows = [row for call in calls.values() for row in rows_of(call, embedder, drawn)]
    write_rows(given.out, rows)
    for kind in sorted({row["kind"] for row in rows}):
        labels = [row["label"] for row in rows if row["kind"] == kind]
        print(kind, {label: labels.count(label) for label in sorted(set(labels))})


def rows_of(call: Row, embedder: PackagedEmbedder, drawn: random.Random) -> Iterator[Row]:
    """The rows of one call."""
    held = [one for name, text in call["documents"].items() for one in sentences_of(name, text)]
    likeness = embedder.embed([q["question"] for q in call["questions"]]) @ embedder.embed([one.read for one in held]).T
    answers: dict[str, set[str]] = {}
    for asked in call["questions"]:
        answers.setdefault(_form(asked["question"]), set()).update(one["answer"] for one in asked["evidence"])
    for asked, alike in zip(call["questions"], likeness, strict=True):
        marks, seems, like = like_but_unmarked(asked, alike, held, call)
        made = [
            *_pairs(asked, marks, held, drawn),
            *_unmarked(marks, held, like, seems, drawn),
            *_exchanged(asked, marks, held, sorted(answers[_form(asked["question"])]), drawn),
            *_copies(marks, held, drawn),
        ]
        for one, other, label, kind in made:
            yield {
                "source": "calls",
                "call": call["call"],
                "question": asked["question"],
                "one": one,
                "other": other,
                "label": label,
                "kind": kind,
            }


def like_but_unmarked(
    asked: Row, alike: NDArray[np.float32], held: Sequence[Sentence], call: Row
) -> tuple[dict[int, Row], list[int], list[int]]:
    """Of one question, as places in `held`: the marks that answer it, what seems to answer, and what is most like it beside them.

    `alike` is how like each sentence is to the question. What holds the words of a marked answer may answer too and is left out.
    """
    marks = {place: one for one in reversed(asked["evidence"]) if (place := _place(one, held, call)) is not None}
    seeming = asked.get("near") or []
    near = [_place(one, held, call) for one in (seeming if isinstance(seeming, list) else [seeming])]
    short = [one["answer"] for one in marks.values() if len(one["answer"].split()) <= LONGEST_LOOKED_FOR]
    like = [
        place
        for place in map(int, np.argsort(-alike)[:MOST_LIKE])
        if place not in marks and not any(_holds(held[place].read, answer) for answer in short)
    ]
    return marks, [place for place in near if place is not None and place not in marks], like[:DRAWN_FROM]


def standing_of(one: Row, other: Row, *, tagged: bool) -> str:
    """How two marks of one question stand to each other; `tagged` tells that its answers exclude each other."""
    if "side" in one and "side" in other:
        return SAME if one["side"] == other["side"] else DIFFERS
    return _by_words(one["answer"], other["answer"]) if tagged else SAME


def sentences_of(name: str, text: str) -> Iterator[Sentence]:
    before = ""
    for span in sentences(text, Span(0, len(text))):
        yield Sentence(name, span, span.of(text), before)
        before = span.of(text)


Made = tuple[str, str, str, str]  # the two sentences, the label, the kind


def _pairs(asked: Row, marks: dict[int, Row], held: Sequence[Sentence], drawn: random.Random) -> Iterator[Made]:
    pairs = [(one, other) for one in marks for other in marks if held[one].document != held[other].document]
    drawn.shuffle(pairs)
    n_of: dict[str, int] = {}
    for one, other in pairs:
        label = standing_of(marks[one], marks[other], tagged="conflict" in asked.get("tags", ()))
        n_of[label] = n_of.get(label, 0) + 1
        if n_of[label] <= MOST_OF_A_LABEL:
            yield held[one].read, held[other].read, label, "pair"


def _unmarked(
    marks: dict[int, Row], held: Sequence[Sentence], like: Sequence[int], seems: Sequence[int], drawn: random.Random
) -> Iterator[Made]:
    for one in list(marks)[:3]:
        others = [place for place in like if held[place].document != held[one].document]
        told = [place for place in seems if held[place].document != held[one].document]
        for other in [*told, *drawn.sample(others, min(2, len(others)))]:
            yield held[one].read, held[other].read, UNRELATED, "near"
        if like and drawn.random() < 0.4:
            yield held[drawn.choice(like)].read, held[one].read, UNRELATED, "turned"
    if not marks and (seems or like):
        one = (seems or like)[0]
        for other in drawn.sample(like, min(2, len(like))):
            if other != one:
                yield held[one].read, held[other].read, UNRELATED, "nothing"


def _exchanged(
    asked: Row, marks: dict[int, Row], held: Sequence[Sentence], answers: Sequence[str], drawn: random.Random
) -> Iterator[Made]:
    if _form(asked["question"]) in _NO_WORDS:
        return
    for place, mark in list(marks.items())[:2]:
        answer, text = mark["answer"], held[place].read
        others = [
            other
            for other in answers
            if len(other.split()) <= LONGEST_EXCHANGED >= len(answer.split())
            and other[:1].isupper() == answer[:1].isupper()
            and any(map(str.isdigit, other)) == any(map(str.isdigit, answer))
            and not stems(other) & stems(answer)
            and all(_by_words(other, one["answer"]) != SAME for one in marks.values())
        ]
        if not others or answer not in text:
            continue
        false = text.replace(answer, drawn.choice(others), 1)
        unequal = "conflict" in asked.get("tags", ())
        true = drawn.choice([held[one].read for one in marks if not unequal or one == place])
        yield (true, false, DIFFERS, "made") if drawn.random() < 0.5 else (false, true, DIFFERS, "made")


def _copies(marks: dict[int, Row], held: Sequence[Sentence], drawn: random.Random) -> Iterator[Made]:
    for place, mark in list(marks.items())[:2]:
        one = held[place]
        if mark["answer"] not in one.text or drawn.random() < 0.5:
            continue
        change = _with_another_detail if drawn.random() < 0.35 else _cut
        copy = in_context(change(one.text, mark["answer"], drawn), one.before)
        yield (one.read, copy, SAME, "copy") if drawn.random() < 0.5 else (copy, one.read, SAME, "copy")


def _with_another_detail(text: str, answer: str, drawn: random.Random) -> str:
    """The text with a number or weekday changed that is not in the answer; as it stands if there is none."""
    start = text.find(answer)
    found = [match for match in _CHANGEABLE.finditer(text) if match.end() <= start or match.start() >= start + len(answer)]
    if not found:
        return text
    match = drawn.choice(found)
    word = match.group()
    if word in _WEEKDAYS:
        word = drawn.choice([day for day in _WEEKDAYS if day != word])
    else:
        at = drawn.choice([place for place, letter in enumerate(word) if letter.isdigit()])
        word = word[:at] + drawn.choice([digit for digit in "123456789" if digit != word[at]]) + word[at + 1 :]
    return text[: match.start()] + word + text[match.end() :]


def _cut(text: str, answer: str, drawn: random.Random) -> str:
    """The text without its first or last clause, where the answer does not stand there; often as it is."""
    clauses = re.split(r"(?<=,) ", text)
    at = drawn.choice([0, len(clauses) - 1])
    kept = " ".join(clauses[:at] + clauses[at + 1 :])
    return kept if answer in kept and drawn.random() < 0.6 else text


def _place(mark: Row, held: Sequence[Sentence], call: Row) -> int | None:
    """Which sentence a mark is of: that in which its answer begins, else the middle of its quote."""
    text = call["documents"].get(mark["document"], "")
    start = text.find(mark["quote"])
    at = text.find(mark["answer"], start) if "answer" in mark else start + len(mark["quote"]) // 2
    within = (place for place, one in enumerate(held) if one.document == mark["document"] and one.span.start <= at < one.span.end)
    return next(within, None) if start >= 0 else None


def _by_words(one: str, other: str) -> str:
    """How two answers stand to each other, told by their numbers, times, names or words alone."""
    for values in (quantities, _moments):
        first, second = list(values(one)), list(values(other))
        if len(first) == len(second) == 1:
            if agree(first[0], second[0]):
                return SAME
            if differ(first[0], second[0]):
                return DIFFERS
    words, others = stems(one), stems(other)
    if words and others and len(words & others) > min(len(words), len(others)) / 2:
        return SAME
    return DIFFERS if not words & others and one[:1].isupper() and other[:1].isupper() else ANSWERS


def _holds(text: str, answer: str) -> bool:
    """Whether a text has an answer, or the same number or time."""
    if answer.casefold() in text.casefold():
        return True
    for values in (quantities, _moments):
        value = list(values(answer))
        if len(value) == 1:
            return any(agree(value[0], other) for other in values(text))
    return bool(stems(answer)) and stems(answer) <= stems(text)


def _moments(text: str) -> Any:
    return moments_of(text, None)


def _form(question: str) -> str:
    """The word that a question begins with, two for "how"."""
    words = question.lower().split()
    return " ".join(words[:2]) if words[:1] == ["how"] else " ".join(words[:1])


if __name__ == "__main__":
    main()
