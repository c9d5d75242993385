from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.measures import (
    containment,
    exact_match,
    mean,
    percentile,
    refusal_scores,
    squad_normalise,
    token_f1,
)

texts = st.text(max_size=40)
decisions = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=50)


def test_squad_normalisation_drops_case_punctuation_and_articles() -> None:
    assert squad_normalise("The  U.S., an apple -- a  Pear!") == "us apple pear"
    # The official script knows ASCII punctuation only.
    assert squad_normalise("“Yes”") == "“yes”"


def test_exact_match_looks_past_articles_and_takes_the_best_of_the_accepted() -> None:
    assert exact_match("the North Sea.", ["Baltic", "North Sea"]) == 1
    assert exact_match("North Sea coast", ["North Sea"]) == 0


def test_token_f1_counts_repeated_tokens_once_each() -> None:
    # "two two hours" against "two hours": 2 common, P = 2/3, R = 2/2, F1 = 2 * 2 / (3 + 2) = 0.8.
    assert token_f1("two two hours", ["two hours"]) == pytest.approx(0.8)
    # The best of the accepted counts: "nearly two hours" gives 2 * 2 / (2 + 3) = 0.8, "day" 0.
    assert token_f1("two hours", ["day", "nearly two hours"]) == pytest.approx(0.8)


def test_an_unanswerable_question_wants_the_empty_answer() -> None:
    assert (exact_match("", []), token_f1("", [])) == (1, 1)
    assert (exact_match("April 2", []), token_f1("April 2", [])) == (0, 0)
    assert (exact_match("", ["April 2"]), token_f1("", ["April 2"])) == (0, 0)


@given(texts, st.lists(texts, max_size=4))
def test_exact_match_never_exceeds_token_f1_and_both_are_shares(predicted: str, accepted: list[str]) -> None:
    assert 0 <= exact_match(predicted, accepted) <= token_f1(predicted, accepted) <= 1


@given(st.lists(texts, min_size=1, max_size=4))
def test_saying_an_accepted_string_that_is_not_empty_is_an_exact_match(
    accepted: list[str],
) -> None:
    named = [answer for answer in accepted if squad_normalise(answer)]
    assert all(exact_match(answer, accepted) == token_f1(answer, accepted) == 1 for answer in named)


def test_with_one_group_any_accepted_string_will_do() -> None:
    quotes = [["TikTok came up today"]]
    assert containment("It was Tiktok.", None, accepted=["ByteDance", "TikTok"], group_quotes=quotes) == 1
    assert containment("It was Taiwan.", None, accepted=["ByteDance", "TikTok"], group_quotes=quotes) == 0


def test_with_several_groups_each_wants_an_accepted_string_of_its_own_quotes() -> None:
    quotes = [["He raised TikTok."], ["They spoke of Taiwan.", "Taiwan came up."], ["And of fentanyl."]]
    accepted = ["TikTok", "Taiwan", "fentanyl"]
    # Two of the three groups.
    assert containment("TikTok and Taiwan.", None, accepted=accepted, group_quotes=quotes) == pytest.approx(2 / 3)


def test_groups_whose_quotes_hold_no_accepted_string_are_passed_over() -> None:
    quotes = [["He raised TikTok."], ["Nothing of the kind."]]
    assert containment("TikTok", None, accepted=["TikTok"], group_quotes=quotes) == 1
    assert containment("the app", None, accepted=["the app"], group_quotes=quotes) == 1
    assert containment("the app", None, accepted=["an app"], group_quotes=quotes) == 0


@pytest.mark.parametrize(("short_answer", "value"), [("yes", 1), ("Yes", 1), ("no", 0), (None, 0)])
def test_yes_and_no_are_asked_of_the_short_answer_alone(short_answer: str | None, value: float) -> None:
    text = "“TikTok came up today, yes,” Mr. Kirby said."
    assert containment(text, short_answer, accepted=["yes"], group_quotes=[["a"], ["b"]]) == value


def test_containment_is_not_defined_without_accepted_strings() -> None:
    assert containment("text", None, accepted=[], group_quotes=[["quote"]]) is None


def test_refusal_scores_equal_the_hand_count() -> None:
    # Refused: 3, of which 2 unanswerable; unanswerable: 4. P = 2/3, R = 2/4, F1 = 2 * 2 / (3 + 4) = 4/7.
    refused = [True, True, True, False, False, False]
    answerable = [False, False, True, False, False, True]
    scores = refusal_scores(refused, answerable=answerable)
    assert (scores.precision, scores.recall) == pytest.approx((2 / 3, 0.5))
    assert scores.f1 == pytest.approx(4 / 7)
    assert (scores.n_refused, scores.n_unanswerable, scores.n) == (3, 4, 6)


@given(decisions)
def test_refusal_f1_is_the_harmonic_mean_of_its_parts(rows: list[tuple[bool, bool]]) -> None:
    scores = refusal_scores([r for r, _ in rows], answerable=[a for _, a in rows])
    if scores.precision and scores.recall:
        harmonic = 2 * scores.precision * scores.recall / (scores.precision + scores.recall)
        assert scores.f1 == pytest.approx(harmonic)
    assert all(share is None or 0 <= share <= 1 for share in (scores.precision, scores.recall, scores.f1))


@given(st.lists(st.booleans(), min_size=1))
def test_refusing_always_has_the_closed_form_of_the_unanswerable_share(answerable: list[bool]) -> None:
    n, u = len(answerable), answerable.count(False)
    scores = refusal_scores([True] * n, answerable=answerable)
    assert scores.precision == pytest.approx(u / n)
    assert scores.recall == (1 if u else None)
    assert scores.f1 == pytest.approx(2 * u / (n + u))


@given(st.lists(st.booleans(), min_size=1))
def test_answering_always_recalls_no_refusal_and_has_no_precision(answerable: list[bool]) -> None:
    scores = refusal_scores([False] * len(answerable), answerable=answerable)
    nothing_to_refuse = all(answerable)
    assert scores.precision is None
    assert scores.recall == scores.f1 == (None if nothing_to_refuse else 0)


@given(st.lists(st.booleans(), min_size=1))
def test_a_perfect_decision_scores_one(answerable: list[bool]) -> None:
    scores = refusal_scores([not a for a in answerable], answerable=answerable)
    assert scores.precision == scores.recall == scores.f1 == (None if all(answerable) else 1)


def test_percentiles_interpolate_between_neighbours() -> None:
    # Places 0..4; p50 is place 2; p95 is place 3.8: 40 + 0.8 * (100 - 40) = 88.
    values = [100.0, 10.0, 20.0, 30.0, 40.0]
    assert percentile(values, 50) == 30
    assert percentile(values, 95) == pytest.approx(88)
    assert percentile([7.0], 95) == 7


def test_of_no_values_there_is_neither_mean_nor_percentile() -> None:
    assert mean([]) is None
    assert percentile([], 50) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_a_percentile_lies_between_the_extremes(values: list[float], percent: float) -> None:
    value = percentile(values, percent)
    assert value is not None
    assert min(values) <= value <= max(values) * (1 + 1e-12)
