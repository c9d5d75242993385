"""Search terms of other scripts than the Latin one: what of a text a question in its language finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.normalise import content_terms, fold, terms, words
from index.scripts import concerned, mostly_other

OF_ALL_SCRIPTS = st.text(alphabet="部长。ガがの橋 한국은서 เชีใ่ हिन्दी में الوَزير Тй ёά aé1_’\u200d\ufe0f🙂𠮷")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("министр", "министром"),
        ("в Твери", "в Тверь"),
        ("новый", "новая"),
        ("الجسر", "جسر"),
        ("أَيْن", "اين"),
        ("मंत्री", "मंत्रियों"),
        ("πρόεδρος", "Πρόεδροι"),
        ("ｶﾞｽ", "ガス"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    ],
)
def test_two_forms_of_one_word_give_one_key(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("カス", "ガス"), ("दिन", "दान"), ("йод", "иод"), ("นา", "นี")])
def test_letters_that_a_mark_makes_another_keep_different_keys(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("部长在哪里会见了市长？", "部长星期二在成都会见市长。"),
        ("大臣は市長とどこで会談しましたか。", "大臣は火曜日、京都で市長の田中氏と会談した。"),
        ("장관은 어디에서 시장을 만났습니까?", "장관이 부산에서 시장과 만났다."),
        ("สะพานจะปิดเมื่อไร", "เขากล่าวว่าสะพานจะปิดพรุ่งนี้"),
        ("橋はいつ？", "その橋が閉鎖される。"),
    ],
)
def test_what_a_question_is_about_stands_in_the_keys_of_the_sentence_that_tells_it(question: str, text: str) -> None:
    assert set(content_terms(question)) <= set(terms(text))
    assert content_terms(question) != []


@pytest.mark.parametrize("question", ["什么时候？", "誰ですか", "누구를?", "ใคร", "кто это?", "متى؟", "क्या है?"])
def test_words_that_only_ask_carry_no_meaning(question: str) -> None:
    assert content_terms(question) == []


def test_words_between_other_scripts_stay_what_they_are() -> None:
    assert words("Xi’s 部长 in Paris") == ["xi", "部长", "部", "长", "in", "paris"]


def test_each_term_is_one_word_to_the_search_engine() -> None:
    """SQLite's tokenizer takes letters, digits and the private use area for parts of a word, and combining marks for none."""
    assert all(c.isalnum() or "\ue000" <= c <= "\uf8ff" for term in terms("हिन्दी में रัฐมนตรี الوَزير") for c in term)


@given(OF_ALL_SCRIPTS)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="Aa é’“”—\u2026\u00ad\ufe0f🙂€½x9_."))
def test_a_text_in_latin_script_is_not_concerned(text: str) -> None:
    assert not concerned(fold(text))


@pytest.mark.parametrize(
    ("text", "is_other"), [("部长 met", False), ("部长部长 met", True), ("Élodie", False), ("", False), ("Где?", True)]
)
def test_a_text_is_of_another_script_by_most_of_its_letters(text: str, is_other: bool) -> None:
    assert mostly_other(text) is is_other
