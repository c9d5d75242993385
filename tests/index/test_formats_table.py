"""The table of formats says what the loaders do now."""

from __future__ import annotations

import pytest

from tests.formats.table import FILES, HERE, PARAGRAPHS, found_in, page


def test_the_table_of_formats_is_current() -> None:
    """Renew with `python tests/formats/table.py`."""
    assert (HERE / "README.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("what", FILES)
def test_every_paragraph_of_the_report_is_found_whole_in_every_format(what: str) -> None:
    name, make = FILES[what]
    text = " ".join(found_in(name, make()).text.split())
    assert [words for words in PARAGRAPHS if words not in text] == []
