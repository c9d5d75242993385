"""Questions put in other words by a thesaurus: people who ask have not read the passage, those who wrote SQuAD had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.errors import InputRejected
from index.normalise import STOP_WORDS

_PARTS = ("noun", "verb", "adj", "adv")
_WORD = re.compile(r"(?<![\w'\u2019-])[a-z]{4,}(?![\w'\u2019-])")  # lower case: names stay
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|can|could|will|would|should|may|might|must|do|does|did)\b", re.IGNORECASE
)
_PLAIN = re.compile(r"[a-z]{3,}(?:_[a-z]{2,})?")
_WIDER = "@"  # WordNet's pointer to the hypernym
EXCHANGED = 0.8  # of the words that have another
FEWEST_TAGGED = 3  # uses of a word in WordNet's tagged texts below which its commonest sense is not known
COMMONEST = 0.5  # the share of a word's tagged uses that its commonest sense must have: else it is mostly another
_PART_OF_TYPE = dict(zip("12345", ("noun", "verb", "adj", "adv", "adj"), strict=True))


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """For a base form the words that can stand for its commonest sense, by part of speech; the base of each past form."""

    others: Mapping[str, Mapping[str, tuple[str, ...]]]
    pasts: Mapping[str, str]

    def reworded(self, question: str, rng: np.random.Generator) -> str:
        """The question with most of its common words exchanged; itself where none has another."""

        def other(match: re.Match[str]) -> str:
            offered = self._offered(match.group())
            if not offered or rng.random() > EXCHANGED:
                return match.group()
            return offered[int(rng.integers(len(offered)))]

        return _WORD.sub(other, question)

    def first_past(self, sentence: str) -> tuple[re.Match[str], str] | None:
        """The first verb in the past, if it is what the sentence's subject did, with its base: "signed", "sign"."""
        if _AUXILIARY.search(sentence):  # then a past form may be a participle
            return None
        found = [match for match in _WORD.finditer(sentence) if match.start() and match.group() in self.pasts]
        return (found[0], self.pasts[found[0].group()]) if found else None

    def _offered(self, word: str) -> tuple[str, ...]:
        if word in STOP_WORDS:
            return ()
        for base, part, ending in _bases(word):
            found = self.others.get(part, {}).get(base)
            if found:
                return tuple(_inflected(other, ending) for other in found)
        return ()


def read_wordnet(folder: Path) -> Thesaurus:
    """The thesaurus of a folder with WordNet's dictionary files (Miller, 1995; the format is described in wndb(5)).

    Raises:
        InputRejected: If the files are not there or in another format.
    """
    try:
        settled = _settled((folder / "cntlist.rev").read_text(encoding="utf-8"))
        return Thesaurus({part: _part(folder, part, settled) for part in _PARTS}, _pasts(folder))
    except OSError as error:
        raise InputRejected(f"{folder} lacks a file of WordNet's dictionary: {error}") from error
    except (ValueError, IndexError, KeyError) as error:
        raise InputRejected(f"{folder} is in another format than WordNet's dictionary: {error!r}") from error


def _settled(counts: str) -> dict[str, str]:
    """Words with one sense that is by far the commonest, under their part of speech; it is the first sense of that part."""
    uses: dict[str, dict[tuple[str, int], int]] = {}
    for line in counts.splitlines():
        key, place, n_uses = line.split()
        lemma, _, kind = key.partition("%")
        uses.setdefault(lemma, {})[_PART_OF_TYPE[kind[0]], int(place)] = int(n_uses)
    settled = {}
    for lemma, of_senses in uses.items():
        (part, sense), most = max(of_senses.items(), key=lambda item: item[1])
        if sense == 1 and most >= FEWEST_TAGGED and most >= COMMONEST * sum(of_senses.values()):
            settled[lemma] = part
    return settled


def _part(folder: Path, part: str, settled: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    synsets = {}
    for line in (folder / f"data.{part}").read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):  # the licence
            offset, words, wider = _synset(line)
            synsets[offset] = (words, wider)
    others = {}
    for line in (folder / f"index.{part}").read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            continue
        lemma, _, n_senses, *rest = line.split()
        if settled.get(lemma) != part:
            continue
        words, wider = synsets[rest[-int(n_senses)]]
        near = words if len(words) > 1 else tuple(word for offset in wider for word in synsets[offset][0])
        held = dict.fromkeys(word.replace("_", " ") for word in near if _PLAIN.fullmatch(word) and word != lemma)
        if held:
            others[lemma] = tuple(held)
    return others


def _pasts(folder: Path) -> dict[str, str]:
    """Regular pasts of verbs that are nothing else, and the irregular ones; forms that are words of their own are left out."""
    lemmas = {part: _lemmas(folder, part) for part in _PARTS}
    pasts = {_inflected(verb, "ed"): verb for verb in lemmas["verb"] if verb.isalpha()}
    for line in (folder / "verb.exc").read_text(encoding="utf-8").splitlines():
        past, base, *_ = line.split()
        if not past.endswith(("ing", "s")):
            pasts[past] = base
    return {past: base for past, base in pasts.items() if not any(past in held for held in lemmas.values())}


def _lemmas(folder: Path, part: str) -> set[str]:
    lines = (folder / f"index.{part}").read_text(encoding="utf-8").splitlines()
    return {line.partition(" ")[0] for line in lines if not line.startswith(" ")}


def _synset(line: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A line's offset, its words, and the offsets of what is wider."""
    offset, _, _, n_words, *rest = line.partition("|")[0].split()
    end = 2 * int(n_words, 16)
    words = tuple(re.sub(r"\(\w+\)$", "", word) for word in rest[:end:2])
    pointers = rest[end + 1 : end + 1 + 4 * int(rest[end])]
    wider = tuple(pointers[at + 1] for at in range(0, len(pointers), 4) if pointers[at] == _WIDER)
    return offset, words, wider[:1]


def _bases(word: str) -> list[tuple[str, str, str]]:
    """The base forms a word may have, with part of speech and ending, likeliest first."""
    bases = [(word, part, "") for part in _PARTS]
    if word.endswith("ies"):
        bases += [(word[:-3] + "y", part, "s") for part in ("noun", "verb")]
    elif word.endswith("s"):
        bases += [(base, part, "s") for part in ("noun", "verb") for base in (word[:-1], word[:-2])]
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            bases += [(base, "verb", ending) for base in (stem, stem + "e", stem[:-1], re.sub("i$", "y", stem))]
    return bases


def _inflected(word: str, ending: str) -> str:
    """A regular form: of two words the first bends as a verb, the last as a noun, so they are left as they stand."""
    if not ending or " " in word:
        return word
    if ending == "s":
        return re.sub(r"(?<![aeiou])y$", "ie", word) + ("es" if re.search(r"(?:s|x|z|ch|sh)$", word) else "s")
    stem = word.removesuffix("e")
    return re.sub(r"(?<![aeiou])y$", "i", stem) + ending if ending == "ed" else stem + ending
