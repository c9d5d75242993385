"""What a newer version of a document says otherwise than the one before it, where an answer cites it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher

from index.sentences import sentences
from index.types import Document, Span
from service.types import Citation

REWORDED = 0.6  # share of equal words from which a sentence is the older one changed
MOST_CHANGED = 8  # words: a longer change is a sentence rewritten, and is not spelt out
LOOK_CHARACTERS = 20_000  # on either side of the cited place: a correction moves a sentence by less
_WORD = re.compile(r"\S+")

EarlierVersion = Callable[[str, str], Document | None]


def corrections(citations: Iterable[Citation], earlier_version: EarlierVersion) -> tuple[str, ...]:
    """For each cited sentence that the version before had otherwise, one line that names the document and the change.

    `earlier_version` gives, by document id and the sha256 of a version, the version before it, or None.
    """
    found = []
    for citation in citations:
        earlier = earlier_version(citation.document_id, citation.document_sha256)
        if earlier is None or citation.quote in earlier.text:
            continue
        start = max(0, citation.span.start - LOOK_CHARACTERS)
        changed = _changed(citation.quote, earlier.text[start : citation.span.end + LOOK_CHARACTERS])
        if changed is not None:
            found.append(_line(citation, earlier, *changed))
    return tuple(dict.fromkeys(found))


def _changed(quote: str, text: str) -> tuple[str, str] | None:
    """The words that the quote has otherwise than the older sentence most like it: (new, old); None if none is like it."""
    best, ratio = "", 0.0
    new = _WORD.findall(quote)
    for span in sentences(text, Span(0, len(text))):
        alike = SequenceMatcher(None, _WORD.findall(span.of(text)), new, autojunk=False)
        if alike.quick_ratio() > ratio and alike.ratio() > ratio:
            best, ratio = span.of(text), alike.ratio()
    if ratio < REWORDED:
        return None
    old = _WORD.findall(best)
    changes = [op for op in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if op[0] != "equal"]
    first, last = changes[0], changes[-1]
    if max(last[2] - first[1], last[4] - first[3]) > MOST_CHANGED:
        return "", ""
    # A word on either side tells what the changed one counts: "26 hours".
    after = 1 if last[2] < len(old) and last[4] < len(new) else 0
    return _bare(new[first[3] : last[4] + after]), _bare(old[first[1] : last[2] + after])


def _bare(words: list[str]) -> str:
    return " ".join(words).strip(' ,;:.\u201c\u201d"')


def _line(citation: Citation, earlier: Document, new: str, old: str) -> str:
    dated = f" of {citation.published_at}" if citation.published_at else ""
    before = f" of {earlier.published_at}" if earlier.published_at else ""
    head = f"{citation.source}: \u201c{citation.title or citation.name}\u201d{dated} replaces a version{before}"
    return (
        f"{head}: it now says \u201c{new}\u201d, where it said \u201c{old}\u201d"
        if new and old
        else f"{head} that words this otherwise"
    )
