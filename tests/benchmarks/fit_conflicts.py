"""Fits what tells whether two answers are of one thing: python tests/benchmarks/fit_conflicts.py [--calls N]

Each training call that the reader has not learned from becomes a corpus of its own. All its questions that are tagged `conflict`
are asked, and one in five of the others. Where the best sentence is one that its writer marked as an answer, every other sentence
that gives a comparable value is an example: of differing ones those are of the same thing that are marked too, of a question
tagged `conflict`; of agreeing ones those that are marked. What is reported is of calls that were not fitted on (ten folds).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "calls")]  # run by path, this file's own folder would be searched

from lines import read_calls
from measure_training import engine_on

from index.reader.training.rows import HELD_BACK_CALLS_SHARE, is_held_back
from index.types import Filters, Span
from service import conflicts
from service.background import catch_up
from service.bootstrap import Engine, load_models
from service.conflicts.answers import answer_of
from service.conflicts.disputes import beside
from service.conflicts.given import another_source
from service.conflicts.moments import Moment
from service.conflicts.quantities import Quantity
from service.conflicts.same import AGREES_FROM, DIFFERS_FROM, Traits, reconciled, told_beside
from service.conflicts.values import agree
from service.question import Asked, Kind
from service.settings import Settings
from service.types import Ask, Evidence, Said

CALLS = [HERE.parent / "calls" / name for name in ("training.jsonl.xz", "training-further.jsonl.xz")]
SHARE = 0.2  # of the questions without the tag
N_FOLDS = 10
INVERSE_PENALTY = 1.0
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """Another sentence's value beside the best one's."""

    is_moment: bool
    question: str  # with its call: what is shown is counted by question
    tagged: bool
    traits: Traits
    agrees: bool
    same: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, help=f"only so many calls, at least {N_FOLDS}")
    given = parser.parse_args()
    if given.calls is not None and given.calls < N_FOLDS:
        parser.error(f"--calls must be at least {N_FOLDS}: fewer hold too few conflicts to fit")
    models = load_models(Settings())
    examples: list[tuple[str, Example]] = []
    calls = [call for path in CALLS for call in read_calls(path) if is_held_back(call["call"], HELD_BACK_CALLS_SHARE)]
    for call in calls[: given.calls]:
        with tempfile.TemporaryDirectory() as directory:
            engine = engine_on(call["documents"], Path(directory), models)
            catch_up(engine.store, engine.ingester, engine.generations, lexical=engine.lexical, stop=lambda: False)
            found = [example for asked in drawn(call) for example in examples_of(engine, call["call"], asked)]
            engine.close()
        examples += [(call["call"], example) for example in found]
        print(f"{call['call']}: {len(found)} examples, {sum(example.same for example in found)} of them same", file=sys.stderr)
    for name, agrees in (("DIFFERING", False), ("AGREEING", True)):
        kept = [(call, example) for call, example in examples if example.agrees == agrees]
        report(name, [call for call, _ in kept], [example for _, example in kept])


def drawn(call: Row) -> Iterator[Row]:
    """The questions of a call that are asked, always the same."""
    chance = random.Random(call["call"])
    for asked in call["questions"]:
        if "conflict" in asked["tags"] or chance.random() < SHARE:
            yield asked


def examples_of(engine: Engine, call: str, row: Row) -> Iterator[Example]:
    """What stands beside the best sentence that the engine finds."""
    compared: list[tuple[Asked, Evidence, Sequence[Said]]] = []

    def kept(asked: Asked, best: Evidence, heard: Sequence[Said], _compare: conflicts.Compare) -> conflicts.Compared:
        compared.append((asked, best, heard))
        return conflicts.Compared()

    with patch("service.conflicts.compared", kept):
        engine.answerer.ask(Ask(row["question"], filters=Filters()))
    for asked, best, heard in compared[:1]:
        yield from examples_beside(asked, best, heard, row, call=call)


def examples_beside(asked: Asked, best: Evidence, heard: Sequence[Said], row: Row, *, call: str) -> Iterator[Example]:
    """Each value that can be compared with that of the best sentence, where it is known whether both are marked."""
    question, tagged, gold = f"{call} {row['question']}", "conflict" in row["tags"], row["evidence"]
    base = conflicts.sentence_of(best, heard)
    start = answer_of(asked, base) if base and asked.kind is Kind.FACT and not asked.about_each_source else None
    if base is None or start is None or start.value is None:
        return
    first_right = is_marked(base, gold, start.span)
    for other, its in beside(asked, start, told_beside(base, heard)):
        if not isinstance(other.value, Quantity | Moment) or not another_source(base, other.said):
            continue
        moment = isinstance(other.value, Moment)
        if agree(start.value, other.value):
            if first_right:
                yield Example(moment, question, tagged, its, agrees=True, same=is_marked(other.said, gold))
        elif not reconciled(asked, start, other):
            marked = is_marked(other.said, gold, other.span)
            unsure = (first_right and marked and not tagged) or (tagged and not marked and is_marked(other.said, gold))
            if not unsure:
                yield Example(moment, question, tagged, its, agrees=False, same=first_right and marked and tagged)


def is_marked(said: Said, gold: Sequence[Row], value: Span | None = None) -> bool:
    """Whether a sentence is marked as answering; with a value, whether that is the answer marked there."""
    text, name = plain(said.text), (said.document.name or "").removesuffix(".txt")
    for one in gold:
        quote = plain(one["quote"])
        if name == one["document"] and (quote in text or text in quote):
            if value is None:
                return True
            answer, words = plain(one["answer"]), plain(value.of(said.text))
            if answer in words or words in answer or set(answer.split()) & set(words.split()):
                return True
    return False


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def report(name: str, calls: Sequence[str], examples: Sequence[Example]) -> None:
    """Fit on all, print the weights, and what such weights do on calls that they were not fitted on."""
    features = np.array([astuple(example.traits) for example in examples])
    same = np.array([example.same for example in examples])
    order = sorted(set(calls))
    fold = np.array([order.index(call) % N_FOLDS for call in calls])
    probability = np.zeros(len(examples))
    for one in range(N_FOLDS):
        bias, weights = fit(features[fold != one], same[fold != one])
        probability[fold == one] = 1 / (1 + np.exp(-(features[fold == one] @ weights + bias)))
    number, moment = (AGREES_FROM, AGREES_FROM) if examples[0].agrees else (DIFFERS_FROM[Quantity], DIFFERS_FROM[Moment])
    shown = probability >= np.array([moment if example.is_moment else number for example in examples])
    best: dict[str, int] = {}
    for at in map(int, np.flatnonzero(shown)):
        question = examples[at].question
        if question not in best or probability[at] > probability[best[question]]:
            best[question] = at
    right = sum(same[at] for at in best.values())
    untagged = sum(not examples[at].tagged for at in best.values())
    print(f"# {name}: {len(examples):,} examples, {same.sum()} of the same")
    print(f"# {shown.sum()} shown, {(shown & same).sum()} right")
    print(f"# by the surest of a question {len(best)} shown, {right} right, {untagged} of questions without the tag")
    bias, weights = fit(features, same)
    print(f"{name} = Weights(\n    bias={bias:.3f},\n    weights=Traits(")
    for field, weight in zip(fields(Traits), weights, strict=True):
        print(f"        {field.name}={weight:.3f},")
    print("    ),\n)")


def fit(features: NDArray[np.float64], same: NDArray[np.bool_]) -> tuple[float, NDArray[np.float64]]:
    """Bias and weights of a logistic model, its penalty on the standardised features."""
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2_000).fit((features - middle) / spread, same)
    weights = model.coef_[0] / spread
    return float(model.intercept_[0] - weights @ middle), weights


if __name__ == "__main__":
    main()
