"""Answers in words that exclude each other: told and denied, two outcomes, two names for one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.normalise import terms
from index.reader.expects import Expected
from index.types import Span
from service.attribution import matches_alias
from service.conflicts.alike import around, asked_stems
from service.conflicts.asked import put_in_question
from service.conflicts.given import ASKED_ABOUT, MOST_ASKED, MOST_SIDES, Given, Side, another_source
from service.conflicts.stance import Stance, stances
from service.conflicts.states import Told, denied_outcome, exclude, outcomes
from service.conflicts.values import Phrase, differ, stems
from service.conflicts.verb_forms import told_as
from service.question import Asked
from service.types import Said

CLEARLY_READ = 0.15  # the reader's relevance from which a sentence answers yes or no
FRAGMENT_WORDS = 8  # a sentence of no more may leave out what the one before names
OWN_WORDS = 0.3  # the reader's support from which the words of the very one who is asked about answer
MIN_SUPPORT = 0.04  # the reader's, below which a sentence is no answer at all
_NAMES = r"(?:calls?|called|describe[sd]?|term(?:s|ed)?|characteri[sz]e[sd]?|label(?:s|led)?)"
_NO_NOUN = "".join(rf"(?<!\b{word} )" for word in "the a this that phone video telephone conference last next first".split())
_NAMING = re.compile(rf"{_NO_NOUN}\b{_NAMES}\b", re.IGNORECASE)  # "called it", and not "the phone call"
# "what he calls a trap" names the trap, and not what is asked about.
_WHAT_ONE_CALLS = re.compile(rf"\bwhat (?:[\w'\u2019-]+ ){{1,3}}?{_NAMES}\b", re.IGNORECASE)
_ASKS_NAME = re.compile(
    rf"^\W*(?:what|how)\b.*\b(?:did|does|do|has|have|was|is)\b.*(?<!the )(?<!phone )(?<!a )\b{_NAMES}\b", re.IGNORECASE
)
_ASKS_TALK = re.compile(r"\b(?:talk|speak|say|discuss|tell)\b", re.IGNORECASE)  # "What did they talk about on the first call?"
_QUOTED = re.compile(r"[\u201c\"](?P<words>[^\u201c\u201d\"]{2,60}?)[,.]?[\u201d\"]")


def by_stance(asked: Asked, told: Sequence[Said]) -> list[Side]:
    """For a yes/no question the sentences that tell it as a fact against those that deny it."""
    deed = put_in_question(asked.text)
    if deed is None:
        return []
    found: dict[Stance, list[Given]] = {Stance.AFFIRMED: [], Stance.DENIED: []}
    for said in told:
        verbs = told_as(deed.verb) & frozenset(terms(said.text))
        told_so = sorted((place for verb in verbs for place in stances(said.text, verb)), key=lambda place: place[0])
        stance = next((stance for _, stance in told_so), Stance.SUPPOSED)
        if stance in found and said.evidence.score >= CLEARLY_READ and deed.is_about(said):
            found[stance].append(Given(said, Span(0, len(said.text))))
    affirmed, denied = found.values()
    if not any(another_source(one.said, other.said) for one in affirmed for other in denied):
        return []
    pair = [Side(tuple(affirmed)), Side(tuple(denied))]
    return pair if told[0] in [given.said for given in affirmed] else pair[::-1]


def by_outcome(asked: Asked, told: Sequence[Said]) -> list[Side]:
    """Outcomes that exclude each other, of what is asked about; a fragment speaks of what the sentence before it does."""
    wanted = asked_stems(asked.text)
    about = [
        said for said in told if len(wanted & frozenset(terms(f"{said.before} {said.text}"))) >= ASKED_ABOUT * len(wanted) > 0
    ]
    facts = [(said, outcome) for said in about for outcome in outcomes(said.text) if _clause_speaks(said, outcome, wanted)]
    for at, (one, first) in enumerate(facts):
        for other, second in facts[at + 1 :]:
            if exclude(first, second) and another_source(one, other):
                return [Side((Given(one, first.span),)), Side((Given(other, second.span),))]
        for other in about:
            denied = denied_outcome(other.text, first) if other is not one else None
            if denied is not None and another_source(one, other):
                return [Side((Given(one, first.span),)), Side((Given(other, denied),))]
    return []


def _clause_speaks(said: Said, outcome: Told, wanted: frozenset[str]) -> bool:
    """Whether the clause of an outcome, or the sentence before a fragment, holds what is asked about."""
    near = around(said.text, outcome.span)
    enough = MOST_ASKED * len(wanted)
    return len(wanted & near) >= enough or (
        len(said.text.split()) <= FRAGMENT_WORDS and len(wanted & frozenset(terms(said.before))) >= enough
    )


def by_name(asked: Asked, told: Sequence[Said]) -> list[Side]:
    """Different names for what a question asks the name of: quoted words, or what the reader sees after "called it"."""
    if asked.expected is not Expected.ANY or not _ASKS_NAME.search(asked.text) or _ASKS_TALK.search(asked.text):
        return []
    found: list[Given] = []
    for said in told:
        if not _NAMING.search(said.text) or _WHAT_ONE_CALLS.search(said.text):
            continue
        quoted = [Span(*match.span("words")) for match in _QUOTED.finditer(said.text)]
        span = quoted[0] if len(quoted) == 1 else said.answer
        own = asked.speaker is not None and matches_alias(said.evidence.attribution, asked.speaker)
        if span is not None and (said.evidence.score >= MIN_SUPPORT or (own and said.evidence.support >= OWN_WORDS)):
            found.append(Given(said, span))
    sides_: list[Side] = []
    for given in found:
        if all(_other_name(given, side.given[0]) for side in sides_) and (
            not sides_ or another_source(sides_[0].given[0].said, given.said)
        ):
            sides_.append(Side((given,)))
    return sides_[:MOST_SIDES] if len(sides_) > 1 else []


def _other_name(one: Given, other: Given) -> bool:
    return differ(*(Phrase(given.span, stems(given.words)) for given in (one, other)))
