"""Measure whose words and which days are read right on a split of these calls, with 95 % intervals.

Run `python tests/calls/measure_attribution.py development` (or `test`): figures only, never a text. `--wrong` names what
was wrong and is refused for the test split. Intervals are percentile bootstraps over items, 2,000 seeded resamples.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent))  # run by path, this file's own folder would be searched instead

from index import loaders
from index.loaders import sidecar
from index.types import Document, Span
from service.attribution import Speakers, attribute, read_speakers
from service.dates import DateMention, find_dates

RESAMPLES, SEED = 2_000, 20_240_404
Row = dict[str, Any]
Outcomes = dict[str, list[bool]]


def documents(split: Path) -> dict[str, Document]:
    """The split's documents by stem, with what their sidecars state."""
    found = {}
    for path in sorted((split / "documents").glob("*.txt")):
        extracted = loaders.load(path.name, path.read_bytes())
        beside = path.with_name(path.name + ".meta.yaml")
        stated = sidecar.parse(beside.read_bytes()) if beside.exists() else extracted.metadata
        published_at = stated.published_at or extracted.metadata.published_at
        found[path.stem] = Document(
            path.stem,
            path.name,
            stated.uri,
            extracted.text,
            path.stem,
            stated.title,
            stated.outlet,
            published_at,
            extracted.sections,
        )
    return found


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def of_call(found: Sequence[Row], call: str | None) -> list[Row]:
    """The rows of one call, by its name in `call` or as their first tag; all of them for None."""
    return [row for row in found if call in (None, row.get("call"), *row.get("tags", ())[:1])]


def fold(name: str | None) -> str:
    words = re.sub(r"['\u2019]s?(?=\s|$)", "", (name or "").casefold()).split()
    return " ".join(word for word in words if word not in ("the", "a", "an"))


def is_speaker(found: str | None, row: Row) -> bool:
    """The name without case; where nobody is named, null or words of the description, in their order."""
    if row["speaker"] is None:
        return found is None or f" {fold(found)} " in f" {fold(row.get('description'))} "
    return fold(found) in {fold(row["speaker"]), *(fold(other["speaker"]) for other in row.get("also", []))}


def judge_quotation(speakers: Speakers, row: Row) -> dict[str, bool]:
    found = attribute(speakers, Span(row["start"], row["end"]))
    pairs = [(row["speaker"], row["reported_by"]), *((o["speaker"], o["reported_by"]) for o in row.get("also", []))]
    speaker = is_speaker(found.speaker, row)
    relayer = fold(found.reported_by) in {fold(relays) for _, relays in pairs}
    kind = row["kind"]
    judged = {f"speaker {kind}": speaker, f"reported_by {kind}": relayer, f"both {kind}": speaker and relayer}
    if row["speaker"] is not None:
        judged[f"named speaker {kind}, not another's or null"] = speaker
    if not speaker:
        judged[f"of wrong speakers, null {kind}"] = found.speaker is None
    return judged


def judge_date(mentions: Sequence[DateMention], row: Row) -> dict[str, bool]:
    over = [m for m in mentions if m.span.start < row["end"] and row["start"] < m.span.end]
    values = {m.value for m in over} or {None}
    bases = {m.basis for m in over if m.value is not None} or {None}
    right = row["value"] in values and len(values) == 1
    if row["value"] is None:
        return {"date without a basis left unresolved": right}
    return {f"date {row['kind']}": right, f"date {row['kind']}, basis": right and bases == {row["basis"]}}


def measure(split: Path, *, wrong: bool, call: str | None) -> Outcomes:
    texts = documents(split)
    read = {stem: read_speakers(document) for stem, document in texts.items()}
    dates = {stem: find_dates(document.text, document.published_at) for stem, document in texts.items()}
    outcomes: Outcomes = defaultdict(list)
    judged = [(row, judge_quotation(read[row["document"]], row)) for row in of_call(rows(split / "quotations.jsonl"), call)]
    judged += [(row, judge_date(dates[row["document"]], row)) for row in of_call(rows(split / "dates.jsonl"), call)]
    for row, found in judged:
        for measure_name, right in found.items():
            outcomes[measure_name].append(right)
            if wrong and not right and not measure_name.startswith("of wrong"):
                print(f"  {row['id']} {measure_name}")
    undated = [m for stem, ms in dates.items() if texts[stem].published_at is None for m in ms if m.kind != "full"]
    outcomes["expressions of undated documents left unresolved"] = [m.value is None for m in undated]
    return outcomes


def interval(right: Sequence[bool]) -> tuple[float, float]:
    values = np.asarray(right, dtype=float)
    drawn = np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("split", choices=["development", "test"])
    parser.add_argument("--wrong", action="store_true", help="name the items that were wrong (development only)")
    parser.add_argument("--call", help="only the items of this call; the documents of all calls are there nonetheless")
    given = parser.parse_args()
    if given.wrong and given.split == "test":
        parser.error("nothing of the test split is shown")
    outcomes = measure(HERE / given.split, wrong=given.wrong, call=given.call)
    for name in sorted(outcomes):
        right = outcomes[name]
        if right:
            low, high = interval(right)
            print(f"{name:50} {sum(right):4}/{len(right):<4} {sum(right) / len(right):.3f} [{low:.3f}, {high:.3f}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
