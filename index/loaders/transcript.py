"""Transcripts: who speaks from where to where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.loaders.labels import Form, Label, label_of
from index.loaders.text import paragraphs
from index.types import Section, SectionKind, Span

MIN_TURNS = 2  # one `NOTE:` line does not make a transcript
MAX_ROLE_CHARACTERS = 80  # of a line that holds the role of the speaker named above it
# `(Laughter.)`, `[End of call]`, `***`: said by nobody.
_DIRECTION = re.compile(r"[ \t]{0,40}(?:\([^()\n]{1,300}\)|\[[^\[\]\n]{1,300}\]|<[^<>\n]{1,80}>)[.\s]{0,8}$")
_SEPARATOR = re.compile(
    r"[ \t]{0,40}(?:[*#=_~\-\u2013\u2014 ]{3,200}|-?30-|(?i:end|ends|\[?end of (?:transcript|call|recording)\]?)\.?)\s{0,8}$"
)
_CLOSING = re.compile(
    r"[ \t]{0,40}(?:Copyright\b|\u00a9|(?:This |Rush )?[Tt]ranscript (?:by|provided|was|is|has)\b|Transcribed by\b)"
)


def sections(text: str, *, start: int = 0) -> tuple[Span, list[Section]]:
    """What stands before the first label, and the speaker turns from there on, in order; no turns if it is no transcript.

    A turn's label is the speaker as written, without role and time; `Q` and `A` stay as they are, and None marks a change of
    speaker without a name. What nobody says after a turn (stage directions, a correction below a line) is a paragraph.
    """
    labels = _accepted(list(_labels(text, start)))
    if not _speak(labels, text, start):
        return Span(start, len(text)), []
    ends = [label.line for label in labels[1:]] + [len(text)]
    found: list[Section] = []
    for label, end in zip(labels, ends, strict=True):
        said = _said(text, label, end)
        found.append(Section(said, SectionKind.TURN, label.name))
        found.extend(paragraphs(text, Span(said.end, end)))
    return Span(start, labels[0].line), found


def _labels(text: str, start: int) -> Iterator[Label]:
    for begin, end in _lines(text, Span(start, len(text))):
        if not text.startswith(("\n", "\r"), begin):
            label = label_of(text, begin, end)
            if label is not None:
                yield label


def _lines(text: str, within: Span) -> Iterator[tuple[int, int]]:
    """The lines' starts and ends, without their line feeds."""
    at = within.start
    while at < within.end:
        end = text.find("\n", at, within.end)
        end = within.end if end < 0 else end
        yield at, end
        at = end + 1


def _accepted(labels: Sequence[Label]) -> list[Label]:
    """The labels that speakers can bear: forms that prose has too count only where they come again and again."""
    kept = {form: [label for label in labels if label.form is form] for form in Form}
    if not _recur(kept[Form.MIXED], MIN_TURNS):
        kept[Form.MIXED] = []
    rounds = {label.name for label in kept[Form.ROUND]}
    if len(kept[Form.ROUND]) < MIN_TURNS or rounds == {"A"}:
        kept[Form.ROUND] = []
    if len(kept[Form.RECORD]) <= MIN_TURNS:
        kept[Form.RECORD] = []
    if len(kept[Form.CHEVRON]) < MIN_TURNS and not kept[Form.CAPITALS] + kept[Form.MIXED]:
        kept[Form.CHEVRON] = []
    sure = [form for form in Form if form not in (Form.DASH, Form.ALONE)]
    found = [label for form in sure for label in kept[form]]
    for form in (Form.DASH, Form.ALONE):
        if len(found) < MIN_TURNS and _recur(kept[form], MIN_TURNS) and _alternate(kept[form]):
            found = list(kept[form])
    return sorted(found, key=lambda label: label.line)


def _recur(labels: Sequence[Label], times: int) -> bool:
    """Whether two names come `times` times, or one of at least three does: prose has lines such as `Background: ...` too."""
    names = Counter(label.name for label in labels)
    repeated = sum(count >= times for count in names.values())
    return repeated >= times or (repeated > 0 and len(names) > times)


def _alternate(labels: Sequence[Label]) -> bool:
    """Whether hardly anybody follows themselves, as with headings, and two speak at least twice."""
    names = [label.name for label in labels]
    return sum(a == b for a, b in pairwise(names)) * 4 <= len(names) and sum(n > 1 for n in Counter(names).values()) > 1


def _speak(labels: Sequence[Label], text: str, start: int) -> bool:
    """Whether labels are speakers: one speaks again, or they open the text; two odd lines of an article do neither."""
    lasts = Counter(label.key for label in labels)
    opens = bool(labels) and not text[start : labels[0].line].strip()
    return len(labels) >= MIN_TURNS and (max(lasts.values()) >= MIN_TURNS or opens)


def _said(text: str, label: Label, end: int) -> Span:
    """The words of a turn, without the role in the line below the name and without what nobody says after them."""
    first = label.words
    lines = [(a, b) for a, b in _lines(text, Span(first, end)) if text[a:b].strip()]
    if label.form is Form.ALONE and len(lines) > 1 and _is_role(text, *lines[0]):
        first = lines[1][0]
        lines = lines[1:]
    cut = next((i for i, (a, b) in enumerate(lines) if i and _SEPARATOR.match(text[a : min(b, a + 240)])), len(lines))
    lines = lines[:cut]
    while len(lines) > 1 and _is_said_by_nobody(text, *lines[-1]):
        lines.pop()
    return _stripped(text, first, lines[-1][1] if lines else first)


def _is_role(text: str, start: int, end: int) -> bool:
    line = text[start:end].strip() if end - start <= MAX_ROLE_CHARACTERS else ""
    return bool(line) and line[0].isupper() and line[-1] not in '.?!:;\u201d"'


def _is_said_by_nobody(text: str, start: int, end: int) -> bool:
    line = text[start : min(end, start + 340)]
    return bool(_DIRECTION.match(line) or _SEPARATOR.match(line) or _CLOSING.match(line))


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    first = start + len(words) - len(words.lstrip())
    return Span(first, first + len(words.strip()))
