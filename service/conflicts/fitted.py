"""The weights by which two answers are told to be of one thing, as tests/benchmarks/fit_conflicts.py printed them.

The reader they were fitted with had learned from none of the calls.
"""

from __future__ import annotations

from service.conflicts.same import Traits, Weights

DIFFERING = Weights(
    bias=0.627,
    weights=Traits(
        first_support=0.799,
        second_support=-0.194,
        second_relevance=0.552,
        support_ratio=1.157,
        asked_in_clause=0.314,
        alike=1.067,
        size=-2.178,
        is_number=2.524,
        best_of_document=0.947,
    ),
)
AGREEING = Weights(
    bias=5.453,
    weights=Traits(
        first_support=-0.518,
        second_support=0.394,
        second_relevance=0.536,
        support_ratio=0.821,
        asked_in_clause=-1.747,
        alike=5.226,
        size=1.623,
        is_number=0.162,
        best_of_document=0.492,
    ),
)
