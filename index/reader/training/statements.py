"""Statements made of the sentences of reading rows, beside evidence that carries them, denies them, or says nothing of them.

People's rows of entailment are few and short. Sentences of whole passages, edited or not, teach what they lack: other names,
numbers and dates, negation, and what the neighbours do not say (FactCC: Kryscinski et al., EMNLP 2020).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.reader.training.edits import edited
from index.reader.training.rows import EntailmentRow, ReadingRow
from index.reader.training.synonyms import Thesaurus

SOURCE = "sentences"
_ENDS = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9#])|\n+")
_DENIALS = ("failed to", "refused to", "declined to", "did not", "never did", "was unable to")
_LOOSE = re.compile(r"[\n\u201c\u201d\"]|\.\.\.|[?:;]$")  # headings, halves of quotations, questions
_CLAUSE = re.compile(r",? (?=(?:which|when|where|while|because|after|before|although|but|as well as)\b)")
_NAMED_FIRST = re.compile(r"[A-Z]\w+ [A-Z]")
_CAPITAL = re.compile(r"[A-Z]")
SHORTEST, LONGEST = 6, 45  # words of a sentence that states something
MOST_NEIGHBOURS = 3  # sentences of evidence beside the one that counts
CARRIED, UNSAID = 0.45, 0.6  # below the first the evidence carries the statement; below the second it lacks its sentence
REWORDED, SHORTENED = 0.4, 0.6  # shares of the statements
_ATTEMPTS = 20


class Statements:
    """Draws rows of entailment from the contexts of reading rows."""

    def __init__(self, rows: Sequence[ReadingRow], thesaurus: Thesaurus | None) -> None:
        """Without a thesaurus statements repeat the words of their evidence."""
        self._contexts = list(dict.fromkeys(row.context for row in rows))
        self._thesaurus = thesaurus

    def draw(self, rng: np.random.Generator) -> EntailmentRow | None:
        """A row; None if no context drawn had a sentence to make one of."""
        for _ in range(_ATTEMPTS):
            context = self._contexts[int(rng.integers(len(self._contexts)))]
            sentences = [sentence for sentence in _ENDS.split(context) if sentence.strip()]
            fit = [place for place, sentence in enumerate(sentences) if _states(sentence)]
            if fit:
                row = self._row(sentences, fit[int(rng.integers(len(fit)))], context, rng)
                if row is not None:
                    return row
        return None

    def _row(self, sentences: Sequence[str], place: int, context: str, rng: np.random.Generator) -> EntailmentRow | None:
        first = max(0, place - int(rng.integers(MOST_NEIGHBOURS)))
        last = min(len(sentences), place + 1 + int(rng.integers(MOST_NEIGHBOURS)))
        before, own, after = sentences[first:place], sentences[place].strip(), sentences[place + 1 : last]
        stated = _shortened(own, rng)
        kind = rng.random()
        if kind < CARRIED:
            return self._stated([*before, own, *after], stated, "entailment", rng)
        if kind < UNSAID:
            beside = [*before, *after]
            return self._stated(beside, stated, "neutral", rng) if beside else None
        changed, label = self._changed(stated, context, rng)
        if changed is None:
            return None
        if rng.random() < 0.5:  # noqa: PLR2004  either side may be the edited one
            return self._stated([*before, own, *after], changed, label, rng)
        return self._stated(
            [*before, changed.removesuffix(".") + own[len(stated.removesuffix(".")) :], *after], stated, label, rng
        )

    def _changed(self, sentence: str, context: str, rng: np.random.Generator) -> tuple[str | None, str]:
        """The sentence denied, or with one thing exchanged; another name is not carried, other changes contradict."""
        denied = None if self._thesaurus is None else _denied(sentence, self._thesaurus, rng)
        if denied is not None and rng.random() < 0.4:  # noqa: PLR2004  else edited
            return denied, "contradiction"
        # Edits leave a question's first word as it is; of a statement that begins with a full name it is part of the name.
        lead = "_ " if _NAMED_FIRST.match(sentence) else ""
        changed = edited(lead + sentence, context, "", rng)
        if changed is None:
            return None, ""
        changed = changed.removeprefix(lead)
        new = set(changed.split()) - set(sentence.split())
        return changed, "not_entailment" if any(_CAPITAL.match(word) for word in new) else "contradiction"

    def _stated(self, evidence: Sequence[str], statement: str, label: str, rng: np.random.Generator) -> EntailmentRow:
        if self._thesaurus is not None and rng.random() < REWORDED:
            statement = self._thesaurus.reworded(statement, rng)
        return EntailmentRow(SOURCE, " ".join(evidence), statement, label)


def _states(sentence: str) -> bool:
    return SHORTEST <= len(sentence.split()) <= LONGEST and not _LOOSE.search(sentence.strip())


def _shortened(sentence: str, rng: np.random.Generator) -> str:
    """The sentence, or what stands before one of its later clauses, where that still states something."""
    ends = [match.start() for match in _CLAUSE.finditer(sentence) if len(sentence[: match.start()].split()) >= SHORTEST]
    if not ends or rng.random() > SHORTENED:
        return sentence
    return f"{sentence[: ends[int(rng.integers(len(ends)))]]}."


def _denied(sentence: str, thesaurus: Thesaurus, rng: np.random.Generator) -> str | None:
    """The sentence with its first verb in the past not done: "failed to sign"; None if it has no such verb."""
    found = thesaurus.first_past(sentence)
    if found is None:
        return None
    place, base = found
    denial = _DENIALS[int(rng.integers(len(_DENIALS)))]
    return f"{sentence[: place.start()]}{denial} {base}{sentence[place.end() :]}"
