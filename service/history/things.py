"""What `it`, `they`, `that`, `there` and `then` mean; where that is not plain, they stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.cast import Cast
from service.dates.expressions import EXPRESSION, MONTHS, WEEKDAYS
from service.history.alike import alike
from service.history.conversation import Exchange, names, noun_phrase, same, several
from service.history.frame import Frame, frame
from service.history.kinds import Kind, kind_of
from service.history.told import POINTS, lowered
from service.history.unclear import Unclear
from service.history.words import BE

_EMPTY_IT = re.compile(
    r"\b(?:is|was|isn['\u2019]t|wasn['\u2019]t|be) it "
    r"(?:true|possible|likely|clear|known|correct|right|fair|certain|safe|that|about)\b"
    r"|\b(?:did|does|will|would) it (?:take(?! place)|rain|seem|appear|snow)\b"
    r"|\bwhat time\b|\bit (?:seems|appears)\b|^is it .* who\b",
    re.IGNORECASE,
)
_IT = re.compile(
    r"\b(?:(?P<its>its)(?=\s\w)|it|(?<=has )that(?= (?:already |ever )?been\b)|(?<=was )that(?= (?:[a-z]+ed|paid|sold)\b)"
    r"|(?<=will )that(?= be [a-z]+ed\b))\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:the|that) (?:next|last|first|second|third|previous|new|old|earlier|later) (?P<one>one)\b", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:say|said|tell|told|claim|ask|think|deny|denied|report|write|announce|add|warn|explain)\b", re.IGNORECASE
)
_PASSIVE = re.compile(
    r"\b(?:is|was|will|has) (?:it|that) (?:be |been )?(?:\w+ed|paid|made|held|built|sold|given|taken|put|sent|done|in force)\b",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(r",? (?:(?:says|said|say) (?!that\b)(?:the |an? )?[\w .'\u2019-]{2,40}|according to [^,;]{2,60})$")
_IS_PLURAL = re.compile(r"the (?:[a-z][\w-]* ){0,3}?[a-z]{3,}(?<![sui])s(?= (?:of|in|on|at|for|from|with|between|about)\b|$)")
_YES_NO = re.compile(r"^\W*(?:yes|no)[.,!;]\s+(?=\S)", re.IGNORECASE)
_SAID_IT = re.compile(
    r"\b(?:say|said|do|did|does|done|mean|put) it(?=\s*(?:$|[?.!,:])|\s(?:to|that|like|in|so|on|at|about)\b)", re.IGNORECASE
)
_THEY = re.compile(
    r"\b(?:(?P<their>their)(?=\s\w)|they|them|both of them|(?:both|the two)(?= (?:say|agree|want|think|meet|discuss|sign)\b))\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bwill )(?<!\bhas )(?<!\bover )\bthere\b"
    r"(?! (?:is|are|was|were|any|a|an|no|been|be)\b)",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:offer|propos|demand|submit|fil|announc|request|present|tender)(?:s|e|es|ed|ted)\s"
    r"(?:an?|his|her|its|their|the)\s(?P<object>.+)"
)
_THERE_IS = re.compile(
    r"^\W*(?:was|is|will|has|had|were) there (?:be |been )?(?:an?|any) (?P<noun>(?!one\b)[a-z][\w-]+(?: [a-z][\w-]+)?)"
    r"(?=\s(?:before|after|in|on|at|of|for|between|from|about|against|with|during|to)\b|\s*[?.,]|$)",
    re.IGNORECASE,
)
_THEN = re.compile(r"\b(?:(?P<before>by|since|until|before|after|till) then|(?<=\w )then)(?=\s*(?:[?.!,]|$))", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?P<in>(?i:in|at|from|to|near|off|on)) (?P<place>(?:the )?(?:[^\W\d_a-z][\w\u2019'-]*)(?: [^\W\d_a-z][\w\u2019'-]*){0,3})"
)
_MUCH_OF = re.compile(r"^how much (?P<noun>(?!more\b|less\b)[a-z]{3,})$", re.IGNORECASE)
_SOMEWHERE = re.compile(r"(?:In|At|On|Near|Off|Outside|Under|Behind)\s[^,.;:]{3,60}(?=[,.;]|$)")  # an answer to where
PLACED = re.compile(r"\b(?:in|at|near|from|off|(?:station|town|village|city|port|island) of)\s(?:the\s)?$", re.IGNORECASE)
_BELONGING = ("between ", "of ", "with ", "about ", "by ")  # "the call between ..." is one thing
LONGEST_ANSWER_WORDS = 16  # that is repeated in a question
_CALENDAR = frozenset([*MONTHS, *WEEKDAYS])


def resolve_things(text: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """The question with those words replaced that have one plain meaning in the exchanges before; `it` of several is unclear."""
    if not told:
        return text
    for rule in (_there, _then, _they, _one):
        text = rule(text, told, cast)
    listed = alike(told[-1], cast)
    match = _means_a_thing(text, cast) if listed else None
    return Unclear(match.group().casefold(), listed, of_thing=True) if match else _it(text, told, cast)


def short_answer(exchange: Exchange, cast: Cast) -> str:
    """The answer's first sentence without quotation marks and who says so, its `it` named.

    Empty if it is long, or points at something else.
    """
    first = re.split(r"(?<=[.!?;])\s", _YES_NO.sub("", exchange.answer), maxsplit=1)[0].strip(" .;!\u201c\u201d\"'")
    first = _SAYS_SO.sub("", first.replace("\u201c", "").replace("\u201d", "").replace('"', ""))
    if not first or len(first.split()) > LONGEST_ANSWER_WORDS or "?" in first:
        return ""
    read = frame(exchange.question)
    said = read is not None and bool(_SAYS.match(read.rest)) and read.topic is None
    if exchange.question and not said:  # of what somebody said, "it" may be anything
        asked = Exchange(exchange.question, "")
        first = _it(_they(first, [asked], cast), [asked], cast)
    return "" if POINTS.search(first) else first


def _there(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    if not _THERE.search(text):
        return text
    read = frame(told[-1].question)
    if read and read.wh.casefold() == "where" and (somewhere := _SOMEWHERE.match(told[-1].answer)):
        place = somewhere.group()
        return _THERE.sub(lambda _: place[0].lower() + place[1:], text, count=1)
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
    read = frame(told[-1].question)
    for said in (told[-1].answer, read.subject if read else ""):
        named = list(_thing(f"_ {said}", cast))
        if named and named[0][:1].isupper():
            return _THERE.sub(f"at {named[0]}", text, count=1)
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
    read = frame(told[-1].question)
    counted = read.counted.removesuffix("s") if read and read.counted and read.wh.casefold().startswith("how many") else None
    noun = (counted or next(things_of(told[-1], cast), None)) if match else None
    if match is None or noun is None or not noun.startswith("the "):
        return text
    return f"{text[: match.start('one')]}{noun.removeprefix('the ')}{text[match.end('one') :]}"


def _it(text: str, told: Sequence[Exchange], cast: Cast) -> str:
    if _means_a_thing(text, cast) is None:
        return text
    acted_on = _PASSIVE.search(text)
    for exchange in reversed(told):
        read = frame(exchange.question)
        chosen = [read.counted] if acted_on and read and read.counted and read.subject else []
        amount = _MUCH_OF.match(read.wh) if acted_on and read else None
        chosen += [f"the {amount['noun']}"] if amount else []
        offered = _OFFERED.search(exchange.answer) if acted_on else None
        chosen += _thing(f"the {offered['object']}", cast) if offered else []
        if acted_on and read and names(f"x {read.subject}", cast):
            chosen += _thing(f"_ {read.rest.partition(' ')[2]}", cast)
        if read and read.wh.casefold().startswith(("which", "what ")) and not _SAYS.match(read.rest):
            chosen += _thing(exchange.answer, cast)
        for thing in (*chosen, *things_of(exchange, cast)):
            if not _IS_PLURAL.match(thing) and not any(same(thing, other) for other in names(text, cast)):
                return _put(text, _IT, "its", thing)
    return text


def _means_a_thing(text: str, cast: Cast) -> re.Match[str] | None:
    """The `it` of a question that means something told before."""
    match = _IT.search(text)
    if match is None or _EMPTY_IT.search(text) or _SAID_IT.search(text):
        return None
    before = text[: match.start()] if match["its"] else _without_actor(text[: match.start()], frame(text))
    return None if _thing_before(before, cast) else match


def _without_actor(before: str, read: Frame | None) -> str:
    """What stands before an `it`, without the subject that acts on it: nobody welcomes himself as `it`."""
    if read is None or not read.subject or not read.rest:
        return before
    acts = f"{read.subject} {read.rest.split()[0]} "
    return before.removesuffix(acts) if before.endswith(acts) else before


def _thing_before(text: str, cast: Cast) -> bool:
    """Whether the question itself has named a thing before."""
    stem = re.sub(r"^\W*(?:and|but|so)\b", "", text, flags=re.IGNORECASE)
    named = [name for name in names(stem, cast) if kind_of(name, cast) is not Kind.PERSON]
    noun = noun_phrase(stem)
    return bool(named) or (noun is not None and kind_of(noun, cast) is not Kind.PERSON)


def things_of(exchange: Exchange, cast: Cast) -> Iterator[str]:
    """What `it` may mean in an exchange, the likeliest first."""
    read = frame(exchange.question)
    answer = exchange.short
    if there := _THERE_IS.match(exchange.question):
        yield f"the {there['noun']}"
    if read and read.wh.casefold().startswith(("what", "which")) and not read.helper:
        yield from _thing(answer, cast)
    if read and read.helper.casefold() in BE and read.rest.startswith(_BELONGING):
        yield lowered(f"{read.subject} {read.rest}", cast)
    if read:
        # What is spoken of is "it" sooner than a speaker that is no person.
        acts = read.helper.casefold() in ("did", "does", "do") and kind_of(read.subject, cast) is Kind.BODY
        if acts and not _SAYS.match(read.rest):
            yield from _thing(f"_ {read.rest.partition(' ')[2]}", cast)
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
        if kind_of(name, cast) is not Kind.PERSON
        and not any(word.casefold() in _CALENDAR for word in name.split())
        and not PLACED.search(text[: text.find(name)])
    ]
    if found:
        # A name within its noun phrase is not the thing: "the Kessa dam".
        yield min(found, key=lambda one: (one[0], not one[1].startswith("the "), one[1]))[1]


def _put(text: str, pattern: re.Pattern[str], possessive: str, meant: str) -> str:
    def one(match: re.Match[str]) -> str:
        owned = meant if meant.endswith(("'s", "\u2019s")) else f"{meant}\u2019s".replace("\u2019", "'")
        return owned if match[possessive] else meant

    replaced = pattern.sub(one, text)
    return replaced[0].upper() + replaced[1:]
