from __future__ import annotations

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.errors import EmptyDocument, UnreadableText
from index.loaders.text import date_head, decode, paragraphs
from index.types import SectionKind, Span

STORED = st.text(min_size=1, max_size=80).filter(lambda text: text.strip() and "\0" not in text)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_the_byte_order_mark_is_off_and_the_text_is_the_same(mark: bytes, encoding: str) -> None:
    assert decode(mark + "Xi said “да” 🙂".encode(encoding)) == "Xi said “да” 🙂"


@given(STORED)
def test_the_stored_text_is_the_files_own_but_for_crlf(text: str) -> None:
    assume(not text.startswith("\ufeff"))
    assert decode(text.encode()) == text.replace("\r\n", "\n")


@pytest.mark.parametrize("kept", ["a\rb", "a\u2028b", "a \t b  ", "\n\na", "a\u200bb\u00ad", "e\u0301", "ﬁ", "a\ufeffb"])
def test_nothing_else_of_a_text_is_changed(kept: str) -> None:
    assert decode(kept.encode()) == kept


@pytest.mark.parametrize("data", [b"", b"\n \t\r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, "\u00a0\u2003".encode()])
def test_bytes_without_text_are_refused_as_empty(data: bytes) -> None:
    with pytest.raises(EmptyDocument, match="no text"):
        decode(data)


@pytest.mark.parametrize(
    "data", [b"caf\xe9", b"\x89PNG\r\n\x1a\n", b"ok\xff", codecs.BOM_UTF16_LE + b"a", b"\xed\xa0\x80", b"a\0b", b"\0\0\0"]
)
def test_bytes_that_are_no_text_are_refused_with_advice(data: bytes) -> None:
    with pytest.raises(UnreadableText, match="UTF-8"):
        decode(data)


def test_the_refusal_says_at_which_byte() -> None:
    with pytest.raises(UnreadableText, match="byte 3"):
        decode(b"caf\xe9")


@given(st.binary(max_size=60))
def test_any_bytes_are_either_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except (UnreadableText, EmptyDocument):
        return
    assert text.strip()
    assert "\0" not in text
    assert "\r\n" not in text.replace("\r\r\n", "")
    text.encode()


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        (" date 2024-04-04 President Biden", "2024-04-04", "President Biden"),
        ("date: 2024-04-04\nText", "2024-04-04", "\nText"),
        ("date 2024-04-04", "2024-04-04", ""),
    ],
)
def test_a_date_head_gives_its_date_and_where_the_text_goes_on(text: str, found: str, rest: str) -> None:
    date, start = date_head(text)
    assert (date, text[start:]) == (found, rest)


@pytest.mark.parametrize(
    "text",
    [
        "date 2024-02-30 no such day",
        "date 2024-13-01 no such month",
        "date 24-04-04 too short",
        "The date 2024-04-04 stands further on",
        "dated 2024-04-04",
        "update 2024-04-04",
        "date 2024-04-041",
        "",
    ],
)
def test_what_is_no_date_head_states_no_date(text: str) -> None:
    assert date_head(text) == (None, 0)


def test_paragraphs_are_the_runs_of_lines_between_blank_lines() -> None:
    text = "One\ntwo.\n\n \t\nThree.\n"
    assert [section.span.of(text) for section in paragraphs(text, Span(0, len(text)))] == ["One\ntwo.", "Three."]
    assert {section.kind for section in paragraphs(text, Span(0, len(text)))} == {SectionKind.PARAGRAPH}
    assert {section.label for section in paragraphs(text, Span(0, len(text)))} == {None}


@given(st.text(alphabet="ab \n\t", max_size=60), st.data())
def test_paragraphs_hold_every_word_of_the_range_once_and_nothing_outside_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    within = Span(start, data.draw(st.integers(start, len(text))))
    held = [place for section in paragraphs(text, within) for place in range(section.span.start, section.span.end)]
    assert len(held) == len(set(held))
    assert {p for p in range(within.start, within.end) if text[p].isalnum()} <= set(held) <= set(range(within.start, within.end))


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("LONDON, April 4, 2024 (Reuters) — A stuck valve", "2024-04-04"),
        ("OSLO, 4 April 2024 – Yes.", "2024-04-04"),
        ("Energy Ministry\nPress call, Tuesday 16 September 2025, 10:00\n\nHello.", "2025-09-16"),
        ("Updated 5 April 2024\nPosted 4 April 2024\nIt rained.", "2024-04-04"),
        ("A statement.\n\nMore of it.\n\nBelmont, 17 January 2026", "2026-01-17"),
        ("Transcript of the press call of 16 September 2025\nHello.", "2025-09-16"),
        ("BELMONT (Orbit Press) — A stuck valve", None),
        ("What was said on the call of 10 March 2025\nThe two talked.", None),
        ("On April 4, 2024 the two met.", None),
        ("31 February 2025\nIt rained.", None),
    ],
)
def test_a_head_a_dateline_or_a_last_line_states_the_texts_own_date(text: str, stated: str | None) -> None:
    assert date_head(text) == (stated, 0)
