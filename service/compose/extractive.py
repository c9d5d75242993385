"""Statements made of the sources' own words."""

from __future__ import annotations

from collections.abc import Sequence

from index.scripts import mostly_other
from service.links import without_links
from service.protocols import CitedEvidence, Drafted, Patience
from service.question import Asked

_ENDS = (".", "!", "?", "\u2026", ":")
_OPENING, _CLOSING = "\u201c", "\u201d"
LONGEST_ACRONYM = 4  # NATO stays NATO, INSKEEP is read as a name


class ExtractiveComposer:
    """One statement for each piece of evidence: prose as it stands, a speaker's words as a quotation with the name."""

    def compose(self, _asked: Asked, evidence: Sequence[CitedEvidence], _patience: Patience, /) -> list[Drafted]:
        """See `Composer`; the order of the evidence is kept."""
        return [_statement(piece) for piece in evidence]


def of_side(cited: Sequence[CitedEvidence]) -> Drafted:
    """One side of a disagreement, in the words of its first piece, with the source named."""
    first = cited[0]
    quote, source = " ".join(without_links(first.citation.quote).split()), first.citation.source
    speaker = _speaker_in_front(first) if first.evidence.in_turn else None
    if speaker is None:
        return Drafted(f"{source} says: {_balanced(_closed(quote))}", tuple(cited))
    return Drafted(f"{speaker} said in {source}: {_in_quotation_marks(quote)}", tuple(cited))


def _statement(piece: CitedEvidence) -> Drafted:
    quote = " ".join(without_links(piece.citation.quote).split())
    who = _speaker_in_front(piece)
    if who is None:
        return Drafted(_balanced(_closed(quote)), (piece,))
    return Drafted(f"{who} said: {_in_quotation_marks(quote)}", (piece,))


def _speaker_in_front(piece: CitedEvidence) -> str | None:
    """Who must be named: the speaker of a turn, or of a quotation whose sentence does not name one."""
    attribution = piece.citation.attribution
    if piece.evidence.in_turn:
        return _readable(attribution.reported_by or attribution.speaker)
    return _readable(attribution.speaker) if attribution.inferred else None


def _readable(name: str | None) -> str | None:
    """The name as prose writes it: `WANG HUIYAO` in mixed case, `senior official` with its article."""
    if not name:
        return None
    if name[0].islower():
        return f"{'An' if name[0] in 'aeiou' else 'A'} {name}"
    return name.title() if name.isupper() and len(name) > LONGEST_ACRONYM else name


def _in_quotation_marks(quote: str) -> str:
    return _balanced(quote if quote.startswith((_OPENING, '"')) else f"{_OPENING}{quote}{_CLOSING}")


def _balanced(text: str) -> str:
    """The text with its last quotation closed: one that goes on in the next paragraph is not closed there."""
    return text + _CLOSING if text.count(_OPENING) > text.count(_CLOSING) else text


def _closed(quote: str) -> str:
    """A sentence that ends like one: nothing is added but the full stop that a cut-off line lacks, where its script has that."""
    return quote if quote.rstrip("\u201d\"')\u2019").endswith(_ENDS) or mostly_other(quote) else f"{quote}."
