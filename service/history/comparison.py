"""Answers, agreement and contradiction: "What did Solano answer?", "Does Renner agree?", "Did Lomax say the same?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.cast import Cast
from service.history.conversation import Exchange, names, same
from service.history.frame import Frame, bare, frame, question
from service.history.told import POINTS, asked_and_told, context, lowered, told_before

_SAME = re.compile(
    r"\b(?:say|said|think|claim|deny|confirm|want|ask|do|tell \w+|agree with) the same(?: thing)?\b(?!:| \(| as\b| about\b)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\b(?:(?:answer|reply|respond|retort|react)(?: (?:to|with) (?:that|this|it))?|say to (?:that|this|it))$", re.IGNORECASE
)
_AGREES = re.compile(r"\b(?:dis)?agrees?(?: with (?:that|this|it))?$", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:says?|said|claims?|claimed|thinks?|tells?|told) (?:otherwise|differently|something else)$", re.IGNORECASE
)
_DIFFERS = re.compile(
    r"\b(?:something (?:else|different)|"
    r"(?:a different|another|other) (?:number|figure|date|amount|time|place|name|reason|version)s?|"
    r"which of (?:the (?:two|three)|them) is (?:right|correct|true))$",
    re.IGNORECASE,
)
_SAYS_WHAT = re.compile(
    r"^what (?:did|does|do|has|have) (?P<who>.+) (?:say|said|think|claim|claimed|report|reported|write|written)$"
    r"|^what (?:is|was) (?P<whose>.+)['\u2019]s? (?:version|account|view|position|figure|estimate|explanation|opinion|side)$",
    re.IGNORECASE,
)
_SAYING = re.compile(r"(?:say|said|tell|told|claim|think|report|write|ask)\b", re.IGNORECASE)
_ANSWER_NOUN = re.compile(
    r"^(?:what (?:was|is) )?(?P<noun>(?:the|his|her|their|its) (?:answer|reply|response|reaction))$", re.IGNORECASE
)
_ASKED = re.compile(r"^(?:whether|if|that|how|why|what|when|where|who)\b[^.;?!\u201c\u201d\"]*", re.IGNORECASE)
_TO_WHAT = re.compile(r" (?:to|with) (?:that|this|it)$", re.IGNORECASE)


def is_answer_noun(stem: str) -> bool:
    """Whether a question asks for nothing but an answer: `And her reply`."""
    return bool(_ANSWER_NOUN.match(stem))


def resolve_comparison(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    """The question with what was said before, where it asks for an answer to that, or for what is like or unlike it."""
    if not told or not told[-1].question:
        return text
    last, stem = told[-1], bare(text)
    before = frame(last.question)
    if _SAME.search(stem) and before is not None:
        return _as_the_same(stem, before, cast)
    noun = _ANSWER_NOUN.match(stem)
    if noun:
        return question(f"What was {noun['noun']} when {_asked(before, last, cast)}")
    if _ANSWERS.search(stem):
        return question(f"{_TO_WHAT.sub('', stem)} when {_asked(before, last, cast)}")
    return _against(stem, last, before, cast) or text


def _against(stem: str, last: Exchange, before: Frame | None, cast: Cast) -> str | None:
    """`Does Renner agree` and `Who says otherwise` with what was told."""
    otherwise = _OTHERWISE.search(stem)
    if match := _SAYS_WHAT.match(stem):
        return _on_the_same(stem, match["who"] or match["whose"], before, last, cast)
    if _DIFFERS.search(stem):
        return question(f"{stem}: {asked_and_told(last, cast)}")
    meant = told_before(last, cast) if otherwise or _AGREES.search(stem) else None
    if meant is None:
        return None
    if otherwise:
        return question(f"{stem} than that {meant}")
    what = "that" if last.short or before is None or not before.wh else "with what"
    return question(f"{_TO_WHAT.sub('', stem)} {what} {meant}")


def _on_the_same(stem: str, who: str, before: Frame | None, last: Exchange, cast: Cast) -> str | None:
    """`What does the Mirror say` on what was asked before; None of one whom the exchange names, or who said something."""
    said = f"x {last.question} | {last.answer}"
    named = any(same(one, other) for one in names(f"x {who}", cast) for other in names(said, cast))
    if before is None or named or POINTS.search(who) or who.casefold() in said.casefold():
        return None
    if _SAYING.match(before.rest) and before.topic is None:
        return None
    return question(f"{stem} about {before.topic}" if before.topic else f"{stem}: {context(before, last, cast)}")


def _asked(before: Frame | None, last: Exchange, cast: Cast) -> str:
    """What came before an answer: `the minister asked on Tuesday what a valve costs`."""
    clause = _ASKED.match(last.answer)  # with its "he": those whom it may mean stand before it
    told = before.told(lowered(last.short or (clause.group() if clause else ""), cast)) if before else None
    return told or context(before, last, cast)


def _as_the_same(stem: str, before: Frame, cast: Cast) -> str:
    """`Did Lomax say the same` compares with who was asked about before, on the same matter."""
    whom = f" as {before.subject}" if before.subject and not _same_subject(stem, before.subject, cast) else ""
    about = f" about {before.topic}" if before.topic else f" ({before.rest})" if before.rest and not before.subject else ""
    if not about and before.rest:
        about = f": {before.rest}"
    match = _SAME.search(stem)
    cut = match.end() if match else len(stem)
    return question(f"{stem[:cut]}{whom}{about}{stem[cut:]}")


def _same_subject(stem: str, subject: str, cast: Cast) -> bool:
    """Whether the question names the subject itself."""
    return any(same(one, other) for one in names(stem, cast) for other in names(f"x {subject}", cast))
