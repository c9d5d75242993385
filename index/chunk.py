"""Chunks: runs of whole sentences within a token budget, broken at turn and paragraph borders where that is near."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.sentences import cut_point
from index.types import Chunk, Section, SectionKind, Span

CountTokens = Callable[[Sequence[str]], list[int]]
Split = Callable[[str, Span], list[Span]]
ROOM_FOR_LABELS = 0.95  # share of the budget that sentences may fill: labels and line ends between them count too
CLOSE_AT_SECTION_FROM = 0.5  # share of the budget from which a section's end closes a chunk


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one chunk may hold: `max_tokens` by `count_tokens` (cl100k) and `max_pieces` by the encoder's own count."""

    max_tokens: int
    count_tokens: CountTokens
    max_pieces: int
    count_pieces: CountTokens

    def sizes(self, texts: Sequence[str]) -> list[tuple[int, float]]:
        """For each text its cl100k tokens, and how full of it a chunk would be by the stricter of both counts."""
        tokens, pieces = self.count_tokens(texts), self.count_pieces(texts)
        return [
            (token, max(token / self.max_tokens, piece / self.max_pieces)) for token, piece in zip(tokens, pieces, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Identity:
    """The version of a document that is being cut."""

    document_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Unit:
    span: Span
    section: int
    fill: float


def chunk(text: str, sections: Sequence[Section], *, identity: Identity, split: Split, budget: Budget) -> list[Chunk]:
    """The chunks of a document, in order; together they hold every sentence of every section exactly once.

    No chunk is over either count of the budget: a sentence that is too long alone is cut at clause borders first.
    `chunk_id` is 0: the store gives the ids.
    """
    units = _units(text, sections, split, budget)
    groups = _groups(units)
    begins = _label_starts(text, sections)
    chunks: list[Chunk] = []
    while groups:
        sizes = budget.sizes([_span(group, begins).of(text) for group in groups])
        too_long: list[list[_Unit]] = []
        for group, (n_tokens, fill) in zip(groups, sizes, strict=True):
            if fill <= 1:
                chunks.append(_chunk(group, _span(group, begins), identity=identity, n_tokens=n_tokens))
            elif len(group) == 1:  # the sentence alone fits; its label does not
                alone = group[0].span
                chunks.append(_chunk(group, alone, identity=identity, n_tokens=budget.count_tokens([alone.of(text)])[0]))
            else:
                too_long += [group[: len(group) // 2], group[len(group) // 2 :]]
        groups = too_long
    return sorted(chunks, key=lambda made: made.span)


def _outermost(sections: Sequence[Section]) -> list[Span]:
    """The sections, of those inside each other the outer one: a turn that pages divide is cut as a turn, each word once."""
    found: list[Span] = []
    for section in sorted(sections, key=lambda section: (section.span.start, -section.span.end)):
        start = max(section.span.start, found[-1].end) if found else section.span.start
        if start < section.span.end:
            found.append(Span(start, section.span.end))
    return found


def _units(text: str, sections: Sequence[Section], split: Split, budget: Budget) -> list[_Unit]:
    pending = [(span, number) for number, outer in enumerate(_outermost(sections)) for span in split(text, outer)]
    units: list[_Unit] = []
    while pending:
        sizes = budget.sizes([span.of(text) for span, _ in pending])
        halves: list[tuple[Span, int]] = []
        for (span, number), (_, fill) in zip(pending, sizes, strict=True):
            if fill <= 1 or len(span) <= 1:
                units.append(_Unit(span, number, fill))
            else:
                halves += [(half, number) for half in _halves(text, span)]
        pending = halves
    return sorted(units, key=lambda unit: unit.span)


def _halves(text: str, span: Span) -> list[Span]:
    middle = cut_point(text, Span(span.start, span.start + max(1, len(span) * 2 // 3)))
    first = Span(span.start, span.start + len(text[span.start : middle].rstrip()))
    second = Span(span.end - len(text[middle : span.end].lstrip()), span.end)
    return [half for half in (first, second) if half]


def _groups(units: Sequence[_Unit]) -> list[list[_Unit]]:
    groups: list[list[_Unit]] = []
    fill = 0.0
    for unit in units:
        new_section = bool(groups) and groups[-1][-1].section != unit.section
        if not groups or fill + unit.fill > ROOM_FOR_LABELS or (new_section and fill >= CLOSE_AT_SECTION_FROM):
            groups.append([])
            fill = 0.0
        groups[-1].append(unit)
        fill += unit.fill
    return groups


def _label_starts(text: str, sections: Sequence[Section]) -> dict[int, int]:
    """For each turn's first word the place where its label's line begins, so that a passage shows who speaks first."""
    starts: dict[int, int] = {}
    end = 0
    for section in sorted(sections, key=lambda section: (section.span.start, section.kind is not SectionKind.TURN)):
        if section.kind is SectionKind.TURN:
            label = text[end : section.span.start].rstrip().rpartition("\n")[2]
            if label:
                starts[section.span.start] = text.rindex(label, end, section.span.start)
        end = max(end, section.span.end)
    return starts


def _span(group: Sequence[_Unit], begins: Mapping[int, int]) -> Span:
    start = group[0].span.start
    return Span(begins.get(start, start), group[-1].span.end)


def _chunk(group: Sequence[_Unit], span: Span, *, identity: Identity, n_tokens: int) -> Chunk:
    return Chunk(
        chunk_id=0,
        document_id=identity.document_id,
        document_sha256=identity.sha256,
        span=span,
        n_tokens=n_tokens,
        sentences=tuple(unit.span for unit in group),
    )
