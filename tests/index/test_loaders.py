from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import loaders
from index.errors import EmptyDocument, InputRejected, UnreadableText, UnsupportedFile
from index.types import SectionKind
from tests.hostile import a_zip


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.text", "a.log", "a", "folder/README", ".txt"])
def test_plain_text_is_read_under_each_of_these_names(name: str) -> None:
    assert loaders.load(name, b"Words.").text == "Words."


@pytest.mark.parametrize("name", ["a.meta.yaml", "a.TXT.gz", "a.xlsx", "a.mp4"])
def test_a_format_without_a_loader_is_refused_by_its_suffix(name: str) -> None:
    with pytest.raises(UnsupportedFile, match="give plain text"):
        loaders.load(name, b"Words.")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.zip"])
def test_a_name_alone_makes_no_file_one_of_these(name: str) -> None:
    with pytest.raises(UnsupportedFile, match="its content is none"):
        loaders.load(name, b"Words.")


def test_a_binary_format_is_refused_whatever_its_name() -> None:
    with pytest.raises(UnsupportedFile, match="RTF"):
        loaders.load("a.txt", b"{\\rtf1 words}")


def test_bytes_that_are_no_text_or_hold_none_are_refused() -> None:
    with pytest.raises(UnsupportedFile, match="picture"):
        loaders.load("a.txt", b"\x89PNG\r\n")
    with pytest.raises(UnreadableText):
        loaders.load("a.txt", b"a\0b")
    with pytest.raises(EmptyDocument):
        loaders.load("a.txt", b" \n")


@pytest.mark.parametrize("name", ["rows.jsonl", "calls.zip"])
def test_a_file_that_may_hold_several_documents_is_not_loaded_as_one(name: str) -> None:
    data = a_zip(("a.txt", b"Words.")) if name.endswith(".zip") else b'{"text": "Words."}'
    with pytest.raises(UnsupportedFile, match="several"):
        loaders.load(name, data)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_with_an_input_error(data: bytes) -> None:
    try:
        extracted = loaders.load("a.txt", data)
    except InputRejected:
        return
    assert all(section.span.end <= len(extracted.text) for section in extracted.sections)


@given(st.text(min_size=1, max_size=80))
def test_the_sections_of_any_text_are_in_order_apart_and_hold_every_word_but_labels_and_head(text: str) -> None:
    extracted = loaders.from_text(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(extracted.sections))
    if all(section.kind is SectionKind.PARAGRAPH for section in extracted.sections) and extracted.metadata.published_at is None:
        held = {place for section in extracted.sections for place in range(section.span.start, section.span.end)}
        assert {place for place, c in enumerate(text) if c.isalnum()} <= held


def test_the_seeds_state_neither_title_nor_outlet(seed_folder: Path) -> None:
    for path in seed_folder.glob("*.txt"):
        metadata = loaders.load(path.name, path.read_bytes()).metadata
        assert (metadata.title, metadata.outlet, metadata.uri) == (None, None, None)


def test_the_stored_text_of_the_seeds_is_the_files_own(seed_folder: Path) -> None:
    for path in seed_folder.glob("*.txt"):
        assert loaders.load(path.name, path.read_bytes()).text.encode() == path.read_bytes()
