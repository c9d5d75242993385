"""The command line. Parsing imports nothing heavy: a command loads what it needs when it runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import InputRejected, ReadoutError, StoreBusy
from service.errors import UnsafeBind

if TYPE_CHECKING:
    from service.settings import Settings

DONE, FAILED, USAGE = 0, 1, 2
STANDARD_INPUT = "-"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _Usage(Exception):
    """Options that do not go together."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 failed, 2 usage."""
    read = parser()
    parsed = read.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except _Usage as error:
        read.error(str(error))
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

    _add_ingest(commands.add_parser("ingest", parents=[common], help="add files and folders, and wait until they are embedded"))

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

    train = commands.add_parser("train-reader", help="train the weights of the shipped networks again")
    data = "SQuAD 2.0 JSON, or rows of reading, entailment or comparison as JSON lines; each may be .xz"
    train.add_argument("--data", nargs="+", type=Path, required=True, metavar="FILE", help=data)
    train.add_argument(
        "--out", type=Path, default=Path("trained"), metavar="DIR", help="checkpoints, curves and weights (default: ./trained)"
    )
    train.add_argument(
        "--examples",
        type=_count_or_none,
        metavar="N",
        help="examples to learn from (default: 110,000; 26,000 for entailment, 57,344 for comparison)",
    )
    train.add_argument(
        "--start", nargs="+", type=Path, default=[], metavar="FILE", help="begin from these weights, the mean of several runs'"
    )
    train.add_argument(
        "--synonyms", type=Path, metavar="DIR", help="WordNet's dictionary files, to put questions in other words as well"
    )
    train.add_argument(
        "--only", choices=("reading", "entailment", "comparison"), help="train one of them (default: whatever there is data for)"
    )
    train.add_argument("--threads", type=_count, default=2, metavar="N", help="processor threads (default: 2)")
    half = "matrix products in bfloat16: twice as fast on a processor that has it (avx512_bf16, amx), slower on others"
    train.add_argument("--bfloat16", action="store_true", help=half)
    train.set_defaults(run=_train_reader)

    _add_mcp_and_verify(commands, common)

    commands.add_parser("status", parents=[common], help="show what is stored, what waits and what was given up").set_defaults(
        run=_status
    )

    doctor = commands.add_parser("doctor", parents=[common], help="check everything that is stored")
    doctor.add_argument("--repair", action="store_true", help="mend what can be made again from the texts")
    doctor.set_defaults(run=_doctor)

    backup = commands.add_parser("backup", parents=[common], help="write the store to one file, also while a server runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the file; its sha256 is written beside it")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", parents=[common], help="make a backup the store of a new folder")
    restore.add_argument("file", type=Path, metavar="FILE", help="what readout backup wrote")
    restore.set_defaults(run=_restore)
    return parser


def _add_ingest(ingest: argparse.ArgumentParser) -> None:
    paths = "a file, a folder with all files below it, a pattern such as 'reports/**/*.pdf', or - for standard input"
    ingest.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=paths)
    ingest.add_argument(
        "--name", metavar="NAME", help="what to call standard input; its ending says what it is (default: input.txt)"
    )
    ingest.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    ingest.add_argument("--watch", action="store_true", help="go on looking at the folders for new and changed files")
    ingest.add_argument("--interval", type=_seconds, default=2.0, metavar="SECONDS", help="between two looks (default: 2)")
    ingest.add_argument("--delete-missing", action="store_true", help="delete documents whose file is gone from the folders")
    ingest.add_argument("--even-if-empty", action="store_true", help="with --delete-missing: also if a folder is gone or empty")
    ingest.set_defaults(run=_ingest)


def _add_mcp_and_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    mcp = commands.add_parser("mcp", parents=[common], help="speak MCP over stdin and stdout, for programs that drive a model")
    mcp.set_defaults(run=_mcp)

    verify = commands.add_parser("verify", parents=[common], help="check an exported answer's citations against the documents")
    verify.add_argument("file", type=Path, metavar="FILE", help="the JSON of an answer, a list of them, or the page's export")
    verify.add_argument("--url", help="check against this running server instead of the store")
    verify.add_argument("--json", action="store_true", help="print what became of each citation as JSON")
    verify.set_defaults(run=_verify)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _count_or_none(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _settings(parsed: argparse.Namespace, *, host: str | None = None, port: int | None = None) -> Settings:
    """The environment's settings; what the command line gives stands in for its variable."""
    from service.settings import PREFIX, load_settings

    given = {"DATA": parsed.data, "HOST": host, "PORT": port}
    return load_settings({**os.environ, **{PREFIX + name: str(value) for name, value in given.items() if value is not None}})


def _ingest(parsed: argparse.Namespace) -> int:
    from service.ingesting import Asked, ingest_command, read_standard_input
    from service.watching import watch_command

    files = tuple(path for path in parsed.paths if str(path) != STANDARD_INPUT)
    wants_input = len(files) < len(parsed.paths)
    if parsed.name is not None and not wants_input:
        raise _Usage("--name names standard input; give - as a PATH")
    if parsed.watch and (wants_input or parsed.dry_run):
        raise _Usage("--watch takes folders only, and no --dry-run")
    if parsed.even_if_empty and not parsed.delete_missing:
        raise _Usage("--even-if-empty goes with --delete-missing")
    settings = _settings(parsed)
    upload = None
    if wants_input:
        upload = read_standard_input(parsed.name or "input.txt", max_bytes=settings.max_document_bytes)
    asked = Asked(files, upload, delete_missing=parsed.delete_missing, even_if_empty=parsed.even_if_empty)
    if parsed.watch:
        done = watch_command(asked, settings, interval_seconds=parsed.interval, say=_say, complain=_complain)
    else:
        done = ingest_command(asked, settings, dry_run=parsed.dry_run, say=_say, complain=_complain)
    return DONE if done else FAILED


def _ask(parsed: argparse.Namespace) -> int:
    from index.store.lock import lock
    from service.background import catch_up
    from service.bootstrap import load_engine
    from service.schemas import answer_json
    from service.text import readable
    from service.types import Ask

    settings = _settings(parsed)
    if not parsed.question.strip() or len(parsed.question) > settings.max_question_characters:
        raise InputRejected(f"ask a question of 1 to {settings.max_question_characters:,} characters")
    try:
        held = lock(settings.data)
    except StoreBusy:  # whoever writes does the embedding; what is there is asked
        held = None
    engine = load_engine(settings, read_only=held is None)
    if held is not None:
        catch_up(engine.store, engine.ingester, engine.generations, lexical=engine.lexical, stop=lambda: False)
    answer = engine.answerer.ask(Ask(parsed.question))
    if parsed.json:
        _say(json.dumps(answer_json(answer, answer_id="command-line"), ensure_ascii=False, indent=2))
    else:
        _say(readable(answer))
    engine.close()
    if held is not None:
        held.release()
    return DONE


def _serve(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed, host=parsed.host, port=parsed.port)
    if not settings.is_loopback and settings.api_key is None and not parsed.insecure:
        raise UnsafeBind(f"{settings.host} can be reached from elsewhere; set READOUT_API_KEY, or add --insecure")
    from service.bootstrap import load_engine
    from service.serving import serve

    serve(settings, lambda: load_engine(settings))
    return DONE


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
        bfloat16=parsed.bfloat16,
    )
    for path, sha256 in written:
        _say(f"{sha256}  {path}")
    return DONE


def _mcp(parsed: argparse.Namespace) -> int:
    from service.bootstrap import load_engine
    from service.mcp import serve_stdio

    settings = _settings(parsed)
    serve_stdio(settings, lambda: load_engine(settings, read_only=True))
    return DONE


def _verify(parsed: argparse.Namespace) -> int:
    from service.verifying import verify_command

    return DONE if verify_command(parsed.file, _settings(parsed), url=parsed.url, as_json=parsed.json, say=_say) else FAILED


def _status(parsed: argparse.Namespace) -> int:
    from service.upkeep import status

    status(_settings(parsed), say=_say)
    return DONE


def _doctor(parsed: argparse.Namespace) -> int:
    from service.upkeep import examine

    return DONE if examine(_settings(parsed), repair=parsed.repair, say=_say) else FAILED


def _backup(parsed: argparse.Namespace) -> int:
    from service.upkeep import back_up

    back_up(_settings(parsed), parsed.file, say=_say)
    return DONE


def _restore(parsed: argparse.Namespace) -> int:
    from service.upkeep import restore

    restore(_settings(parsed), parsed.file, say=_say)
    return DONE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"readout: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
