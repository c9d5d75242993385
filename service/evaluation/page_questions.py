"""The report page's second half: every question with its answer, quotes, gold and verdict, worst first."""

from __future__ import annotations

import html
from collections.abc import Sequence

from service.evaluation.reply import CitedQuote
from service.evaluation.run import Row
from service.evaluation.types import Question
from service.evaluation.verdict import verdict, worst_first

_TURNS_SHOWN = 5  # ours: a question on a meeting may have 200


def questions(rows: Sequence[Row]) -> str:
    """One closed box for each question; the verdict and the question stand outside."""
    return "".join(map(_question, worst_first(rows)))


def _question(row: Row) -> str:
    question = row.question
    said = verdict(row)
    entries = [
        ("Answer", _paragraph(row.text or row.error or "(no text)")),
        ("Short answer", _paragraph(row.short_answer or "none")),
        ("Quotes", "".join(map(_quote, row.citations, row.citations_exact)) or "none"),
        ("Gold", _gold(question)),
        ("Confidence", "none" if row.confidence is None else f"{row.confidence:.3f}"),
        ("Question id", text(question.id) + (f" · {text(', '.join(question.tags))}" if question.tags else "")),
    ]
    shown = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in entries)
    chips = f'<span class="chip {_tone(row)}">{text(said)}</span><span class="chip plain">{row.status}</span>'
    return f"<details><summary>{chips}{text(question.question)}</summary><div><dl>{shown}</dl></div></details>\n"


def _tone(row: Row) -> str:
    right = row.scores.right_with_right_citation
    if row.status == "failed" or row.scores.decision_right == 0:
        return "bad"
    if right is None:
        return "plain"
    return "good" if right == 1 else "fair"


def _quote(citation: CitedQuote, exact: bool) -> str:  # noqa: FBT001 - map() passes by position
    place = f"[{citation.id}] {text(citation.name or citation.document_id)}, {citation.start} to {citation.end}"
    flag = "" if exact else ' <b class="bad">not exact</b>'
    return f'<div class="quote">{text(citation.quote)}<small>{place}{flag}</small></div>'


def _gold(question: Question) -> str:
    if not question.answerable:
        return "unanswerable: it should be refused"
    accepted = " | ".join(map(text, question.answers))
    groups = [
        " <em>or</em> ".join(f"{text(m.quote or 'the whole document')} <small>{text(m.document_id)}</small>" for m in members)
        for members in question.evidence
    ]
    turns = [f"{text(turn.quote)} <small>{text(turn.document_id)}, {turn.start}</small>" for turn in question.turns]
    more = len(turns) - _TURNS_SHOWN
    shown = [*groups, *turns[:_TURNS_SHOWN], *([f"<small>and {more} more relevant turns</small>"] if more > 0 else [])]
    return (f"<p><b>{accepted}</b></p>" if accepted else "") + "".join(f'<div class="quote">{one}</div>' for one in shown)


def _paragraph(words: str) -> str:
    return f"<p>{text(words)}</p>"


def text(words: str) -> str:
    """Escaped: a document's words must not become markup, nor leave an attribute."""
    return html.escape(words, quote=True)
