"""Sides of a call: which speakers are meant by a government, a people, its capital, an institution or a role."""

from __future__ import annotations

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
