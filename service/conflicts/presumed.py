"""What a question takes for granted: who did what, by the form in which it asks for more of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from index.normalise import STOP_WORDS, content_terms, terms
from service.conflicts.alike import names_asked
from service.conflicts.asked import Deed, participle_at
from service.verbs import PASTS, VERBS

_PAST = r"did|was|were|has|have|had"
_ANY_TIME = rf"{_PAST}|does|do|is|are|will|would"
_NOT = r"(?:n['\u2019]t)?"
_LEAD = r"^\W*(?:and |but |so )?"
_END = r"(?:,? according to .*)?\W*$"


class Form(Enum):
    """What is asked of a deed."""

    REASON = auto()
    CIRCUMSTANCE = auto()  # its time, its place, to whom
    AMOUNT = auto()
    MANNER = auto()
    OBJECT = auto()
    AGENT = auto()
    ASIDE = auto()  # it only dates what is asked: "when they refused to pay"


@dataclass(frozen=True, slots=True)
class Presumed:
    """A deed that a question takes for granted, and the form of the question."""

    deed: Deed
    form: Form
    supposed: bool = False  # asked of what may come or might have come: "Why would ..."
    negated: bool = False
    subject: frozenset[str] = frozenset()  # the stems of who did it, where the question names them before the verb


_WHEN = r"when|where|(?:to|by|with|from|against) whom|how often"
_HOW_MUCH = r"how (?:much|many)\b(?P<counted>[\w\s'\u2019-]{0,40}?)"
_OF_NOUN = rf"(?:\s(?!{_ANY_TIME}|the\b|happened\b)[\w'\u2019-]+)(?:\s(?!{_ANY_TIME})[\w'\u2019-]+){{0,5}}?"
_OF_KIND = r"(?P<counted>[\w\s'\u2019-]{2,30}?)"
_FORMS = (
    (Form.REASON, rf"(?:why|how come|for what reason)\s+(?P<helper>{_ANY_TIME}){_NOT}\s+(?P<told>.+?)"),
    (Form.CIRCUMSTANCE, rf"(?:{_WHEN})\s+(?P<helper>{_PAST}){_NOT}\s+(?P<told>.+?)"),
    (Form.AMOUNT, rf"{_HOW_MUCH}\s+(?P<helper>{_PAST}){_NOT}\s+(?P<told>.+?)"),
    (Form.MANNER, rf"how\s+(?P<helper>{_PAST})\s+(?P<told>.+?)"),
    (Form.OBJECT, rf"(?:what|which)\b(?P<counted>{_OF_NOUN})?\s+(?P<helper>{_PAST}){_NOT}\s+(?P<told>.+?)"),
    (
        Form.AGENT,
        rf"(?:who(?: (?:at|in|of|from) [\w\s.]+?)?|whom|which {_OF_KIND})\s+(?P<helper>was|were)\s+(?P<told>\w+(?:ed|en)\b.*?)",
    ),
)
_PATTERNS = tuple((form, re.compile(_LEAD + pattern + _END, re.IGNORECASE)) for form, pattern in _FORMS)
_BY_PAST = re.compile(_LEAD + r"(?P<who>(?:who|which|what|how many|how much)\b.*?)" + _END, re.IGNORECASE)
_ASIDE = re.compile(
    r"\s(?:when|after|before|while)\s(?P<who>(?:(?:the|their|his|her|its) )?(?!(?:the|an?|their|his|her|its)\b)[\w.'\u2019-]+"
    r"(?: [\w.'\u2019-]+){0,3}?)"
    r"\s(?P<told>\w+ed\b.*?)\W*$",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s(?:when|after|before|while|as|since|because|if|until|during)\s.*$", re.IGNORECASE)
_ING = re.compile(r"[^\W\d_]{3,}ing$")
_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
_BEFORE_NOUN = frozenset("the a an his her its their our my this that these those no any of in to for on at with from by".split())
_MODAL = ("will", "would")
_NEGATES = re.compile(r"\b(?:not|never|no|nobody|nothing|without)\b|n['\u2019]t\b", re.IGNORECASE)
_WOULD = re.compile(r"\b(?:would|could|might) have\b", re.IGNORECASE)
# What is asked of any event or of any talk presumes nothing of it.
_GENERIC = frozenset(
    terms(
        """happen take place begin start end last occur go come get have do be make use need say tell call talk speak respond
        react reply answer describe explain see meet know think feel mean look"""
    )
)
_LIGHT = frozenset(terms("find give show"))
_SPEECH = frozenset(
    terms(
        """said told announce ask warn write confirm deny claim add stress note mention report argue suggest wonder question
        complain"""
    )
)
_MIND = frozenset(
    terms("expect want hope plan threaten intend wish learn hear understand believe study mean like prefer seem appear help")
)
_OPEN = {
    Form.REASON: _GENERIC,
    Form.CIRCUMSTANCE: _GENERIC,
    Form.AMOUNT: _GENERIC,
    Form.MANNER: _GENERIC | _LIGHT | _SPEECH | _MIND,
    Form.OBJECT: _GENERIC | _LIGHT | _SPEECH | _MIND,
    Form.AGENT: _GENERIC | _LIGHT | _SPEECH | _MIND,
    Form.ASIDE: _GENERIC | _LIGHT | _SPEECH | _MIND,
}
FURTHEST_VERB = 4  # words after "which" within which its verb stands
_PLAIN = (Form.MANNER, Form.OBJECT, Form.AGENT)  # of which only what surely is a verb is taken for one
_PARTICLES = frozenset(terms("away back down up off out over through together apart along around home"))
_NO_PASTS = frozenset("need feed seed speed shed bed red indeed hundred kindred biased".split())
_HELPERS = frozenset("is are was were do does did has have had will would can could shall should may might must".split())
_BE = ("was", "were", "is", "are")
_HAVE = ("has", "have", "had")


def presumptions(question: str) -> list[Presumed]:
    """The deeds that a question takes for granted, the one that it asks about first."""
    asked = " ".join(question.split())
    return [*_asked_of(question, asked), *_aside(question, asked)]


def _asked_of(question: str, asked: str) -> list[Presumed]:
    """The deed that a question asks for more of; none where it is not plain, or of a kind that any event is."""
    for form, pattern in _PATTERNS:
        match = pattern.match(asked)
        if match:
            counted = "" if form is Form.OBJECT else match.groupdict().get("counted") or ""
            return _of_helper(question, match["told"], form=form, helper=match["helper"].lower(), counted=counted)
    return _by_past(question, asked)


def _of_helper(question: str, told: str, *, form: Form, helper: str, counted: str) -> list[Presumed]:
    words = _WORD.findall(_CUT.sub("", told))
    passive = helper in (*_BE, *_HAVE)
    known = (participle_at(words), _going_on_at(words)) if passive else ()
    at = next((at for at in (*known, _base_form_at(words)) if at is not None), None)
    if at is None and form not in _PLAIN and (not passive or form is Form.REASON):
        at = _last_of_subject(words)
    if at is None or not terms(words[at]):
        return []
    subject = frozenset() if helper in _BE else frozenset(content_terms(" ".join(words[:at])))
    deed = _deed(question, terms(words[at])[-1], f"{counted} {' '.join(words)}")
    return _presumed(deed, form, f"{counted} {helper} {told}", helper=helper, subject=subject)


def _by_past(question: str, asked: str) -> list[Presumed]:
    """Of "Who shot him?" and "How many people died?", which ask for the subject itself."""
    match = _BY_PAST.match(asked)
    words = _WORD.findall(match["who"]) if match else []
    kind = words[0].casefold() if words else ""
    first = 2 if kind == "how" else 1
    furthest = first + (1 if kind == "who" else FURTHEST_VERB)
    at = next((at for at, word in enumerate(words[:furthest]) if at >= first and _is_past(word)), None)
    if at is None or any(word.casefold() in _HELPERS for word in words[:at]) or not terms(words[at]):
        return []
    counted = "" if kind == "which" else " ".join(words[first:at])
    deed = _deed(question, terms(words[at])[-1], f"{counted} {_CUT.sub('', ' '.join(words[at + 1 :]))}")
    return _presumed(deed, Form.AMOUNT if kind == "how" else Form.AGENT, asked)


def _aside(question: str, asked: str) -> list[Presumed]:
    match = _ASIDE.search(asked)
    verb = terms(match["told"].split(maxsplit=1)[0]) if match else []
    if match is None or not verb:
        return []
    # Of "when she refused" it is whom the question names before.
    subject = frozenset(content_terms(match["who"])) or names_asked(asked[: match.start()])
    about = (frozenset(content_terms(match["told"])) | subject) - {verb[-1]} - _PARTICLES
    return _presumed(Deed(verb[-1], about, names_asked(question) & about), Form.ASIDE, match["told"], subject=subject)


def _deed(question: str, verb: str, about: str) -> Deed:
    names = names_asked(question)
    return Deed(verb, (frozenset(content_terms(about)) | names) - {verb} - _PARTICLES, names)


def _presumed(deed: Deed, form: Form, told: str, *, helper: str = "", subject: frozenset[str] = frozenset()) -> list[Presumed]:
    if deed.verb in _OPEN[form]:
        return []
    supposed = helper in _MODAL or bool(_WOULD.search(told))
    return [Presumed(deed, form, supposed=supposed, negated=bool(_NEGATES.search(told)), subject=subject)]


def _is_past(word: str) -> bool:
    low = word.casefold()
    return low in PASTS or (low.endswith("ed") and low not in _NO_PASTS)


def _going_on_at(words: list[str]) -> int | None:
    """Where a verb tells what is or was going on: "is limiting"."""
    return next((at for at, word in enumerate(words) if at and word.islower() and _ING.search(word)), None)


def _base_form_at(words: list[str]) -> int | None:
    """Where the base form of a verb ends the subject: no noun after "the" or "'s"."""
    for at, word in enumerate(words[1:], start=1):
        low = words[at - 1].casefold()
        if word in VERBS and low not in _BEFORE_NOUN and not low.endswith(("'s", "\u2019s", "s'", "s\u2019")):
            return at
    return None


def _last_of_subject(words: list[str]) -> int | None:
    """Where the first run of plain words ends: a verb that is not known, most likely."""
    plain = [word.islower() and word not in STOP_WORDS for word in words]
    first = next((at for at, is_plain in enumerate(plain) if is_plain), None)
    if first is None:
        return None
    return next((at for at in range(first, len(words)) if not plain[at]), len(words)) - 1
