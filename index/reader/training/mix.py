"""Draws training examples: which rows in which phase, cut to which window, edited or not. Deterministic per seed and place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from index.reader.pairs import Pair, PairTokenizer, Tokens
from index.reader.training.edits import edited, hurried
from index.reader.training.loop import POOL
from index.reader.training.rows import CALLS, CONTRASTS, HUMAN, ReadingRow
from index.reader.training.synonyms import Thesaurus
from index.types import Span

AS_READ = 0.5  # share of the passages about calls that are read whole; contrasts always are
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9#])|\n+")


class Kind(StrEnum):
    """Where an example comes from."""

    ANSWERED = "answered"
    DIALOGUE = "dialogue"
    NEWS = "news"
    HUMAN = "human"  # written by people to deceive, and the answerable ones beside them
    OTHER_PARAGRAPH = "other paragraph"
    ANSWER_CUT_AWAY = "answer cut away"
    EDITED_QUESTION = "edited question"
    CALL = "call"  # asked of the coverage of invented calls, and answered by the passage
    CALL_ELSEWHERE = "call, elsewhere"  # the same, on a passage near to what answers, or where none does
    CALL_CONTRAST = "call, contrast"  # another name in question or passage, or a question written to deceive; and answered twins
    EDITED_CALL = "call, edited question"


@dataclass(frozen=True, slots=True)
class Phase:
    """How often each kind is drawn, and how long the windows are: (passage tokens, share) pairs.

    `reworded` and `hurried` are the shares of questions put in other words and typed in a hurry.
    """

    shares: Mapping[Kind, float]
    windows: tuple[tuple[int, float], ...]
    reworded: float = 0.0
    hurried: float = 0.0


MAIN = Phase(
    shares={
        Kind.ANSWERED: 0.25,
        Kind.NEWS: 0.03,
        Kind.DIALOGUE: 0.03,
        Kind.HUMAN: 0.08,
        Kind.OTHER_PARAGRAPH: 0.02,
        Kind.ANSWER_CUT_AWAY: 0.02,
        Kind.EDITED_QUESTION: 0.04,
        Kind.CALL: 0.2,
        Kind.CALL_ELSEWHERE: 0.16,
        Kind.CALL_CONTRAST: 0.14,
        Kind.EDITED_CALL: 0.03,
    },
    windows=((40, 0.25), (64, 0.3), (96, 0.25), (144, 0.12), (256, 0.08)),
    reworded=0.25,
    hurried=0.15,
)
# The last phase is where the learning rate falls: nearer to what is read in use, and rich in deceiving questions.
FINISH = Phase(
    shares={
        Kind.ANSWERED: 0.17,
        Kind.NEWS: 0.02,
        Kind.DIALOGUE: 0.02,
        Kind.HUMAN: 0.13,
        Kind.OTHER_PARAGRAPH: 0.02,
        Kind.ANSWER_CUT_AWAY: 0.015,
        Kind.EDITED_QUESTION: 0.025,
        Kind.CALL: 0.22,
        Kind.CALL_ELSEWHERE: 0.19,
        Kind.CALL_CONTRAST: 0.16,
        Kind.EDITED_CALL: 0.03,
    },
    windows=((40, 0.15), (64, 0.25), (96, 0.25), (144, 0.2), (256, 0.15)),
    reworded=0.25,
    hurried=0.15,
)


@dataclass(frozen=True, slots=True)
class Example:
    """A pair with the tokens of its answer, first and last, counted in the pair; (0, 0) where there is none."""

    pair: Pair
    first: int
    last: int

    @property
    def answerable(self) -> bool:
        """Whether the passage answers."""
        return self.first > 0


@dataclass(frozen=True, slots=True)
class _Context:
    tokens: Tokens
    sentences: tuple[tuple[int, int], ...]  # token ranges


class Mixer:
    """Makes examples of rows."""

    def __init__(
        self, rows: Sequence[ReadingRow], tokenizer: PairTokenizer, *, seed: int, thesaurus: Thesaurus | None = None
    ) -> None:
        """Tokenise every context once; without a thesaurus no question is put in other words."""
        self._tokenizer = tokenizer
        self._seed = seed
        self._thesaurus = thesaurus
        self._rows: dict[Kind, list[ReadingRow]] = {kind: [] for kind in Kind}
        for row in rows:
            self._rows[_kind(row)].append(row)
        answered = self._rows[Kind.ANSWERED]
        self._rows[Kind.ANSWER_CUT_AWAY] = answered
        self._rows[Kind.EDITED_QUESTION] = answered
        self._rows[Kind.EDITED_CALL] = self._rows[Kind.CALL]
        texts = list(dict.fromkeys(row.context for row in rows))
        self._contexts = {
            text: _Context(tokens, _sentences(text, tokens)) for text, tokens in zip(texts, tokenizer.tokens(texts), strict=True)
        }

    def pool(self, number: int, phase: Phase) -> list[Example]:
        """The examples of one pool, shortest first; the same for the same seed, number and phase."""
        rng = np.random.default_rng([self._seed, number])
        kinds = [kind for kind in phase.shares if self._rows[kind]]
        shares = np.array([phase.shares[kind] for kind in kinds])
        drawn = rng.choice(len(kinds), size=POOL, p=shares / shares.sum())
        sizes = rng.choice([size for size, _ in phase.windows], size=POOL, p=[share for _, share in phase.windows])
        examples: list[Example] = []
        for kind, size in zip(drawn, sizes, strict=True):
            rows = self._rows[kinds[kind]]
            row = rows[int(rng.integers(len(rows)))]
            examples += self._examples(kinds[kind], self._asked_otherwise(row, phase, rng), int(size), rng)
        return sorted(examples, key=lambda example: len(example.pair.ids))

    def _asked_otherwise(self, row: ReadingRow, phase: Phase, rng: np.random.Generator) -> ReadingRow:
        """The row with its question in other words, typed in a hurry, both, or mostly as it stands."""
        question = row.question
        if self._thesaurus is not None and rng.random() < phase.reworded:
            question = self._thesaurus.reworded(question, rng)
        if rng.random() < phase.hurried:
            question = hurried(question, rng)
        return replace(row, question=question)

    def whole(self, row: ReadingRow) -> Example:
        """The row with its whole context, as it is read in use; its first answer."""
        return self._cut(row, row.question, (0, len(self._contexts[row.context].tokens)), row.answers[0] if row.answers else None)

    def _examples(self, kind: Kind, row: ReadingRow, size: int, rng: np.random.Generator) -> list[Example]:
        """One example; an edited question comes with the one it was made of, and none where nothing can be made."""
        context = self._contexts[row.context]
        if kind is Kind.CALL_CONTRAST or (kind in {Kind.CALL, Kind.CALL_ELSEWHERE} and rng.random() < AS_READ):
            answer = row.answers[int(rng.integers(len(row.answers)))] if row.answers else None
            return [self._cut(row, row.question, (0, len(context.tokens)), answer)]
        if kind is Kind.ANSWER_CUT_AWAY:
            window = _without(row, context, size, rng)
            return [] if window is None else [self._cut(row, row.question, window, None)]
        if not row.answers:
            place = int(rng.integers(max(1, len(context.tokens))))
            return [self._cut(row, row.question, _window(context, (place, place + 1), size, rng), None)]
        answer = row.answers[int(rng.integers(len(row.answers)))]
        window = _window(context, _token_range(context.tokens, answer), size, rng)
        example = self._cut(row, row.question, window, answer)
        if kind not in {Kind.EDITED_QUESTION, Kind.EDITED_CALL}:
            return [example]
        changed = edited(row.question, row.context, " ".join(answer.of(row.context) for answer in row.answers), rng)
        return [] if changed is None else [example, self._cut(row, changed, window, None)]

    def _cut(self, row: ReadingRow, question: str, window: tuple[int, int], answer: Span | None) -> Example:
        """What is left of an answer that did not wholly fit into the pair is none."""
        pair = self._tokenizer.pair(self._tokenizer.tokens([question])[0], self._contexts[row.context].tokens.cut(*window))
        if answer is None:
            return Example(pair, 0, 0)
        whole = _token_range(self._contexts[row.context].tokens, answer)
        first, end = _token_range(pair.passage, answer)
        if end <= first or end - first < whole[1] - whole[0]:
            return Example(pair, 0, 0)
        return Example(pair, pair.first + first, pair.first + end - 1)


def _kind(row: ReadingRow) -> Kind:
    if row.source == CONTRASTS:
        return Kind.CALL_CONTRAST
    if row.source == CALLS:
        return Kind.CALL if row.answers else Kind.CALL_ELSEWHERE
    if row.source == HUMAN or row.source.startswith("clapnq"):
        return Kind.HUMAN
    if row.source.startswith("qamr"):
        return Kind.NEWS
    if row.source.startswith(("friendsqa", "molweni", "fairytaleqa")):
        return Kind.DIALOGUE
    return Kind.ANSWERED if row.answers else Kind.OTHER_PARAGRAPH


def _sentences(text: str, tokens: Tokens) -> tuple[tuple[int, int], ...]:
    """The token ranges of the sentences: plain rules do for cutting windows."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)] + [len(text)]
    bounds = np.searchsorted(tokens.starts, ends, side="left")
    ranges, start = [], 0
    for end in bounds:
        if end > start:
            ranges.append((start, int(end)))
            start = int(end)
    return tuple(ranges) or ((0, len(tokens)),)


def _token_range(tokens: Tokens, span: Span) -> tuple[int, int]:
    """The tokens [first, last + 1) that overlap the span."""
    first = int(np.searchsorted(tokens.ends, span.start, side="right"))
    return first, int(np.searchsorted(tokens.starts, span.end, side="left"))


def _window(context: _Context, around: tuple[int, int], size: int, rng: np.random.Generator) -> tuple[int, int]:
    """Whole sentences that hold the tokens `around`, with neighbours on random sides up to `size` tokens."""
    sentences = context.sentences
    first = next((i for i, (_, end) in enumerate(sentences) if end > around[0]), len(sentences) - 1)
    last = next((i for i, (_, end) in enumerate(sentences) if end >= around[1]), len(sentences) - 1)
    while True:
        sides = []
        if first > 0 and sentences[last][1] - sentences[first - 1][0] <= size:
            sides.append(-1)
        if last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= size:
            sides.append(1)
        if not sides:
            return sentences[first][0], sentences[last][1]
        if sides[rng.integers(len(sides))] < 0:
            first -= 1
        else:
            last += 1


def _without(row: ReadingRow, context: _Context, size: int, rng: np.random.Generator) -> tuple[int, int] | None:
    """A window of the same context that nowhere holds the words of an answer, nor a part of the answer's own place."""
    words = [answer.of(row.context).casefold() for answer in row.answers]

    def lacks(first: int, last: int) -> bool:
        # The window as one text: our plain sentences may cut an answer in two, "St. Louis" say.
        start, end = context.sentences[first][0], context.sentences[last][1]
        seen = Span(int(context.tokens.starts[start]), int(context.tokens.ends[end - 1]))
        text = seen.of(row.context).casefold()
        return not any(word in text for word in words) and not any(seen.overlaps(answer) for answer in row.answers)

    free = [place for place in range(len(context.sentences)) if lacks(place, place)]
    if not free:
        return None
    first = last = free[int(rng.integers(len(free)))]
    while last + 1 < len(context.sentences) and _length(context, first, last + 1) <= size and lacks(first, last + 1):
        last += 1
    while first > 0 and _length(context, first - 1, last) <= size and lacks(first - 1, last):
        first -= 1
    return context.sentences[first][0], context.sentences[last][1]


def _length(context: _Context, first: int, last: int) -> int:
    return context.sentences[last][1] - context.sentences[first][0]
