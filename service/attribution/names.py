"""The forms of a name: which belong together, and which is the longest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.normalise import STOP_WORDS, fold
from service.attribution.vocabulary import DESCRIBED, INSTITUTIONS, ROLES

if TYPE_CHECKING:
    from service.types import Attribution

_CAPITAL = r"(?:[dDlLO]['\u2019])?[^\W\d_a-z][\w\u2019'\-]*\.?"
_PARTICLE = r"(?:de|da|del|della|der|den|di|dos|du|la|le|van|von|bin|ibn|al|el|ten|ter|af|zu)"
NAME_RUN = re.compile(
    rf"(?:(?<![\w'\u2019])(?:d['\u2019]|al-|el-)(?=[^\W\d_a-z]))?[^\W\d_a-z][\w\u2019'\-]*"
    rf"(?:(?:(?<=\b[^\W\d_a-z])|(?<=\b(?:Mr|Ms|Dr|St|Jr|Sr))|(?<=\b(?:Mrs|Sen|Rep|Gov|Gen|Rev|Hon))|(?<=\bProf))\.)?"
    rf"(?:[ ](?:{_PARTICLE}[ ]){{0,2}}(?:(?:d|D|l|L|O)['\u2019]|al-|el-)?[^\W\d_a-z][\w\u2019'\-]*(?:(?<=\b[^\W\d_a-z])\.)?){{0,7}}"
)
_POSSESSIVE = re.compile(r"['\u2019]s\s")
_LOWER_WORD = re.compile(r"\b[a-z]+\b")
_OPENERS = frozenset(
    """yesterday today tomorrow meanwhile however notably later earlier still then instead asked according speaking despite during
    although under until unless since while both neither either one two three monday tuesday wednesday thursday friday saturday
    sunday""".split()
)
_SENTENCE_ENDS = '.!?\u2026:\u201c\u201d"|'
_ARTICLE = re.compile(
    r"^(?:(?:one|some|several|many|most) of (?:the|its|his|her|their) |(?:the|a|an|one|another|his|her|its|their|our|my)\s+)",
    re.IGNORECASE,
)
_CONTRACTED = re.compile(r"\w{1,6}['\u2019](?:m|ve|ll|re|d|t)")  # I'm Wendy Abernathy
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
    november december i""".split()
)
MAX_NAME_WORDS = 5  # a longer run of capitals is a heading or an institution


def names_in(text: str) -> set[str]:
    """The runs of capitalised words, without roles, and without a sentence's first word if that is no name: `But Biden`."""
    text = _POSSESSIVE.sub(" | ", text)
    common = set(_LOWER_WORD.findall(text)) | STOP_WORDS | _OPENERS
    runs = [(match.group(), _begins_sentence(text, match.start())) for match in NAME_RUN.finditer(text)]
    kept = (run.partition(" ")[2] if first and run.split()[0].lower() in common else run for run, first in runs)
    return {unrole(run) for run in kept if run} - {""}


def _begins_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at]
    return not before.strip() or "\n" in before or before.rstrip()[-1] in _SENTENCE_ENDS


def unrole(name: str) -> str:
    """The name without titles and roles in front, and without a possessive."""
    words = name.split()
    while words and (_CONTRACTED.fullmatch(words[0]) or words[0].casefold() in _CALENDAR):
        words = words[1:]
    name = " ".join(words)
    if words and words[-1].casefold() in INSTITUTIONS and len(words) > 1:  # Energy Ministry, White House
        return re.sub(r"['\u2019]s?$", "", name)
    while words and (words[0].rstrip(".").casefold() in ROLES or words[0].casefold().endswith(("master", "-general", "-elect"))):
        words = words[1:]
    return re.sub(r"['\u2019]s?$", "", " ".join(words)).rstrip(",")


def longest_form(names: Sequence[str], short: str) -> str:
    """The longest of `names` that begins or ends with the words of `short`; itself if several people or institutions do."""
    words = short.split()
    forms = [name for name in names if _is_form_of(words, name.split())]
    longest = max((len(name.split()) for name in forms), default=0)
    full = [name for name in forms if len(name.split()) == longest]
    if not full or len({fold(name) for name in full}) > 1 or _are_several(words, forms):
        return short
    return min(full, key=lambda name: (name.isupper(), name))


def forms_by_word(names: Sequence[str]) -> dict[str, list[str]]:
    """The names that hold each word, so that a name's forms are found among a few."""
    found: dict[str, list[str]] = {}
    for name in names:
        for word in set(fold(name).split()):
            found.setdefault(word, []).append(name)
    return found


def first_word(name: str) -> str:
    """The folded first word of a name: each of its forms holds it."""
    return next(iter(fold(name).split()), "")


def _are_several(short: Sequence[str], forms: Sequence[str]) -> bool:
    """Whether a surname stands after different first names, of any length: Joe Biden, Robert Hunter Biden."""
    firsts = {
        fold(name).split()[0] for name in forms if len(name.split()) > len(short) and fold(name).split()[-1] == fold(short[-1])
    }
    return len(short) == 1 and len(firsts) > 1


def _is_form_of(short: Sequence[str], full: Sequence[str]) -> bool:
    folded, whole = [fold(word) for word in short], [fold(word) for word in full]
    n = len(folded)
    if not 0 < n <= len(whole) <= MAX_NAME_WORDS:
        return False
    return whole[-n:] == folded or (whole[:n] == folded and (n > 1 or n == len(whole) or _is_short_for(whole)))


def _is_short_for(whole: Sequence[str]) -> bool:
    """Whether a first word alone can stand for the whole: Arclight for Arclight Dynamics, but not China for China Daily."""
    return whole[-1] not in INSTITUTIONS or whole[-1] in (
        "dynamics",
        "systems",
        "industries",
        "holdings",
        "group",
        "corp",
        "inc",
        "energy",
    )


def article_off(surface: str) -> str:
    """The description without its article or possessive."""
    return _ARTICLE.sub("", surface.strip())


def longest_description(text: str, core: str) -> str:
    """The longest way in which `text` introduces a description: `official` gives `senior Biden administration official`."""
    longer = re.compile(rf"\b(?:[Aa]n?)\s((?:[\w.\-'\u2019]{{1,30}}\s){{0,4}}{re.escape(core)})\b")
    forms = [match.group(1) for match in longer.finditer(text)]
    return max([core, *forms], key=len)


def matches_alias(attribution: Attribution, alias: str) -> bool:
    """Whether `alias` names the speaker, whatever the case: the same name, or one that begins or ends the other.

    A described speaker is matched by the end of the description only: "Biden" is not "a Biden administration official".
    """
    if attribution.speaker is None:
        return False
    spoken, wanted = _alias_words(attribution.speaker), _alias_words(alias)
    if not wanted:
        return False
    if DESCRIBED.search(attribution.speaker):
        return spoken[-len(wanted) :] == wanted
    if len(wanted) <= len(spoken):
        return wanted in (spoken[: len(wanted)], spoken[-len(wanted) :])
    return wanted[-len(spoken) :] == spoken or wanted[:1] == spoken


def _alias_words(name: str) -> list[str]:
    words = [word for word in fold(name).replace(".", " ").split() if word not in ("the", "a", "an")]
    return [word for word in words if word not in ROLES] or words
