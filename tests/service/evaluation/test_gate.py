from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.errors import GateNotHeld, GateRejected
from service.evaluation.gate import Bound, load_gate, require_gate
from tests.service.evaluation import fakes

ROOT = Path(__file__).parent.parent.parent.parent


def gate(folder: Path, text: str, name: str = "gate.toml") -> tuple[Bound, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    return load_gate(folder / name, tags={"split:dev"})


def test_a_gate_holds_minima_and_maxima_by_the_names_in_the_json(tmp_path: Path) -> None:
    text = """
        [minimum]
        right_with_right_citation = 0.5
        refusal.f1 = 0.25
        "by_tag.split:dev.measures.containment" = 0
        [maximum]
        calibration.ece = 0.3
        overall.measures.token_f1.mean = 1
    """
    assert gate(tmp_path, text) == (
        Bound("right_with_right_citation", "minimum", 0.5),
        Bound("refusal.f1", "minimum", 0.25),
        Bound("by_tag.split:dev.measures.containment", "minimum", 0),
        Bound("calibration.ece", "maximum", 0.3),
        Bound("overall.measures.token_f1.mean", "maximum", 1),
    )


def test_a_gate_in_json_is_the_same_gate(tmp_path: Path) -> None:
    bounds = gate(tmp_path, json.dumps({"minimum": {"refusal.f1": 0.5, "squad": {"no_ans_accuracy": 0.1}}}), "gate.json")
    assert bounds == (Bound("refusal.f1", "minimum", 0.5), Bound("squad.no_ans_accuracy", "minimum", 0.1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[minimum]\nrigth = 0.5", "no measure 'rigth'"),
        ('[minimum]\n"by_tag.split:test.measures.containment" = 0.5', "no measure 'by_tag.split:test.measures.containment'"),
        ("[maximum]\nlatency_ms.p95 = 100", "latency_ms.p95 differs from run to run"),
        ("[minimum]\nlatency_ms.n = 1", "latency_ms.n differs from run to run"),
        ("[least]\ncontainment = 0.5", "'least' is not known here"),
        ("minimum = 0.5", "'minimum' is not known here"),
        ('[minimum]\ncontainment = "0.5"', "the bound of containment is '0.5'; write a number"),
        ("[minimum]\ncontainment = true", "the bound of containment is True"),
        ("[minimum]\ncontainment = nan", "the bound of containment is nan"),
        ("[minimum]\n", "holds no bound"),
        ("[minimum", "is not TOML"),
    ],
)
def test_a_gate_that_cannot_be_kept_by_anything_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GateRejected, match=said):
        gate(tmp_path, text)


def test_a_gate_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GateRejected, match=r"none\.toml: cannot be read"):
        load_gate(tmp_path / "none.toml", tags=())


def test_a_list_is_no_gate(tmp_path: Path) -> None:
    with pytest.raises(GateRejected, match="is no object"):
        gate(tmp_path, "[]", "gate.json")


def test_every_measure_past_its_bound_is_named_and_none_that_holds() -> None:
    # Of the six: containment 0.375, refusal F1 0.5, one failed, and recall@8 0.625.
    bounds = [
        Bound("containment", "minimum", 0.4),
        Bound("refusal.f1", "minimum", 0.5),
        Bound("overall.n_failed", "maximum", 0),
        Bound("recall_at_k", "maximum", 0.625),
    ]
    with pytest.raises(GateNotHeld) as raised:
        require_gate(bounds, fakes.run_of_six())
    said = "the gate is not held: containment is 0.3750, its minimum 0.4; overall.n_failed is 1.0000, its maximum 0"
    assert str(raised.value) == said


def test_a_measure_that_the_run_does_not_have_keeps_no_bound() -> None:
    with pytest.raises(GateNotHeld, match="turn_recall_at_5 is undefined here"):
        require_gate([Bound("turn_recall_at_5", "maximum", 1)], fakes.run_of_six())


@given(st.floats(0, 1))
def test_a_bound_is_kept_up_to_and_with_the_value_itself(bound: float) -> None:
    held = True
    try:
        require_gate([Bound("right_with_right_citation", "minimum", bound)], fakes.run_of_six())
    except GateNotHeld:
        held = False
    assert held == (bound <= 2 / 6)


def test_the_shipped_gate_names_measures_that_there_are() -> None:
    assert len(load_gate(ROOT / "seeds" / "gate.toml", tags=())) >= 5
