from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.calibration import Bin, RiskAtCoverage
from service.evaluation.compare import Comparison, compare
from service.evaluation.page import page
from service.evaluation.plots import BarGroup, bars, latencies, reliability, risk_coverage
from service.evaluation.reply import CitedQuote
from service.evaluation.report import write_report
from service.evaluation.run import Row, Run
from service.evaluation.summary import ANSWER_MEASURES
from service.evaluation.table import label
from service.evaluation.types import GoldEvidence, Question
from tests.service.evaluation import fakes

VOID = {"meta", "br"}  # of SVG only what is written with a slash
EVIL = "<script>alert('\"')</script>"


class Tags(HTMLParser):
    """Collects tags, attributes and text, and complains of tags that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    return tags


def evil_row() -> Row:
    row = fakes.run_of_six().rows[0]
    question = Question(
        id=EVIL, question=EVIL, answerable=True, answers=(EVIL,), evidence=((GoldEvidence(EVIL, EVIL),),), tags=(EVIL,)
    )
    cited = CitedQuote(1, EVIL, EVIL, EVIL, 0, 1, EVIL)
    return replace(row, question=question, text=EVIL, short_answer=EVIL, citations=(cited,), citations_exact=(False,))


def test_markup_in_a_question_an_answer_or_a_name_stays_words() -> None:
    failed = replace(evil_row(), status="failed", error=EVIL, text="")
    shown = page(Run(EVIL, 8, (evil_row(), failed)), Comparison(EVIL, ()))
    assert "<script" not in shown
    tags = read(shown)
    assert "script" not in tags.names
    assert sum(EVIL in words for words in tags.words) >= 10


def test_the_page_is_one_file_that_runs_and_fetches_nothing() -> None:
    shown = page(fakes.run_of_six())
    tags = read(shown)
    assert not {"script", "link", "img", "iframe", "object", "image", "use"} & set(tags.names)
    assert [name for name, _ in tags.attributes if name in {"src", "href", "xlink:href", "style"} or name.startswith("on")] == []
    assert not re.search(r"url\(|@import|https?://", shown)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in tags.attributes


def test_the_page_shows_every_measure_the_baselines_and_four_plots() -> None:
    tags = read(page(fakes.run_of_six()))
    assert [label(name) for name in ANSWER_MEASURES if label(name) not in tags.words] == []
    assert {"always refuse", "always answer", "≤ 0.333", "≤ 0.667", "search alone"} <= set(tags.words)
    assert tags.names.count("svg") == 4


def test_every_question_is_there_with_status_answer_quote_gold_and_verdict_worst_first(tmp_path: Path) -> None:
    write_report(fakes.run_of_six(), tmp_path)
    shown = (tmp_path / "report.html").read_text(encoding="utf-8")
    boxes = shown.split("<details>")[1:]
    assert [re.findall(r"</span>([^<]+)</summary>", box)[0] for box in boxes] == [
        "What did Kirby say?", "How long did it take?", "Did it rain?",
        "What was raised?", "When did he call?", "Who paid?",
    ]  # fmt: skip
    words = read("<details>" + boxes[4].split("</details>")[0] + "</details>").words
    assert {"right", "answered", "Mr. Xi called on April 2.", "April 2", "called on April 2 ", "alpha"} <= {*words}
    assert "503 overloaded" in boxes[0]


def test_a_comparison_is_shown_with_its_intervals() -> None:
    run = fakes.run_of_six()
    shown = page(run, Comparison("runs/before", compare(run, run)))
    assert "Compared with runs/before" in shown
    assert "+0.000 to +0.000" in shown
    assert "differs" not in read(shown).words


def test_a_run_of_no_questions_has_a_page() -> None:
    assert "0 questions" in page(Run("none", 8, ()))


def test_a_dot_on_the_diagonal_is_a_bin_that_is_right_as_often_as_it_says() -> None:
    drawn = reliability([Bin(0.7, 0.8, 4, 0.75, 0.75), Bin(0.8, 0.9, 0, None, None)])
    (circle,) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)
    # 46 to 408 is confidence 0 to 1, and 260 to 12 the share right.
    assert tuple(map(float, circle)) == (46 + 0.75 * 362, 260 - 0.75 * 248)
    assert "confidence 0.75, right 0.75, 4 questions" in drawn


def test_the_curve_ends_at_full_coverage_with_the_share_that_is_wrong() -> None:
    drawn = risk_coverage([RiskAtCoverage(0.5, 0.0), RiskAtCoverage(1.0, 0.25)])
    assert 'points="227.0,260.0 408.0,198.0"' in drawn


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_every_latency_is_counted_in_one_bar(values: list[float]) -> None:
    drawn = latencies(values)
    read(drawn)
    assert sum(int(count) for count in re.findall(r"<title>[^<]* ms: (\d+)</title>", drawn)) == len(values)


@given(st.lists(st.builds(BarGroup, st.text(max_size=40), st.tuples(st.none() | st.floats(0, 1), st.floats(0, 1)))))
def test_bars_are_well_formed_whatever_the_labels_and_as_long_as_their_values(groups: list[BarGroup]) -> None:
    drawn = bars(groups)
    read(drawn)
    assert drawn.count("<rect") == sum(value is not None for group in groups for value in group.values)
    assert all(float(width) <= 620 for width in re.findall(r'<rect[^>]* width="([\d.]+)"', drawn))
