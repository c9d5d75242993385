"""Files of a data set as text, plain or xz-compressed, with every fault named by file and line."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from service.evaluation.errors import DatasetError

Row = TypeVar("Row", bound=BaseModel)


def read_text(path: Path) -> str:
    """The file's text, byte-order mark off, decompressed if its name ends in `.xz`.

    Raises:
        DatasetError: the file cannot be read, is not xz or is not UTF-8.
    """
    try:
        data = path.read_bytes()
        raw = lzma.decompress(data) if path.suffix == ".xz" else data
        return raw.decode("utf-8-sig")
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); check the path"
        raise DatasetError(message) from error
    except (lzma.LZMAError, EOFError) as error:
        message = f"{path}: is no xz file or is cut short ({error}); fetch or compress it again"
        raise DatasetError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8"
        raise DatasetError(message) from error


def read_rows(path: Path, shape: type[Row]) -> Iterator[tuple[str, Row]]:
    """(place, row) of each JSON line that is not blank; place is `file, line N`.

    Raises:
        DatasetError: a line is not JSON, or not of the given shape.
    """
    # Not splitlines(): JSON strings may hold U+2028 or U+0085 unescaped, which it would split on.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            place = f"{path}, line {number}"
            yield place, parse(line, shape, place)


def parse(text: str, shape: type[Row], place: str) -> Row:
    """The JSON text as one `shape`.

    Raises:
        DatasetError: with the place, the first fault's key, and what to do.
    """
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        raise DatasetError(f"{place}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    match fault["type"]:
        case "json_invalid":
            return f"bad JSON ({fault['msg']}); correct the line"
        case "extra_forbidden":
            return f"unknown key {key!r}; remove it or correct its spelling"
        case "missing":
            return f"the key {key!r} is missing; add it"
        case _:
            return f"{key or 'the value'}: {fault['msg']}; correct the value"
