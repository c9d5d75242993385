"""What `that company`, `the deal` and `that ship` mean: what the exchanges before call so, or the one body that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.normalise import STOP_WORDS
from service.cast import Cast
from service.history.alike import alike
from service.history.conversation import Exchange, head_only, names, same
from service.history.kinds import Kind, kind_of
from service.history.unclear import Unclear
from service.history.words import AUXILIARIES, STARTS

_DEFINITE = re.compile(
    r"\b(?P<article>that|this|the) (?P<noun>[a-z][a-z-]{2,})\b"
    r"(?! (?:of|at|in|between|from|for|with|to|by|on|that|who|which)\b|['\u2019]s? [a-z])(?!\s+(?-i:[^\W\d_a-z]))",
    re.IGNORECASE,
)
# What bodies are called, whatever else is known of them.
_BODY_NOUNS = frozenset(
    """company firm group bank airline operator maker manufacturer carrier supplier contractor builder union party newspaper paper
    agency ministry club broadcaster outlet retailer utility regulator brewery insurer""".split()
)
_NUMBER_NOUNS = frozenset("number figure sum amount total count price".split())
_NUMBER = re.compile(r"\b\d[\d.,]*\b")
_NO_NOUNS = frozenset(
    """one ones same other others first last next second third time day way matter call question point case way thing rest most
    more right true why how what when where who said did was were has had will would could does not all are can""".split()
)
_MODIFIER = re.compile(r"[^\W\d_][\w\u2019'-]*")
_NAME = r"[^\W\d_a-z][\w\u2019'-]*"
_TAIL = rf"(?P<tail>(?: (?:at|of|in|on|from|between|near|to) (?:the )?{_NAME}(?: {_NAME}){{0,2}})|(?: {_NAME}){{1,3}})?"
MOST_MODIFIERS = 3  # words before a noun that belong to it


def resolve_definite(question: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """The question with such a description told in full; several that it may mean equally well are unclear."""
    for match in _DEFINITE.finditer(question) if told else ():
        noun = match["noun"].casefold()
        points = match["article"].casefold() != "the"
        if noun in _NO_NOUNS or noun in AUXILIARIES | STARTS | STOP_WORDS or noun.endswith(("s", "ly")) or head_only(noun):
            continue
        if points and noun in _NUMBER_NOUNS:
            given = tuple(dict.fromkeys(_NUMBER.findall(told[-1].answer)))
            return Unclear(match.group().casefold(), given, of_thing=True) if len(given) > 1 else question
        if not points and names(f"x {question}", cast):
            continue
        meant = list(_meant(noun, question, told, cast))
        if len(meant) > 1:
            return Unclear(match.group().casefold(), tuple(meant), of_thing=True)
        if meant:
            return f"{question[: match.start()]}{meant[0]}{question[match.end() :]}"
    return question


def _meant(noun: str, question: str, told: Sequence[Exchange], cast: Cast) -> Iterator[str]:
    """What the nearest exchange that has any calls so; of a word for bodies also those that it names."""
    listed = alike(told[-1], cast)
    if listed and noun in _BODY_NOUNS and all(kind_of(one, cast) is not Kind.PERSON for one in listed):
        yield from listed
        return
    if listed and any(noun == term for term in _singular(told[-1].question)):
        yield from listed
        return
    for exchange in reversed(told[-2:]):
        for text in (exchange.answer, exchange.question):
            found = list(dict.fromkeys(_called(noun, text)))
            if found:
                yield from found
                return
        if noun in _BODY_NOUNS:
            bodies = _bodies(exchange, question, cast)
            if bodies:
                yield from bodies
                return


def _singular(text: str) -> Iterator[str]:
    """The plural nouns of a text, as one of them is called."""
    return (word[:-1] for word in text.casefold().rstrip("?").split() if word.endswith("s"))


def _called(noun: str, text: str) -> Iterator[str]:
    """The phrases of a text that end in a noun and say more than it: `the rice ship`, `the crossing at Ollague`."""
    for match in re.finditer(rf"\b(?i:{re.escape(noun)})\b{_TAIL}", text):
        before = text[: match.start()].split(" ")[:-1]
        kept: list[str] = []
        for word in reversed(before[-MOST_MODIFIERS:]):
            if not _MODIFIER.fullmatch(word) or word.casefold() in STOP_WORDS | AUXILIARIES | STARTS | {"much", "many"}:
                break
            kept.insert(0, word)
        lower = [word for word in kept if word[0].islower()]
        if any(word.endswith(("ed", "ing", "ly")) for word in lower):
            kept = [word for word in kept if word not in lower]
        tail = match["tail"] or ""
        head = text[match.start() : match.end() - len(tail)]
        if kept or tail:
            yield " ".join(["the", *kept, head]) + tail


def _bodies(exchange: Exchange, question: str, cast: Cast) -> list[str]:
    """The names of bodies in an answer, else in its question; or the only name there that is no person's."""
    for text in (exchange.answer, exchange.question):
        named = [one for one in names(f"x {text}", cast) if kind_of(one, cast) is not Kind.PERSON]
        new = [one for one in named if not any(same(one, other) for other in names(f"x {question}", cast))]
        bodies = [one for one in new if kind_of(one, cast) is Kind.BODY]
        if bodies or len(new) == 1:
            return bodies or new
    return []
