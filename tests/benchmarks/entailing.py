"""How well the entailment network judges sources it was not trained on: python tests/benchmarks/entailing.py nli_train.jsonl.xz

Beside it lexical overlap: the share of the statement's content terms that the evidence holds, cut where the accuracy on the
sources trained on is best. Carried or not is judged, since some sources tell no more. `--every N` takes each n-th row.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index.embed import packaged_model_path
from index.normalise import content_terms
from index.reader.entailment import Entailment
from index.reader.graph import RelationGraph
from index.reader.pairs import PairTokenizer
from index.reader.shipped import ENTAILMENT, TEMPERATURE
from index.reader.training.entailing import HELD_BACK_SOURCES, accuracies
from index.reader.training.rows import EntailmentRow, load_rows

N_FOR_CUT = 4_000  # rows of the sources trained on, for the cut of the overlap


def main() -> None:
    """Judge, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    rows = load_rows([arguments.data]).entailment
    trained_on = [row for row in rows if row.source not in HELD_BACK_SOURCES]
    some = [trained_on[i] for i in np.random.default_rng(0).permutation(len(trained_on))[:N_FOR_CUT]]
    shares = np.array([overlap(row) for row in some])
    truth = carried(some)
    cut = max(np.unique(shares), key=lambda at: float(((shares >= at) == truth).mean()))
    packaged = packaged_model_path()
    graph = RelationGraph(ENTAILMENT.path, packaged, sha256=ENTAILMENT.sha256, n_threads=2)
    entailment = Entailment(graph, PairTokenizer(packaged), temperature=TEMPERATURE)
    for sources in (*((source,) for source in HELD_BACK_SOURCES), HELD_BACK_SOURCES):
        held = [row for row in rows if row.source in sources][:: arguments.every]
        truth = carried(held)
        relations = entailment.relations([(row.hypothesis, row.premise) for row in held])
        found = np.array([r.entails >= max(r.neutral, r.contradicts) for r in relations])
        by_words = np.array([overlap(row) >= cut for row in held])
        print(f"{', '.join(sources)}: {len(held)} rows, {truth.mean():.2f} carried")
        for name, judged in (("network", found), ("overlap", by_words), ("always carried", np.ones_like(truth))):
            print(f"  {name:<14} " + ", ".join(f"{measure} {value:.3f}" for measure, value in accuracies(judged, truth).items()))


def carried(rows: Sequence[EntailmentRow]) -> np.ndarray:
    return np.array([row.label == "entailment" for row in rows])


def overlap(row: EntailmentRow) -> float:
    stated = set(content_terms(row.hypothesis))
    return len(stated & set(content_terms(row.premise))) / len(stated) if stated else 1.0


if __name__ == "__main__":
    main()
