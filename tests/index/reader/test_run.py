from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from transformers import BertConfig, BertModel

from index.errors import InputRejected
from index.reader.graph import ReadingGraph, RelationGraph
from index.reader.pairs import PairTokenizer
from index.reader.training.loop import POOL
from index.reader.training.network import ReadingNetwork, save_network
from index.reader.training.run import train_networks
from service.cli import main

READING = {"source": "squad1_train", "id": "a#1", "question": "Who?", "context": "Anna did.", "answer": "Anna", "answer_start": 0}
ENTAILMENT = {"source": "made_up", "premise": "It rained.", "hypothesis": "Wet.", "label": "entailment"}
COMPARISON = {"call": "a", "question": "Who?", "one": "Anna did.", "other": "Bob did.", "label": "differs", "kind": "pair"}


@pytest.fixture(scope="module")
def small(packaged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder with the packaged one's vocabulary and heads and hardly any inner width, drawn at random: trained in seconds."""
    folder = tmp_path_factory.mktemp("small")
    torch.manual_seed(1)
    size = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=30_522, **size), add_pooling_layer=False).save_pretrained(folder)
    shutil.copy(packaged / "tokenizer.json", folder)
    return folder


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in (READING, ENTAILMENT, COMPARISON)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(small: Path, rows: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    out = tmp_path_factory.mktemp("out") / "new" / "folder"
    return train_networks([rows], small, out, examples=POOL, start=(), synonyms=None, only=None, say=lambda _: None)


def test_all_networks_are_written_and_their_sha256_named(trained: list[tuple[Path, str]]) -> None:
    assert [(path.parent.name, path.name) for path, _ in trained] == [
        ("reader", "reader.safetensors"),
        ("entailment", "entailment.safetensors"),
        ("comparison", "comparison.safetensors"),
    ]
    assert [sha256 for _, sha256 in trained] == [hashlib.sha256(path.read_bytes()).hexdigest() for path, _ in trained]


def test_the_graphs_load_what_was_trained_and_it_has_learned(trained: list[tuple[Path, str]], small: Path) -> None:
    """One row of each was all there was to learn."""
    (reader, reader_sha256), (entailment, entailment_sha256), (comparison, comparison_sha256) = trained
    tokenizer = PairTokenizer(small)
    question, context, hypothesis, premise = tokenizer.tokens(["Who?", "Anna did.", "Wet.", "It rained."])
    pair = tokenizer.pair(question, context)
    (found,) = ReadingGraph(reader, small, sha256=reader_sha256, n_threads=1).logits([pair])
    assert (int(found.starts.argmax()), int(found.ends.argmax())) == (pair.first, pair.first)
    graph = RelationGraph(entailment, small, sha256=entailment_sha256, n_threads=1)
    assert int(graph.logits([tokenizer.pair(hypothesis, premise)])[0].argmax()) == 0
    comparing = RelationGraph(comparison, small, sha256=comparison_sha256, n_threads=1)
    told = tokenizer.tokens(["Who?", "Anna did.", "Bob did."])
    assert int(comparing.logits([tokenizer.compared(*told)])[0].argmax()) == 2


def test_the_word_embeddings_are_not_shipped_and_the_rest_is_in_half_precision(trained: list[tuple[Path, str]]) -> None:
    for path, _ in trained:
        tensors = load_file(path)
        assert not [name for name in tensors if "word_embeddings" in name]
        assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float16)}


def test_the_entailment_network_begins_from_the_readers_encoder(trained: list[tuple[Path, str]], small: Path) -> None:
    name = "encoder.embeddings.position_embeddings.weight"  # the places of longer pairs than these learn nothing
    reader, entailment, _ = (load_file(path)[name][300:] for path, _ in trained)
    started = BertModel.from_pretrained(small, add_pooling_layer=False).embeddings.position_embeddings.weight[300:]
    decayed = np.abs(started.detach().numpy() - reader.astype(np.float32)).mean()
    assert np.abs(entailment.astype(np.float32) - reader.astype(np.float32)).mean() < decayed + 1e-3


def test_files_without_rows_are_rejected(small: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(InputRejected, match="the files hold no rows"):
        train_networks(
            [tmp_path / "empty.jsonl"],
            small,
            tmp_path / "out",
            examples=1,
            start=(),
            synonyms=None,
            only=None,
            say=lambda _: None,
        )
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_rejected(small: Path, rows: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputRejected, match="file cannot be made"):
        train_networks([rows], small, tmp_path / "file", examples=1, start=(), synonyms=None, only=None, say=lambda _: None)


def test_weights_to_begin_from_that_are_none_are_rejected(small: Path, rows: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match=r"rows\.jsonl cannot be read as weights"):
        train_networks([rows], small, tmp_path, examples=1, start=[rows], synonyms=None, only=None, say=lambda _: None)


@pytest.mark.parametrize("text", ["no rows\n", '{"data": 1}', None])
def test_a_bad_file_ends_the_command_with_one_clear_line(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.jsonl"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(["train-reader", "--data", str(path), "--out", str(tmp_path / "out"), "--threads", "1"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"readout: {path} ")


def test_of_no_examples_comes_the_mean_of_the_weights_to_begin_from(small: Path, rows: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    starts = []
    for number in range(2):
        network = ReadingNetwork(small)
        with torch.no_grad():
            network.span.weight += torch.randn_like(network.span.weight)
        starts.append(tmp_path / f"{number}.safetensors")
        save_network(network, starts[-1], made_with={})
    ((written, _),) = train_networks(
        [rows], small, tmp_path / "out", examples=0, start=starts, synonyms=None, only="reading", say=lambda _: None
    )
    one, other, mean = (load_file(path)["span.weight"].astype(np.float32) for path in (*starts, written))
    np.testing.assert_allclose(mean, (one + other) / 2, atol=2e-3)
    assert np.abs(one - other).max() > 1


@pytest.mark.parametrize(
    ("option", "value"), [("--threads", "0"), *((o, v) for o in ("--examples", "--threads") for v in ("-5", "many"))]
)
def test_a_count_that_is_none_is_a_usage_error(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["train-reader", "--data", "rows.jsonl", option, value])
    assert left.value.code == 2
    assert option in capsys.readouterr().err
