"""Check the evaluation data of tests/calls: every quote verbatim, every offset right, the hash of the test split unchanged.

Run `python tests/calls/check.py`. Standard library only; prints the counts; exit status 1 if there is any fault.
"""

from __future__ import annotations

import datetime as dt
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
LEAST = {
    "quotations": 200,
    "quotations reported": 60,
    "dates": 100,
    "pairs": 150,
    "followups": 60,
    "premises not answerable": 60,
    "premises answerable": 40,
    "questions": 90,
}
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def digest(split: Path) -> str:
    """One sha256 over the sorted relative names and contents of every file of the split."""
    total = hashlib.sha256()
    files = [path for path in split.rglob("*") if path.is_file() and not path.name.startswith(".")]
    for path in sorted(files, key=lambda item: item.relative_to(split).as_posix()):
        total.update(path.relative_to(split).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


class Split:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        documents = folder / "documents"
        self.texts = {path.stem: path.read_bytes().decode("utf-8") for path in documents.glob("*.txt")}
        self.meta = {stem: self.sidecar(documents / f"{stem}.txt.meta.yaml") for stem in self.texts}
        by_uri: dict[str, list[str]] = {}
        for stem in sorted(self.texts):
            if uri := self.meta[stem].get("uri"):
                by_uri.setdefault(uri, []).append(stem)
            self.need("\r" not in self.texts[stem], f"{stem}: carriage return")
        self.replaced = {stem for stems in by_uri.values() for stem in stems[:-1]}
        self.counts["documents"] = len(self.texts)

    def need(self, condition: bool, fault: str) -> None:
        if not condition:
            self.faults.append(fault)

    def sidecar(self, path: Path) -> dict[str, str]:
        text = path.read_text(encoding="utf-8")
        found = dict(re.findall(r'^(\w+): "(.*)"$', text, re.MULTILINE))
        self.need(set(found) <= {"title", "outlet", "published_at", "uri"}, f"{path.name}: another key")
        self.need(len(found) == len(text.splitlines()), f"{path.name}: a line that is no quoted value")
        return found

    def holds(self, where: str, document: str, quote: str) -> None:
        self.need(document in self.texts, f"{where}: no document {document}")
        self.need(bool(quote) and quote in self.texts.get(document, ""), f"{where}: not verbatim in {document}: {quote}")

    def span(self, row: Row, key: str) -> None:
        self.holds(row["id"], row["document"], row[key])
        found = self.texts.get(row["document"], "")[row["start"] : row["end"]]
        self.need(found == row[key], f"{row['id']}: the offsets give {found!r}")

    def quotations(self, row: Row) -> None:
        self.span(row, "quote")
        self.counts[f"quotations {row['kind']}"] += 1
        self.need(row["kind"] in {"turn", "quotation", "reported"}, f"{row['id']}: kind {row['kind']}")
        self.need(row["kind"] != "turn" or row["reported_by"] is None, f"{row['id']}: a turn is not relayed")
        known = (self.texts[row["document"]] + "\n" + self.meta[row["document"]].get("outlet", "")).lower()
        for who in (row["speaker"], row["reported_by"]):
            self.need(who is None or who.lower() in known, f"{row['id']}: {who} is not in {row['document']}")

    def dates(self, row: Row) -> None:
        self.span(row, "text")
        self.counts[f"dates {row['kind']}"] += 1
        self.counts["dates unresolved"] += row["value"] is None
        self.need((row["basis"] is None) == (row["value"] is None), f"{row['id']}: a value without a basis, or the reverse")
        stated = self.meta[row["document"]].get("published_at")
        basis = dt.datetime.fromisoformat(stated).date().isoformat() if stated else row["basis"]
        self.need(basis == row["basis"], f"{row['id']}: the basis is not the date of {row['document']}")

    def pairs(self, row: Row) -> None:
        for side in ("a", "b"):
            self.holds(row["id"], row[side]["document"], row[side]["quote"])
        self.need(row["kind"] in (KINDS_OF_CONFLICT if row["conflict"] else KINDS_WITHOUT), f"{row['id']}: kind {row['kind']}")
        self.counts["pairs conflict"] += row["conflict"]

    def followups(self, row: Row) -> None:
        self.counts["followups ambiguous"] += row["ambiguous"]
        self.need(row["ambiguous"] == (row["resolved"] is None), f"{row['id']}: ambiguous and resolved")
        for word in row["accepted"]:
            self.need(word.lower() in (row["resolved"] or "").lower(), f"{row['id']}: {word} is not in the resolved question")

    def asked(self, row: Row) -> None:
        self.need(not row["answerable"] or bool(row["answers"] and row["evidence"]), f"{row['id']}: no answers or no evidence")
        for member in (member for group in row.get("evidence", []) for member in group):
            self.holds(row["id"], member["document_id"], member["quote"])
            self.need(member["document_id"] not in self.replaced, f"{row['id']}: evidence in a replaced document")

    def premises(self, row: Row) -> None:
        self.asked(row)
        self.counts[f"premises {'answerable' if row['answerable'] else 'not answerable'}"] += 1

    def questions(self, row: Row) -> None:
        self.asked(row)
        self.counts[f"questions {'answerable' if row['answerable'] else 'not answerable'}"] += 1
        self.counts["questions conflict"] += "conflict" in row["tags"]
        self.need("conflict" not in row["tags"] or len(row["evidence"]) > 1, f"{row['id']}: a conflict with one side")

    def copies(self, row: Row) -> None:
        for document in row.get("documents", []):
            self.need(document in self.texts, f"{row['id']}: no document {document}")
        for passage in row.get("passages", []):
            self.holds(row["id"], passage["document"], passage["quote"])

    def check(self) -> None:
        for name in ("quotations", "dates", "pairs", "followups", "premises", "questions", "copies"):
            items = rows(self.folder / f"{name}.jsonl")
            self.counts[name] = len(items)
            self.need(len({row["id"] for row in items}) == len(items), f"{name}: an id twice")
            for row in items:
                getattr(self, name)(row)


def main() -> int:
    faults: list[str] = []
    for name in ("test", "development"):
        split = Split(HERE / name)
        split.check()
        faults += split.faults
        print(name)
        for key in sorted(split.counts):
            print(f"  {key}: {split.counts[key]}")
        if name == "test":
            faults += [f"too few {key}" for key, least in LEAST.items() if split.counts[key] < least]
    value = digest(HERE / "test")
    print(f"sha256 of the test split: {value}")
    if value not in (HERE / "README.md").read_text(encoding="utf-8"):
        faults.append("README.md states another sha256: the test split was changed")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
