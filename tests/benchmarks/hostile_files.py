"""Every hostile file through the loaders, as a server would: its code, how long it took, and whose memory grew.

    python tests/benchmarks/hostile_files.py

Exit 1 if one is not refused with its code, took 10 seconds, or a bound on memory did not hold.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from index import loaders
from index.errors import InputRejected
from index.loaders import sandbox
from index.loaders.kinds import Kind
from index.loaders.parts import Loaded, Unloaded
from tests.hostile import Hostile, hostile_files

MAX_SECONDS = 10.0
MAX_WORKER_MIB = 512
MAX_GROWTH_MIB = 64
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """What one file came to; `growth_mib` is that of this process while it was read."""

    file: Hostile
    code: str
    seconds: float
    worker_mib: float
    growth_mib: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="files whose cause holds these words")
    only = parser.parse_args().only
    sandbox.shared().load(Kind.MARKDOWN, b"# The worker starts before anything is measured\n")
    print(f"{'cause':<40} {'bytes':>10}  {'code':<19} {'seconds':>7} {'worker MiB':>10} {'growth MiB':>10}")
    rows: list[Row] = []
    for file in hostile_files():
        if only in file.cause:
            row = measured(file)
            rows.append(row)
            wrong = "" if row.code in (file.code, *file.also) else f"  WRONG: {file.code} was due"
            figures = f"{row.seconds:7.2f} {row.worker_mib:10.0f} {row.growth_mib:10.1f}"
            print(f"{file.cause:<40} {len(file.data):>10,}  {row.code:<19} {figures}{wrong}", flush=True)
    return summary(rows)


def measured(file: Hostile) -> Row:
    peaks: list[int] = []

    def parse(kind: Kind, data: bytes) -> list[Loaded]:
        message, ended = sandbox.shared().run(kind, data)
        peaks.append(ended.peak_bytes)
        return sandbox.judged(message, ended)

    reset_peak()
    before = memory("VmRSS")
    began = time.perf_counter()
    code = refusal(file, parse)
    seconds = time.perf_counter() - began
    return Row(file, code, seconds, max(peaks, default=0) / MIB, (memory("VmHWM") - before) / MIB)


def refusal(file: Hostile, parse: loaders.Parse) -> str:
    """The code of the refusal: of the file, else of its first member if all are refused; `accepted` if none."""
    try:
        parts = list(loaders.load_all(file.name, file.data, max_document_bytes=25_000_000, parse=parse))
    except InputRejected as error:
        return error.code
    refused = [part.error.code for part in parts if isinstance(part, Unloaded)]
    return refused[0] if len(refused) == len(parts) else "accepted"


def memory(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) * 1024


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def summary(rows: list[Row]) -> int:
    wrong = [row for row in rows if row.code not in (row.file.code, *row.file.also)]
    seconds, worker, growth = (max(getattr(row, name) for row in rows) for name in ("seconds", "worker_mib", "growth_mib"))
    print(f"\n{len(rows)} files, {len(wrong)} with another code than due")
    print(f"slowest {seconds:.2f} s, largest worker {worker:.0f} MiB, largest growth of this process {growth:.1f} MiB")
    bounds = seconds < MAX_SECONDS and worker <= MAX_WORKER_MIB and growth <= MAX_GROWTH_MIB
    return 0 if bounds and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
