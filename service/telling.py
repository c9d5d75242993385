"""What a sentence tells by its wording alone: of a call, or on from the sentence before it."""

from __future__ import annotations

import re

from index.normalise import content_terms
from index.types import Span

FULL_SENTENCE_TERMS = 12  # content terms from which a sentence counts as full: the median of the seeds' reporting sentences
HINTS = 0.5  # of a sentence that may tell of a call, beside one that says what was talked about
BACKGROUND = 0.5  # of one that tells of an earlier time
SHARED_TERMS = 2  # content terms of neighbouring sentences from which they tell of the like
MIN_QUOTE_CHARACTERS = 20  # what is left of a sentence without its fillers must still say something
_FILLERS = re.compile(
    r"(?:(?:And|So|But|Yeah|Yes|No|Well|Oh|Right|I mean|You know|Look|Um|Uh)[,.]\s+(?:you know, |well, |I mean, )*)+",
    re.IGNORECASE,
)
_PRONOUN_START = re.compile(
    r"(?:[Tt]he )?(?:He|She|It|They|His|Her|Its|Their|This|These|That|Those|official|company)\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(r"\b(?:that|this|it) (?:was|is|were|had|has|came|did)\b|\b(?:it|this|that)[.,;]", re.IGNORECASE)
_TALKED = re.compile(
    r"\b(?:discuss|rais(?:ed|es|ing)\b|talk(?:ed|ing|s)? about|c[ao]me up|br(?:ing|ought) up|mention|warn|"
    r"key (?:issue|point|topic)|stress|denounc|told|connect on|follow up on|hit back|urg(?:ed|es|ing)\b|"
    r"press(?:ed|es|ing)? |promis|pledg|propos|cover(?:ed|s) )\w*",
    re.IGNORECASE,
)
_MAY_TELL = re.compile(r"\b(?:talk|concern|agree|address|call(?:ed)? (?:for|on))\w*", re.IGNORECASE)
_MONTH = r"January|February|March|April|May|June|July|August|September|October|November|December"
_BEFORE = re.compile(
    rf"\b(?:last|in|since|of) (?:(?:early|late|mid-?) ?)?(?:{_MONTH}|(?:19|20)\d\d)\b|\b(?:years|months) ago\b|"
    r"\blast (?:year|month|spring|summer|autumn|fall|winter)\b|\bfirst (?:\w+ ){1,3}since\b"
)
_AHEAD = re.compile(
    r"\b(?:would|will|is to|are to|expected to|due to|plan(?:s|ned)? to|likely to)\s(?!not\b|never\b|have\b)\w+", re.IGNORECASE
)


def lies_ahead(text: str) -> bool:
    """Whether it tells of what is or was to happen: no source for that it did."""
    return bool(_AHEAD.search(text))


def tells(sentence: str) -> float:
    """From 0 to 1 how much a sentence tells of what was said or done on a call: that it does, and how full it is."""
    if sentence.endswith("?"):
        return 0.0
    cue = 1.0 if _TALKED.search(sentence) else HINTS if _MAY_TELL.search(sentence) else 0.0
    told = cue * (BACKGROUND if _BEFORE.search(sentence) else 1.0)
    return told * min(1.0, len(set(content_terms(sentence))) / FULL_SENTENCE_TERMS)


def begins_with_pronoun(sentence: str) -> bool:
    """Whether it speaks of what the sentence before it names."""
    return bool(_PRONOUN_START.match(sentence))


def points_back(sentence: str) -> bool:
    """Whether it may speak of what was named before it: "neither side said that was brought up"."""
    return bool(_POINTS_BACK.search(sentence))


def enumerates(text: str, first: Span, other: Span, *, beside: bool) -> bool:
    """Whether a sentence goes on with another's list in the same paragraph: by a pronoun, or in the same words beside it.

    "He raised tariffs. You know, he stressed human rights." is one list; "Yellen arrives tomorrow. Blinken will arrive later."
    is another.
    """
    if "\n" in text[first.end : other.start]:
        return False
    said, goes_on = first.of(text), without_fillers(other, text).of(text)
    if begins_with_pronoun(goes_on) and _TALKED.search(goes_on) and _TALKED.search(said):
        return True
    return beside and len(set(content_terms(said)) & set(content_terms(goes_on))) >= SHARED_TERMS


def without_fillers(sentence: Span, text: str) -> Span:
    """The sentence without the "Yeah, well, you know," that speech begins with, if enough of it is left."""
    filler = _FILLERS.match(text, sentence.start, sentence.end)
    start = filler.end() if filler else sentence.start
    return Span(start, sentence.end) if sentence.end - start >= MIN_QUOTE_CHARACTERS else sentence
