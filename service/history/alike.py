"""Whether an exchange tells of several alike, so that "it" or "that one" may be any of them."""

from __future__ import annotations

import re

from service.cast import Cast
from service.dates.expressions import MONTHS, WEEKDAYS
from service.history.conversation import Exchange, head_only, names, same
from service.history.frame import frame
from service.history.kinds import Kind, kind_of

_SEVERAL_ASKED = re.compile(r"^(?:which|what)\b.*\b[a-z]{3,}(?<![sui])s(?: of .+)?$", re.IGNORECASE)
_ONE_AND_OTHER = re.compile(r"\bone\b.*\b(?:and|but) (?:a second|another|the other)\b", re.IGNORECASE)
_PAIR = re.compile(r"^the (?P<one>[a-z][\w ]{2,30}?) and the (?P<other>[a-z][\w ]{2,30})$", re.IGNORECASE)
_CALENDAR = frozenset([*MONTHS, *WEEKDAYS])
_OF = re.compile(r"\sof\s")
_JOINED = re.compile(r"\s(?:and|or)\s|,")


def alike(exchange: Exchange, cast: Cast) -> tuple[str, ...]:
    """Those of whom one may be meant: the several that were asked for, or of which the question told; empty if it is one."""
    read = frame(exchange.question)
    pair = _PAIR.match(read.subject) if read else None
    if pair:
        return (f"the {pair['one']}", f"the {pair['other']}")
    if _ONE_AND_OTHER.search(exchange.answer):
        return ("the one", "the other")
    if read is None or not _SEVERAL_ASKED.match(read.wh) or not _JOINED.search(exchange.answer):
        return ()
    asked, persons = names(f"x {exchange.question}", cast), head_only(_OF.split(read.wh)[0].split()[-1][:-1]) is not None
    found = [
        name
        for name in names(f"x {exchange.answer}", cast)
        if not (persons and kind_of(name, cast) is Kind.PERSON)
        and not any(word.casefold() in _CALENDAR for word in name.split())
        and not any(same(name, one) for one in asked)
    ]
    return tuple(found) if len(found) > 1 else ()
