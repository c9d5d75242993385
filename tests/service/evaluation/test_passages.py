from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.dataset import Dataset, Filters, GoldTurn, Question, Turn
from service.evaluation.errors import AskFailed, GoldMissing
from service.evaluation.passages import PassageScores, Placed, passage_scores
from service.evaluation.retrieval import Ranked
from service.evaluation.run import Row, evaluate
from service.evaluation.summary import MEASURES
from tests.service.evaluation import fakes


def turn(name: str, quote: str) -> GoldTurn:
    return GoldTurn(name, fakes.TEXTS[fakes.IDS[name]].index(quote), quote)


MEETING = Question(
    id="meeting",
    question="What was said of TikTok?",
    answerable=True,
    turns=(
        turn("alpha.txt", "TikTok came up today, yes"),
        turn("alpha.txt", "It took nearly two hours."),
        turn("beta.txt", "Mr. Biden"),
    ),
    filters=Filters(document_ids=("alpha", "beta")),
)
KIRBY = fakes.passage("alpha.txt", "today, yes,” Mr. Kirby")
CALL = fakes.passage("alpha.txt", "Mr. Xi called")
BIDEN = fakes.passage("beta.txt", "Taiwan. Mr. Biden raised")


def row_of(
    question: Question,
    passages: tuple[dict[str, object], ...],
    found: tuple[dict[str, object], ...] | None,
) -> tuple[Row, fakes.ScriptedAsk]:
    """The row of one question; `found` is what search alone returns, None where there is no search."""
    searches = fakes.ScriptedAsk({question.question: {"passages": list(found or ())}})
    run = evaluate(
        Dataset("one", (question,), Path("documents")),
        fakes.ScriptedAsk({question.question: fakes.answered("TikTok came up", passages=passages)}),
        fakes.get_text,
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(0.05),
        on_progress=fakes.Progress(),
        search=None if found is None else searches,
    )
    return run.rows[0], searches


def test_a_turn_is_found_by_a_passage_that_shares_one_of_its_words() -> None:
    scores = row_of(MEETING, (CALL, KIRBY, KIRBY), ())[0].scores
    # Of three turns one; two of three passages hold a word of it.
    assert (scores.turn_recall_at_5, scores.turn_precision_at_5) == pytest.approx((1 / 3, 2 / 3))


def test_only_the_first_five_passages_count_for_turns() -> None:
    scores = row_of(MEETING, (CALL,) * 4 + (KIRBY, BIDEN), ())[0].scores
    assert (scores.turn_recall_at_5, scores.turn_precision_at_5) == pytest.approx((1 / 3, 1 / 5))


def test_search_alone_is_scored_beside_the_passages_of_the_answer() -> None:
    row, searches = row_of(MEETING, (KIRBY, BIDEN), (CALL, BIDEN))
    assert (row.scores.turn_recall_at_5, row.scores.search_turn_recall_at_5) == pytest.approx((2 / 3, 1 / 3))
    assert searches.bodies == [
        {
            "question": MEETING.question,
            "k": 8,
            "filters": {
                "document_ids": ["id-a", "id-b"], "outlets": [], "speakers": [], "published_from": None, "published_to": None,
            },
        }
    ]  # fmt: skip


def test_without_a_search_its_measures_are_undefined() -> None:
    scores = row_of(MEETING, (KIRBY,), None)[0].scores
    assert {getattr(scores, name) for name in MEASURES if name.startswith("search_")} == {None}


def test_a_question_with_history_is_not_searched_since_search_takes_none() -> None:
    row, searches = row_of(replace(MEETING, history=(Turn("user", "Hello"),)), (KIRBY,), (KIRBY,))
    assert (searches.bodies, row.scores.search_turn_recall_at_5) == ([], None)


def test_a_search_that_fails_fails_its_question_and_finds_nothing() -> None:
    def broken(_: object) -> dict[str, object]:
        raise AskFailed("503 overloaded")

    run = evaluate(
        Dataset("one", (MEETING,), Path("documents")),
        fakes.ScriptedAsk({MEETING.question: fakes.answered("x", passages=(KIRBY,))}),
        fakes.get_text,
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(1),
        on_progress=fakes.Progress(),
        search=broken,
    )
    (row,) = run.rows
    assert (row.status, row.error, row.scores.search_turn_recall_at_5) == ("failed", "503 overloaded", 0)


def test_words_cited_from_a_relevant_turn_are_well_cited() -> None:
    cited = fakes.citation(1, "alpha.txt", "Mr. Kirby said. It took nearly")
    run = evaluate(
        Dataset("one", (MEETING,), Path("documents")),
        fakes.ScriptedAsk({MEETING.question: fakes.answered("x", citations=(cited,))}),
        fakes.get_text,
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(1),
        on_progress=fakes.Progress(),
    )
    scores = run.rows[0].scores
    # "Mr Kirby said It took nearly": three of six tokens are of the turn "It took nearly two hours."
    assert scores.citation_precision == 0.5
    # Nobody needs all turns of a meeting, so citing some of them is neither right nor wrong.
    assert (scores.right_with_right_citation, scores.citation_recall, scores.recall_at_k) == (None, None, None)


def test_a_turn_that_is_not_at_its_place_stops_the_run() -> None:
    moved = replace(MEETING, turns=(replace(MEETING.turns[0], start=0),))
    with pytest.raises(GoldMissing, match="question meeting: 'TikTok came up today, yes'"):
        row_of(moved, (), None)


def test_the_right_document_may_come_first_with_the_wrong_passage() -> None:
    # The gold is "called on April 2" in alpha: half of its words are not in this passage.
    scores = row_of(fakes.CALLED, (fakes.passage("alpha.txt", "Mr. Kirby"), fakes.passage("alpha.txt", "April 2. “TikTok")), ())[
        0
    ].scores
    assert (scores.document_hit_at_1, scores.hit_at_1, scores.reciprocal_rank) == (1, 0, 0.5)


def test_another_document_first_is_no_hit_and_nothing_found_neither() -> None:
    assert row_of(fakes.CALLED, (BIDEN, CALL), ())[0].scores.document_hit_at_1 == 0
    assert row_of(fakes.CALLED, (), ())[0].scores.document_hit_at_1 == 0


def test_finding_the_only_document_that_is_asked_is_no_hit() -> None:
    confined = replace(fakes.CALLED, filters=Filters(document_ids=("alpha",)))
    scores = row_of(confined, (fakes.passage("alpha.txt", fakes.ALPHA),), ())[0].scores
    assert (scores.document_hit_at_1, scores.hit_at_1) == (None, 1)


def test_an_unanswerable_question_has_no_passage_measures() -> None:
    scores = row_of(fakes.PAID, (CALL,), (CALL,))[0].scores
    names = [field.name for field in fields(PassageScores)]
    assert {getattr(scores, prefix + name) for name in names for prefix in ("", "search_")} == {None}


def test_every_passage_measure_has_its_twin_for_search_alone() -> None:
    names = [field.name for field in fields(PassageScores)]
    assert [name for name in MEASURES if name.removeprefix("search_") in names] == [*names, *(f"search_{n}" for n in names)]


@given(
    turns=st.lists(st.frozensets(st.integers(0, 6)), max_size=9),
    more=st.frozensets(st.integers(0, 6)),
)
def test_a_further_passage_never_lowers_turn_recall(turns: list[frozenset[int]], more: frozenset[int]) -> None:
    def recall(held: list[frozenset[int]]) -> float:
        placed = Placed(Ranked((), ((),) * len(held)), tuple(held), 7, None)
        value = passage_scores({"q": placed}, k=8)["q"].turn_recall_at_5
        assert value is not None
        return value

    assert 0 <= recall(turns) <= recall([*turns, more]) <= 1
