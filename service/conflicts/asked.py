"""What a question says was done, and of whom and what: its verb and the other words that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.normalise import STOP_WORDS, content_terms, terms
from service.conflicts.alike import names_asked
from service.types import Said

NAMED_CHARACTERS = 20_000  # of a document, looked through for the names of the question
SHORTEST_END = 4  # letters of a word that may be the end of a longer one
SAME_SENTENCE = 0.5  # share of what the question names beside its verb from which a sentence with the verb is about the same
_PAST = r"did|was|were|has|have|had"
_PRESUMES = re.compile(
    rf"^\W*(?:and |but |so )?(?:(?:why|how come|for what reason)\s+(?P<any>{_PAST}|does|do|is|are|will)"
    rf"|(?:when|where|(?:to|by|with|from) whom|how (?:much|many)\b(?P<counted>[\w\s'\u2019-]{{0,40}}?))\s+(?P<past>{_PAST}))"
    r"(?:n['\u2019]t)?\s+(?P<told>.+?)(?:,? according to .*)?\W*$",
    re.IGNORECASE,
)
_COUNTS = re.compile(  # "How many people died in the fire?"
    r"^\W*how (?:many|much)\b(?P<counted>[\w\s'\u2019-]{0,40}?)\s+(?P<told>\w{2,}ed\b.*?)(?:,? according to .*)?\W*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s(?:when|after|before|while|as|since|because|if|until|during)\s.*$", re.IGNORECASE)
_WHETHER = re.compile(
    rf"^\W*(?:and |but |so )?(?P<helper>{_PAST}|does|do|is|are|will|would|can|could)(?:n['\u2019]t)?\s+(?P<told>.+?)\W*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_PARTICIPLE = re.compile(
    r"(?:ed|en|ung|ought|aught)$|"
    r"^(?:lost|held|met|made|sent|told|put|cut|set|shut|hit|hurt|sold|paid|shot|won|found|left|done|built|kept|begun|born)$"
)
_OF_SUBJECT = ("of", "between")
_BE = ("was", "were", "is", "are")


@dataclass(frozen=True, slots=True)
class Deed:
    """The stem of the verb, and the stems of everything else that the question names, `names` those of its names."""

    verb: str
    about: frozenset[str]
    names: frozenset[str] = frozenset()

    @property
    def things(self) -> frozenset[str]:
        """What it names beside its names."""
        return self.about - self.names

    def is_about(self, said: Said) -> bool:
        """Whether a sentence, or for its pronouns the one before, or who speaks, holds enough of what the question names.

        A name need only stand in the document.
        """
        attribution = said.evidence.attribution
        held = frozenset(terms(f"{said.before} {said.text} {attribution.speaker} {attribution.reported_by}"))
        near = said.document.text[:NAMED_CHARACTERS].casefold()
        named = frozenset(name for name in self.names if name in near)
        return len(named_in(self.about, held) | (self.about & named)) >= SAME_SENTENCE * len(self.about)


def named_in(wanted: frozenset[str], held: frozenset[str]) -> frozenset[str]:
    """Those of the stems that are held, if as the end of a longer word: chips by microchips."""
    return frozenset(
        stem for stem in wanted if stem in held or (len(stem) >= SHORTEST_END and any(one.endswith(stem) for one in held))
    )


def presumed(question: str) -> Deed | None:
    """What a question for a reason, a time, a place or an amount takes for granted; None where it is not plain."""
    asked = " ".join(question.split())
    match = _PRESUMES.match(asked)
    if match is not None:
        return _deed(question, match["told"], helper=match["any"] or match["past"], counted=match["counted"] or "")
    match = _COUNTS.match(asked)
    return None if match is None else _deed(question, match["told"], helper="were", counted=match["counted"])


def put_in_question(question: str) -> Deed | None:
    """What a yes/no question asks whether it was so; None where it is not plain."""
    match = _WHETHER.match(" ".join(question.split()))
    return None if match is None else _deed(question, match["told"], helper=match["helper"])


def _deed(question: str, told: str, *, helper: str, counted: str = "") -> Deed | None:
    plain = _ASIDE.sub("", told)
    verb = _verb(_WORD.findall(plain), be=helper.lower() in _BE) or _verb(_WORD.findall(told), be=helper.lower() in _BE)
    if verb is None:
        return None
    names = names_asked(question)
    return Deed(verb, (frozenset(content_terms(f"{counted} {told}")) | names) - {verb}, names)


def participle_at(words: list[str]) -> int | None:
    """Where the first participle stands among some words, one written small."""
    return next(
        (at for at, word in enumerate(words) if word.islower() and word not in STOP_WORDS and _PARTICIPLE.search(word)), None
    )


def _verb(words: list[str], *, be: bool) -> str | None:
    """The verb after a helper: with a form of "be" the first participle, else what the first run of plain words ends in."""
    plain = [word.islower() and word not in STOP_WORDS for word in words]
    if be:
        participle = next(
            (word for word, is_plain in zip(words, plain, strict=True) if is_plain and _PARTICIPLE.search(word)), None
        )
        if participle:
            return terms(participle)[-1]
    first = next((at for at, is_plain in enumerate(plain) if is_plain), None)
    if first is None:
        return None
    end = next((at for at in range(first, len(words)) if not plain[at]), len(words))
    if end < len(words) and words[end] in _OF_SUBJECT and any(plain[end:]):  # "the shares of Fenwick Grain rise"
        return _verb(words[end:], be=False)
    return terms(words[end - 1])[-1]
