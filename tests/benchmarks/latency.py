"""How long a whole question takes, and in which steps: python tests/benchmarks/latency.py [--paragraphs reader_train.jsonl.xz]

Asks the seeds' questions of the seeds, and, with --paragraphs (rows with a `context`, or SQuAD JSON), of those paragraphs'
first 50,000 passages with questions of theirs. There the passages' vectors are drawn at random, since only their number
matters for speed, and questions are embedded by the real model. Prints start-up time, memory, and percentiles by step.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by path, this file's own folder would be searched instead

from index.files import Upload
from index.protocols import Embedder
from index.reader.training.rows import load_rows
from index.types import Metadata
from service.background import catch_up
from service.bootstrap import Engine, Models, build_engine, load_models
from service.settings import Settings
from service.types import Ask, Status

N_CHUNKS = 50_000
N_QUESTIONS = 150
WARM_UP = 5  # the first questions pay for what is built once


class RandomRows:
    """An embedder whose passages are random unit rows, and whose questions are the real model's."""

    def __init__(self, real: Embedder) -> None:
        self._real = real
        self._rng = np.random.default_rng(0)
        self.model_id = f"{real.model_id}-random"
        self.dimension = real.dimension
        self.max_tokens = real.max_tokens
        self.count_tokens = real.count_tokens

    def embed(self, texts: Sequence[str]):
        if len(texts) == 1:
            return self._real.embed(texts)
        rows = self._rng.standard_normal((len(texts), self.dimension)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main() -> None:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=Path)
    arguments = parser.parse_args()
    began = time.perf_counter()
    models = load_models(Settings())
    print(f"models loaded in {time.perf_counter() - began:.1f} s; {memory_mb():.0f} MB at most so far")
    questions = [json.loads(line)["question"] for line in (ROOT / "seeds" / "questions.jsonl").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(Settings(data=Path(folder)), models)
        for path in sorted((ROOT / "seeds" / "documents").iterdir()):
            engine.ingester.add_file(path)
        ask_all("seeds", engine, questions)
    if arguments.paragraphs:
        with tempfile.TemporaryDirectory() as folder:
            large(Path(folder), models, arguments.paragraphs)


def large(folder: Path, models: Models, paragraphs: Path) -> None:
    engine = build_engine(
        Settings(data=folder), Models(RandomRows(models.embedder), models.reading, models.relate, models.compare)
    )
    rows = load_rows([paragraphs]).reading
    questions: dict[str, str] = {}
    for number, row in enumerate({row.context: row for row in rows}.values()):
        upload = Upload(f"{number}.txt", row.context.encode(), Metadata(uri=str(number)), is_text=True)
        engine.ingester.add_upload(upload)
        questions[row.context] = row.question
        if number % 500 == 0 and engine.store.counts()["chunks"] >= N_CHUNKS:
            break
    chosen = np.random.default_rng(0).permutation(len(questions))[:N_QUESTIONS]
    ask_all(f"{engine.store.counts()['chunks']:,} passages", engine, [list(questions.values())[i] for i in chosen])


def ask_all(name: str, engine: Engine, questions: Sequence[str]) -> None:
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    answers = [engine.answerer.ask(Ask(question)) for question in [*questions[:WARM_UP], *questions]][WARM_UP:]
    refused = sum(answer.status is Status.REFUSED for answer in answers)
    print(f"{name}: {len(answers)} questions, {refused} refused; {memory_mb():.0f} MB at most so far")
    for step in answers[0].timings_ms:
        took = [answer.timings_ms.get(step, 0.0) for answer in answers]
        print(
            f"  {step:<8} p50 {np.percentile(took, 50):6.0f} ms   p95 {np.percentile(took, 95):6.0f} ms   max {max(took):6.0f} ms"
        )
    engine.close()


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
