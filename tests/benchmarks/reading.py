"""How well the reading network reads: python tests/benchmarks/reading.py squad2_dev_b.json.xz [--weights FILE ...]

Each question with its own whole paragraph, split into sentences as when it is ingested. Prints for every weights file: F1 of
the best span over answerable questions, how often the best sentence is the one with the answer (by best span; by share), the
AUROC of answerability, and F1 over all questions at the threshold of log odds given beforehand.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index.embed import packaged_model_path
from index.reader.graph import ReadingGraph
from index.reader.pairs import PairTokenizer
from index.reader.spans import sentence_scores
from index.reader.training.loop import auroc
from index.reader.training.rows import ReadingRow, load_rows, split
from index.sentences import sentences as sentences_of
from index.types import Span
from service.evaluation.measures import exact_match, token_f1

CHUNK = 256  # pairs held at once


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one question."""

    answerable: bool
    f1: float
    exact: float
    sentence_by_span: bool
    sentence_by_share: bool
    span_odds: float
    answerable_odds: float

    @property
    def odds(self) -> float:
        """The two log odds in one; the weights were chosen on articles held back from training."""
        return self.span_odds / 2 + self.answerable_odds


def main() -> None:
    """Read all, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path, nargs="+", required=True)
    parser.add_argument("--threshold", type=float, default=0.0, help="log odds below which nothing is answered")
    parser.add_argument("--held-back", action="store_true", help="only the rows that training holds back")
    parser.add_argument("--every", type=int, default=1, help="each so-many-th question")
    arguments = parser.parse_args()
    rows = list(load_rows([arguments.data]).reading)
    rows = (split(rows)[1] if arguments.held_back else rows)[:: arguments.every]
    for path in arguments.weights:
        report(path.name, read_all(rows, path), arguments.threshold)


def report(name: str, read: list[Read], threshold: float) -> None:
    good = [r for r in read if r.answerable]
    odds = [r.odds for r in read]
    by_span, by_share = mean(r.sentence_by_span for r in good), mean(r.sentence_by_share for r in good)
    print(f"{name}: {len(read)} questions, {len(good)} answerable")
    print(f"  HasAns EM {mean(r.exact for r in good):.4f}, F1 {mean(r.f1 for r in good):.4f}", end="; ")
    print(f"sentence by span {by_span:.4f}, by share {by_share:.4f}")
    print(f"  AUROC of answerability {auroc(odds, [r.answerable for r in read]):.4f}", end=", ")
    print(f"by span alone {auroc([r.span_odds for r in read], [r.answerable for r in read]):.4f}", end=", ")
    print(f"by head alone {auroc([r.answerable_odds for r in read], [r.answerable for r in read]):.4f}")
    best = max(np.quantile(odds, np.linspace(0, 1, 101)), key=lambda t: overall(read, t))
    print(f"  overall F1 at {threshold}: {overall(read, threshold):.4f}", end="; ")
    print(f"at the best threshold, {best:.2f}: {overall(read, best):.4f}", flush=True)


def overall(read: list[Read], threshold: float) -> float:
    """F1 over all, where nothing said of an unanswerable question counts 1."""
    return mean((r.f1 if r.answerable else 0.0) if r.odds >= threshold else float(not r.answerable) for r in read)


def read_all(rows: list[ReadingRow], weights: Path) -> list[Read]:
    packaged = packaged_model_path()
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    graph = ReadingGraph(weights, packaged, sha256=sha256, n_threads=2)
    tokenizer = PairTokenizer(packaged)
    found = []
    for at in range(0, len(rows), CHUNK):
        part = rows[at : at + CHUNK]
        contexts = tokenizer.tokens([row.context for row in part])
        questions = tokenizer.tokens([row.question for row in part])
        pairs = [tokenizer.pair(q, c) for q, c in zip(questions, contexts, strict=True)]
        for row, pair, logits in zip(part, pairs, graph.logits(pairs), strict=True):
            sentences = sentences_of(row.context, Span(0, len(row.context)))
            scores = sentence_scores(pair, logits, sentences)
            by_span = max(range(len(scores)), key=lambda i: scores[i].best)
            by_share = max(range(len(scores)), key=lambda i: scores[i].share)
            answer = scores[by_span].answer
            words = "" if answer is None else answer.of(row.context)
            golds = [gold.of(row.context) for gold in row.answers]
            found.append(
                Read(
                    bool(golds),
                    token_f1(words, golds) if golds else 0.0,
                    exact_match(words, golds) if golds else 0.0,
                    any(sentences[by_span].overlaps(gold) for gold in row.answers),
                    any(sentences[by_share].overlaps(gold) for gold in row.answers),
                    scores[by_span].best,
                    logits.answerable,
                )
            )
    return found


def mean(values) -> float:
    held = [float(value) for value in values]
    return sum(held) / len(held) if held else 0.0


if __name__ == "__main__":
    main()
