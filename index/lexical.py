"""BM25 search terms as an FTS5 expression. BM25 itself (Robertson & Zaragoza 2009; k1 = 1.2, b = 0.75) is SQLite's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from index.normalise import content_terms, terms

MAX_QUERY_TERMS = 12  # the rarest are kept: common ones cost the most time and say the least
# SQLite's BM25 took 1.0 to 1.9 us of processor time for each chunk that holds a term: common ones of a million cost seconds.
MAX_POSTINGS = 15_000
LEAST_TERMS = 2


def query_terms(question: str) -> list[str]:
    """The distinct terms of a question that carry meaning; all of its terms if none does."""
    return list(dict.fromkeys(content_terms(question) or terms(question)))


def expression(frequencies: Mapping[str, int]) -> str | None:
    """An FTS5 expression that matches any of the terms; None if none of them occurs anywhere.

    `frequencies` gives in how many chunks each term occurs. Terms are quoted: nothing of a question is read as syntax.
    """
    occurring = sorted((count, term) for term, count in frequencies.items() if count > 0)
    if not occurring:
        return None
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in _affordable(occurring))


def _affordable(occurring: Sequence[tuple[int, str]]) -> list[str]:
    """The rarest terms, as many as may be read together."""
    read = accumulate(count for count, _ in occurring)
    return [
        term
        for place, ((_, term), postings) in enumerate(zip(occurring[:MAX_QUERY_TERMS], read, strict=False))
        if place < LEAST_TERMS or postings <= MAX_POSTINGS
    ]
