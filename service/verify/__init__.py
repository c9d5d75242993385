"""The last check before anything is shown: each statement against the stored text it cites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.errors import NotFound
from index.normalise import content_terms, words
from index.types import Document, Span
from service.attribution import attribute, matches_alias, read_speakers
from service.links import has_link, without_links
from service.protocols import CitedEvidence, Drafted
from service.types import Attribution, Citation, Evidence, Statement
from service.verify.claims import Held, Lack, held_by, lacks
from service.verify.orders import gives_orders
from service.verify.support import MIN_COVERAGE, SHOWN_FROM, Relate, coverage, supports
from service.verify.wording import is_whole, says_no_more, speaks_for_itself

__all__ = ["Checks", "Dropped", "Lack", "Shown", "Verified", "says_no_more", "verify", "verify_written"]

MAX_TRIED = 4  # other pieces of evidence tried for a statement, those with most of its words
MAX_CITED = 3  # pieces that one statement may rest on: with more, anything is carried by something
_CUT = "\x00"

ReadVersion = Callable[[str, str], Document]


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of some drafts: the statements that hold, each with the evidence it rests on first."""

    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """What written statements are checked with: the stored versions, and the relations of (statement, evidence) pairs."""

    read_version: ReadVersion
    relate: Relate


@dataclass(frozen=True, slots=True)
class Shown:
    """A written statement that holds. `repaired`: it rests on other evidence than its writer named."""

    statement: Statement
    repaired: bool


@dataclass(frozen=True, slots=True)
class Dropped:
    """A written statement that does not hold, and what it lacks."""

    lack: Lack


def verify(drafts: list[Drafted], *, read_version: ReadVersion) -> Verified:
    """Keep the drafts in the sources' own words: every citation exact in the stored version, nothing added but who speaks.

    `read_version` gives a document by id and sha256; the caller wraps all of it in one moment of the store.
    """
    held = [draft for draft in drafts if _exact(draft.cited, read_version) and _own_words(draft)]
    return Verified(tuple(_own_statement(draft) for draft in held), tuple(draft.cited[0].evidence for draft in held))


def verify_written(draft: Drafted, others: Sequence[CitedEvidence], checks: Checks) -> Shown | Dropped:
    """Whether a statement in a writer's words holds: by what it cites, else by one of `others`.

    Nothing is added to what it cites: a date or a name of another sentence would be told of this one.

    `support` is then the probability that the cited words carry it. Of several cited pieces those stay that carry it alone, if
    any does.
    """
    if not is_whole(draft.text):
        return Dropped(Lack.WHOLE)
    own = tuple(piece for piece in dict.fromkeys(draft.cited) if not gives_orders(piece.citation))[:MAX_CITED]
    found: Dropped | None = Dropped(Lack.ORDER) if draft.cited and not own else None
    for cited in _ways(draft.text, own, others):
        judged = _judged(draft.text, cited, checks)
        if isinstance(judged, Statement):
            return Shown(judged, repaired=cited != own)
        found = found or Dropped(judged)
    return found or Dropped(Lack.SUPPORT)


def _ways(text: str, own: tuple[CitedEvidence, ...], others: Sequence[CitedEvidence]) -> Sequence[tuple[CitedEvidence, ...]]:
    """What a statement may rest on, in the order it is tried: what it cites, then the pieces that share most with it."""
    stated = set(content_terms(text))
    share = {piece: len(stated & set(content_terms(piece.citation.quote))) for piece in others if piece not in own}
    near = sorted((piece for piece in share if share[piece]), key=lambda piece: -share[piece])
    tried = [piece for piece in near[:MAX_TRIED] if not gives_orders(piece.citation)]
    return [*([own] if own else []), *((piece,) for piece in tried)]


def _judged(text: str, cited: tuple[CitedEvidence, ...], checks: Checks) -> Statement | Lack:
    if not _exact(cited, checks.read_version):
        return Lack.EXACT
    held = held_by(cited)
    lack = lacks(text, held)
    if lack is not None:
        return lack
    if not _speaks_as_cited(text, cited, held):
        return Lack.SPEAKER
    support = _support(text, cited, checks)
    # A sentence copied whole is carried, whatever the network makes of it.
    if support < SHOWN_FROM and not _own_words(Drafted(text, cited)):
        return Lack.SUPPORT
    alone = tuple(piece for piece in cited if len(cited) > 1 and _alone(text, piece, checks))
    if alone and alone != cited:
        cited, support = alone, _support(text, alone, checks)
    return Statement(text, tuple(piece.citation for piece in cited), support)


def _alone(text: str, piece: CitedEvidence, checks: Checks) -> bool:
    return lacks(text, held_by((piece,))) is None and _support(text, (piece,), checks) >= SHOWN_FROM


def _support(text: str, cited: Sequence[CitedEvidence], checks: Checks) -> float:
    """The probability that the cited words carry the statement; 0 where too few of its words are among them, or it only asks."""
    evidence = "\n".join(_as_spoken(piece) for piece in cited)
    if text.endswith("?") or coverage(text, evidence) < MIN_COVERAGE:
        return 0.0
    return supports([(text, evidence)], checks.relate)[0]


def _as_spoken(piece: CitedEvidence) -> str:
    """The quote as the network is to read it: with who speaks in front, where that stands outside of the words."""
    attribution = piece.citation.attribution
    who = attribution.reported_by or attribution.speaker if piece.evidence.in_turn or attribution.inferred else None
    return f"{who}: {piece.citation.quote}" if who else piece.citation.quote


def _speaks_as_cited(text: str, cited: Sequence[CitedEvidence], held: Held) -> bool:
    """Whether it lets nobody speak but who speaks or relays in what it cites, where that is known, and not itself."""
    if speaks_for_itself(text):
        return False
    told = attribute(read_speakers(Document("", "", None, text, "", None, None, None, ())), Span(0, len(text)))
    known = [name for piece in cited for name in _who(piece.citation.attribution)]
    if told.speaker is None:
        return True
    if not any(c.isupper() for c in told.speaker):  # a role, such as "the official"
        return set(content_terms(told.speaker)) <= set(content_terms("\n".join((*held.quotes, *known))))
    if not known:
        return True
    return any(matches_alias(Attribution(name, None), told.speaker) or matches_alias(told, name) for name in known)


def _who(attribution: Attribution) -> list[str]:
    return [name for name in (attribution.speaker, attribution.reported_by) if name]


def _exact(cited: Sequence[CitedEvidence], read_version: ReadVersion) -> bool:
    return bool(cited) and all(_is_stored(piece.citation, read_version) for piece in cited)


def _is_stored(citation: Citation, read_version: ReadVersion) -> bool:
    try:
        document = read_version(citation.document_id, citation.document_sha256)
    except NotFound:
        return False
    return bool(citation.quote) and citation.span.of(document.text) == citation.quote


def _own_words(draft: Drafted) -> bool:
    """Whether nothing is left of a statement without the quotes it cites but "NAME said:" of who speaks in one, or its source."""
    if has_link(draft.text):
        return False
    left = " ".join(draft.text.split())
    quotes = [" ".join(without_links(piece.citation.quote).split()) for piece in draft.cited]
    for quote in sorted(filter(None, quotes), key=len, reverse=True):
        left = left.replace(quote, _CUT, 1)
    names = [name for piece in draft.cited for name in _who(piece.citation.attribution)]
    sources = {piece.citation.source for piece in draft.cited}
    forms = {form for name in names for form in (name, name.title())}
    leads = {f"{form} said" for form in forms} | {f"{source} says" for source in sources}
    leads |= {f"{form} said in {source}" for form in forms for source in sources}
    return {_lead_in(part) for part in left.split(_CUT)} <= {(), *(_lead_in(lead) for lead in leads)}


def _lead_in(part: str) -> tuple[str, ...]:
    found = words(part)
    return tuple(found[1:] if found[:1] in (["a"], ["an"]) else found)


def _own_statement(draft: Drafted) -> Statement:
    citations = tuple(piece.citation for piece in draft.cited)
    return Statement(draft.text, citations, max(piece.evidence.support for piece in draft.cited), draft.n_origins)
