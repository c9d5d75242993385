"""The tortures with full counts; keeps the outcome of each in results.json, from which the README's table is made.

make torture            # all of them, about an hour
python tests/torture/full.py kill damage --scale 0.1
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.torture import faults, kills, soak
from tests.torture.running import missing_strace

RESULTS = Path(__file__).with_name("results.json")
# Each torture with its full count.
TORTURES: dict[str, tuple[Callable[[Path, int], Any], int]] = {
    "kill": (lambda folder, n: kills.kills(folder, rounds=n), 200),
    "kill in a call": (lambda folder, n: kills.kills_in_calls(folder, rounds=n), 200),
    "power cut": (lambda folder, n: kills.power_cuts(folder, rounds=n), 200),
    "full disk": (lambda folder, n: faults.full_disk(folder, points=n), 10),
    "broken disk": (lambda folder, n: faults.broken_disk(folder, most=n), 1_000),
    "damaged files": (lambda folder, n: faults.damage(folder, files=n), 300),
    "soak": (lambda folder, n: soak.soak(folder, seconds=n), 600),
}
BY_STRACE = {"kill in a call", "broken disk"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tortures", nargs="*", choices=[[], *TORTURES], default=[])
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full counts")
    options = parser.parse_args()
    logging.disable()  # what is met here is met on purpose
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    failed = False
    for name in options.tortures or TORTURES:
        torture, full = TORTURES[name]
        if name in BY_STRACE and (reason := missing_strace()) is not None:
            print(f"{name}: skipped: {reason}")
            continue
        with tempfile.TemporaryDirectory(prefix="readout-torture-") as folder:
            try:
                outcome = torture(Path(folder) / "data", max(1, round(full * options.scale)))
            except PermissionError as error:
                print(f"{name}: skipped: {error}")
                continue
        kept[name] = {"counts": asdict(outcome), "faults": outcome.faults}
        failed = failed or bool(outcome.faults)
        print(f"{name}: {asdict(outcome)}", flush=True)
        RESULTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
