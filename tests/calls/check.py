"""Check the evaluation data of tests/calls: every quote verbatim, every offset right, the hash of the test split unchanged.

Run `python tests/calls/check.py`. Standard library only; prints the counts; exit status 1 on the first list of faults.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KINDS_OF_CONFLICT = {"number", "duration", "date", "place", "name", "negation", "wording"}
KINDS_WITHOUT = {"paraphrase", "complement", "other quantity", "copy", "same"}
NEEDED = {"quotations": 200, "dates": 100, "pairs": 150, "followups": 60, "questions": 90}
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def digest(split: Path) -> str:
    """One sha256 over the sorted relative names and contents of every file of the split."""
    total = hashlib.sha256()
    files = [path for path in split.rglob("*") if path.is_file() and not path.name.startswith(".")]
    for path in sorted(files, key=lambda item: item.relative_to(split).as_posix()):
        total.update(path.relative_to(split).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def sidecar(path: Path) -> dict[str, str]:
    found = dict(re.findall(r'^(\w+): "(.*)"$', path.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(found) <= {"title", "outlet", "published_at", "uri"}, path
    return found


def local_date(value: str) -> str:
    return datetime.datetime.fromisoformat(value).date().isoformat()


def check(split: Path) -> tuple[list[str], Counter[str]]:
    faults: list[str] = []
    counts: Counter[str] = Counter()
    texts = {path.stem: path.read_bytes().decode("utf-8") for path in (split / "documents").glob("*.txt")}
    meta = {stem: sidecar(split / "documents" / f"{stem}.txt.meta.yaml") for stem in texts}
    by_uri: dict[str, list[str]] = {}
    for stem in sorted(texts):
        if "uri" in meta[stem]:
            by_uri.setdefault(meta[stem]["uri"], []).append(stem)
        if "\r" in texts[stem] or texts[stem].startswith("\ufeff"):
            faults.append(f"{stem}: carriage return or byte-order mark")
        counts["documents"] += 1
    replaced = {stem for stems in by_uri.values() for stem in stems[:-1]}

    def holds(where: str, document: str, quote: str) -> None:
        if document not in texts:
            faults.append(f"{where}: no document {document}")
        elif not quote or quote not in texts[document]:
            faults.append(f"{where}: not verbatim in {document}: {quote}")

    def span(where: str, row: Row, key: str) -> None:
        holds(where, row["document"], row[key])
        if texts.get(row["document"], "")[row["start"] : row["end"]] != row[key]:
            faults.append(f"{where}: offsets do not give {row[key]!r}")

    everything = {path.stem: rows(path) for path in sorted(split.glob("*.jsonl"))}
    for name, items in everything.items():
        counts[name] = len(items)
        ids = [row["id"] for row in items]
        if len(set(ids)) != len(ids):
            faults.append(f"{name}: an id twice")

    for row in everything["quotations"]:
        span(row["id"], row, "quote")
        counts[f"quotations {row['kind']}"] += 1
        text = texts[row["document"]].lower()
        for who in (row["speaker"], row["reported_by"]):
            if who and who.lower() not in text and who != meta[row["document"]].get("outlet"):
                faults.append(f"{row['id']}: {who} is not in {row['document']}")
        if row["kind"] == "turn" and row["reported_by"] is not None:
            faults.append(f"{row['id']}: a turn is not relayed")
    for row in everything["dates"]:
        span(row["id"], row, "text")
        counts[f"dates {row['kind']}"] += 1
        counts["dates unresolved"] += row["value"] is None
        if (row["basis"] is None) != (row["value"] is None):
            faults.append(f"{row['id']}: a value without a basis, or the reverse")
        stated = meta[row["document"]].get("published_at")
        if stated and local_date(stated) != row["basis"]:
            faults.append(f"{row['id']}: basis is not the date of {row['document']}")
    for row in everything["pairs"]:
        for side in ("a", "b"):
            holds(row["id"], row[side]["document"], row[side]["quote"])
        if row["kind"] not in (KINDS_OF_CONFLICT if row["conflict"] else KINDS_WITHOUT):
            faults.append(f"{row['id']}: kind {row['kind']}")
        counts["pairs conflicts"] += row["conflict"]
    for row in everything["followups"]:
        counts["followups ambiguous"] += row["ambiguous"]
        if row["ambiguous"] != (row["resolved"] is None):
            faults.append(f"{row['id']}: ambiguous and resolved")
        for word in row["accepted"]:
            if word.lower() not in row["resolved"].lower():
                faults.append(f"{row['id']}: {word} is not in the resolved question")
    for name in ("premises", "questions"):
        for row in everything[name]:
            counts[f"{name} {'answerable' if row['answerable'] else 'not answerable'}"] += 1
            if row["answerable"] and not (row["answers"] and row["evidence"]):
                faults.append(f"{row['id']}: no answers or no evidence")
            for group in row.get("evidence", []):
                for member in group:
                    holds(row["id"], member["document_id"], member["quote"])
                    if member["document_id"] in replaced:
                        faults.append(f"{row['id']}: evidence in a replaced document")
    for row in everything["copies"]:
        for document in row.get("documents", []):
            if document not in texts:
                faults.append(f"{row['id']}: no document {document}")
        for passage in row.get("passages", []):
            holds(row["id"], passage["document"], passage["quote"])
    return faults, counts


def main() -> int:
    faults: list[str] = []
    for name in ("test", "development"):
        found, counts = check(HERE / name)
        faults += found
        print(name)
        for key in sorted(counts):
            print(f"  {key}: {counts[key]}")
        if name == "test":
            faults += [f"too few {key}" for key, least in NEEDED.items() if counts[key] < least]
            if counts["premises not answerable"] < 60 or counts["premises answerable"] < 40:
                faults.append("too few premises")
            if counts["quotations reported"] < 60:
                faults.append("too little reported speech")
    value = digest(HERE / "test")
    print(f"sha256 of the test split: {value}")
    if value not in (HERE / "README.md").read_text(encoding="utf-8"):
        faults.append("README.md states another sha256: the test split was changed")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
