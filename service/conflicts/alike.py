"""Whether two sentences speak of the same thing, told by the words around what they give as the answer."""

from __future__ import annotations

from index.normalise import STOP_WORDS, content_terms, terms
from index.types import Span
from service.conflicts.stance import clause_at
from service.conflicts.values import names_of, stems

# Words that tell how something is told, and so nothing of what is told.
_TELLING = frozenset(
    terms(
        """said say told tell asked ask added add reported report reporters according statement spokesman spokeswoman official
        officials new still just later earlier last week today yesterday tomorrow morning evening night monday tuesday wednesday
        thursday friday saturday sunday january february march april june july august september october november december first
        one two three about around nearly almost more least get got make made take took come came have
        long many much happen become"""
    )
)
CALENDAR = frozenset(
    terms(
        """january february march april june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday"""
    )
)


def around(sentence: str, value: Span) -> frozenset[str]:
    """The stems of the clause that a value stands in, without the value, names and words of telling.

    A clause that says nothing else stands with the rest of its sentence.
    """
    first, last = clause_at(sentence, value.start)
    words = sentence[first : value.start] + " " + sentence[min(last, value.end) : last]
    return _told(words) or _told(sentence[: value.start] + " " + sentence[value.end :])


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The overlap coefficient of two sets of stems, 0 if one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def asked_stems(question: str) -> frozenset[str]:
    """What a question is about, by its stems, names left out."""
    names = {stem for name in names_of(_uncapitalised(question)) for stem in terms(name.span.of(_uncapitalised(question)))}
    return frozenset(
        term for term in content_terms(question) if term not in names and term not in _TELLING and not term.isdigit()
    )


def names_asked(question: str) -> frozenset[str]:
    """The stems of the names in a question."""
    text = _uncapitalised(question)
    return frozenset(stem for name in names_of(text) for stem in terms(name.span.of(text)) if stem not in STOP_WORDS)


def _uncapitalised(question: str) -> str:
    return question[:1].lower() + question[1:]


def _told(words: str) -> frozenset[str]:
    names = {
        stem for name in names_of(_uncapitalised(words.strip())) for stem in terms(name.span.of(_uncapitalised(words.strip())))
    }
    return stems(words) - names - _TELLING
