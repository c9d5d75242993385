"""The lines of pages as one text: paragraphs, words hyphenated at line ends, and where each page begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from index.loaders.outline import Mark, outline
from index.loaders.page_layout import Line
from index.types import Extracted, SectionKind

GAP = 0.5  # of a line's height over the page's usual gap: white that ends a paragraph
INDENT = 0.8  # of a line's height
OTHER_SIZE = 0.15  # of a line's height: letters of another size are another paragraph
SHORT = 0.85  # of the widest line: a line that stops before it ends a paragraph, if a sentence ends there too
_HYPHENS = "-\u00ad\ufffe\u0002\u2010"
_HYPHENATED = re.compile(rf"[^\W\d_]{{2,}}[{_HYPHENS}]$")
_ENDS = re.compile(r"""[.!?:\u2026\u3002\uff01\uff1f\u061f]["'\u201d\u2019)\]]*$""")
_NEXT_SENTENCE = re.compile(r"""[.!?\u2026\u3002\uff01\uff1f\u061f]["'\u201d\u2019)\]]*\s+""")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_ODD_HYPHENS = re.compile("[\u00ad\ufffe\u0002]")


@dataclass(slots=True)
class _Text:
    """A text in the making: finished paragraphs, the one in hand, and (page, place) where the pages begin."""

    done: list[str] = field(default_factory=list)
    length: int = 0
    words: str = ""
    pages: list[tuple[int, int]] = field(default_factory=list)

    def close(self) -> None:
        """End the paragraph in hand."""
        if self.words.strip():
            self.done.append(self.words.strip())
            self.length += len(self.words.strip()) + 2
        self.words = ""


def joined(pages: Sequence[Sequence[Line]]) -> Extracted:
    """One text with a blank line between paragraphs, and a section for each page that has words.

    A sentence that runs over to the next page belongs to the page where it begins.
    """
    compounds = {word.casefold() for page in pages for line in page for word in _COMPOUND.findall(line.text)}
    text = _Text()
    before: Line | None = None
    for number, page in enumerate(pages, start=1):
        gap, widest = _usual_gap(page), max((line.right - line.left for line in page), default=0)
        for at, line in enumerate(page):
            if before is not None and _new_paragraph(before, line, gap=gap, widest=widest, turned=at == 0):
                text.close()
            _append(text, line.text.strip(), compounds)
            if at == 0:
                text.pages.append((number, text.length + max(0, len(text.words) - len(line.text.strip()))))
            before = line
    text.close()
    whole = "\n\n".join(text.done)
    return outline(whole, _marks(whole, text.pages))


def _usual_gap(page: Sequence[Line]) -> float:
    gaps = [a.bottom - b.top for a, b in pairwise(page) if a.placed and a.bottom >= b.middle]
    return median(gaps) if gaps else 0.0


def _new_paragraph(before: Line, line: Line, *, gap: float, widest: float, turned: bool) -> bool:
    ended = bool(_ENDS.search(before.text.rstrip()))
    if not (line.placed and before.placed):
        return ended
    if abs(line.height - before.height) > OTHER_SIZE * max(line.height, before.height) and not _same_run(before, line):
        return True
    if turned or line.bottom > before.top:  # another page or column
        return ended and not line.text[:1].islower()
    if before.bottom - line.top > gap + GAP * line.height:
        return True
    indented = line.left - before.left > INDENT * line.height
    stopped = before.right - before.left < SHORT * widest
    return ended and (indented or stopped)


def _same_run(before: Line, line: Line) -> bool:
    """Whether boxes differ only for want of tall letters: a word goes on, or a sentence does in small letters."""
    return bool(_HYPHENATED.search(before.text)) or line.text[:1].islower()


def _append(text: _Text, words: str, compounds: set[str]) -> None:
    before = text.words
    if not before:
        text.words = _clean(words)
    elif _HYPHENATED.search(before) and words[:1].islower():
        left, right = re.split(r"\W+", before[:-1])[-1], re.match(r"[^\W\d_]+", words)
        whole = f"{left}-{right[0] if right else ''}".casefold()
        text.words = before[:-1] + ("-" if whole in compounds else "") + _clean(words)
    else:
        text.words = f"{before} {_clean(words)}"


def _clean(words: str) -> str:
    """Without soft hyphens; pdfium writes one for the hyphen that a line ends in, which is still needed."""
    return _ODD_HYPHENS.sub("", words[:-1]) + _ODD_HYPHENS.sub("-", words[-1:])


def _marks(text: str, pages: Sequence[tuple[int, int]]) -> list[Mark]:
    marks: list[Mark] = []
    for number, place in pages:
        at = _sentence_start(text, place)
        if marks and marks[-1].start >= at:
            marks[-1] = Mark(at, SectionKind.PAGE, f"p. {number}")
        else:
            marks.append(Mark(at, SectionKind.PAGE, f"p. {number}"))
    return marks


def _sentence_start(text: str, place: int) -> int:
    """`place`, if a sentence begins there, else where the next one does."""
    before = text[max(0, place - 8) : place]
    if not before.strip() or before.endswith("\n\n") or _ENDS.search(before.rstrip()):
        return place
    end = text.find("\n\n", place)
    stop = len(text) if end < 0 else end + 2
    found = _NEXT_SENTENCE.search(text, place, stop)
    return found.end() if found else stop
