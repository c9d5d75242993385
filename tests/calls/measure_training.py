"""Measure follow-ups and premises on the training calls: python tests/calls/measure_training.py {follow-ups,premises} [--wrong]

Each call is a corpus of its own. What its writers wrote for it stands in `training-followups.jsonl.xz` and
`training-premises.jsonl.xz`, judged as `measure_questions.py` and `measure_conflicts.py` judge those of the other calls.
Premises are asked with the shipped models, half a second each.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]  # run by path, this file's own folder would be searched instead

from lines import read_calls
from measure_attribution import Outcomes, Row
from measure_conflicts import ask, judge_premise
from measure_questions import judge_followup, show

from service.background import catch_up
from service.bootstrap import Engine, Models, build_engine, load_models
from service.settings import Settings
from tests.fakes import fake_models

CALLS = ("training.jsonl.xz", "training-further.jsonl.xz")
FILES = {"follow-ups": "training-followups.jsonl.xz", "premises": "training-premises.jsonl.xz"}


def main() -> None:
    """Ask everything and print the shares that are right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=FILES)
    parser.add_argument("--wrong", action="store_true", help="name the items that were wrong")
    given = parser.parse_args()
    rows = [json.loads(line) for line in lzma.decompress((HERE / FILES[given.what]).read_bytes()).decode().splitlines()]
    models = fake_models() if given.what == "follow-ups" else load_models(Settings())
    found: Outcomes = defaultdict(list)
    for call in [one for name in CALLS for one in read_calls(HERE / name)]:
        own = [row for row in rows if row["call"] == call["call"]]
        if own:
            for row, judged in _judged(given.what, call, own, models):
                for name, right in judged.items():
                    found[name].append(right)
                    if given.wrong and not right:
                        print(f"  {row['id']} {name}")
    show(found)


def _judged(what: str, call: dict[str, Any], rows: list[Row], models: Models) -> list[tuple[Row, dict[str, bool]]]:
    with tempfile.TemporaryDirectory() as directory:
        engine = engine_on(call["documents"], Path(directory), models)
        if what == "follow-ups":
            judged = [(row, judge_followup(engine, row)) for row in rows]
        else:
            catch_up(engine.store, engine.ingester, engine.generations, lexical=engine.lexical, stop=lambda: False)
            judged = [(row, judge_premise(ask(engine, row), row)) for row in rows]
        engine.close()
    return judged


def engine_on(documents: Mapping[str, str], directory: Path, models: Models) -> Engine:
    """An engine on the documents of one call, not embedded yet."""
    engine = build_engine(Settings(data=directory / "data"), models)
    for name, text in documents.items():
        path = directory / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        engine.ingester.add_file(path)
    return engine


if __name__ == "__main__":
    main()
