from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.types import Filters, Span

ENDS = st.integers(min_value=0, max_value=50)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    a, b = sorted([draw(ENDS), draw(ENDS)])
    return Span(a, b)


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (3, 2), (-5, -2)])
def test_a_negative_or_reversed_range_is_no_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_offsets_count_code_points_not_bytes_or_utf16_units() -> None:
    text = "🙂 Си said 你好"
    assert Span(2, 4).of(text) == "Си"
    assert Span(10, 12).of(text) == "你好"


def test_an_empty_span_is_false_and_covers_no_words() -> None:
    assert not Span(4, 4)
    assert Span(4, 4).of("some words") == ""


@st.composite
def texts_with_span(draw: st.DrawFn) -> tuple[str, Span]:
    text = draw(st.text(max_size=60))
    start = draw(st.integers(0, len(text)))
    return text, Span(start, draw(st.integers(start, len(text))))


@given(texts_with_span())
def test_a_span_inside_a_text_covers_as_many_code_points_as_it_is_long(chosen: tuple[str, Span]) -> None:
    text, span = chosen
    assert len(span.of(text)) == len(span)


@given(spans(), spans())
def test_spans_overlap_exactly_when_they_share_a_code_point(a: Span, b: Span) -> None:
    shared = set(range(a.start, a.end)) & set(range(b.start, b.end))
    assume(len(a) and len(b))
    assert a.overlaps(b) == bool(shared) == b.overlaps(a)


@given(spans(), spans())
def test_a_span_covers_another_exactly_when_it_holds_all_its_code_points(a: Span, b: Span) -> None:
    assume(len(b))
    assert a.covers(b) == set(range(b.start, b.end)).issubset(range(a.start, a.end))


@given(texts_with_span(), st.integers(min_value=0, max_value=20))
def test_shifting_a_span_by_a_prefix_keeps_its_words(chosen: tuple[str, Span], by: int) -> None:
    text, span = chosen
    assert span.shifted(by).of("x" * by + text) == span.of(text)


def test_a_shift_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(1, 2).shifted(-2)


@pytest.mark.parametrize(
    ("filters", "restricted"),
    [
        (Filters(), False),
        (Filters(speakers=("Kirby",)), False),
        (Filters(document_ids=("a",)), True),
        (Filters(outlets=("NPR",)), True),
        (Filters(published_from="2024-04-01"), True),
        (Filters(published_to="2024-04-01"), True),
    ],
)
def test_everything_but_speakers_restricts_the_documents(filters: Filters, *, restricted: bool) -> None:
    assert filters.restrict_documents is restricted
