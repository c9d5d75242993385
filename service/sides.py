"""Sides of a call: whose words are meant by a government, a people, its capital, an institution or a role."""

from __future__ import annotations

import re

from index.normalise import fold
from service.attribution import Speakers, matches_alias, people_of
from service.attribution.people import role_words
from service.attribution.vocabulary import INSTITUTIONS, SAME_ROLE
from service.types import Attribution

# As coverage of calls writes: seat of government, state, its people and adjective.
_STATES = (
    "washington unitedstates american americans|beijing china chinese|moscow russia russian russians|"
    "kremlin russia russian russians|kyiv ukraine ukrainian ukrainians|london britain british|paris france french|"
    "berlin germany german germans|rome italy italian italians|madrid spain spanish|warsaw poland polish|"
    "brussels europe european europeans|ankara turkey turkish|jerusalem israel israeli israelis|"
    "tehran iran iranian iranians|riyadh saudi saudis|cairo egypt egyptian|delhi india indian indians|"
    "islamabad pakistan pakistani|tokyo japan japanese|seoul korea korean|pyongyang korea korean|"
    "taipei taiwan taiwanese|canberra australia australian australians|ottawa canada canadian canadians"
)
SEATS = frozenset(row.split()[0] for row in _STATES.split("|"))
_STATE_OF = {word: row.split()[1] for row in _STATES.split("|") for word in row.split()}
# Institutions that speak for a state without naming it.
_HOUSES = {
    "white house": "unitedstates",
    "pentagon": "unitedstates",
    "downing street": "britain",
    "state department": "unitedstates",
}
_UNITED_STATES = re.compile(r"\b(?:u\.\s?s\.|usa|united states(?: of america)?)(?!\w)|(?<![a-z])US(?![a-z])")
_SIDE_WORDS = frozenset(
    "side sides officials official government authorities people team delegation leadership camp leaders leader".split()
)
# Who speaks for nobody but themselves, whatever their country.
_PRIVATE = frozenset(
    "former ex analyst expert reporter journalist correspondent resident professor researcher citizen investor student".split()
)
_MAKERS = frozenset("company firm manufacturer maker contractor union bureau".split())


def side_of(alias: str) -> str | None:
    """The state that an alias stands for: `the Chinese side`, `Beijing`, `the White House`; None if it stands for none."""
    told = _states(alias)
    rest = set(_words(alias)) - _SIDE_WORDS - set(_STATE_OF) - {"unitedstates"}
    is_plain = not rest or " ".join(_words(alias)) in _HOUSES
    return next(iter(told)) if len(told) == 1 and is_plain else None


def speaks_for(speakers: Speakers, attribution: Attribution, alias: str) -> bool:
    """Whether words are those of an alias: a name of any length, a role that the document ties to the speaker, a side."""
    if attribution.speaker is None:
        return False
    if matches_alias(attribution, alias):
        return True
    roles = _roles_of(speakers, attribution.speaker)
    side = side_of(alias)
    if side is not None:
        return _is_of_side(attribution.speaker, roles, side)
    wanted = role_words(alias)
    if not wanted or alias[:1].isupper():
        return False
    described = role_words(attribution.speaker)
    if any(_fits(wanted, role) for role in [*roles, *([described] if attribution.speaker[0].islower() else [])]):
        return True
    # "the union" is also its secretary.
    return bool(set(wanted) & (INSTITUTIONS | _MAKERS)) and any(set(wanted) <= set(role) for role in [*roles, described])


def _is_of_side(speaker: str, roles: list[tuple[str, ...]], side: str) -> bool:
    told = [_words(speaker), *map(list, roles)]
    return any(side in _states(" ".join(words)) and not _PRIVATE & set(words) for words in told)


def _roles_of(speakers: Speakers, name: str) -> list[tuple[str, ...]]:
    """The roles that the document gives a speaker."""
    words = fold(name).split()
    return [role for role, bearer in people_of(speakers).roles if fold(bearer).split() == words]


def _fits(wanted: tuple[str, ...], role: tuple[str, ...]) -> bool:
    if not role:
        return False
    head = SAME_ROLE.get(wanted[-1], wanted[-1]) == SAME_ROLE.get(role[-1], role[-1])
    return head and set(wanted[:-1]) <= set(role)


def _words(text: str) -> list[str]:
    text = fold(_UNITED_STATES.sub(" unitedstates ", text if "US" in text else text.lower()))
    return [word for word in re.findall(r"[^\W_]+", text) if word not in ("the", "a", "an", "s")]


def _states(text: str) -> set[str]:
    words = _words(text)
    joined = " ".join(words)
    found = {_STATE_OF[word] for word in words if word in _STATE_OF}
    found |= {state for house, state in _HOUSES.items() if house in joined}
    return found | ({"unitedstates"} & set(words))
