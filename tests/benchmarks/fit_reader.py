"""Fits what stands beside the network: python tests/benchmarks/fit_reader.py --data squad2_dev_a.json.xz reader_train.jsonl.xz

The contexts that training held back become one corpus. Each sampled question is searched in it, and every sentence of the
passages found is an example: it answers if it overlaps a gold answer where the annotators found it. Relevance is fitted to put
one that answers first among a question's sentences, then to be its probability; support is a logistic model over each question's
most relevant sentence, answerable or not. What is reported is of articles that neither was fitted on: each half of them by
weights from the other half.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index.embed import packaged_model_path
from index.files import Upload
from index.reader.entailment import Entailment
from index.reader.graph import ReadingGraph, RelationGraph
from index.reader.pairs import PairTokenizer
from index.reader.shipped import ENTAILMENT, FITTED, READER, TEMPERATURE
from index.reader.trained import FEATURE_NAMES, TrainedReader, Weights
from index.reader.training.loop import auroc
from index.reader.training.rows import CALLS, CONTRASTS, HUMAN, ReadingRow, load_rows, split
from index.types import Filters, Metadata, Passage, Precision, Span
from service.bootstrap import Engine, build_engine, load_models, term_frequencies
from service.evaluation.calibration import expected_calibration_error
from service.settings import Settings

DEPTH = 8  # passages read for each question
SEED = 0
RIDGE = 0.3  # the inverse of how strongly weights are held small
LEFT_OUT = ("qamr", "squad1_train_xnull", "clapnq")  # questions that mean nothing without their sentence; sure nulls only
QUESTIONS = {HUMAN: 849, "squad1_train": 300, CALLS: 1_200}
OTHER_QUESTIONS = 60  # of each other source
NETWORK = ("best", "share", "answerable", "behind", "unfit", "echo", "alone")
LIKENESS = ("cosine", "passage_cosine", "coverage", "coverage_with_neighbours", "coverage_of_passage")


@dataclass(frozen=True, slots=True)
class Asked:
    """All sentences found for one question: their features and whether they answer."""

    row: ReadingRow  # the first of the question's
    features: NDArray[np.float64]
    answers: NDArray[np.bool_]
    first_is_right: bool  # whether the gold passage came first in the search


def main() -> None:
    """Index, measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    rows = [row for row in split(load_rows(arguments.data).reading)[1] if not row.source.startswith(LEFT_OUT)]
    with tempfile.TemporaryDirectory() as folder:
        report(_measured(rows, Settings(data=Path(folder), embedding_precision=Precision.F32)))


def _measured(rows: Sequence[ReadingRow], settings: Settings) -> list[Asked]:
    models = load_models(settings)
    engine = build_engine(settings, models)
    ids = {}
    for number, text in enumerate(dict.fromkeys(row.context for row in rows)):
        upload = Upload(f"{number}.txt", text.encode(), Metadata(uri=f"{number}"), is_text=True)
        ids[text] = engine.ingester.add_upload(upload).document_id or ""
    engine.ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
    engine.generations.refresh()
    packaged = packaged_model_path()
    graph = ReadingGraph(READER.path, packaged, sha256=READER.sha256, n_threads=settings.threads)
    entailing = RelationGraph(ENTAILMENT.path, packaged, sha256=ENTAILMENT.sha256, n_threads=settings.threads)
    tokenizer = PairTokenizer(packaged)
    reader = TrainedReader(
        graph,
        tokenizer,
        models.embedder,
        answers=Entailment(entailing, tokenizer, temperature=TEMPERATURE).answers,
        frequencies=term_frequencies(engine.store, engine.searcher),
        judgement=FITTED,
    )
    found = [_ask(engine, reader, asked, ids) for asked in _sampled(rows)]
    engine.close()
    return found


def _sampled(rows: Sequence[ReadingRow]) -> list[list[ReadingRow]]:
    """Questions with all their rows: of a call several passages answer, and others are known not to."""
    asked: dict[str, dict[tuple[str, str], list[ReadingRow]]] = {}
    for row in rows:
        source = CALLS if row.source == CONTRASTS else row.source
        asked.setdefault(source, {}).setdefault((row.article, row.question), []).append(row)
    chosen = []
    for source in sorted(asked):
        questions = list(asked[source].values())
        random.Random(SEED).shuffle(questions)
        chosen += questions[: QUESTIONS.get(source, OTHER_QUESTIONS)]
    return chosen


def _ask(engine: Engine, reader: TrainedReader, asked: Sequence[ReadingRow], ids: Mapping[str, str]) -> Asked:
    gold: dict[str, list[Span]] = {}
    for row in asked:
        gold.setdefault(ids[row.context], []).extend(row.answers)
    question = asked[0].question
    hits = engine.searcher.search(question, filters=Filters(), k=DEPTH).hits
    passages = []
    for hit in hits:
        chunk = hit.chunk
        text = engine.store.document(chunk.document_id).text
        sentences = tuple(span.shifted(-chunk.span.start) for span in chunk.sentences)
        passages.append(Passage(chunk.span.of(text), sentences, hit.cosine))
    features, answers = [], []
    for one in reader.measure(question, passages):
        chunk = hits[one.passage].chunk
        features.append(astuple(one.features))
        here = gold.get(chunk.document_id, [])
        answers.append(any(chunk.sentences[one.sentence].overlaps(answer) for answer in here))
    first = bool(hits) and hits[0].chunk.document_id in gold
    rows = np.array(features, dtype=np.float64).reshape(-1, len(FEATURE_NAMES))
    return Asked(max(asked, key=lambda row: len(row.answers)), rows, np.array(answers, dtype=bool), first)


def report(asked: Sequence[Asked]) -> None:
    """Fit on halves to say how good it is, on all to say what to ship."""
    asked = [one for one in asked if len(one.features)]
    articles = sorted({one.row.article for one in asked})
    random.Random(SEED).shuffle(articles)
    halves = [set(articles[::2]), set(articles[1::2])]
    for name, left_out in (
        ("all", ()),
        ("without the network", NETWORK),
        ("without likeness", LIKENESS),
        ("without reading alone", ("alone",)),
    ):
        columns = [place for place, feature in enumerate(FEATURE_NAMES) if feature not in left_out]
        judged: list[tuple[Asked, float, bool]] = []
        for half in halves:
            relevance, support = fit([one for one in asked if one.row.article not in half], columns)
            judged += [(one, *judge(one, relevance, support)) for one in asked if one.row.article in half]
        say_report(name, judged)
    for name, model in zip(("relevance", "support"), fit(asked, list(range(len(FEATURE_NAMES)))), strict=True):
        print(f"{name}: bias {model.bias:.3f}")
        for feature, weight in zip(FEATURE_NAMES, model.weights, strict=True):
            print(f"    {weight:.3f},  # {feature}")


def fit(asked: Sequence[Asked], columns: Sequence[int]) -> tuple[Weights, Weights]:
    """Relevance over these features, support over those of them that are no likeness."""
    found = [one for one in asked if one.answers.any()]
    relevance = _listwise(found, columns)
    best = [_most_relevant(one, relevance) for one in asked]
    rows = np.stack([one.features[place] for one, place in zip(asked, best, strict=True)])
    right = np.array([one.answers[place] for one, place in zip(asked, best, strict=True)])
    own = [column for column in columns if FEATURE_NAMES[column] not in LIKENESS]
    return relevance, _logistic(rows, right, own)


def _listwise(asked: Sequence[Asked], columns: Sequence[int]) -> Weights:
    """Weights by which a sentence that answers comes first (top-one probabilities: Cao et al., 2007), as a logistic model."""
    pooled = np.concatenate([one.features for one in asked])[:, columns]
    scale = pooled.std(axis=0) + 1e-9
    groups = [(one.features[:, columns] / scale, one.answers) for one in asked]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = weights @ weights / (2 * RIDGE), weights / RIDGE
        for rows, answers in groups:
            odds = rows @ weights
            every, right = logsumexp(odds), logsumexp(odds[answers])
            total += every - right
            gradient = gradient + rows.T @ (np.exp(odds - every) - np.exp(odds - right) * answers)
        return float(total), gradient

    direction = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B").x / scale
    truths = np.concatenate([one.answers for one in asked])
    model = LogisticRegression(C=100.0).fit((pooled @ direction)[:, None], truths)
    weights = np.zeros(len(FEATURE_NAMES))
    weights[list(columns)] = direction * model.coef_[0, 0]
    return Weights(float(model.intercept_[0]), tuple(float(weight) for weight in weights))


def _logistic(rows: NDArray[np.float64], truths: NDArray[np.bool_], columns: Sequence[int]) -> Weights:
    chosen = rows[:, columns]
    scale = chosen.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=5000, C=RIDGE).fit(chosen / scale, truths)
    weights = np.zeros(len(FEATURE_NAMES))
    weights[list(columns)] = model.coef_[0] / scale
    return Weights(float(model.intercept_[0]), tuple(float(weight) for weight in weights))


def _most_relevant(one: Asked, relevance: Weights) -> int:
    return int((one.features @ np.array(relevance.weights)).argmax())


def judge(one: Asked, relevance: Weights, support: Weights) -> tuple[float, bool]:
    """The support of the most relevant sentence, and whether it answers."""
    place = _most_relevant(one, relevance)
    odds = support.bias + float(one.features[place] @ np.array(support.weights))
    return float(1 / (1 + np.exp(-odds))), bool(one.answers[place])


def say_report(name: str, judged: Sequence[tuple[Asked, float, bool]]) -> None:
    """Print the measures of one set of features."""
    found = [right for one, _, right in judged if one.answers.any()]
    people = [(support, bool(one.row.answers)) for one, support, _ in judged if one.row.source == HUMAN]
    supports, rights = [support for _, support, _ in judged], [right for _, _, right in judged]
    print(f"{name}: {len(judged)} questions, {len(found)} with the answer among the passages")
    print(f"  most relevant sentence right where the answer was found: {np.mean(found):.3f}")
    print(
        f"  support: ECE {expected_calibration_error(supports, rights):.3f}, AUROC right or not {auroc(supports, rights):.3f}",
        end=", ",
    )
    print(f"answerable or not (people's questions) {auroc([p for p, _ in people], [t for _, t in people]):.3f}")


if __name__ == "__main__":
    main()
