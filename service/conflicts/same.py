"""Whether two answers are answers to the same thing: by what the reader makes of each, and by the words around them."""

from __future__ import annotations

import re

from index.normalise import terms
from index.reader.expects import Expected
from service.conflicts.alike import around, asked_stems, names_asked, shared
from service.conflicts.asked import presumed
from service.conflicts.given import ASKED_ABOUT, MOST_ASKED, Given
from service.conflicts.moments import Moment
from service.conflicts.quantities import Quantity
from service.conflicts.stance import clause_at
from service.conflicts.values import Name, Phrase, names_of
from service.dates.tense import Tense, tense_at
from service.question import Asked

SAME_THING = 0.5  # overlap of the words around two values from which both tell of the same, where one of them is the question's
RELATED = 0.25  # the same, where one of them are most of the question's words
NEARLY_ALL = 0.8  # the same, whatever is asked
SURE_BASE = 0.4  # the reader's support of the first answer, below which what differs from it may be the answer by itself
SURER = 0.45  # the same of the surer one of the two
# The reader's support and relevance from which another document's sentence answers the question itself. Chosen on the
# development calls: places and names need more, since many stand in any report.
_ANSWERS_FROM: dict[type, tuple[float, float]] = {
    Quantity: (0.45, 0.08),
    Moment: (0.35, 0.07),
    Name: (0.4, 0.15),
    Phrase: (0.5, 0.1),
}
SOME_SUPPORT, SOME_RELEVANCE, BEFORE_VALUE = 0.18, 0.01, 5  # where a word of the question stands so near before a value
# The reader's support and relevance of both from which two numbers answer, and of the second where the first is sure.
BOTH_SUPPORT, BOTH_RELEVANCE = 0.35, 0.3
SECOND_SUPPORT, SECOND_RELEVANCE = 0.3, 0.05
SECOND_ASKED = 0.6  # share of the question's words that the second then holds
FARTHEST = 5.0  # times: what sources count differently, they count within it
_EXPECTED = re.compile(
    r"\b(?:would|will|shall|might|could|may|expected|scheduled|due|planned|set|likely|forecast|hoped?|aims?|intends?)\b|['\u2019]ll\b",
    re.IGNORECASE,
)
_ASKS_AHEAD = re.compile(r"\b(?:will|would|next|planned?|expected|scheduled|due|going to|does|do|is|are)\b", re.IGNORECASE)
_ASKS_EXPECTED = re.compile(r"\b(?:expect|forecast|predict|estimate|hope|plan)\w*", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|in|near|to)\s+(?:the\s+)?$", re.IGNORECASE)
_ASKS_PAST = re.compile(r"\b(?:did|was|were|had|has|have)\b", re.IGNORECASE)
_SAID_ON = re.compile(
    r"\b(?:sa(?:id|y|ys)|t(?:old|ell)|announced?|added|replied|wrote|reported)(?: \w+){0,3}? (?:(?:late |early )?on )?$",
    re.IGNORECASE,
)
_ASKS_SAYING = re.compile(r"\b(?:say|tell|announce|add|reply|write|report|told|said|announced|reported|wrote)\b", re.IGNORECASE)
_AT_EVENT = re.compile(r"\b(?:at|during|after) (?:the|an?|its|their|his|her) (?:\w+ )?(?P<event>\w+) on $", re.IGNORECASE)
_TOLD_OF = re.compile(r"\b(?:about|over|on|after|following|since|before|of|to|into|for)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)


def speaks_of_it(asked: Asked, start: Given) -> bool:
    """Whether the first answer is sure, or its sentence holds a word of what is asked: else it answers something else."""
    wanted = asked_stems(asked.text)
    held = frozenset(terms(f"{start.said.before} {start.said.text}"))
    return start.said.evidence.support >= SURER or not wanted or bool(wanted & held)


def same_thing(asked: Asked, one: Given, other: Given) -> bool:
    """Whether two values are given for the same thing."""
    if _of_another_deed(asked, other) or _of_another_event(asked, other):
        return False
    if _by_both(asked, one, other):
        return True
    if _sure(one, other) and not _of_another_size(one, other) and (_answers(other) or _with_its_words(asked, other)):
        return True
    return isinstance(one.value, Quantity | Moment) and not _other_subject(asked, other) and _told_alike(asked, one, other)


def _told_alike(asked: Asked, one: Given, other: Given) -> bool:
    """Whether the words around two numbers or times are much the same, or much of them the question's."""
    first, second = around(one.said.text, one.span), around(other.said.text, other.span)
    wanted = asked_stems(asked.text)
    alike, common = shared(first, second), first & second & wanted
    if isinstance(one.value, Moment):  # many days stand in a report
        return alike >= NEARLY_ALL or (alike >= RELATED and common == wanted != frozenset())
    return (
        alike >= NEARLY_ALL
        or (alike >= SAME_THING and len(common) > ASKED_ABOUT * len(wanted))
        or (alike >= RELATED and len(common) >= MOST_ASKED * len(wanted) > 0)
    )


def _by_both(asked: Asked, one: Given, other: Given) -> bool:
    """Whether the reader takes both for answers, the second less surely, and the words around tell of the same."""
    first, second = one.said.evidence, other.said.evidence
    if other.said.answer is None or not other.said.answer.overlaps(other.span) or _of_another_size(one, other):
        return False
    if isinstance(one.value, Quantity):
        return min(first.support, second.support) >= BOTH_SUPPORT and min(first.score, second.score) >= BOTH_RELEVANCE
    if first.support < SURER or second.support < SECOND_SUPPORT or isinstance(one.value, Phrase):
        return False
    if isinstance(one.value, Moment):
        return shared(around(one.said.text, one.span), around(other.said.text, other.span)) >= SAME_THING
    wanted, held = asked_stems(asked.text), frozenset(terms(f"{other.said.before} {other.said.text}"))
    asks_person = asked.expected is Expected.PERSON and second.score >= SECOND_RELEVANCE
    return asks_person and len(wanted & held) >= SECOND_ASKED * len(wanted) > 0


def _of_another_event(asked: Asked, given: Given) -> bool:
    """Whether a day is that of a saying or of an event that is not asked about: "said on Monday", "at the launch on Friday"."""
    if not isinstance(given.value, Moment):
        return False
    before = given.said.text[: given.span.start]
    if _SAID_ON.search(before):
        return not _ASKS_SAYING.search(asked.text)
    event = _AT_EVENT.search(before)
    return event is not None and not frozenset(terms(event["event"])) & frozenset(terms(asked.text))


def _answers(given: Given) -> bool:
    """Whether the reader takes these very words for an answer to the question."""
    evidence, read = given.said.evidence, given.said.answer
    support, relevance = _ANSWERS_FROM[type(given.value)]
    return read is not None and read.overlaps(given.span) and evidence.support >= support and evidence.score >= relevance


def _sure(one: Given, other: Given) -> bool:
    first, second = one.said.evidence.support, other.said.evidence.support
    several = isinstance(one.value, Quantity | Phrase)  # that answer nothing stand in any report
    return first >= (SURER if several else SURE_BASE) and max(first, second) >= SURER


def _with_its_words(asked: Asked, given: Given) -> bool:
    """Whether a word of what is asked stands just before the value: "to be built at Split"."""
    evidence = given.said.evidence
    if evidence.support < SOME_SUPPORT or evidence.score < SOME_RELEVANCE or isinstance(given.value, Phrase):
        return False
    start, _ = clause_at(given.said.text, given.span.start)
    if isinstance(given.value, Name) and not (
        asked.expected is Expected.PLACE and _AT.search(given.said.text[: given.span.start])
    ):
        return False
    return bool(
        asked_stems(asked.text) & frozenset(terms(" ".join(given.said.text[start : given.span.start].split()[-BEFORE_VALUE:])))
    )


def of_one_tense(asked: Asked, one: Given, other: Given) -> bool:
    """What was expected beforehand is no answer to what happened, and no contradiction of it."""
    if isinstance(one.value, Moment) and isinstance(other.value, Moment):
        tenses = {tense_at(given.said.text, given.span.start, given.span.end) for given in (one, other)}
        return tenses != {Tense.PAST, Tense.COMING}
    if _ASKS_EXPECTED.search(asked.text) and not _ASKS_EXPECTED.search(other.said.text):
        return False
    ahead = [bool(_EXPECTED.search(given.said.text[max(0, given.span.start - 120) : given.span.start])) for given in (one, other)]
    return ahead[0] == ahead[1] or bool(_ASKS_AHEAD.search(asked.text)) or not _ASKS_PAST.search(asked.text)


def _other_subject(asked: Asked, given: Given) -> bool:
    """Whether the clause names others before the value, and none of whom the question names."""
    wanted = names_asked(asked.text)
    before = given.said.text[: given.span.start]
    named = frozenset(stem for name in names_of(before)[:1] for stem in terms(name.span.of(before)))
    return bool(wanted and named) and not wanted & frozenset(terms(given.said.text + " " + given.said.before))


def _of_another_size(one: Given, other: Given) -> bool:
    """Whether two numbers are too far apart for two reports of one thing: forty minutes and four months."""
    if not isinstance(one.value, Quantity) or not isinstance(other.value, Quantity):
        return False
    small, large = sorted((one.value.number, other.value.number))
    return large > FARTHEST * small


def _of_another_deed(asked: Asked, given: Given) -> bool:
    """Whether a time is that of what was said of the deed asked about: "spoke on Monday about the collapse"."""
    deed = presumed(asked.text)
    if deed is None or not isinstance(given.value, Moment):
        return False
    after = given.said.text[given.span.end :]
    if deed.verb in terms(given.said.text[: given.span.start]):
        return False
    return any(
        deed.verb in terms(match.group()) and _TOLD_OF.search(after[: match.start()]) for match in re.finditer(r"[^\W_]+", after)
    )
