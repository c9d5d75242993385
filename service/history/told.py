"""What an exchange says, put as a clause that a question can go on with."""

from __future__ import annotations

import re

from service.cast import Cast
from service.history.conversation import Exchange, names
from service.history.frame import Frame, bare, frame

CLAUSE_WORDS = 3  # from which an answer with a verb says something by itself
LONGEST_TOLD = 24  # words of an answer that is repeated as it stands
POINTS = re.compile(  # at what was said before
    r"\b(?:s?he|him|his|hers?|they|them|their|it|its|so|this|then|there|these|those|i|we|you|my|our|me)\b", re.IGNORECASE
)
_ASKS_FOR_A_THING = re.compile(r"(?:what|which)\b", re.IGNORECASE)  # without it the clause has no object
VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|did|[a-z]{3,}ed)\b")


def lowered(clause: str, cast: Cast) -> str:
    """A clause as it goes on after other words: its first letter small unless it is a name's."""
    first = clause.split(maxsplit=1)[0] if clause else ""
    if not first or first == "I" or any(name.startswith(first) for name in names(f"x {clause}", cast) if cast.figure(name)):
        return clause
    return clause[0].lower() + clause[1:] if first[1:].islower() or len(first) == 1 else clause


def told_before(exchange: Exchange, cast: Cast) -> str | None:
    """What an exchange says, as a clause: `Kestrel was silent 26 hours`."""
    read = frame(exchange.question)
    answer = exchange.short
    if answer and len(answer.split()) >= CLAUSE_WORDS and VERB.search(answer) and (read is None or read.wh):
        return lowered(answer, cast)
    if read is None or (not answer and read.topic is None and read.helper and _ASKS_FOR_A_THING.match(read.wh)):
        return None
    return read.told(lowered(answer, cast) if read.wh else "")


def asked_and_told(exchange: Exchange, cast: Cast) -> str:
    """An exchange as it stands, for a question that only its words can complete; a long answer is left out."""
    answer = exchange.short or exchange.answer.rstrip(". ")
    asked = lowered(bare(exchange.question), cast)
    return f"{asked}, {answer}" if answer and len(answer.split()) <= LONGEST_TOLD else asked


def context(read: Frame | None, exchange: Exchange, cast: Cast) -> str:
    """An exchange as words behind a colon, where no better way is known."""
    answer = exchange.short
    told = told_before(exchange, cast) if read else None
    return told or f"{lowered(bare(exchange.question), cast)}{', ' + answer if answer else ''}"
