"""The parts of a question: what it asks by, its helping verb, its subject and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.attribution.vocabulary import INSTITUTIONS, PERSON_NOUNS
from service.history.words import ARTICLES, ASKING, AUXILIARIES, BE, HAVE, PRONOUNS, STARTS
from service.verbs import PARTICIPLES, PASTS, VERBS, past, third

_LEAD = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|or|okay|ok|well|now|yes|no|thanks|thx|thank you|right|great|good|fine|hm+|oh|ah|wow|i see|"
    r"got it|(?:that['\u2019]s )?interesting|understood|sorry|please)\b[,.!\u2026\s]+)+",
    re.IGNORECASE,
)
_END = re.compile(r"[\s?.!\u2026]+$")
# That go on with a subject after an adjective of a people: "the Chinese side".
_HEADS = (PERSON_NOUNS | INSTITUTIONS | frozenset("side officials leaders delegation team authorities".split())) - {"call"}
_NAME_TAIL = re.compile(r"(?:al|el|ul|ad|d|l)[-\u2019'][^\W\d_a-z]")  # "Nasser al-Rawahi"
FURTHEST_HELP = 8  # words before a helping verb: "How many of the crown's new contracts have ..."
_TOPIC = re.compile(r"\b(?:about|on|regarding|concerning|over|of)\s+(?P<topic>(?!what\b|how\b|why\b|who\b).+)$", re.IGNORECASE)
_COUNTED = re.compile(r"^(?:how many|which|what|whose) (?P<noun>[^\W\d_]{3,}(?: [^\W\d_]{3,})?)$", re.IGNORECASE)
_PREPOSITION = re.compile(rf"\b(?:{'|'.join(sorted(STARTS))})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """`How long` `was` `Kestrel` `silent`. `wh` is empty for yes or no; without `helper` the `rest` is what `wh` does."""

    wh: str
    helper: str
    subject: str
    rest: str

    @property
    def topic(self) -> str | None:
        """What the rest is about, if it says so."""
        match = _TOPIC.search(self.rest)
        return match["topic"] if match else None

    @property
    def counted(self) -> str | None:
        """What a question counts or chooses from: `the hostages` of "How many hostages"."""
        match = _COUNTED.match(self.wh)
        return f"the {match['noun']}" if match else None

    def text(self, *, wh: str | None = None, subject: str | None = None, rest: str | None = None) -> str:
        """The question again, some of its parts changed."""
        parts = (self.wh if wh is None else wh, self.helper, subject or self.subject, self.rest if rest is None else rest)
        return question(" ".join(part for part in parts if part))

    def told(self, answer: str = "") -> str | None:
        """What the question asks for as if it were told: `Kestrel was silent 26 hours`."""
        if not self.subject:
            if not self.rest or not self.wh:
                return None
            who = answer or self.counted or ("somebody" if self.wh.casefold().startswith("who") else "something")
            return " ".join(part for part in (who, self.helper, self.rest) if part)
        verb, _, after = self.rest.partition(" ")
        low = self.helper.casefold()
        if low in ("did", "does", "do") and verb:
            said = past(verb) if low == "did" else third(verb) if low == "does" else verb
        else:
            said = f"{low} {verb}".strip()
        return " ".join(part for part in (self.subject, said, after, answer) if part)


def bare(text: str) -> str:
    """A question without what leads in and what ends it."""
    text = " ".join(text.split())
    without = _LEAD.sub("", text)
    return _END.sub("", without if without.strip(" ?.!") else text)


def leads_in(text: str) -> bool:
    """Whether a question begins by going on: "And ..."."""
    return bool(_LEAD.match(text)) and bool(_LEAD.sub("", text).strip(" ?.!"))


def question(text: str) -> str:
    """The text as a question: a capital in front, one question mark behind."""
    text = " ".join(text.split()).rstrip(" ?.!,")
    return f"{text[:1].upper()}{text[1:]}?"


def frame(text: str) -> Frame | None:
    """The parts of a question in one sentence; None of what is not put as one."""
    words = bare(text).split()
    if not words:
        return None
    first, second = words[0].casefold(), (words[1].casefold() if len(words) > 1 else "")
    if first in AUXILIARIES:
        return _after_helper("", words[0], words[1:])
    if not (first in ASKING or (first in STARTS and second in ASKING)):
        return None
    helper = next((at for at, word in enumerate(words[:FURTHEST_HELP]) if word.casefold() in AUXILIARIES), None)
    if helper is None or any(_is_past(word) and not _is_adjective(at, words) for at, word in enumerate(words[1:helper], start=1)):
        cut = 1 if first in ("who", "what") else _first_verb(words)
        return Frame(" ".join(words[:cut]), "", "", " ".join(words[cut:])) if cut < len(words) else None
    return _after_helper(" ".join(words[:helper]), words[helper], words[helper + 1 :])


def _is_past(word: str) -> bool:
    return word.islower() and word != "cost" and (word.endswith("ed") or word in PASTS)


def _is_adjective(at: int, words: list[str]) -> bool:
    """Whether a participle tells of the noun behind it: `How many armed drones`."""
    following = words[at + 1].casefold() if at + 1 < len(words) else ""
    asks = words[at - 1].casefold() in ("many", "which", "what")
    return asks and following.isalpha() and following not in STARTS | ASKING | ARTICLES | AUXILIARIES | PRONOUNS


def _first_verb(words: list[str]) -> int:
    return next((at for at, word in enumerate(words) if at and _is_past(word)), min(2, len(words)))


def _after_helper(wh: str, helper: str, words: list[str]) -> Frame:
    told = words[0].casefold() if words else ""
    chosen = bool(_COUNTED.match(wh)) and helper.casefold() in BE | HAVE and told.islower() and told not in ARTICLES | PRONOUNS
    cut = 0 if chosen and words[0].islower() else _subject_words(words, helper.casefold())
    return Frame(wh, helper, " ".join(words[:cut]), " ".join(words[cut:]))


def _subject_words(words: list[str], helper: str) -> int:
    """How many of the words after a helping verb are the subject."""
    if not words or words[0].casefold() in STARTS:
        return 0
    if words[0].casefold() in PRONOUNS:
        return 1
    at = 0
    while at < len(words) and not _ends_subject(words, at, helper):
        at += 1
    return at


def _ends_subject(words: list[str], at: int, helper: str) -> bool:
    word, low = words[at], words[at].casefold()
    previous = words[at - 1] if at else ""
    if low in ("and", "or", "of") or previous.casefold() in ("and", "or", "of"):
        return False
    if low in STARTS or low in ASKING or low in AUXILIARIES or low in ("not", "also", "ever", "already", "that", "to"):
        return True
    adjective_before = low in _HEADS and previous[:1].isupper()
    is_name = not word[0].islower() or bool(_NAME_TAIL.match(word))
    if adjective_before or is_name or previous.casefold() in ARTICLES or (not at and low in ARTICLES):
        return False
    if helper in BE and previous in PERSON_NOUNS and low not in PERSON_NOUNS:
        return True
    if helper in BE or helper in HAVE:
        # After a name a small word is what is told of it; after other nouns only a participle surely is.
        return (
            (bool(previous) and previous[0].isupper() and not _owns(previous))
            or low.endswith(("ed", "ing"))
            or low in PARTICIPLES
        )
    described = at > 1 and words[at - 2].casefold() in ARTICLES  # "the Dutch readout"
    return low in VERBS or (bool(previous) and previous[0].isupper() and not _owns(previous) and not described)


def _owns(word: str) -> bool:
    return word.endswith(("'s", "\u2019s", "s'", "s\u2019"))


def phrase_with(rest: str, preposition: str) -> re.Match[str] | None:
    """Where in the rest of a question a preposition and what belongs to it stand."""
    return re.search(
        rf"\b{re.escape(preposition)}\b\s+(?:(?!(?:{'|'.join(sorted(STARTS - {'of'}))})\b)\S+\s*)+", rest, re.IGNORECASE
    )


def begins_with_preposition(text: str) -> str | None:
    """The preposition a fragment begins with, if any."""
    match = _PREPOSITION.match(text)
    return match.group().casefold() if match else None
