"""Blocks of a document, joined to its text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.errors import DocumentTooLarge
from index.loaders.blocks import Block, from_blocks
from index.loaders.wire import MAX_TEXT_CHARACTERS


def test_blocks_after_too_much_are_not_read() -> None:
    read: list[int] = []

    def blocks() -> Iterator[Block]:
        for number in range(10):
            read.append(number)
            yield Block("a" * (MAX_TEXT_CHARACTERS // 2))

    with pytest.raises(DocumentTooLarge):
        from_blocks(blocks())
    assert read == [0, 1]


def test_blocks_stand_apart_and_those_without_words_are_left_out() -> None:
    extracted = from_blocks([Block(" One. "), Block(" "), Block("Two", heading=True), Block("Three.")])
    assert extracted.text == "One.\n\nTwo\n\nThree."
    assert [(section.label, section.span.of(extracted.text)) for section in extracted.sections if section.label] == [
        ("Two", "Two\n\nThree.")
    ]
