"""Bounds that a run must keep, by the names of the measures in the JSON output."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.evaluation.errors import DatasetError, GateNotHeld, GateRejected
from service.evaluation.lines import read_text
from service.evaluation.report import to_json
from service.evaluation.run import Run

_KINDS = ("minimum", "maximum")
_LATENCY = "latency_ms"  # of the machine and its day, not of the system: a gate on it would fail by chance


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure must be at least `value` (minimum) or at most (maximum)."""

    name: str
    kind: str
    value: float


def load_gate(path: Path, *, tags: Iterable[str]) -> tuple[Bound, ...]:
    """The bounds in a TOML file (JSON if its name ends in `.json`), in its order.

    Its two tables are `[minimum]` and `[maximum]`. A name is the path of a number in the JSON output, joined by dots, of which
    `overall.measures.` and `.mean` may be left out: `containment`, `refusal.f1`, `answerable.measures.token_f1`. `tags` are
    those of the data set, for `by_tag.TAG.measures.containment`.

    Raises:
        GateRejected: the file cannot be read, holds anything else, or names a latency or a measure that there is not.
    """
    bounds = tuple(
        Bound(name, kind, _number(path, name, value)) for kind, table in _tables(path).items() for name, value in _leaves(table)
    )
    if not bounds:
        raise GateRejected(f"{path}: holds no bound; write one, such as containment = 0.5 under [minimum]")
    known = _known(tags)
    for bound in bounds:
        if bound.name.startswith(_LATENCY):
            raise GateRejected(f"{path}: {bound.name} differs from run to run; remove it: a gate takes measures that do not")
        if bound.name not in known:
            raise GateRejected(f"{path}: there is no measure {bound.name!r}; the names are those of `readout evaluate --json`")
    return bounds


def require_gate(bounds: Iterable[Bound], run: Run) -> None:
    """Every bound must be kept; a measure that is not defined for the run keeps none.

    Raises:
        GateNotHeld: names each measure past its bound, with its value.
    """
    values = _values(to_json(run))
    missed = [_missed(bound, values.get(bound.name)) for bound in bounds if not _kept(bound, values.get(bound.name))]
    if missed:
        raise GateNotHeld(f"the gate is not held: {'; '.join(missed)}")


def _kept(bound: Bound, value: float | None) -> bool:
    if value is None:
        return False
    return value >= bound.value if bound.kind == "minimum" else value <= bound.value


def _missed(bound: Bound, value: float | None) -> str:
    shown = "undefined here" if value is None else f"{value:.4f}"
    return f"{bound.name} is {shown}, its {bound.kind} {bound.value:g}"


def _tables(path: Path) -> dict[str, Mapping[str, object]]:
    kind = "JSON" if path.suffix == ".json" else "TOML"
    try:
        text = read_text(path)
        content: object = json.loads(text) if kind == "JSON" else tomllib.loads(text)
    except DatasetError as error:
        raise GateRejected(str(error)) from error
    except ValueError as error:
        raise GateRejected(f"{path}: is not {kind} ({error}); correct it") from error
    if not isinstance(content, Mapping):
        raise GateRejected(f"{path}: is no object; a gate holds the tables minimum and maximum")
    for key, table in content.items():
        if key not in _KINDS or not isinstance(table, Mapping):
            raise GateRejected(f"{path}: {key!r} is not known here; a gate holds the tables minimum and maximum")
    return dict(content)


def _leaves(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """TOML reads `refusal.f1 = 0.5` as a table in a table; the name is its path again."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _number(path: Path, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise GateRejected(f"{path}: the bound of {name} is {value!r}; write a number")
    return float(value)


def _values(figures: Mapping[str, object]) -> dict[str, float | None]:
    """Each number of the JSON output under its path and its short name; an undefined measure is None."""
    values: dict[str, float | None] = {}
    for name, value in _leaves(figures):
        if (value is None or isinstance(value, int | float)) and not isinstance(value, bool):
            values[name] = values[_short(name)] = value
    return values


def _short(name: str) -> str:
    return name.removeprefix("overall.measures.").removesuffix(".mean")


def _known(tags: Iterable[str]) -> frozenset[str]:
    names = frozenset(_values(to_json(Run("", 1, ()))))
    group = [name.removeprefix("overall.") for name in names if name.startswith("overall.")]
    by_tag = [f"by_tag.{tag}.{name}" for tag in tags for name in group]
    return names | frozenset(by_tag) | frozenset(map(_short, by_tag))
