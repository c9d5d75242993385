"""One part of a question, from what was read to its statements: which sentences answer, what stands against or beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.protocols import Reader
from index.types import Document, Filters, Passage
from service import conflicts
from service.choosing import choose
from service.cite import citation
from service.compose.extractive import of_side
from service.conflicts import Compare, Compared
from service.evidence import ReadPassage, all_said, gather, spoken_by, told_within, unread
from service.protocols import CitedEvidence, Composer, Drafted
from service.question import Asked, premise
from service.short_answer import Relate, denies
from service.types import Citation, Conflict, ConflictValue, Evidence, Said, Statement

MAX_BESIDE = 6  # further passages read for what stands against an answer: reading one costs as much as reading it for the answer
MAX_OFFERED = 16  # sentences put before a language model: what answers stands among the first

Like = Callable[[Said], list[int]]  # the few chunks most like a sentence, most like first


@dataclass(frozen=True, slots=True)
class Heard:
    """One part of the question with what was read for it: what meets the question, best first, and every sentence."""

    asked: Asked
    pieces: tuple[Evidence, ...] = ()
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What answers one part: the pieces chosen, and how the sources stand to the first.

    `denied` is its premise; `only_expected` tells that the best piece speaks of what was to happen, and not of what did.
    """

    heard: Heard
    chosen: tuple[Evidence, ...] = ()
    compared: Compared = field(default_factory=Compared)
    denied: bool = False
    only_expected: bool = False

    @property
    def asked(self) -> Asked:
        """The part of the question."""
        return self.heard.asked

    @property
    def best(self) -> Said | None:
        """The sentence that its best piece begins with."""
        return conflicts.sentence_of(self.chosen[0], self.heard.said) if self.chosen else None

    @property
    def cited_first(self) -> tuple[Evidence, ...]:
        """What the answer rests on first: the best piece of each side, where there are sides."""
        return tuple(side.given[0].said.evidence for side in self.compared.sides) or self.chosen


@dataclass(frozen=True, slots=True)
class DraftedPart:
    """One part's statements in the sources' own words, not yet verified, and the evidence a writer may use, best first."""

    decided: Decided
    drafts: tuple[Drafted, ...]
    offered: tuple[CitedEvidence, ...]

    def own(self, verified: Sequence[Statement]) -> tuple[Statement, ...]:
        """Those of the verified statements that answer this part."""
        cited = {draft.cited[0].citation for draft in self.drafts}
        return tuple(statement for statement in verified if statement.citations[0] in cited)

    def unanswered(self, held: Sequence[Evidence]) -> bool:
        """Whether none of its statements is among the evidence that was verified, or tells what was asked for."""
        return self.decided.only_expected or not any(
            within(draft.cited[0].evidence, piece) for draft in self.drafts for piece in held
        )

    def conflict(self, citations: Sequence[Citation]) -> Conflict | None:
        """The sides with the citations that hold their words; None unless two of them were verified."""
        values = []
        for side in self.decided.compared.sides:
            given = {(one.said.evidence.document_id, one.said.evidence.span) for one in side.given}
            own = [c for c in citations if (c.document_id, c.span) in given and side.given[0].words in c.quote]
            values += [ConflictValue(side.given[0].words, tuple(own))] if own else []
        return Conflict(self.decided.asked.text, tuple(values)) if len(values) > 1 else None


def hear(asked: Asked, passages: Sequence[ReadPassage], filters: Filters, reader: Reader) -> Heard:
    """What the passages say to one part of the question, as far as the filters let it pass."""
    if not passages:
        return Heard(asked)
    documents = {passage.document.document_id: passage.document for passage in passages}
    speakers = {passage.document.document_id: passage.known.speakers for passage in passages}

    def allowed(evidence: Sequence[Evidence]) -> list[Evidence]:
        spoken = spoken_by(evidence, filters.speakers, speakers)
        return told_within(spoken, documents, first=filters.event_from, last=filters.event_to)

    readings = reader.read(asked.text, [_passage(passage) for passage in passages])
    said = tuple(one for one in all_said(passages, readings) if allowed([one.evidence]))
    return Heard(asked, tuple(allowed(gather(asked, passages, readings))), said)


def decide(
    heard: Heard, passages: Sequence[ReadPassage], relate: Relate, *, further: Sequence[ReadPassage], threshold: float
) -> Decided:
    """The pieces that answer one part of the question, from some passages; what stands against them is not looked for yet.

    None where the question takes for granted what no source says, in `further` passages neither, or asks whether something
    came up that none says did.
    """
    ranks = {passage.hit.rank for passage in passages}
    texts = {passage.document.document_id: passage.document.text for passage in passages}
    chosen = choose(heard.asked, [piece for piece in heard.pieces if piece.rank in ranks], texts, threshold=threshold)
    sentence = chosen[0].span.of(texts[chosen[0].document_id]) if chosen else ""
    presumed = premise(heard.asked.text)
    if conflicts.unbacked(heard.asked, [*heard.said, *unread(further)]) or (
        chosen and presumed is not None and denies(sentence, presumed, relate)
    ):
        return Decided(heard, denied=True)
    if not chosen or conflicts.not_brought_up(heard.asked, sentence):
        return Decided(heard)
    return Decided(heard, tuple(chosen), only_expected=conflicts.only_expected(heard.asked, sentence))


def beside(decided: Decided, further: Sequence[ReadPassage], like: Like) -> list[ReadPassage]:
    """Those of the passages not read yet that may answer otherwise than the best piece, at most `MAX_BESIDE`.

    First those that `like` gives for the best piece, then those whose words or values may differ.
    """
    best = decided.best
    if best is None or decided.asked.kind not in conflicts.COMPARED or decided.asked.about_each_source:
        return []
    other = {one.hit.chunk.chunk_id: one for one in further if one.document.document_id != best.document.document_id}
    liked = [other[chunk] for chunk in like(best) if chunk in other] if other else []
    differing = [
        one for one in other.values() if conflicts.may_differ(decided.asked, best, one.document, one.hit.chunk.sentences)
    ]
    return list({one.hit.rank: one for one in [*liked, *differing]}.values())[:MAX_BESIDE]


def weigh(decided: Decided, said: Sequence[Said], compare: Compare) -> Decided:
    """The same with what stands against its best piece, or beside it, among some sentences; most relevant first.

    Further pieces that do not answer what the best one answers are left out.
    """
    if not decided.chosen or decided.only_expected:  # nothing stands against what has not happened
        return decided
    compared = conflicts.compared(decided.asked, decided.chosen[0], said, compare)
    first, *further = decided.chosen
    answering = (piece for piece in further if conflicts.sentence_of(piece, compared.idle) is None)
    return replace(decided, compared=compared, chosen=(first, *answering))


def draft(decided: Decided, passages: Sequence[ReadPassage], composer: Composer) -> DraftedPart:
    """The statements of one part: a side each where the sources disagree, else the chosen pieces, said once."""
    documents = {passage.document.document_id: passage.document for passage in passages}
    ranks = {passage.hit.rank for passage in passages}

    def cited(pieces: Sequence[Evidence]) -> list[CitedEvidence]:
        return [_cited(piece, documents) for piece in pieces if piece.rank in ranks]

    further = [piece for piece in decided.heard.pieces if not any(within(piece, other) for other in decided.chosen)]
    offered = tuple([*cited(decided.chosen), *cited(further)][:MAX_OFFERED])
    if decided.compared.sides:
        told = [cited([given.said.evidence for given in side.given]) for side in decided.compared.sides]
        sides = [replace(of_side(pieces), n_origins=len(pieces)) for pieces in told if pieces]
        return DraftedPart(decided, tuple(sides), offered)
    agreeing = [said.evidence for said in decided.compared.agreeing if said.evidence.rank in ranks]
    again = [piece for piece in decided.chosen[1:] if any(within(other, piece) for other in agreeing)]
    drafts = [*composer.compose(decided.asked, cited([p for p in decided.chosen if p not in again]), lambda: 0.0)]
    if drafts and agreeing:
        whole = (*drafts[0].cited, *cited(agreeing))
        drafts[0] = replace(drafts[0], cited=whole, n_origins=len(whole))
    return DraftedPart(decided, tuple(drafts), offered)


def best_scores(heard: Sequence[Heard], decided: Sequence[Decided] = ()) -> dict[int, float]:
    """By the passage's rank the score of its best piece: so what is cited stands among the first.

    What disagrees or agrees with an answer is as good as the answer.
    """
    best: dict[int, float] = {}
    for piece in (piece for part in heard for piece in part.pieces):
        best[piece.rank] = max(piece.score, best.get(piece.rank, 0.0))
    for part in decided:
        for said in part.compared.said:
            best[said.evidence.rank] = max(part.chosen[0].score, best.get(said.evidence.rank, 0.0))
    return best


def ranked(
    passages: Sequence[ReadPassage], best: Mapping[int, float], decided: Sequence[Decided] = (), *, k: int
) -> list[ReadPassage]:
    """The at most k passages to show, best first; of equal ones those first that hold what is cited first."""
    cited = {piece.rank for part in decided for piece in part.cited_first}
    return sorted(passages, key=lambda passage: (-best.get(passage.hit.rank, 0.0), passage.hit.rank not in cited))[:k]


def distinct(drafts: Sequence[Drafted]) -> list[Drafted]:
    """Without those whose words another one holds too: one sentence may answer several parts. Of two alike the first stays."""
    first = [drafted.cited[0].evidence for drafted in drafts]
    return [
        drafted
        for place, (drafted, piece) in enumerate(zip(drafts, first, strict=True))
        if not any(
            within(piece, other) and (at < place or not within(other, piece)) for at, other in enumerate(first) if at != place
        )
    ]


def within(piece: Evidence, other: Evidence) -> bool:
    """Whether the words of one piece are among the other's."""
    return piece.document_id == other.document_id and other.span.covers(piece.span)


def _cited(piece: Evidence, documents: Mapping[str, Document]) -> CitedEvidence:
    return CitedEvidence(piece, citation(piece, documents[piece.document_id]))


def _passage(passage: ReadPassage) -> Passage:
    chunk = passage.hit.chunk
    return Passage(
        text=chunk.span.of(passage.document.text),
        sentences=tuple(sentence.shifted(-chunk.span.start) for sentence in chunk.sentences),
        cosine=passage.hit.cosine,
    )
