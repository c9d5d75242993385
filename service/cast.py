"""Who the documents speak of: names with what several documents together tell of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.normalise import fold
from service.attribution.names import unrole
from service.attribution.people import People, role_words
from service.attribution.vocabulary import INSTITUTIONS, PERSON_NOUNS, ROLES, SAME_ROLE

_MAKERS = frozenset("company firm group manufacturer maker contractor supplier business builder producer retailer".split())
_BEARABLE = (PERSON_NOUNS | ROLES | INSTITUTIONS | _MAKERS) - {"call", "desk"}  # what a role phrase ends in
MAX_FIGURES = 2_000  # names kept of a cast; a document of a million words has fewer


@dataclass(frozen=True, slots=True)
class Figure:
    """One who is named: the longest form of the name, `he` or `she` where the documents tell, and the roles they give."""

    name: str
    gender: str | None
    is_person: bool
    roles: tuple[tuple[str, ...], ...]
    times: int

    @property
    def is_institution(self) -> bool:
        """Whether the name itself or a role says that it is no person."""
        return not self.is_person and any(word.casefold() in INSTITUTIONS for word in self.name.split())

    def has_role(self, wanted: tuple[str, ...]) -> bool:
        """Whether a description with these words can mean this one: the same head, and no other word against it."""
        return any(_same(wanted[-1], role[-1]) and set(wanted[:-1]) <= set(role) for role in self.roles)


@dataclass(frozen=True, slots=True)
class Cast:
    """The figures of some documents, most often named first."""

    figures: tuple[Figure, ...] = ()

    def figure(self, surface: str) -> Figure | None:
        """The one a name of any length means; where several bear it, what they have in common."""
        wanted = fold(unrole(surface) or surface).replace(".", "").split()
        found = [one for one in self.figures if _is_form(wanted, fold(one.name).split())]
        if len(found) <= 1:
            return found[0] if found else None
        genders = {one.gender for one in found if one.gender}
        gender = genders.pop() if len(genders) == 1 else None
        return Figure(surface, gender, any(one.is_person for one in found), (), sum(one.times for one in found))

    def with_role(self, description: str) -> list[Figure]:
        """Those whom a definite description can mean: `the finance minister`."""
        wanted = role_words(description)
        if not wanted or wanted[-1] not in _BEARABLE:
            return []
        return [one for one in self.figures if one.has_role(wanted)]


def gather_cast(documents: Iterable[People]) -> Cast:
    """The figures of these documents; a name of one word joins the one longer name that ends in it."""
    times: Counter[str] = Counter()
    genders: dict[str, Counter[str]] = {}
    roles: dict[str, dict[tuple[str, ...], None]] = {}
    persons: set[str] = set()
    for people in documents:
        times.update(mention.name for mention in people.mentions)
        for name, gender in people.gender.items():
            genders.setdefault(name, Counter())[gender] += 1
        for role, name in people.roles:
            roles.setdefault(name, {})[role] = None
        persons |= people.persons
    whole = _whole_names(times)
    figures = []
    for name in dict.fromkeys(whole.values()):
        forms = [form for form, full in whole.items() if full == name]
        told: Counter[str] = sum((genders.get(form, Counter()) for form in forms), Counter())
        figures.append(
            Figure(
                name=name,
                gender=_settled(told),
                is_person=any(form in persons for form in forms),
                roles=tuple(dict.fromkeys(role for form in forms for role in roles.get(form, {}))),
                times=sum(times[form] for form in forms),
            )
        )
    return Cast(tuple(sorted(figures, key=lambda one: (-one.times, one.name))[:MAX_FIGURES]))


def _settled(told: Counter[str]) -> str | None:
    """What most documents say; None where they differ as often as not."""
    ranked = told.most_common(2)
    return ranked[0][0] if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]) else None


def _whole_names(times: Counter[str]) -> dict[str, str]:
    """Each form of a name with its longest one, if only one name can be meant."""
    by_word: dict[str, list[str]] = {}
    for name in times:
        for word in set(fold(name).split()):
            by_word.setdefault(word, []).append(name)
    found = {}
    for name in times:
        words = fold(name).split()
        longer = [full for full in by_word.get(words[-1], ()) if _is_surname(words, fold(full).split())]
        longest = max(longer, key=len, default=name)
        found[name] = longest if all(_is_form(fold(one).split(), fold(longest).split()) for one in longer) else name
    return found


def _is_surname(words: list[str], full: list[str]) -> bool:
    return len(words) < len(full) and _is_form(words, full[1:])


def _is_form(wanted: list[str], full: list[str]) -> bool:
    """Whether some words stand together in a name: at its end, at its start, or as the first of two surnames."""
    n = len(wanted)
    return n > 0 and any(full[at : at + n] == wanted for at in range(len(full) - n + 1))


def _same(one: str, other: str) -> bool:
    return one == other or SAME_ROLE.get(one, one) == SAME_ROLE.get(other, other)
