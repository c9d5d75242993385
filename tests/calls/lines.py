"""Files of calls and of rows, a JSON object a line, and what every script that makes rows of calls is given."""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SEED = 7
Row = dict[str, Any]


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """Arguments `calls` and `--out`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    return parser


def asking_parser_of(description: str | None) -> argparse.ArgumentParser:
    """The same with `--questions`."""
    parser = parser_of(description)
    parser.add_argument("--questions", type=Path, nargs="*", default=[], help="further questions about these calls")
    return parser


def read_calls(path: Path) -> list[Row]:
    """The lines of one file."""
    return [json.loads(line) for line in lzma.decompress(path.read_bytes()).decode().splitlines()]


def calls_of(given: argparse.Namespace) -> dict[str, Row]:
    """The calls by name, with their further questions where these were asked for."""
    calls = {call["call"]: call for path in given.calls for call in read_calls(path)}
    for asked in (line for path in getattr(given, "questions", ()) for line in read_calls(path)):
        calls[asked["call"]]["questions"].append(asked)
    return calls


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """One row a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
