"""Which CPU runtime reads fastest, and whether all answer alike: python tests/benchmarks/runtimes.py

Needs, beside the project: pip install onnx onnxscript onnxruntime. Reads the passages of the seeds' questions with torch, ONNX
Runtime and OpenVINO in turn, several rounds in one run, and prints the time of each relative to torch. Then answers every
question of the seeds with each, and prints how many answers are the same (status and citations) as those of OpenVINO.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by path, this file's own folder would be searched instead

from index.embed import packaged_model_path
from index.reader.entailment import Entailment
from index.reader.graph import ReadingGraph, RelationGraph, SpanLogits
from index.reader.pairs import Pair, PairTokenizer, padded
from index.reader.shipped import ENTAILMENT, FITTED, READER, TEMPERATURE
from index.reader.trained import TrainedReader
from index.reader.training.network import ReadingNetwork, load_network
from service.background import catch_up
from service.bootstrap import build_engine, load_models
from service.settings import Settings
from service.types import Answered, Ask

N_THREADS = 2
ROUNDS = 5
N_TIMED = 40  # questions

Run = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


class Batched:
    """Another runtime behind the interface of `ReadingGraph`: the pairs of one question as one batch."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def logits(self, pairs: Sequence[Pair]) -> list[SpanLogits]:
        if not pairs:
            return []
        batch = padded(pairs)
        starts, ends, answerable = self._run(batch.ids, batch.segments, batch.mask)
        return [
            SpanLogits(starts[row, : len(pair.ids)], ends[row, : len(pair.ids)], float(answerable[row]))
            for row, pair in enumerate(pairs)
        ]


def main() -> None:
    """Time, then compare answers."""
    torch.set_num_threads(N_THREADS)
    packaged = packaged_model_path()
    network = ReadingNetwork(packaged).eval()
    load_network(network, READER.path)
    graphs = {
        "torch": Batched(lambda *arrays: _torch(network, arrays)),
        "onnxruntime": Batched(_onnx(network)),
        "openvino": ReadingGraph(READER.path, packaged, sha256=READER.sha256, n_threads=N_THREADS),
    }
    questions = [json.loads(line)["question"] for line in (ROOT / "seeds" / "questions.jsonl").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        models = load_models(Settings())
        tokenizer = PairTokenizer(packaged)
        entailing = RelationGraph(ENTAILMENT.path, packaged, sha256=ENTAILMENT.sha256, n_threads=N_THREADS)
        entailment = Entailment(entailing, tokenizer, temperature=TEMPERATURE)
        recorded: list[list[Pair]] = []
        answers = {}
        for name, graph in graphs.items():
            heard = Recorder(graph, recorded if name == "openvino" else [])
            given = replace(
                models,
                reading=lambda f, g=heard: TrainedReader(
                    g, tokenizer, models.embedder, answers=entailment.answers, frequencies=f, judgement=FITTED
                ),
            )
            engine = build_engine(Settings(data=Path(folder) / name), given)
            for path in sorted((ROOT / "seeds" / "documents").iterdir()):
                engine.ingester.add_file(path)
            catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
            answers[name] = [shown(engine.answerer.ask(Ask(question)).outcome) for question in questions]
            engine.close()
    times: dict[str, list[float]] = {name: [] for name in graphs}
    for _ in range(ROUNDS):
        for name, graph in graphs.items():
            began = time.perf_counter()
            for pairs in recorded[:N_TIMED]:
                graph.logits(pairs)
            times[name].append((time.perf_counter() - began) / N_TIMED)
    for name, took in times.items():
        alike = np.mean([one == other for one, other in zip(answers[name], answers["openvino"], strict=True)])
        best = min(took)
        print(
            f"{name:<12} {1000 * best:6.1f} ms a question, {best / min(times['torch']):.2f} of torch; answers alike {alike:.3f}"
        )


class Recorder:
    """Passes on, and keeps what was asked."""

    def __init__(self, graph, heard: list[list[Pair]]) -> None:
        self._graph, self._heard = graph, heard

    def logits(self, pairs: Sequence[Pair]) -> list[SpanLogits]:
        self._heard.append(list(pairs))
        return self._graph.logits(pairs)


def shown(outcome) -> tuple[str, ...]:
    """What a user sees of an outcome: whether it is an answer, and what it cites."""
    if not isinstance(outcome, Answered):
        return ("refused",)
    cited = [c for statement in outcome.statements for c in statement.citations]
    return tuple(f"{c.document_id} {c.span.start} {c.span.end}" for c in cited)


def _torch(network: ReadingNetwork, arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    with torch.inference_mode():
        return tuple(tensor.numpy() for tensor in network(*(torch.from_numpy(array) for array in arrays)))


def _onnx(network: ReadingNetwork) -> Run:
    import onnxruntime

    names = ["ids", "segments", "mask"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reader.onnx"
        example = tuple(torch.ones((2, 16), dtype=torch.int64) for _ in names)
        shapes = {name: {0: "pairs", 1: "tokens"} for name in names}
        outputs = ["starts", "ends", "answerable"]
        torch.onnx.export(network, example, path, input_names=names, output_names=outputs, dynamic_axes=shapes, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = N_THREADS
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda *arrays: session.run(None, dict(zip(names, arrays, strict=True)))


if __name__ == "__main__":
    main()
