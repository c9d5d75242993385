"""How other sentences stand to the one that answers best: what the trained network says, weighed with what else tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.normalise import content_terms, terms
from index.reader.pairs import in_context
from index.types import Likeness, Span
from service.attribution import matches_alias
from service.conflicts.answers import answer_of
from service.conflicts.given import Given
from service.conflicts.model import log, odds
from service.conflicts.moments import Moment
from service.conflicts.quantities import Quantity
from service.conflicts.same import of_another, of_one_tense, reconciled, told_beside, wider
from service.conflicts.values import Phrase, agree
from service.question import Asked, Kind
from service.types import Said

# A question, a sentence that answers it, other sentences: how each of those stands to it.
Compare = Callable[[str, str, Sequence[str]], list[Likeness]]

COMPARED = (Kind.FACT, Kind.YES_NO)
MOST_COMPARED = 16  # sentences put before the network, those first that most likely answer: its cost grows with each
LEAST_SUPPORT = 0.02  # the reader's, below which a sentence is not compared


@dataclass(frozen=True, slots=True)
class Standing:
    """What tells how a sentence stands to the best one; odds are natural logarithms, what is true is 1."""

    agrees: float  # odds, as the next two: the network's
    unrelated: float
    differs: float
    first_support: float  # odds, the reader's
    second_support: float
    second_relevance: float  # logarithm
    support_ratio: float  # logarithm, of the second to the first
    other_value: float  # both give a number, time or name, and these cannot both be the answer
    same_value: float  # both give the same
    by_rule: float  # the wording says that they exclude each other
    yes_no: float


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence of another source, with what it gives for an answer and how that stands to the first answer.

    `unrelated` is the probability that it does not answer.
    """

    given: Given
    standing: Standing
    unrelated: float


def beside(asked: Asked, base: Given, heard: Sequence[Said], against: Sequence[Given], compare: Compare) -> list[Beside]:
    """The sentences of other sources that may answer too, most supported first. `against` is what the wording sets against it."""
    others = [
        given_by(asked, base, said)
        for said in told_beside(base.said, heard)
        if said.document.document_id != base.said.document.document_id and said.evidence.support >= LEAST_SUPPORT
    ]
    told = [given for given in others if _comparable(asked, base, given) and all(given.said != one.said for one in against)]
    told = sorted([*against, *told], key=lambda given: -given.said.evidence.support)[:MOST_COMPARED]
    if not told:
        return []
    likenesses = compare(asked.text, read_as(base.said), [read_as(given.said) for given in told])
    return [
        Beside(given, _standing(asked, base, given, likeness, by_rule=given in against), likeness.unrelated)
        for given, likeness in zip(told, likenesses, strict=True)
    ]


def read_as(said: Said) -> str:
    """What the network reads of a sentence."""
    return in_context(said.text, said.before)


def given_by(asked: Asked, base: Given, said: Said) -> Given:
    """What a sentence gives beside a first answer: a value like that one, else the words the reader sees, else all of it."""
    value = answer_of(asked, said, like=base.value)
    return value or spoken(asked, said)


def spoken(asked: Asked, said: Said) -> Given:
    """The words that the reader takes for the answer; the whole sentence where there are none, or yes or no is asked."""
    whole = Given(said, Span(0, len(said.text)))
    return whole if asked.kind is Kind.YES_NO or said.answer is None else Given(said, said.answer)


def _comparable(asked: Asked, base: Given, given: Given) -> bool:
    """Whether a number or time is of the same deed and tense, no place just the wider one, and no name just who tells it.

    Whether something came up is told only by what names it: "neither side said that was brought up" may be of anything.
    """
    if asked.brought_up and asked.topic and not _names_any(asked.topic, given.said):
        return False
    if isinstance(given.value, Quantity | Moment):
        return not of_another(asked, given) and of_one_tense(asked, base, given)
    return not wider(asked, base, given) and not _only_reports(asked, given)


def _names_any(topic: str, said: Said) -> bool:
    return bool(set(content_terms(topic)) & set(terms(f"{said.before} {said.text}")))


def _only_reports(asked: Asked, given: Given) -> bool:
    """Whether what is given is just who tells the sentence, where it is not asked who said something."""
    whole = given.span == Span(0, len(given.said.text))
    return not whole and not asked.asks_who_said and matches_alias(given.said.evidence.attribution, given.words)


def _standing(asked: Asked, base: Given, given: Given, likeness: Likeness, *, by_rule: bool) -> Standing:
    first, second = base.said.evidence, given.said.evidence
    typed = base.value is not None and given.value is not None and not isinstance(given.value, Phrase)
    same = typed and base.value is not None and given.value is not None and agree(base.value, given.value)
    return Standing(
        agrees=odds(likeness.agrees),
        unrelated=odds(likeness.unrelated),
        differs=odds(likeness.differs),
        first_support=odds(first.support),
        second_support=odds(second.support),
        second_relevance=log(second.score),
        support_ratio=log(second.support) - log(first.support),
        other_value=float(typed and not same and not reconciled(asked, base, given)),
        same_value=float(same),
        by_rule=float(by_rule),
        yes_no=float(asked.kind is Kind.YES_NO),
    )
