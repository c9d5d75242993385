"""What a question takes for granted, and whether any source tells it as a fact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.normalise import terms
from service.conflicts.alike import names_asked
from service.conflicts.asked import Deed, presumed
from service.conflicts.quantities import Measure, compatible, quantities
from service.conflicts.stance import Stance, stances
from service.question import Asked, Kind
from service.telling import lies_ahead
from service.types import Said

SAID_OTHERWISE = 0.6  # the reader's support from which a sentence may tell the deed by another verb
TOLD_OTHERWISE = 0.5  # the same where a time, a place or an amount is asked for, which answer only what happened
SMALLEST_COUNT = 3  # numbers below it are said of anything: two sides, both leaders
# What is asked of any event or of any talk presumes nothing of it.
_GENERIC = frozenset(
    terms(
        """happen take place begin start end last occur go come get have do be make use need say tell call talk speak respond
        react reply answer describe explain see meet know think feel mean look find give show"""
    )
)
_ASKS_WHY = re.compile(r"\W*(?:and |but |so )?(?:why|how come|for what reason)\b", re.IGNORECASE)
_BROUGHT_UP = re.compile(
    r"\b(?:rais(?:e[ds]?|ing)|br(?:ing|ings|ought) (?:\w+ )?up|c(?:ome|omes|ame) up|discuss\w*|mention\w*|address\w*|"
    r"talk\w* (?:about|of)|spoke (?:about|of)|press(?:ed)?|touch\w* (?:up)?on|cover\w*|ask\w* about|warn\w*|complain\w*|"
    r"denounc\w*|stress\w*|concern\w*|told|agenda|follow\w* up)\b",
    re.IGNORECASE,
)
_WHETHER_BROUGHT_UP = re.compile(r"\b(?:raised|brought up|discussed|mentioned|come up|came up|addressed)\b", re.IGNORECASE)
_HAPPENED = re.compile(r"^\W*(?:did|was|were|has|have|had)\b", re.IGNORECASE)


def unbacked(asked: Asked, heard: Sequence[Said]) -> bool:
    """Whether a question takes for granted what no sentence tells as a fact, or counts otherwise than the sources do."""
    if asked.kind not in (Kind.FACT, Kind.LIST) or asked.about_each_source:
        return False
    told = [said for said in heard if not said.text.rstrip(' \u201d"').endswith("?")]
    deed = presumed(asked.text)
    known = frozenset(term for said in heard for term in terms(said.text))
    if not names_asked(asked.text) <= known or (deed is not None and not deed.about & known):
        return False  # of what nothing is heard of, nothing can be told to be false
    if deed is not None and deed.verb not in _GENERIC and not any(_tells(said, deed) for said in told):
        least = SAID_OTHERWISE if _ASKS_WHY.match(asked.text) else TOLD_OTHERWISE
        return max((said.evidence.support for said in told), default=0.0) < least
    return _miscounts(asked.text, told)


def not_brought_up(asked: Asked, sentence: str) -> bool:
    """Whether a question asks if something was brought up, and the sentence tells of no one who spoke of it."""
    return asked.kind is Kind.YES_NO and bool(_WHETHER_BROUGHT_UP.search(asked.text)) and not _BROUGHT_UP.search(sentence)


def only_expected(asked: Asked, sentence: str) -> bool:
    """Whether a question asks if something happened, and the sentence tells only that it was to."""
    return asked.kind is Kind.YES_NO and bool(_HAPPENED.search(asked.text)) and lies_ahead(sentence)


def _tells(said: Said, deed: Deed) -> bool:
    """Whether a sentence tells the deed as a fact, and of one of the things that the question names."""
    if deed.things and not deed.things & frozenset(terms(f"{said.before} {said.text}")):
        return False
    return any(stance is Stance.AFFIRMED for _, stance in stances(said.text, deed.verb)) and deed.is_about(said)


def _miscounts(question: str, told: Sequence[Said]) -> bool:
    """Whether the question counts things of a kind that the sources count, each time otherwise."""
    for asked in quantities(question):
        if asked.measure is not Measure.COUNT or not asked.counted or asked.number < SMALLEST_COUNT:
            continue
        counts = [
            one for said in told for one in quantities(said.text) if one.measure is Measure.COUNT and asked.counted <= one.counted
        ]
        if counts and not any(compatible(asked, one) for one in counts):
            return True
    return False
