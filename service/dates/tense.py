"""Whether a sentence speaks of what was or of what is to come, at a date expression."""

from __future__ import annotations

import re
from enum import Enum, auto

LOOK_CHARACTERS = 240  # of the sentence on either side of an expression
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_BORDER = re.compile(r"[.?!;:]\s|\n")
_MODALS = frozenset("will shall would should could can may might must won't".split())
_COMING = frozenset("due set scheduled expected expects supposed likely about going planning preparing to bound".split())
_TO = frozenset(
    """agreed agree agrees plan plans planned expect expects hope hopes hoped vowed promised promises pledged decided wants wanted want
    intends intended due set scheduled ready invited about going likely prepared preparing is are was were supposed meant aims
    aim need needs need wait waiting asked ordered urged""".split()
)
_PUT_OFF = frozenset(
    "planned scheduled due set slated timed booked fixed postponed delayed adjourned deferred moved rescheduled".split()
)
_PAST = frozenset(
    """was were had did said told met went held spoke came began took made gave saw sent left found heard rose fell lost won kept broke
    struck wrote flew drove ran sat stood knew thought felt brought bought sold built caught taught paid laid led grew shook woke slept
    swore chose drew ate rang sank stole threw shot hung dealt meant lent spent ended has have having been done""".split()
)
_PRESENT = frozenset("is are am meets meet opens open begins begin starts start arrives arrive leaves leave comes come returns return falls "
    "runs goes go ends end faces expires votes vote closes close flies fly resumes resume reports hosts visits travels 're i'm it's that's".split())  # fmt: skip
_NOT_VERBS = frozenset(
    "need indeed speed feed seed bed red shed hundred sacred kindred united unmanned wicked naked infrared".split()
)
_LOCK = 3  # words after an auxiliary that belong to its verb: `will be signed`


class Tense(Enum):
    """What an expression's verb tells."""

    PAST = auto()
    COMING = auto()
    UNKNOWN = auto()


def tense_at(text: str, start: int, end: int) -> Tense:
    """The tense of the verb before the expression `text[start:end]` in its sentence, else of the first one after it."""
    before = text[max(0, start - LOOK_CHARACTERS) : start]
    borders = list(_BORDER.finditer(before))
    before = before[borders[-1].end() :] if borders else before
    preposition = before.split()[-1].lower() if before.split() else ""
    told = _last(_tenses(_words(before)))
    if preposition == "since":
        return Tense.PAST
    if preposition == "by" and not re.search(r"\b(?:had|have|has)\s\w+$", " ".join(before.split()[:-1])):
        return Tense.COMING
    if told is not Tense.UNKNOWN:
        return told
    after = text[end : end + LOOK_CHARACTERS]
    border = _BORDER.search(after)
    tenses = _tenses(_words(after[: border.start()] if border else after))
    return next((one for one in tenses if one is not Tense.UNKNOWN), Tense.UNKNOWN)


def _words(text: str) -> list[str]:
    return [match.group().lower().replace("\u2019", "'") for match in _WORD.finditer(text)]


def _last(tenses: list[Tense]) -> Tense:
    return next((one for one in reversed(tenses) if one is not Tense.UNKNOWN), Tense.UNKNOWN)


def _tenses(words: list[str]) -> list[Tense]:
    """For each word what it tells of the tense, a verb's helpers deciding for the verb."""
    found: list[Tense] = []
    locked = 0
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        previous = words[place - 1] if place else ""
        tense = _of_word(word, following, previous, locked=locked > 0)
        locked = _LOCK if tense is not Tense.UNKNOWN and (word in _MODALS or word == "to" or word.endswith("'ll")) else locked - 1
        found.append(tense)
    return found


def _of_word(word: str, following: str, previous: str, *, locked: bool) -> Tense:
    if word in _MODALS or (word.endswith(("'ll", "'d")) and following != "been"):
        return Tense.PAST if following == "have" else Tense.COMING
    if word == "to":
        if following == "have":
            return Tense.PAST
        return Tense.COMING if previous in _TO or following == "be" else Tense.UNKNOWN
    if locked:
        return Tense.UNKNOWN
    if word in ("is", "are", "was", "were", "be") and following in _COMING:
        return Tense.COMING
    if word in _PUT_OFF and following in ("for", "to", "until", "till", "on", "in", ""):
        return Tense.COMING
    if word in ("upcoming", "forthcoming", "planning", "ahead"):
        return Tense.COMING
    if word in _PAST or (word.endswith("ed") and word not in _NOT_VERBS):
        return Tense.PAST
    return Tense.COMING if word in _PRESENT else Tense.UNKNOWN
