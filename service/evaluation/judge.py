"""One question's answer against its gold: where its citations and passages lie, then its scores."""

from __future__ import annotations

from dataclasses import dataclass

from service.evaluation.citations import (
    GoldGroup,
    TokenKey,
    citation_precision,
    citation_recall,
    right_with_right_citation,
)
from service.evaluation.corpus import Corpus
from service.evaluation.measures import containment, exact_match, token_f1
from service.evaluation.passages import Gold, PassageScores, Placed, gold_of, place
from service.evaluation.reply import Reply
from service.evaluation.types import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Of one question, each in [0, 1] and higher is better; None where the measure is not defined for it.

    A failed question scores 0 wherever a refusal would be scored, since nothing of it is right.
    """

    right_with_right_citation: float | None
    decision_right: float  # 1 if it was refused exactly when it is unanswerable
    containment: float | None
    exact_match: float | None
    token_f1: float | None
    citation_precision: float | None  # answerable questions with gold words, that got citations
    citation_recall: float | None  # answerable questions with gold quotes; a refusal recalls nothing
    citation_exactness: float | None  # any question that got citations
    # Of the passages that the answer returns, which the reader has put in order: `PassageScores`.
    recall_at_k: float | None
    ndcg_at_10: float | None
    reciprocal_rank: float | None
    hit_at_1: float | None
    document_hit_at_1: float | None
    turn_recall_at_5: float | None
    turn_precision_at_5: float | None
    # Of the passages that search alone returns, before the reader; None for a question with history: search takes none.
    search_recall_at_k: float | None
    search_ndcg_at_10: float | None
    search_reciprocal_rank: float | None
    search_hit_at_1: float | None
    search_document_hit_at_1: float | None
    search_turn_recall_at_5: float | None
    search_turn_precision_at_5: float | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where an answer's citations and passages lie, against where the gold does.

    `exact[i]`: the document's text at citation i's span is its quote, code point for code point.
    """

    gold: Gold
    cited: frozenset[TokenKey]
    exact: tuple[bool, ...]
    passages: Placed


def grounds_of(reply: Reply, question: Question, corpus: Corpus) -> Grounds:
    """Place the reply and the gold in the documents.

    Raises:
        AskFailed: a cited version's text cannot be had.
    """
    citations = reply.citations
    groups = corpus.groups(question, cited=((c.document_id, c.document_sha256) for c in citations))
    gold = gold_of(question, groups, corpus)
    texts = [corpus.text(c.document_id, c.document_sha256) for c in citations]
    cited = [corpus.tokens(c.document_id, c.document_sha256, start=c.start, end=c.end) for c in citations]
    return Grounds(
        gold,
        frozenset().union(*cited),
        tuple(text[c.start : c.end] == c.quote for text, c in zip(texts, citations, strict=True)),
        place(reply.passages, gold, corpus),
    )


def no_grounds(question: Question, corpus: Corpus) -> Grounds:
    """Of a question that failed: the gold, and nothing that was cited or found."""
    gold = gold_of(question, corpus.groups(question, cited=()), corpus)
    return Grounds(gold, frozenset(), (), place((), gold, corpus))


def score(question: Question, reply: Reply | None, *, grounds: Grounds, answer: PassageScores, search: PassageScores) -> Scores:
    """Every measure of one question; `reply` is None where the ask failed.

    `answer` and `search` are the scores of the passages that the answer and search alone returned.
    """
    refused = reply is not None and reply.status == "refused"
    answered = reply if reply is not None and not refused else None
    contained = _containment(question, answered)
    predicted = "" if answered is None else answered.short_answer or answered.plain_text
    gold = question.answers if question.answerable else ()
    comparable = bool(gold) or not question.answerable
    return Scores(
        right_with_right_citation=right_with_right_citation(
            grounds.cited,
            grounds.gold.groups,
            answerable=question.answerable,
            refused=refused,
            contained=contained,
        ),
        decision_right=float(reply is not None and refused != question.answerable),
        containment=contained,
        exact_match=_of_reply(reply, exact_match(predicted, gold)) if comparable else None,
        token_f1=_of_reply(reply, token_f1(predicted, gold)) if comparable else None,
        citation_precision=_citation_precision(grounds),
        citation_recall=citation_recall(grounds.cited, grounds.gold.groups),
        citation_exactness=sum(grounds.exact) / len(grounds.exact) if grounds.exact else None,
        recall_at_k=answer.recall_at_k,
        ndcg_at_10=answer.ndcg_at_10,
        reciprocal_rank=answer.reciprocal_rank,
        hit_at_1=answer.hit_at_1,
        document_hit_at_1=answer.document_hit_at_1,
        turn_recall_at_5=answer.turn_recall_at_5,
        turn_precision_at_5=answer.turn_precision_at_5,
        search_recall_at_k=search.recall_at_k,
        search_ndcg_at_10=search.ndcg_at_10,
        search_reciprocal_rank=search.reciprocal_rank,
        search_hit_at_1=search.hit_at_1,
        search_document_hit_at_1=search.document_hit_at_1,
        search_turn_recall_at_5=search.turn_recall_at_5,
        search_turn_precision_at_5=search.turn_precision_at_5,
    )


def _citation_precision(grounds: Grounds) -> float | None:
    """Of evidence, and of relevant turns: words cited from any of them are well cited."""
    gold = grounds.gold
    groups = (*gold.groups, *((GoldGroup(gold.turns),) if gold.turns else ()))
    return citation_precision(grounds.cited, groups) if groups else None


def _of_reply(reply: Reply | None, value: float) -> float:
    """A failed ask is not the empty answer that an unanswerable question wants."""
    return value if reply is not None else 0.0


def _containment(question: Question, answered: Reply | None) -> float | None:
    quotes = [[member.quote for member in members if member.quote is not None] for members in question.evidence]
    return containment(
        answered.plain_text if answered else "",
        answered.short_answer if answered else None,
        accepted=question.answers,
        group_quotes=quotes,
    )
