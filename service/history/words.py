"""The words by which a question's parts are told apart."""

from __future__ import annotations

from service.attribution.vocabulary import DETERMINERS, PREPOSITIONS

AUXILIARIES = frozenset(
    """is are was were do does did has have had will would can could shall should may might must isn't aren't wasn't weren't
    don't doesn't didn't hasn't haven't hadn't won't wouldn't can't couldn't shouldn't""".split()
)
BE = frozenset("is are was were isn't aren't wasn't weren't".split())
HAVE = frozenset("has have had hasn't haven't hadn't".split())
ASKING = frozenset("what who whom whose which when where why how".split())
STARTS = PREPOSITIONS | {"since", "until", "up", "out", "off", "per", "without", "behind", "above", "below"}
ARTICLES = DETERMINERS | {"all", "no", "more", "much", "how"}
PRONOUNS = frozenset(
    "he she it they there we you i that this these those one anyone anybody someone somebody everyone nobody".split()
)
