"""The command line. Parsing imports nothing heavy: a command loads what it needs when it runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import InputRejected, ReadoutError
from service.errors import CannotServe, UnsafeBind

if TYPE_CHECKING:
    from service.settings import Settings

DONE, FAILED, USAGE = 0, 1, 2
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 failed, 2 usage."""
    parsed = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except ReadoutError as error:
        _complain(str(error))
        return FAILED
    except BrokenPipeError:  # the reader of our output, `head` say, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains when it flushes at exit
        return DONE
    except KeyboardInterrupt:
        _complain("stopped; what was finished is kept")
        return FAILED


def parser() -> argparse.ArgumentParser:
    """The command line of `readout`."""
    parser = argparse.ArgumentParser(
        prog="readout", description="Answers questions about a call from its coverage, citing the exact words."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, metavar="DIR", help="folder of the store (default: READOUT_DATA, else ./data)")

    ingest = commands.add_parser("ingest", parents=[common], help="add files and folders, and wait until they are embedded")
    ingest.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder with all files below it")
    ingest.set_defaults(run=_ingest)

    ask = commands.add_parser("ask", parents=[common], help="ask one question")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    ask.set_defaults(run=_ask)

    serve = commands.add_parser("serve", parents=[common], help="serve the API and the page")
    serve.add_argument("--host", help="address to serve on (default: READOUT_HOST, else 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to serve on (default: READOUT_PORT, else 8000)")
    serve.add_argument("--insecure", action="store_true", help="serve off loopback without an API key")
    serve.set_defaults(run=_serve)

    evaluate = commands.add_parser("evaluate", parents=[common], help="ask the questions of a data set and measure the answers")
    kinds = "JSON lines, SQuAD 2.0 JSON or QMSum (each also .xz), or a BEIR folder"
    evaluate.add_argument("dataset", type=Path, metavar="DATASET", help=kinds)
    evaluate.add_argument("--url", help="ask this running server instead of a temporary store")
    evaluate.add_argument("--k", type=int, default=8, help="passages per question (default: 8)")
    evaluate.add_argument("--json", action="store_true", help="print the measures as JSON")
    evaluate.add_argument("--report", type=Path, metavar="DIR", help="write measures, answers and report.html to this folder")
    evaluate.add_argument("--open-corpus", action="store_true", help="SQuAD: search all paragraphs, not the question's own")
    evaluate.add_argument("--compare", type=Path, metavar="DIR", help="compare with the report of another run of this data set")
    evaluate.add_argument("--limit", type=_count, metavar="N", help="ask N of the questions, spread evenly over the data set")
    evaluate.add_argument("--gate", type=Path, metavar="FILE", help="exit 1 if a measure is past its bound in this TOML file")
    evaluate.set_defaults(run=_evaluate)

    train = commands.add_parser("train-reader", help="train the reader's and the entailment model's weights again")
    data = "SQuAD 2.0 JSON, or rows of reading or entailment as JSON lines; each may be .xz"
    train.add_argument("--data", nargs="+", type=Path, required=True, metavar="FILE", help=data)
    train.add_argument(
        "--out", type=Path, default=Path("trained"), metavar="DIR", help="checkpoints, curves and weights (default: ./trained)"
    )
    train.add_argument(
        "--examples", type=_count, metavar="N", help="examples to learn from (default: 110,000; 26,000 for entailment)"
    )
    train.add_argument("--start", type=Path, metavar="FILE", help="begin from these weights instead of the packaged encoder's")
    train.add_argument(
        "--synonyms", type=Path, metavar="DIR", help="WordNet's dictionary files, to put questions in other words as well"
    )
    train.add_argument(
        "--only", choices=("reading", "entailment"), help="train one of the two (default: whatever there is data for)"
    )
    train.add_argument("--threads", type=_count, default=2, metavar="N", help="processor threads (default: 2)")
    train.set_defaults(run=_train_reader)

    status = commands.add_parser("status", parents=[common], help="show what is stored")
    status.set_defaults(run=_status)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _settings(parsed: argparse.Namespace, *, host: str | None = None, port: int | None = None) -> Settings:
    """The environment's settings; what the command line gives stands in for its variable."""
    from service.settings import PREFIX, load_settings

    given = {"DATA": parsed.data, "HOST": host, "PORT": port}
    return load_settings({**os.environ, **{PREFIX + name: str(value) for name, value in given.items() if value is not None}})


def _ingest(parsed: argparse.Namespace) -> int:
    from tqdm import tqdm

    from index.ingest import collect
    from index.types import IngestStatus
    from service.bootstrap import model_id_of, open_ingester
    from service.progress import watched

    files, results = collect(parsed.paths)
    if not files:
        for result in results:
            _complain(f"{result.name}: {result.error}")
        _complain("nothing to ingest")
        return FAILED
    settings = _settings(parsed)
    store, ingester = open_ingester(settings)
    reading = tqdm(files, desc="reading", unit="file", disable=None)
    results += [result for path in reading for result in ingester.add_file_parts(path)]
    with tqdm(total=store.backlog(model_id_of(settings)), desc="embedding", unit="passage", disable=None) as bar:
        ingester.embed_backlog(on_progress=watched(bar), stop=lambda: False)
    store.close()
    for result in results:
        if result.status is IngestStatus.FAILED:
            _complain(f"{result.name}: {result.error}")
    counts = [f"{sum(r.status is status for r in results)} {status.value}" for status in IngestStatus]
    _say(", ".join(counts))
    return FAILED if any(result.status is IngestStatus.FAILED for result in results) else DONE


def _ask(parsed: argparse.Namespace) -> int:
    from service.background import catch_up
    from service.bootstrap import load_engine
    from service.schemas import answer_json
    from service.text import readable
    from service.types import Ask

    settings = _settings(parsed)
    if not parsed.question.strip() or len(parsed.question) > settings.max_question_characters:
        raise InputRejected(f"ask a question of 1 to {settings.max_question_characters:,} characters")
    engine = load_engine(settings)
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    answer = engine.answerer.ask(Ask(parsed.question))
    if parsed.json:
        _say(json.dumps(answer_json(answer, answer_id="command-line"), ensure_ascii=False, indent=2))
    else:
        _say(readable(answer))
    engine.close()
    return DONE


def _serve(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed, host=parsed.host, port=parsed.port)
    if settings.host not in LOOPBACK and settings.api_key is None and not parsed.insecure:
        raise UnsafeBind(f"{settings.host} can be reached from elsewhere; set READOUT_API_KEY, or add --insecure")
    _check_port(settings.host, settings.port)
    import uvicorn

    from service.api import create_app
    from service.bootstrap import load_engine

    app = create_app(settings, lambda: load_engine(settings))
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="info", server_header=False, timeout_keep_alive=15)
    return DONE


def _check_port(host: str, port: int) -> None:
    """Say at once that the port is taken, not after the models are loaded."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"{host}:{port} cannot be served on ({error.strerror}); stop what uses it, or give --port"
            ) from error


def _evaluate(parsed: argparse.Namespace) -> int:
    from service.evaluating import Options, evaluate_command

    options = Options(
        dataset=parsed.dataset,
        url=parsed.url,
        k=parsed.k,
        as_json=parsed.json,
        report=parsed.report,
        compare_with=parsed.compare,
        open_corpus=parsed.open_corpus,
        limit=parsed.limit,
        gate=parsed.gate,
    )
    return DONE if evaluate_command(options, _settings(parsed), say=_say) else FAILED


def _train_reader(parsed: argparse.Namespace) -> int:
    from index.embed import packaged_model_path, use_threads
    from index.reader.training.run import train_networks

    use_threads(parsed.threads)
    written = train_networks(
        parsed.data,
        packaged_model_path(),
        parsed.out,
        examples=parsed.examples,
        start=parsed.start,
        synonyms=parsed.synonyms,
        only=parsed.only,
        say=_say,
    )
    for path, sha256 in written:
        _say(f"{sha256}  {path}")
    return DONE


def _status(parsed: argparse.Namespace) -> int:
    from index.store.documents import Store
    from service.bootstrap import model_id_of

    settings = _settings(parsed)
    store = Store(settings.data)
    counts = store.counts()
    _say(f"store      {settings.data}")
    for name in ("documents", "versions", "chunks", "vectors"):
        _say(f"{name:<10} {counts[name]}")
    _say(f"{'backlog':<10} {store.backlog(model_id_of(settings))}")
    _say(f"{'sequence':<10} {store.sequence()}")
    store.close()
    return DONE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"readout: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
