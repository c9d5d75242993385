"""Question words that stand by themselves: "Why?", "From when?", "At what interest?", "How many are still held?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.cast import Cast
from service.history.conversation import Exchange, names, same
from service.history.frame import Frame, frame, question
from service.history.kinds import Kind, kind_of
from service.history.things import PLACED
from service.history.told import POINTS, VERB, asked_and_told, context, lowered
from service.history.words import ASKING, AUXILIARIES, STARTS
from service.verbs import PASTS, VERBS

TAIL = re.compile(
    r"[,\s]+(?:so (?:many|much|long|late|early|few|soon|fast|often)|"
    r"then|too|as well|instead|exactly|precisely|please|though|alone)$",
    re.IGNORECASE,
)
_WHEN_WAS_THAT = re.compile(r"^(?P<wh>when|where|why|how) (?:was|is|did) (?:that|this)(?: happen)?$", re.IGNORECASE)
_WHERE_IS_THAT = re.compile(r"^where(?: is|['\u2019]s) (?:that|this)$", re.IGNORECASE)
_HOW_MANY = re.compile(
    r"^how many (?:are|were|have|had|has|will|would|should|might|may|did|do|does|can|could|was|is)\b", re.IGNORECASE
)
_HOW_MANY_WHAT = re.compile(r"^how (?:many|much) [a-z]{3,}(?: [a-z]{3,})?$", re.IGNORECASE)
_AMOUNT_OF = re.compile(r"^how (?:many|much) (?P<noun>.+)$", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:(?:about|around|some|nearly|almost|over|more than|at least) )?"
    r"(?:[\d.,]+(?: (?:hundred|thousand|million|billion))?|[a-z]+(?:-[a-z]+)?)",
    re.IGNORECASE,
)
_NO = re.compile(r"\W*no[.,;!]\s", re.IGNORECASE)
_ASKS_FOR_A_THING = re.compile(r"(?:what|which)\b(?! (?:day|date|time|year|month)\b)", re.IGNORECASE)
_ANYBODY = frozenset("anyone anybody anything someone somebody something".split())
_MOMENTS = frozenset("day date time year month week hour weekday".split())
LONGEST_BARE_WH = 5  # words


def resolve_bare_words(stem: str, last: Exchange, before: Frame | None, cast: Cast) -> str | None:
    """`Why`, `Since when`, `How long exactly` before what was asked or told; None if it is no such question."""
    place = _place_told(last, cast) if _WHERE_IS_THAT.match(stem) else None
    if place:
        return question(f"where is {place}")
    asked = _WHEN_WAS_THAT.match(stem)
    words = (asked["wh"] if asked else TAIL.sub("", stem)).split()
    low = [word.casefold() for word in words]
    asks = bool(low) and (low[0] in ASKING or (low[0] in STARTS and len(low) > 1 and low[1] in ASKING))
    if not asks or len(low) > LONGEST_BARE_WH or AUXILIARIES & set(low) or (frame(stem) and not _is_bare(low)):
        return None
    wh = " ".join(words)
    if before is None:
        return question(f"{wh}: {context(before, last, cast)}")
    if before.subject and before.helper:
        return _of_deed(wh, last, before, cast)
    if before.counted and before.helper:
        return question(f"{wh} {before.helper} {before.counted} {before.rest}")
    told = before.told(lowered(_answer(last, before), cast))
    return question(f"{wh} was it that {told}" if told else f"{wh}: {context(before, last, cast)}")


def _place_told(last: Exchange, cast: Cast) -> str | None:
    """The one name that an answer brings in."""
    asked = names(f"x {last.question}", cast)
    new = [name for name in names(f"x {_lowered_place(last.answer)}", cast) if not any(same(name, one) for one in asked)]
    if len(new) != 1:
        return None
    placed = PLACED.search(last.answer[: last.answer.find(new[0])])
    return new[0] if placed or kind_of(new[0], cast) is not Kind.PERSON else None


def _lowered_place(answer: str) -> str:
    """`In Velika Greda` with a small letter in front: that word is no name's."""
    first, _, rest = answer.partition(" ")
    return f"{first.lower()} {rest}" if first.casefold() in STARTS else answer


def resolve_how_many(stem: str, last: Exchange, before: Frame | None, cast: Cast) -> str | None:
    """`How many are still held` counts what was counted before, or somebody of what was told."""
    if before is None or ":" in stem:
        return None
    if _HOW_MANY_WHAT.match(stem) and not any(word in VERBS or word in PASTS for word in stem.split()[2:]):
        return question(f"{stem}: {context(before, last, cast)}")
    if not _HOW_MANY.match(stem):
        return None
    if before.counted and before.wh.casefold().startswith("how many"):
        return question(f"{before.wh} {stem[len('how many ') :]}")
    return None if POINTS.search(stem) else question(f"{stem}: {context(before, last, cast)}")


def _of_deed(wh: str, last: Exchange, before: Frame, cast: Cast) -> str:
    """The question word before the deed that was asked about; of one by anybody, before what was told instead."""
    denied = _NO.match(last.answer)
    if not before.wh and (denied or before.subject.casefold() in _ANYBODY) and VERB.search(last.short):
        return question(f"{wh} was it that {lowered(last.short, cast)}")
    if wh.casefold() == "how many" or (_ASKS_FOR_A_THING.match(before.wh) and not last.short):
        return question(f"{wh}: {asked_and_told(last, cast)}")
    negated = "not " if wh.casefold().endswith(" not") else ""
    told = _amount(before, _clause(lowered(_answer(last, before), cast)))
    return question(f"{wh.removesuffix(' not')} {before.helper.lower()} {before.subject} {negated}{before.rest} {told}")


def _answer(last: Exchange, before: Frame) -> str:
    return last.short if before.wh and not _asks_how(before.wh) else ""


def _amount(before: Frame, answer: str) -> str:
    """An answer with what was counted: `three ships`, `more pay, 6.5 percent`."""
    match = _AMOUNT_OF.match(before.wh)
    if match is None or match["noun"].split()[-1] in answer.split():
        return answer
    return f"{answer} {match['noun']}" if _NUMBER.fullmatch(answer) else f"{match['noun']}{answer and ', '}{answer}"


def _clause(answer: str) -> str:
    """An answer as it goes on after a verb of saying: with `that` if it is a sentence."""
    return f"that {answer}" if VERB.search(answer) and not answer.startswith("that ") else answer


def _is_bare(low: Sequence[str]) -> bool:
    """Whether nothing but question words stands there, or a noun that a preposition and `what` ask for."""
    asking = next(at for at, word in enumerate(low) if word in ASKING)
    of_noun = low[asking] in ("what", "which") or low[asking + 1 : asking + 2] in (["many"], ["much"])
    if of_noun and len(low) > asking + 1 and (asking or low[-1] in _MOMENTS):
        return not any(word in VERBS or word in PASTS for word in low[asking + 1 :])
    return all(
        word in ASKING or word in STARTS or word in ("long", "much", "many", "often", "far", "soon", "not", "come")
        for word in low
    )


def _asks_how(wh: str) -> bool:
    return wh.casefold().startswith(("when", "where", "why", "how long", "since when"))
