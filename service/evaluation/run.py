"""Ask every question of a data set and score what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from service.evaluation.corpus import Corpus, GetText, IndexedDocument, require_gold
from service.evaluation.errors import AskFailed
from service.evaluation.judge import Grounds, Scores, grounds_of, no_grounds, score
from service.evaluation.passages import PassageScores, Placed, passage_scores, place
from service.evaluation.reply import CitedQuote, Reply, read_reply, read_search
from service.evaluation.types import Dataset, Filters, Question

# A /v1/ask request body -> its 200 JSON body; raises AskFailed, and nothing else, where there is none.
Ask = Callable[[Mapping[str, object]], Mapping[str, object]]
# The same of /v1/search.
Search = Callable[[Mapping[str, object]], Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question, what came back, and its scores; `error` says why where the status is `failed`.

    `text` is without citation marks. `citations_exact` runs beside `citations`. `latency_ms` is None if
    it failed.
    """

    question: Question
    status: Literal["answered", "partial", "refused", "failed"]
    text: str
    short_answer: str | None
    citations: tuple[CitedQuote, ...]
    citations_exact: tuple[bool, ...]
    confidence: float | None
    degraded: bool
    latency_ms: float | None
    error: str | None
    scores: Scores


@dataclass(frozen=True, slots=True)
class Run:
    """A data set asked once; one row per question, in the data set's order."""

    dataset: str
    k: int
    rows: tuple[Row, ...]

    @property
    def failed(self) -> tuple[Row, ...]:
        """The questions that got no usable answer."""
        return tuple(row for row in self.rows if row.status == "failed")


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    reply: Reply | None
    grounds: Grounds
    searched: Placed | None
    latency_ms: float | None
    error: str | None


def evaluate(
    dataset: Dataset,
    ask: Ask,
    get_text: GetText,
    *,
    documents: Sequence[IndexedDocument],
    k: int,
    clock: Callable[[], float],
    on_progress: Callable[[int, int], None],
    search: Search | None = None,
) -> Run:
    """Ask one question after the other; `on_progress(done, total)` follows each.

    Args:
        dataset: the questions.
        ask: the system under test.
        get_text: stored text by document_id and sha256.
        documents: the whole corpus, in its current versions.
        k: passages to ask for, 1 to 50.
        clock: seconds, monotonic; read before and after each ask.
        on_progress: called after each question.
        search: search alone, to compare the answer's passages with; without it these measures are undefined.

    Raises:
        GoldMissing: the corpus lacks a document or quote that the questions name; nothing was asked then.
        AskFailed: the text of a gold document cannot be had; nothing was asked then.
    """
    corpus = Corpus(documents, get_text)
    require_gold(dataset.questions, corpus)
    asked = []
    for done, question in enumerate(dataset.questions, start=1):
        asked.append(_ask(question, ask, search, corpus, k=k, clock=clock))
        on_progress(done, len(dataset.questions))
    return Run(dataset.name, k, _rows(asked, k=k))


def _rows(asked: Sequence[_Asked], *, k: int) -> tuple[Row, ...]:
    answers = passage_scores({one.question.id: one.grounds.passages for one in asked}, k=k)
    searches = passage_scores({one.question.id: one.searched for one in asked if one.searched is not None}, k=k)
    return tuple(
        _row(
            one,
            score(
                one.question,
                one.reply,
                grounds=one.grounds,
                answer=answers[one.question.id],
                search=searches.get(one.question.id, PassageScores()),
            ),
        )
        for one in asked
    )


def _ask(question: Question, ask: Ask, search: Search | None, corpus: Corpus, *, k: int, clock: Callable[[], float]) -> _Asked:
    body = request_body(question, corpus, k=k)
    searchable = search if not question.history else None
    try:
        started = clock()
        answer = ask(body)
        latency_ms = (clock() - started) * 1000
        reply = read_reply(answer)
        grounds = grounds_of(reply, question, corpus)
        # After the ask: what search leaves warm must not make the answer look quick.
        passages = read_search(searchable(_search_body(body))) if searchable else None
        searched = None if passages is None else place(passages, grounds.gold, corpus)
        return _Asked(question, reply, grounds, searched, latency_ms, None)
    except AskFailed as error:
        nothing = no_grounds(question, corpus)
        return _Asked(question, None, nothing, nothing.passages if searchable else None, None, str(error))


def _search_body(body: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key in {"question", "filters", "k"}}


def request_body(question: Question, corpus: Corpus, *, k: int) -> dict[str, object]:
    """The question as a /v1/ask body; keys it says nothing about are left out, filtered names become ids."""
    body: dict[str, object] = {"question": question.question, "k": k}
    if question.history:
        body["history"] = [{"role": turn.role, "content": turn.content} for turn in question.history]
    if question.filters is not None:
        body["filters"] = _filters(question.filters, corpus)
    if question.as_of is not None:
        body["as_of"] = question.as_of.isoformat()
    return body


def _filters(filters: Filters, corpus: Corpus) -> dict[str, object]:
    ids = sorted({document_id for name in filters.document_ids for document_id in corpus.find(name)})
    events = {"event_from": filters.event_from, "event_to": filters.event_to}
    return {
        "document_ids": ids,
        "outlets": list(filters.outlets),
        "speakers": list(filters.speakers),
        "published_from": filters.published_from.isoformat() if filters.published_from else None,
        "published_to": filters.published_to.isoformat() if filters.published_to else None,
        **{name: day.isoformat() for name, day in events.items() if day},
    }


def _row(asked: _Asked, scores: Scores) -> Row:
    reply = asked.reply
    return Row(
        question=asked.question,
        status=reply.status if reply else "failed",
        text=reply.plain_text if reply else "",
        short_answer=reply.short_answer if reply else None,
        citations=reply.citations if reply else (),
        citations_exact=asked.grounds.exact,
        confidence=reply.confidence if reply else None,
        degraded=reply.degraded if reply else False,
        latency_ms=asked.latency_ms,
        error=asked.error,
        scores=scores,
    )
