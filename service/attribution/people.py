"""Who the people of a stretch of text are: by which roles it calls them, and whether as he or as she."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.normalise import fold
from service.attribution.names import NAME_RUN, article_off, first_word, forms_by_word, longest_form, unrole
from service.attribution.vocabulary import INSTITUTIONS, MEN, PERSON_NOUNS, ROLES, SAID, SAME_ROLE, WOMEN

_WORDS_BEFORE = re.compile(r"(?:[\w.'\u2019\-]{1,30}[ ]){0,6}$")
_APPOSITION = re.compile(
    r",[ ](?P<role>(?:the|a|an|its|his|her|their|our|my|who[ ]is|[\w\u2019']{1,30}['\u2019]s)[ ][^,.;:()\u201c\u201d\"\n]{2,90}|[a-z][^,.;:()\u201c\u201d\"\n]{2,90})[,.;)]"
)
_BEFORE_APPOSITION = re.compile(
    r"(?P<role>\b(?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Aa]n?|[\w\u2019']{1,30}['\u2019]s?)[ ](?:[\w.'\u2019\-]{1,30}[ ]){0,7}?[\w\-]{2,30}),[ ]$"
)
_HEAD_CUT = re.compile(r"\s(?:of|for|at|in|on|from|with|who|whom|whose|which|that|since|and|to)\s.*$", re.DOTALL)
_PRONOUN = re.compile(
    r"\b(?P<he>[Hh]e|[Hh]is|[Hh]im|[Hh]imself)\b|\b(?:[Ss]he|[Hh]er|[Hh]ers|[Hh]erself)\b|[.?!]\s|\n|[\u201c\"]"
)
_SAYS_AFTER = re.compile(rf"[ ](?:\w{{2,12}}ly[ ])?(?:{'|'.join(sorted(SAID))})\b")
_CORPORATE = frozenset(
    "corp inc ltd plc ag gmbh dynamics systems industries holdings group energy motors airlines company co".split()
)
_MAKERS = frozenset(
    "company firm group manufacturer maker contractor supplier business builder producer retailer utility".split()
)
PRONOUN_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a person or institution is named; `name` is the longest form."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class People:
    """What a stretch of text tells of those it names, by the longest form of the name.

    `roles` are pairs of a folded role phrase and the name; `gender` is `he` or `she` where the text tells; `persons` are those that
    are people and no places or institutions.
    """

    mentions: tuple[Mention, ...]
    roles: tuple[tuple[tuple[str, ...], str], ...]
    gender: dict[str, str]
    persons: frozenset[str]

    def with_role(self, description: str, before: int) -> str | None:
        """Who a definite description names: of those with that role the one mentioned last before the place `before`."""
        wanted = role_words(description)
        if not wanted:
            return None
        fitting = [(role, name) for role, name in self.roles if _fits(wanted, role)]
        names = dict.fromkeys(name for _, name in fitting)
        if not names and wanted in (("company",), ("firm",), ("group",), ("manufacturer",), ("maker",), ("business",)):
            names = dict.fromkeys(m.name for m in self.mentions if m.at < before and self._is_company(m.name))
        if len(names) <= 1:
            return next(iter(names), None)
        exact = dict.fromkeys(name for role, name in fitting if set(wanted) <= set(role))
        pool = list(exact or names)
        last = {name: max((m.at for m in self.mentions if m.name == name and m.at < before), default=-1) for name in pool}
        return max(pool, key=lambda name: last[name])

    def _is_company(self, name: str) -> bool:
        last = name.rsplit(maxsplit=1)[-1].casefold()
        return last in _CORPORATE or any(role[-1] in _MAKERS for role, bearer in self.roles if bearer == name)


def _fits(wanted: Sequence[str], role: Sequence[str]) -> bool:
    """Whether a description can mean a role: the same head, and no word of the description against it."""
    return _same(wanted[-1], role[-1]) and (len(wanted) == 1 or set(wanted[:-1]) <= set(role) or len(role) == 1)


def _same(one: str, other: str) -> bool:
    return one == other or SAME_ROLE.get(one, one) == SAME_ROLE.get(other, other)


def role_words(phrase: str) -> tuple[str, ...]:
    """A role phrase as folded words up to its head: `the bureau's director since May` gives `bureau director`."""
    core = _HEAD_CUT.sub("", " " + article_off(phrase) + " ").strip()
    words = [re.sub(r"['\u2019]s?$", "", fold(word)) for word in core.replace("-", " ").split()]
    words = [word.rstrip(".,") for word in words if word]
    if words and words[-1] == "officer" and "executive" in words:
        words = words[:-1]
    return tuple(words)


def read_people(text: str, names: Sequence[str], offset: int) -> People:
    """The people of `text`, which begins at `offset` of its document; `names` are the document's name forms."""
    known = frozenset(names)
    forms = forms_by_word(names)
    mentions: list[Mention] = []
    roles: list[tuple[tuple[str, ...], str]] = []
    persons: Counter[str] = Counter()
    gender: dict[str, Counter[str]] = {}
    by_short: dict[str, str] = {}
    for match in NAME_RUN.finditer(text):
        run = re.sub(r"['\u2019]s?$", "", match.group())
        short = _known_part(unrole(run), known)
        if not short:
            continue
        if short not in by_short:
            by_short[short] = longest_form(forms.get(first_word(short), ()), short)
        name = by_short[short]
        mentions.append(Mention(offset + match.start(), name))
        said = _roles_beside(text, match, run, short)
        roles += [(words, name) for phrase in said if (words := role_words(phrase))]
        told = _gender_told([*said, run[: len(run) - len(short)]])
        if told:
            gender.setdefault(name, Counter())[told] += 3
        titled = run != short and any(word.lower().rstrip(".") in ROLES for word in run[: len(run) - len(short)].split())
        if titled or any(_is_person_role(role_words(phrase)) for phrase in said):
            persons[name] += 3
        if " " in name and _SAYS_AFTER.match(text, match.end()) and not _is_institution(name):
            persons[name] += 1
    _count_pronouns(text, mentions, offset, gender)
    settled = {name: counts.most_common(1)[0][0] for name, counts in gender.items() if _is_clear(counts)}
    return People(tuple(mentions), tuple(dict.fromkeys(roles)), settled, frozenset(persons))


def _known_part(short: str, known: frozenset[str]) -> str:
    """The run, or its part after a sentence's first word, if the document's names hold it."""
    rest = unrole(short.partition(" ")[2])
    return short if short in known else rest if rest in known else ""


def _is_institution(name: str) -> bool:
    return any(word.casefold() in INSTITUTIONS for word in name.split())


def _is_clear(counts: Counter[str]) -> bool:
    ranked = counts.most_common(2)
    return len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]


def _roles_beside(text: str, match: re.Match[str], run: str, short: str) -> list[str]:
    """The role phrases that stand at a name: before it, before it with a comma, after it with a comma."""
    found: list[str] = []
    before = text[max(0, match.start() - 120) : match.start()]
    titles = run[: len(run) - len(short)].strip()
    lower = (_WORDS_BEFORE.search(before) or [""])[0].split()
    phrase: list[str] = []
    for word in reversed(lower):
        if fold(word).rstrip(".") not in ROLES | PERSON_NOUNS and not phrase and not titles:
            break
        if (
            word.lower() in ("the", "a", "an", "and", "of", "to", "said", "that", "by", "with", "for", "from", "in", "on", "as")
            or word.lower() in SAID
        ):
            break
        phrase.insert(0, word)
    joined = " ".join([*phrase, titles]).strip()
    if joined and role_words(joined):
        found.append(joined)
    after = _APPOSITION.match(text, match.end())
    if after and _is_role_phrase(after["role"]):
        found.append(after["role"])
    ahead = _BEFORE_APPOSITION.search(before)
    if ahead and text[match.end() : match.end() + 1] in ",.;" and _is_role_phrase(ahead["role"]):
        found.append(ahead["role"])
    return found


def _is_role_phrase(phrase: str) -> bool:
    words = role_words(phrase)
    return bool(words) and (
        phrase.split(maxsplit=1)[0].lower() in ("the", "a", "an", "its", "his", "her", "their", "our", "my")
        or _is_person_role(words)
        or "'s" in phrase
        or "\u2019s" in phrase
    )


def _is_person_role(words: Sequence[str]) -> bool:
    return bool(words) and (
        words[-1] in PERSON_NOUNS
        or (words[-1] in ROLES and words[-1] not in INSTITUTIONS)
        or words[-1].endswith(("man", "woman", "person", "ologist", "onomer"))
    )


def _gender_told(phrases: Sequence[str]) -> str | None:
    for phrase in phrases:
        for word in role_words(phrase):
            if word in WOMEN or word.endswith("woman"):
                return "she"
            if word in MEN or (word.endswith("man") and word not in ("human", "german", "woman", "ottoman", "roman")):
                return "he"
    return None


def _count_pronouns(text: str, mentions: Sequence[Mention], offset: int, gender: dict[str, Counter[str]]) -> None:
    """A pronoun in the same sentence after a name, with no other name between, most likely means that name."""
    for place, mention in enumerate(mentions):
        start = mention.at - offset + 1
        following = mentions[place + 1].at - offset if place + 1 < len(mentions) else len(text)
        match = _PRONOUN.search(text, start, min(following, start + PRONOUN_CHARACTERS))
        if match and match.group()[:1].isalpha() and not _is_institution(mention.name):
            gender.setdefault(mention.name, Counter())["he" if match["he"] else "she"] += 1
