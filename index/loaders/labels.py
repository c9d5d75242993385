"""The label in front of a speaker's words in one line of a transcript, in its many forms.

Only a line's first LABEL_CHARACTERS are looked at and every repetition is bounded, so that a line of any length costs the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

LABEL_CHARACTERS = 160
MAX_NAME_WORDS = 6


class Form(Enum):
    """How a label is written; some forms count only where they come again."""

    CAPITALS = auto()  # KIRBY: JOHN RUWITCH, BYLINE:
    MIXED = auto()  # John Kirby:
    TIMED = auto()  # [00:01:02] John Kirby
    CHEVRON = auto()  # >> John Kirby
    ROUND = auto()  # Q. A.
    RECORD = auto()  # Mr. KIRBY. The CHAIRMAN.
    DASH = auto()  # KIRBY - Good morning.
    ALONE = auto()  # John Kirby, on a line of its own


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's name as written, None where only a change of speaker is marked; `words` is where the words may begin."""

    name: str | None
    line: int
    words: int
    form: Form

    @property
    def key(self) -> str:
        """The name's last word, folded: `JOHN RUWITCH` and `RUWITCH` are one speaker."""
        return "" if self.name is None else self.name.rsplit(maxsplit=1)[-1].casefold()


_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?:\s?[ap]\.?m\.?)?"
_TIME = rf"[\[(]?{_CLOCK}(?:\s?[-\u2013\u2014]\s?{_CLOCK})?[\])]?"
_LEAD = re.compile(
    rf"[ \t]{{0,40}}\*{{0,2}}(?P<chevron>>{{2,3}}[ \t]{{0,4}})?(?P<time>{_TIME}(?:[ \t]{{1,8}}|$))?(?P<later>>{{2,3}}[ \t]{{0,4}})?"
)
_ROUND_OF = re.compile(r"[QA](?:\s{0,4}[-\u2013\u2014:.])\s{1,4}(?=\S)")
_NAME = r"(?P<name>[^\s:,()\[\]\u201c\u201d\"][^:,()\[\]\u201c\u201d\"\n]{0,58}?)"
_TAIL = r"(?P<tail>(?:\s?\([^)\n]{1,60}\)|\s?\[[^\]\n]{1,60}\]|,[^:\n]{1,70}|\s[-\u2013\u2014]{1,2}\s[^:\n]{1,70}){0,2})"
_COLON = re.compile(rf"{_NAME}{_TAIL}\s{{0,2}}\*{{0,2}}:\*{{0,2}}(?=\s|$)[ \t]{{0,40}}")
_BARE = re.compile(rf"{_NAME}{_TAIL}\s{{0,2}}\*{{0,2}}\s{{0,8}}$")
_TRAILING_TIME = re.compile(rf"(?P<name>[^\d\[(\n:]{{2,58}}?)\s{{1,8}}{_TIME}\s{{0,8}}$")
_ROUND = re.compile(
    r"(?P<name>Q|A|QUESTION|ANSWER|Question|Answer)\d{0,3}(?:\s?\((?P<who>[^)\n]{2,60})\))?(?:[.:](?=\s|$)|\s[-\u2013\u2014](?=\s)|\t|\s{2})(?!\s?(?:is|was|stands|denotes|means)\s[A-Z])\s{0,8}"
)
_RECORD = re.compile(
    r"(?P<name>(?:The|Mr\.|Mrs\.|Ms\.|Miss|Dr\.|Sen\.|Rep\.|Gen\.|Senator|Representative|Chairman|Chairwoman|Secretary|Ambassador|"
    r"General|Judge|Madam)\s(?P<capitals>[^\W\d_]['\u2019]?[^\W\d_][^\s,:.]{0,24}(?:\s[^\Wa-z\d_][^\s,:.]{1,24}){0,2}))"
    r"(?:\sof\s[A-Z]\w{1,20}(?:\s[A-Z]\w{1,20})?)?\.(?=\s)\s{0,4}"
)
_DASH = re.compile(rf"{_NAME}\s?(?:[\u2013\u2014]|--?)\s(?=\S)")
_PREFIXES = (
    "d'",
    "d\u2019",
    "o'",
    "o\u2019",
    "l'",
    "l\u2019",
    "mc",
    "mac",
    "de",
    "di",
    "du",
    "la",
    "le",
    "al-",
    "el-",
    "fitz",
    "van",
    "von",
)
_PARTICLES = frozenset("de da del della der den di do dos du la le van von bin ibn al el ten ter af zu zum y e of the".split())
_BEGINS = _PARTICLES - {"of", "the", "y", "e"}
_LETTERS = re.compile(r"[\w.'\u2019\-&/#]{1,40}")
# What documents label lines with.
_NO_SPEAKERS = frozenset(
    name.strip()
    for name in """UPDATE|UPDATED|RELATED|NOTE|NOTES|CORRECTION|CORRECTIONS|CORRECTED|PHOTO|CAPTION|READ MORE|SOURCE|SOURCES|WATCH|
    BREAKING|EDITOR'S NOTE|DATE|TIME|PLACE|LOCATION|VENUE|PRESENT|PARTICIPANTS|CALL PARTICIPANTS|ATTENDEES|APPEARANCES|SPEAKERS|
    SUBJECT|TOPIC|TITLE|TRANSCRIPT|TRANSCRIPT OF|PROGRAM|PROGRAMME|DURATION|LENGTH|FROM|TO|CC|BCC|RE|SENT|CONTACT|CONTACTS|
    TEL|PHONE|EMAIL|E-MAIL|FAX|WEBSITE|WEB|SUMMARY|BACKGROUND|HEADLINE|DATELINE|EMBARGO|EMBARGOED|FOR IMMEDIATE RELEASE|DISCLAIMER|
    CONTENTS|AGENDA|RECORDED|PUBLISHED|POSTED|BYLINE|BY|END|KEY|KEY POINTS|HIGHLIGHTS|READ|LISTEN|MORE|SEE ALSO|CREDIT|
    TRANSCRIBED BY|REPORTING BY|EDITING BY|WRITTEN BY|PRODUCED BY|MUSIC|SOUND|HELP|USAGE|RETURNS|EXAMPLE|EXAMPLES|WARNING|CAUTION|
    TIP|TIPS|HINT|TODO|FIXME|IMPORTANT|ABSTRACT|KEYWORDS|REFERENCES|VERSION|OPTIONS|PARAMETERS|ARGUMENTS|DEFAULT|SYNOPSIS""".split(
        "|"
    )
)
_NUMBERED = re.compile(
    r"(?:CHAPTER|SECTION|FIGURE|FIG\.?|TABLE|APPENDIX|ANNEX|PART|STEP|PAGE|EXHIBIT|ITEM|VOLUME|ARTICLE) (?:\d[\d.]*|[A-Z]|[IVXL]+)"
)


def label_of(text: str, start: int, end: int) -> Label | None:
    """The label that the line `text[start:end]` begins with."""
    line = text[start : min(end, start + LABEL_CHARACTERS)]
    lead = _LEAD.match(line)
    at = lead.end() if lead else 0
    chevron, timed = bool(lead and (lead["chevron"] or lead["later"])), bool(lead and lead["time"])
    whole = end - start <= LABEL_CHARACTERS
    for read in (_round, _colon, _record):
        found = read(line, at)
        if found is not None:
            return _placed(found, start)
    if whole and (chevron or timed):
        found = _alone(line, at, Form.CHEVRON if chevron else Form.TIMED)
    if found is None and chevron:
        found = Label(None, 0, at, Form.CHEVRON)
    if found is None and whole:
        found = _named_before_time(line, at) or _alone(line, at, Form.ALONE)
    return _placed(found or _dash(line, at), start)


def _placed(label: Label | None, start: int) -> Label | None:
    return None if label is None else Label(label.name, start, start + label.words, label.form)


def _colon(line: str, at: int) -> Label | None:
    skipped = _ROUND_OF.match(line, at)
    for begin in dict.fromkeys((skipped.end() if skipped else at, at)):
        match = _COLON.match(line, begin)
        if match is None or _is_no_speaker(match["name"]):
            continue
        name = re.sub(r"^BY (?=\S)", "", match["name"].strip())  # BY MR. KESSLER: the questions that follow are his
        if in_capitals(name) or (begin > at and in_mixed_case(name)):
            return Label(name, 0, match.end(), Form.CAPITALS)
        if in_mixed_case(name):
            return Label(name, 0, match.end(), Form.MIXED)
    return None


def _round(line: str, at: int) -> Label | None:
    match = _ROUND.match(line, at)
    if match is None:
        return None
    who = (match["who"] or "").partition(",")[0].strip()
    name = who if len(who.split()) > 1 and in_mixed_case(who) else match["name"][0]
    form = Form.ROUND if not line.startswith(("QUESTION:", "ANSWER:"), at) else Form.CAPITALS
    if form is Form.CAPITALS:
        name = match["name"]
    return (
        None if form is Form.ROUND and _COLON.match(line, match.end()) and _colon(line, at) else Label(name, 0, match.end(), form)
    )


def _record(line: str, at: int) -> Label | None:
    match = _RECORD.match(line, at)
    return Label(match["name"], 0, match.end(), Form.RECORD) if match and in_capitals(match["capitals"]) else None


def _alone(line: str, at: int, form: Form) -> Label | None:
    match = _BARE.match(line, at)
    if match is None or _is_no_speaker(match["name"]) or not _named(match["name"]):
        return None
    n_words = len(match["name"].split())
    if form is Form.ALONE and not 1 < n_words <= MAX_NAME_WORDS - 2:
        return None
    if form is Form.CHEVRON and n_words == 1 and not in_capitals(match["name"]):  # `>> Right`
        return None
    return Label(match["name"].strip(), 0, len(line), form)


def _named_before_time(line: str, at: int) -> Label | None:
    match = _TRAILING_TIME.match(line, at)
    if match is None or not _named(match["name"]) or _is_no_speaker(match["name"]):
        return None
    return Label(match["name"].strip(), 0, len(line), Form.TIMED)


def _dash(line: str, at: int) -> Label | None:
    match = _DASH.match(line, at)
    return Label(match["name"].strip(), 0, match.end(), Form.DASH) if match and in_capitals(match["name"]) else None


def _is_no_speaker(name: str) -> bool:
    written = " ".join(name.replace("\u2019", "'").upper().split())
    return written in _NO_SPEAKERS or _NUMBERED.fullmatch(written) is not None


def _named(name: str) -> bool:
    return in_capitals(name) or in_mixed_case(name)


def in_capitals(name: str) -> bool:
    """Whether a name is written in capitals, but for `d'ENTREMONT`, `McCARTHY`, `van der BERG`."""
    return _is_name(name, _capitals_word) and any(word.isupper() or _root(word).isupper() for word in name.split())


def in_mixed_case(name: str) -> bool:
    """Whether each word of a name begins with a capital, but for `d'Entremont` and `van der Berg`."""
    return _is_name(name, _mixed_word)


def _is_name(name: str, is_word: Callable[[str], bool]) -> bool:
    words = name.split()
    if not 0 < len(words) <= MAX_NAME_WORDS or not any(c.isupper() for c in name) or not all(map(_LETTERS.fullmatch, words)):
        return False
    if words[0].islower() and words[0] not in _BEGINS and _root(words[0]) == words[0]:
        return False
    if words[-1].endswith(".") and words[-1] not in ("Jr.", "Sr.", "JR.", "SR.") and len(words[-1]) > len("J."):
        return False
    return words[-1] not in _PARTICLES and all(is_word(word) for word in words)


def _capitals_word(word: str) -> bool:
    return word in _PARTICLES or not any(c.islower() for c in word) or _root(word).isupper()


def _mixed_word(word: str) -> bool:
    return word in _BEGINS or not word[0].islower() or _root(word) != word


def _root(word: str) -> str:
    """A name's word without the prefix that may be written small: `ENTREMONT`, `CARTHY`; the word itself if there is none."""
    for prefix in _PREFIXES:
        rest = word[len(prefix) :]
        if word.lower().startswith(prefix) and rest and rest[0].isupper():
            return rest
    return word
