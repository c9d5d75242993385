from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import MAX_POSTINGS, MAX_QUERY_TERMS, expression, query_terms


def test_a_question_is_searched_by_its_distinct_words_of_meaning() -> None:
    assert query_terms("What did Biden and Biden's officials say about fentanyl?") == ["biden", "offici", "fentanyl"]


def test_a_question_of_stop_words_only_is_searched_by_all_its_words() -> None:
    assert query_terms("Who was it?") == ["who", "was", "it"]


@pytest.mark.parametrize("question", ["", "?!", " — ", "\u200b"])
def test_a_question_without_words_has_no_terms(question: str) -> None:
    assert query_terms(question) == []


def test_terms_that_occur_nowhere_are_left_out() -> None:
    assert expression({"tiktok": 2, "zebra": 0}) == '"tiktok"'
    assert expression({"zebra": 0}) is None
    assert expression({}) is None


def test_the_rarest_terms_are_kept_when_there_are_too_many() -> None:
    frequencies = {f"t{number:02}": 100 - number for number in range(40)}
    kept = str(expression(frequencies)).split(" OR ")
    assert kept == [f'"t{number:02}"' for number in range(39, 39 - MAX_QUERY_TERMS, -1)]


def test_a_quote_in_a_term_is_doubled() -> None:
    assert expression({'a" OR "b': 1}) == '"a"" OR ""b"'


@given(st.text(max_size=60))
def test_any_question_gives_terms_without_repeats(question: str) -> None:
    found = query_terms(question)
    assert len(found) == len(set(found))


def test_common_terms_are_left_out_where_reading_them_all_would_take_long() -> None:
    common = MAX_POSTINGS // 2
    frequencies = {"rare": 3, "common": common, "commoner": common + 1, "commonest": common + 2}
    assert expression(frequencies) == '"rare" OR "common"'


def test_a_question_of_common_terms_alone_keeps_the_two_rarest() -> None:
    assert expression({name: MAX_POSTINGS * n for n, name in enumerate("abcd", start=1)}) == '"a" OR "b"'
