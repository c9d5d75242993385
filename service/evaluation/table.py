"""A run, or two compared, as a plain-text table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from service.evaluation.compare import Difference
from service.evaluation.run import Run
from service.evaluation.summary import ANSWER_MEASURES, RETRIEVAL_MEASURES, Group, Summary, summarise

_FAILURES_SHOWN = 10  # ours: the report folder lists them all
_UNDEFINED = "-"
_TAG_COLUMNS = {
    "right_with_right_citation": "right",
    "containment": "contained",
    "token_f1": "token F1",
    "citation_precision": "cit. P",
    "citation_recall": "cit. R",
    "recall_at_k": "recall@k",
}
_LABELS = {
    "ndcg_at_10": "nDCG@10",
    "reciprocal_rank": "MRR",
    "hit_at_1": "evidence first (hit@1)",
    "document_hit_at_1": "right document first (hit@1)",
    "turn_recall_at_5": "turn recall@5",
    "turn_precision_at_5": "turn precision@5",
    "refusal_f1": "refusal F1",
    "ece": "ECE (0 is best)",
    "auroc_answerable": "AUROC, answerable or not",
    "latency_ms": "latency (ms)",
    "token_f1": "answer token F1",
    "exact_match": "answer EM",
}


def table(run: Run) -> str:
    """Measures overall, refusal beside its baselines, calibration, latency, tags, then what failed."""
    summary = summarise(run)
    sections = [
        _heading(run, summary),
        _measures(summary.overall),
        _retrieval(summary.overall, k=run.k),
        _refusal(summary),
        _squad(summary),
        _calibration(summary),
        _bins(summary),
        _latency(summary),
        _groups(summary),
        _failures(run),
    ]
    return "\n\n".join(section for section in sections if section)


def comparison_table(differences: Sequence[Difference]) -> str:
    """One line per measure: both means, b - a, its 95 % interval, `*` where that excludes 0, and n."""
    rows = [
        [
            label(one.measure),
            figure(one.mean_a),
            figure(one.mean_b),
            f"{one.difference:+.3f}",
            f"[{one.low:+.3f}, {one.high:+.3f}]",
            "" if one.low <= 0 <= one.high else "*",
            str(one.n),
        ]
        for one in differences
    ]
    return _align([["measure", "a", "b", "b - a", "95 % interval", "", "n"], *rows])


def _heading(run: Run, summary: Summary) -> str:
    overall = summary.overall
    degraded = f"  degraded {summary.n_degraded}" if summary.n_degraded else ""
    return (
        f"{run.dataset}: {overall.n} questions "
        f"({summary.answerable.n} answerable, {summary.unanswerable.n} not), k = {run.k}\n"
        f"answered {overall.n_answered}  partial {overall.n_partial}  refused {overall.n_refused}  "
        f"FAILED {overall.n_failed}{degraded}"
    )


def _measures(group: Group) -> str:
    rows = [[label(name), figure(group.measures[name].mean), str(group.measures[name].n)] for name in ANSWER_MEASURES]
    return _align([["measure", "mean", "n"], *rows])


def _retrieval(group: Group, *, k: int) -> str:
    """Before and after the reader; measures of other kinds of data sets are left out."""
    rows = []
    for name in RETRIEVAL_MEASURES:
        answer, search = group.measures[name], group.measures[f"search_{name}"]
        if answer.n:
            rows.append([label(name, k=k), figure(search.mean), str(search.n), figure(answer.mean), str(answer.n)])
    return _align([["passages", "search alone", "n", "of the answer", "n"], *rows]) if rows else ""


def label(name: str, *, k: int | None = None) -> str:
    """A measure as people call it."""
    plain = name.removeprefix("search_")
    said = f"recall@{k or 'k'}" if plain == "recall_at_k" else _LABELS.get(plain, plain.replace("_", " "))
    return said if plain == name else f"{said}, search alone"


def _refusal(summary: Summary) -> str:
    kinds = (summary.refusal, summary.always_refuse.refusal, summary.always_answer.refusal)
    right = summary.overall.measures["right_with_right_citation"].mean
    most = [summary.always_refuse.right_at_most, summary.always_answer.right_at_most]
    return _align(
        [
            ["refusal", "this run", "always refuse", "always answer"],
            ["precision", *(figure(scores.precision) for scores in kinds)],
            ["recall", *(figure(scores.recall) for scores in kinds)],
            ["F1", *(figure(scores.f1) for scores in kinds)],
            ["right with right citation", figure(right), *(f"<= {figure(value)}" for value in most)],
        ]
    )


def _calibration(summary: Summary) -> str:
    one = summary.calibration
    return _align(
        [
            ["confidence", "value", "n"],
            [f"ECE, {len(one.bins)} bins (0 is best)", figure(one.ece), str(one.n)],
            ["area under risk-coverage (0 is best)", figure(one.aurc), str(one.n)],
            ["AUROC, answerable or not", figure(one.auroc_answerable), str(one.n_auroc)],
        ]
    )


def _squad(summary: Summary) -> str:
    one = summary.squad
    if not one.n_has_ans:
        return ""
    return _align(
        [
            ["as SQuAD 2.0", "HasAns", "NoAns", "all"],
            ["SQuAD EM", *map(figure, (one.has_ans_exact_match, one.no_ans_accuracy, one.exact_match))],
            ["SQuAD F1", *map(figure, (one.has_ans_token_f1, one.no_ans_accuracy, one.token_f1))],
            ["n", str(one.n_has_ans), str(one.n_no_ans), str(one.n_has_ans + one.n_no_ans)],
        ]
    )


def _bins(summary: Summary) -> str:
    rows = [
        [f"{one.low:.1f} to {one.high:.1f}", figure(one.mean_confidence), figure(one.share_right), str(one.n)]
        for one in summary.calibration.bins
        if one.n
    ]
    return _align([["confidence in", "mean", "share right", "n"], *rows]) if rows else ""


def _latency(summary: Summary) -> str:
    one = summary.latency_ms
    shown = [_UNDEFINED if value is None else f"{value:.0f}" for value in (one.p50, one.p95, one.maximum)]
    return _align([["latency (ms)", "p50", "p95", "max", "n"], ["per question", *shown, str(one.n)]])


def _groups(summary: Summary) -> str:
    groups = {"(answerable)": summary.answerable, "(unanswerable)": summary.unanswerable, **summary.by_tag}
    rows = [
        [
            tag,
            str(group.n),
            str(group.n_refused),
            *(figure(group.measures[name].mean) for name in _TAG_COLUMNS),
        ]
        for tag, group in groups.items()
    ]
    return _align([["tag", "n", "refused", *_TAG_COLUMNS.values()], *rows])


def _failures(run: Run) -> str:
    if not run.failed:
        return ""
    shown = [f"  {row.question.id}: {row.error}" for row in run.failed[:_FAILURES_SHOWN]]
    more = len(run.failed) - len(shown)
    return "\n".join([f"FAILED: {len(run.failed)}", *shown, *([f"  and {more} more"] if more else [])])


def figure(value: float | None) -> str:
    """Three decimals; a dash for what is undefined."""
    return _UNDEFINED if value is None else f"{value:.3f}"


def _align(rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
