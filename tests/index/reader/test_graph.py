"""The runtime's graph against the torch networks that are trained: the numbers of both must agree."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from index.errors import ModelUnavailable
from index.reader.graph import ReadingGraph, RelationGraph
from index.reader.pairs import MAX_PAIR_TOKENS, Pair, PairTokenizer, padded
from index.reader.training.network import ReadingNetwork, RelationNetwork, load_network, save_network

ROOT = Path(__file__).parents[3]
TEXTS = [
    ("Who signed the treaty?", "The treaty was signed by Anna Lindh in Oslo, and it was sent to all members of the council."),
    ("Why?", "It rained."),
    ("What did the two leaders of the largest economies speak about on Tuesday?", "They spoke of trade. " * 12),
    ("", "Nobody asked."),
    ("Where?", ""),
    ("How long did they speak?", "One hour and 45 minutes, it was said 你好."),
]


@pytest.fixture(scope="module")
def pairs(tokenizer: PairTokenizer) -> list[Pair]:
    cut = tokenizer.tokens([text for pair in TEXTS for text in pair])
    return [tokenizer.pair(question, passage) for question, passage in zip(cut[::2], cut[1::2], strict=True)]


def drawn(network: torch.nn.Module, path: Path) -> str:
    """All trained weights moved at random, so that the file and not the packaged encoder must be read; the sha256 of the file."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.requires_grad:
                parameter.add_(0.02 * torch.randn(parameter.shape))
    save_network(network, path, made_with={"seed": 3})
    load_network(network, path)  # what half precision left of them
    network.eval()
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def reading(packaged: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ReadingNetwork, Path, str]:
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("reading") / "reader.safetensors"
    network = ReadingNetwork(packaged)
    return network, path, drawn(network, path)


@pytest.fixture(scope="module")
def reading_graph(reading: tuple[ReadingNetwork, Path, str], packaged: Path) -> ReadingGraph:
    return ReadingGraph(reading[1], packaged, sha256=reading[2], n_threads=1)


@pytest.fixture(scope="module")
def entailing(packaged: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[RelationNetwork, RelationGraph]:
    torch.manual_seed(4)
    path = tmp_path_factory.mktemp("entailing") / "entailment.safetensors"
    network = RelationNetwork(packaged)
    sha256 = drawn(network, path)
    return network, RelationGraph(path, packaged, sha256=sha256, n_threads=1)


def in_torch(network: torch.nn.Module, pair: Pair) -> Any:
    """The outputs of one pair that is read alone."""
    batch = padded([pair])
    with torch.no_grad():
        return network(*(torch.from_numpy(array) for array in (batch.ids, batch.segments, batch.mask)))


def test_the_reading_graph_computes_what_the_trained_network_computes(
    reading: tuple[ReadingNetwork, Path, str], reading_graph: ReadingGraph, pairs: list[Pair]
) -> None:
    found = reading_graph.logits(pairs)
    assert len(found) == len(pairs)
    for pair, logits in zip(pairs, found, strict=True):
        starts, ends, answerable = in_torch(reading[0], pair)
        assert logits.starts.shape == logits.ends.shape == pair.ids.shape
        np.testing.assert_allclose(logits.starts, starts[0].numpy(), atol=1e-4)
        np.testing.assert_allclose(logits.ends, ends[0].numpy(), atol=1e-4)
        assert logits.answerable == pytest.approx(float(answerable[0]), abs=1e-4)


def test_the_entailment_graph_computes_what_the_trained_network_computes(
    entailing: tuple[RelationNetwork, RelationGraph], pairs: list[Pair]
) -> None:
    network, graph = entailing
    wanted = np.concatenate([in_torch(network, pair).numpy() for pair in pairs])
    np.testing.assert_allclose(graph.logits(pairs), wanted, atol=1e-4)
    assert np.ptp(wanted, axis=0).min() > 1e-2  # else any order would do


def test_a_pair_has_the_same_logits_alone_and_among_longer_ones(reading_graph: ReadingGraph, pairs: list[Pair]) -> None:
    together = reading_graph.logits(pairs)
    for pair, logits in zip(pairs, together, strict=True):
        (alone,) = reading_graph.logits([pair])
        np.testing.assert_allclose(alone.starts, logits.starts, atol=1e-5)
        np.testing.assert_allclose(alone.ends, logits.ends, atol=1e-5)
        assert alone.answerable == pytest.approx(logits.answerable, abs=1e-5)


def test_the_longest_pair_is_read_to_its_last_token(
    reading: tuple[ReadingNetwork, Path, str], reading_graph: ReadingGraph, tokenizer: PairTokenizer
) -> None:
    question, passage = tokenizer.tokens(["What was said?", "They spoke of trade and of peace. " * 80])
    pair = tokenizer.pair(question, passage)
    assert len(pair.ids) == MAX_PAIR_TOKENS
    starts, _, _ = in_torch(reading[0], pair)
    (logits,) = reading_graph.logits([pair])
    np.testing.assert_allclose(logits.starts, starts[0].numpy(), atol=1e-4)


def test_threads_that_share_a_graph_do_not_disturb_each_other(reading_graph: ReadingGraph, pairs: list[Pair]) -> None:
    wanted = [logits.answerable for logits in reading_graph.logits(pairs)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda place: reading_graph.logits([pairs[place % len(pairs)]])[0].answerable, range(24)))
    assert found == pytest.approx(wanted * 4, abs=1e-5)


def test_no_pairs_have_no_logits(reading_graph: ReadingGraph, entailing: tuple[RelationNetwork, RelationGraph]) -> None:
    assert reading_graph.logits([]) == []
    assert entailing[1].logits([]).shape == (0, 3)


@pytest.mark.parametrize("graph", [ReadingGraph, RelationGraph])
def test_weights_of_another_sha256_are_refused(graph: Any, reading: tuple[ReadingNetwork, Path, str], packaged: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"reader\.safetensors has sha256 [0-9a-f]{64}, not the shipped one; reinstall"):
        graph(reading[1], packaged, sha256="0" * 64, n_threads=1)


def test_one_changed_byte_of_the_weights_is_refused(
    reading: tuple[ReadingNetwork, Path, str], packaged: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "reader.safetensors"
    held = bytearray(reading[1].read_bytes())
    held[-1] ^= 1
    copy.write_bytes(held)
    with pytest.raises(ModelUnavailable, match="not the shipped one"):
        ReadingGraph(copy, packaged, sha256=reading[2], n_threads=1)


@pytest.mark.parametrize("graph", [ReadingGraph, RelationGraph])
def test_missing_weights_are_a_clear_error(graph: Any, packaged: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"the weights gone\.safetensors cannot be read.*reinstall"):
        graph(tmp_path / "gone.safetensors", packaged, sha256="0" * 64, n_threads=1)


def test_reading_needs_neither_torch_nor_transformers(reading: tuple[ReadingNetwork, Path, str], packaged: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.reader.graph import ReadingGraph; "
        "from index.reader.pairs import PairTokenizer; from index.reader.spans import sentence_scores; "
        "weights, packaged, sha256 = sys.argv[1:]; t = PairTokenizer(Path(packaged)); a, b = t.tokens(['Who?', 'She.']); "
        "ReadingGraph(Path(weights), Path(packaged), sha256=sha256, n_threads=1).logits([t.pair(a, b)]); "
        "print([name for name in ('torch', 'transformers', 'index.reader.training') if name in sys.modules])"
    )
    arguments = [sys.executable, "-c", code, str(reading[1]), str(packaged), reading[2]]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
