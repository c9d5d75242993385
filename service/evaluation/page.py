"""A run as one HTML page: measures, plots and every question; no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence

from service.evaluation.compare import Comparison
from service.evaluation.page_questions import questions, text
from service.evaluation.page_style import STYLE
from service.evaluation.plots import BarGroup, bars, latencies, reliability, risk_coverage
from service.evaluation.run import Run
from service.evaluation.summary import ANSWER_MEASURES, RETRIEVAL_MEASURES, Group, Summary, summarise
from service.evaluation.table import figure, label

_TILES = ("right_with_right_citation", "containment", "exact_match", "citation_exactness", "recall_at_k", "turn_recall_at_5")
_BARS = ("right_with_right_citation", "containment", "recall_at_k", "turn_recall_at_5", "search_turn_recall_at_5")
_N_SERIES = 3  # as many colours as the style has
_TAGS_PLOTTED = 40  # ours: more do not fit a page; the table below holds all
# `default-src 'none'`: whatever a document's words are, the page loads and runs nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(run: Run, comparison: Comparison | None = None) -> str:
    """The whole page; all words of the data set and of the answers are escaped."""
    summary = summarise(run)
    sections = [
        _head(run, summary),
        _tiles(summary, k=run.k),
        _measures(summary, k=run.k),
        _comparison(comparison) if comparison else "",
        _plots(run, summary),
        _tags(summary, k=run.k),
        f"<h2>Every question, worst first</h2>\n{questions(run.rows)}",
    ]
    title = text(f"{run.dataset}: Readout evaluation")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><main>\n" + "\n".join(sections) + "</main></body></html>\n"
    )


def _head(run: Run, summary: Summary) -> str:
    one = summary.overall
    return (
        f"<h1>{text(run.dataset)}</h1>"
        f'<p class="soft">{one.n} questions, {summary.answerable.n} answerable and {summary.unanswerable.n} not; '
        f"k = {run.k}. {one.n_answered} answered, {one.n_partial} partly, {one.n_refused} refused, {one.n_failed} failed.</p>"
    )


def _tiles(summary: Summary, *, k: int) -> str:
    measures = [(label(name, k=k), summary.overall.measures[name].mean) for name in _TILES]
    figures = [*measures, ("refusal F1", summary.refusal.f1), ("calibration error (ECE)", summary.calibration.ece)]
    tiles = [
        f'<div class="tile"><b>{figure(value)}</b><span>{text(name)}</span></div>' for name, value in figures if value is not None
    ]
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _measures(summary: Summary, *, k: int) -> str:
    answers = _card("Answers, beside two baselines", _answers(summary))
    others = [
        _card("Passages, before and after the reader", _passages(summary.overall, k=k)),
        _card("As SQuAD 2.0", _squad(summary)),
        _card("Confidence", _confidence(summary)),
    ]
    return f'<h2>Measures</h2>\n<div class="pair">{answers}<div class="stack">{"".join(others)}</div></div>'


def _answers(summary: Summary) -> str:
    one, refuse, answer = summary.overall, summary.always_refuse, summary.always_answer
    rows = []
    for name in ANSWER_MEASURES:
        average = one.measures[name]
        limits = ["", ""]
        if name == "right_with_right_citation":
            limits = [f"≤ {figure(refuse.right_at_most)}", f"≤ {figure(answer.right_at_most)}"]
        if average.n:
            rows.append([label(name), figure(average.mean), *limits, str(average.n)])
    for which in ("precision", "recall", "f1"):
        values = [getattr(scores, which) for scores in (summary.refusal, refuse.refusal, answer.refusal)]
        rows.append([f"refusal {which.replace('f1', 'F1')}", *map(figure, values), str(summary.refusal.n)])
    return _table(["measure", "this run", "always refuse", "always answer", "n"], rows)


def _passages(group: Group, *, k: int) -> str:
    rows = [
        [label(name, k=k), figure(search.mean), str(search.n), figure(answer.mean), str(answer.n)]
        for name in RETRIEVAL_MEASURES
        if (search := group.measures[f"search_{name}"]) and (answer := group.measures[name]).n
    ]
    return _table(["measure", "search alone", "n", "of the answer", "n"], rows) if rows else ""


def _squad(summary: Summary) -> str:
    one = summary.squad
    if not one.n_has_ans:
        return ""
    rows = [
        ["exact match", *map(figure, (one.has_ans_exact_match, one.no_ans_accuracy, one.exact_match))],
        ["token F1", *map(figure, (one.has_ans_token_f1, one.no_ans_accuracy, one.token_f1))],
        ["n", str(one.n_has_ans), str(one.n_no_ans), str(one.n_has_ans + one.n_no_ans)],
    ]
    return _table(["measure", "HasAns", "NoAns", "all"], rows)


def _confidence(summary: Summary) -> str:
    one, latency = summary.calibration, summary.latency_ms
    shown = ["-" if value is None else f"{value:,.0f}" for value in (latency.p50, latency.p95, latency.maximum)]
    rows = [
        [f"ECE, {len(one.bins)} bins (0 is best)", figure(one.ece), str(one.n)],
        ["area under risk-coverage (0 is best)", figure(one.aurc), str(one.n)],
        ["AUROC, answerable or not", figure(one.auroc_answerable), str(one.n_auroc)],
        ["latency p50 / p95 / max (ms)", " / ".join(shown), str(latency.n)],
    ]
    return _table(["measure", "value", "n"], rows)


def _comparison(comparison: Comparison) -> str:
    rows = [
        [
            text(label(one.measure)),
            figure(one.mean_a),
            figure(one.mean_b),
            f"{one.difference:+.3f}",
            f"{one.low:+.3f} to {one.high:+.3f}",
            "" if one.low <= 0 <= one.high else "<b>differs</b>",
            str(one.n),
        ]
        for one in comparison.differences
    ]
    head = ["measure", "before", "this run", "difference", "95 % interval", "", "n"]
    note = "Paired over the same questions; percentile bootstrap with a fixed seed."
    shown = f'{_table(head, rows, escaped=True)}<p class="note">{note}</p>'
    return f"<h2>Compared with {text(comparison.with_)}</h2>\n{_card('', shown)}"


def _plots(run: Run, summary: Summary) -> str:
    one = summary.calibration
    slow = [row.latency_ms for row in run.rows if row.latency_ms is not None]
    cards = []
    if one.n:
        note = f"Over the {one.n} questions of which is known whether the best candidate answers."
        dots = "Dots on the dashed line are perfectly calibrated; larger dots hold more questions. "
        cards = [
            _card("Reliability of the confidence", f'{reliability(one.bins)}<p class="note">{dots}{note}</p>'),
            _card(
                "Risk against coverage",
                f'{risk_coverage(one.risk_coverage)}<p class="note">Answering only the most confident share of questions, '
                "how many of these are wrong; dashed: a confidence that says nothing.</p>",
            ),
        ]
    if slow:
        cards.append(_card("Latency", latencies(slow)))
    cards.append(_card("Confidence in bins", _bins(summary)))
    return f'<h2>Plots</h2>\n<div class="pair">{"".join(cards)}</div>' if cards else ""


def _bins(summary: Summary) -> str:
    rows = [
        [f"{bin_.low:.1f} to {bin_.high:.1f}", figure(bin_.mean_confidence), figure(bin_.share_right), str(bin_.n)]
        for bin_ in summary.calibration.bins
        if bin_.n
    ]
    return _table(["confidence", "mean", "share right", "n"], rows) if rows else ""


def _tags(summary: Summary, *, k: int) -> str:
    groups = {"(answerable)": summary.answerable, "(unanswerable)": summary.unanswerable, **summary.by_tag}
    shown = [name for name in _BARS if summary.overall.measures[name].n][:_N_SERIES]
    head = ["tag", "n", "refused", *(label(name, k=k) for name in shown), "token F1", "citation precision"]
    columns = (*shown, "token_f1", "citation_precision")
    rows = [
        [tag, str(group.n), str(group.n_refused), *(figure(group.measures[name].mean) for name in columns)]
        for tag, group in groups.items()
    ]
    plotted = {tag: group for tag, group in list(groups.items())[:_TAGS_PLOTTED] if group.n}
    plot = bars([BarGroup(tag, tuple(group.measures[name].mean for name in shown)) for tag, group in plotted.items()])
    keys = "".join(f'<span class="key"><i class="k{i}"></i>{text(label(name, k=k))}</span>' for i, name in enumerate(shown, 1))
    more = len(groups) - _TAGS_PLOTTED
    note = f'<p class="note">The first {_TAGS_PLOTTED}; {more} more are in the table.</p>' if more > 0 else ""
    chart = _card("", f"<p>{keys}</p>{plot}{note}") if shown and plotted else ""
    return f"<h2>By tag</h2>\n{chart}<br>{_card('', _table(head, rows))}"


def _card(title: str, inner: str) -> str:
    """Nothing where there is nothing inside."""
    heading = f"<h3>{text(title)}</h3>" if title else ""
    return f'<div class="card">{heading}{inner}</div>' if inner else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, escaped: bool = False) -> str:
    def cells(row: Sequence[str], mark: str) -> str:
        return "".join(f"<{mark}>{cell if escaped else text(cell)}</{mark}>" for cell in row)

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table><thead><tr>{cells(head, 'th')}</tr></thead><tbody>{body}</tbody></table>"
