"""Which documents and sentences have one origin: copies, edited copies, agency stories; not two reports of the same words."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from index.normalise import terms
from index.types import Document

SHINGLE_WORDS = 5
COPIED_DOCUMENT = 0.2  # share of the shorter text's shingles from which it was copied; independent reports share under 0.05
COPIED_SENTENCE = 0.6  # Jaccard of the words of two sentences from which one was written after the other
MIN_OWN_WORDS = 6  # words outside quotation marks from which two writers do not write the same by chance
_QUOTED = re.compile(r"[\u201c\"][^\u201c\u201d\"]{0,2000}[\u201d\"]")
_CREDIT = re.compile(r"^[^\n]{0,80}?\((?P<agency>[^()\n]{2,40})\)\s*[\u2014\u2013-]")
_READ_CHARACTERS = 40_000  # of a document: longer ones are compared by their beginnings


def copied(one: Document, other: Document) -> bool:
    """Whether one of two documents was copied from the other, or both from a third: words inside quotation marks apart.

    An agency's story and what another outlet prints under the agency's credit are one too.
    """
    first, second = _shingles(one.text[:_READ_CHARACTERS]), _shingles(other.text[:_READ_CHARACTERS])
    if not first or not second:
        return one.sha256 == other.sha256
    within = len(first & second) / min(len(first), len(second))
    return within >= (COPIED_DOCUMENT / 2 if _credited(one, other) else COPIED_DOCUMENT)


def same_words(one: str, other: str) -> bool:
    """Whether two sentences were written once: much the same words outside quotation marks, and enough of them."""
    first, second = _own_words(one), _own_words(other)
    return min(len(first), len(second)) >= MIN_OWN_WORDS and _jaccard(first, second) >= COPIED_SENTENCE


def origins(told: Sequence[tuple[Document, str]]) -> list[int]:
    """For each (document, sentence) the number of its origin, from 0 in the order of first appearance.

    A sentence of a copy that the original has too is the original's; the copy's own sentence is the copy's.
    """
    groups: list[int] = []
    for place, (document, sentence) in enumerate(told):
        found = next((groups[at] for at in range(place) if _one_origin(*told[at], document, sentence)), None)
        groups.append(max(groups, default=-1) + 1 if found is None else found)
    return groups


def one_origin(documents: Sequence[Document]) -> bool:
    """Whether all documents go back to one: each is tied to the others by copying, if by way of a third."""
    reached, waiting = [documents[0]], list(documents[1:])
    while found := next((d for d in waiting if any(copied(d, other) for other in reached)), None):
        reached.append(found)
        waiting.remove(found)
    return not waiting


def _one_origin(one: Document, said: str, other: Document, told: str) -> bool:
    if one.document_id == other.document_id or same_words(said, told):
        return True
    alike = _jaccard(frozenset(terms(said)), frozenset(terms(told))) >= COPIED_SENTENCE
    return alike and copied(one, other)


def _credited(one: Document, other: Document) -> bool:
    agencies = {(match["agency"] if (match := _CREDIT.match(d.text)) else d.outlet or "").casefold() for d in (one, other)}
    return len(agencies) == 1 and agencies != {""}


def _shingles(text: str) -> frozenset[Hashable]:
    words = terms(_QUOTED.sub(" ", text))
    return frozenset(tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1))


def _own_words(sentence: str) -> frozenset[str]:
    return frozenset(terms(_QUOTED.sub(" ", sentence)))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
