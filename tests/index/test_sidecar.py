from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadSidecar
from index.loaders.sidecar import KEYS, iso_date, parse, written
from index.types import Metadata


def test_all_four_keys_are_read() -> None:
    data = b"title: The call\noutlet: NPR\npublished_at: 2024-04-04\nuri: https://example.org/1\n"
    assert parse(data) == Metadata("The call", "NPR", "2024-04-04", "https://example.org/1")


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"title:\n", b"\xef\xbb\xbf"])
def test_what_is_not_stated_stays_unknown(data: bytes) -> None:
    assert parse(data) == Metadata()


@pytest.mark.parametrize("key", ["Title", "author", "date", "publishedAt", "1"])
def test_another_key_is_an_error_that_names_the_known_ones(key: str) -> None:
    with pytest.raises(BadSidecar, match="title, outlet, published_at, uri"):
        parse(f"{key}: x".encode())


@pytest.mark.parametrize(
    "data",
    [
        b"- title",
        b"just words",
        b"title: [",
        b"title: ''",
        b"title: ' '",
        b"title: 5",
        b"title: [a, b]",
        b"title: {a: b}",
        b"uri: true",
        b"\xff\xfe",
        b"title: a\x07b",
        b"title: !!python/object/apply:os.getcwd []",
        b"published_at: April 4",
        b"published_at: '2024-02-30'",
        b"published_at: 2024",
        b"published_at: yesterday",
    ],
)
def test_a_sidecar_that_is_not_as_documented_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(BadSidecar) as raised:
        parse(data)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-04-04", "2024-04-04"),
        ("'2024-04-04'", "2024-04-04"),
        ("2024-04-04 10:30:00", "2024-04-04T10:30:00"),
        ("2024-04-04T10:30:00Z", "2024-04-04T10:30:00+00:00"),
    ],
)
def test_a_date_is_read_with_or_without_quotes_and_time(written: str, read: str) -> None:
    assert parse(f"published_at: {written}".encode()).published_at == read


def test_a_date_that_does_not_exist_is_refused_with_an_example() -> None:
    with pytest.raises(BadSidecar, match="2024-04-04"):
        iso_date("2024-02-30")


@given(st.fixed_dictionaries({}, optional={key: st.text(min_size=1, max_size=20).filter(str.strip) for key in KEYS[:2]}))
def test_what_yaml_can_write_is_read_back(stated: dict[str, str]) -> None:
    found = parse(yaml.safe_dump(stated, allow_unicode=True).encode())
    assert (found.title, found.outlet) == (stated.get("title"), stated.get("outlet"))


sound_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)


@given(st.none() | sound_text, st.none() | sound_text, st.none() | st.dates().map(str), st.none() | sound_text)
def test_what_is_written_states_what_was_given(
    title: str | None, outlet: str | None, published_at: str | None, uri: str | None
) -> None:
    metadata = Metadata(title, outlet, published_at, uri)
    assert parse(written(metadata)) == metadata
