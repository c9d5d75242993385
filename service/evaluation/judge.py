"""One question's answer against its gold: where its citations and passages lie, then its scores."""

from __future__ import annotations

from dataclasses import dataclass

from service.evaluation.citations import (
    GoldGroup,
    TokenKey,
    citation_precision,
    citation_recall,
    right_with_right_citation,
    satisfies,
)
from service.evaluation.corpus import Corpus
from service.evaluation.measures import containment, exact_match, token_f1
from service.evaluation.reply import Reply
from service.evaluation.retrieval import Ranked, RetrievalScores
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
    citation_precision: float | None  # answerable questions that got citations
    citation_recall: float | None  # answerable questions with gold quotes; a refusal recalls nothing
    citation_exactness: float | None  # any question that got citations
    recall_at_k: float | None
    ndcg_at_10: float | None
    reciprocal_rank: float | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where an answer's citations and passages lie, against where the gold does.

    `exact[i]`: the document's text at citation i's span is its quote, code point for code point.
    """

    groups: tuple[GoldGroup, ...]
    cited: frozenset[TokenKey]
    exact: tuple[bool, ...]
    ranked: Ranked


def grounds_of(reply: Reply, question: Question, corpus: Corpus) -> Grounds:
    """Place the reply and the gold in the documents.

    Raises:
        AskFailed: a cited version's text cannot be had.
    """
    citations = reply.citations
    groups = corpus.groups(question, cited=((c.document_id, c.document_sha256) for c in citations))
    texts = [corpus.text(c.document_id, c.document_sha256) for c in citations]
    cited = [corpus.tokens(c.document_id, c.document_sha256, start=c.start, end=c.end) for c in citations]
    return Grounds(
        groups,
        frozenset().union(*cited),
        tuple(text[c.start : c.end] == c.quote for text, c in zip(texts, citations, strict=True)),
        Ranked(tuple(group.relevance for group in groups), _satisfied(reply, groups, corpus)),
    )


def no_grounds(question: Question, corpus: Corpus) -> Grounds:
    """Of a question that failed: the gold, and nothing that was cited or found."""
    groups = corpus.groups(question, cited=())
    return Grounds(groups, frozenset(), (), Ranked(tuple(group.relevance for group in groups), ()))


def _satisfied(reply: Reply, groups: tuple[GoldGroup, ...], corpus: Corpus) -> tuple[tuple[int, ...], ...]:
    gold_documents = {token[0] for group in groups for place in group.places for token in place}
    satisfied: list[tuple[int, ...]] = []
    for passage in reply.passages:
        sha256 = corpus.current_sha256(passage.document_id)
        # Texts of documents without gold are never fetched: on a big corpus they are nearly all.
        if sha256 is None or passage.document_id not in gold_documents:
            satisfied.append(())
            continue
        tokens = corpus.tokens(passage.document_id, sha256, start=passage.start, end=passage.end)
        satisfied.append(tuple(number for number, group in enumerate(groups) if satisfies(tokens, group)))
    return tuple(satisfied)


def score(question: Question, reply: Reply | None, *, grounds: Grounds, retrieval: RetrievalScores | None) -> Scores:
    """Every measure of one question; `reply` is None where the ask failed, `retrieval` without evidence."""
    refused = reply is not None and reply.status == "refused"
    answered = reply if reply is not None and not refused else None
    contained = _containment(question, answered)
    predicted = "" if answered is None else answered.short_answer or answered.plain_text
    gold = question.answers if question.answerable else ()
    comparable = bool(gold) or not question.answerable
    return Scores(
        right_with_right_citation=right_with_right_citation(
            grounds.cited,
            grounds.groups,
            answerable=question.answerable,
            refused=refused,
            contained=contained,
        ),
        decision_right=float(reply is not None and refused != question.answerable),
        containment=contained,
        exact_match=_of_reply(reply, exact_match(predicted, gold)) if comparable else None,
        token_f1=_of_reply(reply, token_f1(predicted, gold)) if comparable else None,
        citation_precision=citation_precision(grounds.cited, grounds.groups) if grounds.groups else None,
        citation_recall=citation_recall(grounds.cited, grounds.groups),
        citation_exactness=sum(grounds.exact) / len(grounds.exact) if grounds.exact else None,
        recall_at_k=retrieval.recall_at_k if retrieval else None,
        ndcg_at_10=retrieval.ndcg_at_10 if retrieval else None,
        reciprocal_rank=retrieval.reciprocal_rank if retrieval else None,
    )


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
