"""Answer and refusal measures: pure functions on plain values; shares in [0, 1], None where undefined."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.evaluation.words import contains, fold_text

YES_NO = frozenset({"yes", "no"})  # the two short answers that need not be verbatim in a quote (design.md)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def squad_normalise(text: str) -> str:
    """Lower case, ASCII punctuation and English articles off, single spaces.

    Source: `normalize_answer` of the official script, Rajpurkar et al., EMNLP 2016 and ACL 2018.
    """
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact_match(predicted: str, accepted: Sequence[str]) -> float:
    """The max over accepted of [normalised equal]; none accepted is as if the empty string were.

    Source: Rajpurkar et al., EMNLP 2016; the unanswerable case ACL 2018.
    """
    return max(float(squad_normalise(predicted) == gold) for gold in _gold(accepted))


def token_f1(predicted: str, accepted: Sequence[str]) -> float:
    """The max over accepted of 2PR / (P + R) on bags of normalised tokens; both empty = 1, one empty = 0.

    Source: Rajpurkar et al., EMNLP 2016; the unanswerable case ACL 2018.
    """
    return max(_bag_f1(squad_normalise(predicted).split(), gold.split()) for gold in _gold(accepted))


def _gold(accepted: Sequence[str]) -> list[str]:
    """As the official script: accepted strings that vanish when normalised are passed over."""
    return [gold for gold in map(squad_normalise, accepted) if gold] or [""]


def _bag_f1(predicted: Sequence[str], gold: Sequence[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = (Counter(predicted) & Counter(gold)).total()
    return 2 * common / (len(predicted) + len(gold))


def containment(
    text: str, short_answer: str | None, *, accepted: Sequence[str], group_quotes: Sequence[Sequence[str]]
) -> float | None:
    """How much of what was accepted the answer holds (the string test of DPR, Karpukhin et al., EMNLP 2020).

    With one evidence group: [any accepted string is in the text]. With several: the share of groups of
    which an accepted string that lies in the group's own quotes is in the text; groups with no such
    string are passed over, and where that is all of them any accepted string will do. An accepted `yes`
    or `no` asks for that very short answer, since the words are in many a text by chance. None without
    accepted strings.
    """
    if not accepted:
        return None
    held = {answer: _is_held(answer, text, short_answer) for answer in accepted}
    by_group = [[a for a in held if any(contains(quote, a) for quote in quotes)] for quotes in group_quotes]
    asked_groups = [answers for answers in by_group if answers]
    if len(group_quotes) <= 1 or not asked_groups:
        return float(any(held.values()))
    return sum(any(held[answer] for answer in answers) for answers in asked_groups) / len(asked_groups)


def _is_held(accepted: str, text: str, short_answer: str | None) -> bool:
    if fold_text(accepted) in YES_NO:
        return fold_text(short_answer or "") == fold_text(accepted)
    return contains(text, accepted)


@dataclass(frozen=True, slots=True)
class RefusalScores:
    """Of refusing: `n_refused` of `n` questions were refused, `n_unanswerable` of them should have been."""

    precision: float | None
    recall: float | None
    f1: float | None
    n_refused: int
    n_unanswerable: int
    n: int


def refusal_scores(refused: Sequence[bool], *, answerable: Sequence[bool]) -> RefusalScores:
    """Positive class: refused. P = TP / refused, R = TP / unanswerable, F1 = 2 TP / (refused + unanswerable).

    A share of nothing is None: nothing refused has no precision. Source: van Rijsbergen, 1979, for F1.
    """
    n_right = sum(r and not a for r, a in zip(refused, answerable, strict=True))
    n_refused, n_unanswerable = sum(refused), len(answerable) - sum(answerable)
    return RefusalScores(
        precision=n_right / n_refused if n_refused else None,
        recall=n_right / n_unanswerable if n_unanswerable else None,
        f1=2 * n_right / (n_refused + n_unanswerable) if n_refused + n_unanswerable else None,
        n_refused=n_refused,
        n_unanswerable=n_unanswerable,
        n=len(answerable),
    )


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of no values."""
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value below which `percent` (0 to 100) of them lie, linear between neighbours; None of no values.

    Source: Hyndman & Fan, The American Statistician 1996, type 7.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
