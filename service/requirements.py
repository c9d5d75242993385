"""What a question insists on, and whether a piece of evidence meets it. Similar words alone are not an answer."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.normalise import STOP_WORDS, content_terms, terms, words
from index.reader.expects import Expected, candidates, counted
from index.scripts import mostly_other
from service.question import Asked, Kind
from service.telling import begins_with_pronoun

SAME_NAME = 0.85  # similarity from which a name is taken for another misspelt: Ruwich, Ruwitch
MISSPELT_FROM = 5  # letters: shorter names differ by one letter
ROOT = 4  # letters that a name must have left without the ending of a people: China, Chinese
MIN_TERMS = 2  # content terms from which a sentence says something by itself
QUOTED_WORDS = 4  # from which a quoted phrase is no chance
LOCAL_BELOW = 3  # a name that a document has less often than this is looked for in the passage itself
BESIDE = 0.8  # what is left of a judgement for each such name that stands in the passage, but not in the sentence
ELSEWHERE = 0.65  # what is left of a judgement for each such name that stands only elsewhere in the document
PERSONS_ELSE_NAMED = 0.7  # what is left of a judgement where persons are counted under another name: workers, citizens
COUNTED_BESIDE = 0.8  # what is left of it where what is counted stands only beside the sentence
_WORD = re.compile(r"\b\w[\w\u2019']+")
_DEMONYM = re.compile(r"(?:ese|eans?|ians?|ans?|ish|ia|is|i|a|o|e|y)$")
_MONTHS = tuple("january february march april may june july august september october november december".split())
_WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MONTH_NAMES = frozenset(month.capitalize() for month in _MONTHS)
HEADING_WORDS = 12  # a longer line without a full stop is a sentence that lost it
_ENDS = re.compile(
    r"[.!?\u2026:;,\"\u201d\u2019)\]\u3002\uff01\uff1f\uff09\u300d\u300f\u0964\u0965\u06d4\u061f\u0589\u17d4\u104b\u1362]$"
)  # in any script
_QUESTION_MARKS = ("?", "\uff1f", "\u061f", "\u037e")
_TAG = re.compile(r",? (?:right|correct|yes|no|okay|isn['\u2019]t it)\?$", re.IGNORECASE)  # states, and asks for a nod
_QUOTED = re.compile(r"[\u201c\"](?P<quoted>[^\u201c\u201d\"]{2,80})[\u201d\"]")
_NEXT = re.compile(r"\b(?:next|upcoming|future)\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|next|tomorrow|later|upcoming|coming|future|plans?|planned|expect\w*|schedul\w*|due|arrives?|continu\w*|test)\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\b(?:[Ww]hich|[Ww]hat) (?P<by>[A-Z][\w\u2019'-]+)(?= [a-z])")  # "Which Russian group"
_ASKS = re.compile(r"\bask|\bquestion|\bwonder", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|until)\b(?P<told>(?:(?!\b(?:when|and|on|but)\b)[^.;:]){0,60})$", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\b(?P<told>[^,;.:]*)$", re.IGNORECASE)
_FULL_NAME = re.compile(r"\b[^\W\d_a-z][\w\u2019'-]*(?: [^\W\d_a-z][\w\u2019'-]*)*")
_NEXT_WORDS = re.compile(r"(?: [\w\u2019'-]+){1,3}")
_SMALL = re.compile(r"\b[^\W\d_A-Z][\w]*")
_STANDS_ALONE = re.compile(r" (?:and|or|but|of (?:them|these|those)|in|at|on|are|were|is|was|have|had|by|from|to|now)\b")
_PERSONS = re.compile(
    r"\b(?:people|persons?|citizens?|nationals|men|women|children|staff|crew|members?|passengers?|victims?|patients?|guests?|"
    r"residents?|troops?|posts?|jobs?|[a-z]{3,}(?:ers|ors|ists|ians|ees|ards|smen|swomen|diers))\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"\b[^\W\d_a-z]\w*")
_SINCE_ASKED = re.compile(r"\b(?:since|how long|first|last|previous|until|before)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_UTTERS = re.compile(
    r"\b(?:sa(?:y|id|ys)|t(?:ell|old)|add|warn|rais|stress|denounc|describ|discuss|agree|promis|concern|claim|call|argu|ask|"
    r"insist|express|accus|note|explain|repl|respond|state|announc|view|think|thought|believ|want|demand|urg)\w*",
    re.IGNORECASE,
)

# As coverage of calls writes: a seat of government for the state, and the other way round.
_SEATS = (
    "washington unitedstates|beijing china|moscow russia|kremlin russia|kyiv ukraine|london britain|paris france|berlin germany|"
    "rome italy|madrid spain|warsaw poland|brussels europe|ankara turkey|jerusalem israel|tehran iran|riyadh saudi|cairo egypt|"
    "delhi india|islamabad pakistan|tokyo japan|seoul korea|pyongyang korea|taipei taiwan|canberra australia|ottawa canada"
)
_GOVERNMENTS: dict[str, tuple[str, ...]] = {}
for _pair in _SEATS.split("|"):
    _seat, _state = _pair.split()
    _GOVERNMENTS[_seat] = (*_GOVERNMENTS.get(_seat, ()), _state)
    _GOVERNMENTS[_state] = (*_GOVERNMENTS.get(_state, ()), _seat)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each folded word, and each root of one, occurs in a document, and which words are written small in it."""

    words: dict[str, int]
    roots: dict[str, int]
    common: frozenset[str]


def count_words(text: str) -> Counted:
    """Count a document's words once for many sentences."""
    counts = Counter(words(text))
    roots: Counter[str] = Counter()
    for word, times in counts.items():
        roots[_root(word)] += times
    return Counted(dict(counts), dict(roots), frozenset(_SMALL.findall(text)))


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
    """Whether the sentence holds the kind of words asked for, about the names and times asked about, by the one asked about."""
    return (
        _says_something(asked, around)
        and _kind(asked, around) > 0
        and _names(asked, around)
        and _times(asked, around)
        and _speaker(asked, around)
        and _topic(asked, around)
        and _quoted(asked, around)
        and _ahead(asked, around)
    )


def _kind(asked: Asked, around: Surroundings) -> float:
    if asked.expected is Expected.NUMBER:
        return counts(asked, around.sentence, around.neighbours)
    return float(holds_kind(asked, around.sentence))


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
    if sentence.endswith(_QUESTION_MARKS) and not _TAG.search(sentence) and not _ASKS.search(asked.text):
        return False
    if around.in_prose and not _ENDS.search(sentence) and _n_words(sentence) <= HEADING_WORDS:
        return False
    found = candidates(asked.expected, sentence, question=asked.text)
    return bool(found) or len(set(content_terms(sentence))) >= MIN_TERMS


def _topic(asked: Asked, around: Surroundings) -> bool:
    """Words of a speaker asked about, and what an overview tells, are on the topic asked about."""
    if asked.topic is None or (asked.speaker is None and asked.kind is not Kind.OVERVIEW):
        return True
    wanted = {_root(word) for word in content_terms(asked.topic)}
    return not wanted or bool(wanted & {_root(word) for word in terms(around.neighbours)})


def holds_kind(asked: Asked, sentence: str) -> bool:
    """Whether a sentence holds words of the kind asked for: a time of what is asked, a number of what is counted."""
    if asked.expected is Expected.NUMBER:
        return counts(asked, sentence, sentence) > 0
    return asked.expected is not Expected.DATE or _holds_time(asked, sentence)


def counts(asked: Asked, sentence: str, neighbours: str) -> float:
    """How surely a number of the sentence counts what is asked: 1 where it is named there, less where it goes by another name.

    0 where no number could count it. A number that stands alone counts what its neighbours name: "How many goats does she
    keep?" "She likes goats. She keeps forty."
    """
    found = candidates(Expected.NUMBER, sentence, question=asked.text)
    what = counted(asked.text)
    if what is None or not found:
        return float(bool(found))
    head = terms(what)[-1]
    if head in terms(sentence):
        return 1.0
    following = [_NEXT_WORDS.match(sentence, span.end) for span in found]
    if _PERSONS.search(what) and any(words and _PERSONS.search(words.group()) for words in following):
        return PERSONS_ELSE_NAMED
    alone = any(words is None or _STANDS_ALONE.match(words.group()) for words in following)
    return COUNTED_BESIDE if alone and head in terms(neighbours) else 0.0


def _holds_time(asked: Asked, sentence: str) -> bool:
    found = candidates(asked.expected, sentence, question=asked.text)
    if not _SINCE_ASKED.search(asked.text):
        # "Their first call since July" is not a call in July, nor what they agreed "when they met in May" a call in May.
        before = [sentence[: span.start] for span in found]
        found = [
            span
            for span, words in zip(found, before, strict=True)
            if not any(_of_another(clause, asked.text) for clause in (_SINCE.search(words), _WHEN.search(words)) if clause)
        ]
    return bool(found)


def _of_another(clause: re.Match[str], question: str) -> bool:
    """Whether a clause with "when" or "since" before a time tells of something else than the question."""
    told = set(content_terms(_CAPITALISED.sub(" ", clause["told"])))
    if not told:
        return clause.re is _SINCE
    return not told & set(content_terms(_CAPITALISED.sub(" ", question)))


def _n_words(sentence: str) -> int:
    """Runs between spaces; where a script has none, all that may be words."""
    return len(words(sentence)) if mostly_other(sentence) else len(sentence.split())


def _names(asked: Asked, around: Surroundings) -> bool:
    restricted = _RESTRICTED.search(asked.text)
    near = words(around.neighbours)
    if restricted and not any(_called(name, near) for name in names(f"_ {restricted['by']}")):
        return False
    held = [_nearness(name, asked, around) > 0 for name in _insisted(asked, around)]
    # A question that sets sources side by side names what only one of them holds.
    return not held or (any(held) if asked.about_each_source else all(held))


def nearness(asked: Asked, around: Surroundings) -> float:
    """What is left of a judgement of the sentence for what the question names that stands far from it, 1 where nothing does."""
    if asked.about_each_source:
        return 1.0
    return _kind(asked, around) * math.prod(_nearness(name, asked, around) for name in _insisted(asked, around))


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


def names(question: str) -> list[str]:
    """The folded names in a question: capitalised words after the first that are neither stop words nor months."""
    _, _, rest = question.strip().partition(" ")
    found = [word for match in _WORD.finditer(rest) if match.group()[0].isupper() for word in words(match.group())]
    return [word for word in dict.fromkeys(found) if word not in STOP_WORDS and word not in _MONTHS]


def _nearness(name: str, asked: Asked, around: Surroundings) -> float:
    """1 for a name in the sentence, of the speaker, or frequent in the document; less the farther from it; 0 for none."""
    own = names(f"_ {asked.speaker}") if around.by_speaker else []
    if name in own or _called(name, words(around.sentence)):
        return 1.0
    times = max(around.document.words.get(name, 0), around.document.roots.get(_root(name), 0))
    if times >= LOCAL_BELOW:
        return 1.0
    if _called(name, words(around.neighbours)) and begins_with_pronoun(around.sentence):
        return 1.0
    return BESIDE if _called(name, words(around.passage)) else ELSEWHERE if times else 0.0


def _called(name: str, held: Sequence[str]) -> bool:
    """Whether a name is among the words, or that of the same government."""
    return any(_like_any(one, held) for one in (name, *_GOVERNMENTS.get(name, ())))


def _like_any(name: str, held: Sequence[str]) -> bool:
    return any(_alike(name, word) for word in held)


def _alike(name: str, word: str) -> bool:
    """The same name, its people's, or one letter off."""
    if name == word or _root(name) == _root(word):
        return True
    if min(len(name), len(word)) < MISSPELT_FROM or abs(len(name) - len(word)) > 1 or name[0] != word[0]:
        return False
    return SequenceMatcher(None, name, word).ratio() >= SAME_NAME


def _root(word: str) -> str:
    """A word without the ending that makes a people of a place: `china` and `chinese` give `chin`."""
    root = _DEMONYM.sub("", word)
    return root if len(root) >= ROOT else word


def _times(asked: Asked, around: Surroundings) -> bool:
    """A month or year of the question stands in or beside the sentence, or is that of the document's own date.

    The day of a month is told with the month.
    """
    known = set(words(around.sentence if asked.expected is Expected.DATE else around.neighbours))
    if around.published_at is not None:
        known |= {around.published_at[:4], _MONTHS[int(around.published_at[5:7]) - 1]}
    named = [] if asked.days else [match.group() for match in _WORD.finditer(asked.text)]  # else `days` tells them better
    months = [word.casefold() for word in named if word in _MONTH_NAMES]
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
    named = any(_like_any(name, words(around.neighbours)) for name in speaker)
    return named and bool(_UTTERS.search(around.sentence))


def of_one_place(name: str, word: str) -> bool:
    """Whether two folded words name the same person or place, or its people: `china`, `chinese`."""
    return name == word or _root(name) == _root(word)
