"""From a reader's judgements to pieces of evidence with their speakers, best first."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.normalise import content_terms
from index.types import Document, Hit, Reading, Section, Span
from service.attribution import Speakers, attribute
from service.choosing import SHARE_OF_BEST
from service.days import fit, happens_within
from service.names import Counted
from service.question import Asked, Kind
from service.requirements import Surroundings, meets, nearness, repeats_quoted
from service.sides import side_of, speaks_for
from service.telling import begins_with_pronoun, enumerates, lies_ahead, points_back, tells, without_fillers
from service.types import Attribution, Evidence, Said

MOST_SAID = 80  # sentences among which disagreement is looked for: a dozen passages have about as many
RELEVANCE_SHARE = 0.7  # of a sentence's score, by exponent; the rest is its support
OWN_WORDS_SHARE = 0.3  # of the best score from which a speaker's own words go first
ANOTHERS_WORDS = 0.5  # what is left of a score when the words are not those of the speaker asked about
CONTINUED = 0.9  # of the score of a sentence that the next goes on from, in a list
OFF_TOPIC = 0.3  # what is left of a sentence that does not name what is asked to have come up
ON_TOPIC = 0.5  # of a sentence that tells of the very topic that an overview is asked of
ONLY_EXPECTED = 0.5  # of a sentence that tells what was to happen, in an overview of what did
SHARE_OF_NEAREST = 0.3  # of the best relevance before what the question insists on is looked at
WORD_FOR_WORD = 0.9  # judgement of a sentence that holds the very words whose speaker is asked for
_WAS = re.compile(r"\b(?:was|were|did|had|has|got|came|happened)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A version of a document, read once for all questions: its speakers and its words."""

    speakers: Speakers
    words: Counted


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A hit with its document."""

    hit: Hit
    known: KnownDocument

    @property
    def document(self) -> Document:
        """The version that the hit was read in."""
        return self.known.speakers.document


def gather(asked: Asked, passages: Sequence[ReadPassage], readings: Sequence[Reading]) -> list[Evidence]:
    """One piece of evidence per reading that meets what the question insists on, with its speaker, best first.

    Where the sentence most about the question lacks what it insists on, one that is much less about it is no answer, unless
    it stands beside that sentence: "She has kept it since 1987."
    """
    readings = _with_continued(asked, passages, _by_support_too(asked, readings))
    nearest = max(readings, key=lambda reading: reading.relevance, default=None)
    if nearest is None or (not content_terms(asked.text) and asked.kind is not Kind.OVERVIEW):
        return []
    floor = (
        0.0
        if asked.kind is Kind.OVERVIEW or asked.speaker or asked.about_each_source or asked.brought_up
        else SHARE_OF_NEAREST * nearest.relevance
    )
    kept = [
        reading
        for reading in readings
        if reading.relevance >= floor
        or _goes_on(passages[reading.passage], reading, nearest)
        or repeats_quoted(asked, _sentence(passages[reading.passage], reading))
    ]
    found = [_evidence(asked, passages[reading.passage], reading) for reading in kept]
    ranked = sorted((piece for piece in found if piece), key=lambda piece: (-piece.score, piece.rank, piece.span))
    return _own_words_first(asked, ranked)


def _by_support_too(asked: Asked, readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings; where one sentence is to answer, that it does counts beside that it is the one about the question.

    What stands nearest to a question says its words over again, with or without what is asked.
    """
    if asked.kind is Kind.OVERVIEW or asked.about_each_source:
        return readings
    return [replace(one, relevance=one.relevance**RELEVANCE_SHARE * one.support ** (1 - RELEVANCE_SHARE)) for one in readings]


def _with_continued(asked: Asked, passages: Sequence[ReadPassage], readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings; for a list, what goes on enumerating stands almost as near as the sentence that it goes on from."""
    if asked.kind is not Kind.LIST or asked.about_each_source or not readings:
        return readings
    least = SHARE_OF_BEST[Kind.LIST] * max(reading.relevance for reading in readings)
    placed = sorted((_place(passages, reading), number) for number, reading in enumerate(readings))
    lifted = list(readings)
    for at, ((document_id, span), number) in enumerate(placed):
        if lifted[number].relevance < least:
            continue
        text = passages[readings[number].passage].document.text
        for step, ((other_id, other), later) in enumerate(placed[at + 1 : at + 3]):
            if other_id == document_id and enumerates(text, span, other, beside=step == 0):
                near = max(lifted[later].relevance, CONTINUED * lifted[number].relevance)
                lifted[later] = replace(lifted[later], relevance=near)
    return lifted


def _place(passages: Sequence[ReadPassage], reading: Reading) -> tuple[str, Span]:
    chunk = passages[reading.passage].hit.chunk
    return chunk.document_id, chunk.sentences[reading.sentence]


def all_said(passages: Sequence[ReadPassage], readings: Sequence[Reading]) -> list[Said]:
    """Every sentence that was read, once, as the reader judges it, most relevant first, whatever the question insists on."""
    found: dict[tuple[str, Span], Said] = {}
    for reading in readings:
        passage = passages[reading.passage]
        sentences, place = passage.hit.chunk.sentences, reading.sentence
        key = (passage.document.document_id, sentences[place])
        if key in found or len(found) == MOST_SAID:
            continue
        text = passage.document.text
        before = sentences[place - 1].of(text) if place else ""
        evidence = _plain(passage, reading, attribute(passage.known.speakers, sentences[place]))
        if evidence.in_turn:
            evidence = replace(evidence, span=without_fillers(evidence.span, text))
        found[key] = Said(evidence, passage.document, before)
    return list(found.values())


def unread(passages: Sequence[ReadPassage]) -> list[Said]:
    """The sentences of passages that the reader has not seen, as such that it makes nothing of; who speaks is left open."""
    found = []
    for passage in passages:
        sentences = passage.hit.chunk.sentences
        for place in range(len(sentences)):
            evidence = _plain(passage, Reading(0, place, None, 0.0, 0.0), Attribution(None, None))
            before = sentences[place - 1].of(passage.document.text) if place else ""
            found.append(Said(evidence, passage.document, before))
    return found


def _own_words_first(asked: Asked, ranked: list[Evidence]) -> list[Evidence]:
    """Where a speaker is asked about, their own words go before others' words about them, unless those fit far better.

    A side is answered with its own words alone.
    """
    if asked.speaker is None:
        return ranked
    own = [piece for piece in ranked if piece.by_asked]
    if side_of(asked.speaker) is not None:
        return own
    if not own or own[0].score < OWN_WORDS_SHARE * ranked[0].score:
        return ranked
    return own + [piece for piece in ranked if piece not in own]


def _sentence(passage: ReadPassage, reading: Reading) -> str:
    return passage.hit.chunk.sentences[reading.sentence].of(passage.document.text)


def _goes_on(passage: ReadPassage, reading: Reading, nearest: Reading) -> bool:
    """Whether the sentence follows the nearest one and speaks of the same by a pronoun."""
    follows = reading.passage == nearest.passage and reading.sentence == nearest.sentence + 1
    return follows and begins_with_pronoun(_sentence(passage, reading))


def spoken_by(evidence: Sequence[Evidence], aliases: Sequence[str], speakers: Mapping[str, Speakers]) -> list[Evidence]:
    """Only the evidence in the words of one of `aliases`; all of it if none is named. `speakers` are those of the documents."""
    if not aliases:
        return list(evidence)
    return [
        piece for piece in evidence if any(speaks_for(speakers[piece.document_id], piece.attribution, alias) for alias in aliases)
    ]


def told_within(
    evidence: Sequence[Evidence], documents: Mapping[str, Document], *, first: str | None, last: str | None
) -> list[Evidence]:
    """Only the evidence that states a day within the bounds (ISO, inclusive); all of it without bounds."""
    return [
        piece
        for piece in evidence
        if happens_within(
            piece.span.of(documents[piece.document_id].text), documents[piece.document_id].published_at, first=first, last=last
        )
    ]


def tells_within(passage: ReadPassage, *, first: str | None, last: str | None) -> bool:
    """Whether a sentence of the passage states a day within the bounds; true without bounds."""
    text, published_at = passage.document.text, passage.document.published_at
    return any(happens_within(span.of(text), published_at, first=first, last=last) for span in passage.hit.chunk.sentences)


def speaks(passage: ReadPassage, aliases: Sequence[str]) -> bool:
    """Whether one of `aliases` speaks in the passage; true if none is named."""
    return not aliases or any(
        speaks_for(passage.known.speakers, attribute(passage.known.speakers, sentence), alias)
        for sentence in passage.hit.chunk.sentences
        for alias in aliases
    )


def _evidence(asked: Asked, passage: ReadPassage, reading: Reading) -> Evidence | None:
    chunk, document, place = passage.hit.chunk, passage.document, reading.sentence
    sentence = chunk.sentences[place]
    attribution = attribute(passage.known.speakers, sentence)
    in_turn = any(turn.span.covers(sentence) for turn in passage.known.speakers.turns)
    neighbours = chunk.sentences[max(0, place - 1) : place + 2]
    around = Surroundings(
        sentence=sentence.of(document.text),
        neighbours=" ".join(span.of(document.text) for span in neighbours),
        passage=chunk.span.of(document.text),
        document=passage.known.words,
        published_at=document.published_at,
        by_speaker=asked.speaker is not None and speaks_for(passage.known.speakers, attribution, asked.speaker),
        in_prose=not in_turn,
    )
    on_day = fit(asked.days, around.sentence, document.published_at)
    if not on_day or not meets(asked, around):
        return None
    near = on_day * nearness(asked, around)
    if (asked.brought_up or asked.by_whom) and not _on_topic(asked, around.sentence) and not points_back(around.sentence):
        near *= OFF_TOPIC
    least = WORD_FOR_WORD if repeats_quoted(asked, around.sentence) else 0.0
    return replace(
        _plain(passage, reading, attribution),
        span=without_fillers(sentence, document.text) if in_turn else sentence,
        score=_score(asked, around.sentence, max(least, near * _by_speaker(asked, around, reading.relevance))),
        support=max(least, near * _by_speaker(asked, around, reading.support)),
        by_asked=around.by_speaker,
    )


def _plain(passage: ReadPassage, reading: Reading, attribution: Attribution) -> Evidence:
    """A sentence as the reader judges it."""
    chunk, document = passage.hit.chunk, passage.document
    sentence = chunk.sentences[reading.sentence]
    section = _section(document.sections, sentence)
    return Evidence(
        document_id=document.document_id,
        span=sentence,
        score=reading.relevance,
        support=reading.support,
        answer_span=None if reading.answer is None else reading.answer.shifted(chunk.span.start),
        attribution=attribution,
        in_turn=any(turn.span.covers(sentence) for turn in passage.known.speakers.turns),
        section=None if section is None else section.label,
        rank=passage.hit.rank,
    )


def _by_speaker(asked: Asked, around: Surroundings, probability: float) -> float:
    """The reader's judgement, seen from who speaks.

    The speaker's name in the question finds sentences about the speaker; the speaker's own words seldom hold it.
    """
    if asked.speaker is None:
        return probability
    return math.sqrt(probability) if around.by_speaker else probability * ANOTHERS_WORDS


def _score(asked: Asked, sentence: str, relevance: float) -> float:
    told = tells(sentence)
    told_of_it = ON_TOPIC * told if _on_topic(asked, sentence) else 0.0
    if asked.brought_up:
        return max(relevance, told_of_it)
    if asked.kind is not Kind.OVERVIEW:
        return relevance
    score = max(min(1.0, relevance * (1 + told)), told_of_it) if asked.has_topic else max(relevance, told)
    return score * ONLY_EXPECTED if _WAS.search(asked.text) and lies_ahead(sentence) else score


def _on_topic(asked: Asked, sentence: str) -> bool:
    return asked.topic is not None and set(content_terms(asked.topic)) <= set(content_terms(sentence))


def _section(sections: Sequence[Section], span: Span) -> Section | None:
    """The smallest section around a span: a turn on a page is the turn."""
    around = [section for section in sections if section.span.covers(span)]
    return min(around, key=lambda section: len(section.span), default=None)
