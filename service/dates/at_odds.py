"""Where a report's own days disagree: "yesterday" in one sentence and another day of the same thing in the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.normalise import STOP_WORDS, terms
from index.sentences import sentences
from index.types import Document, Span
from service.dates import DateMention, find_dates
from service.dates.expressions import WEEKDAYS
from service.types import ResolvedDate

READ_CHARACTERS = 20_000  # of a document: what it reports stands in front
SAME_EVENT = 0.6  # share of the shorter sentence's words from which two sentences tell of one event
MIN_SHARED = 4  # words: short sentences share as many by chance
_NEAR = frozenset("yesterday today tomorrow".split())


def doubts(resolved: Sequence[ResolvedDate], documents: Mapping[str, Document]) -> tuple[str, ...]:
    """For each document in which a day was counted, by id, a line where the days that it gives one event disagree."""
    lines = []
    for citation in dict.fromkeys(date.citation for date in resolved):
        odd = at_odds(documents[citation.document_id])
        if odd is not None:
            days = " and ".join(f"\u201c{mention.text}\u201d ({mention.value})" for mention in odd)
            lines.append(f"{citation.source}: its {days} disagree, so days counted from its date are uncertain")
    return tuple(dict.fromkeys(lines))


def at_odds(document: Document) -> tuple[DateMention, DateMention] | None:
    """The first relative day and weekday that a document gives one event and that are different days; None if there are none."""
    if document.published_at is None:
        return None
    text = document.text[:READ_CHARACTERS]
    told = [
        (mention, frozenset(term for term in terms(span.of(text)) if term not in STOP_WORDS))
        for span in sentences(text, Span(0, len(text)))
        for mention in find_dates(span.of(text), document.published_at)
        if mention.value is not None
    ]
    near = [(mention, words) for mention, words in told if mention.text.lower() in _NEAR]
    weekdays = [(mention, words) for mention, words in told if mention.text.lower() in WEEKDAYS]
    return next(
        (
            (day, weekday)
            for day, words in near
            for weekday, others in weekdays
            if day.value != weekday.value and _of_one_event(words, others)
        ),
        None,
    )


def _of_one_event(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= MIN_SHARED and shared >= SAME_EVENT * min(len(one), len(other))
