"""What a question insists on, and whether a piece of evidence meets it. Similar words alone are not an answer."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from index.normalise import content_terms, terms, words
from index.reader.expects import Expected, asks_for_a_nod, candidates
from index.scripts import mostly_other
from service.kinds import holds_kind
from service.names import MONTHS, Counted, is_called, like_any, names, root_of
from service.question import Asked, Kind
from service.telling import begins_with_pronoun
from service.wanted import left_without

MIN_TERMS = 2  # content terms from which a sentence says something by itself
QUOTED_WORDS = 4  # from which a quoted phrase is no chance
LOCAL_BELOW = 3  # a name that a document has less often than this is looked for in the passage itself
BESIDE = 0.8  # what is left of a judgement for each such name that stands in the passage, but not in the sentence
ELSEWHERE = 0.65  # what is left of a judgement for each such name that stands only elsewhere in the document
_WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MONTH = re.compile(rf"\b(?:{'|'.join(month.capitalize() for month in MONTHS)})\b")
HEADING_WORDS = 12  # a longer line without a full stop is a sentence that lost it
_ENDS = re.compile(
    r"[.!?\u2026:;,\"\u201d\u2019)\]\u3002\uff01\uff1f\uff09\u300d\u300f\u0964\u0965\u06d4\u061f\u0589\u17d4\u104b\u1362]$"
)  # in any script
_QUESTION_MARKS = ("?", "\uff1f", "\u061f", "\u037e")
_QUOTED = re.compile(r"[\u201c\"](?P<quoted>[^\u201c\u201d\"]{2,80})[\u201d\"]")
_NEXT = re.compile(r"\b(?:next|upcoming|future)\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|next|tomorrow|later|upcoming|coming|future|plans?|planned|expect\w*|schedul\w*|due|arrives?|continu\w*|test)\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\b(?:[Ww]hich|[Ww]hat) (?P<by>[A-Z][\w\u2019'-]+)(?= [a-z])")  # "Which Russian group"
_ASKS = re.compile(r"\bask|\bquestion|\bwonder", re.IGNORECASE)
_FULL_NAME = re.compile(r"\b[^\W\d_a-z][\w\u2019'-]*(?: [^\W\d_a-z][\w\u2019'-]*)*")
_PRESSED = re.compile(
    r"\b(?:press|push|confront|challenge)(?:ed)? (?:[\w.'\u2019-]+ ){1,4}?(?:on|over|about) (?P<topic>[^?]{2,120})", re.IGNORECASE
)
# A talk lasts minutes or hours, and no "14-year-long operation".
_HOW_LONG_A_TALK = re.compile(
    r"\bhow long (?:was|did|is) (?:the|their|this|that) (?:\w+ )?(?:call|talk|conversation)\b", re.IGNORECASE
)
_TALK_LASTS = re.compile(
    r"\b(?:minutes?|hours?|seconds?|noon|midnight|last(?:s|ed)|went on|ran for|brief|short|\d{1,2}[:.]\d\d)\b", re.IGNORECASE
)
_SINCE = re.compile(r"\bsince\b[^,.;\n]*", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_UTTERS = re.compile(
    r"\b(?:sa(?:y|id|ys)|t(?:ell|old)|add|warn|rais|stress|denounc|describ|discuss|agree|promis|concern|claim|call|argu|ask|"
    r"insist|express|accus|note|explain|repl|respond|state|announc|view|think|thought|believ|want|demand|urg)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A sentence with what stands around it: its neighbours, its passage, its document's names and date."""

    sentence: str
    neighbours: str
    passage: str
    document: Counted
    published_at: str | None
    by_speaker: bool
    in_prose: bool


def meets(asked: Asked, around: Surroundings) -> bool:
    """Whether the sentence tells something about the names and times asked about, by the one asked about."""
    return (
        _says_something(asked, around)
        and _names(asked, around)
        and _times(asked, around)
        and _speaker(asked, around)
        and _topic(asked, around)
        and _quoted(asked, around)
        and _ahead(asked, around)
        and (not _HOW_LONG_A_TALK.search(asked.text) or bool(_TALK_LASTS.search(around.sentence)))
    )


def _quoted(asked: Asked, around: Surroundings) -> bool:
    """One of the words or phrases that the question quotes stands in the sentence."""
    quoted = [set(terms(match["quoted"])) for match in _QUOTED.finditer(asked.text)]
    held = set(terms(around.sentence))
    return not quoted or any(phrase <= held for phrase in quoted)


def repeats_quoted(asked: Asked, sentence: str) -> bool:
    """Whether the sentence holds, word for word, what a question for its speaker quotes, if that is long enough to be told by."""
    if not asked.asks_who_said:
        return False
    said = f" {' '.join(words(sentence))} "
    quoted = [words(match["quoted"]) for match in _QUOTED.finditer(asked.text)]
    return any(len(phrase) >= QUOTED_WORDS and f" {' '.join(phrase)} " in said for phrase in quoted)


def _ahead(asked: Asked, around: Surroundings) -> bool:
    """What is asked of the next time is told of a time to come."""
    return not _NEXT.search(asked.text) or bool(_TO_COME.search(around.sentence))


def _says_something(asked: Asked, around: Surroundings) -> bool:
    """Neither a greeting nor a heading nor, unless asking is asked about, a question."""
    sentence = around.sentence
    if sentence.endswith(_QUESTION_MARKS) and not asks_for_a_nod(sentence) and not _ASKS.search(asked.text):
        return False
    if around.in_prose and not _ENDS.search(sentence) and _n_words(sentence) <= HEADING_WORDS:
        return False
    found = candidates(asked.expected, sentence, question=asked.text)
    return bool(found) or len(set(content_terms(sentence))) >= MIN_TERMS


def _topic(asked: Asked, around: Surroundings) -> bool:
    """Words of a speaker asked about, what an overview tells, and what was pressed on someone, are on the topic asked about."""
    pressed = _PRESSED.search(asked.text)
    topic = pressed["topic"] if pressed else asked.topic
    if topic is None or not (pressed or asked.speaker is not None or asked.kind is Kind.OVERVIEW):
        return True
    wanted = {root_of(word) for word in content_terms(topic)}
    return not wanted or bool(wanted & {root_of(word) for word in terms(around.neighbours)})


def _n_words(sentence: str) -> int:
    """Runs between spaces; where a script has none, all that may be words."""
    return len(words(sentence)) if mostly_other(sentence) else len(sentence.split())


def _names(asked: Asked, around: Surroundings) -> bool:
    restricted = _RESTRICTED.search(asked.text)
    near = words(around.neighbours)
    if restricted and not any(is_called(name, near) for name in names(f"_ {restricted['by']}")):
        return False
    held = [_nearness(name, asked, around) > 0 for name in _insisted(asked, around)]
    # A question that sets sources side by side names what only one of them holds.
    return not held or (any(held) if asked.about_each_source else all(held))


def nearness(asked: Asked, around: Surroundings) -> float:
    """What is left of a judgement of the sentence for what the question wants or names, and stands far from it or nowhere."""
    if asked.about_each_source:
        return 1.0
    kind = holds_kind(asked, around.sentence, around.neighbours)
    if asked.kind is not Kind.OVERVIEW:
        kind *= left_without(asked.text, around.passage)
    return kind * math.prod(_nearness(name, asked, around) for name in _insisted(asked, around))


def _insisted(asked: Asked, around: Surroundings) -> list[str]:
    """The names of a question that must be met: of a full name whose last word the document has as a name, the nearest word.

    A weekday need not stand in a report of that day: only where the asker's today gave it, or where another one stands there.
    """
    other = _WEEKDAYS & set(words(around.sentence))
    wanted = set(names(asked.text))
    insisted = []
    for match in _FULL_NAME.finditer(asked.text):
        full = [name for name in words(match.group()) if name in wanted and not (name in _WEEKDAYS and (asked.days or not other))]
        wanted.difference_update(full)
        if len(full) > 1 and full[-1] not in around.document.common and _nearness(full[-1], asked, around):
            full = [max(full, key=lambda name: _nearness(name, asked, around))]
        insisted += full
    return insisted


def _nearness(name: str, asked: Asked, around: Surroundings) -> float:
    """1 for a name in the sentence, of the speaker, or frequent in the document; less the farther from it; 0 for none."""
    own = names(f"_ {asked.speaker}") if around.by_speaker else []
    if name in own or is_called(name, words(around.sentence)):
        return 1.0
    times = max(around.document.words.get(name, 0), around.document.roots.get(root_of(name), 0))
    if times >= LOCAL_BELOW:
        return 1.0
    if is_called(name, words(around.neighbours)) and begins_with_pronoun(around.sentence):
        return 1.0
    return BESIDE if is_called(name, words(around.passage)) else ELSEWHERE if times else 0.0


def _times(asked: Asked, around: Surroundings) -> bool:
    """A month or year of the question stands in or beside the sentence, or is that of the document's own date.

    The day of a month is told with the month. What is first "since July 2022" tells nothing of July beside it.
    """
    known = set(words(around.sentence))
    if asked.expected is not Expected.DATE:
        known |= set(words(_SINCE.sub(" ", around.neighbours)))
    if around.published_at is not None:
        known |= {around.published_at[:4], MONTHS[int(around.published_at[5:7]) - 1]}
    months = [] if asked.days else [month.casefold() for month in _MONTH.findall(asked.text)]  # else `days` tells them better
    if any(month not in known for month in months):
        return False
    years = _YEAR.findall(asked.text)
    # An undated document names its year nowhere, so a day and month must do.
    undated = bool(months) and around.published_at is None and not _YEAR.search(around.neighbours)
    return undated or all(year in known for year in years)


def _speaker(asked: Asked, around: Surroundings) -> bool:
    if asked.speaker is None or around.by_speaker:
        return True
    speaker = names(f"_ {asked.speaker}")
    if not speaker:
        return True
    named = any(like_any(name, words(around.neighbours)) for name in speaker)
    return named and bool(_UTTERS.search(around.sentence))
