"""A question and a passage as one row of word pieces, as the trained networks read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

MAX_QUESTION_TOKENS = 64  # SQuAD's longest has 60; what is longer loses its beginning, since what is asked stands at the end
MAX_PAIR_TOKENS = 448  # special tokens included; the encoder knows 512 positions
N_SPECIAL = 3  # [CLS] question [SEP] passage [SEP]
# Of a question and each of two sentences; 98 in a hundred of the calls' are shorter.
MAX_COMPARED_QUESTION_TOKENS, MAX_COMPARED_TOKENS = 48, 100
SHORT_WORDS = 12  # a sentence of no more is read with the one before it: "A week, they say."
_POINTS_BACK = re.compile(r"\W*(?:he|she|it|they|this|that|these|those|his|her|its|their)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's word pieces: ids, and the code points [starts, ends) of each in the text; all of shape (n,)."""

    ids: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self.ids)

    def cut(self, start: int, end: int) -> Tokens:
        """The pieces [start, end); their code points still count from the text's beginning."""
        return Tokens(self.ids[start:end], self.starts[start:end], self.ends[start:end])


@dataclass(frozen=True, slots=True)
class Pair:
    """What a network reads: `ids` of shape (n,), of which [first, first + len(passage)) are the passage's."""

    ids: Ints
    first: int
    passage: Tokens


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs padded to one length: ids, segments (1 from the passage on) and mask, each of shape (pairs, tokens)."""

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]
    mask: NDArray[np.int64]


class PairTokenizer:
    """Cuts texts into the encoder's word pieces and joins them to pairs."""

    def __init__(self, folder: Path) -> None:
        """Read `tokenizer.json` of the model in `folder`."""
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # "[SEP]" written in a text is five characters, not our separator
        self._cls = self._tokenizer.token_to_id("[CLS]")
        self._sep = self._tokenizer.token_to_id("[SEP]")

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """The pieces of each text, nothing added or cut off, in the order given."""
        found = []
        for encoded in self._tokenizer.encode_batch(list(texts), add_special_tokens=False):
            offsets = np.asarray(encoded.offsets, dtype=np.int32).reshape(-1, 2)
            found.append(Tokens(np.asarray(encoded.ids, dtype=np.int32), offsets[:, 0], offsets[:, 1]))
        return found

    def pair(self, question: Tokens, passage: Tokens) -> Pair:
        """The question's last MAX_QUESTION_TOKENS pieces with as much of the passage's beginning as MAX_PAIR_TOKENS leave."""
        asked = question.ids[-MAX_QUESTION_TOKENS:]
        kept = passage.cut(0, MAX_PAIR_TOKENS - N_SPECIAL - len(asked))
        ids = np.concatenate([[self._cls], asked, [self._sep], kept.ids, [self._sep]]).astype(np.int32)
        return Pair(ids, len(asked) + 2, kept)

    def compared(self, question: Tokens, first: Tokens, second: Tokens) -> Pair:
        """[CLS] question [SEP] first sentence [SEP] second sentence [SEP]: the second is in the passage's place."""
        asked, one = question.ids[-MAX_COMPARED_QUESTION_TOKENS:], first.ids[:MAX_COMPARED_TOKENS]
        other = second.cut(0, MAX_COMPARED_TOKENS)
        ids = np.concatenate([[self._cls], asked, [self._sep], one, [self._sep], other.ids, [self._sep]]).astype(np.int32)
        return Pair(ids, len(asked) + len(one) + 3, other)


def in_context(sentence: str, before: str) -> str:
    """A sentence as it is read alone: after the one before it (empty if there is none) where it is short or points back."""
    needed = len(sentence.split()) <= SHORT_WORDS or _POINTS_BACK.match(sentence)
    return f"{before} {sentence}" if before and needed else sentence


def padded(pairs: Sequence[Pair], *, length: int | None = None) -> Batch:
    """One batch of pairs, filled up to the longest or to this length with id 0 under mask 0."""
    shape = (len(pairs), length or max((len(pair.ids) for pair in pairs), default=0))
    ids, segments, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = pair.ids
        segments[row, pair.first : len(pair.ids)] = 1
        mask[row, : len(pair.ids)] = 1
    return Batch(ids, segments, mask)
