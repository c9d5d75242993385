"""Measure what is made of the question's side on a split of these calls, with 95 % intervals.

Run `python tests/calls/measure_questions.py development` (or `test`): figures only, never a text. `--wrong` names what was wrong
and is refused for the test split. A follow-up is right if its resolved question holds every accepted string, without case;
one that is ambiguous, and a question with that tag, if it is asked back. A question with `as_of` is right if its answer, short
answer, dates or quotes hold an accepted string, or, where none is accepted, if it is refused.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent.parent), str(HERE)]  # run by path, this file's own folder would be searched instead

from measure_attribution import Outcomes, Row, interval, of_call, rows

from service.background import catch_up
from service.bootstrap import Engine, Models, build_engine, load_models
from service.schemas import AskBody, answer_json
from service.settings import Settings
from tests.fakes import fake_models

ASKED_WITH = ("question", "history", "filters", "as_of")


def engine_on(split: Path, directory: Path, models: Models) -> Engine:
    """An engine on all documents of a split, not embedded yet."""
    engine = build_engine(Settings(data=directory), models)
    for path in sorted((split / "documents").glob("*.txt")):
        engine.ingester.add_file(path)
    return engine


def body_of(row: Row) -> AskBody:
    return AskBody.model_validate({key: row[key] for key in ASKED_WITH if row.get(key)})


def answer(engine: Engine, row: Row) -> dict[str, Any]:
    return answer_json(engine.answerer.ask(body_of(row).value()), answer_id="a")


def is_asked_back(reply: dict[str, Any]) -> bool:
    return bool(reply["refusal"]) and reply["refusal"]["reason"] == "ambiguous"


def judge_followup(engine: Engine, row: Row) -> dict[str, bool]:
    """Reading the question decides: nothing is searched or embedded."""
    understood = engine.answerer.understood(body_of(row).value())
    asked_back = understood.unclear is not None
    if row["ambiguous"]:
        return {"follow-up right": asked_back, "ambiguous follow-up asked back": asked_back}
    full = (understood.resolved or row["question"]).casefold()
    right = not asked_back and all(accepted.casefold() in full for accepted in row["accepted"])
    return {"follow-up right": right, "clear follow-up right": right, "clear follow-up not asked back": not asked_back}


def judge_question(reply: dict[str, Any], row: Row) -> dict[str, bool]:
    judged = {}
    if "ambiguous" in row["tags"]:
        judged["ambiguous question asked back"] = is_asked_back(reply)
    else:
        judged["clear question not asked back"] = not is_asked_back(reply)
    if row.get("as_of"):
        judged["question with as_of right"] = holds(reply, row["answers"]) if row["answerable"] else reply["status"] == "refused"
    return judged


def holds(reply: dict[str, Any], accepted: list[str]) -> bool:
    said = [reply["text"], reply["short_answer"] or "", *(date["value"] for date in reply["dates"])]
    said += [citation["quote"] for citation in reply["citations"]]
    return reply["status"] != "refused" and any(one.casefold() in text.casefold() for one in accepted for text in said)


def measure_followups(split: Path, directory: Path, *, wrong: bool, call: str | None) -> Outcomes:
    """Follow-ups are read with the words of the store alone: no model has a part in it."""
    engine = engine_on(split, directory, fake_models())
    found = outcomes([(row, judge_followup(engine, row)) for row in of_call(rows(split / "followups.jsonl"), call)], wrong=wrong)
    engine.close()
    return found


def measure_questions(split: Path, directory: Path, *, wrong: bool, call: str | None) -> Outcomes:
    """Questions are answered in full."""
    engine = engine_on(split, directory, load_models(Settings()))
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    found = outcomes(
        [(row, judge_question(answer(engine, row), row)) for row in of_call(rows(split / "questions.jsonl"), call)], wrong=wrong
    )
    engine.close()
    return found


def outcomes(judged: Sequence[tuple[Row, dict[str, bool]]], *, wrong: bool) -> Outcomes:
    found: Outcomes = defaultdict(list)
    for row, its in judged:
        for name, right in its.items():
            found[name].append(right)
            if wrong and not right:
                print(f"  {row['id']} {name}")
    return found


def show(found: Outcomes) -> None:
    for name in sorted(found):
        low, high = interval(found[name])
        right, n = sum(found[name]), len(found[name])
        print(f"{name:40} {right:4}/{n:<4} {right / n:.3f} [{low:.3f}, {high:.3f}]", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("split", choices=["development", "test"])
    parser.add_argument("--wrong", action="store_true", help="name the items that were wrong (development only)")
    parser.add_argument("--part", choices=["all", "follow-ups", "questions"], default="all", help="the follow-ups take seconds")
    parser.add_argument("--call", help="only the items of this call; the documents of all calls are there nonetheless")
    given = parser.parse_args()
    if given.wrong and given.split == "test":
        parser.error("nothing of the test split is shown")
    parts = {"follow-ups": measure_followups, "questions": measure_questions}
    for name, measure in parts.items():
        if given.part in (name, "all"):
            with tempfile.TemporaryDirectory() as directory:
                show(measure(HERE / given.split, Path(directory), wrong=given.wrong, call=given.call))
    return 0


if __name__ == "__main__":
    sys.exit(main())
