from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.training.loop import CHECKPOINT, POOL, Plan, auroc, batches, train
from index.reader.training.network import load_network, save_network

PLAN = Plan(examples=8 * POOL, batch=64, learning_rate=0.05, warm_up=POOL, measure_every=2 * POOL, keep_every=POOL)


class Line:
    """Learns a straight line; remembers what it was asked for and is interrupted at one pool, as by a user."""

    name = "line"

    def __init__(self, *, interrupted_at: int = -1) -> None:
        self.asked: list[tuple[int, bool]] = []
        self.interrupted_at = interrupted_at

    def pool(self, number: int, *, finishing: bool) -> list[float]:
        if number == self.interrupted_at:
            raise KeyboardInterrupt
        self.asked.append((number, finishing))
        return sorted(np.random.default_rng(number).normal(size=POOL).tolist())

    def loss(self, network: nn.Module, batch: Sequence[float]) -> Tensor:
        places = torch.tensor(batch)[:, None]
        return ((network(places) - 2 * places - 1) ** 2).mean()

    def measure(self, network: nn.Module) -> dict[str, float]:
        assert not network.training
        return {"at_one": float(network(torch.ones(1, 1)))}


class Rates(Line):
    """Remembers the learning rate of each pool by how far the only weight goes: the gradient is always one."""

    def __init__(self, network: nn.Linear) -> None:
        super().__init__()
        self.weights = [float(network.weight.detach())]

    def pool(self, number: int, *, finishing: bool) -> list[float]:
        return [1.0] * POOL

    def loss(self, network: nn.Module, batch: Sequence[float]) -> Tensor:
        (weight,) = network.parameters()
        self.weights.append(float(weight.detach()))
        return weight.sum()


def line() -> nn.Module:
    torch.manual_seed(5)
    return nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))


def run(task: Line, out: Path, plan: Plan = PLAN, network: nn.Module | None = None) -> tuple[Path, list[str]]:
    """The weights' path and what was said."""
    said: list[str] = []
    return train(task, network or line(), out, plan=plan, about={"rows": 3}, say=said.append), said


def test_a_run_that_was_stopped_and_resumed_ends_with_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
    """Byte for byte: how the weights were made stands in the file too, its curve with it."""
    whole, _ = run(Line(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(Line(interrupted_at=3), tmp_path / "stopped")
    again = Line()
    resumed, _ = run(again, tmp_path / "stopped")
    assert [number for number, _ in again.asked] == [3, 4, 5, 6, 7]
    held, wanted = load_file(resumed), load_file(whole)
    assert held.keys() == wanted.keys()
    assert [name for name in wanted if not np.array_equal(held[name], wanted[name])] == []
    assert resumed.read_bytes() == whole.read_bytes()


def test_a_resumed_run_takes_over_the_optimizer_too(tmp_path: Path) -> None:
    """Without its moments the next step would be another: the test above could not tell, if they did not matter."""
    with pytest.raises(KeyboardInterrupt):
        run(Line(interrupted_at=3), tmp_path)
    held = load_file(tmp_path / CHECKPOINT)
    moments = [name for name in held if name.startswith("optimizer.") and name.endswith(".exp_avg_sq")]
    assert len(moments) == 4
    assert all(np.any(held[name]) for name in moments)


def test_a_run_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    first, _ = run(Line(), tmp_path)
    held, again = first.read_bytes(), Line()
    second, _ = run(again, tmp_path)
    assert again.asked == []
    assert second.read_bytes() == held


def test_a_finished_run_can_go_on_under_a_longer_plan(tmp_path: Path) -> None:
    run(Line(), tmp_path, replace(PLAN, examples=2 * POOL))
    again = Line()
    run(again, tmp_path, replace(PLAN, examples=4 * POOL))
    assert [number for number, _ in again.asked] == [2, 3]


def test_training_learns_the_line_and_the_curve_shows_it(tmp_path: Path) -> None:
    path, said = run(Line(), tmp_path)
    made = json.loads((tmp_path / "line.json").read_text())
    assert [point["examples"] for point in made["curve"]] == [2 * POOL, 4 * POOL, 6 * POOL, 8 * POOL]
    assert made["curve"][-1]["loss"] < 0.2 * made["curve"][0]["loss"]
    assert made["curve"][-1]["at_one"] == pytest.approx(3, abs=0.3)
    assert made["rows"] == 3
    assert made["plan"]["learning_rate"] == PLAN.learning_rate
    assert [json.loads(text)["examples"] for text in said if text.startswith("{")] == [2 * POOL, 4 * POOL, 6 * POOL, 8 * POOL]
    assert said[0].startswith("line: 1,024 of 8,192 examples, ")
    with safe_open(path, framework="np") as file:
        described = json.loads(file.metadata()["made_with"])
    assert described["rows"] == 3
    assert [sorted(point) for point in described["curve"]] == [["at_one", "examples", "loss"]] * 4


def test_the_weights_at_each_point_of_the_curve_are_kept_and_the_last_are_the_result(tmp_path: Path) -> None:
    path, _ = run(Line(), tmp_path)
    points = sorted(tmp_path.glob("line-*.safetensors"))
    assert [point.name for point in points] == [f"line-{n * POOL:07d}.safetensors" for n in (2, 4, 6, 8)]
    last, result = load_file(points[-1]), load_file(path)
    assert all(np.array_equal(last[name], result[name]) for name in result)
    assert any(not np.array_equal(load_file(points[0])[name], result[name]) for name in result)


def test_a_checkpoint_holds_tensors_and_no_pickle(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Line(interrupted_at=2), tmp_path)
    held = (tmp_path / CHECKPOINT).read_bytes()
    header = json.loads(held[8 : 8 + int.from_bytes(held[:8], "little")])
    assert {entry["dtype"] for name, entry in header.items() if name != "__metadata__"} == {"F32"}
    assert json.loads(header["__metadata__"]["place"])["seen"] == 2 * POOL
    end = max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")
    assert len(held) == 8 + int.from_bytes(held[:8], "little") + end  # nothing stands behind the tensors
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors"}


@pytest.mark.parametrize("held", [b"", b"no tensors at all"])
def test_a_checkpoint_that_is_broken_is_rejected_by_name(tmp_path: Path, held: bytes) -> None:
    (tmp_path / CHECKPOINT).write_bytes(held)
    with pytest.raises(InputRejected, match=r"checkpoint\.safetensors cannot be read.*delete it to begin anew"):
        run(Line(), tmp_path)


def test_the_last_phase_is_announced_to_the_task_when_its_share_begins(tmp_path: Path) -> None:
    task = Line()
    run(task, tmp_path, replace(PLAN, finish=0.25))
    assert task.asked == [(number, number >= 6) for number in range(8)]


def test_the_learning_rate_warms_up_stays_and_falls_to_zero() -> None:
    plan = Plan(examples=1000, learning_rate=2.0, warm_up=100, finish=0.4)
    rates = [plan.rate(seen) for seen in (0, 50, 100, 400, 600, 700, 800, 1000, 1500)]
    assert rates == pytest.approx([0.0, 1.0, 2.0, 2.0, 2.0, 1.5, 1.0, 0.0, 0.0])


@given(st.integers(1, 5000), st.integers(0, 5000), st.floats(0, 1))
def test_the_learning_rate_is_never_negative_nor_over_its_maximum(examples: int, warm_up: int, finish: float) -> None:
    plan = Plan(examples=examples, learning_rate=1.0, warm_up=warm_up, finish=finish)
    rates = [plan.rate(seen) for seen in range(0, examples + 1, max(1, examples // 50))]
    assert 0 <= min(rates) <= max(rates) <= 1
    assert plan.rate(examples) == 0


def test_each_pool_is_learned_at_the_rate_of_its_middle(tmp_path: Path) -> None:
    """Adam's step is the rate itself where the gradient is always one."""
    network = nn.Linear(1, 1, bias=False)
    task = Rates(network)
    plan = Plan(examples=5 * POOL // 2, batch=POOL, learning_rate=0.01, warm_up=POOL, finish=0.4, weight_decay=0.0)
    run(task, tmp_path, plan, network)
    steps = -np.diff([*task.weights[1:], float(network.weight.detach())])
    wanted = [plan.rate(seen) for seen in (POOL // 2, 3 * POOL // 2, 9 * POOL // 4)]  # half a pool is left for the last
    assert steps == pytest.approx(wanted, rel=1e-3)
    assert wanted == pytest.approx([0.005, 0.01, 0.0025])


@given(st.integers(0, 100), st.integers(1, 40), st.integers(0, 9))
def test_batches_hold_every_example_once_beside_its_neighbours(n: int, size: int, seed: int) -> None:
    cut = [list(batch) for batch in batches(range(n), size, seed=seed)]
    assert sorted(example for batch in cut for example in batch) == list(range(n))
    assert all(batch == list(range(batch[0], batch[0] + len(batch))) and len(batch) <= size for batch in cut)
    assert cut == [list(batch) for batch in batches(range(n), size, seed=seed)]


def test_batches_come_in_another_order_for_another_seed() -> None:
    assert list(batches(range(100), 5, seed=1)) != list(batches(range(100), 5, seed=2))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_the_auroc_is_the_share_of_pairs_in_the_right_order(drawn: list[tuple[int, bool]]) -> None:
    scores, truths = [float(score) for score, _ in drawn], [truth for _, truth in drawn]
    pairs = [(good, bad) for good, of in drawn if of for bad, other in drawn if not other]
    wanted = sum(1.0 if good > bad else 0.5 if good == bad else 0.0 for good, bad in pairs) / len(pairs) if pairs else 0.5
    assert auroc(scores, truths) == pytest.approx(wanted)


def test_weights_are_taken_over_where_names_agree_and_others_stay(tmp_path: Path) -> None:
    torch.manual_seed(1)
    held = nn.ModuleDict({"encoder": nn.Linear(2, 2), "span": nn.Linear(2, 2)})
    save_network(held, tmp_path / "held.safetensors", made_with={})
    taking = nn.ModuleDict({"encoder": nn.Linear(2, 2), "relation": nn.Linear(2, 3)})
    before = taking["relation"].weight.detach().clone()
    load_network(taking, tmp_path / "held.safetensors")
    assert torch.equal(taking["encoder"].weight, held["encoder"].weight.half().float())
    assert torch.equal(taking["relation"].weight, before)


@pytest.mark.parametrize("other", [{"head": nn.Linear(2, 2)}, {"encoder": nn.Linear(3, 3)}])
def test_weights_of_another_network_are_rejected(tmp_path: Path, other: dict[str, nn.Module]) -> None:
    save_network(nn.ModuleDict(other), tmp_path / "other.safetensors", made_with={})
    with pytest.raises(InputRejected, match=r"other\.safetensors holds the weights of another network"):
        load_network(nn.ModuleDict({"encoder": nn.Linear(2, 2)}), tmp_path / "other.safetensors")


def test_weights_that_cannot_be_read_are_rejected(tmp_path: Path) -> None:
    (tmp_path / "torn.safetensors").write_bytes(b"torn")
    for name in ("torn.safetensors", "gone.safetensors"):
        with pytest.raises(InputRejected, match=f"{name} cannot be read as weights"):
            load_network(line(), tmp_path / name)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_matrix_products_take_half_the_bits_only_where_the_plan_says_so(*, bfloat16: bool, tmp_path: Path) -> None:
    types = []

    class Typed(Line):
        def loss(self, network: nn.Module, batch: Sequence[float]) -> Tensor:
            types.append(network(torch.tensor(batch)[:, None]).dtype)
            return super().loss(network, batch)

    plan = replace(PLAN, examples=POOL, bfloat16=bfloat16)
    train(Typed(), nn.Linear(1, 1), tmp_path, plan=plan, about={}, say=lambda _: None)
    assert set(types) == {torch.bfloat16 if bfloat16 else torch.float32}
