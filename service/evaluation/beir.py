"""BEIR folders (Thakur et al., NeurIPS 2021): whole documents judged relevant, no answers."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from service.evaluation.errors import DatasetError
from service.evaluation.lines import read_rows, read_text
from service.evaluation.types import Dataset, GoldEvidence, Question, Source

_QREL_COLUMNS = 3  # query-id, corpus-id, score


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    id: str = Field(alias="_id", min_length=1)
    text: str
    title: str | None = None


def load_beir(folder: Path) -> Dataset:
    """Each relevant document of a query is an evidence group of its own, with its judged gain.

    Queries without a relevant document are left out, as in every trec_eval average. The judgements are
    `qrels/test.tsv`, or the only file in `qrels/`. A document without text is indexed as its title.

    Raises:
        DatasetError: a file is missing or broken, or a judgement names an unknown query or document.
    """
    corpus = _read_entries(folder / "corpus.jsonl")
    queries = _read_entries(folder / "queries.jsonl")
    relevant = _read_qrels(_qrels_path(folder), queries, corpus)
    questions = tuple(
        Question(id=query_id, question=queries[query_id].text, answerable=True, evidence=tuple(groups))
        for query_id, groups in relevant.items()
    )
    if not questions:
        raise DatasetError(f"{folder}: no query has a relevant document; check the scores in qrels")
    sources = tuple(Source(e.id, e.text if e.text.strip() else e.title or "", e.title or None) for e in corpus.values())
    return Dataset(folder.name, questions, sources)


def _read_entries(path: Path) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for place, entry in read_rows(path, _Entry):
        if entry.id in entries:
            raise DatasetError(f"{place}: the _id {entry.id!r} stands on an earlier line too; give each its own")
        if not f"{entry.text}{entry.title or ''}".strip():
            raise DatasetError(f"{place}: has neither text nor title; remove the row or fill it")
        entries[entry.id] = entry
    return entries


def _qrels_path(folder: Path) -> Path:
    found = sorted((folder / "qrels").glob("*.tsv"))
    tests = [path for path in found if path.name == "test.tsv"]
    if tests or len(found) == 1:
        return (tests or found)[0]
    names = ", ".join(path.name for path in found) or "nothing"
    raise DatasetError(f"{folder}: qrels/ must hold test.tsv or one .tsv file, found {names}; name one test.tsv")


def _read_qrels(path: Path, queries: dict[str, _Entry], corpus: dict[str, _Entry]) -> dict[str, list[tuple[GoldEvidence]]]:
    relevant: dict[str, dict[str, tuple[GoldEvidence]]] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[-1].strip() == "score"):
            continue
        place = f"{path}, line {number}"
        query_id, document_id, gain = _judgement(cells, place)
        if query_id not in queries:
            raise DatasetError(f"{place}: the query {query_id!r} is not in queries.jsonl; add it or remove the line")
        if document_id not in corpus:
            raise DatasetError(f"{place}: the document {document_id!r} is not in corpus.jsonl; add it or remove the line")
        if document_id in relevant.setdefault(query_id, {}):
            raise DatasetError(f"{place}: {document_id!r} is judged twice for query {query_id!r}; keep one line")
        if gain > 0:
            relevant[query_id][document_id] = (GoldEvidence(document_id, None, gain),)
    return {query_id: list(groups.values()) for query_id, groups in relevant.items() if groups}


def _judgement(cells: list[str], place: str) -> tuple[str, str, int]:
    if len(cells) != _QREL_COLUMNS:
        raise DatasetError(f"{place}: has {len(cells)} columns; write query-id, corpus-id and score, tab-separated")
    try:
        return cells[0], cells[1], int(cells[2])
    except ValueError as error:
        raise DatasetError(f"{place}: the score {cells[2]!r} is no whole number; correct it") from error
