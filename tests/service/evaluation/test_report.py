from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from service.evaluation.compare import Comparison, compare_scores, scores_of
from service.evaluation.errors import ReportError
from service.evaluation.report import comparison_table, read_scores, table, to_json, write_report
from service.evaluation.run import Run
from service.evaluation.summary import Average, summarise
from tests.service.evaluation import fakes


def test_the_means_of_the_six_questions_equal_the_hand_count() -> None:
    measures = summarise(fakes.run_of_six()).overall.measures
    expected = {
        "right_with_right_citation": (2 / 6, 6),  # called, paid
        "decision_right": (3 / 6, 6),  # called, raised, paid
        "containment": ((1 + 0.5 + 0 + 0) / 4, 4),
        "exact_match": ((1 + 1 + 1) / 6, 6),  # called, raised, paid
        "citation_precision": ((4 / 6 + 1) / 2, 2),
        "citation_recall": ((1 + 0.375 + 0 + 0) / 4, 4),
        "citation_exactness": (1, 3),
        "recall_at_k": ((1 + 0.5 + 1 + 0) / 4, 4),
        "reciprocal_rank": ((1 + 0.5 + 1 + 0) / 4, 4),
    }
    found = {name: (measures[name].mean, measures[name].n) for name in expected}
    assert {name: n for name, (_, n) in found.items()} == {name: n for name, (_, n) in expected.items()}
    assert {name: mean for name, (mean, _) in found.items()} == pytest.approx(
        {name: mean for name, (mean, _) in expected.items()}
    )


def test_refusal_and_its_baselines_equal_the_hand_count() -> None:
    summary = summarise(fakes.run_of_six())
    # Refused: paid, lasted. Unanswerable: paid, rained. The failed question is not refused.
    assert (summary.refusal.precision, summary.refusal.recall, summary.refusal.f1) == (0.5, 0.5, 0.5)
    always = summary.always_refuse
    assert (always.refusal.precision, always.refusal.recall) == pytest.approx((2 / 6, 1))
    assert (always.refusal.f1, always.right_at_most) == pytest.approx((2 * 2 / (6 + 2), 2 / 6))
    never = summary.always_answer
    assert (never.refusal.precision, never.refusal.recall, never.refusal.f1) == (None, 0, 0)
    assert never.right_at_most == pytest.approx(4 / 6)


def test_calibration_leaves_out_refusals_of_answerable_questions_and_failures() -> None:
    calibration = summarise(fakes.run_of_six()).calibration
    # called 0.9 right, raised 0.9 half and so wrong, paid 0.1 wrong, rained 0.3 wrong.
    # Each bin's gap times its n: |1 - 1.8| + |0 - 0.1| + |0 - 0.3| = 1.2, over 4.
    assert (calibration.n, calibration.ece) == pytest.approx((4, 0.3))
    # Answerable 0.9, 0.9, 0.4 are all above unanswerable 0.1, 0.3.
    assert (calibration.auroc_answerable, calibration.n_auroc) == (1, 5)


def test_the_figures_of_squad_are_split_by_whether_there_is_an_answer() -> None:
    squad = summarise(fakes.run_of_six()).squad
    # HasAns: called and raised of called, raised, lasted, said. NoAns: paid of paid and rained.
    assert (squad.has_ans_exact_match, squad.no_ans_accuracy, squad.exact_match) == (0.5, 0.5, 0.5)
    assert (squad.n_has_ans, squad.n_no_ans, squad.auroc_answerable) == (4, 2, 1)


def test_the_table_shows_the_reliability_of_each_bin_that_holds_a_question() -> None:
    lines = [line.split() for line in table(fakes.run_of_six()).splitlines()]
    assert ["0.8", "to", "0.9", "0.900", "0.500", "2"] in lines
    assert [line for line in lines if line[:3] == ["0.4", "to", "0.5"]] == []


def test_a_comparison_stands_in_the_json_and_in_the_summary(tmp_path: Path) -> None:
    run = fakes.run_of_six()
    comparison = Comparison("before", compare_scores(scores_of(run), scores_of(run)))
    write_report(run, tmp_path, comparison)
    found = json.loads((tmp_path / "summary.json").read_text())["comparison"]
    assert found["with"] == "before"
    assert {"measure": "refusal_f1", "n": 6, "mean_a": 0.5, "mean_b": 0.5, "difference": 0, "low": 0, "high": 0} in found[
        "differences"
    ]


def test_latency_is_of_the_answered_asks() -> None:
    latency = summarise(fakes.run_of_six()).latency_ms
    assert (latency.n, latency.p50, latency.p95) == pytest.approx((5, 50, 50))


def test_a_question_counts_under_each_of_its_tags() -> None:
    by_tag = summarise(fakes.run_of_six()).by_tag
    assert {tag: group.n for tag, group in by_tag.items()} == {"list": 1, "seeds": 2, "when": 1}


def test_the_table_shows_every_measure_the_baselines_the_tags_and_the_failures() -> None:
    shown = table(fakes.run_of_six())
    lines = {line.split("  ")[0]: line.split() for line in shown.splitlines()}
    assert lines["right with right citation"][-5:] == ["0.333", "<=", "0.333", "<=", "0.667"]
    assert "six: 6 questions (4 answerable, 2 not), k = 8" in shown
    assert "answered 2  partial 1  refused 2  FAILED 1" in shown
    assert lines["recall@8"][-2:] == ["0.625", "4"]
    assert lines["MRR"][-2:] == ["0.625", "4"]
    assert lines["F1"] == ["F1", "0.500", "0.500", "0.000"]
    assert lines["seeds"][1:4] == ["2", "1", "1.000"]
    assert "FAILED: 1\n  said: 503 overloaded" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_a_long_list_of_failures_is_cut_in_the_table_and_says_so() -> None:
    row = fakes.run_of_six().failed[0]
    assert "and 2 more" in table(Run("many", 8, (row,) * 12))


def test_a_run_of_no_questions_has_a_table_and_no_measures() -> None:
    empty = Run("none", 8, ())
    assert "none: 0 questions" in table(empty)
    assert summarise(empty).overall.measures["token_f1"] == Average(None, 0)


def test_the_json_has_these_keys_and_is_json() -> None:
    found = to_json(fakes.run_of_six())
    assert set(found) == {
        "dataset", "k", "overall", "answerable", "unanswerable", "by_tag", "n_degraded", "refusal",
        "baselines", "squad", "calibration", "latency_ms", "failed",
    }  # fmt: skip
    assert json.loads(json.dumps(found, allow_nan=False))["failed"] == [{"id": "said", "error": "503 overloaded"}]


def test_the_curve_in_the_json_is_thinned_and_keeps_full_coverage() -> None:
    row = fakes.run_of_six().rows[0]
    many = Run("many", 8, tuple(replace(row, confidence=number / 1000) for number in range(1000)))
    calibration = to_json(many)["calibration"]
    assert isinstance(calibration, dict)
    curve = calibration["risk_coverage"]
    assert len(curve) == 100
    assert curve[-1] == {"coverage": 1.0, "risk": 0.0}


def test_a_written_report_can_be_read_back_for_comparison(tmp_path: Path) -> None:
    run = fakes.run_of_six()
    write_report(run, tmp_path / "deep" / "report")
    assert read_scores(tmp_path / "deep" / "report") == scores_of(run)
    assert json.loads((tmp_path / "deep" / "report" / "summary.json").read_text()) == to_json(run)


def test_each_question_of_the_report_shows_gold_answer_and_citations(tmp_path: Path) -> None:
    write_report(fakes.run_of_six(), tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["called", "raised", "paid", "rained", "lasted", "said"]
    assert rows[0]["citations"][0]["quote"] == "Mr. Xi called on April 2."
    assert rows[0]["citations"][0]["exact"] is True
    assert rows[0]["gold"] == [[{"document_id": "alpha", "quote": "called on April 2", "relevance": 1}]]


def test_the_answers_to_read_come_worst_first(tmp_path: Path) -> None:
    write_report(fakes.run_of_six(), tmp_path)
    text = (tmp_path / "answers.md").read_text()
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    # Failed; then wrongly decided (lasted also contains nothing); then half right; then the right ones.
    assert [heading[3:] for heading in headings] == [
        "What did Kirby say?", "How long did it take?", "Did it rain?",
        "What was raised?", "When did he call?", "Who paid?",
    ]  # fmt: skip
    verdicts = [
        "failed",
        "wrongly refused",
        "should have been refused",
        "not right: containment 0.50",
        "right",
    ]
    assert all(f"**{verdict}" in text for verdict in verdicts)


def test_words_of_a_document_cannot_become_markup_of_the_report(tmp_path: Path) -> None:
    row = replace(fakes.run_of_six().rows[0], text="<script>\n# alert</script>")
    write_report(Run("evil", 8, (row,)), tmp_path)
    text = (tmp_path / "answers.md").read_text()
    assert "> &lt;script&gt; # alert&lt;/script&gt;" in text


def test_a_report_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ReportError, match="taken: cannot be written"):
        write_report(fakes.run_of_six(), tmp_path / "taken")


def test_a_folder_without_a_report_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="holds no readable report"):
        read_scores(tmp_path)


def test_a_comparison_marks_only_the_differences_whose_interval_excludes_zero() -> None:
    ids = [f"q{number}" for number in range(20)]
    a = {id_: {"token_f1": 0.0, "containment": 0.0} for id_ in ids}
    b = {id_: {"token_f1": 1.0, "containment": float(number == 0)} for number, id_ in enumerate(ids)}
    lines = comparison_table(compare_scores(a, b)).splitlines()
    assert [("*" in line) for line in lines[1:]] == [False, True]
    assert lines[2].split()[:6] == ["answer", "token", "F1", "0.000", "1.000", "+1.000"]
