"""The training loop that both networks share: batches, learning rate, checkpoints, the curve."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.training.network import save_network

POOL = 1_024  # examples drawn together, then sorted by length, so that batches need little padding
CHECKPOINT = "checkpoint.safetensors"
Say = Callable[[str], None]
Example = TypeVar("Example")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training run is made of. Two runs of one plan over the same rows give the same weights on one machine.

    The learning rate warms up, stays, and falls to nothing over the last `finish` share of the examples: so a run that was
    stopped can go on under another `examples` (warm-up, stable, decay: Hu et al., 2024). Counts are of examples.
    """

    examples: int = 110_000
    batch: int = 32
    learning_rate: float = 2.5e-4
    warm_up: int = 6_000
    finish: float = 0.35
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 7
    measure_every: int = 16_384
    keep_every: int = 4_096
    bfloat16: bool = False  # matrix products in half the bits: twice as fast where the processor has them, else slower

    def rate(self, seen: int) -> float:
        """The learning rate after that many examples."""
        falling = (self.examples - seen) / max(1.0, self.finish * self.examples)
        return self.learning_rate * max(0.0, min(1.0, seen / max(1, self.warm_up), falling))

    def finishing(self, seen: int) -> bool:
        """Whether the last phase has begun."""
        return seen >= (1 - self.finish) * self.examples


class Task(Protocol[Example]):
    """What is learned."""

    @property
    def name(self) -> str:
        """The name of the weights file, without its suffix."""

    def pool(self, number: int, *, finishing: bool) -> list[Example]:
        """About POOL examples, shortest first; always the same for one number."""

    def loss(self, network: nn.Module, batch: Sequence[Example]) -> Tensor:
        """The loss of one batch."""

    def measure(self, network: nn.Module) -> dict[str, float]:
        """Measures on what is held back, for the curve."""


@dataclass(slots=True)
class _State:
    seen: int = 0
    seconds: float = 0.0
    curve: list[dict[str, float]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)  # since the curve's last point


class _Run(Generic[Example]):
    """One run of a task: network, optimizer and place."""

    def __init__(self, task: Task[Example], network: nn.Module, out: Path, plan: Plan) -> None:
        self.task, self.network, self.out, self.plan = task, network, out, plan
        self.optimizer = torch.optim.AdamW(
            [p for p in network.parameters() if p.requires_grad], lr=0.0, weight_decay=plan.weight_decay, fused=True
        )
        self.state = self._resumed()

    def pool(self) -> None:
        plan, state = self.plan, self.state
        number = state.seen // POOL
        began = time.monotonic()
        examples = self.task.pool(number, finishing=plan.finishing(state.seen))
        for group in self.optimizer.param_groups:
            group["lr"] = plan.rate((state.seen + min(state.seen + POOL, plan.examples)) // 2)
        for batch in batches(examples, plan.batch, seed=plan.seed + number):
            with torch.autocast("cpu", torch.bfloat16, enabled=plan.bfloat16):
                loss = self.task.loss(self.network, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), plan.clip)
            self.optimizer.step()
            self.optimizer.zero_grad()
            state.losses.append(float(loss.detach()))
        state.seen += POOL
        state.seconds += time.monotonic() - began

    def measure(self) -> dict[str, float]:
        self.network.eval()
        with torch.no_grad():
            measures = self.task.measure(self.network)
        self.network.train()
        point = {
            "examples": self.state.seen,
            "seconds": self.state.seconds,
            "loss": float(np.mean(self.state.losses)),
            **measures,
        }
        self.state.losses.clear()
        self.state.curve.append({name: round(value, 4) for name, value in point.items()})
        return self.state.curve[-1]

    def keep(self) -> None:
        """A checkpoint to go on from: tensors only, so that reading one runs no code."""
        held = {f"network.{name}": tensor.contiguous() for name, tensor in self.network.state_dict().items()}
        for number, kept in self.optimizer.state_dict()["state"].items():
            held |= {f"optimizer.{number}.{name}": tensor for name, tensor in kept.items()}
        new = self.out / "checkpoint.tmp"
        save_file(held, new, metadata={"place": json.dumps(asdict(self.state))})
        new.replace(self.out / CHECKPOINT)

    def _resumed(self) -> _State:
        path = self.out / CHECKPOINT
        if not path.exists():
            return _State()
        try:
            held = load_file(path)
            with safe_open(path, framework="pt") as file:
                place = json.loads(file.metadata()["place"])
        except (OSError, SafetensorError) as error:
            raise InputRejected(f"the checkpoint {path} cannot be read: {error}; delete it to begin anew") from error
        self.network.load_state_dict({k.removeprefix("network."): v for k, v in held.items() if k.startswith("network.")})
        states: dict[int, dict[str, Tensor]] = {}
        for name, value in held.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".")
                states.setdefault(int(number), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": states})
        return _State(**place)


def train(task: Task[Example], network: nn.Module, out: Path, *, plan: Plan, about: Mapping[str, object], say: Say) -> Path:
    """Train to the end of the plan, going on from the checkpoint in `out` if there is one; the path of the weights.

    Beside the weights stand `<name>.json` (the plan, the curve and `about`) and the weights at each point of the curve.

    Raises:
        InputRejected: If the checkpoint cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    run = _Run(task, network, out, plan)
    while run.state.seen < plan.examples:
        run.pool()
        if run.state.seen % plan.measure_every < POOL or run.state.seen >= plan.examples:
            say(json.dumps(run.measure()))
            save_network(network, out / f"{task.name}-{run.state.seen:07d}.safetensors", made_with={"plan": asdict(plan)})
        if run.state.seen % plan.keep_every < POOL:
            run.keep()
            rate = run.state.seen / run.state.seconds
            say(f"{task.name}: {run.state.seen:,} of {plan.examples:,} examples, {rate:.1f} a second")
    made_with = {**about, "plan": asdict(plan), "curve": run.state.curve}
    # Without the seconds, which no two runs share: runs of one plan give one file, byte for byte.
    curve = [{name: value for name, value in point.items() if name != "seconds"} for point in run.state.curve]
    path = out / f"{task.name}.safetensors"
    save_network(network, path, made_with={**made_with, "curve": curve})
    (out / f"{task.name}.json").write_text(json.dumps(made_with, indent=2) + "\n", encoding="utf-8")
    return path


def batches(examples: Sequence[Example], size: int, *, seed: int) -> Iterator[Sequence[Example]]:
    """The pool cut into batches of neighbours, in shuffled order."""
    cut = [examples[at : at + size] for at in range(0, len(examples), size)]
    for place in np.random.default_rng(seed).permutation(len(cut)):
        yield cut[place]


def auroc(scores: Sequence[float], truths: Sequence[bool]) -> float:
    """The chance that a true one scores higher than another (Mann & Whitney, 1947); 0.5 where one side is empty."""
    good = np.array([s for s, t in zip(scores, truths, strict=True) if t])
    bad = np.array([s for s, t in zip(scores, truths, strict=True) if not t])
    if not len(good) or not len(bad):
        return 0.5
    return float((good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean())
