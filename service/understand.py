"""What a question means before anything is searched: in full, spelt as the corpus spells, its days counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from index.spelling import Corrected
from service.cast import Cast
from service.days import asked_days
from service.history import Unclear, mentions, needs_cast, resolve
from service.question import Asked, parts, read_question
from service.types import Ask


@dataclass(frozen=True, slots=True)
class Understood:
    """The question that is searched and read, part by part, and the words of the conversation that it goes on with.

    `resolved` is shown to the asker where the conversation was needed; `unclear` must be asked back. `warnings` name what was
    taken for something else.
    """

    question: str
    asked: tuple[Asked, ...]
    conversation: str
    resolved: str | None
    unclear: Unclear | None
    warnings: tuple[str, ...]


def understand(ask: Ask, *, cast_of: Callable[[str], Cast], corrected: Callable[[str], Corrected]) -> Understood:
    """Read a question; `cast_of` gives whom the documents name that some words are about."""
    said = mentions(ask.question, ask.history)
    resolution = resolve(ask.question, ask.history, cast_of(said) if needs_cast(ask.question, ask.history) else Cast())
    full = corrected(resolution.question or ask.question)
    days = asked_days(full.question, ask.as_of)
    values = tuple(dict.fromkeys(day.value for day in days))
    return Understood(
        question=full.question,
        asked=tuple(replace(read_question(part), days=values) for part in parts(full.question)),
        conversation=said,
        resolved=resolution.question,
        unclear=resolution.unclear,
        warnings=(
            *(f"\u201c{one.written}\u201d was read as \u201c{one.read}\u201d" for one in full.corrections),
            *(f"\u201c{day.text}\u201d in the question was read as {day.value}" for day in days),
        ),
    )
