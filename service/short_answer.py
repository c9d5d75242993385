"""The few words that answer, verbatim from a cited quote, or yes or no; nothing where that is not certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.normalise import content_terms
from index.reader.pairs import in_context
from index.sentences import sentences
from index.types import Relation, Span
from service.attribution import matches_alias
from service.question import Asked, Kind
from service.telling import tells
from service.types import Evidence

# What is possible, asked or disputed is neither yes nor no; what is only planned is no yes.
_UNSETTLED = re.compile(r"\b(?:might|may|if|whether|reject|deny|denie|rule[ds]? out|alleged|sort of)\w*", re.IGNORECASE)
_UNSAID = re.compile(  # nobody said so, which leaves open whether it is so
    r"\b(?:neither|nobody|no one|none|not one)\b[^.]{0,30}\b(?:said|says|say|mention\w*)\b|"
    r"\b(?:did|does|do)(?: not|n['\u2019]t) (?:say|mention)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(r"\bclaim\w*", re.IGNORECASE)
_ASKS_OF_SAYING = re.compile(r"\b(?:say|claim|assert|state|deny|admit)\w*", re.IGNORECASE)
_PLANNED = re.compile(r"\b(?:could|would|should|will)\b", re.IGNORECASE)
_NOT_KNOWN = re.compile(
    r"\b(?:not clear|unclear|not known|unknown|whether|declined to|"
    r"(?:did|does|do|would|could)(?: not|n['\u2019]t) (?:say|know|tell|name|specify))\b",
    re.IGNORECASE,
)
_ASKS_WHAT = re.compile(r"^\W*(?:and |but |so )?what\b", re.IGNORECASE)
LONGEST_SHARE = 0.6  # of its sentence: what is longer is the sentence over again
CARRIED = 0.65  # probability from which a sentence that carries what is asked is a yes; where one of the two is negated
CARRIED_UNALIKE = 0.8
DENIED = 0.6  # from which one that contradicts it is a no, where one of question and sentence is negated; where neither or both
DENIED_ALIKE = 0.85
SURE = 0.8  # from which a sentence denies what a question takes for granted
_PRESSES = re.compile(r"\bpress\b", re.IGNORECASE)  # more than to speak of it
LOOKED_BACK = 400  # characters before a sentence
_NEGATION = re.compile(
    r"\b(?:not|no|nobody|never|neither|nor|none|unlikely|hardly|without|cannot|fail(?:s|ed)? to|refus(?:es|ed) to|denie[sd]|"
    r"outside)\b|n['\u2019]t\b",
    re.IGNORECASE,
)


Relate = Callable[[Sequence[tuple[str, str]]], list[Relation]]


def short_answer(asked: Asked, best: Evidence, text: str, relate: Relate) -> str | None:
    """The short answer that the best piece of evidence carries; `text` is its document's text.

    `relate` gives the relations of (statement, evidence) pairs.
    """
    if asked.kind is Kind.YES_NO:
        sentence = best.span.of(text)
        relation = relate([(asked.text, in_context(sentence, _before(best.span, text)))])[0]
        return _carried(relation, asked, sentence) or _told(asked, sentence)
    if asked.asks_who_said and best.attribution.speaker:
        return _as_quoted(best.attribution.speaker, best.span.of(text))
    if asked.kind is not Kind.FACT or asked.speaker is not None or best.answer_span is None:
        return None
    if not best.span.covers(best.answer_span) or _leaves_open(asked, best, text):
        return None
    return _tidy(best.answer_span, best.span, text)


def _before(span: Span, text: str) -> str:
    """The sentence before a span, of which no more is read than `LOOKED_BACK` characters."""
    spans = sentences(text, Span(max(0, span.start - LOOKED_BACK), span.start))
    return spans[-1].of(text) if spans else ""


def _leaves_open(asked: Asked, best: Evidence, text: str) -> bool:
    """Whether the sentence says that it is not known, or the span is who says it where what was said is asked."""
    if _NOT_KNOWN.search(best.span.of(text)) and not _NOT_KNOWN.search(asked.text):
        return True
    said = best.answer_span.of(text) if best.answer_span else ""
    return bool(_ASKS_WHAT.search(asked.text)) and matches_alias(best.attribution, said)


def _tidy(answer: Span, sentence: Span, text: str) -> str | None:
    """The span without punctuation at its ends and with its quotation closed; None if it is no shorter way to say it."""
    words = answer.of(text).strip(' ,;:.\u201d"')
    start = text.find(words, answer.start)
    following = text[start + len(words) : start + len(words) + 1]
    if words.count("\u201c") > words.count("\u201d"):
        words = words + following if following == "\u201d" else words.replace("\u201c", "", 1) if words[0] == "\u201c" else ""
    return words if words and len(words) <= LONGEST_SHARE * len(sentence) else None


def denies(sentence: str, presumed: str, relate: Relate) -> bool:
    """Whether a sentence surely contradicts what a question takes for granted, put as a yes/no question."""
    return relate([(presumed, sentence)])[0].contradicts >= SURE


def _carried(relation: Relation, asked: Asked, sentence: str) -> str | None:
    """Yes or no where the sentence surely carries or contradicts what is asked, and nothing in it is left open."""
    alike = _alike_negated(asked, sentence)
    if relation.entails >= (CARRIED if alike else CARRIED_UNALIKE):
        return _settled("yes", asked, sentence)
    return _settled("no", asked, sentence) if relation.contradicts >= (DENIED_ALIKE if alike else DENIED) else None


def _alike_negated(asked: Asked, sentence: str) -> bool:
    """Whether both question and sentence hold a negation, or neither does."""
    return bool(_NEGATION.search(asked.text)) == bool(_NEGATION.search(sentence))


def _told(asked: Asked, sentence: str) -> str | None:
    """Yes where a sentence tells that the very thing asked about was spoken of, no where it tells that it was not."""
    if not asked.brought_up or asked.topic is None or not tells(sentence) or _PRESSES.search(asked.text):
        return None
    if not set(content_terms(asked.topic)) <= set(content_terms(sentence)):
        return None
    return _settled("no" if _NEGATION.search(sentence) else "yes", asked, sentence)


def _settled(answer: str, asked: Asked, sentence: str) -> str | None:
    """The answer, unless the sentence leaves open what the question does not."""
    leaves_open = [_UNSETTLED] + [_PLANNED] * (answer == "yes") + [_CLAIMS, _UNSAID] * (not _ASKS_OF_SAYING.search(asked.text))
    return None if any(left.search(sentence) and not left.search(asked.text) for left in leaves_open) else answer


def _as_quoted(speaker: str, sentence: str) -> str | None:
    """The speaker as the sentence writes it: `Mr. Kirby` for John Kirby; None if it does not name them."""
    last = re.escape(speaker.rsplit(maxsplit=1)[-1])
    named = re.search(rf"(?:(?:[Tt]he|[Aa]n?|Mr\.|Mrs\.|Ms\.|Dr\.)\s+)?(?:[^\W\d_a-z][\w.\u2019'\-]*\s+)*{last}\b", sentence)
    return named.group() if named else None
