"""What was said before: exchanges of question and answer, and whom and what they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.normalise import STOP_WORDS, fold
from service.attribution.names import NAME_RUN, article_off, unrole
from service.attribution.vocabulary import MEN, SAID, WOMEN
from service.cast import Cast
from service.history.kinds import PERSON_HEADS, Kind, kind_of
from service.history.words import ARTICLES, ASKING, AUXILIARIES, STARTS
from service.types import Message, Role

READ_CHARACTERS = 2_000  # of a message: as long as a question may be
EXCHANGES = 6  # the last ones that are read: what is longer ago is seldom meant
_MARK = re.compile(r"\s*\[\d{1,3}\]")
_POSSESSIVE_END = re.compile(r"['\u2019]s?$")
_COURTESY = re.compile(
    r"\W*(?:(?:ok(?:ay)?|thanks?|thx|thank you|cheers|hi|hello|good|great|fine|i see|very much|a lot)\b\W*)+", re.IGNORECASE
)
_SENTENCE_ENDS = '.!?\u2026:;\u201c\u201d"|'
_NOT_A_PERSON = frozenset(
    """american americans chinese russian russians u.s us usa china russia beijing washington moscow january february march
    april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
    i""".split()
)
_DESCRIPTION = re.compile(
    r"\b(?P<article>[Tt]he|[Aa]n?|[Oo]ne|[Aa]nother|[Ii]ts|[Tt]heir|[\w\u2019']{2,30}['\u2019]s)\s"
    r"(?P<noun>(?:[a-z][\w-]*\s){0,3}?(?:[a-z]+))\b(?![\w\u2019'-])"
)
_COORDINATED = re.compile(
    r"(?:[^\W\d_a-z][\w\u2019'.-]*\s){1,5}and\s(?:[^\W\d_a-z][\w\u2019'.-]*)(?:\s[^\W\d_a-z][\w\u2019'-]*){0,3}"
)
_PLURAL = re.compile(
    r"\b(?:[Tt]he|[Bb]oth|[Tt]wo|[Tt]hese|[Tt]hose|\d+)\s(?!\w*(?:illion|undred|ousand)\b|(?:dollars|euros|pounds|minutes|hours|days|weeks|months|years|times|points|metres|meters|kilometres|miles|tonnes|tons)\b)(?:[a-z][\w-]*\s){0,3}?(?!(?:has|was|does|says|his|this|its|less|perhaps)\b)(?:[a-z]{2,}(?<![su'\u2019i])s|people|staff|crew|police)\b"
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, in full, and what was answered; `short` is the answer as it can be repeated, empty if it is too long."""

    question: str
    answer: str
    short: str = ""


def exchanges(history: Sequence[Message]) -> list[Exchange]:
    """The last exchanges, oldest first, as they were written; answers without their citation marks."""
    found: list[Exchange] = []
    asked: str | None = None
    for message in history:
        text = " ".join(message.content[:READ_CHARACTERS].split())
        if message.role is Role.USER:
            if asked is not None:
                found.append(Exchange(asked, ""))
            asked = text
        else:
            found.append(Exchange(asked or "", _MARK.sub("", text)))
            asked = None
    if asked is not None:
        found.append(Exchange(asked, ""))
    return ([one for one in found if not _COURTESY.fullmatch(one.question)] or found)[-EXCHANGES:]


def names(text: str, cast: Cast) -> list[str]:
    """The distinct names in a text as it writes them, without titles; a shorter form counts with its longer one."""
    found: dict[str, str] = {}
    for match in NAME_RUN.finditer(text):
        run = _POSSESSIVE_END.sub("", match.group())
        before = text[max(0, match.start() - 2) : match.start()].strip()
        if (not before or before[-1] in _SENTENCE_ENDS) and not (cast.figure(run) and " " in run):
            run = _without_opener(run, cast, text[match.end() : match.end() + 16])
        name = unrole(run)
        if name and fold(name) not in _NOT_A_PERSON | STOP_WORDS:
            found.setdefault(fold(name), name)
    kept = [name for key, name in found.items() if not any(key != other and _is_part(key, other) for other in found)]
    return [name for name in kept if name[0].isupper()]


def _without_opener(run: str, cast: Cast, following: str) -> str:
    """A sentence's first word is a name only if the documents, or what it does, say so."""
    first, _, rest = run.partition(" ")
    if fold(first) in STOP_WORDS or first.casefold() in AUXILIARIES | ASKING | ARTICLES:
        return rest
    if rest:
        return run
    says = following.lstrip().split(maxsplit=1)
    named = cast.figure(run) or following.startswith((":", " and ")) or (says and says[0].rstrip(",.") in SAID)
    return run if named else ""


def _is_part(key: str, other: str) -> bool:
    words, whole = key.split(), other.split()
    return len(words) < len(whole) and words in (whole[-len(words) :], whole[: len(words)])


def people(text: str, cast: Cast, *, said_by: str = "") -> list[str]:
    """The persons a text names or describes, in order. `said_by` is whoever a question takes for a speaker: a person too."""
    told = [
        name
        for name in names(text, cast)
        if kind_of(name, cast) is Kind.PERSON or (said_by and name in said_by) or _is_told_a_person(name, text, cast)
    ]
    places = {name: text.find(name) for name in told}
    for match in _DESCRIPTION.finditer(text):
        noun = head_only(match["noun"])
        if noun and not _names_follow(text, match.start("noun") + len(noun)):
            article = match["article"]
            owned = article.lower() not in ("a", "an", "one", "another", "the")
            before = "the " if owned and article[0].islower() and text[: match.start()].lower().endswith("the ") else ""
            phrase = f"{before}{article} {noun}" if owned else f"the {noun}"
            places.setdefault(phrase, match.start())
    return sorted(places, key=lambda one: places[one])


def _is_told_a_person(name: str, text: str, cast: Cast) -> bool:
    """Whether the text itself tells that a full name is a person's: `the consultant Ashok Rawat`, `Helmine Roth, an envoy`."""
    if " " not in name or kind_of(name, cast) is Kind.BODY:
        return False
    start = text.find(name)
    before, after = text[:start].split()[-1:], text[start + len(name) :]
    if before and before[0] in PERSON_HEADS:
        return True
    described = re.match(r", (?:an?|the|[\w\u2019']+['\u2019]s) (?P<noun>(?:[a-z][\w-]*\s?){1,4})", after)
    return after.startswith(", who ") or bool(described and head_only(described["noun"]))


def head_only(noun: str) -> str | None:
    """The words up to the first that is a person's role: `senior official said` gives `senior official`."""
    words = noun.split()
    for at, word in enumerate(words):
        if word in PERSON_HEADS or word.endswith(("woman", "person")) or (word.endswith("man") and word != "german"):
            following = words[at + 1] if at + 1 < len(words) else ""
            if following not in PERSON_HEADS:
                return " ".join(words[: at + 1])
        elif word in STARTS or word in AUXILIARIES:
            return None
    return None


def _names_follow(text: str, at: int) -> bool:
    return bool(re.match(r",?\s[^\W\d_a-z]", text[at : at + 3]))


def gender_of(name: str, cast: Cast) -> str | None:
    """`he` or `she`, as the documents tell, or the description itself; None if nothing tells."""
    words = fold(article_off(name)).split()
    described = words if name[:1].islower() else []
    if any(word in WOMEN for word in words) or any(word.endswith("woman") for word in described):
        return "she"
    if any(word in MEN for word in words) or any(word.endswith("man") for word in described if word != "german"):
        return "he"
    figure = cast.figure(name)
    if figure is not None:
        return figure.gender
    bearers = cast.with_role(name) if name[:4] == "the " else []
    genders = {one.gender for one in bearers}
    return genders.pop() if len(genders) == 1 else None


def same(one: str, other: str) -> bool:
    """Whether two names can be forms of one: Solano, Margit Solano."""
    a, b = fold(unrole(one) or one).split(), fold(unrole(other) or other).split()
    n = min(len(a), len(b))
    return bool(n) and (a[-n:] == b[-n:] or a[:n] == b[:n])


def several(text: str) -> list[str]:
    """The phrases of a text that name more than one: `Solano and Lomax`, `the two leaders`."""
    found = [(match.start(), match.group()) for pattern in (_COORDINATED, _PLURAL) for match in pattern.finditer(text)]
    return list(
        dict.fromkeys(
            phrase[0].lower() + phrase[1:] if phrase[:4] in ("The ", "Both", "Two ") else phrase for _, phrase in sorted(found)
        )
    )


def noun_phrase(text: str) -> str | None:
    """The first phrase with an article, made definite: `asked for a second probe today` gives `the second probe`."""
    words = text.strip(" \u201c\u201d\"'.").split()
    start = next(
        (at for at, word in enumerate(words) if word.casefold() in ("the", "a", "an", "its", "his", "their", "this")), None
    )
    if start is None:
        return None
    kept: list[str] = []
    if words[start + 1 : start + 2] in (["one"], ["ones"]):
        return noun_phrase(" ".join(words[start + 1 :]))
    for word in words[start + 1 :]:
        low = word.casefold().strip('.,;:?!\u201c\u201d"')
        if low in AUXILIARIES or low in ASKING or (low in STARTS and low != "of") or low in ("and", "or", "that", "to"):
            break
        if kept and low in ("a", "an") and kept[-1] != "of":
            break
        if len(kept) > 1 and low.endswith("ed"):
            break
        kept.append(word.strip('.;:?!\u201c\u201d"'))
        if word[-1] in ".,;:?!":
            break
    article = words[start] if words[start].casefold() in ("its", "his", "their", "this") else "the"
    noun = " ".join(kept).strip(" ,")
    return f"{article} {noun}" if noun else None
