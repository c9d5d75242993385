"""What a question asks for by its name: the thing behind "which" or "what is the", and what somebody did behind "who"."""

from __future__ import annotations

import re
from functools import lru_cache

from index.normalise import content_terms, terms

LACKS_THING = 0.25  # what is left of a judgement where the passage does not name the thing: "Which hospital ..."
LACKS_DEED = 0.4  # and where it does not name the deed: "Who interpreted ..."; more often said in other words
_MORE = r"(?:[a-z-]+ ){0,2}?"
_AFTER = (
    r"(?= (?:of|for|in|on|that|who|which|by|to|at|with|whose|between|from|behind|about|after|before|during|over|under|[A-Z])|\?)"
)
_THINGS = (
    re.compile(rf"\b[Nn]ames? of the (?P<thing>{_MORE}[a-z-]+){_AFTER}"),
    re.compile(
        r"\b(?:[Ww]hat|[Ww]hich) (?P<thing>(?:[\w'\u2019-]+ ){1,3}?)"
        r"(?:is|was|are|were|do|does|did|has|have|had|will|would|can|could|may|must|should)\b"
    ),
    re.compile(
        r"\b(?:[Ww]hat|[Hh]ow (?:much|large|big|high|long|old|great)) (?:is|was|are|were) "
        rf"(?:the |(?:[A-Z]\w+ )*[A-Z]\w+['\u2019]s )(?P<thing>{_MORE}[a-z-]+){_AFTER}"
    ),
)
_DEED = re.compile(
    r"^\W*(?:[Ww]ho|[Ww]hich(?: [\w'\u2019-]+){1,3}?|[Ww]hat) (?:\w+ly )?"
    r"(?P<deed>[a-z]{4,}(?:ed|es|s|te|le|de|ns|ew|ent|oke|ame|ave|ang|ote|ught))\b(?! (?:not|been|be)\b)"
)
# What has no name of its own in most texts: "What outcome ...", "Which people ..."
_ANY_THING = frozenset(
    content_terms(
        """time day date year month week kind sort thing way part side company people person man woman name country place reason
        group leader one source report article topic issue language word else number amount figure concern subject role point
        outcome result reaction response purpose aim mood term step event answer action measure area fact career job"""
    )
)
_ANY_DEED = frozenset(
    terms(
        """says said does told asked called raised came comes made makes gave gives gets goes went takes talked spoke discussed
        mentioned happens uses used worries leads thinks confirmed believes described has was"""
    )
)


def left_without(question: str, passage: str) -> float:
    """What is left of a judgement of a passage's sentence: 1 unless the question wants a thing or deed that the passage lacks.

    Passages on the right subject stand nearest to a question that nothing answers; what they lack is the very thing asked for.
    """
    thing, deed = wanted_thing(question), wanted_deed(question)
    if thing is not None and thing not in _terms(passage):
        return LACKS_THING
    return LACKS_DEED if deed is not None and deed not in _terms(passage) else 1.0


@lru_cache(maxsize=256)
def wanted_thing(question: str) -> str | None:
    """The term of the thing that a question asks for by name: `hospit` of "Which hospital are they in?"."""
    for form in _THINGS:
        match = form.search(question)
        small = [word for word in match["thing"].split() if word[0].islower()] if match else []
        if small:
            found = content_terms(small[-1])
            return found[-1] if found and found[-1] not in _ANY_THING else None
    return None


@lru_cache(maxsize=256)
def wanted_deed(question: str) -> str | None:
    """The term of what a question says that somebody or something did: `interpret` of "Who interpreted for them?"."""
    match = _DEED.search(question)
    found = content_terms(match["deed"]) if match else []
    return found[-1] if found and found[-1] not in _ANY_DEED else None


@lru_cache(maxsize=256)
def _terms(passage: str) -> frozenset[str]:
    """Each sentence of a passage asks for them."""
    return frozenset(terms(passage))
