"""What a user gets, and when, from a language model that fails: python tests/benchmarks/model_faults.py

The faults are those of tests/service/test_generative_faults.py, one answer each, with 2 seconds for the model.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from index.ingest import Upload
from service.background import catch_up
from service.bootstrap import build_engine
from service.settings import Settings
from service.types import Answered, Ask, Mode
from tests.fakes import fake_models
from tests.service.model_server import serving
from tests.service.test_generative_faults import AVIARY, FAULTS, QUESTION

SECONDS = 2.0
REFUSING = "http://127.0.0.1:9/v1"  # the discard port: nothing listens


def main() -> None:
    """Break, ask, print."""
    print(f"{'fault':<32} {'after':>7}  statements  warning")
    told("refused connection", REFUSING)
    for name, (behaviour, _) in FAULTS.items():
        with serving(behaviour) as server:
            told(name, server.url)


def told(name: str, url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), llm_base_url=url, llm_timeout_seconds=SECONDS, threshold=0.3)
        engine = build_engine(settings, fake_models())
        engine.ingester.add_upload(Upload("a.txt", AVIARY.encode()))
        catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
        started = time.perf_counter()
        answer = engine.answerer.ask(Ask(QUESTION, mode=Mode.GENERATIVE))
        seconds = time.perf_counter() - started
        engine.close()
    n_statements = len(answer.outcome.statements) if isinstance(answer.outcome, Answered) else 0
    print(f"{name:<32} {seconds:>6.2f}s  {n_statements:>10}  {'; '.join(answer.warnings)}")


if __name__ == "__main__":
    main()
