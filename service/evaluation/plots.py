"""Plots as inline SVG, drawn by hand: no library is light enough for four of them. Colours come from the page's style."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from service.evaluation.calibration import Bin, RiskAtCoverage

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 40
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_BAR_HEIGHT, _BAR_GAP, _LABEL_WIDTH, _LABEL_CHARACTERS = 11, 10, 170, 26
_BINS_PER_DECADE = 10
_STEPS = (1, 2, 5)  # ticks of a logarithmic axis


@dataclass(frozen=True, slots=True)
class BarGroup:
    """The bars of one label, beside each other in the order of the legend; None draws no bar. Values in [0, 1]."""

    label: str
    values: tuple[float | None, ...]


def reliability(bins: Sequence[Bin]) -> str:
    """The share right against the mean confidence of each bin; dots grow with the bin's questions, the diagonal is perfect."""
    filled = [bin_ for bin_ in bins if bin_.n]
    most = max((bin_.n for bin_ in filled), default=1)
    marks = [_line(_x(0), _y(0), _x(1), _y(1), "ideal")]
    for bin_ in filled:
        confidence, right = bin_.mean_confidence or 0.0, bin_.share_right or 0.0
        said = f"confidence {confidence:.2f}, right {right:.2f}, {bin_.n} questions"
        marks.append(_line(_x(confidence), _y(confidence), _x(confidence), _y(right), "gap"))
        radius = 4 + 8 * math.sqrt(bin_.n / most)
        marks.append(
            f'<circle class="s1 dot" cx="{_x(confidence):.1f}" cy="{_y(right):.1f}" r="{radius:.1f}">{_tip(said)}</circle>'
        )
    return _square("Reliability: share right against confidence", marks, across="mean confidence", up="share right")


def risk_coverage(curve: Sequence[RiskAtCoverage]) -> str:
    """The share wrong among those of highest confidence, against how many are answered; a good confidence stays low."""
    points = " ".join(f"{_x(point.coverage):.1f},{_y(point.risk):.1f}" for point in curve)
    marks = [f'<polyline class="l1" points="{points}"/>']
    if curve:
        all_wrong = curve[-1].risk
        marks.insert(0, _line(_x(0), _y(all_wrong), _x(1), _y(all_wrong), "ideal"))
    return _square("Risk against coverage", marks, across="share answered", up="share wrong of these")


def latencies(values_ms: Sequence[float]) -> str:
    """How many questions took how long; the axis is logarithmic, since the slowest would press the others together."""
    logs = [math.log10(max(value, 0.1)) for value in values_ms]
    low, high = _decades(logs)
    n_bins = max(1, round((high - low) * _BINS_PER_DECADE))
    counts = [0] * n_bins
    for log in logs:
        counts[min(n_bins - 1, int((log - low) / (high - low) * n_bins))] += 1
    most = max(counts, default=0) or 1
    width = 1 / n_bins
    marks = []
    for i, count in enumerate(counts):
        if count:
            x, y = _x(i * width), _y(count / most)
            said = f"{10 ** (low + i / _BINS_PER_DECADE):.0f} to {10 ** (low + (i + 1) / _BINS_PER_DECADE):.0f} ms: {count}"
            marks.append(_rect(x + 0.5, y, (_x((i + 1) * width) - x - 1, _y(0) - y), "s1", said))
    across = [((tick - low) / (high - low), f"{10**tick:,.0f}") for tick in _ticks(low, high)]
    up = [(0.0, "0"), (1.0, str(most))]
    return _svg("Latency histogram", [*_axes(across, up, across="milliseconds", up="questions"), *marks], _HEIGHT)


def bars(groups: Sequence[BarGroup]) -> str:
    """Horizontal bars from 0 to 1, a group for each label."""
    n_series = max((len(group.values) for group in groups), default=1)
    step = n_series * _BAR_HEIGHT + _BAR_GAP
    height = len(groups) * step + _TOP + 24
    x0, span = _LABEL_WIDTH, 2 * _WIDTH - _LABEL_WIDTH - 50
    marks = []
    for share in _QUARTERS:
        x = x0 + share * span
        marks += [_line(x, _TOP, x, height - 22, "grid"), _text(x, height - 6, f"{share:g}", "middle")]
    for i, group in enumerate(groups):
        top = _TOP + i * step + _BAR_GAP / 2
        middle = top + n_series * _BAR_HEIGHT / 2 + 4
        marks.append(_text(x0 - 8, middle, _cut(group.label), "end", tip=group.label))
        for number, value in enumerate(group.values):
            if value is not None:
                y = top + number * _BAR_HEIGHT
                marks.append(_rect(x0, y + 0.5, (max(value * span, 0.5), _BAR_HEIGHT - 1.5), f"s{number + 1}", f"{value:.3f}"))
                marks.append(_text(x0 + value * span + 4, y + _BAR_HEIGHT - 2, f"{value:.2f}", "start"))
    return _svg("Measures by tag", marks, height, width=2 * _WIDTH)


def _square(title: str, marks: Sequence[str], *, across: str, up: str) -> str:
    ticks = [(share, f"{share:g}") for share in _QUARTERS]
    return _svg(title, [*_axes(ticks, ticks, across=across, up=up), *marks], _HEIGHT)


def _axes(x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]], *, across: str, up: str) -> list[str]:
    marks = []
    for share, said in x_ticks:
        marks += [_line(_x(share), _y(0), _x(share), _y(1), "grid"), _text(_x(share), _y(0) + 15, said, "middle")]
    for share, said in y_ticks:
        marks += [_line(_x(0), _y(share), _x(1), _y(share), "grid"), _text(_x(0) - 6, _y(share) + 4, said, "end")]
    marks.append(_text(_x(0.5), _HEIGHT - 6, across, "middle"))
    middle = _y(0.5)
    marks.append(f'<text transform="translate(11 {middle:.1f}) rotate(-90)" text-anchor="middle">{html.escape(up)}</text>')
    return marks


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _decades(logs: Sequence[float]) -> tuple[float, float]:
    """Borders on whole bins around the values, at least a third of a decade apart."""
    low = math.floor(min(logs, default=0.0) * _BINS_PER_DECADE) / _BINS_PER_DECADE
    high = math.ceil(max(logs, default=1.0) * _BINS_PER_DECADE) / _BINS_PER_DECADE
    return low, max(high, low + 0.3)


def _ticks(low: float, high: float) -> list[float]:
    logs = [decade + math.log10(step) for decade in range(math.floor(low), math.ceil(high) + 1) for step in _STEPS]
    return [log for log in logs if low <= log <= high]


def _svg(title: str, marks: Sequence[str], height: int, *, width: int = _WIDTH) -> str:
    said = html.escape(title)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{said}">{"".join(marks)}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _rect(x: float, y: float, size: tuple[float, float], style: str, said: str) -> str:
    width, height = (max(side, 0) for side in size)
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{style}" {place} rx="1.5">{_tip(said)}</rect>'


def _text(x: float, y: float, said: str, anchor: str, *, tip: str = "") -> str:
    shown = html.escape(said) + (_tip(tip) if tip else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{shown}</text>'


def _tip(said: str) -> str:
    return f"<title>{html.escape(said)}</title>"


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL_CHARACTERS else f"{label[: _LABEL_CHARACTERS - 1]}…"
