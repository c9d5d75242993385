"""How well the check of written statements judges unknown sources: python tests/benchmarks/verifying.py nli_train.jsonl.xz

The whole check (numbers, dates, names, wording, coverage, entailment) beside the network alone and lexical overlap, cut where the
accuracy on the sources trained on is best, as in entailing.py. Each source is judged with the logistic model fitted to the other
held-back ones, so that neither network nor fit has seen it. Carried or not is judged, since some sources tell no more. Last come
the weights fitted to all of them: those go to service/verify/support.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index.embed import packaged_model_path
from index.reader.entailment import Entailment
from index.reader.graph import RelationGraph
from index.reader.pairs import PairTokenizer
from index.reader.shipped import ENTAILMENT, TEMPERATURE
from index.reader.training.entailing import HELD_BACK_SOURCES, accuracies
from index.reader.training.rows import EntailmentRow, load_rows
from index.types import Relation, Span
from service.protocols import CitedEvidence
from service.types import Attribution, Citation, Evidence
from service.verify.claims import held_by, lacks
from service.verify.support import MIN_COVERAGE, SHOWN_FROM, coverage, log_odds

N_BINS = 10
N_FOR_CUT = 4_000  # rows of the sources trained on, for the cut of the overlap


def main() -> None:
    """Judge, fit, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, help="file of the network's judgements, kept between runs: they take minutes")
    arguments = parser.parse_args()
    every_row = load_rows([arguments.data]).entailment
    rows = [row for row in every_row if row.source in HELD_BACK_SOURCES]
    relations = judged(rows, arguments.kept)
    report(rows, relations, cut=overlap_cut([row for row in every_row if row.source not in HELD_BACK_SOURCES]))


def report(rows: Sequence[EntailmentRow], relations: Sequence[Relation], *, cut: float) -> None:
    truth = np.array([row.label == "entailment" for row in rows])
    source = np.array([row.source for row in rows])
    entails = [relation.entails for relation in relations]
    network = np.array([relation.entails >= max(relation.neutral, relation.contradicts) for relation in relations])
    covered = np.array([coverage(row.hypothesis, row.premise) for row in rows])
    passed = np.array([lacks(row.hypothesis, held_by((as_evidence(row),))) is None for row in rows]) & (covered >= MIN_COVERAGE)
    features = np.column_stack([[log_odds(share) for share in entails], covered])
    support = np.zeros(len(rows))
    for name in HELD_BACK_SOURCES:
        here, others = source == name, source != name
        fitted = LogisticRegression().fit(features[others & passed], truth[others & passed])
        support[here] = fitted.predict_proba(features[here])[:, 1]
    whole = passed & (support >= SHOWN_FROM)
    for names in (*((name,) for name in HELD_BACK_SOURCES), HELD_BACK_SOURCES):
        here = np.isin(source, names)
        print(f"{', '.join(names)}: {here.sum()} rows, {truth[here].mean():.2f} carried")
        for name, found in (("whole check", whole), ("network", network), ("overlap", covered >= cut)):
            told = ", ".join(f"{measure} {value:.3f}" for measure, value in accuracies(found[here], truth[here]).items())
            shown = found & here
            print(f"  {name:<12} {told}, shown {shown.sum()}, of these carried {truth[shown].mean():.3f}")
    print(f"calibration of support where the rules hold: ECE {calibration_error(support[passed], truth[passed]):.3f}")
    fitted = LogisticRegression().fit(features[passed], truth[passed])
    (of_entails, of_coverage), bias = fitted.coef_[0], fitted.intercept_[0]
    print(f"fitted to all: Weights(bias={bias:.3f}, entails={of_entails:.3f}, coverage={of_coverage:.3f})")


def judged(rows: Sequence[EntailmentRow], kept: Path | None) -> list[Relation]:
    """The network's judgement of each row."""
    known: dict[str, list[float]] = json.loads(kept.read_text()) if kept and kept.exists() else {}
    pairs = {f"{row.hypothesis}\n{row.premise}": (row.hypothesis, row.premise) for row in rows}
    new = {key: pair for key, pair in pairs.items() if key not in known}
    packaged = packaged_model_path()
    graph = RelationGraph(ENTAILMENT.path, packaged, sha256=ENTAILMENT.sha256, n_threads=2)
    relations = Entailment(graph, PairTokenizer(packaged), temperature=TEMPERATURE).relations(list(new.values()))
    known |= {key: [r.entails, r.neutral, r.contradicts] for key, r in zip(new, relations, strict=True)}
    if kept:
        kept.write_text(json.dumps(known))
    return [Relation(*known[f"{row.hypothesis}\n{row.premise}"]) for row in rows]


def as_evidence(row: EntailmentRow) -> CitedEvidence:
    span, nobody = Span(0, len(row.premise)), Attribution(None, None)
    citation = Citation("d", "sha", "d", None, None, None, nobody, None, span, row.premise, "", "")
    return CitedEvidence(Evidence("d", span, 1.0, 1.0, None, nobody, False, None, 1), citation)


def overlap_cut(trained_on: Sequence[EntailmentRow]) -> float:
    some = [trained_on[i] for i in np.random.default_rng(0).permutation(len(trained_on))[:N_FOR_CUT]]
    shares = np.array([coverage(row.hypothesis, row.premise) for row in some])
    truth = np.array([row.label == "entailment" for row in some])
    return float(max(np.unique(shares), key=lambda at: float(((shares >= at) == truth).mean())))


def calibration_error(probability: np.ndarray, truth: np.ndarray) -> float:
    """ECE over equal-width bins (Guo et al., 2017)."""
    bins = np.minimum((probability * N_BINS).astype(int), N_BINS - 1)
    return float(sum(abs(probability[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)))


if __name__ == "__main__":
    main()
