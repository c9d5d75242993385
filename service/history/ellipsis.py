"""Questions that are cut short: "And Taiwan?", "Why?", "What else?", "Did Lomax?" are filled from the question before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.cast import Cast
from service.dates.expressions import EXPRESSION
from service.history.bare_words import TAIL, resolve_bare_words, resolve_how_many
from service.history.comparison import is_answer_noun
from service.history.conversation import Exchange, names, people, same
from service.history.frame import Frame, bare, begins_with_preposition, frame, leads_in, phrase_with, question
from service.history.kinds import Kind, kind_of
from service.history.told import lowered, told_before
from service.history.unclear import Unclear
from service.history.words import ARTICLES, ASKING, AUXILIARIES, BE, STARTS
from service.verbs import PARTICIPLES

_ABOUT = re.compile(r"^(?:what|how) about (?P<what>.+)$", re.IGNORECASE)
_ELSE = re.compile(r"^(?:(?P<wh>who|what|where|when|why|how) else|any(?:thing|one|body) else)$", re.IGNORECASE)
_WHO_SAYS = re.compile(r"^(?:sa(?:ys|id) who|who (?:says|said)(?: so| that)?|according to wh(?:o|om))$", re.IGNORECASE)
_OTHER = re.compile(
    r"\bthe other(?: (?:one|two|side|person|man|woman|leader|company|party|speaker|official))?"
    r"(?=\s(?:say|think|want|do)\b|\s*[?.!,]*$)",
    re.IGNORECASE,
)
_PAIR_PART = r"(?:[Tt]he [a-z][\w\u2019'-]+(?: [a-z][\w\u2019'-]+)?|[^\W\d_a-z][\w\u2019'-]+(?: [^\W\d_a-z][\w\u2019'-]+){0,2})"
_PAIR = re.compile(rf"(?P<one>{_PAIR_PART}) and (?P<other>{_PAIR_PART})")
_MEANT = re.compile(
    r"^(?:(?:actually|no|rather)[, ]+)*i (?:mean|meant)(?: to (?:ask|say))? (?P<what>(?!what\b|that\b|it\b).+)$", re.IGNORECASE
)
_BARE = re.compile(r"^(?:how (?:many|much|long|often)|when|where|why|who)(?: of (?:them|it|that))?$", re.IGNORECASE)
SHORTEST_QUESTION = 3  # words: "Hello" asks nothing
_NO_FRAGMENTS = frozenset("then so really yes no right there here thanks ok okay sure indeed hello".split())
_INCLUDING = re.compile(
    r"(?:according to|including|excluding|except|besides|apart from|even|only|not|if|unless)\b", re.IGNORECASE
)
_CLOCK = (
    r"(?:(?:half|quarter) (?:past|to) )?(?:noon|midnight|midday|\d{1,2}(?:[:.]\d\d)?|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:o['\u2019]clock|[ap]\.?m\.?))?(?= |$)"
)
_ACCORDING = re.compile(r"\baccording to (?P<who>[^,;?]+)$", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:say|tell|add|ask|call|warn|think|deny|claim|describe|answer|talk|speak|discuss|raise|mention|want|demand|propose)\b",
    re.IGNORECASE,
)
_NOW = re.compile(r"now|today|right now|these days", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:earlier|later|before|ago|afterwards|so far|now)$", re.IGNORECASE)  # "a year earlier"
LONGEST_FRAGMENT = 9  # words of what is still no question of its own


def resolve_ellipsis(text: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear:
    """The question in full, filled from the last exchange; as it is if nothing is missing."""
    if not told or not told[-1].question:
        return text
    last, stem = told[-1], bare(text)
    before = frame(last.question)
    nothing_asked = before is None and len(last.question.split()) < SHORTEST_QUESTION and _BARE.match(stem)
    other = Unclear(stem.casefold(), of_thing=True) if nothing_asked else _other(stem, told, cast)
    if isinstance(other, Unclear):
        return other
    if other is not None:
        stem = other
    for rule in (_else, _who_says, resolve_bare_words, _bare_helper, resolve_how_many):
        found = rule(stem, last, before, cast)
        if found is not None:
            return found
    fragment = _fragment(stem, text)
    if fragment is not None:
        return _with_fragment(fragment, last, before, cast)
    return question(other) if other is not None else text


def _else(stem: str, _last: Exchange, before: Frame | None, _cast: Cast) -> str | None:
    match = _ELSE.match(stem)
    if match is None or before is None:
        return None
    wh = match["wh"] or ("Who" if "one" in stem.casefold() or "body" in stem.casefold() else "What")
    return before.text(wh=f"{wh} else")


def _who_says(stem: str, last: Exchange, _before: Frame | None, cast: Cast) -> str | None:
    told = told_before(last, cast) if _WHO_SAYS.match(stem) else None
    return None if told is None else question(f"Who said that {told}")


def _bare_helper(stem: str, _last: Exchange, before: Frame | None, _cast: Cast) -> str | None:
    """`Did Lomax` goes on as the question before did."""
    read = frame(stem)
    if read is None or read.wh or read.rest or not read.subject or before is None or not before.rest:
        return None
    if (read.helper.casefold() in BE) != (before.helper.casefold() in BE):
        return None
    return question(f"{read.helper} {read.subject} {before.rest}")


def _fragment(stem: str, text: str) -> str | None:
    """What a question without a verb puts in the place of something asked before; None if it is a question of its own."""
    if is_answer_noun(stem) or ":" in stem or stem.casefold() in _NO_FRAGMENTS:
        return None
    match = _ABOUT.match(stem) or _MEANT.match(stem)
    what = match["what"] if match else stem
    words = what.split()
    low = [word.casefold() for word in words]
    if not words or len(words) > LONGEST_FRAGMENT or low[0] in ASKING or low[0] in AUXILIARIES:
        return None
    if match:
        return what
    if (AUXILIARIES & set(low) and low[0] not in ("if", "unless")) or (len(low) > 1 and low[0] in STARTS and low[1] in ASKING):
        return None
    return what if leads_in(text) or text.rstrip().endswith("?") else None


def _with_fragment(what: str, last: Exchange, before: Frame | None, cast: Cast) -> str:
    trimmed = what if what.casefold().endswith("alone") else TAIL.sub("", what)
    if before is None:
        return question(f"{bare(last.question)}: {trimmed}")
    day = _NOW.fullmatch(trimmed) or EXPRESSION.search(trimmed)
    if day and len(day.group()) >= len(trimmed) - len("on in for the "):
        return _with_day(trimmed, before)
    if _INCLUDING.match(trimmed) or _EARLIER.search(trimmed):
        return before.text(rest=f"{before.rest} {lowered(trimmed, cast)}".strip())
    told_by = _ACCORDING.search(before.rest)
    if told_by and trimmed[0].isupper():
        return before.text(rest=f"{before.rest[: told_by.start('who')]}{trimmed}{before.rest[told_by.end('who') :]}")
    preposition = begins_with_preposition(trimmed)
    if preposition is not None:
        return _with_phrase(trimmed, preposition, before)
    return _with_noun(trimmed, before, cast)


def _with_day(what: str, before: Frame) -> str:
    """Another day in the place of the day asked about, or as a further condition."""
    found = EXPRESSION.search(before.rest)
    if found is None:
        return before.text(rest=f"{before.rest} {what}")
    start = found.start()
    if begins_with_preposition(what) or _NOW.fullmatch(what):
        start = len(re.sub(r"\b(?:on|in|at|by|since|for)\s$", "", before.rest[:start], flags=re.IGNORECASE))
    return before.text(rest=f"{before.rest[:start]}{what}{before.rest[found.end() :]}")


def _with_phrase(what: str, preposition: str, before: Frame) -> str:
    clock = re.search(rf"\b{preposition}\s+{_CLOCK}", before.rest, re.IGNORECASE)
    if clock and re.search(rf"\b{preposition}\s+{_CLOCK}", what, re.IGNORECASE):  # not "at Ostrel"
        return before.text(rest=f"{before.rest[: clock.start()]}{what}{before.rest[clock.end() :]}")
    same_kind = [preposition, *(("about", "on", "regarding") if preposition in ("about", "on", "regarding") else ())]
    for one in same_kind:
        found = phrase_with(before.rest, one)
        if found:
            return before.text(rest=f"{before.rest[: found.start()]}{what} {before.rest[found.end() :]}")
    return before.text(rest=f"{before.rest} {what}")


def _with_noun(what: str, before: Frame, cast: Cast) -> str:
    """A noun takes the place of what is like it: a speaker that of the speaker, a matter that of the topic."""
    what = _as_named(what, cast)
    if what.casefold().endswith(" one") and " " in before.subject:  # "the Harrogate one", of a depot
        what = f"{what.rsplit(' ', 1)[0]} {before.subject.rsplit(' ', 1)[1]}"
    speaks, topic = _speaks(what, cast) or _may_speak(what, before, cast), before.topic
    if not before.subject:
        return _with_object(what, before, speaks=speaks)
    subject_speaks = _speaks(before.subject, cast) or " and " in before.subject
    owner = re.match(r"^(?P<owner>.+?)(?P<s>['\u2019]s) ", before.subject)
    if owner and what[0].isupper() and (speaks or what.endswith(("'s", "\u2019s"))):
        owned = what if what.endswith(("'s", "\u2019s")) else f"{what}'s"
        return before.text(subject=f"{owned} {before.subject[owner.end() :]}")
    if subject_speaks and speaks:
        return before.text(subject=what)
    like_topic = topic is not None and topic.split()[-1][0].isupper() == what[0].isupper() and not speaks
    if topic is not None and (like_topic or subject_speaks):
        return before.text(rest=before.rest[: len(before.rest) - len(topic)] + what)
    says = _SAYS.match(before.rest)
    if subject_speaks and (says or what[0].islower() or before.subject[0].islower()):
        return question(f"{before.text().rstrip('?')} about {what}")
    return _with_subject(what, before)


def _as_named(what: str, cast: Cast) -> str:
    """A name typed in small letters as the documents write it."""
    figure = cast.figure(what.title()) if what.islower() else None
    return what.title() if figure is not None and figure.is_person else what


def _speaks(phrase: str, cast: Cast) -> bool:
    return kind_of(phrase, cast) in (Kind.PERSON, Kind.BODY) or bool(people(phrase, cast))


def _may_speak(what: str, before: Frame, cast: Cast) -> bool:
    """Whether a full name of whom nothing is known stands for another person, where it was asked what a person said."""
    words = what.split()
    full = len(words) > 1 and all(word[:1].isupper() for word in words) and words[0].casefold() not in ARTICLES
    return full and bool(_SAYS.match(before.rest)) and kind_of(before.subject, cast) is Kind.PERSON


def _with_object(what: str, before: Frame, *, speaks: bool) -> str:
    """After `Who raised TikTok?`: another thing raised, or whether another person did it."""
    if speaks and before.wh.casefold().startswith("who"):
        was = before.helper.casefold() in BE
        return question(f"{before.helper} {what} {before.rest}" if was else f"Is it {what} who {before.helper} {before.rest}")
    return question(f"{before.wh} {before.helper} {_object_replaced(before.rest, what)}")


def _with_subject(what: str, before: Frame) -> str:
    """Another thing in the place of the thing asked about; of an event only when or where it is."""
    last = what.rsplit(maxsplit=1)[-1].casefold()
    if what[0].islower() and (last.endswith("ed") or last in PARTICIPLES):
        helper = before.helper if before.helper.casefold() in BE else "was"
        return question(f"{before.wh} {helper} {what}")
    is_when = before.wh.casefold().startswith(("when", "where"))
    if is_when and len(before.rest.split()) > 1 and not what[0].isupper() and before.helper.casefold() not in BE:
        helper = (
            "will" if before.helper.casefold() == "will" else "was" if before.helper.casefold() in ("did", "had", "has") else "is"
        )
        return question(f"{before.wh} {helper} {what}{' be' if helper == 'will' else ''}")
    return before.text(subject=what)


def _object_replaced(rest: str, what: str) -> str:
    """`raised TikTok on Tuesday` with another object."""
    verb, _, after = rest.partition(" ")
    cut = re.search(rf"\s(?:{'|'.join(sorted(STARTS - {'of'}))})\s", f" {after}", re.IGNORECASE)
    words = after.split()
    if words and words[0].casefold() in STARTS:
        return f"{verb} {words[0]} {what}"
    return f"{verb} {what}{(' ' + after)[cut.start() :] if cut else ''}"


def _other(stem: str, told: Sequence[Exchange], cast: Cast) -> str | Unclear | None:
    """`the other one` of two that the last exchange names, one of which was asked about; or of a pair told of before."""
    match, last = _OTHER.search(stem), told[-1]
    if match is None:
        return None
    about = _ABOUT.match(stem)
    is_all = match.group() == (about["what"] if about else stem)
    read = frame(last.question)
    named = names(f"x {last.question} | {last.answer}", cast)
    person = [name for name in named if kind_of(name, cast) in (Kind.PERSON, Kind.BODY)] or named
    for asked in (read.subject if read else "", last.question):
        focus = names(f"x {asked}", cast)
        rest = [name for name in person if not any(same(name, one) for one in focus)] if len(focus) == 1 else []
        if len(rest) == 1:
            alone = is_all and read is not None and focus[0] in last.question
            full = bare(last.question).replace(focus[0], rest[0]) if alone else ""
            return full or f"{stem[: match.start()]}{rest[0]}{stem[match.end() :]}"
    told_by = [name for name in person if any(same(name, one) for one in names(f"x {last.answer}", cast))]
    if is_all and len(person) == len(told_by) + 1 == 2:  # noqa: PLR2004  of two, the one who did not tell
        (silent,) = (name for name in person if name not in told_by)
        return f"{bare(last.question)} according to {silent}"
    paired = _paired(told, read.subject) if read and read.subject else None
    if paired:
        asked = bare(last.question).replace(read.subject, paired) if read else ""
        return asked if is_all else f"{stem[: match.start()]}{paired}{stem[match.end() :]}"
    if len(person) > 1 or is_all:
        return Unclear(match.group().casefold(), tuple(person) if len(person) > 1 else ())
    return None


def _paired(told: Sequence[Exchange], one: str) -> str | None:
    """Who stands beside one in the last pair that an exchange names: `the minister and the doctors' union`."""
    for exchange in reversed(told):
        for text in (exchange.question, exchange.answer):
            for match in _PAIR.finditer(text):
                pair = [match["one"], match["other"]]
                pair = [f"the {name[4:]}" if name[:4].casefold() == "the " else name for name in pair]
                if one in pair:
                    return pair[1 - pair.index(one)]
    return None
