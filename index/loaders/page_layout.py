"""The lines of a page: their reading order over columns, and which are the same on page after page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

MIN_COLUMN_LINES = 3
MIN_COLUMN_CHARACTERS = 12  # the middle line of a column of prose is longer; a table's cells are read along the row
GUTTER = 0.8  # of a line's height: the least white between two columns
MARGIN = 0.12  # of the page's height: where running heads and feet stand
MIN_REPEATS = 3
APART = 0.8  # of a line's height: the white between a running head and the text
MAX_EDGE_LINES = 3  # of one margin that are compared with other pages
_NUMBER = re.compile(r"\d+|\b[ivxlcdm]+\b", re.IGNORECASE)
_BARE_NUMBER = re.compile(
    r"(?:page|seite|p\.)?\s*[\u2013\-]?\s*\d{1,4}\s*[\u2013\-]?(?:\s*(?:/|of|von)\s*\d{1,4})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page with its box in points from the page's lower left; `placed` is False if the box means nothing."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    page_height: float
    placed: bool = True

    @property
    def height(self) -> float:
        """Of the box, never 0."""
        return max(self.top - self.bottom, 1.0)

    @property
    def middle(self) -> float:
        """Of the box, up the page."""
        return (self.top + self.bottom) / 2


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Column by column, from the left, where white divides a page into columns; else from the top down (recursive XY cut)."""
    if len(lines) <= 1 or not lines[0].placed:
        return list(lines)
    for parts in (_columns(lines), _bands(lines)):
        if len(parts) > 1:
            return [line for part in parts for line in in_reading_order(part)]
    return sorted(lines, key=lambda line: (-round(line.middle), line.left))


def _columns(lines: Sequence[Line]) -> list[list[Line]]:
    across = sorted(lines, key=lambda line: line.left)
    gutter = GUTTER * median(line.height for line in lines)
    right = across[0].right
    for at, line in enumerate(across[1:], start=1):
        if line.left - right >= gutter and _is_column(across[:at]) and _is_column(across[at:]):
            keep = {id(member) for member in across[:at]}
            return [[line for line in lines if id(line) in keep], [line for line in lines if id(line) not in keep]]
        right = max(right, line.right)
    return [list(lines)]


def _is_column(lines: Sequence[Line]) -> bool:
    return len(lines) >= MIN_COLUMN_LINES and median(len(line.text) for line in lines) >= MIN_COLUMN_CHARACTERS


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines above and below the widest white across the page, if a part has columns; else one band."""
    down = sorted(lines, key=lambda line: -line.top)
    gaps: list[tuple[float, int]] = []
    bottom = down[0].bottom
    for at, (_, line) in enumerate(pairwise(down), start=1):
        if line.top <= bottom:
            gaps.append((bottom - line.top, at))
        bottom = min(bottom, line.bottom)
    for _, at in sorted(gaps, reverse=True)[:8]:
        parts = [down[:at], down[at:]]
        if any(len(_columns(part)) > 1 for part in parts):
            return parts
    return [list(lines)]


def without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines at their edges that stand on several pages, numbers aside, and without page numbers."""
    edges = [_edge(page) for page in pages]
    repeats = Counter(shape for edge in edges for shape in {_shape(line) for line in edge})
    return [
        [line for line in page if not (line in edge and _is_running(line, repeats, len(pages)))]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _is_running(line: Line, repeats: Counter[str], n_pages: int) -> bool:
    enough = min(MIN_REPEATS, max(2, n_pages))
    return repeats[_shape(line)] >= enough or (n_pages > 1 and bool(_BARE_NUMBER.fullmatch(line.text.strip())))


def _edge(page: Sequence[Line]) -> list[Line]:
    """The lines of the upper and the lower margin that white divides from the rest of the page."""
    placed = [line for line in page if line.placed]
    down = sorted(placed, key=lambda line: -line.top)
    top = [line for line in down if line.bottom > (1 - MARGIN) * line.page_height]
    foot = [line for line in reversed(down) if line.top < MARGIN * line.page_height]
    return [*_apart(top, down), *_apart(foot, down[::-1])]


def _apart(margin: Sequence[Line], inwards: Sequence[Line]) -> list[Line]:
    for at in range(min(len(margin), MAX_EDGE_LINES), 0, -1):
        last, following = inwards[at - 1], inwards[at : at + 1]
        if not following or max(last.bottom - following[0].top, following[0].bottom - last.top) > APART * last.height:
            return list(margin[:at])
    return []


def _shape(line: Line) -> str:
    return " ".join(_NUMBER.sub("#", line.text.casefold()).split())
