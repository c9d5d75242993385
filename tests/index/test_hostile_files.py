"""Broken and malicious files: each is refused with its code, within the bounds of the worker. The benchmark times all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index import loaders
from index.errors import InputRejected
from index.loaders import sandbox, wire
from index.loaders.kinds import Kind
from index.loaders.parts import Loaded, Unloaded
from service.problems import STATUS_OF_CODE
from tests.hostile import Hostile, quick_files, slow_files

FILES = list(quick_files())
PATIENT_SECONDS = 300.0  # a busy machine is no failure; what is bounded by processor time and memory stays so


@pytest.fixture(scope="module")
def patient() -> Iterator[sandbox.Sandbox]:
    made = sandbox.Sandbox(wall_seconds=PATIENT_SECONDS)
    yield made
    made.close()


@pytest.mark.parametrize("file", FILES, ids=[file.cause for file in FILES])
def test_a_hostile_file_is_refused_with_its_code_and_advice_while_its_worker_stays_bounded(
    file: Hostile, patient: sandbox.Sandbox
) -> None:
    ended: list[sandbox.Ended] = []

    def parse(kind: Kind, data: bytes) -> list[Loaded]:
        message, how = patient.run(kind, data)
        ended.append(how)
        return sandbox.judged(message, how)

    error = refusal(file, parse)
    assert error.code == file.code
    assert 400 <= STATUS_OF_CODE[error.code] < 500
    assert ";" in str(error) or file.code in ("empty_document", "damaged_file")
    assert all(how.peak_bytes <= wire.MEMORY_BYTES for how in ended)


def test_there_are_at_least_a_hundred_and_twenty_hostile_files_with_causes_of_their_own() -> None:
    assert len({file.cause for file in FILES}) == len(FILES) >= 120


def test_a_file_that_wants_more_memory_than_it_may_is_refused_for_that(patient: sandbox.Sandbox) -> None:
    file = next(file for file in slow_files() if file.cause == "PDF that inflates twice")
    message, ended = patient.run(Kind.PDF, file.data)
    with pytest.raises(InputRejected) as caught:
        sandbox.judged(message, ended)
    assert caught.value.code == "parse_memory"
    assert ended.peak_bytes <= wire.MEMORY_BYTES


def test_a_page_whose_tree_finds_no_room_is_not_taken_for_an_empty_one(patient: sandbox.Sandbox) -> None:
    """The extractor passes over the parser's error, so the page seemed to hold no article."""
    file = next(file for file in slow_files() if file.cause == "2.5 million paragraphs")
    with pytest.raises(InputRejected) as caught:
        patient.load(Kind.HTML, file.data)
    assert caught.value.code in (file.code, *file.also)


def test_a_file_that_takes_too_long_is_ended_and_refused_for_that() -> None:
    file = next(file for file in slow_files() if file.cause == "brackets without end")
    with pytest.raises(InputRejected) as caught:
        sandbox.shared().load(Kind.MARKDOWN, file.data)
    assert caught.value.code == "parse_timeout"


def test_the_worker_outlives_a_parser_that_was_ended() -> None:
    hasty = sandbox.Sandbox(wall_seconds=0.001)
    with pytest.raises(InputRejected) as caught:
        hasty.load(Kind.MARKDOWN, b"[a](" * 400_000)
    assert caught.value.code == "parse_timeout"
    process = hasty._process
    assert process is not None
    assert process.poll() is None
    hasty.close()


def refusal(file: Hostile, parse: loaders.Parse) -> InputRejected:
    """The error of the file, or that of its first member if none is a document."""
    try:
        parts = list(loaders.load_all(file.name, file.data, max_document_bytes=25_000_000, parse=parse))
    except InputRejected as error:
        return error
    refused = [part.error for part in parts if isinstance(part, Unloaded)]
    assert len(refused) == len(parts), f"accepted: {parts}"
    return refused[0]
