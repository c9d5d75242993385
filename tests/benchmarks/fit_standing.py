"""Fits what is made of how other sentences stand to the best one: python tests/benchmarks/fit_standing.py [--calls N]

Each training call that the networks have not learned from becomes a corpus of its own. Its questions that are tagged `conflict`
are asked, and a share of the others. Every sentence of another source that the network compares with the best one is an example:
it differs if both are marked as answers, on different sides; it agrees if both are marked, on one side. Where the writer did not
tell the sides, the answers' words do, as far as they can. What is reported is of calls that were not fitted on (ten folds).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from unittest.mock import patch

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "calls"), str(HERE)]  # run by path, these would be searched otherwise

from comparison_rows import SAME, standing_of
from fit_conflicts import CALLS, N_FOLDS, Row, drawn, fit, plain
from lines import read_calls
from measure_training import engine_on

from index.reader.training.rows import HELD_BACK_CALLS_SHARE, is_held_back
from index.types import Filters
from service import conflicts
from service.background import catch_up
from service.bootstrap import Engine, load_models
from service.conflicts.given import Given
from service.conflicts.standing import Beside, Standing
from service.question import Asked
from service.settings import Settings
from service.types import Ask, Said

FILES = [*CALLS, HERE.parent / "calls" / "training-conflicts.jsonl.xz"]
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Example:
    """Another sentence beside the best one; None where it is not known."""

    call: str
    question: str
    tagged: bool
    standing: Standing
    differs: bool | None
    agrees: bool | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, help=f"only so many calls, at least {N_FOLDS}")
    given = parser.parse_args()
    if given.calls is not None and given.calls < N_FOLDS:
        parser.error(f"--calls must be at least {N_FOLDS}: fewer hold too few conflicts to fit")
    models = load_models(Settings())
    examples: list[Example] = []
    calls = [call for path in FILES for call in read_calls(path) if is_held_back(call["call"], HELD_BACK_CALLS_SHARE)]
    for call in calls[: given.calls]:
        with tempfile.TemporaryDirectory() as directory:
            engine = engine_on(call["documents"], Path(directory), models)
            catch_up(engine.store, engine.ingester, engine.generations, lexical=engine.lexical, stop=lambda: False)
            examples += [example for row in drawn(call) for example in examples_of(engine, call["call"], row)]
            engine.close()
        print(f"{call['call']}: {len(examples)} examples so far", file=sys.stderr)
    report("DIFFERS", examples, [example.differs for example in examples])
    report("AGREES", examples, [example.agrees for example in examples])


def examples_of(engine: Engine, call: str, row: Row) -> Iterator[Example]:
    """Each sentence that is compared with the best one of a question."""
    compared: list[tuple[Given, list[Beside]]] = []

    def kept(
        asked: Asked, base: Given, heard: Sequence[Said], against: Sequence[Given], compare: conflicts.Compare
    ) -> list[Beside]:
        compared.append((base, conflicts.standing.beside(asked, base, heard, against, compare)))
        return []

    with patch("service.conflicts.beside", kept):
        engine.answerer.ask(Ask(row["question"], filters=Filters()))
    tagged = "conflict" in row["tags"]
    for base, others in compared[:1]:
        first = marked(base.said, row["evidence"])
        for other in others:
            second = marked(other.given.said, row["evidence"])
            label = standing_of(first, second, tagged=tagged) if first and second else "unrelated"
            known = label != "answers"
            differs, agrees = (label == "differs", label == SAME) if known else (None, None)
            yield Example(call, f"{call} {row['question']}", tagged, other.standing, differs, agrees)


def marked(said: Said, gold: Sequence[Row]) -> Row | None:
    """What marks a sentence as answering."""
    text, name = plain(said.text), (said.document.name or "").removesuffix(".txt")
    held = [one for one in gold if name == one["document"] and (plain(one["quote"]) in text or text in plain(one["quote"]))]
    return held[0] if held else None


def report(name: str, examples: Sequence[Example], truths: Sequence[bool | None]) -> None:
    """Fit on all, print the weights, and what such weights do on calls that they were not fitted on, by threshold."""
    held = [(example, truth) for example, truth in zip(examples, truths, strict=True) if truth is not None]
    features = np.array([astuple(example.standing) for example, _ in held])
    truth = np.array([truth for _, truth in held])
    order = sorted({example.call for example, _ in held})
    fold = np.array([order.index(example.call) % N_FOLDS for example, _ in held])
    probability = np.zeros(len(held))
    for one in range(N_FOLDS):
        bias, weights = fit(features[fold != one], truth[fold != one])
        probability[fold == one] = 1 / (1 + np.exp(-(features[fold == one] @ weights + bias)))
    print(f"# {name}: {len(held):,} examples, {truth.sum()} true")
    for threshold in THRESHOLDS:
        best: dict[str, int] = {}
        for at in map(int, np.flatnonzero(probability >= threshold)):
            question = held[at][0].question
            if question not in best or probability[at] > probability[best[question]]:
                best[question] = at
        right, untagged = sum(truth[at] for at in best.values()), sum(not held[at][0].tagged for at in best.values())
        print(f"# from {threshold}: by the surest of a question {len(best)} shown, {right} right, {untagged} without the tag")
    bias, weights = fit(features, truth)
    print(f"{name} = Weights(\n    bias={bias:.3f},\n    weights=Standing(")
    for field, weight in zip(fields(Standing), weights, strict=True):
        print(f"        {field.name}={weight:.3f},")
    print("    ),\n)")


if __name__ == "__main__":
    main()
