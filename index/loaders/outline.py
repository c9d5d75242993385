"""Sections of an extracted text: its paragraphs, or the parts that marks such as pages divide it into, and its turns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile

from index.loaders import text as plain
from index.loaders import transcript
from index.types import Extracted, Metadata, Section, SectionKind, Span


@dataclass(frozen=True, slots=True)
class Mark:
    """From `start` to the next mark the text belongs to this page, heading or time."""

    start: int
    kind: SectionKind
    label: str


def outline(text: str, marks: Sequence[Mark] = (), *, turns: Sequence[Section] | None = None) -> Extracted:
    """The text with its sections, in order of their start.

    `turns` are speakers that the format itself names; None has them looked for in the text. A turn that marks divide holds
    the parts as sections inside it, so that words have a speaker and a page; a part of equal extent stands before its turn.
    A marked part that no given turn touches is in nobody's voice.
    """
    published_at, start = plain.date_head(text)
    regions = _regions(marks, Span(start, len(text)))
    if turns is None:
        before, turns = transcript.sections(text, start=start)
        prose = _prose(text, before, regions)
    else:
        starts = [turn.span.start for turn in turns]
        voiceless = [region for region in regions if not _voiced(region[0], starts, turns)]
        prose = _parts(text, Span(start, len(text)), voiceless)
    spoken = [section for turn in turns for section in (*_parts(text, turn.span, regions), turn)]
    sections = sorted([*prose, *spoken], key=lambda section: section.span.start)
    return Extracted(text, tuple(sections), Metadata(published_at=published_at))


def _regions(marks: Sequence[Mark], whole: Span) -> list[tuple[Span, Mark]]:
    starts = [max(mark.start, whole.start) for mark in marks] + [whole.end]
    return [(Span(a, b), mark) for (a, b), mark in zip(pairwise(starts), marks, strict=True) if a < b]


def _voiced(region: Span, starts: Sequence[int], turns: Sequence[Section]) -> bool:
    at = bisect_left(starts, region.end)  # the turn before is the last that can touch it
    return at > 0 and turns[at - 1].span.overlaps(region)


def _prose(text: str, within: Span, regions: Sequence[tuple[Span, Mark]]) -> list[Section]:
    first = min(regions[0][0].start, within.end) if regions else within.end
    unmarked = plain.paragraphs(text, Span(within.start, max(within.start, first)))
    return [*unmarked, *_parts(text, within, regions)]


def _parts(text: str, within: Span, regions: Sequence[tuple[Span, Mark]]) -> list[Section]:
    parts: list[Section] = []
    first = bisect_right(regions, within.start, key=lambda region: region[0].end)
    for region, mark in takewhile(lambda region: region[0].start < within.end, islice(regions, first, None)):
        if region.overlaps(within):
            span = _stripped(text, Span(max(region.start, within.start), min(region.end, within.end)))
            if span:
                parts.append(Section(span, mark.kind, mark.label))
    return parts


def _stripped(text: str, span: Span) -> Span:
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))
