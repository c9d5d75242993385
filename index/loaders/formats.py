"""Which loader reads which format; imported in the worker process alone, since it loads every parser."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from index.loaders import docx, html, jsonlines, mail, markdown, pdf, subtitles
from index.loaders.kinds import Kind
from index.loaders.parts import Loaded
from index.types import Extracted

_SINGLE: Mapping[Kind, Callable[[bytes], Extracted]] = {
    Kind.HTML: html.load,
    Kind.PDF: pdf.load,
    Kind.DOCX: docx.load,
    Kind.MARKDOWN: markdown.load,
    Kind.SUBTITLES: subtitles.load,
    Kind.EMAIL: mail.load,
}


def load(kind: Kind, data: bytes) -> list[Loaded]:
    """The documents of a file of any kind but plain text and ZIP, which the server's own process can read.

    Raises:
        InputRejected: If it cannot be read; other errors are the parsers' own.
    """
    return jsonlines.load(data) if kind is Kind.JSON_LINES else [Loaded(None, _SINGLE[kind](data))]


def warm_up() -> None:
    """Import what the parsers import at their first use, so that a worker finds it there."""
    from markdown_it import MarkdownIt
    from trafilatura import bare_extraction

    MarkdownIt("commonmark").enable("table").parse("# a\n\n| a |\n|---|\n| b |")
    page = "<html><body><article><h1>Warm</h1><p>" + "Some words of an article. " * 30 + "</p></article></body></html>"
    bare_extraction(page, include_comments=False, with_metadata=True)
