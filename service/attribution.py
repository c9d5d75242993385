"""Whose words a sentence is, and who relays them, by the sentence's own form and the document's turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.normalise import STOP_WORDS, fold
from index.sentences import sentences
from index.types import Document, Section, SectionKind, Span
from service.types import Attribution

_SAID = (
    r"(?:(?:said|says|told|tells|added|adds|noted|notes|stated|states|stressed|warned|warns|argued|argues|claimed|claims|"
    r"described|explained|explains|insisted|insists|acknowledged|confirmed|denied|denies|rejected|wrote|writes|continued|"
    r"concluded|declared|replied|responded|suggested|asserted|remarked|recalled|estimated|accused|alleged|denounced|hit back)\b|"
    r"(?:called|reported|announced|asked|promised|ruled out)(?= (?:that|it|the|him|her|them|for|whether|\u201c|\")))"
)
# No dash, quote or pause inside a subject; one space between words, since sentences are matched with folded white space.
_SUBJECT = r"(?P<subject>[^\s\u201c\u201d\",;:()\u2013\u2014][^\u201c\u201d\",;:()\u2013\u2014]{1,88}?)"
_ADVERB = r"(?:also |then |later |further |again |repeatedly )?"
_OPEN, _CLOSE = r"[\u201c\"]", r"['\u2019]?[\u201d\"]"
_PATTERNS = (
    # “TikTok came up today, yes,” Mr. Kirby said.
    re.compile(rf"[,.?!\u2026]{_CLOSE} {_SUBJECT} {_ADVERB}{_SAID}"),
    # “Yes,” said Mr. Kirby.
    re.compile(rf"[,.?!\u2026]{_CLOSE} (?:said|added|wrote|asked) {_SUBJECT}(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?=[.,;]|$)"),
    # ..., National Security Council spokesperson John Kirby told reporters after the call.
    re.compile(rf",[\u201d\"]? {_SUBJECT} {_ADVERB}{_SAID}(?: (?!that\b)[\w\u2019']+){{0,6}}[.\u201d\"]*$"),
    # According to China's statement regarding this call, Xi hit back
    re.compile(r"(?i:\baccording to) (?P<subject>(?:the |a |an )?[A-Z][^,.;:]{1,90}?|(?:the|a|an) [^,.;:]{2,90}?)(?=[,.;])"),
    # Notably, the official said ...; And the White House said ...; it was - a U.S. official called it
    re.compile(rf"(?:^{_OPEN}?(?:[A-Za-z]+(?: [a-z]+)?, ){{0,4}}(?:And |But |So )?|[\u2013\u2014] ){_SUBJECT} {_ADVERB}{_SAID}"),
)
_NAME_RUN = re.compile(r"[^\W\d_a-z][\w\u2019'\-]*(?:[ ][^\W\d_a-z][\w\u2019'\-]*)*")
_POSSESSIVE = re.compile(r"['\u2019]s\s")
_ROLES = frozenset(
    """president vice prime minister chancellor secretary treasury state foreign defense defence senator sen rep
    representative governor gov general gen mr mrs ms miss dr king queen prince chairman chairwoman chair chief executive
    officer ceo cfo premier spokesman spokeswoman spokesperson press national security council white house ambassador
    mayor deputy financial operating fire police city county council member sheriff commissioner director manager analyst
    coach captain superintendent staff cabinet sir lord lady admiral colonel professor judge justice former acting""".split()
)
_DESCRIBED = re.compile(
    r"\b(?:officials?|authorities|spokes\w+|ministry|minister|government|administration|department|white house|statement|"
    r"readout|party|embassy|agency|police|office|council|company|analysts?|experts?|sources?|aides?|diplomats?)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an|one|another)\s+", re.IGNORECASE)
_PERSON_PRONOUN = re.compile(r"(?:he|she)\b", re.IGNORECASE)
_NOT_SAYING = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|not|never)$|^(?:neither|no|nobody|none)\b", re.IGNORECASE
)
_PRONOUN = re.compile(r"(?:he|she|it|they|we|i|you|who|that|this|which|these|those|there|neither side|both)\b", re.IGNORECASE)
_REGARDING = re.compile(r"\s+(?:regarding|about|on|of|after|before|in|from)\s.*$")
LOOK_BACK_CHARACTERS = 1_200
LOOK_BACK_SENTENCES = 4
_LOWER_WORD = re.compile(r"\b[a-z]+\b")
_OPENERS = frozenset("yesterday today tomorrow meanwhile however notably later earlier still then instead".split())
_SENTENCE_ENDS = '.!?\u2026:\u201c\u201d"|'
MAX_NAME_WORDS = 4  # a longer run of capitals is a heading or an institution
MAX_SUBJECT_WORDS = 9  # a longer subject is a clause that the patterns misread


@dataclass(frozen=True, slots=True)
class Speakers:
    """A document read for its speakers: turns, and the name forms that occur in it."""

    document: Document
    turns: tuple[Section, ...]
    names: tuple[str, ...]


def read_speakers(document: Document) -> Speakers:
    """Find the turns and the names of a document, once for many spans."""
    turns = tuple(section for section in document.sections if section.kind is SectionKind.TURN)
    labels = {turn.label for turn in turns if turn.label}
    return Speakers(document, turns, tuple(sorted((_names(document.text) | labels) - {""})))


def _names(text: str) -> set[str]:
    """The runs of capitalised words, without roles, and without a sentence's first word if that is no name: `But Biden`."""
    text = _POSSESSIVE.sub(" | ", text)
    common = set(_LOWER_WORD.findall(text)) | STOP_WORDS | _OPENERS
    runs = [(match.group(), _begins_sentence(text, match.start())) for match in _NAME_RUN.finditer(text)]
    kept = (run.partition(" ")[2] if first and run.split()[0].lower() in common else run for run, first in runs)
    return {_unrole(run) for run in kept if run}


def _begins_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at]
    return not before.strip() or "\n" in before or before.rstrip()[-1] in _SENTENCE_ENDS


def attribute(speakers: Speakers, span: Span) -> Attribution:
    """The speaker and the relayer of the sentence at `span`.

    A quotation without a name of its own, or with "he said", takes the speaker of the nearest sentence before it that has one, if
    nothing but such quotations stands between; it is then marked as inferred.
    """
    text = speakers.document.text
    sentence = span.of(text)
    turn = next((turn for turn in speakers.turns if turn.span.covers(span)), None)
    relayer = speakers.document.outlet if turn is None else longest_name(speakers, turn.label or "")
    subject = _subject(sentence)
    if subject is not None:
        named = longest_name(speakers, subject)
        if turn is None or named != relayer:
            return Attribution(named, relayer)
    if turn is not None:
        return Attribution(relayer, None)
    if _is_bare_quote(sentence) or _pronoun_said(sentence):
        before = sentences(text, Span(max(0, span.start - LOOK_BACK_CHARACTERS), span.start))
        for earlier in reversed(before[-LOOK_BACK_SENTENCES:]):
            subject = _subject(earlier.of(text))
            if subject is not None:
                return Attribution(longest_name(speakers, subject), relayer, inferred=True)
            if not (_is_bare_quote(earlier.of(text)) or _pronoun_said(earlier.of(text))):
                break
    return Attribution(None, relayer)


def longest_name(speakers: Speakers, surface: str) -> str:
    """The longest form of a name in the document without its role: `Mr. Kirby` gives `John Kirby`.

    Where several people bear the name, it stays as it is. A description such as `the official` gives its longest form likewise,
    without the article.
    """
    if _DESCRIBED.search(surface) and not _personal(surface):
        return _longest_description(speakers.document.text, surface)
    short = (_personal(surface) or surface.strip()).split()
    forms = [name for name in speakers.names if _is_form_of(short, name.split())]
    longest = max((len(name.split()) for name in forms), default=0)
    full = [name for name in forms if len(name.split()) == longest]
    if not full or len({fold(name) for name in full}) > 1:
        return " ".join(short)
    return min(full, key=lambda name: (name.isupper(), name))


def matches_alias(attribution: Attribution, alias: str) -> bool:
    """Whether `alias` names the speaker, whatever the case: the same name, or one that begins or ends the other.

    A described speaker is matched by the end of the description only: "Biden" is not "a Biden administration official".
    """
    if attribution.speaker is None:
        return False
    spoken, wanted = _alias_words(attribution.speaker), _alias_words(alias)
    if not wanted:
        return False
    if _DESCRIBED.search(attribution.speaker):
        return spoken[-len(wanted) :] == wanted
    if len(wanted) <= len(spoken):
        return wanted in (spoken[: len(wanted)], spoken[-len(wanted) :])
    return wanted[-len(spoken) :] == spoken or wanted[:1] == spoken


def _alias_words(name: str) -> list[str]:
    words = [word for word in fold(name).replace(".", " ").split() if word not in ("the", "a", "an")]
    return [word for word in words if word not in _ROLES] or words


def _subject(sentence: str) -> str | None:
    sentence = " ".join(sentence.split())
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            subject = match["subject"].strip()
            words = subject.split()
            if not words or len(words) > MAX_SUBJECT_WORDS or _PRONOUN.match(subject) or _NOT_SAYING.search(subject):
                continue
            if _DESCRIBED.search(subject) or any(word[0].isupper() for word in words):
                return _REGARDING.sub("", subject)
    return None


def _pronoun_said(sentence: str) -> bool:
    """Whether the sentence is what "he" or "she" said."""
    sentence = " ".join(sentence.split())
    return any(_PERSON_PRONOUN.match(match["subject"]) for pattern in _PATTERNS for match in pattern.finditer(sentence))


def _is_bare_quote(sentence: str) -> bool:
    return sentence.startswith(("\u201c", '"')) and _subject(sentence) is None


def _personal(surface: str) -> str:
    """The person's name in a surface form, without titles and roles; empty if there is none."""
    runs = [_unrole(match.group()) for match in _NAME_RUN.finditer(_ARTICLE.sub("", surface))]
    if _DESCRIBED.search(surface) and not re.search(r"\bspokes\w+\s+[A-Z]|\b(?:official|minister|Minister)\s+[A-Z]", surface):
        return ""
    return next((run for run in reversed(runs) if run), "")


def _unrole(name: str) -> str:
    words = name.split()
    while words and words[0].rstrip(".").casefold() in _ROLES:
        words = words[1:]
    return re.sub(r"['\u2019]s?$", "", " ".join(words))


def _is_form_of(short: Sequence[str], full: Sequence[str]) -> bool:
    folded, whole = [fold(word) for word in short], [fold(word) for word in full]
    n = len(folded)
    return 0 < n <= len(whole) <= MAX_NAME_WORDS and (whole[:n] == folded or whole[-n:] == folded)


def _longest_description(text: str, surface: str) -> str:
    core = _ARTICLE.sub("", surface.strip())
    head = core.split()[-1]
    longer = re.compile(rf"\b(?:a|an)\s+((?:[\w.\-]+\s+){{0,4}}{re.escape(core)})\b", re.IGNORECASE)
    forms = [match.group(1) for match in longer.finditer(text)] if head == core else []
    return max([core, *forms], key=len)
