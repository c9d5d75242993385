"""The person that a document's byline names."""

from __future__ import annotations

import re

from service.attribution.names import unrole
from service.attribution.vocabulary import INSTITUTIONS

# Two to four words: given names, initials, particles and a family name. One word is as often a desk or a pen name.
_CAPITALISED = r"[^\W\d_a-z][\w'\u2019\-]*"
_PERSON = re.compile(
    rf"{_CAPITALISED}(?: (?:[^\W\d_a-z]\.|de|da|del|della|der|den|di|dos|van|von|bin|al|el|ten|{_CAPITALISED})){{1,3}}"
)
_BY = re.compile(r"(?i:by|from)\s+")
_DESKS = frozenset("staff news newsroom team desk editors editorial reporters correspondents wire wires online web admin".split())


def author(byline: str | None) -> str | None:
    """The one person named, without role; None where nobody, several, an agency or an address is."""
    if byline is None:
        return None
    name = unrole(_BY.sub("", byline.strip(), count=1))
    if not _PERSON.fullmatch(name) or {word.casefold() for word in name.split()} & (INSTITUTIONS | _DESKS):
        return None
    return name
