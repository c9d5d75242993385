"""Read a data set, whichever of the known formats it has."""

from __future__ import annotations

from pathlib import Path

from service.evaluation.beir import load_beir
from service.evaluation.errors import DatasetError
from service.evaluation.jsonl import load_jsonl
from service.evaluation.squad import load_squad
from service.evaluation.types import Dataset, Filters, GoldEvidence, Question, Source, Turn

__all__ = ["Dataset", "DatasetError", "Filters", "GoldEvidence", "Question", "Source", "Turn", "load_dataset"]


def load_dataset(path: Path, *, open_corpus: bool = False) -> Dataset:
    """The data set at `path`.

    `.jsonl` is Readout's format, `.json` is SQuAD's (both also with `.xz`), a folder with `corpus.jsonl` is
    BEIR's. `open_corpus` asks SQuAD questions of all paragraphs instead of their own; the others always do.

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
            return load_jsonl(path)
        case ".json":
            return load_squad(path, open_corpus=open_corpus)
        case _:
            raise DatasetError(f"{path}: unknown kind; give .jsonl (Readout), .json (SQuAD), .xz of these, or a BEIR folder")
