"""Every hostile file uploaded to a real server, while /livez is asked again and again by another process.

    python tests/benchmarks/hostile_uploads.py

Prints the waits for /livez before and during the uploads, and how much the server's memory grew. Exit 1 if an upload is not answered with a
4xx of its code, the server grew by more than 64 MiB, or /livez took more than 100 ms at p99. On a machine with other work, compare with the
waits before the uploads: they are the machine's.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from index.store.lock import served_at
from tests.hostile import Hostile, hostile_files

MAX_P99_MS = 100.0
MAX_GROWTH_MIB = 64
MAX_BODY_BYTES = 25_000_000  # the default of READOUT_MAX_UPLOAD_BYTES
IDLE_SECONDS = 20.0
START_SECONDS = 300.0
BENIGN = "# A call\n\nThe leaders spoke by phone on Tuesday.\n"
ASKING = """
import sys, time, http.client, urllib.parse
address = urllib.parse.urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
while True:
    began = time.perf_counter()
    connection.request("GET", "/livez")
    connection.getresponse().read()
    print(1000 * (time.perf_counter() - began), flush=True)
    time.sleep(0.02)
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (url, process_id):
        client = httpx.Client(base_url=url, timeout=60.0, trust_env=False)
        while not ready(client):
            time.sleep(0.5)
        client.post("/v1/documents", files={"files": ("warm.md", BENIGN.encode())}).raise_for_status()  # the worker runs now
        while client.get("/readyz").json()["backlog"]:  # the embedding network has run now
            time.sleep(0.5)
        with asked(url) as waits:
            time.sleep(IDLE_SECONDS)
        shown("before", waits)
        grown_from = memory(process_id, "VmRSS")
        Path(f"/proc/{process_id}/clear_refs").write_text("5")
        with asked(url) as waits:
            wrong, slowest = uploaded(client, list(hostile_files()))
        p99 = shown("during", waits)
        growth = (memory(process_id, "VmHWM") - grown_from) / 2**20
        lasting = (memory(process_id, "VmRSS") - grown_from) / 2**20
    print(f"slowest upload {slowest:.2f} s, wrong answers {len(wrong)}: {wrong}")
    print(f"server memory: at most {growth:.1f} MiB more while files were uploaded, {lasting:.1f} MiB more afterwards")
    return 0 if not wrong and growth <= MAX_GROWTH_MIB and p99 <= MAX_P99_MS else 1


def ready(client: httpx.Client) -> bool:
    """Whether the server listens already, and has its models."""
    try:
        return client.get("/readyz").status_code == httpx.codes.OK
    except httpx.ConnectError:
        return False


def uploaded(client: httpx.Client, files: list[Hostile]) -> tuple[list[str], float]:
    """Upload one after another: what was answered otherwise than due, and the longest wait."""
    wrong, slowest = [], 0.0
    for file in files:
        began = time.perf_counter()
        reply = client.post("/v1/documents", files={"files": (file.name, file.data)})
        slowest = max(slowest, time.perf_counter() - began)
        code = reply.json().get("code")
        due = (file.code, *file.also) if len(file.data) < MAX_BODY_BYTES else ("body_too_large",)
        if not 400 <= reply.status_code < 500 or code not in due:
            wrong.append(f"{file.cause}: {reply.status_code} {code}, {due[0]} was due")
    print(f"{len(files)} files uploaded")
    return wrong, slowest


@contextmanager
def server(data: Path) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server of our own."""
    command = [sys.executable, "-m", "service.cli", "serve", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while (url := served_at(data)) is None:
            if time.monotonic() > deadline or process.poll() is not None:
                sys.exit("the server did not start")
            time.sleep(0.2)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def asked(url: str) -> Iterator[list[float]]:
    """How long /livez took, in milliseconds, asked by a process of its own until the context ends."""
    waits: list[float] = []
    with tempfile.TemporaryFile("w+") as written:
        asking = subprocess.Popen([sys.executable, "-c", ASKING, url], stdout=written)
        try:
            yield waits
        finally:
            asking.terminate()
            asking.wait()
            written.seek(0)
            waits += [float(line) for line in written.read().split("\n")[:-1]]


def shown(when: str, waits: list[float]) -> float:
    p50, p99, most = (float(value) for value in np.percentile(waits, [50, 99, 100]))
    print(f"/livez {when}: {len(waits)} times, p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms", flush=True)
    return p99


def memory(process_id: int, field: str) -> int:
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) * 1024


if __name__ == "__main__":
    sys.exit(main())
