from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from math import log2
from pathlib import Path

import pytest

from service.evaluation.corpus import Corpus
from service.evaluation.dataset import Dataset, Filters, GoldEvidence, Question, Turn
from service.evaluation.errors import GoldMissing
from service.evaluation.run import Row, Run, evaluate, request_body
from tests.service.evaluation import fakes


def rows_by_id() -> dict[str, Row]:
    return {row.question.id: row for row in fakes.run_of_six().rows}


def run_of(question: Question, body: dict[str, object]) -> Row:
    dataset = Dataset("one", (question,), Path("documents"))
    ask = fakes.ScriptedAsk({question.question: body})
    run = evaluate(
        dataset,
        ask,
        fakes.get_text,
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(0.05),
        on_progress=fakes.Progress(),
    )
    return run.rows[0]


def test_a_right_answer_loses_only_the_cited_words_outside_the_gold() -> None:
    # Cited "Mr Xi called on April 2", 6 tokens; gold "called on April 2", 4.
    assert asdict(rows_by_id()["called"].scores) == pytest.approx(
        {
            "right_with_right_citation": 1,
            "decision_right": 1,
            "containment": 1,
            "exact_match": 1,
            "token_f1": 1,
            "citation_precision": 4 / 6,
            "citation_recall": 1,
            "citation_exactness": 1,
            "recall_at_k": 1,
            "ndcg_at_10": 1,
            "reciprocal_rank": 1,
            "hit_at_1": 1,
            "document_hit_at_1": 1,
            "turn_recall_at_5": None,
            "turn_precision_at_5": None,
            "search_recall_at_k": None,
            "search_ndcg_at_10": None,
            "search_reciprocal_rank": None,
            "search_hit_at_1": None,
            "search_document_hit_at_1": None,
            "search_turn_recall_at_5": None,
            "search_turn_precision_at_5": None,
        }
    )


def test_one_of_two_groups_scores_as_worked_out_by_hand() -> None:
    # Cited 3 of the 4 gold tokens of the first group, none of the second; its passage is at rank 2.
    assert asdict(rows_by_id()["raised"].scores) == pytest.approx(
        {
            "right_with_right_citation": 0,
            "decision_right": 1,
            "containment": 0.5,
            "exact_match": 1,
            "token_f1": 1,
            "citation_precision": 1,
            "citation_recall": (3 / 4 + 0) / 2,
            "citation_exactness": 1,
            "recall_at_k": 0.5,
            "ndcg_at_10": (1 / log2(3)) / (1 + 1 / log2(3)),
            "reciprocal_rank": 0.5,
            "hit_at_1": 0,
            "document_hit_at_1": 1,
            "turn_recall_at_5": None,
            "turn_precision_at_5": None,
            "search_recall_at_k": None,
            "search_ndcg_at_10": None,
            "search_reciprocal_rank": None,
            "search_hit_at_1": None,
            "search_document_hit_at_1": None,
            "search_turn_recall_at_5": None,
            "search_turn_precision_at_5": None,
        }
    )


def test_refusals_and_guesses_are_told_apart() -> None:
    rows = rows_by_id()
    outcomes = {
        id_: (
            rows[id_].scores.decision_right,
            rows[id_].scores.right_with_right_citation,
            rows[id_].scores.exact_match,
        )
        for id_ in ("paid", "rained", "lasted")
    }
    assert outcomes == {"paid": (1, 1, 1), "rained": (0, 0, 0), "lasted": (0, 0, 0)}


def test_retrieval_is_scored_also_where_the_answer_was_refused() -> None:
    scores = rows_by_id()["lasted"].scores
    assert (scores.recall_at_k, scores.citation_recall, scores.containment) == (1, 0, 0)


def test_a_failed_ask_is_a_row_that_scores_zero_and_says_why() -> None:
    row = rows_by_id()["said"]
    assert (row.status, row.error, row.latency_ms, row.confidence) == ("failed", "503 overloaded", None, None)
    scores = row.scores
    zeros = (scores.right_with_right_citation, scores.decision_right, scores.containment, scores.exact_match)
    assert zeros == (0, 0, 0, 0)
    assert (scores.citation_recall, scores.recall_at_k, scores.ndcg_at_10) == (0, 0, 0)
    assert (scores.citation_precision, scores.citation_exactness) == (None, None)


def test_a_failed_ask_of_an_unanswerable_question_is_no_refusal() -> None:
    row = run_of(fakes.PAID, {"status": "sorry"})
    assert row.status == "failed"
    assert (row.scores.decision_right, row.scores.right_with_right_citation, row.scores.exact_match) == (
        0,
        0,
        0,
    )


def test_every_question_has_its_row_in_the_order_of_the_data_set() -> None:
    run = fakes.run_of_six()
    assert [row.question.id for row in run.rows] == ["called", "raised", "paid", "rained", "lasted", "said"]
    assert [row.question.id for row in run.failed] == ["said"]


def test_latency_is_the_time_of_the_ask_alone() -> None:
    assert rows_by_id()["called"].latency_ms == pytest.approx(50)


def test_the_text_of_a_row_is_without_citation_marks() -> None:
    assert rows_by_id()["called"].text == "Mr. Xi called on April 2."


def test_progress_follows_each_question() -> None:
    progress = fakes.Progress()
    evaluate(
        fakes.DATASET,
        fakes.ScriptedAsk(fakes.SCRIPT),
        fakes.get_text,
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(1),
        on_progress=progress,
    )
    assert progress.calls == [(1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6)]


def test_an_answer_without_a_short_answer_is_compared_by_its_text() -> None:
    row = run_of(fakes.CALLED, fakes.answered("On the April 2!", citations=()))
    # "on april 2" against "april 2": F1 = 2 * 2 / (3 + 2).
    assert (row.scores.exact_match, row.scores.token_f1) == pytest.approx((0, 0.8))


def test_a_quote_that_is_not_at_its_offsets_is_not_exact() -> None:
    wrong = fakes.citation(2, "alpha.txt", "April 2") | {"quote": "April 3"}
    right = fakes.citation(1, "alpha.txt", "called on")
    row = run_of(fakes.CALLED, fakes.answered("April 2", citations=(right, wrong)))
    assert row.citations_exact == (True, False)
    assert row.scores.citation_exactness == 0.5


def test_a_citation_of_a_version_that_is_gone_fails_the_question() -> None:
    gone = fakes.citation(1, "alpha.txt", "April 2") | {"document_sha256": "old"}
    row = run_of(fakes.CALLED, fakes.answered("April 2", citations=(gone,)))
    assert (row.status, row.error) == ("failed", "no version old of id-a")


def test_gold_is_found_in_the_version_that_a_citation_names() -> None:
    texts = fakes.TEXTS | {("id-a", "older"): "Once more: he called on April 2."}
    cited = fakes.citation(1, "alpha.txt", "April 2") | {
        "document_sha256": "older",
        "start": 14,
        "end": 31,
        "quote": "called on April 2",
    }
    run = evaluate(
        Dataset("one", (fakes.CALLED,), Path("documents")),
        fakes.ScriptedAsk({fakes.CALLED.question: fakes.answered("April 2", citations=(cited,))}),
        lambda document_id, sha256: texts[document_id, sha256],
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(1),
        on_progress=fakes.Progress(),
    )
    scores = run.rows[0].scores
    assert (scores.citation_precision, scores.citation_recall, scores.citation_exactness) == (1, 1, 1)


def test_documents_missing_from_the_corpus_are_all_named_before_anything_is_asked() -> None:
    lost = replace(fakes.LASTED, evidence=((GoldEvidence("gamma", "x"), GoldEvidence("delta", "y")),))
    ask = fakes.ScriptedAsk({})
    with pytest.raises(GoldMissing, match=r"2 documents of the data set are not in the corpus: gamma, delta"):
        evaluate_with(Dataset("lost", (fakes.CALLED, lost), Path("documents")), ask)
    assert ask.bodies == []


def test_a_gold_quote_that_its_document_lacks_is_named_with_its_question() -> None:
    lost = replace(fakes.LASTED, evidence=((GoldEvidence("alpha", "three hours"),),))
    with pytest.raises(GoldMissing, match="question lasted: 'three hours'"):
        evaluate_with(Dataset("lost", (lost,), Path("documents")), fakes.ScriptedAsk({}))


def evaluate_with(dataset: Dataset, ask: fakes.ScriptedAsk) -> Run:
    return evaluate(
        dataset,
        ask,
        fakes.get_text,
        documents=fakes.DOCUMENTS,
        k=8,
        clock=fakes.StepClock(1),
        on_progress=fakes.Progress(),
    )


def test_a_plain_question_sends_only_itself_and_k() -> None:
    corpus = Corpus(fakes.DOCUMENTS, fakes.get_text)
    assert request_body(fakes.PAID, corpus, k=5) == {"question": "Who paid?", "k": 5}


def test_history_filters_and_date_are_sent_with_names_turned_into_ids() -> None:
    question = replace(
        fakes.PAID,
        history=(Turn("user", "Hello"),),
        filters=Filters(document_ids=("beta", "id-a"), outlets=("AP",), published_from=date(2024, 4, 1)),
        as_of=date(2024, 4, 5),
    )
    assert request_body(question, Corpus(fakes.DOCUMENTS, fakes.get_text), k=5) == {
        "question": "Who paid?",
        "k": 5,
        "history": [{"role": "user", "content": "Hello"}],
        "filters": {
            "document_ids": ["id-a", "id-b"],
            "outlets": ["AP"],
            "speakers": [],
            "published_from": "2024-04-01",
            "published_to": None,
        },
        "as_of": "2024-04-05",
    }


def test_a_filter_on_a_document_that_is_not_there_stops_the_run() -> None:
    question = replace(fakes.PAID, filters=Filters(document_ids=("gamma",)))
    with pytest.raises(GoldMissing, match="gamma"):
        evaluate_with(Dataset("lost", (question,), Path("documents")), fakes.ScriptedAsk({}))


def test_judged_documents_are_scored_for_retrieval_and_not_for_citing() -> None:
    question = Question(id="beir", question="tiktok", answerable=True, evidence=((GoldEvidence("id-b", None, 2),),))
    cited = fakes.citation(1, "beta.txt", "TikTok")
    passages = (fakes.passage("alpha.txt", "TikTok"), fakes.passage("beta.txt", "Taiwan"))
    scores = run_of(question, fakes.answered("TikTok", citations=(cited,), passages=passages)).scores
    assert (scores.recall_at_k, scores.reciprocal_rank) == (1, 0.5)
    assert scores.citation_precision == 1
    undefined = (
        scores.citation_recall,
        scores.right_with_right_citation,
        scores.exact_match,
        scores.containment,
    )
    assert undefined == (None, None, None, None)
