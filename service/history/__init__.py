"""Follow-up questions in full, from the conversation before them, without a language model; what is unclear is asked back.

The order: what is cut short is filled first, then words that stand for persons, then those for things, places and days.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.cast import Cast
from service.history.comparison import resolve_comparison
from service.history.conversation import Exchange, exchanges
from service.history.definite import resolve_definite
from service.history.ellipsis import resolve_ellipsis
from service.history.frame import bare
from service.history.frame import question as as_question
from service.history.owners import resolve_owners
from service.history.persons import resolve_persons, resolve_roles
from service.history.propositions import resolve_propositions
from service.history.things import resolve_things, short_answer
from service.history.unclear import Unclear
from service.types import Message

__all__ = ["Resolution", "Unclear", "mentions", "needs_cast", "resolve"]

_RUN_TOGETHER = re.compile(  # "whos going to lead it", "when's the first one due"
    r"\b(?P<wh>who|what|where|when|why|how)(?:['\u2019]s|(?<=who)s|(?<=what)s|(?<=where)s)\b", re.IGNORECASE
)
_BACK_TO = re.compile(
    r"^\W*(?:(?:no|ok|okay|and|but|so|sorry|thanks|thx|please)\b[, ]*)*(?:let['\u2019]?s )?(?:go(?:ing)? )?back to "
    r"(?P<what>[^,.:;?!]{2,40}?)(?: please)?(?:[,.:;!]| -| \u2013)+\s*(?P<rest>\S.*\s.*)$",
    re.IGNORECASE,
)
_HE_OR_SHE = re.compile(r"\b(?:he|she|him|her|his)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A question in full, None if it is complete by itself; or what is unclear in it, and then it must be asked back."""

    question: str | None = None
    unclear: Unclear | None = None


def needs_cast(question: str, history: Sequence[Message]) -> bool:
    """Whether resolving looks at whom the documents name."""
    return bool(history) or bool(_HE_OR_SHE.search(question))


def mentions(question: str, history: Sequence[Message]) -> str:
    """The words to find documents by that know whom a conversation speaks of: its last exchanges and the question."""
    last = exchanges(history)[-2:]
    return " ".join([question, *(f"{one.question} {one.answer}" for one in reversed(last))])


def resolve(question: str, history: Sequence[Message], cast: Cast) -> Resolution:
    """The question with what it leaves out or only points at.

    Earlier questions are resolved the same way first, so that a chain of follow-ups keeps its subject.
    """
    told: list[Exchange] = []
    for exchange in exchanges(history):
        full = _full(exchange.question, told, cast)
        asked = replace(exchange, question=full) if isinstance(full, str) else exchange
        told.append(replace(asked, short=short_answer(asked, cast)))
    full = _full(" ".join(question.split()), told, cast)
    if isinstance(full, Unclear):
        return Resolution(unclear=full)
    if _words(full) == _words(question):
        return Resolution()
    whole = as_question(bare(full))
    again = _full(whole, told, cast)
    if isinstance(again, Unclear):
        return Resolution(unclear=again)
    # What would be resolved again to something else was not plain.
    return Resolution(whole if _words(again) == _words(whole) else None)


def _full(question: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    back = _BACK_TO.match(question) if told else None
    if back:
        return _gone_back(back["what"], back["rest"], told, cast)
    filled = resolve_ellipsis(_RUN_TOGETHER.sub(r"\g<wh> is", question), told, cast)
    if isinstance(filled, Unclear):
        return filled
    for rule in (resolve_persons, resolve_roles, resolve_owners, resolve_definite, resolve_comparison):
        found = rule(filled, told, cast)
        if isinstance(found, Unclear):
            return found
        filled = found
    return resolve_things(resolve_propositions(filled, told, cast), told, cast)


def _gone_back(what: str, asked: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """`Back to Matar, why was he let go?`: as if he had been asked about just before, and named if the question does not."""
    full = _full(asked, [*told, Exchange(f"{'Who' if what[0].isupper() else 'What'} is {what}?", "")], cast)
    if isinstance(full, Unclear):
        return full
    head = _words(what)[-1]
    return full if head in _words(full) else f"{bare(full)}: {what}?"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
