from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EmptyDocument, InputRejected, UnreadableText
from index.loaders.encodings import decode
from index.loaders.text import decode as as_utf8

WORDS = {
    "fr": "Le président a déclaré que l'entretien téléphonique s'était très bien passé. Après l'échange, rien n'a été précisé.",
    "pl": "Prezydent powiedział, że rozmowa telefoniczna trwała godzinę. Później rzecznik dodał, że omówiono współpracę.",
    "cs": "Prezident řekl, že telefonní hovor trval hodinu a že se obě strany dohodly pokračovat v jednání příští týden.",
    "ru": "Президент заявил, что телефонный разговор длился один час. Стороны договорились продолжить контакты.",
    "ja": "大統領は火曜日に電話会談を行い、台湾情勢について協議したと発表した。両首脳は今後も対話を続けることで一致した。",
    "zh": "两国元首星期二通电话，就台湾问题交换了意见。双方同意继续保持沟通。白宫随后发表了声明。",
    "zht": "兩國元首星期二通電話,就台灣問題交換了意見。雙方同意繼續保持溝通。白宮隨後發表了聲明。",
    "ko": "대통령은 화요일에 전화 통화를 갖고 안보 문제를 논의했다고 발표했다. 양측은 대화를 계속하기로 합의했다.",
    "el": "Ο πρόεδρος δήλωσε ότι η τηλεφωνική συνομιλία διήρκεσε μία ώρα και συζητήθηκαν θέματα ασφάλειας.",
    "he": "הנשיא אמר כי שיחת הטלפון נמשכה שעה אחת ודנו בנושאי ביטחון ושיתוף פעולה.",
    "ar": "قال الرئيس إن المكالمة الهاتفية استمرت ساعة واحدة وناقشت قضايا الأمن والتعاون الاقتصادي.",
    "tr": "Cumhurbaşkanı, telefon görüşmesinin bir saat sürdüğünü ve güvenlik konularının görüşüldüğünü söyledi.",
    "en": "“TikTok came up today, yes,” Mr. Kirby said — it’s a matter of national security.",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("fr", "cp1252"), ("fr", "iso8859-1"), ("fr", "utf-16-be"), ("en", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859-2"),
        ("cs", "cp1250"), ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("ru", "utf-16-le"),
        ("ja", "cp932"), ("ja", "euc-jp"), ("ja", "iso2022_jp"), ("zh", "gb18030"), ("zht", "big5"), ("ko", "cp949"),
        ("el", "cp1253"), ("he", "cp1255"), ("ar", "cp1256"), ("tr", "cp1254"),
    ],
)  # fmt: skip
def test_text_without_a_mark_is_read_in_the_encoding_it_was_written_in(language: str, encoding: str) -> None:
    assert decode(WORDS[language].encode(encoding)) == WORDS[language]


def test_a_declared_encoding_comes_before_a_guess() -> None:
    assert decode(b"caf\xe9", declared="iso-8859-7") == "cafι"
    assert decode(b"caf\xe9", declared="no-such-encoding") == "café"


def test_the_characters_of_windows_count_where_latin_1_is_declared() -> None:
    assert decode(b"\x93Yes\x94", declared="iso-8859-1") == "“Yes”"


@given(st.text(min_size=1, max_size=60))
def test_what_is_utf_8_is_read_as_utf_8_whatever_is_declared(text: str) -> None:
    try:
        expected = as_utf8(text.encode())
    except InputRejected:
        return
    if "\x1b$" not in text:
        assert decode(text.encode(), declared="koi8-r") == expected


@pytest.mark.parametrize("data", [b"a\0b", "Прези".encode() * 9 + b"\xd0", b"\xff\xfea", bytes(range(1, 32)) + b"\xff"])
def test_what_is_no_text_or_broken_utf_8_is_refused_rather_than_stored_as_gibberish(data: bytes) -> None:
    with pytest.raises(UnreadableText):
        decode(data)


def test_white_space_in_another_encoding_is_empty() -> None:
    with pytest.raises(EmptyDocument):
        decode(b"\xa0\xa0 ", declared="cp1252")


@given(st.binary(max_size=120))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except InputRejected:
        return
    text.encode()
    assert "\0" not in text
