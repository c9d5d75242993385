"""Fits the weights of `index.reader.similarity`: python tests/benchmarks/fit_similarity.py --data squad2_dev_a.json.xz

The articles' paragraphs become one corpus; each sampled question is searched in it, and every sentence of the passages found
is an example: it answers if it holds a gold answer where the annotators found it. A logistic model is fitted on three quarters
of the articles. Then a second one (Platt 1999) maps the best sentence's log odds to how often it is right on the held-back
articles; both are folded into the printed weights. Prints also how often the best sentence is right there, beside the
sentence cosine alone.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index.ingest import Upload
from index.reader.similarity import FEATURE_NAMES, SimilarityReader, Weights
from index.types import Filters, Metadata, Passage
from service.bootstrap import Engine, build_engine, load_embedder, term_frequencies
from service.evaluation.dataset import load_dataset
from service.evaluation.types import Dataset, Question
from service.settings import Settings

DEPTH = 6  # passages read for each question
HOLD_BACK_EACH = 4  # each fourth article
SEED = 0


@dataclass(frozen=True, slots=True)
class Example:
    """All sentences found for one question: their features and whether they answer."""

    article: str
    features: NDArray[np.float64]
    answers: NDArray[np.bool_]


def main() -> None:
    """Index, measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=float, default=0.2, help="share of the questions (default: 0.2)")
    arguments = parser.parse_args()
    dataset = load_dataset(arguments.data, open_corpus=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        engine = build_engine(settings, load_embedder(settings))
        ids = _ingest(engine, dataset)
        chosen = random.Random(SEED)
        questions = [question for question in dataset.questions if chosen.random() < arguments.sample]
        examples = _examples(engine, questions, ids)
    articles = sorted({example.article for example in examples})
    held_back = set(articles[::HOLD_BACK_EACH])
    _fit([e for e in examples if e.article not in held_back], [e for e in examples if e.article in held_back])


def _ingest(engine: Engine, dataset: Dataset) -> dict[str, str]:
    if isinstance(dataset.documents, Path):
        raise SystemExit("give SQuAD JSON")
    ids = {}
    for source in dataset.documents:
        upload = Upload(source.name, source.text.encode(), Metadata(uri=source.name), is_text=True)
        ids[source.name] = engine.ingester.add_upload(upload).document_id or ""
    engine.ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
    engine.generations.refresh()
    return ids


def _examples(engine: Engine, questions: list[Question], ids: dict[str, str]) -> list[Example]:
    reader = SimilarityReader(engine.embedder, term_frequencies(engine.store), Weights(0.0, (0.0,) * len(FEATURE_NAMES)))
    return [_example(engine, reader, question, ids) for question in questions]


def _example(engine: Engine, reader: SimilarityReader, question: Question, ids: dict[str, str]) -> Example:
    hits = engine.searcher.search(question.question, filters=Filters(), k=DEPTH).hits
    passages, places = [], []
    for hit in hits:
        chunk = hit.chunk
        text = engine.store.document(chunk.document_id).text
        sentences = tuple(span.shifted(-chunk.span.start) for span in chunk.sentences)
        passages.append(Passage(chunk.span.of(text), sentences))
        places.append(chunk.document_id)
    gold = {(ids[member.document_id], member.quote) for group in question.evidence for member in group}
    rows, answers = [], []
    for (passage, sentence), features in reader.measure(question.question, passages):
        words = passages[passage].sentences[sentence].of(passages[passage].text)
        rows.append(astuple(features))
        here = any(place == places[passage] and words in (quote or "") for place, quote in gold)
        answers.append(here and any(answer in words for answer in question.answers))
    return Example(
        question.tags[0], np.array(rows, dtype=np.float64).reshape(-1, len(FEATURE_NAMES)), np.array(answers, dtype=bool)
    )


def _fit(fitted: list[Example], held_back: list[Example]) -> None:
    rows = np.concatenate([example.features for example in fitted])
    scale = rows.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=1000).fit(rows / scale, np.concatenate([example.answers for example in fitted]))
    weights, bias = model.coef_[0] / scale, float(model.intercept_[0])
    best = [_best(example, example.features @ weights + bias) for example in held_back if len(example.features)]
    platt = LogisticRegression(max_iter=1000).fit([[odds] for odds, _ in best], [right for _, right in best])
    slope, shift = float(platt.coef_[0][0]), float(platt.intercept_[0])
    _say(f"questions: {len(fitted)} fitted on, {len(held_back)} held back")
    _say(f"best sentence right, held back: {_right(held_back, weights):.3f}")
    _say(f"by sentence cosine alone: {_right(held_back, None):.3f}")
    _say(f"Platt: slope {slope:.3f}, shift {shift:.3f}")
    _say(f"bias={slope * bias + shift:.3f},")
    for name, weight in zip(FEATURE_NAMES, slope * weights, strict=True):
        _say(f"    {weight:.3f},  # {name}")


def _best(example: Example, odds: NDArray[np.float64]) -> tuple[float, bool]:
    at = int(np.argmax(odds))
    return float(odds[at]), bool(example.answers[at])


def _right(examples: list[Example], weights: NDArray[np.float64] | None) -> float:
    """Over the questions whose answer is among the sentences found."""
    cosine = np.eye(len(FEATURE_NAMES))[0]
    chosen = cosine if weights is None else weights
    return float(np.mean([_best(e, e.features @ chosen)[1] for e in examples if e.answers.any()]))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
