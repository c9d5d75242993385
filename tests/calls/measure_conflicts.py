"""Measure what is made of conflicts, copies and false premises on a split of these calls, with 95 % intervals.

Run `python tests/calls/measure_conflicts.py development` (or `test`): figures only, never a text. `--wrong` names what was
wrong and is refused for the test split. Questions and premises go through the whole answering path, with the shipped
models, on the split's documents; pairs and copies through `service.conflicts` alone. Intervals are Wilson's.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent))  # run by path, this file's own folder would be searched instead
    sys.path.insert(0, str(HERE))

from measure_attribution import Outcomes, Row, documents, of_call, rows  # beside this file

from index.files import collect
from index.sentences import sentences
from index.types import Document, Span
from service.attribution import Speakers, attribute, read_speakers
from service.background import catch_up
from service.bootstrap import Engine, load_engine, load_models
from service.conflicts import Compare, compared
from service.conflicts.copies import one_origin, origins
from service.question import read_question
from service.schemas import AskBody, answer_json
from service.settings import Settings
from service.types import Evidence, Said

Z = 1.96  # of the normal distribution, for 95 %


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    share, spread = right / n, Z * math.sqrt(right / n * (1 - right / n) / n + Z * Z / (4 * n * n))
    middle, scale = share + Z * Z / (2 * n), 1 + Z * Z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def sentence_of(document: Document, quote: str) -> tuple[Span, str]:
    """The sentences that a quote stands in, as one span, and the sentence before."""
    start = document.text.index(quote)
    all_of = sentences(document.text, Span(0, len(document.text)))
    within = [place for place, span in enumerate(all_of) if span.start < start + len(quote) and start < span.end]
    before = all_of[within[0] - 1].of(document.text) if within[0] else ""
    return Span(all_of[within[0]].start, all_of[within[-1]].end), before


def said(speakers: Speakers, quote: str) -> Said:
    """The sentence of a quote as the reader would give it if it took the quote for the answer, of which it is not sure."""
    document = speakers.document
    span, before = sentence_of(document, quote)
    start = document.text.index(quote)
    focus = Span(start, start + len(quote))
    return Said(
        Evidence(document.document_id, span, 0.3, 0.3, focus, attribute(speakers, focus), False, None, 1), document, before
    )


def disagree(one: Said, other: Said, about: str, compare: Compare) -> bool:
    """Whether the answers of two sentences exclude each other, whatever kind of question is asked about them."""
    asked = (
        f"When was {about}?",
        f"What was the number of {about}?",
        f"Was {about}?",
        f"What happened to {about}?",
        f"Who was {about}?",
    )
    return any(compared(read_question(question), one.evidence, [one, other], compare).sides for question in asked)


def judge_pair(read: dict[str, Speakers], row: Row, compare: Compare) -> dict[str, bool]:
    one, other = (said(read[row[side]["document"]], row[side]["quote"]) for side in ("a", "b"))
    found = disagree(one, other, row["about"], compare)
    kind = "pairs: conflict found" if row["conflict"] else "pairs: no false alarm"
    right = found == row["conflict"]
    return {kind: right, f"{kind}, {row['kind']}": right, "pairs: right": right}


def judge_copies(texts: dict[str, Document], row: Row) -> dict[str, bool]:
    if row["kind"] == "documents":
        found = one_origin([texts[stem] for stem in row["documents"]])
        return {f"copies: documents of {'one origin' if row['one_origin'] else 'several origins'}": found == row["one_origin"]}
    passages = [(texts[p["document"]], p["quote"]) for p in row["passages"]]
    whole = [(document, sentence_of(document, quote)[0].of(document.text)) for document, quote in passages]
    return {"copies: origins of passages counted": len(set(origins(whole))) == row["n_origins"]}


def covers(citation: dict[str, Any], group: Sequence[Row]) -> bool:
    """Whether a citation shares words with a quote of the group, in the same document."""
    stem = str(citation["name"]).removesuffix(".txt")
    return any(stem == e["document_id"] and (e["quote"] in citation["quote"] or citation["quote"] in e["quote"]) for e in group)


def shows_both(answer: dict[str, Any], row: Row) -> bool:
    """Whether one conflict has each gold side among the citations of a side of its own."""
    cited = {citation["id"]: citation for citation in answer["citations"]}
    for conflict in answer["conflicts"]:
        held = [
            {at for at, group in enumerate(row["evidence"]) if any(covers(cited[n], group) for n in value["citations"])}
            for value in conflict["values"]
        ]
        if len(set().union(*held)) == len(row["evidence"]) and sum(bool(own) for own in held) > 1:
            return True
    return False


def judge_question(answer: dict[str, Any], row: Row) -> dict[str, bool]:
    verbatim = all(
        any(value["value"] in c["quote"] for c in answer["citations"] if c["id"] in value["citations"])
        for conflict in answer["conflicts"]
        for value in conflict["values"]
    )
    judged = {"questions: conflict values verbatim": verbatim} if answer["conflicts"] else {}
    if "conflict" in row["tags"]:
        return {
            **judged,
            "questions: conflict found, both sides cited": shows_both(answer, row),
            "questions: some conflict shown": bool(answer["conflicts"]),
        }
    if "conflict-unsure" in row["tags"]:
        return judged
    kind = "answerable" if row["answerable"] else "unanswerable"
    return {**judged, f"questions: {kind}, no false alarm": not answer["conflicts"]}


def judge_premise(answer: dict[str, Any], row: Row) -> dict[str, bool]:
    refused = answer["status"] == "refused"
    if row["answerable"]:
        said = " ".join([answer["text"], *(c["quote"] for c in answer["citations"])]).casefold()
        return {
            "premises: true, not refused": not refused,
            "premises: true, not refused as false": not refused or answer["refusal"]["reason"] != "false_premise",
            "premises: true, answer contained": any(accepted.casefold() in said for accepted in row["answers"]),
        }
    false = refused and answer["refusal"]["reason"] == "false_premise"
    return {"premises: false, refused": refused, "premises: false, refused as false": false}


@contextmanager
def engine_on(folder: Path) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="readout-conflicts-") as data:
        engine = load_engine(Settings(data=Path(data)))
        for path in collect([folder]).files:
            engine.ingester.add_file(path)
        catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
        yield engine
        engine.close()


def ask(engine: Engine, row: Row) -> dict[str, Any]:
    body = {key: row[key] for key in ("question", "history", "filters", "as_of") if row.get(key)}
    return answer_json(engine.answerer.ask(AskBody.model_validate(body).value()), answer_id=row["id"])


def measure(split: Path, *, wrong: bool, call: str | None) -> Outcomes:
    def told(name: str) -> list[Row]:
        return of_call(rows(split / f"{name}.jsonl"), call)

    texts = documents(split)
    read = {stem: read_speakers(document) for stem, document in texts.items()}
    compare = load_models(Settings()).compare
    judged = [(row, judge_pair(read, row, compare)) for row in told("pairs")]
    judged += [(row, judge_copies(texts, row)) for row in told("copies")]
    with engine_on(split / "documents") as engine:
        judged += [(row, judge_question(ask(engine, row), row)) for row in told("questions")]
        judged += [(row, judge_premise(ask(engine, row), row)) for row in told("premises")]
    outcomes: Outcomes = defaultdict(list)
    for row, found in judged:
        for name, right in found.items():
            outcomes[name].append(right)
            if wrong and not right:
                print(f"  {row['id']} {name}")
    return outcomes


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
        right, n = sum(outcomes[name]), len(outcomes[name])
        low, high = wilson(right, n)
        print(f"{name:50} {right:4}/{n:<4} {right / n:.3f} [{low:.3f}, {high:.3f}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
