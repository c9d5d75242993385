"""Read a data set, whichever of the known formats it has."""

from __future__ import annotations

from pathlib import Path

from service.evaluation.beir import load_beir
from service.evaluation.errors import DatasetError
from service.evaluation.jsonl import load_jsonl
from service.evaluation.qmsum import is_qmsum, load_qmsum
from service.evaluation.squad import load_squad
from service.evaluation.types import Dataset, Filters, GoldEvidence, GoldTurn, Question, Source, Turn

__all__ = [
    "Dataset", "DatasetError", "Filters", "GoldEvidence", "GoldTurn", "Question", "Source", "Turn", "load_dataset", "thinned",
]  # fmt: skip


def load_dataset(path: Path, *, open_corpus: bool = False) -> Dataset:
    """The data set at `path`.

    `.jsonl` is Readout's format or QMSum's (told by its first line), `.json` is SQuAD's (all also with `.xz`), a folder
    with `corpus.jsonl` is BEIR's. `open_corpus` asks SQuAD questions of all paragraphs instead of their own; QMSum's are always
    asked of their own meeting, and the others of everything.

    Raises:
        DatasetError: the path is none of these, or its content breaks the format.
    """
    if path.is_dir():
        if (path / "corpus.jsonl").is_file():
            return load_beir(path)
        raise DatasetError(f"{path}: is a folder without corpus.jsonl; give a data set file or a BEIR folder")
    if not path.exists():
        raise DatasetError(f"{path}: does not exist; check the path")
    match Path(path.name.removesuffix(".xz")).suffix:
        case ".jsonl":
            return load_qmsum(path) if is_qmsum(path) else load_jsonl(path)
        case ".json":
            return load_squad(path, open_corpus=open_corpus)
        case _:
            raise DatasetError(
                f"{path}: unknown kind; give .jsonl (Readout or QMSum), .json (SQuAD), .xz of these, or a BEIR folder"
            )


def thinned(dataset: Dataset, limit: int) -> Dataset:
    """At most `limit` of the questions, in the file's order: the same ones each time.

    They are spread evenly over the answerable ones, then over the others, so that both keep their share.

    Where every question that is left names its documents, only these are kept, since no other can be searched; term
    statistics of the whole set are not kept then. Otherwise all documents stay, so that as much must be searched as before.
    """
    n = len(dataset.questions)
    answerable_first = sorted(range(n), key=lambda i: not dataset.questions[i].answerable)
    chosen = sorted(answerable_first[i * n // limit] for i in range(limit)) if limit < n else range(n)
    questions = tuple(dataset.questions[i] for i in chosen)
    documents = dataset.documents
    if isinstance(documents, tuple) and all(q.filters is not None and q.filters.document_ids for q in questions):
        named = {name for q in questions if q.filters for name in q.filters.document_ids}
        documents = tuple(source for source in documents if source.name in named)
    return Dataset(dataset.name, questions, documents)
