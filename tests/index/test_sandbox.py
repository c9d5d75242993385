from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest

from index.errors import DamagedFile, DocumentTooLarge, EmptyDocument, InputRejected, ParseMemory, ParserUnavailable, ParseTimeout
from index.loaders import sandbox, wire, worker
from index.loaders.kinds import Kind
from index.loaders.parts import Loaded
from index.loaders.sandbox import Ended, Sandbox, judged
from index.types import Extracted, Metadata, Section, SectionKind, Span

TEXT = "Xi said “да” 🙂 שלום.\0"


def a_document(text: str = TEXT) -> Loaded:
    sections = (Section(Span(0, 7), SectionKind.TURN, "Xi\ud800"),)
    return Loaded("#1", Extracted(text, sections, Metadata("T", "O", "2024-04-03", "u", "B")))


# The wire


def test_documents_come_over_the_wire_as_they_are_but_for_what_is_no_text() -> None:
    (read,) = wire.read(wire.of_documents([a_document()]))
    sections = (Section(Span(0, 7), SectionKind.TURN, "Xi\ufffd"),)
    text = TEXT.replace("\0", "\ufffd")
    assert read == Loaded("#1", Extracted(text, sections, Metadata("T", "O", "2024-04-03", "u", "B")))


def test_a_refusal_comes_over_the_wire_as_its_own_class() -> None:
    with pytest.raises(EmptyDocument, match="no words"):
        wire.read(wire.of_error(EmptyDocument("no words")))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"[]",
        b'{"documents": 1}',
        b'{"error": {"code": "store_unavailable", "message": ""}}',
        wire.of_documents([a_document()]).replace(b"[0, 7,", b"[0, 700,"),
        wire.of_documents([a_document()]).replace(b"[0, 7,", b"[-1, 7,"),
        wire.of_documents([a_document()]).replace(b'"turn"', b'"scroll"'),
        wire.of_documents([a_document()]).replace(b"2024-04-03", b"2024-04-33"),
        b"[" * 100_000,
    ],
)
def test_a_message_that_no_parser_of_ours_would_write_is_refused(message: bytes) -> None:
    with pytest.raises(DamagedFile):
        wire.read(message)


def test_too_much_text_is_refused_before_it_is_sent() -> None:
    with pytest.raises(DocumentTooLarge):
        wire.of_documents([a_document("a" * (wire.MAX_TEXT_CHARACTERS + 1))])


# How a parser ended


@pytest.mark.parametrize(
    ("ended", "error"),
    [
        (Ended(late=True, killed_by=9, peak_bytes=0), ParseTimeout),
        (Ended(late=False, killed_by=24, peak_bytes=0), ParseTimeout),
        (Ended(late=False, killed_by=6, peak_bytes=wire.MEMORY_BYTES), ParseMemory),
        (Ended(late=False, killed_by=11, peak_bytes=1), DamagedFile),
    ],
)
def test_a_parser_that_was_ended_says_why(ended: Ended, error: type[Exception]) -> None:
    with pytest.raises(error):
        judged(b"", ended)


# The worker process


def test_a_worker_that_went_away_between_two_files_is_started_anew() -> None:
    own = Sandbox()
    assert own.load(Kind.MARKDOWN, b"# Words")[0].extracted.text == "Words"
    process = own._process
    assert process is not None
    process.kill()
    process.wait()
    assert own.load(Kind.MARKDOWN, b"# Again")[0].extracted.text == "Again"
    own.close()
    assert own.load(Kind.MARKDOWN, b"# Still")[0].extracted.text == "Still"
    own.close()
    own.close()


def test_a_worker_that_goes_away_with_a_file_in_hand_is_told() -> None:
    own = Sandbox()
    assert own.load(Kind.MARKDOWN, b"# Words")[0].extracted.text == "Words"
    process = own._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    ending = threading.Timer(0.2, own.close)
    ending.start()
    with pytest.raises(ParserUnavailable):
        own.load(Kind.MARKDOWN, b"# Words")
    ending.join()


def test_files_are_read_side_by_side_and_none_gets_anothers_text() -> None:
    found: dict[int, str] = {}

    def load(number: int) -> None:
        found[number] = sandbox.shared().load(Kind.MARKDOWN, f"# Words {number}".encode())[0].extracted.text

    threads = [threading.Thread(target=load, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"Words {number}" for number in range(6)}


def test_no_descriptor_is_left_open_by_files_that_are_read_or_refused() -> None:
    sandbox.shared().load(Kind.MARKDOWN, b"# Words")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for data in (b"# Words", b"***", b"a\0"):
        with contextlib.suppress(InputRejected):
            sandbox.shared().load(Kind.MARKDOWN, data)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec"])
def test_a_parser_may_not_reach_the_network_or_start_a_program(event: str) -> None:
    with pytest.raises(PermissionError):
        worker._refuse(event, ())


def test_a_parser_may_open_a_file_to_read_and_not_to_write() -> None:
    worker._refuse("open", ("a", "r", os.O_RDONLY))
    with pytest.raises(PermissionError):
        worker._refuse("open", ("a", "w", os.O_WRONLY | os.O_CREAT))


def test_the_worker_loads_no_model_library_and_the_server_no_parser() -> None:
    code = "import sys, json; import index.loaders.{0}; print(json.dumps(sorted(name.split('.')[0] for name in sys.modules)))"
    loaded = {module: _modules(code.format(module)) for module in ("worker", "sandbox")}
    assert not loaded["worker"] & {"torch", "transformers", "sentence_transformers", "faiss", "numpy", "openvino", "fastapi"}
    assert not loaded["sandbox"] & {"trafilatura", "pypdfium2", "lxml"}


def test_the_worker_ends_when_its_server_is_gone() -> None:
    own = Sandbox()
    own.load(Kind.MARKDOWN, b"# Words")
    process, control = own._process, own._control
    assert process is not None
    assert isinstance(control, socket.socket)
    control.close()
    assert process.wait(timeout=60) == 0
    own._process = own._control = None


def _modules(code: str) -> set[str]:
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))
