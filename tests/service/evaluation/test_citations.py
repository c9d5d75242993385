from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.citations import (
    GoldGroup,
    TokenKey,
    best_overlap,
    citation_precision,
    citation_recall,
    right_with_right_citation,
    satisfies,
)


def tokens(first: int, last: int, document: str = "d") -> frozenset[TokenKey]:
    return frozenset((document, "sha", number) for number in range(first, last + 1))


token_sets = st.frozensets(st.tuples(st.sampled_from("de"), st.just("sha"), st.integers(0, 20)), max_size=15)
places = st.frozensets(st.tuples(st.sampled_from("de"), st.just("sha"), st.integers(0, 20)), min_size=1)
groups_of_gold = st.lists(
    st.builds(lambda found: GoldGroup(tuple(found)), st.lists(places, min_size=1, max_size=3)),
    min_size=1,
    max_size=4,
)


def test_precision_and_recall_equal_the_hand_count() -> None:
    # Cited: tokens 0 to 9. Gold: group one 8 to 11 (2 of 4 cited) or 30 to 39 (none); group two 0 to 3.
    groups = [GoldGroup((tokens(8, 11), tokens(30, 39))), GoldGroup((tokens(0, 3),))]
    # Inside gold: 8, 9 and 0 to 3, 6 of 10. Recall: (2/4 + 4/4) / 2.
    assert citation_precision(tokens(0, 9), groups) == pytest.approx(0.6)
    assert citation_recall(tokens(0, 9), groups) == pytest.approx(0.75)


def test_the_same_token_numbers_in_another_document_count_for_nothing() -> None:
    groups = [GoldGroup((tokens(0, 3),))]
    assert citation_precision(tokens(0, 3, document="e"), groups) == 0
    assert citation_recall(tokens(0, 3, document="e"), groups) == 0


def test_citing_the_whole_page_costs_precision_and_no_recall() -> None:
    groups = [GoldGroup((tokens(10, 19),))]
    assert citation_recall(tokens(0, 99), groups) == 1
    assert citation_precision(tokens(0, 99), groups) == pytest.approx(0.1)


def test_precision_of_nothing_cited_and_recall_of_no_quotes_are_not_defined() -> None:
    assert citation_precision(frozenset(), [GoldGroup((tokens(0, 1),))]) is None
    assert citation_recall(tokens(0, 1), []) is None
    assert citation_recall(tokens(0, 1), [GoldGroup((tokens(0, 9),), whole_documents=True)]) is None


@given(token_sets, groups_of_gold)
def test_both_shares_lie_between_zero_and_one(cited: frozenset[TokenKey], groups: list[GoldGroup]) -> None:
    recall = citation_recall(cited, groups)
    precision = citation_precision(cited, groups)
    assert recall is not None
    assert 0 <= recall <= 1
    assert precision is None or 0 <= precision <= 1


@given(groups_of_gold)
def test_citing_one_place_of_every_group_is_perfect(groups: list[GoldGroup]) -> None:
    cited = frozenset().union(*(group.places[0] for group in groups))
    assert citation_precision(cited, groups) == citation_recall(cited, groups) == 1
    assert right_with_right_citation(cited, groups, answerable=True, refused=False, contained=1.0) == 1


@given(token_sets, token_sets, groups_of_gold)
def test_citing_more_never_lowers_recall(cited: frozenset[TokenKey], more: frozenset[TokenKey], groups: list[GoldGroup]) -> None:
    fewer_recall, recall = citation_recall(cited, groups), citation_recall(cited | more, groups)
    assert fewer_recall is not None
    assert recall is not None
    assert fewer_recall <= recall


def test_half_of_a_quote_satisfies_its_group_and_less_does_not() -> None:
    group = GoldGroup((tokens(0, 9),))
    assert best_overlap(tokens(5, 30), group) == 0.5
    assert satisfies(tokens(5, 30), group)
    assert not satisfies(tokens(6, 30), group)


def test_any_overlap_satisfies_a_document_judged_as_a_whole() -> None:
    group = GoldGroup((tokens(0, 999),), whole_documents=True)
    assert satisfies(tokens(5, 5), group)
    assert not satisfies(tokens(5, 5, document="e"), group)


@pytest.mark.parametrize(
    ("refused", "contained", "last", "right"),
    [(False, 1.0, 9, 1), (False, 0.5, 9, 0), (False, 1.0, 3, 0), (True, 1.0, 9, 0), (False, None, 9, 1)],
)
def test_an_answerable_question_is_right_only_with_the_words_and_every_group_cited(
    refused: bool, contained: float | None, last: int, right: float
) -> None:
    groups = [GoldGroup((tokens(0, 1),)), GoldGroup((tokens(5, 9),))]
    found = right_with_right_citation(tokens(0, last), groups, answerable=True, refused=refused, contained=contained)
    assert found == right


def test_an_unanswerable_question_is_right_exactly_when_refused() -> None:
    nothing: frozenset[TokenKey] = frozenset()
    assert right_with_right_citation(nothing, [], answerable=False, refused=True, contained=None) == 1
    assert right_with_right_citation(tokens(0, 1), [], answerable=False, refused=False, contained=None) == 0


def test_without_quotes_to_cite_being_right_is_not_defined() -> None:
    judged = [GoldGroup((tokens(0, 9),), whole_documents=True)]
    for groups in ([], judged):
        found = right_with_right_citation(tokens(0, 9), groups, answerable=True, refused=False, contained=1.0)
        assert found is None
