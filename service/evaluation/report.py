"""A run as a table, as a JSON object, and as a folder to read."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from service.evaluation.calibration import RiskAtCoverage
from service.evaluation.compare import LATENCY, Comparison, facts
from service.evaluation.errors import DatasetError, ReportError
from service.evaluation.lines import read_rows
from service.evaluation.page import page
from service.evaluation.reply import CitedQuote
from service.evaluation.run import Row, Run
from service.evaluation.summary import Calibration, summarise
from service.evaluation.table import comparison_table, table
from service.evaluation.types import Question
from service.evaluation.verdict import verdict, worst_first

__all__ = ["comparison_table", "read_scores", "table", "to_json", "write_report"]

QUESTIONS_FILE = "questions.jsonl"
SUMMARY_FILE = "summary.json"
ANSWERS_FILE = "answers.md"
PAGE_FILE = "report.html"
_CURVE_POINTS = 100  # ours: as many as a plot shows, however many questions were asked


class _Scored(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    id: str
    answerable: bool
    status: str
    confidence: float | None
    scores: dict[str, float | None]
    latency_ms: float | None


def to_json(run: Run, comparison: Comparison | None = None) -> dict[str, object]:
    """The run's figures under stable keys; shares in [0, 1], milliseconds where the key says so."""
    summary = summarise(run)
    figures: dict[str, object] = {
        "dataset": run.dataset,
        "k": run.k,
        "overall": asdict(summary.overall),
        "answerable": asdict(summary.answerable),
        "unanswerable": asdict(summary.unanswerable),
        "by_tag": {tag: asdict(group) for tag, group in summary.by_tag.items()},
        "n_degraded": summary.n_degraded,
        "refusal": asdict(summary.refusal),
        "baselines": {
            "always_refuse": asdict(summary.always_refuse),
            "always_answer": asdict(summary.always_answer),
        },
        "squad": asdict(summary.squad),
        "calibration": _calibration(summary.calibration),
        "latency_ms": asdict(summary.latency_ms),
        "failed": [{"id": row.question.id, "error": row.error} for row in run.failed],
    }
    if comparison is not None:
        figures["comparison"] = {"with": comparison.with_, "differences": [asdict(one) for one in comparison.differences]}
    return figures


def _calibration(calibration: Calibration) -> dict[str, object]:
    return {
        **asdict(calibration),
        "bins": [asdict(bin_) for bin_ in calibration.bins],
        "risk_coverage": [asdict(point) for point in _thinned(calibration.risk_coverage)],
    }


def _thinned(curve: Sequence[RiskAtCoverage]) -> list[RiskAtCoverage]:
    """At most _CURVE_POINTS points of the curve, evenly spaced, its last one always among them."""
    step = -(-len(curve) // _CURVE_POINTS) or 1
    return list(reversed(curve[::-1][::step]))


def write_report(run: Run, directory: Path, comparison: Comparison | None = None) -> None:
    """`summary.json` (`to_json`), `questions.jsonl` (data set order), `answers.md` and `report.html` (worst first).

    Files of an earlier report in the directory are overwritten.

    Raises:
        ReportError: the directory cannot be written.
    """
    rows = [json.dumps(_row_json(row), ensure_ascii=False) for row in run.rows]
    files = {
        SUMMARY_FILE: json.dumps(to_json(run, comparison), ensure_ascii=False, indent=2) + "\n",
        QUESTIONS_FILE: "".join(f"{row}\n" for row in rows),
        ANSWERS_FILE: _answers(run),
        PAGE_FILE: page(run, comparison),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (directory / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{directory}: cannot be written ({error.strerror}); name another folder") from error


def read_scores(directory: Path) -> dict[str, dict[str, float | None]]:
    """The per-question scores of a written report, for `compare_scores`.

    Raises:
        ReportError: the directory holds no readable `questions.jsonl`.
    """
    try:
        rows = [row for _, row in read_rows(directory / QUESTIONS_FILE, _Scored)]
    except DatasetError as error:
        raise ReportError(f"{directory} holds no readable report: {error}") from error
    return {row.id: row.scores | {LATENCY: row.latency_ms} | _facts(row) for row in rows}


def _facts(row: _Scored) -> dict[str, float | None]:
    containment = row.scores.get("containment")
    return facts(row.status, answerable=row.answerable, confidence=row.confidence, containment=containment)


def _row_json(row: Row) -> dict[str, object]:
    question = row.question
    return {
        "id": question.id,
        "question": question.question,
        "tags": list(question.tags),
        "answerable": question.answerable,
        "status": row.status,
        "error": row.error,
        "accepted": list(question.answers),
        "gold": [[asdict(member) for member in group] for group in question.evidence],
        "gold_turns": [asdict(turn) for turn in question.turns],
        "short_answer": row.short_answer,
        "text": row.text,
        "citations": [
            asdict(citation) | {"exact": exact} for citation, exact in zip(row.citations, row.citations_exact, strict=True)
        ],
        "confidence": row.confidence,
        "degraded": row.degraded,
        "latency_ms": row.latency_ms,
        "scores": asdict(row.scores),
    }


def _answers(run: Run) -> str:
    head = f"# {_plain(run.dataset)}: every answer, worst first\n\n"
    return head + "\n".join(_answer(row) for row in worst_first(run.rows))


def _answer(row: Row) -> str:
    question = row.question
    lines = [
        f"## {_plain(question.question)}",
        f"`{_plain(question.id)}` · {_plain(', '.join(question.tags) or 'no tags')} · **{verdict(row)}**",
        *_gold_lines(question),
        f"Status **{row.status}**, confidence {_figure(row.confidence)}",
        f"Short answer: {_plain(row.short_answer or 'none')}",
        f"> {_plain(row.text or row.error or '(no text)')}",
        *map(_citation_line, row.citations, row.citations_exact),
    ]
    return "\n\n".join(lines) + "\n"


def _citation_line(citation: CitedQuote, exact: bool) -> str:  # noqa: FBT001 - map() passes by position
    name = _plain(citation.name or citation.document_id)
    flag = "" if exact else " **NOT EXACT**"
    return f"- [{citation.id}] {name} {citation.start} to {citation.end}{flag}: “{_plain(citation.quote)}”"


def _gold_lines(question: Question) -> list[str]:
    if not question.answerable:
        return ["Gold: unanswerable"]
    groups = [
        " *or* ".join(f"{_plain(m.document_id)}: “{_plain(m.quote or 'whole document')}”" for m in group)
        for group in question.evidence
    ]
    accepted = " | ".join(map(_plain, question.answers)) or "no accepted strings"
    return [
        f"Gold: {accepted}",
        *(f"- group {number}: {group}" for number, group in enumerate(groups, start=1)),
        *([f"- {len(question.turns)} relevant turns of {_plain(question.turns[0].document_id)}"] if question.turns else []),
    ]


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _plain(text: str) -> str:
    """On one line and without markup: a document's words must not become the report's HTML."""
    return html.escape(" ".join(text.split()), quote=False)
