"""Follow-up questions: a pronoun takes the one name that the conversation leaves for it, or stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.question import read_question
from service.types import Message, Role

_SUBJECT = re.compile(r"\b(he|she)\b", re.IGNORECASE)
_OBJECT = re.compile(r"\b(him|her)\b(?!\s+[a-z]+\s)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\b(his|her)\b(?=\s+\w)", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[^\W\d_a-z][\w\u2019'\-]*(?: [^\W\d_a-z][\w\u2019'\-]*)*")
_POSSESSIVE_END = re.compile(r"['\u2019]s?$")
READ_CHARACTERS = 2_000  # of a message: as long as a question may be
_NOT_A_PERSON = frozenset(
    """american americans chinese russian russians u.s us usa china russia beijing washington january february march april may
    june july august september october november december monday tuesday wednesday thursday friday saturday sunday i""".split()
)


def resolve(question: str, history: Sequence[Message]) -> str | None:
    """The question with its pronoun replaced by a name from the history; None if there is nothing to replace.

    Conservative: the name is the speaker whom the last user question asked about, else the only name in the last answer,
    else the only name in the last question. With none or several, nothing is replaced.
    """
    pronoun = _PRONOUN.search(question)
    if not history or pronoun is None or _people(question[: pronoun.start()]):
        return None
    name = _antecedent(history)
    if name is None:
        return None
    resolved, n_replaced = _POSSESSIVE.subn(f"{name}'s", question)
    for pattern in (_SUBJECT, _OBJECT):
        resolved, n = pattern.subn(name, resolved)
        n_replaced += n
    return resolved if n_replaced else None


def _antecedent(history: Sequence[Message]) -> str | None:
    asked = next((_bounded(message.content) for message in reversed(history) if message.role is Role.USER), "")
    answered = _bounded(history[-1].content) if history[-1].role is Role.ASSISTANT else ""
    speaker = read_question(asked).speaker
    if speaker is not None and _people(f"_ {speaker}"):
        return speaker
    for text in (answered, asked):
        people = _people(text)
        if len(people) == 1:
            return people[0]
    return None


def _bounded(text: str) -> str:
    return " ".join(text[:READ_CHARACTERS].split())


def _people(text: str) -> list[str]:
    """The distinct names in a text, a sentence's first word apart; a shorter form counts with its longer one."""
    found = dict.fromkeys(_POSSESSIVE_END.sub("", match.group()) for match in _NAME.finditer(text))
    names = [name for name in found if name.casefold() not in _NOT_A_PERSON]
    return [name for name in names if not any(name != other and name in other for other in names)]
