"""The trained networks in torch: the packaged encoder with a head for answer spans, or one for entailment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import BertModel

from index.errors import InputRejected

N_RELATIONS = 3  # entailment, neutral, contradiction; of answers: agrees, unrelated, differs
WORD_EMBEDDINGS = "encoder.embeddings.word_embeddings.weight"  # stay the packaged ones: not trained, not shipped


class _Head(nn.Module):
    """A layer with tanh, then scores, over one token's row."""

    def __init__(self, width: int, n_scores: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, width)
        self.scores = nn.Linear(width, n_scores)

    def forward(self, row: Tensor) -> Tensor:
        return self.scores(torch.tanh(self.dense(row)))  # type: ignore[no-any-return]


class ReadingNetwork(nn.Module):
    """Answer spans, with [CLS] as the place of no answer (Devlin et al., 2019), and answerability from [CLS]."""

    def __init__(self, packaged: Path) -> None:
        """Start from the packaged encoder in this folder."""
        super().__init__()
        self.encoder = _encoder(packaged)
        self.span = nn.Linear(self.encoder.config.hidden_size, 2)
        self.answerable = _Head(self.encoder.config.hidden_size, 1)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Start and end logits of every token, shape (pairs, tokens), and one answerability logit each."""
        rows = self.encoder(input_ids=ids, token_type_ids=segments, attention_mask=mask).last_hidden_state
        span = self.span(rows).float()
        return span[..., 0], span[..., 1], self.answerable(rows[:, 0])[:, 0].float()


class RelationNetwork(nn.Module):
    """How the second text stands to the first: carries it, says nothing of it, contradicts it; or so of two answers."""

    def __init__(self, packaged: Path) -> None:
        """Start from the packaged encoder in this folder."""
        super().__init__()
        self.encoder = _encoder(packaged)
        self.relation = _Head(self.encoder.config.hidden_size, N_RELATIONS)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        """Logits of the three relations, shape (pairs, 3)."""
        rows = self.encoder(input_ids=ids, token_type_ids=segments, attention_mask=mask).last_hidden_state
        return self.relation(rows[:, 0]).float()  # type: ignore[no-any-return]


def _encoder(packaged: Path) -> BertModel:
    # Attention written out trains a quarter faster on a CPU than the fused kernel: measured at 16 pairs of 112 tokens.
    encoder = BertModel.from_pretrained(packaged, attn_implementation="eager", add_pooling_layer=False, local_files_only=True)
    encoder.embeddings.word_embeddings.weight.requires_grad = False
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0  # one pass over most rows: nothing to hold back
    return encoder


def save_network(network: nn.Module, path: Path, *, made_with: dict[str, Any]) -> None:
    """Write the trained tensors in half precision, the packaged word embeddings left out; `made_with` becomes metadata."""
    tensors = {
        name: tensor.detach().to(torch.float16).contiguous()
        for name, tensor in network.state_dict().items()
        if name != WORD_EMBEDDINGS and not name.endswith("position_ids")
    }
    save_file(tensors, path, metadata={"made_with": json.dumps(made_with, sort_keys=True)})


def load_network(network: nn.Module, *paths: Path) -> None:
    """Take over the tensors of a file, or the mean of several runs' (Wortsman et al., "Model soups", ICML 2022).

    Heads that the files do not hold stay as they are.

    Raises:
        InputRejected: If a file cannot be read, or holds nothing of such a network.
    """
    held = [_shared(network, path) for path in paths]
    names = set.intersection(*(set(tensors) for tensors in held))
    mean = {name: torch.stack([tensors[name] for tensors in held]).mean(dim=0) for name in names}
    network.load_state_dict(mean, strict=False)


def _shared(network: nn.Module, path: Path) -> dict[str, Tensor]:
    """The tensors of a file that the network has too."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputRejected(f"{path} cannot be read as weights: {error}") from error
    known = network.state_dict()
    shared = {name: tensor.float() for name, tensor in tensors.items() if name in known}
    if not shared or any(tensor.shape != known[name].shape for name, tensor in shared.items()):
        raise InputRejected(f"{path} holds the weights of another network; give a file that train-reader has written")
    return shared
