"""Whose words a sentence is, and who relays them, by the sentence's own form and the document's turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.normalise import fold
from index.types import Document, Section, SectionKind, Span
from service.types import Attribution

_SAID = (
    r"(?:said|says|told|tells|added|adds|noted|notes|stated|states|stressed|warned|warns|argued|argues|claimed|claims|"
    r"described|explained|explains|insisted|insists|announced|reported|acknowledged|confirmed|denied|denies|called|asked|"
    r"wrote|writes|continued|concluded|declared|replied|responded|suggested|asserted|remarked|recalled|accused|alleged|"
    r"denounced|hit back)"
)
_SUBJECT = r"(?P<subject>[^\u201c\u201d\",;:()]{2,90}?)"
_ADVERB = r"(?:also |then |later |further |again |repeatedly )?"
_OPEN, _CLOSE = r"[\u201c\"]", r"['\u2019]?[\u201d\"]"
_PATTERNS = (
    # “TikTok came up today, yes,” Mr. Kirby said.
    re.compile(rf"[,.?!\u2026]{_CLOSE}\s+{_SUBJECT}\s+{_ADVERB}{_SAID}\b"),
    # “Yes,” said Mr. Kirby.
    re.compile(rf"[,.?!\u2026]{_CLOSE}\s+(?:said|added|wrote|asked)\s+{_SUBJECT}(?=[.,;]|$)"),
    # ..., National Security Council spokesperson John Kirby told reporters after the call.
    re.compile(rf",[\u201d\"]?\s+{_SUBJECT}\s+{_ADVERB}{_SAID}(?:\s+(?!that\b)[\w\u2019']+){{0,6}}[.\u201d\"]*$"),
    # According to China's statement regarding this call, Xi hit back
    re.compile(r"(?i:\baccording to) (?P<subject>(?:the |a |an )?[A-Z][^,.;:]{1,90}?|(?:the|a|an) [^,.;:]{2,90}?)(?=[,.;])"),
    # Notably, the official said ...; And the White House said ...; The official described ...
    re.compile(rf"^{_OPEN}?(?:[A-Z][a-z]+, |And |But |So |you know, |And, you know, |well, )*{_SUBJECT}\s+{_ADVERB}{_SAID}\b"),
)
_NAME_RUN = re.compile(r"[^\W\d_a-z][\w\u2019'\-]*(?:[ ][^\W\d_a-z][\w\u2019'\-]*)*")
_POSSESSIVE = re.compile(r"['\u2019]s\s")
_ROLES = frozenset(
    """president vice prime minister chancellor secretary treasury state foreign defense defence senator sen rep
    representative governor gov general gen mr mrs ms miss dr king queen prince chairman chairwoman chair chief executive
    officer ceo cfo premier spokesman spokeswoman spokesperson press national security council white house ambassador
    leader sir lord lady admiral colonel professor judge justice former acting deputy""".split()
)
_DESCRIBED = re.compile(
    r"\b(?:officials?|authorities|spokes\w+|ministry|minister|government|administration|department|white house|statement|"
    r"readout|party|embassy|agency|police|office|council|company|analysts?|experts?|sources?|aides?|diplomats?)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an|one|another)\s+", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she|it|they|we|i|you|who|that|this|which|these|those|there|neither side|both)\b", re.IGNORECASE)
_REGARDING = re.compile(r"\s+(?:regarding|about|on|of|after|before|in|from)\s.*$")
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
    runs = {_unrole(match.group()) for match in _NAME_RUN.finditer(_POSSESSIVE.sub(" | ", document.text))}
    turns = tuple(section for section in document.sections if section.kind is SectionKind.TURN)
    labels = {turn.label for turn in turns if turn.label}
    return Speakers(document, turns, tuple(sorted((runs | labels) - {""})))


def attribute(speakers: Speakers, span: Span, *, before: Sequence[Span] = ()) -> Attribution:
    """The speaker and the relayer of the sentence at `span`; `before` are the sentences in front of it, nearest last.

    A quotation without a name of its own is carried over from the nearest sentence of its paragraph or the one before
    that has one, and marked as inferred.
    """
    text = speakers.document.text
    turn = next((turn for turn in speakers.turns if turn.span.covers(span)), None)
    relayer = speakers.document.outlet if turn is None else longest_name(speakers, turn.label or "")
    subject = _subject(span.of(text))
    if subject is not None:
        named = longest_name(speakers, subject)
        if turn is None or named != relayer:
            return Attribution(named, relayer)
    if turn is not None:
        return Attribution(relayer, None)
    if _is_bare_quote(span.of(text)):
        for earlier in reversed(before[-3:]):
            subject = _subject(earlier.of(text))
            if subject is not None:
                return Attribution(longest_name(speakers, subject), relayer, inferred=True)
            if not _is_bare_quote(earlier.of(text)):
                break
    return Attribution(None, relayer)


def longest_name(speakers: Speakers, surface: str) -> str:
    """The longest form of a name in the document without its role: `Mr. Kirby` gives `John Kirby`.

    A description such as `the official` gives its longest form likewise, without the article.
    """
    if _DESCRIBED.search(surface) and not _personal(surface):
        return _longest_description(speakers.document.text, surface)
    short = (_personal(surface) or surface.strip()).split()
    forms = [name for name in speakers.names if _is_form_of(short, name.split())]
    return max(forms, key=lambda name: (len(name.split()), not name.isupper(), len(name)), default=" ".join(short))


def matches_alias(attribution: Attribution, alias: str) -> bool:
    """Whether `alias` names the speaker: every word of it is in the name, whatever the case."""
    if attribution.speaker is None:
        return False
    spoken = set(fold(attribution.speaker).replace(".", " ").split())
    wanted = [word for word in fold(alias).replace(".", " ").split() if word not in _ROLES and word != "the"]
    return bool(wanted) and all(word in spoken for word in wanted)


def _subject(sentence: str) -> str | None:
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            subject = match["subject"].strip()
            words = subject.split()
            if not words or len(words) > MAX_SUBJECT_WORDS or _PRONOUN.match(subject):
                continue
            if _DESCRIBED.search(subject) or any(word[0].isupper() for word in words):
                return _REGARDING.sub("", subject)
    return None


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
