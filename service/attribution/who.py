"""Who is meant by the words that name a speaker: a name, a role, a description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from service.attribution.names import NAME_RUN, article_off, longest_description, longest_form, unrole
from service.attribution.people import People
from service.attribution.subjects import Subject
from service.attribution.vocabulary import DOCUMENT_NOUNS, INSTITUTIONS, PERSON_NOUNS, POSSESSIVES
from service.attribution.words import Word

_POSSESSIVE = re.compile(r"(?:['\u2019]s|s['\u2019])$")
_SPLITS = frozenset("of at for from in with on by".split())
_OWNERS = frozenset("of from by".split())
SHORT = 2  # words of a description that says little by itself: `the official`
_DEFINITE = frozenset("the this that his her its their our my".split())


class Kind(Enum):
    """What a speaker is, as far as it can be told."""

    PERSON = auto()
    DESCRIBED = auto()  # a person without a name: the official
    INSTITUTION = auto()


@dataclass(frozen=True, slots=True)
class Who:
    """A speaker: the longest form of the name, or a description."""

    name: str
    kind: Kind

    @property
    def relays(self) -> bool:
        """Whether it can stand as the one who relays another's words."""
        return self.kind is not Kind.INSTITUTION


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around a paragraph: the document's name forms, its people, and the text they were read in."""

    names: Sequence[str]
    people: People
    text: str


def who(words: Sequence[Word], subject: Subject, known: Known) -> Who | None:
    """Who a subject that is no pronoun means; None if the words name nobody."""
    if subject.beside is not None:
        first, last = subject.beside
        return _named(" ".join(word.text for word in words[first : last + 1]), known)
    phrase = list(words[subject.first : subject.last + 1])
    return _of_phrase(phrase, known)


def _of_phrase(phrase: Sequence[Word], known: Known) -> Who | None:
    if not phrase:
        return None
    if (
        len(phrase) > SHORT
        and phrase[1].low == "of"
        and phrase[0].low in ("one", "some", "several", "many", "most", "two", "three")
    ):
        phrase = phrase[2:]
    if any(word.low == "and" for word in phrase):
        return Who(article_off(" ".join(word.text for word in phrase)), Kind.INSTITUTION)
    cut = next((i for i, word in enumerate(phrase) if i and word.low in _SPLITS and not word.is_name), len(phrase))
    core, rest = phrase[:cut], phrase[cut:]
    owner = max(
        (i for i, word in enumerate(core[:-1]) if _POSSESSIVE.search(word.text) and not word.low.startswith("it")), default=-1
    )
    head = core[owner + 1 :]
    if head and head[0].low in _DEFINITE | {"a", "an", "one", "another"}:
        head = head[1:]
    if not head:
        return None
    if head[-1].low in DOCUMENT_NOUNS and not (head[-1].is_name and len(head) > 1):
        return _owner(core[: owner + 1], head, rest, known) or _described(phrase, core, known, definite=False)
    if head[-1].is_name:
        return _capitals(phrase, head, rest, known)
    definite = owner >= 0 or core[0].low in _DEFINITE
    return _described(phrase, core, known, definite=definite)


def _owner(owning: Sequence[Word], head: Sequence[Word], rest: Sequence[Word], known: Known) -> Who | None:
    """Whose a statement is: `China's statement`, `a statement from the ministry`, `a ministry statement`."""
    if owning:
        bare = [
            *owning[:-1],
            Word(_POSSESSIVE.sub(lambda m: "s" if m.group()[0] == "s" else "", owning[-1].text), owning[-1].span),
        ]
        return _of_phrase(bare, known)
    if rest and rest[0].low in _OWNERS and len(rest) > 1:
        return _of_phrase(rest[1:], known)
    maker = [word for word in head[:-1] if word.is_name or word.low in INSTITUTIONS]
    return _of_phrase(maker, known) if maker else None


def _capitals(phrase: Sequence[Word], head: Sequence[Word], rest: Sequence[Word], known: Known) -> Who | None:
    surface = " ".join(word.text for word in head)
    runs = [match.group() for match in NAME_RUN.finditer(surface)]
    run = runs[-1] if runs else surface
    if rest and rest[0].low == "of" and run.split()[0].casefold() in INSTITUTIONS:  # Ministry of Energy
        return Who(article_off(" ".join(word.text for word in phrase)), Kind.INSTITUTION)
    if not unrole(run):
        return _described(phrase, [*phrase[: len(phrase) - len(rest)]], known, definite=True)
    return _named(run, known)


def _named(run: str, known: Known) -> Who | None:
    short = unrole(run)
    if not short:
        return None
    name = longest_form(known.names, short)
    if name in known.people.persons:
        return Who(name, Kind.PERSON)
    has_place = any(word.casefold() in INSTITUTIONS for word in name.split())
    return Who(name, Kind.PERSON if short != run and not has_place else Kind.INSTITUTION)


def _described(phrase: Sequence[Word], core: Sequence[Word], known: Known, *, definite: bool) -> Who | None:
    described = " ".join(word.text for word in core)
    head = core[-1].low
    is_person = head in PERSON_NOUNS or head.endswith(("man", "woman", "person"))
    if definite and head != "official":
        named = known.people.with_role(described, core[-1].span.start)
        if named is not None:
            return Who(named, Kind.PERSON if named in known.people.persons else Kind.INSTITUTION)
        if not is_person and len(core) <= SHORT and (holder := _only_with(head, known.names)):
            return Who(holder, Kind.INSTITUTION)
    whole = " ".join(word.text for word in phrase)
    text = article_off(described if core[0].low in POSSESSIVES else whole)
    if definite and len(phrase) <= SHORT + 1:
        text = longest_description(known.text, text)
    return Who(text, Kind.DESCRIBED if is_person else Kind.INSTITUTION)


def _only_with(head: str, names: Sequence[str]) -> str | None:
    """The one institution whose name holds the word: `the bureau` is the Helion Space Bureau if there is no other bureau."""
    if head not in INSTITUTIONS:
        return None
    holding = [name for name in names if head in name.casefold().split() and " " in name]
    longest = max(holding, key=len, default=None)
    return longest if longest and all(name in longest for name in holding) else None
