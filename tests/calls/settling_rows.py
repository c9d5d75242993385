"""Rows for the entailment network: does a sentence settle a yes/no question on a call?

python tests/calls/settling_rows.py CALLS... --settled training-settled.jsonl.xz --out rows.jsonl

A line of the settled file is one pair: `call`, `question`, `document`, `quote` (a whole sentence) and `settles`: what whoever
reads the sentence would say, `yes`, `no` or `open`. A question that only takes something for granted ("Why did they leave?")
stands there as what it takes for granted ("Did they leave?"). Beside these, each question is put with a few of the sentences of
its call that are most like it and that nobody marked as answering it: those leave it open.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]  # run by path, this file's own folder would be searched instead

from comparison_rows import Sentence, sentences_of
from lines import SEED, Row, calls_of, parser_of, read_calls, write_rows

from index.embed import PackagedEmbedder
from index.reader.training.rows import QUESTIONS
from index.types import Precision

LABELS = {"yes": "entailment", "no": "contradiction", "open": "neutral"}
MOST_LIKE, DRAWN = 12, 2  # of the unmarked sentences most like a question, and how many of these are drawn


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--settled", type=Path, required=True)
    given = parser.parse_args()
    calls = calls_of(given)
    settled: dict[str, list[Row]] = {}
    for pair in read_calls(given.settled):
        settled.setdefault(pair["call"], []).append(pair)
    embedder = PackagedEmbedder(model_id="rows", n_threads=2, precision=Precision.F32)
    drawn = random.Random(SEED)
    rows = [row for call, pairs in settled.items() for row in rows_of(calls[call], pairs, embedder, drawn)]
    write_rows(given.out, rows)
    labels = [row["label"] for row in rows]
    print({label: labels.count(label) for label in sorted(set(labels))})


def rows_of(call: Row, pairs: Sequence[Row], embedder: PackagedEmbedder, drawn: random.Random) -> Iterator[Row]:
    """The rows of one call: what was judged, then what leaves the same questions open."""
    held = [one for name, text in call["documents"].items() for one in sentences_of(name, text)]
    asked = {one["question"]: one for one in call["questions"]}
    questions: dict[str, list[tuple[Sentence, str]]] = {}
    for pair in pairs:
        judged = [(sentence, LABELS[pair["settles"]]) for sentence in _marked(pair, held)[:1]]
        questions.setdefault(pair["question"], []).extend(judged)
    likeness = embedder.embed(list(questions)) @ embedder.embed([one.read for one in held]).T
    for (question, judged), alike in zip(questions.items(), likeness, strict=True):
        marked = asked.get(question, {"evidence": []})
        known = [sentence for sentence, _ in judged]
        near = _sentences(_listed(marked.get("near")), known, held)
        known += [*near, *_sentences(marked["evidence"], known, held)]
        like = [held[place] for place in map(int, np.argsort(-alike)[:MOST_LIKE]) if held[place] not in known]
        left = [*near, *drawn.sample(like, min(DRAWN, len(like)))]
        for sentence, label in [*judged, *((one, LABELS["open"]) for one in left)]:
            yield {"source": QUESTIONS, "call": call["call"], "premise": sentence.read, "hypothesis": question, "label": label}


def _sentences(marks: Sequence[Row], known: Sequence[Sentence], held: Sequence[Sentence]) -> list[Sentence]:
    """Those that marks are of and that are not known yet."""
    return [sentence for mark in marks for sentence in _marked(mark, held) if sentence not in known]


def _marked(mark: Row, held: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that a quote covers or lies in."""
    quote = mark["quote"]
    return [one for one in held if one.document == mark["document"] and (quote in one.text or one.text in quote)]


def _listed(marks: Any) -> list[Row]:
    return [] if marks is None else marks if isinstance(marks, list) else [marks]


if __name__ == "__main__":
    main()
