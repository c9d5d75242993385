"""Whom `he`, `she` and `the minister` mean: the persons of the exchanges before, in the order they are in question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.normalise import STOP_WORDS, fold
from service.cast import Cast
from service.history.conversation import Exchange, gender_of, head_only, names, people, same
from service.history.frame import Frame, frame
from service.history.kinds import Kind, kind_of
from service.history.things import PLACED
from service.history.unclear import Unclear
from service.history.words import BE

_SUBJECT = r"\b(?:{subject})(?=['\u2019](?:s|d|ll|ve)\b|\b)"
_FORMS = {"he": ("he", "him", "his"), "she": ("she", "her", "her")}
_ANY = {gender: re.compile(rf"\b(?:{'|'.join(sorted(set(forms)))})\b", re.IGNORECASE) for gender, forms in _FORMS.items()}
_AFTER_POSSESSIVE = (
    r"(?=\s+(?!(?:about|for|in|on|at|to|of|with|by|from|and|or|when|where|why|how|after|before|during|that|if)\b)[\w\u2019'-]+)"
)
_SUBJECT_AND_OBJECT = {
    "he": re.compile(r"\bhe\b.*\b(?P<object>him)\b", re.IGNORECASE),
    "she": re.compile(rf"\bshe\b.*\b(?P<object>her)\b(?!{_AFTER_POSSESSIVE})", re.IGNORECASE),
}
_ANSWERS = re.compile(r"\b(?:answer|repl(?:y|ied)|respond|retort|react)\w*", re.IGNORECASE)
_OWNED = re.compile(r"['\u2019]s? ")  # "Sutedja's lawyer"
_NAME = r"[^\W\d_a-z][\w\u2019-]+(?: [^\W\d_a-z][\w\u2019-]+){0,2}"
_NAMES = rf"{_NAME}(?:(?:, {_NAME})*,? and {_NAME})?"
_WAS_ASKED = re.compile(r"^[^.?!]*?\basked (?P<whom>(?:[^\W\d_a-z][\w\u2019'-]*(?:\s|$)){1,4})")
_DEFINITE = re.compile(r"\b[Tt]he (?P<noun>[a-z][\w-]*(?: [a-z][\w-]*){0,3})(?!\s+[^\W\d_a-z])")
_CHOICE = re.compile(r",\s*(?P<of>[^,?]+\sor\s[^,?]+)$")  # "Whom did they meet, Whitlock or Straker?"
_NARROWED = re.compile(r"\s(?:of|at|for|from)\s")  # "the director of the museum" is another one


def resolve_persons(question: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """The question with its `he` and `she` replaced, or what is unclear in it."""
    for gender, pattern in _ANY.items():
        match = pattern.search(question)
        if match is None or _within_question(question, match, gender, cast):
            continue
        if not told:
            nobody = _of_the_cast(question, gender, cast)
            if nobody is None:
                continue
            return Unclear(match.group().casefold(), nobody)
        own = names(question, cast)
        candidates = _meant(gender, question, told, cast, without=own)
        if len(candidates) != 1:
            return Unclear(match.group().casefold(), tuple(candidates))
        both = _SUBJECT_AND_OBJECT[gender].search(question)
        if both:
            others = _meant(gender, question, told, cast, without=[*own, candidates[0]])
            if len(others) != 1:
                return Unclear(both["object"].casefold(), tuple(others))
            question = question[: both.start("object")] + others[0] + question[both.end("object") :]
        question = _replaced(question, gender, candidates[0])
    return question


def resolve_roles(question: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """The question with `the minister` told by the name of the one such person whom the exchanges before name."""
    for match in _DEFINITE.finditer(question):
        noun = head_only(match["noun"]) or match["noun"].split()[0]
        end = match.start("noun") + len(noun)
        titled = _titled(noun, told[-1]) if told and head_only(noun) and not _NARROWED.match(question[end:]) else []
        if len(titled) > 1:
            return Unclear(f"the {noun}", tuple(titled))
        if titled and not any(same(titled[0], other) for other in names(question, cast)):
            return f"{question[: match.start()]}{noun} {titled[0]}{question[end:]}"
        bearers = [] if _NARROWED.match(question[end:]) else cast.with_role(f"the {noun}")
        for exchange in reversed(told if bearers else ()):
            named = names(f"{exchange.question} {exchange.answer}", cast)
            fitting = [name for name in named if any(same(name, one.name) for one in bearers)]
            if any(same(name, other) for name in fitting for other in names(question, cast)):
                return question
            if len(fitting) > 1:
                return Unclear(f"the {noun}", tuple(fitting))
            if fitting:
                meant = f"{noun} {fitting[0]}" if head_only(noun) else fitting[0]
                return question[: match.start()] + meant + question[end:]
    return question


def _titled(noun: str, exchange: Exchange) -> list[str]:
    """Those whom an exchange calls by a role just before their names: `ministers Ravnholt and Quassa`."""
    told = f"{exchange.question} {exchange.answer}"
    found = [match["names"] for match in re.finditer(rf"\b(?i:{re.escape(noun)}s?) (?P<names>{_NAMES})", told)]
    each = [name for one in found for name in re.split(r" and |, ", one)]
    return [name for at, name in enumerate(each) if not any(same(name, other) for other in each[:at])]


def _within_question(question: str, match: re.Match[str], gender: str, cast: Cast) -> bool:
    """Whether a person before the pronoun in the same question can be meant; an object is never its own subject."""
    said = question[: match.start()]
    before = [one for one in people(said, cast) if gender_of(one, cast) in (gender, None)] or _in_small_letters(said, cast)
    obj = match.group().casefold() in ("him", "her") and not re.match(_AFTER_POSSESSIVE, question[match.end() :])
    return bool(before) and not obj


def _in_small_letters(said: str, cast: Cast) -> list[str]:
    """Persons whom a question names without capitals."""
    words = set(said.split()) - STOP_WORDS
    return [one.name for one in cast.figures if one.is_person and fold(one.name).split()[-1] in words]


def _of_the_cast(question: str, gender: str, cast: Cast) -> tuple[str, ...] | None:
    """Without a conversation: whom the documents call so, if the question is about nobody else; None if it may be."""
    read = frame(question)
    first = read.subject.casefold().split()[:1] if read else []
    if not first or first[0] not in _FORMS[gender]:
        return None
    return tuple(one.name for one in cast.figures if one.is_person and one.gender == gender)


def _meant(gender: str, question: str, told: Sequence[Exchange], cast: Cast, *, without: Sequence[str]) -> list[str]:
    """Those who fit equally well, from the nearest place that holds any."""
    asked = _WAS_ASKED.search(told[-1].answer) if _ANSWERS.search(question) else None
    if asked and names(f"x {asked['whom']}", cast):
        return _fitting(names(f"x {asked['whom']}", cast)[:1], gender, cast, without)
    for exchange in reversed(told):
        for tier in _tiers(exchange, cast, merged=bool(_ANSWERS.search(question))):
            fitting = _fitting(tier, gender, cast, without)
            if fitting:
                return fitting
    return _of_unknown(told[-1], gender, cast, without)


def _of_unknown(exchange: Exchange, gender: str, cast: Cast, without: Sequence[str]) -> list[str]:
    """Names of whom nobody knows that they are persons, nor anything else: the one asked about, else the one told of."""
    read = frame(exchange.question)
    for text in (read.subject if read else "", exchange.answer):
        named = [name for name in names(text, cast) if kind_of(name, cast) is not Kind.BODY and _may_be_a_person(name, text)]
        fitting = _fitting(named, gender, cast, without)
        if len(fitting) == 1:
            return fitting
    # Whom the asker calls so has that gender, whatever the documents seem to tell.
    asked = [name for name in people(read.subject, cast) if not any(same(name, other) for other in without)] if read else []
    return asked if len(asked) == 1 else []


def _may_be_a_person(name: str, text: str) -> bool:
    """Whether a name has several words and no place before it, or is all that is asked about."""
    return name == text or (" " in name and not PLACED.search(text[: text.find(name)]))


def _fitting(tier: Sequence[str], gender: str, cast: Cast, without: Sequence[str]) -> list[str]:
    """Those of a tier who can be meant; one of whom only a role is known goes behind those with a name."""
    found: list[str] = []
    for name in tier:
        if gender_of(name, cast) in (gender, None) and not any(same(name, other) for other in [*without, *found]):
            found.append(name)
    named = [name for name in found if (name[0].isupper() and not _OWNED.search(name)) or gender_of(name, cast)]
    return [name for name in named if not _OWNED.search(name)] or named or found


def _tiers(exchange: Exchange, cast: Cast, *, merged: bool) -> Iterator[list[str]]:
    """The persons of an exchange, those most in question first."""
    read = frame(exchange.question)
    subject = people(read.subject, cast, said_by=_speaker(read)) if read else []
    asked = people(exchange.question, cast, said_by=_speaker(read))
    answered = people(exchange.answer, cast)
    if read and _asks_for_person(read):
        chosen = _CHOICE.search(read.rest)
        if chosen:
            yield people(f"_ {chosen['of']}", cast, said_by=chosen["of"])
        new = [one for one in answered if not any(same(one, other) for other in asked)]
        yield from (new, subject, asked)
    elif merged:
        yield from (people(f"_ {read.rest}", cast) if read else [], [*asked, *answered])
    else:
        yield from (subject, [*asked, *answered])


def _speaker(read: Frame | None) -> str:
    """The subject of a question for what somebody said, or who it is: a person, whatever else is known of the name."""
    if read is not None and read.wh.casefold() == "who" and read.helper.casefold() in BE and not read.rest:
        return read.subject
    says = read is not None and re.match(r"(?:say|tell|add|ask|call|warn|think|deny|claim|describe|answer)\b", read.rest)
    return read.subject if read and says else ""


def _asks_for_person(read: Frame) -> bool:
    if read.helper and read.subject[:1].isupper() and read.wh.casefold() == "who":
        return False  # "Who is Hattie Grole?"
    return bool(
        re.match(r"(?:\w+ )?who(?:m|se)?\b|which (?:man|woman|minister|official|leader|person|analyst)", read.wh, re.IGNORECASE)
    )


def _replaced(question: str, gender: str, name: str) -> str:
    subject, obj, possessive = _FORMS[gender]
    owned = name if name.endswith(("'s", "\u2019s")) else f"{name}'s"
    question = re.sub(rf"\b{possessive}\b{_AFTER_POSSESSIVE}", lambda _: owned, question, flags=re.IGNORECASE)
    question = re.sub(_SUBJECT.format(subject=f"{subject}|{obj}"), lambda _: name, question, flags=re.IGNORECASE)
    return question[0].upper() + question[1:]
