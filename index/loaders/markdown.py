"""Markdown: the words without the marks, by markdown-it; headings, and the facts of a YAML head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import yaml

from index.loaders.blocks import Block, from_blocks
from index.loaders.encodings import decode
from index.types import Extracted, Metadata, canonical_date

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_MAX_FRONT = 20_000
_TAG = re.compile(r"</?[A-Za-z][^>]{0,2000}>|<!--.*?-->", re.DOTALL)
_FIRST_LEVEL = "h1"


def load(data: bytes) -> Extracted:
    """The words of a Markdown file; its title is the head's, else the one heading of the first level that opens it."""
    from markdown_it import MarkdownIt

    text = decode(data)
    head = _FRONT.match(text)
    stated = _facts(head[1]) if head and len(head[1]) <= _MAX_FRONT else None
    body = text[head.end() :] if head and stated is not None else text
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    extracted = from_blocks(_blocks(tokens))
    found = stated or Metadata()
    return replace(
        extracted,
        metadata=replace(
            found,
            title=found.title or _opening_title(tokens),
            published_at=found.published_at or extracted.metadata.published_at,
        ),
    )


def _facts(head: str) -> Metadata | None:
    """The facts of a YAML head; None if it is not one, as where the text begins with a ruled line."""
    try:
        stated = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(stated, dict):
        return None
    return Metadata(
        title=_text(stated, "title"),
        outlet=_text(stated, "outlet", "source", "publication"),
        published_at=_day(stated),
        byline=_text(stated, "author", "byline"),
    )


def _text(stated: Mapping[object, object], *keys: str) -> str | None:
    values = [stated[key] for key in keys if key in stated]
    return next((" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()), None)


def _day(stated: Mapping[object, object]) -> str | None:
    value = stated.get("published_at", stated.get("date"))
    if isinstance(value, datetime | date):
        return value.isoformat()
    try:
        return canonical_date(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _opening_title(tokens: list[Token]) -> str | None:
    titles = [at for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag == _FIRST_LEVEL]
    return _words(tokens[1]) or None if titles == [0] else None


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    heading = False
    row: list[str] | None = None
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield Block(" | ".join(row))
            row = None
        elif token.type == "inline":
            if row is None:
                yield Block(_words(token), heading=heading)
            else:
                row.append(_words(token))
        elif token.type in ("fence", "code_block"):
            yield Block(token.content)
        elif token.type == "html_block":
            yield Block(_TAG.sub("", token.content))


def _words(token: Token) -> str:
    pieces = {"softbreak": "\n", "hardbreak": "\n", "html_inline": ""}
    return "".join(pieces.get(child.type, child.content) for child in token.children or ()).strip()
