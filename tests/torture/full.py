"""The tortures with full counts; keeps the outcome of each in results.json, from which the README's table is made.

make torture            # all of them, about an hour
python tests/torture/full.py kill "power cut" --count 20 --add      # 20 more of each
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.torture import faults, kills, soak
from tests.torture.running import CannotMount, missing_strace

RESULTS = Path(__file__).with_name("results.json")
# Each torture, given a folder, how often and a seed, with its full count.
TORTURES: dict[str, tuple[Callable[[Path, int, int], Any], int]] = {
    "kill": (lambda folder, n, seed: kills.kills(folder, rounds=n, seed=seed), 200),
    "kill in a call": (lambda folder, n, seed: kills.kills_in_calls(folder, rounds=n, seed=seed), 200),
    "power cut": (lambda folder, n, seed: kills.power_cuts(folder, rounds=n, seed=seed), 200),
    "full disk": (lambda folder, n, seed: faults.full_disk(folder, points=n, seed=seed), 10),
    "broken disk": (lambda folder, n, _: faults.broken_disk(folder, most=n), 1_000),
    "damaged files": (lambda folder, n, seed: faults.damage(folder, files=n, seed=seed), 300),
    "soak": (lambda folder, n, seed: soak.soak(folder, seconds=n, seed=seed), 600),
}
BY_STRACE = {"kill in a call", "broken disk"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tortures", nargs="*", choices=[[], *TORTURES], default=[])
    parser.add_argument("--count", type=int, help="how often, or for how many seconds, instead of the full count")
    parser.add_argument("--add", action="store_true", help="count it together with what is kept, instead of in its place")
    options = parser.parse_args()
    logging.disable()  # what is met here is met on purpose
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    failed = False
    for name in options.tortures or TORTURES:
        torture, full = TORTURES[name]
        if name in BY_STRACE and (reason := missing_strace()) is not None:
            print(f"{name}: skipped: {reason}")
            continue
        before = kept.get(name, {}) if options.add else {}
        with tempfile.TemporaryDirectory(prefix="readout-torture-") as folder:
            try:
                outcome = torture(Path(folder) / "data", options.count or full, sum(before.get("counts", {}).values()))
            except CannotMount as error:
                print(f"{name}: skipped: {error}")
                continue
        counts, faults_met = Counter(before.get("counts", {})), Counter(before.get("faults", {}))
        counts.update(asdict(outcome))
        faults_met.update(outcome.faults)
        kept[name] = {"counts": counts, "faults": faults_met}
        failed = failed or bool(outcome.faults)
        print(f"{name}: {asdict(outcome)}", flush=True)
        RESULTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
