"""Words for what became of something that cannot both be true, and pairs of sentences of which one denies the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.normalise import terms
from index.types import Span
from service.conflicts.stance import Stance, clause_at, stances

# Each line is one question with its answers; words of one answer are joined by strokes.
_OUTCOMES = """
cancelled|canceled|scrapped|abandoned|dropped postponed|delayed|deferred|rescheduled proceeding|continues|ahead
accepted|approved|agreed|endorsed|consented rejected|refused|declined|vetoed
confirmed|admitted|acknowledged|conceded denied|disputed|rejected
rose|risen|increased|grew|climbed fell|fallen|dropped|decreased|shrank|declined unchanged|flat
released|freed detained|held|jailed|arrested|imprisoned
resigned|quit|stepped dismissed|fired|sacked|ousted
won lost
killed|died|dead survived|alive|unhurt|unharmed
deliberate|deliberately|intentional|intentionally|sabotage accidental|accidentally|accident|mistake
raised|lifted lowered|cut|reduced
opened|reopened closed|shut
succeeded failed
friendly|cordial|warm|constructive tense|frosty|heated|angry|hostile
temporary|temporarily permanent|permanently
signed unsigned
voluntary|voluntarily forced|compulsory
extended|prolonged ended|expired|shortened
true false|untrue
"""


@dataclass(frozen=True, slots=True)
class _Outcome:
    row: int
    answer: int


def _read() -> dict[str, list[_Outcome]]:
    read: dict[str, list[_Outcome]] = {}
    for row, line in enumerate(_OUTCOMES.strip().splitlines()):
        for answer, words in enumerate(line.split()):
            for word in words.split("|"):
                for stem in terms(word):
                    read.setdefault(stem, []).append(_Outcome(row, answer))
    return read


_BY_STEM = _read()


@dataclass(frozen=True, slots=True)
class Told:
    """A word for an outcome at `span` of a sentence."""

    span: Span
    stem: str


def outcomes(sentence: str) -> list[Told]:
    """The words of a sentence that tell an outcome as a fact, in order."""
    found = [
        Told(Span(*match.span()), stem)
        for match in re.finditer(r"[^\W\d_]+", sentence)
        for stem in terms(match.group())
        if stem in _BY_STEM
    ]
    return [told for told in found if (told.span.start, Stance.AFFIRMED) in stances(sentence, told.stem)]


def exclude(one: Told, other: Told) -> bool:
    """Whether two outcomes are different answers to one question."""
    pairs = ((a, b) for a in _BY_STEM[one.stem] for b in _BY_STEM[other.stem])
    shared = [(a, b) for a, b in pairs if a.row == b.row]
    return bool(shared) and all(a.answer != b.answer for a, b in shared)


def denied_outcome(sentence: str, told: Told) -> Span | None:
    """Where another sentence denies this very outcome in so many words: "not cancelled"; None if it does not."""
    for match in re.finditer(r"[^\W\d_]+", sentence):
        if told.stem in terms(match.group()) and (match.start(), Stance.DENIED) in stances(sentence, told.stem):
            first, last = clause_at(sentence, match.start())
            clause = sentence[first:last]
            return Span(first + len(clause) - len(clause.lstrip(" ,;:")), first + len(clause.rstrip()))
    return None
