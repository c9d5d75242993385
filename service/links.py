"""Addresses, images and markup in a text: a chat window would fetch or follow them, so that no statement holds any."""

from __future__ import annotations

import html
import re
import unicodedata

from index.normalise import visible

_TOP_LEVEL = (
    "com|org|net|edu|gov|mil|int|info|io|ai|app|dev|xyz|site|online|top|co|me|tv|uk|de|fr|eu|ru|cn|tk|zip|example|test|invalid"
)
_LINK = re.compile(
    rf"""!?\[[^\[\]]*\]\([^()]*\)?              # Markdown: links and images
    |!?\[[^\[\]]*\]\[[^\[\]]*\]                 # by reference
    |</?[a-z!][^<>]{{0,500}}>|<(?=/?[a-z!])     # HTML, and addresses in angle brackets
    |\b[a-z][a-z0-9+.-]*:/{{2,}}\S*             # any scheme
    |\b(?:mailto|javascript|data|vbscript|file|tel|blob):\S+
    |\bh(?:tt|xx)ps?\b\S*
    |(?<![\w/])//[\w.-]+\.\w+\S*
    |\bwww\d?\.\S+
    |\b[\w-]+(?:\.[\w-]+)*\.(?:{_TOP_LEVEL})\b(?:[/:?#]\S*)?
    |\b(?:[\w-]+\.)+[a-z]{{2,}}[/?\#]\S*
    |\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b(?::\d+)?\S*""",
    re.IGNORECASE | re.VERBOSE,
)


def has_link(text: str) -> bool:
    """Whether a text holds any, also disguised by characters that show nothing, wide letters or HTML's names for letters."""
    return bool(_LINK.search(_plain(text)))


def without_links(text: str) -> str:
    """The text with an ellipsis for each; unchanged if it holds none."""
    return _LINK.sub("\u2026", _plain(text)) if has_link(text) else text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", visible(html.unescape(text)))
