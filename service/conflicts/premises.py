"""What a question takes for granted, and whether any source tells it as a fact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.normalise import terms
from service.conflicts.alike import CALENDAR, names_asked
from service.conflicts.asked import NAMED_CHARACTERS, Deed, named_in
from service.conflicts.presumed import Form, Presumed, presumptions
from service.conflicts.quantities import Measure, compatible, quantities
from service.conflicts.stance import Stance, clause_at, stances
from service.conflicts.values import names_of
from service.conflicts.verb_forms import told_as
from service.question import Asked, Kind
from service.telling import begins_with_pronoun, lies_ahead
from service.types import Said
from service.verbs import PARTICIPLES

# The reader's support from which a sentence may tell the deed by another verb, by what is asked of it.
TOLD_OTHERWISE = {
    Form.REASON: 0.5,
    Form.CIRCUMSTANCE: 0.45,
    Form.AMOUNT: 0.45,
    Form.MANNER: 0.45,
    Form.OBJECT: 0.45,
    Form.AGENT: 0.3,
    Form.ASIDE: 0.45,
}
DENIED_BUT_TOLD = 0.8  # the same where a sentence denies the deed
MOST_NAMED = 0.67  # share of what a question names from which a sentence denies what it takes for granted
SEVERAL_THINGS = 3  # from which half of them unknown are no chance
SMALLEST_COUNT = 3  # numbers below it are said of anything: two sides, both leaders
_TO_DO = re.compile(r"\b(?:to|let|lets)(?: (?:her|him|it|them|us|me|\w+ly))?\s$", re.IGNORECASE)
_DOES_SO = re.compile(
    r"\b(?:steps|measures|actions?|continu\w+|beg[aiu]n\w*|start\w*|manag\w+|help\w*|moved|going|able|used)(?: \w+ly)? to\s$",
    re.IGNORECASE,
)
_NOUN_FOLLOWS = re.compile(
    r"\b(?:an?|the|its|his|her|their|our|my|this|that|these|no|any|some|on|of|for|in|with|about|over)"
    r"(?: (?:first|second|last|next|new|own))?\s$",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby (?:[\w.'\u2019-]+ ?){1,8}")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|be)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:I|we|he|she|it|they|who|which|that)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_BEFORE = re.compile(r"(?P<word>[^\W\d_]+)\s$")
_HELD_IN = re.compile(r"\s(?:in|at|by|off|on|from|near|outside|aboard|since|after|during|last)\b")
_AUXILIARY = frozenset("is are was were be been being has have had not to and or will would get gets got being".split())
_BROUGHT_UP = re.compile(
    r"\b(?:rais(?:e[ds]?|ing)|br(?:ing|ings|ought) (?:\w+ )?up|c(?:ome|omes|ame) up|discuss\w*|mention\w*|address\w*|"
    r"talk\w* (?:about|of)|spoke (?:about|of)|press(?:ed)?|touch\w* (?:up)?on|cover\w*|ask\w* about|warn\w*|complain\w*|"
    r"denounc\w*|stress\w*|concern\w*|told|agenda|follow\w* up)\b",
    re.IGNORECASE,
)
_WHETHER_BROUGHT_UP = re.compile(r"\b(?:raised|brought up|discussed|mentioned|come up|came up|addressed)\b", re.IGNORECASE)
_HAPPENED = re.compile(r"^\W*(?:did|was|were|has|have|had)\b", re.IGNORECASE)


def unbacked(asked: Asked, heard: Sequence[Said]) -> bool:
    """Whether a question takes for granted what no sentence tells as a fact, or counts otherwise than the sources do."""
    if asked.kind not in (Kind.FACT, Kind.LIST) or asked.about_each_source:
        return False
    told = [said for said in heard if not said.text.rstrip(' \u201d"').endswith("?")]
    known = frozenset(term for said in heard for term in terms(said.text))
    if not names_asked(asked.text) <= known:
        return False  # of what nothing is heard of, nothing can be told to be false
    presumed = presumptions(asked.text)
    if any(not one.deed.about & known or _in_other_words(one, known) for one in presumed):
        return False
    return any(not _stands(one, told) for one in presumed) or _miscounts(asked.text, told)


def _in_other_words(presumed: Presumed, known: frozenset[str]) -> bool:
    """Whether a question names things that no source does: it paraphrases, and its verb may well be another's."""
    things = presumed.deed.things - {"against"}
    unknown = things - known
    if presumed.form in (Form.OBJECT, Form.AGENT):
        return bool(unknown)
    enough = bool(things) if presumed.form is Form.AMOUNT else len(things) >= SEVERAL_THINGS
    return enough and 2 * len(unknown) >= len(things)


def _stands(presumed: Presumed, told: Sequence[Said]) -> bool:
    """Whether some sentence tells what is taken for granted, or answers so surely that it must tell it in other words."""
    deed = presumed.deed
    if any(_tells(said, presumed) for said in told):
        return True
    denied = not presumed.negated and any(_denies(said, deed) for said in told)
    least = DENIED_BUT_TOLD if denied else TOLD_OTHERWISE[presumed.form]
    return max((said.evidence.support for said in told), default=0.0) >= least


def not_brought_up(asked: Asked, sentence: str) -> bool:
    """Whether a question asks if something was brought up, and the sentence tells of no one who spoke of it."""
    return asked.kind is Kind.YES_NO and bool(_WHETHER_BROUGHT_UP.search(asked.text)) and not _BROUGHT_UP.search(sentence)


def only_expected(asked: Asked, sentence: str) -> bool:
    """Whether a question asks if something happened, and the sentence tells only that it was to."""
    return asked.kind is Kind.YES_NO and bool(_HAPPENED.search(asked.text)) and lies_ahead(sentence)


def _tells(said: Said, presumed: Presumed) -> bool:
    """Whether a sentence tells the deed as a fact, and of one of the things that the question names."""
    deed, text = presumed.deed, said.text
    near = frozenset(terms(f"{said.before if begins_with_pronoun(text) else ''} {text}"))
    # Of what somebody did the sentence need name nothing but who it was: "Katz lent her his".
    by_name = presumed.form is Form.OBJECT and bool(presumed.subject & near)
    about_it = by_name or (deed.is_about(said) and (not deed.things or bool(named_in(deed.things, near))))
    if not about_it or _of_another(said, deed):
        return False
    as_asked = {Stance.AFFIRMED, *([Stance.SUPPOSED] * presumed.supposed), *([Stance.DENIED] * presumed.negated)}
    found = [place for verb in told_as(deed.verb) & frozenset(terms(text)) for place in stances(text, verb)]
    return any(
        (stance in as_asked or (stance is Stance.SUPPOSED and _is_known_as(text, at)))
        and not _is_noun(text, at)
        and (presumed.supposed or not _TO_DO.search(text[:at]) or bool(_DOES_SO.search(text[:at])))
        and not _by_another(text, at, presumed.subject, deed.names)
        for at, stance in found
    )


def _of_another(said: Said, deed: Deed) -> bool:
    """Whether a sentence tells of another day than the question names, or its document of none of those whom it names."""
    told = frozenset(terms(said.text))
    days, other_days = deed.names & CALENDAR, told & CALENDAR
    if (days and other_days and not days & other_days) or ("against" in deed.about and "against" not in told):
        return True
    named = deed.names - CALENDAR
    near = said.document.text[:NAMED_CHARACTERS].casefold()
    return bool(named) and not any(name in told or name in near for name in named)


def _denies(said: Said, deed: Deed) -> bool:
    """Whether a sentence denies this very deed, of most of what the question names."""
    held = frozenset(terms(f"{said.before} {said.text} {said.evidence.attribution.speaker}"))
    if not deed.about or len(deed.about & held) < MOST_NAMED * len(deed.about):
        return False
    text = said.text
    return any(stance is Stance.DENIED and not _is_noun(text, at) for at, stance in stances(text, deed.verb))


def _is_known_as(text: str, at: int) -> bool:
    """Whether a participle says which one is meant, whatever is wished of it: "the release of the crew held in Velmora"."""
    word, before = _WORD.match(text, at), _BEFORE.search(text[:at])
    if word is None or before is None or before["word"] in _AUXILIARY:
        return False
    is_participle = word.group().endswith("ed") or word.group() in PARTICIPLES
    return is_participle and before["word"].islower() and bool(_HELD_IN.match(text, word.end()))


def _is_noun(text: str, at: int) -> bool:
    """Whether the word at a place is no verb there: "its visit", "the first vote", "a deal on pay", "a landing test"."""
    word = _WORD.match(text, at)
    inflected = word is not None and word.group().casefold().endswith(("ed", "en"))
    return not inflected and bool(_NOUN_FOLLOWS.search(text[:at]))


def _by_another(text: str, at: int, subject: frozenset[str], names: frozenset[str]) -> bool:
    """Whether the clause names others who did it, and none of the words of one who is asked about by name."""
    if not subject & names:  # "the minister" may have any name
        return False
    first, last = clause_at(text, at)
    agent = _BY.search(text[at:last])
    told = agent.group() if agent else text[first:at]
    if agent is None and (_PRONOUN.search(told) or _PASSIVE.search(told)):
        return False
    named = frozenset(stem for name in names_of(told) for stem in terms(name.span.of(told)))
    return bool(named) and not subject & frozenset(terms(told))


def _miscounts(question: str, told: Sequence[Said]) -> bool:
    """Whether the question counts things of a kind that the sources count, each time otherwise."""
    for asked in quantities(question):
        if asked.measure is not Measure.COUNT or not asked.counted or asked.number < SMALLEST_COUNT:
            continue
        counts = [
            one for said in told for one in quantities(said.text) if one.measure is Measure.COUNT and asked.counted <= one.counted
        ]
        if counts and not any(compatible(asked, one) for one in counts):
            return True
    return False
