"""What a question asks for: its kind, whose words it wants, and what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from index.normalise import content_terms
from index.reader.expects import Expected, asks_whether, expected


class Kind(StrEnum):
    """How many statements an answer needs, and of which form."""

    FACT = "fact"
    LIST = "list"
    OVERVIEW = "overview"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read. `speaker` is the one whose words are asked for, as the question names them.

    `topic` is what their words are to be about, or what is asked to have come up (`brought_up`), or who brought it up (`by_whom`).
    `has_topic` tells "a summary of the dispute over technology" from "what was discussed?".
    `days` are the days, months or ranges that its relative dates mean for the asker.
    """

    text: str
    kind: Kind
    expected: Expected
    speaker: str | None
    asks_who_said: bool
    about_each_source: bool
    has_topic: bool
    topic: str | None
    brought_up: bool
    by_whom: bool = False
    days: tuple[str, ...] = ()


_SAY = r"(?:say|said|tell|told|claim|argue|state|think(?! tanks?\b)|describe|warn|add|report|mention|suggest|explain|reply|answer|stress|note|believe|call|react|respond|ask)"
_SPEAKER = re.compile(
    rf"\b(?:what|how|why|where|when|which [\w ]+?)\s+(?:did|does|do|has|had|was|is)\s+(?P<speaker>[^,?]{{2,50}}?)\s+(?:also\s+|then\s+)?{_SAY}\b"
    rf"|\baccording to (?P<source>[^,?]{{2,50}}?)(?=[,?]|\s+(?:what|how|who|why|when|where)\b|$)"
    rf"|\bin (?P<view>[^,?]{{2,40}}?)['\u2019]s? (?:view|opinion|words|account)\b",
    re.IGNORECASE,
)
_WHO_SAID = re.compile(
    rf"^\W*who(?:m|se)?\b.*\b(?:{_SAY}|says|used the word|confirmed|quoted|words|wanted to know|raised the question|put the question)\w*\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:about|regarding|concerning|on the (?:subject|topic|matter) of)\s+(?P<topic>[^?]{2,120})", re.IGNORECASE
)
_OVERVIEW_TOPIC = re.compile(
    r"\b(?:summary|overview|account|gist|rundown|recap|dispute|debate|row|discussion|exchange|talks?|tensions?|differences?) (?:of (?:the )?\w+ )?(?:over|on|about) "
    r"(?P<topic>[^?]{2,120})",
    re.IGNORECASE,
)
_BROUGHT_UP = re.compile(
    r"^\W*(?:and |but |so )?(?:did|was|were|has|have|had) (?:(?P<subject>[^?]{2,80}?) (?:also |ever |even |been |being )?"
    r"(?:come up|came up|raised|brought up|discussed|mentioned|addressed|touched on)\b"
    r"|[^?]{2,60}? (?:discuss|raise|mention|bring up|talk about|speak about|address|touch on|press [^?]{1,40}? (?:on|over|about)) "
    r"(?P<object>[^?]{2,80}))",
    re.IGNORECASE,
)
_BY_WHOM = re.compile(
    r"^\W*(?:and |but |so )?who (?:\w+ )?(?:raised|raises|brought up|mentioned|mentions|discussed|addressed|touched on) (?P<topic>[^?]{2,80})",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^(?:he|she|it|they|we|i|you|both|the (?:two )?(?:leaders|sides|presidents|documents?|articles?|reports?|sources?))$",
    re.IGNORECASE,
)
_OVERVIEW = re.compile(
    r"\bsummar|\boverview\b|\bmain (?:points?|topics?|issues?|subjects?|themes?|takeaways?)\b|\bkey (?:points?|topics?|issues?|takeaways?)\b|"
    r"\bwhat (?:all )?(?:was|were|got|did (?:they|the (?:two )?\w+|\w+ and \w+)) (?:all )?(?:discuss|talk|cover|raise|go over|come up)|"
    r"\bwhat (?:(?:topics|issues|subjects|things) )?(?:came|come) up\b|\bwhich (?:topics|issues|subjects)\b|\bwhat (?:topics|issues|subjects)\b|"
    r"\bwhat happened (?:on|in|during) the\b|\bwhat (?:was|is) the (?:phone )?(?:call|conversation|interview|meeting|talk) about\b|"
    r"\btell me about the\b|\bgive me the gist\b|\bwhat do (?:the|these) (?:documents|articles|reports|sources) (?:say|report|cover)\b|\brundown\b|\brecap\b",
    re.IGNORECASE,
)
_SOURCES = r"(?:reports?|articles?|documents?|sources?|sides?|accounts?|outlets?|papers?)"
_EACH_SOURCE = re.compile(
    rf"\b(?:each|both|either|two) (?:of the )?{_SOURCES}\b|\bcompare\b|\bdiffer\w*\b|\bversions?\b|\bone {_SOURCES}\b|\bin each\b|"
    rf"\b{_SOURCES} (?:dis)?agree\b|\bcontradict|\bby [\w. ]+ and by [\w. ]+",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b[^\W\d_a-z]\w*")
# What an overview is asked in, whatever the call was about.
_GENERIC = frozenset(
    content_terms(
        """summary summarise summarize overview main key point topic issue subject theme takeaway discuss discussion talk cover raise go
        come up call phone conversation interview meeting meet speak happen leader president side document article report source
        give gist rundown recap matter agenda two both whole brief short end list thing name everything quick please could news"""
    )
)
_TALKERS = re.compile(  # "did biden and xi" talk about
    r"\b(?:did|do|does|have|has|had)\s+[\w.' \u2019-]{2,60}?(?=\s+(?:talk|discuss|speak|spoke|cover|go over)\w*\b)", re.IGNORECASE
)
_SEVERAL = r"[a-z]+(?<![su'\u2019i])s"  # a plural, as far as its ending tells: not "process", "virus", "crisis"
_LIST = re.compile(
    r"^\W*list\b|\ba list of\b|\bname (?:all|the|two|three)\b|\b(?:which|what) (?:two|three|four)\b|\ball the\b|"
    rf"\b(?:which|what) (?!the\b)(?:[\w'\u2019-]+ ){{0,2}}?{_SEVERAL} (?:are|were|did|do|has|have|had|will|would|can|could|of)\b|"
    rf"\bwhat (?:are|were) (?:the|all|some|his|her|their|both|(?:[\w.]+ )?[\w.]+['\u2019]s? {_SEVERAL})\b",
    re.IGNORECASE,
)


_PRESUMED = re.compile(
    r"^\W*(?:and |but |so )?(?:(?:why|how come|for what reason|what for)\s+(?P<asked>(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could)(?:n['\u2019]t)?\b.+)"
    r"|what (?:made|makes|caused|led|drove|prompted)\s+(?P<told>.+))$",
    re.IGNORECASE,
)


def premise(text: str) -> str | None:
    """What a question takes for granted, as a yes/no question: "Why did they meet?" gives "Did they meet?"; None if unclear."""
    match = _PRESUMED.match(" ".join(text.split()))
    if match is None:
        return None
    if match["told"]:
        return f"Did {match['told']}"
    return match["asked"][0].upper() + match["asked"][1:]


_ASKING = r"(?:how|what|when|where|who|whom|whose|why|which)"
_BOTH = re.compile(rf"^(?P<one>{_ASKING}) and (?P<other>{_ASKING})\b(?P<rest>.+)$", re.IGNORECASE)
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)"
_FURTHER = re.compile(
    rf"(?:,| \u2014|;|\?)? and (?:also )?(?={_ASKING}\b(?: (?!{_ASKING})[\w\u2019'-]+){{0,3}}? {_AUXILIARY} [^?]*)|\? (?:Also,? )?(?={_ASKING}\b)",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"^\W*(?:{_ASKING}|{_AUXILIARY})\b", re.IGNORECASE)
_CUT_SHORT = re.compile(
    rf"\b{_ASKING}$|^(?:which|whose|how (?:many|much)) \S+$", re.IGNORECASE
)  # "Which leaders | and which ministers came?"
MAX_PARTS = 3


def parts(text: str) -> tuple[str, ...]:
    """The questions that a question is made of, each asked in full: "When and where did they meet?" is two; else itself."""
    text = " ".join(text.split())
    both = _BOTH.match(text)
    if both:
        return (f"{both['one']}{both['rest']}", f"{both['other'].capitalize()}{both['rest']}")
    cut = [piece.strip(" ?.,;") for piece in _FURTHER.split(text, maxsplit=MAX_PARTS - 1)]
    full = all(_BEGINS.match(piece) and content_terms(piece) and not _CUT_SHORT.search(piece) for piece in cut)
    if len(cut) == 1 or not full or _OVERVIEW.search(text) or _EACH_SOURCE.search(text):
        return (text,)
    return tuple(f"{piece[0].upper()}{piece[1:]}?" for piece in cut)


def read_question(text: str) -> Asked:
    """The question's kind and constraints, from its wording alone. White space is folded: patterns then take linear time."""
    text = " ".join(text.split())
    kind = Kind.FACT
    if _OVERVIEW.search(text):
        kind = Kind.OVERVIEW
    elif _LIST.search(text) or _EACH_SOURCE.search(text):
        kind = Kind.LIST
    elif asks_whether(text):
        kind = Kind.YES_NO
    raised, by_whom = _BROUGHT_UP.search(text), _BY_WHOM.search(text)
    return Asked(
        text=text,
        kind=kind,
        expected=expected(text),
        speaker=_speaker(text),
        asks_who_said=bool(_WHO_SAID.search(text)),
        about_each_source=bool(_EACH_SOURCE.search(text)),
        topic=raised["subject"] or raised["object"] if raised else by_whom["topic"] if by_whom else _topic(text, kind),
        brought_up=bool(raised),
        by_whom=bool(by_whom),
        has_topic=_beyond_the_call(_NAMED.sub(" ", _TALKERS.sub(" ", text))),
    )


def _topic(text: str, kind: Kind) -> str | None:
    """What words are to be about: "Taiwan", not "the phone" of "What did they talk about on the phone?"."""
    match = _TOPIC.search(text) or (_OVERVIEW_TOPIC.search(text) if kind is Kind.OVERVIEW else None)
    return match["topic"] if match and _beyond_the_call(match["topic"]) else None


def _beyond_the_call(text: str) -> bool:
    return any(term not in _GENERIC for term in content_terms(text))


def _speaker(text: str) -> str | None:
    match = _SPEAKER.search(text)
    if match is None:
        return None
    named = next(group for group in match.groups() if group).strip()
    return None if _PRONOUN.match(named) or not content_terms(named) else named
