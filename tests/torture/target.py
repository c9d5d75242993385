"""The server under torture: the real one, with cheap models and bounds so small that search files are made all the time."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from service.bootstrap import build_engine
from service.serving import serve
from service.settings import Settings
from tests.fakes import HashingEmbedder, fake_models

EXACT, TAIL = 16, 6


def run(gate: Connection, data: Path, port: int) -> None:
    """Serve, once something has come through the gate."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stderr.fileno())
    for name in [name for name in os.environ if name.startswith("READOUT_")]:
        del os.environ[name]
    gate.recv()
    settings = Settings(
        data=data, port=port, threshold=0.0, exact_passages=EXACT, tail_passages=TAIL, max_concurrent=16, max_waiting=64
    )
    serve(settings, lambda: build_engine(settings, fake_models(HashingEmbedder(dimension=32))), log_level="critical")
