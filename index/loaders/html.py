"""Web pages: the article, its title, byline, outlet and date, by trafilatura."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.errors import EmptyDocument
from index.loaders.blocks import Block, from_blocks
from index.loaders.encodings import decode
from index.types import Extracted, Metadata

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_CHARSET_WITHIN = 2_048  # WHATWG asks for it in the first kilobyte
# What is not stated as the date of publication is not searched for in the prose.
_DATES = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
_LEAVES = frozenset({"p", "head", "item", "quote", "row", "code", "fw", "ab"})
_BREAKS = ("lb", "p", "head", "item", "quote", "row")  # inside a leaf these begin a line


def load(data: bytes) -> Extracted:
    """The article of a web page."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.replace(b"\0", b"")  # browsers pass over it
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    return from_markup(decode(data, declared=declared and declared[1].decode()))


def from_markup(markup: str) -> Extracted:
    """The article of a decoded web page.

    Raises:
        EmptyDocument: If there is no article in it.
        MemoryError: If there is no room for its tree, as Python itself would.
    """
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        markup, include_comments=False, include_tables=True, with_metadata=True, date_extraction_params=dict(_DATES)
    )
    if found is None or found.body is None:
        if _has_no_room(markup):
            raise MemoryError
        raise EmptyDocument("there is no article in the page; give its text")
    extracted = from_blocks(_blocks(found.body))
    if not extracted.text:
        raise EmptyDocument("there is no article in the page; give its text")
    stated = Metadata(
        title=found.title or None,
        outlet=_outlet(found.sitename, found.url),
        published_at=found.date or extracted.metadata.published_at,
        byline=found.author or None,
    )
    return replace(extracted, metadata=stated)


def _has_no_room(markup: str) -> bool:
    """Whether memory ends while the tree is built: lxml's error then has no place, and trafilatura passes over it."""
    from lxml import etree, html

    try:
        html.fromstring(markup)
    except etree.XMLSyntaxError as error:
        return not error.lineno
    except (etree.ParserError, ValueError):  # an empty page; one that declares an encoding
        return False
    return False


def _outlet(sitename: str | None, url: str | None) -> str | None:
    """The outlet that the page states; a host name stands in for it where it states none, and is no outlet."""
    return None if not sitename or (url and sitename.casefold() in url.casefold()) else sitename


def _blocks(node: Any) -> Iterator[Block]:
    """The blocks below a node of trafilatura's simplified tree, in order; text between blocks is a block too."""
    if node.text and node.text.strip():
        yield Block(_folded(node.text))
    for child in node:
        if child.tag in _LEAVES and not _is_layout(child):
            yield Block(_words(child), heading=child.tag == "head")
        elif isinstance(child.tag, str):
            yield from _blocks(child)
        if child.tail and child.tail.strip():
            yield Block(_folded(child.tail))


def _is_layout(node: Any) -> bool:
    """Whether a table's row holds paragraphs: such a table places the parts of a page, and lists no figures."""
    return node.tag == "row" and any(inner.tag in _LEAVES for cell in node for inner in cell)


def _words(leaf: Any) -> str:
    if leaf.tag == "row":
        return " | ".join(_folded("".join(cell.itertext())) for cell in leaf)
    for inner in leaf.iter(*_BREAKS):
        if inner is not leaf:
            inner.text = f"\n{inner.text or ''}"
    lines = [_folded(line) for line in "".join(leaf.itertext()).split("\n")]
    return "\n".join(line for line in lines if line)


def _folded(words: str) -> str:
    return " ".join(words.split())
