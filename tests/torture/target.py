"""The server under torture: the real one, with cheap models and bounds so small that search files are made all the time.

python tests/torture/target.py DATA PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from service.bootstrap import build_engine
from service.serving import serve
from service.settings import Settings
from tests.fakes import HashingEmbedder, fake_models

EXACT, TAIL = 40, 8


def main() -> None:
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(
        data=data, port=port, threshold=0.0, exact_passages=EXACT, tail_passages=TAIL, max_concurrent=16, max_waiting=64
    )
    serve(settings, lambda: build_engine(settings, fake_models(HashingEmbedder(dimension=32))), log_level="critical")


if __name__ == "__main__":
    main()
