"""What `it`, `they`, `that`, `there` and `then` mean; where that is not plain, they stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.cast import Cast
from service.dates.expressions import EXPRESSION, MONTHS, WEEKDAYS
from service.history.conversation import Exchange, Kind, kind_of, names, noun_phrase, same, several
from service.history.frame import Frame, bare, frame, question
from service.history.words import BE

_EMPTY_IT = re.compile(
    r"\b(?:is|was|isn['\u2019]t|wasn['\u2019]t|be) it "
    r"(?:true|possible|likely|clear|known|correct|right|fair|certain|safe|that|about)\b"
    r"|\b(?:did|does|will|would) it (?:take(?! place)|rain|seem|appear|snow)\b"
    r"|\bwhat time\b|\bit (?:seems|appears)\b|^is it .* who\b",
    re.IGNORECASE,
)
_IT = re.compile(r"\b(?:(?P<its>its)(?=\s\w)|it)\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?:the|that) (?:next|last|first|second|third|previous|new|old|earlier|later) (?P<one>one)\b", re.IGNORECASE)
_SAYS = re.compile(r"\b(?:say|said|tell|told|claim|ask|think|deny|denied)\b", re.IGNORECASE)
_SAID_IT = re.compile(r"\b(?:say|said|do|mean|put) it\b", re.IGNORECASE)
_THEY = re.compile(
    r"\b(?:(?P<their>their)(?=\s\w)|they|them|both of them|(?:both|the two)(?= (?:say|agree|want|think|meet|discuss|sign)\b))\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bwill )(?<!\bhas )(?<!\bover )\bthere\b"
    r"(?! (?:is|are|was|were|any|a|an|no|been|be)\b)",
    re.IGNORECASE,
)
_THEN = re.compile(r"\b(?:(?P<before>by|since|until|before|after|till) then|(?<=\w )then)(?=\s*(?:[?.!,]|$))", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?P<in>(?i:in|at|from|to|near|off|on)) (?P<place>(?:the )?(?:[^\W\d_a-z][\w\u2019'-]*)(?: [^\W\d_a-z][\w\u2019'-]*){0,3})"
)
_THAT = re.compile(
    r"\b(?P<verb>sa(?:y|id|ys)|den(?:y|ied|ies)|confirm\w*|claim\w*|think|believe\w*|mean|disput\w+|admit\w*|contradict\w*|know|report\w*|announce\w*)"
    r" (?P<that>that|this|so|it)(?= (?:to|about|from|on|in|before|after|first|too|also|again|publicly)\b|\s*(?:[?.!,]|$))",
    re.IGNORECASE,
)
_AFTER_PREPOSITION = re.compile(
    r"\b(?P<preposition>about|to|of|with|by|on|after|before|for|from|over) (?P<that>that|this)(?=\s*(?:[?.!,]|$))",
    re.IGNORECASE,
)
_IS_THAT = re.compile(
    r"\b(?:is|was|will|would|did|does|has|isn['\u2019]t|wasn['\u2019]t) (?P<that>that|this)"
    r"(?= (?:mean|matter|compare|come|go|affect|work|begin|start|end|take|sound|help|apply|prove|follow|happen|cost|differ|more|"
    r"less|enough|too|the|an?|why|how|what|normal|usual|legal|new|final|all|about|before|after|in|on|at|by|for|from|with)\b|$)",
    re.IGNORECASE,
)
_TRUE = re.compile(r"^(?:is|was) (?:that|this|it) (?:true|right|correct|so|confirmed|certain)$", re.IGNORECASE)
_ENDS_IN_THAT = re.compile(r"\b(?:that|this)(?: mean)?$", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:s?he|him|his|hers?|they|them|their|it|its|so|this|then|there|these|those|i|we|you|my|our|me)\b", re.IGNORECASE
)
_BELONGING = ("between ", "of ", "with ", "about ", "by ")  # "the call between ..." is one thing
CLAUSE_WORDS = 3  # from which an answer with a verb says something by itself
LONGEST_ANSWER_WORDS = 16  # that is repeated in a question
_CALENDAR = frozenset([*MONTHS, *WEEKDAYS])
VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|did|[a-z]{3,}ed)\b")


def resolve_things(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    """The question with those words replaced for which the exchanges before have one plain meaning."""
    if not told:
        return text
    for rule in (_proposition, _there, _then, _they, _one, _it):
        text = rule(text, told, cast)
    return text


def short_answer(exchange: Exchange, cast: Cast) -> str:
    """The answer's first sentence without quotation marks, its `it` named, if it is short and points at nothing else."""
    first = re.split(r"(?<=[.!?;])\s", exchange.answer, maxsplit=1)[0].strip(" .;!\u201c\u201d\"'")
    first = first.replace("\u201c", "").replace("\u201d", "").replace('"', "")
    if not first or len(first.split()) > LONGEST_ANSWER_WORDS or "?" in first:
        return ""
    if exchange.question:
        asked = Exchange(exchange.question, "")
        first = _it(_they(first, [asked], cast), [asked], cast)
    return "" if _POINTS.search(first) else first


def lowered(clause: str, cast: Cast) -> str:
    """A clause as it goes on after other words: its first letter small unless it is a name's."""
    first = clause.split(maxsplit=1)[0] if clause else ""
    if not first or first == "I" or any(name.startswith(first) for name in names(f"x {clause}", cast) if cast.figure(name)):
        return clause
    return clause[0].lower() + clause[1:] if first[1:].islower() or len(first) == 1 else clause


def told_before(exchange: Exchange, cast: Cast) -> str | None:
    """What an exchange says, as a clause: `Kestrel was silent 26 hours`."""
    read = frame(exchange.question)
    answer = exchange.short
    if answer and len(answer.split()) >= CLAUSE_WORDS and VERB.search(answer) and (read is None or read.wh):
        return lowered(answer, cast)
    if read is None or (not answer and read.topic is None and read.helper and read.wh.casefold() == "what"):
        return None
    return read.told(lowered(answer, cast) if read.wh else "")


def _proposition(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    """`Who denied that?` and `Is that true?` with what was told before."""
    stem = bare(text)
    meant = told_before(told[-1], cast)
    if meant is None:
        return _unrepeated(text, stem, frame(told[-1].question))
    if _repeats(stem, meant):
        return text
    if _TRUE.match(stem):
        return question(f"{stem.split()[0]} it {stem.split()[-1]} that {meant}")
    if match := _THAT.search(stem):
        return question(f"{stem[: match.end('verb')]} that {meant}{stem[match.end() :]}")
    if match := _AFTER_PREPOSITION.search(stem):
        return question(f"{stem[: match.start('that')]}{_topic(told[-1], cast) or meant}{stem[match.end() :]}")
    return _that_alone(text, stem, told[-1], meant, cast)


def _unrepeated(text: str, stem: str, read: Frame | None) -> str:
    """`Who reported that?` of an answer that cannot be repeated: what somebody said."""
    match, said = _THAT.search(stem), read.told() if read and read.subject else None
    return question(f"{stem[: match.end('verb')]} what {said}{stem[match.end() :]}") if match and said else text


def _that_alone(text: str, stem: str, last: Exchange, meant: str, cast: Cast) -> str:
    """`Why does that matter?` with the thing it is, else with what was told behind a colon."""
    match = _IS_THAT.search(stem)
    if match is None:
        return question(f"{stem}: {meant}") if _ENDS_IN_THAT.search(stem) else text
    thing = next(_things(last, cast), None)
    told = "" if thing else f": {meant}"
    return question(f"{stem[: match.start('that')]}{thing or 'it'}{stem[match.end() :]}{told}")


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


def _there(text: str, told: Sequence[Exchange], _cast: Cast) -> str:
    if not _THERE.search(text):
        return text
    for exchange in reversed(told):
        for said in (exchange.answer, exchange.question):
            found = [match for match in _PLACE.finditer(said) if match["place"].split()[-1].casefold() not in _CALENDAR]
            places = dict.fromkeys(match["place"] for match in found)
            if len(places) == 1:
                where = found[0]["in"].lower()
                where = "in" if where in ("to", "from") else where
                match = _THERE.search(text)
                return f"{text[: match.start()]}{where} {found[0]['place']}{text[match.end() :]}" if match else text
            if len(places) > 1:
                return text
    return text


def _then(text: str, told: Sequence[Exchange], _cast: Cast) -> str:
    match = _THEN.search(text)
    if match is None:
        return text
    for exchange in reversed(told):
        for said in (exchange.answer, exchange.question):
            days = list(EXPRESSION.finditer(said))
            if len(days) == 1:
                before = said[: days[0].start()].split()
                preposition = match["before"] or (
                    before[-1].lower() if before and before[-1].lower() in ("on", "in", "at") else ""
                )
                return f"{text[: match.start()]}{preposition} {days[0].group()}{text[match.end() :]}".replace("  ", " ")
            if days:
                return text
    return text


def _they(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    match = _THEY.search(text)
    if match is None or several(text[: match.start()]) or _bodies(text[: match.start()], cast):
        return text
    for exchange in reversed(told):
        for tier in _groups(exchange, cast):
            fitting = [one for one in tier if not any(same(one, other) for other in names(text, cast))]
            if len(fitting) == 1:
                return _put(text, _THEY, "their", fitting[0])
            if fitting:
                return text
    return text


def _groups(exchange: Exchange, cast: Cast) -> Iterator[list[str]]:
    read = frame(exchange.question)
    subject = read.subject if read else ""
    if read and read.counted:
        yield [read.counted]
    yield several(subject) or _bodies(subject, cast)
    yield several(exchange.answer) or _bodies(exchange.answer, cast)
    yield several(exchange.question) or _bodies(exchange.question, cast)


def _bodies(text: str, cast: Cast) -> list[str]:
    named = [name for name in names(text, cast) if kind_of(name, cast) is Kind.BODY]
    noun = noun_phrase(text)
    return named or ([noun] if noun and kind_of(noun, cast) is Kind.BODY else [])


def _one(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    """`the next one` of what was asked about."""
    match = _ONE.search(text)
    noun = next(_things(told[-1], cast), None) if match else None
    if match is None or noun is None or not noun.startswith("the "):
        return text
    return f"{text[: match.start('one')]}{noun.removeprefix('the ')}{text[match.end('one') :]}"


def _it(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    match = _IT.search(text)
    if match is None or _EMPTY_IT.search(text) or _SAID_IT.search(text) or _thing_before(text[: match.start()], cast):
        return text
    for exchange in reversed(told):
        for thing in _things(exchange, cast):
            if not any(same(thing, other) for other in names(text, cast)):
                return _put(text, _IT, "its", thing)
    return text


def _thing_before(text: str, cast: Cast) -> bool:
    """Whether the question itself has named a thing before."""
    stem = re.sub(r"^\W*(?:and|but|so)\b", "", text, flags=re.IGNORECASE)
    named = [name for name in names(stem, cast) if kind_of(name, cast) is not Kind.PERSON]
    noun = noun_phrase(stem)
    return bool(named) or (noun is not None and kind_of(noun, cast) is not Kind.PERSON)


def _things(exchange: Exchange, cast: Cast) -> Iterator[str]:
    """What `it` may mean in an exchange, the likeliest first."""
    read = frame(exchange.question)
    answer = exchange.short
    if read and read.wh.casefold().startswith(("what", "which")) and not read.helper:
        yield from _thing(answer, cast)
    if read and read.helper.casefold() in BE and read.rest.startswith(_BELONGING):
        yield lowered(f"{read.subject} {read.rest}", cast)
    if read:
        # What is spoken of is "it" sooner than a speaker that is no person.
        says = bool(read.topic) and bool(_SAYS.match(read.rest))
        first, second = (read.topic or "", read.subject) if says else (read.subject, read.topic or "")
        for part in (first, second, read.rest.partition(" ")[2], read.wh):
            yield from _thing(f"_ {part}", cast)
    yield from _thing(answer, cast)


def _thing(text: str, cast: Cast) -> Iterator[str]:
    """The thing that a phrase names first: a name that is no person's, or a noun with an article."""
    found: list[tuple[int, str]] = []
    noun = noun_phrase(text)
    if noun and kind_of(noun, cast) is not Kind.PERSON:
        found.append((text.find(noun.split(maxsplit=1)[1].split()[0]), noun))
    found += [
        (text.find(name), name)
        for name in names(text, cast)
        if kind_of(name, cast) is not Kind.PERSON and not any(word.casefold() in _CALENDAR for word in name.split())
    ]
    if found:
        yield min(found)[1]


def _put(text: str, pattern: re.Pattern[str], possessive: str, meant: str) -> str:
    def one(match: re.Match[str]) -> str:
        owned = meant if meant.endswith(("'s", "\u2019s")) else f"{meant}\u2019s".replace("\u2019", "'")
        return owned if match[possessive] else meant

    replaced = pattern.sub(one, text)
    return replaced[0].upper() + replaced[1:]


def context(read: Frame | None, exchange: Exchange, cast: Cast) -> str:
    """An exchange as words behind a colon, where no better way is known."""
    answer = exchange.short
    told = told_before(exchange, cast) if read else None
    return told or f"{lowered(bare(exchange.question), cast)}{', ' + answer if answer else ''}"
