"""Which call is meant: documents of one call told apart from those of another, by what they state themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from index.normalise import content_terms, fold, terms
from index.types import Document, SectionKind
from service.attribution.names import NAME_RUN
from service.attribution.people import People
from service.attribution.vocabulary import INSTITUTIONS
from service.choosing import jaccard
from service.question import Asked, Kind
from service.types import Evidence

MAIN_NAMES = 15  # of a document, most often named first: its participants are among them
SHARED_NAMES, SHARED_SHARE = 2, 0.3  # from how many names, and from which share of the fewer, two documents are of one call
SPAN_DAYS = 14  # previews, reports and second thoughts of one call lie within it
HEAD_CHARACTERS = 3_000  # where a report says what it is a report of
NEARLY_AS_GOOD = 0.6  # share of the best score from which another call's answer fits as well
SAME_WORDS = 0.7  # Jaccard of content terms from which two sentences give the same answer
AROUND_CHARACTERS = 200  # beside a sentence, where the words of a question may stand
MAX_NAMED = 4  # calls in one line
_CALL = re.compile(
    r"\b(?:phone|telephone|video|conference|press|investor|earnings|media) ?(?:call|conference|conversation|briefing)s?\b|"
    r"\btele-?conference\b|\b(?:phoned|telephoned|interview|mediat\w+|talks|call(?:ed)? with)\b|"
    r"\b(?:on|during|after|in|before|of|the|a) (?:the |a |his |her |their )?call\b",
    re.IGNORECASE,
)
# What is asked of any call whatever.
_GENERIC = frozenset(
    content_terms(
        """call phone telephone conversation conference interview meeting talk speak spoke discuss discussion last long minute
        hour date day time begin start end happen hold held place participant part topic subject first initiate agree outcome
        result announce main point summary report source reporter question answer ask raise open close line listener join
        attend"""
    )
)
_PLAIN = frozenset(
    """american americans chinese russian european monday tuesday wednesday thursday friday saturday sunday january february march
    april may june july august september october november december president minister states house a yeah thank thanks please
    questions yes no well""".split()
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a document states that tells one call from another."""

    document_id: str
    names: frozenset[str]
    people: tuple[str, ...]
    day: date | None
    is_of_call: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the documents that cover it, those who are named most, and the first day it was reported on."""

    document_ids: frozenset[str]
    names: frozenset[str]
    people: tuple[str, ...]
    day: date | None

    @property
    def label(self) -> str:
        """How the asker is asked about it."""
        who = " and ".join(self.people) or "nobody named"
        return f"the call of {who}" + (f" (reported from {self.day.isoformat()})" if self.day else "")


def coverage(document: Document, people: People) -> Coverage:
    """Read a document for what tells its call from another."""
    named = Counter(_key(mention.name) for mention in people.mentions)
    head = f"{document.title or ''} {document.text[:HEAD_CHARACTERS]}"
    persons = Counter(mention.name for mention in people.mentions if _is_person(mention.name, people))
    return Coverage(
        document_id=document.document_id,
        names=frozenset([name for name, _ in named.most_common() if name.isalpha() and name not in _PLAIN][:MAIN_NAMES]),
        people=tuple(name for name, _ in persons.most_common(3)),
        day=date.fromisoformat(document.published_at[:10]) if document.published_at else None,
        is_of_call=bool(_CALL.search(head)) or any(section.kind is SectionKind.TURN for section in document.sections),
    )


def calls_of(covering: Sequence[Coverage]) -> list[Call]:
    """The calls that some documents cover, in no order; one that speaks of no call is none."""
    groups: list[list[Coverage]] = []
    for one in covering:
        near = [group for group in groups if any(_of_one_call(one, other) for other in group)]
        joined = [*(member for group in near for member in group), one]
        groups = [group for group in groups if group not in near]
        groups.append(joined)
    return [_call(group) for group in groups if any(one.is_of_call for one in group)]


def spoken_of(calls: Sequence[Call], words: str) -> list[Call]:
    """The calls most of whose names stand in these words; all of them if nobody of any does."""
    told = {_key(match.group()) for match in NAME_RUN.finditer(words)}
    most = max((len(call.names & told) for call in calls), default=0)
    return [call for call in calls if len(call.names & told) == most]


def of_call(evidence: Sequence[Evidence], meant: Call, calls: Sequence[Call]) -> list[Evidence]:
    """The evidence without that of other calls than the one meant."""
    others = {document_id for call in calls for document_id in call.document_ids} - meant.document_ids
    return [piece for piece in evidence if piece.document_id not in others]


def apart(calls: Sequence[Call], document_id: str) -> frozenset[str]:
    """The documents of other calls than that which a document is of; none if it is of no call."""
    if not any(document_id in call.document_ids for call in calls):
        return frozenset()
    return frozenset(other for call in calls if document_id not in call.document_ids for other in call.document_ids)


def together(calls: Sequence[Call], document_id: str) -> frozenset[str]:
    """The documents of the call that a document is of; none if it is of no call."""
    return frozenset(other for call in calls if document_id in call.document_ids for other in call.document_ids)


def unclear_call(
    asked: Asked, evidence: Sequence[Evidence], texts: Mapping[str, str], calls: Sequence[Call], *, threshold: float
) -> tuple[Call, ...]:
    """The calls of which the question may equally well be, where their answers differ; none if it is clear.

    A question without a word of its own fits every call, also one that does not answer it. Else they fit equally if their best
    sentences hold as many of the question's own words, and score about as well.
    """
    if len(calls) <= 1 or asked.kind is Kind.LIST or asked.about_each_source or asked.asks_who_said:
        return ()
    own = {term for term in content_terms(asked.text) if term not in _GENERIC}
    bests = [(call, piece) for call in calls if (piece := _best(call, evidence, threshold))]
    if bests and not own:
        return tuple(calls[:MAX_NAMED])
    if len(bests) <= 1:
        return ()
    held = {id(call): len(own & set(terms(_around(piece, texts)))) for call, piece in bests}
    most = max(held.values())
    score = max(piece.score for call, piece in bests if held[id(call)] == most)
    equal = [(call, piece) for call, piece in bests if held[id(call)] == most and piece.score >= NEARLY_AS_GOOD * score]
    first = set(terms(equal[0][1].span.of(texts[equal[0][1].document_id])))
    differ = any(jaccard(first, set(terms(piece.span.of(texts[piece.document_id])))) < SAME_WORDS for _, piece in equal[1:])
    return tuple(call for call, _ in equal[:MAX_NAMED]) if differ else ()


def asks_back(calls: Sequence[Call]) -> str:
    """One line that names the calls."""
    labels = [call.label for call in calls]
    return f"Do you mean {', '.join(labels[:-1])} or {labels[-1]}?"


def _key(name: str) -> str:
    """A name by its last word: Joe Biden and Biden are one."""
    return re.sub(r"['\u2019]s?$", "", (fold(name).split() or [""])[-1])


def _is_person(name: str, people: People) -> bool:
    return name in people.persons and not any(word.casefold() in INSTITUTIONS for word in name.split())


def _of_one_call(one: Coverage, other: Coverage) -> bool:
    shared = len(one.names & other.names)
    if one.day and other.day and abs((one.day - other.day).days) > SPAN_DAYS:
        return False
    return shared >= SHARED_NAMES and shared >= SHARED_SHARE * min(len(one.names), len(other.names))


def _call(group: Sequence[Coverage]) -> Call:
    named: Counter[str] = Counter()
    for one in group:
        named.update({name: 3 - place for place, name in enumerate(one.people)})
    longest = {_key(name): name for name in sorted(named, key=len)}
    by_key: Counter[str] = Counter()
    for name, weight in named.items():
        by_key[_key(name)] += weight
    days = [one.day for one in group if one.day]
    return Call(
        document_ids=frozenset(one.document_id for one in group),
        names=frozenset(name for one in group for name in one.names),
        people=tuple(longest[key] for key, _ in by_key.most_common(2)),
        day=min(days, default=None),
    )


def _best(call: Call, evidence: Sequence[Evidence], threshold: float) -> Evidence | None:
    own = [piece for piece in evidence if piece.document_id in call.document_ids]
    best = max(own, key=lambda piece: piece.score, default=None)
    return best if best is not None and max(best.support, best.score) >= threshold else None


def _around(piece: Evidence, texts: Mapping[str, str]) -> str:
    """The sentence with what stands next to it."""
    text = texts[piece.document_id]
    return text[max(0, piece.span.start - AROUND_CHARACTERS) : piece.span.end + AROUND_CHARACTERS]
