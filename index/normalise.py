"""Search keys: the folded, stemmed terms a text is found by. Stored text is never changed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from threading import Lock

import snowballstemmer

from index import scripts

# Characters that show nothing and can split or disguise a word: soft hyphen, zero-width, bidi controls, tags.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_VOICING = "\u3099\u309a"  # of Japanese syllables: ka and ga are two
_WORD = re.compile(r"[^\W_]+")  # as SQLite's tokenizer cuts them
# One key for the ways to write the United States; "us" alone stays the pronoun, unless written in capitals.
_UNITED_STATES = re.compile(r"\b(?:U\.\s?S\.A?\.?|USA|US|United\s+States(?:\s+of\s+America)?)(?!\w)|\bAmericans?\b")

# Lucene's English stop words and the pronouns, auxiliaries and question words that questions are made of.
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being between both but by
    can could did do does doing during each for from further had has have having he her here hers him his how i if in
    into is it its just me more most my no nor not now of off on once only or other our out over own same she should
    so some such than that the their them then there these they this those through to too under until up upon very
    was we were what when where which while who whom whose why will with would you your s t re ve ll d m tell say says
    said talk mention anything something""".split()
)


def visible(text: str) -> str:
    """The text without characters that show nothing."""
    return _INVISIBLE.sub("", text)


# Past forms that no stemmer brings back, of the verbs that reports are made of.
_IRREGULAR = {
    form: verb
    for verb, forms in {
        "arise": "arose arisen",
        "begin": "began begun",
        "bring": "brought",
        "build": "built rebuilt",
        "buy": "bought",
        "choose": "chose chosen",
        "come": "came",
        "draw": "drew drawn",
        "fall": "fell fallen",
        "feel": "felt",
        "fight": "fought",
        "find": "found",
        "fly": "flew flown",
        "forget": "forgot forgotten",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown",
        "hear": "heard",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "mean": "meant",
        "meet": "met",
        "pay": "paid",
        "rise": "rose risen",
        "run": "ran",
        "see": "saw seen",
        "sell": "sold",
        "send": "sent",
        "show": "shown",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "take": "took taken",
        "teach": "taught",
        "think": "thought",
        "understand": "understood",
        "win": "won",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}


_STEMMER = snowballstemmer.stemmer("english")
_STEMMER_LOCK = Lock()


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    if not word.isascii():
        return scripts.term(word)
    with _STEMMER_LOCK:  # a stemmer keeps the word it works on in itself
        return str(_STEMMER.stemWord(_IRREGULAR.get(word, word)))


def fold(text: str) -> str:
    """NFKC, case-folded, without invisible characters and diacritics; those that make another letter stay (Cyrillic short i)."""
    decomposed = unicodedata.normalize("NFKD", visible(text)).casefold()
    if decomposed.isascii():
        return decomposed
    decomposed = decomposed.replace("\u0438\u0306", "\u0439")
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) or c in _VOICING)
    composed = unicodedata.normalize("NFC", plain)
    return "".join(c for c in composed if c not in _VOICING)  # a mark of its own that voices nothing


def _foldable(text: str) -> str:
    text = _UNITED_STATES.sub(" unitedstates ", text)
    text = _DOTTED.sub(lambda match: match.group().replace(".", ""), text)
    return fold(_POSSESSIVE.sub("", text))


def words(text: str) -> list[str]:
    """The folded words of a text, in order, unstemmed: `Xi's` gives `xi`, `N.S.A.` gives `nsa`."""
    folded = _foldable(text)
    return list(scripts.words(folded)) if scripts.concerned(folded) else _WORD.findall(folded)


def terms(text: str) -> list[str]:
    """The search terms of a text, in order, stemmed (Porter 2), stop words included."""
    return [_stem(word) for word in words(text)]


def content_terms(text: str) -> list[str]:
    """The search terms of a text that carry meaning: stop words left out, order kept, repeats kept."""
    folded = _foldable(text)
    if not scripts.concerned(folded):
        return [_stem(word) for word in _WORD.findall(folded) if word not in STOP_WORDS]
    found = scripts.content_words(folded, _function_words())
    return [_stem(word) for word in found if word not in STOP_WORDS and word not in _other_stop_words()]


@cache
def _function_words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(fold, scripts.FUNCTION_WORDS), key=len, reverse=True)))


@cache
def _other_stop_words() -> frozenset[str]:
    return frozenset(map(fold, scripts.STOP_WORDS))
