"""Whose spokesman, secretary or minister is meant: `its` before a person is a body's, never a thing's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.cast import Cast
from service.history.conversation import Exchange, head_only, names
from service.history.kinds import Kind, kind_of
from service.history.unclear import Unclear

_ITS = re.compile(r"\b(?P<its>its) (?P<noun>[a-z][\w-]*(?: [a-z][\w-]*){0,3})", re.IGNORECASE)
_THE = re.compile(r"\b[Tt]he (?P<noun>[a-z][\w-]*(?: [a-z][\w-]*)?)")


def resolve_owners(question: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """The question with `its` before a person told by the one body of the last exchange that names any; several are unclear."""
    match = _ITS.search(question)
    if match is None or head_only(match["noun"]) is None or _bodies(question[: match.start()], cast):
        return question
    for exchange in reversed(told):
        bodies = _bodies(exchange.question, cast) or _bodies(exchange.answer, cast)
        if len(bodies) > 1:
            return Unclear("its", tuple(bodies))
        if bodies:
            return f"{question[: match.start()]}{bodies[0]}'s{question[match.end('its') :]}"
    return question


def _bodies(text: str, cast: Cast) -> list[str]:
    """The institutions and companies that a text names or describes."""
    described = [f"the {noun}" for match in _THE.finditer(text) for noun in _shortened(match["noun"])]
    named = [*names(f"_ {text}", cast), *described]
    return list(dict.fromkeys(one for one in named if kind_of(one, cast) is Kind.BODY))


def _shortened(noun: str) -> list[str]:
    """The noun as far as it may be a body's: `ministry say` is `ministry`."""
    first, _, _ = noun.partition(" ")
    return [noun, first] if noun != first else [noun]
