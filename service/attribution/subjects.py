"""Whom a verb of saying belongs to, as the words of the sentence that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.attribution.vocabulary import (
    ADVERBS,
    BE,
    DETERMINERS,
    HAVE,
    MODALS,
    NOT,
    NOT_ADVERBS,
    NOUN_PREPOSITIONS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SAID,
    STOPPERS,
    WHO,
)
from service.attribution.words import Word

MAX_WORDS = 14  # of one name or description
MAX_NAME_WORDS = 5
MAX_COMMAS = 3  # inside what is put in after a name
MAX_FOLLOWING = 16  # words after an inverted verb
_DASHES = frozenset("-\u2013\u2014")


@dataclass(frozen=True, slots=True)
class Subject:
    """The places in the sentence of who says; `beside` are those of a name put in beside it: `its keeper, Nils Rood,`."""

    first: int
    last: int
    beside: tuple[int, int] | None = None


def skip_auxiliaries(words: Sequence[Word], verb: int) -> tuple[int, set[str]]:
    """The place before a verb and what helps it, with those helping words."""
    at = verb - 1
    helping: set[str] = set()
    while at >= 0 and words[at].is_word:
        low = words[at].low
        if low == "of" and at >= 1 and words[at - 1].low in ("sort", "kind"):
            at -= 2
            continue
        adverb = low in ADVERBS or (low.endswith("ly") and low not in NOT_ADVERBS and not words[at].is_name)
        if not (adverb or low in BE | HAVE | MODALS | NOT or low == "to" or low.endswith(("n't", "n\u2019t"))):
            break
        helping.add("not" if low.endswith(("n't", "n\u2019t")) else low)
        at -= 1
    return at, helping


def before(words: Sequence[Word], at: int) -> Subject | None:
    """Who stands just before, at or left of `at`: also before what a pair of commas puts in."""
    if at < 0 or words[at].quote is not None:
        return None
    if words[at].text in {",", ")"} | _DASHES:
        return _before_insertion(words, at)
    found = _phrase(words, at)
    if found is None:
        return None
    joint = found.first - 1
    if joint >= 1 and words[joint].low == "and" and words[joint - 1].is_name and words[found.last].is_name:
        others = _phrase(words, joint - 1)  # `officials in Oslo and Riga`
        return found if others is None else Subject(others.first, found.last)
    return found


def _before_insertion(words: Sequence[Word], at: int) -> Subject | None:
    """`Pia Holm, the union's secretary, said`; `The secretary, Pia Holm, said`."""
    mark = "(" if words[at].text == ")" else words[at].text
    openers = [i for i in range(at - 1, max(-1, at - 40), -1) if words[i].text == mark][:MAX_COMMAS]
    for opener in openers:
        inner = words[opener + 1 : at]
        if not inner or opener == 0 or any(word.quote is not None for word in inner):
            return None
        named = _phrase(words, opener - 1)
        if named is None or words[named.first].low in WHO | {"whose"} or inner[0].low in ("and", "or"):
            continue
        if _only_names(inner) and not words[opener - 1].is_name:
            return Subject(named.first, named.last, beside=(opener + 1, at - 1))
        if words[named.last].is_name or _described(words, named):
            if not words[named.last].is_name and opener == openers[0] and _is_clause(words[: named.first]):
                return None
            return _with_own_apposition(words, named)
    return None


def _with_own_apposition(words: Sequence[Word], named: Subject) -> Subject:
    opener = named.first - 1
    if opener >= 1 and words[opener].text == "," and _only_names(words[named.first : named.last + 1]):
        description = _phrase(words, opener - 1)
        if description is not None and _described(words, description) and not words[description.last].is_name:
            return Subject(description.first, description.last, beside=(named.first, named.last))
    return named


def _described(words: Sequence[Word], subject: Subject) -> bool:
    return words[subject.first].low in DETERMINERS or any(
        word.text.endswith(("'s", "\u2019s")) for word in words[subject.first : subject.last]
    )


def _is_clause(words: Sequence[Word]) -> bool:
    return any(word.low in BE | HAVE | MODALS for word in words)


def _only_names(words: Sequence[Word]) -> bool:
    return (
        0 < len(words) <= MAX_NAME_WORDS
        and all(w.is_name or w.low in ("de", "van", "von", "der", "al", "bin", "da", "la") for w in words if w.is_word)
        and all(w.is_word for w in words)
    )


def _phrase(words: Sequence[Word], last: int) -> Subject | None:
    """The noun phrase that ends at `last`, to the left as far as its determiner or the beginning of the clause."""
    end = words[last]
    if not end.is_word:
        return None
    if end.low in PRONOUNS:
        return Subject(last, last)
    if end.low in DETERMINERS:
        return Subject(last, last) if end.low in ("both", "many", "some", "several", "one", "another") else None
    if (end.low in STOPPERS | PREPOSITIONS and not _is_capital_inside(words, last)) or (end.low in SAID and not end.is_name):
        return None
    at = last
    while at > 0 and last - at < MAX_WORDS:
        if words[at].low in DETERMINERS or (words[at].low in POSSESSIVES):
            if not (at > 1 and words[at - 1].low in NOUN_PREPOSITIONS and _is_noun(words[at - 2])):
                break
            at -= 2
            continue
        previous = words[at - 1]
        if previous.low in NOUN_PREPOSITIONS and at > 1 and _is_noun(words[at - 2]):
            at -= 2
        elif previous.is_word and (previous.low in DETERMINERS or _is_noun(previous)):
            at -= 1
        else:
            break
    return Subject(at, last)


def _is_noun(word: Word) -> bool:
    if not word.is_word:
        return False
    if word.is_name:
        return word.low not in STOPPERS | PREPOSITIONS
    return (
        word.low not in STOPPERS | PREPOSITIONS | DETERMINERS | ADVERBS and word.low not in SAID and not word.low.endswith("ly")
    )


def _is_capital_inside(words: Sequence[Word], at: int) -> bool:
    return words[at].is_name and at > 0 and words[at - 1].is_name


def antecedent(words: Sequence[Word], who: int) -> Subject | None:
    """Whom a `who` or `which` goes back to."""
    at = who - 1
    if at >= 0 and words[at].text == ",":
        at -= 1
    return before(words, at) if at >= 0 else None


def after(words: Sequence[Word], first: int) -> Subject | None:
    """Who stands after a verb or `according to`: up to a comma, a clause or a circumstance; with a name put in after a comma."""
    at = first
    while at < min(len(words), first + MAX_FOLLOWING) and _goes_on(words, at, first):
        at += 1
    if at == first:
        return None
    if at + 1 < len(words) and words[at].text == "," and not all(word.is_name for word in words[first:at]):
        end = at + 1
        while end < len(words) and words[end].is_word and words[end].is_name:
            end += 1
        if _only_names(words[at + 1 : end]) and (end == len(words) or not words[end].is_word):
            return Subject(first, at - 1, beside=(at + 1, end - 1))
    return Subject(first, at - 1)


def _goes_on(words: Sequence[Word], at: int, first: int) -> bool:
    word = words[at]
    if not word.is_word:
        return False
    if word.low in PRONOUNS:
        return at == first and word.low not in WHO
    if word.low in NOUN_PREPOSITIONS and at > first:
        return word.low not in ("in", "with") or (at + 1 < len(words) and not words[at + 1].low.isdigit() and word.low != "in")
    return (
        word.low not in STOPPERS | PREPOSITIONS
        and not (word.low in ADVERBS and at > first)
        and not (word.low in SAID and not word.is_name)
    )
