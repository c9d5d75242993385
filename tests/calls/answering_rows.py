"""Rows for the entailment network: does a sentence, read alone, answer a question on a call?

python tests/calls/answering_rows.py CALLS... --questions TWINS... --met training-met.jsonl.xz --out rows.jsonl

Each question stands beside sentences that the writers marked as answering it (`entailment`), and beside some that are most like
it anywhere in its call, or that seem to answer, and that nobody marked (`neutral`): what a reader of the whole coverage
has to choose from. Unmarked sentences that hold a marked answer's words are left out. Pairs that the service itself met come
as they were judged. Yes/no questions are left to `settling_rows.py`.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]  # run by path, this file's own folder would be searched instead

from comparison_rows import UNRELATED, Sentence, like_but_unmarked, sentences_of
from lines import SEED, Row, asking_parser_of, calls_of, read_calls, write_rows

from index.embed import PackagedEmbedder
from index.reader.training.rows import SENTENCES
from index.types import Precision
from service.question import Kind, read_question

MOST_MARKED, MOST_SEEMING, DRAWN = 2, 2, 2  # rows of one question: with a sentence that answers, that seems to, that is like it


def main() -> None:
    parser = asking_parser_of(__doc__)
    parser.add_argument("--met", type=Path, help="pairs of answers that the service compared")
    given = parser.parse_args()
    calls = calls_of(given)
    embedder = PackagedEmbedder(model_id="rows", n_threads=2, precision=Precision.F32)
    drawn = random.Random(SEED)
    rows = [row for call in calls.values() for row in rows_of(call, embedder, drawn)]
    rows += met_rows([] if given.met is None else read_calls(given.met))
    write_rows(given.out, rows)
    print(dict(Counter(row["label"] for row in rows)))


def rows_of(call: Row, embedder: PackagedEmbedder, drawn: random.Random) -> Iterator[Row]:
    """The rows of one call."""
    held = [one for name, text in call["documents"].items() for one in sentences_of(name, text)]
    questions = [one for one in call["questions"] if read_question(one["question"]).kind is not Kind.YES_NO]
    likeness = embedder.embed([one["question"] for one in questions]) @ embedder.embed([one.read for one in held]).T
    for asked, alike in zip(questions, likeness, strict=True):
        for place, label in _chosen(asked, alike, held, call, drawn):
            yield _row(call["call"], asked["question"], held[place].read, label)


def met_rows(pairs: Sequence[Row]) -> list[Row]:
    """Of the pairs that the service met: whether the other sentence answers."""
    return [
        _row(pair["call"], pair["question"], pair["other"], "neutral" if pair["label"] == UNRELATED else "entailment")
        for pair in pairs
        if read_question(pair["question"]).kind is not Kind.YES_NO
    ]


def _chosen(
    asked: Row, alike: NDArray[np.float32], held: Sequence[Sentence], call: Row, drawn: random.Random
) -> Iterator[tuple[int, str]]:
    marks, seeming, like = like_but_unmarked(asked, alike, held, call)
    for place in drawn.sample(sorted(marks), min(MOST_MARKED, len(marks))):
        yield place, "entailment"
    for place in dict.fromkeys([*seeming[:MOST_SEEMING], *drawn.sample(like, min(DRAWN, len(like)))]):
        yield place, "neutral"


def _row(call: str, question: str, sentence: str, label: str) -> Row:
    return {"source": SENTENCES, "call": call, "premise": sentence, "hypothesis": question, "label": label}


if __name__ == "__main__":
    main()
