"""The evaluate command: a data set against a temporary store in this process, or against a running server."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from index.errors import NotFound, ReadoutError
from index.files import Upload, collect
from index.types import IngestResult, IngestStatus, Metadata
from service.bootstrap import Engine, in_directory, load_engine
from service.evaluation.compare import Comparison, compare_scores, scores_of
from service.evaluation.corpus import GetText, IndexedDocument
from service.evaluation.dataset import load_dataset, thinned
from service.evaluation.errors import AskFailed, DatasetError
from service.evaluation.gate import load_gate, require_gate
from service.evaluation.over_http import http_ask
from service.evaluation.report import comparison_table, read_scores, table, to_json, write_report
from service.evaluation.run import Ask as AskOverJson
from service.evaluation.run import Run, Search, evaluate
from service.evaluation.types import Dataset
from service.progress import watched
from service.schemas import AskBody, SearchBody, answer_json, passage_json
from service.settings import Settings
from service.types import Ask


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was given."""

    dataset: Path
    url: str | None
    k: int
    as_json: bool
    report: Path | None
    compare_with: Path | None
    open_corpus: bool
    limit: int | None = None
    gate: Path | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, with its documents."""

    ask: AskOverJson
    search: Search
    get_text: GetText
    documents: tuple[IndexedDocument, ...]


def evaluate_command(options: Options, settings: Settings, *, say: Callable[[str], None]) -> bool:
    """Run, print, and write the report if one is wanted; whether every question got an answer or a refusal.

    Raises:
        ReadoutError: If the data set, the server, the gate or the report folder cannot be used.
        GateNotHeld: If a measure is past its bound in the gate; all is printed and written by then.
    """
    dataset = load_dataset(options.dataset, open_corpus=options.open_corpus)
    if options.limit is not None:
        dataset = thinned(dataset, options.limit)
    before = read_scores(options.compare_with) if options.compare_with else None
    gate = load_gate(options.gate, tags={tag for q in dataset.questions for tag in q.tags}) if options.gate else ()
    run = _run(dataset, options, settings)
    comparison = None if before is None else Comparison(str(options.compare_with), compare_scores(before, scores_of(run)))
    if options.as_json:
        say(json.dumps(to_json(run, comparison), ensure_ascii=False, indent=2))
    else:
        say(table(run) if comparison is None else f"{table(run)}\n\n{comparison_table(comparison.differences)}")
    if options.report:
        write_report(run, options.report, comparison)
    require_gate(gate, run)
    return not run.failed


def _run(dataset: Dataset, options: Options, settings: Settings) -> Run:
    with _target(dataset, options, settings) as target, tqdm(total=len(dataset.questions), desc="asking", disable=None) as bar:
        return evaluate(
            dataset,
            target.ask,
            target.get_text,
            documents=target.documents,
            k=options.k,
            clock=time.perf_counter,
            on_progress=lambda done, _: watched(bar)(done - int(bar.n)),
            search=target.search,
        )


@contextmanager
def _target(dataset: Dataset, options: Options, settings: Settings) -> Iterator[Target]:
    if options.url is not None:
        key = None if settings.api_key is None else settings.api_key.get_secret_value()
        with http_ask(options.url, api_key=key, timeout_seconds=settings.ask_timeout_seconds) as server:
            yield Target(server.ask, server.search, server.get_text, server.documents)
        return
    with tempfile.TemporaryDirectory(prefix="readout-evaluate-") as folder:
        engine = load_engine(in_directory(settings, Path(folder)))
        try:
            _ingest(engine, dataset)
            yield _in_process(engine)
        finally:
            engine.close()


def _ingest(engine: Engine, dataset: Dataset) -> None:
    results: list[IngestResult]
    if isinstance(dataset.documents, Path):
        collected = collect([dataset.documents])
        files = [*collected.files, *(skipped.path for skipped in collected.skipped)]  # a data set has no stray files
        results = [engine.ingester.add_file(path) for path in tqdm(files, desc="reading", disable=None)]
    else:
        results = [
            engine.ingester.add_upload(
                Upload(source.name, source.text.encode(), Metadata(title=source.title, uri=source.name), is_text=True)
            )
            for source in tqdm(dataset.documents, desc="reading", disable=None)
        ]
    failed = [result for result in results if result.status is IngestStatus.FAILED]
    if failed:
        raise DatasetError(f"{len(failed)} document(s) of the data set cannot be read; {failed[0].name}: {failed[0].error}")
    with tqdm(total=engine.store.backlog(engine.embedder.model_id), desc="embedding", disable=None) as bar:
        engine.ingester.embed_backlog(on_progress=watched(bar), stop=lambda: False)
    engine.generations.refresh()
    engine.lexical.refresh()


def _in_process(engine: Engine) -> Target:
    def ask(body: Mapping[str, object]) -> Mapping[str, object]:
        try:
            return answer_json(engine.answerer.ask(AskBody.model_validate(body).value()), answer_id="evaluation")
        except ReadoutError as error:
            raise AskFailed(str(error)) from error

    def search(body: Mapping[str, object]) -> Mapping[str, object]:
        try:
            asked = SearchBody.model_validate(body)
            found = engine.answerer.find(Ask(asked.question, filters=asked.filters.value(), k=asked.k))
        except ReadoutError as error:
            raise AskFailed(str(error)) from error
        return {"passages": [passage_json(passage) for passage in found]}

    def get_text(document_id: str, sha256: str) -> str:
        try:
            return engine.store.document(document_id, sha256=sha256).text
        except NotFound as error:
            raise AskFailed(str(error)) from error

    documents = tuple(IndexedDocument(d.document_id, d.name, d.sha256) for d in engine.store.documents())
    return Target(ask, search, get_text, documents)
