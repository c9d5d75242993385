"""Citation measures by tokens: ALCE (Gao et al., EMNLP 2023) made stricter, so that long spans lose.

ALCE asks an entailment model whether a cited passage supports a statement; here the words cited are held
against gold words, token by token, so the measure is deterministic and citing a whole page costs precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

TokenKey = tuple[str, str, int]  # document_id, sha256 of the version, number of the token in it

# Share of a gold quote's tokens that must be held. Ours: with less, the words that answer may well be
# missing.
MIN_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class GoldGroup:
    """One needed piece of evidence: the tokens of every place where a member stands; any one satisfies it.

    `whole_documents`: documents were judged, not quotes, so any overlap satisfies it, and recall by tokens
    means nothing.
    """

    places: tuple[frozenset[TokenKey], ...]
    relevance: int = 1
    whole_documents: bool = False


def citation_precision(cited: AbstractSet[TokenKey], groups: Sequence[GoldGroup]) -> float | None:
    """|cited ∩ gold| / |cited|, gold being every place of every group; None where nothing is cited."""
    if not cited:
        return None
    gold = frozenset().union(*(place for group in groups for place in group.places))
    return len(cited & gold) / len(cited)


def citation_recall(cited: AbstractSet[TokenKey], groups: Sequence[GoldGroup]) -> float | None:
    """Mean over groups of max over places of |cited ∩ place| / |place|; None without quotes to recall."""
    if not groups or any(group.whole_documents for group in groups):
        return None
    return sum(best_overlap(cited, group) for group in groups) / len(groups)


def best_overlap(tokens: AbstractSet[TokenKey], group: GoldGroup) -> float:
    """The max over the group's places of |tokens ∩ place| / |place|; 0 where no place holds a token."""
    return max((len(place & tokens) / len(place) for place in group.places if place), default=0.0)


def satisfies(tokens: AbstractSet[TokenKey], group: GoldGroup) -> bool:
    """Whether the tokens hold MIN_OVERLAP of a place, or anything at all of a document judged as a whole."""
    overlap = best_overlap(tokens, group)
    return overlap > 0 if group.whole_documents else overlap >= MIN_OVERLAP


def right_with_right_citation(
    cited: AbstractSet[TokenKey],
    groups: Sequence[GoldGroup],
    *,
    answerable: bool,
    refused: bool,
    contained: float | None,
) -> float | None:
    """Unanswerable: [refused]. Answerable: [all that was accepted is contained, and every group is cited].

    Where no strings are accepted (an overview) citing every group is enough. None without quotes to cite.
    """
    if not answerable:
        return float(refused)
    if not groups or any(group.whole_documents for group in groups):
        return None
    return float(not refused and contained in (None, 1.0) and all(satisfies(cited, group) for group in groups))
