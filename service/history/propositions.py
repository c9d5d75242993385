"""What `that` and `this` mean where they stand for what was told, and words that hang on it: `meanwhile`, `the visit`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.normalise import terms
from service.cast import Cast
from service.history.conversation import Exchange
from service.history.frame import Frame, bare, frame, question
from service.history.things import things_of
from service.history.told import lowered, told_before
from service.verbs import VERBS

_THAT = re.compile(
    r"\b(?P<verb>sa(?:y|id|ys)|den(?:y|ied|ies)|confirm\w*|claim\w*|think|believe\w*|mean|disput\w+|admit\w*|contradict\w*|verif\w+|know|report\w*|announce\w*)"
    r" (?P<that>that|this|so|it)(?= (?:to|about|from|on|in|before|after|first|too|also|again|publicly)\b|\s*(?:[?.!,]|$))",
    re.IGNORECASE,
)
_AFTER_PREPOSITION = re.compile(
    r"\b(?P<preposition>about|to|of|with|by|on|after|before|for|from|over) (?P<that>that|this)(?=\s*(?:[?.!,]|$))",
    re.IGNORECASE,
)
_THAT_IT_WAS = re.compile(
    r"\bthat (?:it|they|he|she) (?:was|were|is|are|did|does|do|has|have|had|will|would)(?P<not>n['\u2019]t| not)?$", re.IGNORECASE
)
_PART_OF = re.compile(
    r"^(?:how (?:much|many)|(?:what|which) (?:share|part|percentage)|what|which) of (?P<that>that|this|it)(?=\s)", re.IGNORECASE
)
_IS_THAT = re.compile(
    r"\b(?:is|was|will|would|did|does|do|has|isn['\u2019]t|wasn['\u2019]t) (?P<that>that|this)"
    r"(?:(?= (?:matter|mean|sound|apply|more|less|enough|too|the|an?|why|how|what|normal|usual|legal|new|final|all|about|"
    r"before|after|in|on|at|by|for|from|with)\b|$)|(?= (?P<verb>[a-z]+)))",
    re.IGNORECASE,
)
_TRUE = re.compile(r"^(?:is|was) (?:that|this|it) (?:true|right|correct|so|confirmed|certain)$", re.IGNORECASE)
_SAYS_WHY = re.compile(
    r"\b(?:say|said|explain\w*|know|known|tell|told|give|given)(?: \w+)? (?:why|when|where|how)$", re.IGNORECASE
)
_WHY_NOUN = re.compile(r"^(?:why|how come) (?:the|this|that|such an?|so much) [a-z]{3,}$", re.IGNORECASE)
_ENDS_IN_THAT = re.compile(r"\b(?:that|this)(?: mean)?$|\b(?:do|did|done|does) it$", re.IGNORECASE)
_MEANWHILE = re.compile(r",? (?:meanwhile|in the meantime|at the (?:same )?time|all the while)$", re.IGNORECASE)
_SAYS = re.compile(r"\b(?:say|said|tell|told|claim|ask|think|deny|denied)\b", re.IGNORECASE)
_THE = re.compile(r"\bthe (?P<noun>[a-z]{4,})\b(?! (?:of|by|to|from|with|between|for)\b)", re.IGNORECASE)
SHORTEST_STEM = 4  # letters by which a noun is known as that of a verb: visited, the visit


def resolve_propositions(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    """`Who denied that?` and `Is that true?` with what was told before."""
    if not told:
        return text
    stem = bare(text)
    meant = told_before(told[-1], cast)
    if meant is None:
        return _unrepeated(text, stem, frame(told[-1].question))
    if _repeats(stem, meant) or meant in stem:
        return text
    for rule in (_in_its_place, _hung_on, _that_alone):
        found = rule(stem, told[-1], meant, cast)
        if found is not None:
            return question(found)
    return text


def _in_its_place(stem: str, last: Exchange, meant: str, cast: Cast) -> str | None:
    """`Is that true`, `Who denied that` and `What came after that` with what was told in its place."""
    if _TRUE.match(stem):
        return f"{stem.split(maxsplit=1)[0]} it {stem.rsplit(maxsplit=1)[-1]} that {meant}"
    if (match := _THAT_IT_WAS.search(stem)) and not match["not"]:
        return f"{stem[: match.start()]}that {meant}"
    if match := _THAT.search(stem):
        return f"{stem[: match.end('verb')]} that {meant.removeprefix('that ')}{stem[match.end() :]}"
    if match := _AFTER_PREPOSITION.search(stem):
        return f"{stem[: match.start('that')]}{_topic(last, cast) or meant}{stem[match.end() :]}"
    part = _amount(last, cast) if (match := _PART_OF.match(stem)) else None
    return f"{stem[: match.start('that')]}{part}{stem[match.end() :]}" if match and part else None


def _hung_on(stem: str, last: Exchange, meant: str, _cast: Cast) -> str | None:
    """`Did he say why`, `What did she do meanwhile`, and `How long did the visit take` after who visited whom, with that."""
    if _SAYS_WHY.search(stem):
        return f"{stem} {meant}"
    if _WHY_NOUN.match(stem):
        return f"{stem}: {meant}"
    if match := _MEANWHILE.search(stem):
        return f"{stem[: match.start()]} while {meant}"
    read = frame(last.question)
    verb = next(iter(terms(read.rest)), "") if read else ""
    named = any(noun.startswith(verb) for match in _THE.finditer(stem) for noun in terms(match["noun"]))
    return f"{stem} when {meant}" if named and len(verb) >= SHORTEST_STEM else None


def _amount(last: Exchange, cast: Cast) -> str | None:
    """What was asked how much it is: `what the fire cost`; else the thing that was spoken of."""
    read = frame(last.question)
    told = read.told() if read and read.subject and read.wh.casefold().startswith(("how much", "what")) else None
    return f"what {told}" if told else next(things_of(last, cast), None)


def _unrepeated(text: str, stem: str, read: Frame | None) -> str:
    """`Who reported that?` of an answer that cannot be repeated: what somebody said."""
    match, said = _THAT.search(stem), read.told() if read and read.subject else None
    return question(f"{stem[: match.end('verb')]} what {said}{stem[match.end() :]}") if match and said else text


def _that_alone(stem: str, last: Exchange, meant: str, cast: Cast) -> str | None:
    """`Why does that matter` with the thing it is, else with what was told behind a colon."""
    match = _IS_THAT.search(stem)
    if match is None or (match["verb"] and match["verb"].casefold() not in VERBS):
        return f"{stem}: {meant}" if _ENDS_IN_THAT.search(stem) else None
    read = frame(last.question)
    of_amount = read is not None and read.wh.casefold().startswith("how") and bool(last.short)
    thing = None if of_amount else next(things_of(last, cast), None)
    told = "" if thing else f": {meant}"
    return f"{stem[: match.start('that')]}{thing or 'it'}{stem[match.end('that') :]}{told}"


def _repeats(stem: str, meant: str) -> bool:
    """Whether a question is about a saying: "When did Vance say it?" after what Vance said, there or in the question itself."""
    match, read = _THAT.search(stem), frame(stem)
    if match and match["that"] == "it" and _SAYS.search(stem[: match.start()]):
        return True
    return read is not None and bool(read.subject) and meant.startswith(f"{read.subject} said")


def _topic(exchange: Exchange, cast: Cast) -> str | None:
    read = frame(exchange.question)
    if read is None or read.topic is None:
        return None
    first, _, _ = read.topic.partition(" on ")
    return lowered(first, cast)
