"""A real language model on the seed questions: python tests/benchmarks/generative.py http://127.0.0.1:8080/v1 --out answers.jsonl

Writes a row for each question as it is answered: what the model wrote and what became of each statement, what was shown with the
quotes it cites (for a person to read), and the seconds. Run again with the same --out, it goes on after the last row. Counts what
was kept, moved to other evidence or dropped and why. `--tag split:dev` takes the questions with that tag, `--limit N` takes N of
them, evenly over the file.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # run by path, this file's own folder would be searched instead

from service.answer import Answerer
from service.background import catch_up
from service.bootstrap import build_engine, load_models
from service.protocols import CitedEvidence, Composer, Drafted, Patience
from service.question import Asked
from service.schemas import AskBody
from service.settings import Settings
from service.types import Answer, Answered, Mode, Statement

SEEDS = Path(__file__).parent.parent.parent / "seeds"
ASKED_WITH = ("question", "history", "filters", "as_of")
Row = dict[str, Any]


class Recording:
    """A composer that keeps what it wrote for the question at hand."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self.drafts: list[Drafted] = []

    def compose(self, asked: Asked, evidence: Sequence[CitedEvidence], patience: Patience, /) -> Iterator[Drafted]:
        for draft in self._composer.compose(asked, evidence, patience):
            self.drafts.append(draft)
            yield draft


def main() -> None:
    """Ask what is not answered yet, count all, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--model")
    parser.add_argument("--tag")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seconds", type=float, default=120.0, help="for the model, for each question")
    parser.add_argument("--window", type=int, help="of the model, in tokens")
    parser.add_argument("--answer-tokens", type=int, default=512)
    parser.add_argument("--out", type=Path, default=Path("answers.jsonl"))
    arguments = parser.parse_args()
    rows = rows_of(arguments.out) if arguments.out.exists() else []
    with tempfile.TemporaryDirectory() as folder, arguments.out.open("a", encoding="utf-8") as out:
        settings = Settings(
            data=Path(folder),
            llm_base_url=arguments.url,
            llm_model=arguments.model,
            llm_timeout_seconds=arguments.seconds,
            ask_timeout_seconds=arguments.seconds + 30,
            llm_context_tokens=arguments.window,
            llm_answer_tokens=arguments.answer_tokens,
        )
        answered = {row["id"] for row in rows}
        questions = [one for one in chosen(arguments.tag, arguments.limit) if one["id"] not in answered]
        for row in answers(settings, questions):
            rows.append(row)
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            print(f"{row['id']} {row['outcome']} {row['seconds']} s {row['warnings']}", file=sys.stderr, flush=True)
    print_counts(rows)


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def chosen(tag: str | None, limit: int | None) -> list[Row]:
    questions = [one for one in rows_of(SEEDS / "questions.jsonl") if tag is None or tag in one["tags"]]
    return questions if limit is None else [questions[at] for at in np.linspace(0, len(questions) - 1, limit).astype(int)]


def answers(settings: Settings, questions: Sequence[Row]) -> Iterator[Row]:
    """A row for each question, asked of a store with the seed documents."""
    engine = build_engine(settings, load_models(settings))
    for path in sorted((SEEDS / "documents").iterdir()):
        engine.ingester.add_file(path)
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    steps = engine.answerer._steps
    recording = Recording(steps.composers[Mode.GENERATIVE])
    answerer = Answerer(replace(steps, composers={**steps.composers, Mode.GENERATIVE: recording}))
    for question in questions:
        recording.drafts.clear()
        body = AskBody(**{key: question[key] for key in ASKED_WITH if question.get(key)}, mode=Mode.GENERATIVE)
        started = time.perf_counter()
        answer = answerer.ask(body.value())
        yield row_of(question, answer, list(recording.drafts), round(time.perf_counter() - started, 2))
    engine.close()


def row_of(question: Row, answer: Answer, drafts: Sequence[Drafted], seconds: float) -> Row:
    """One answer: each shown statement with who speaks in what it cites, and each written one with its fate."""
    statements = answer.outcome.statements if isinstance(answer.outcome, Answered) else ()
    texts = {statement.text: statement for statement in statements} if answer.mode is Mode.GENERATIVE else {}
    unique = {draft.text: draft for draft in drafts}
    return {
        "id": question["id"],
        "question": question["question"],
        "outcome": answer.mode.value if isinstance(answer.outcome, Answered) else "refused",
        "degraded": answer.degraded,
        "warnings": list(answer.warnings),
        "seconds": seconds,
        "written": [written(draft, texts.get(draft.text)) for draft in unique.values()],
        "shown": [shown(statement, unique.get(statement.text)) for statement in statements],
    }


def written(draft: Drafted, statement: Statement | None) -> Row:
    fate = "dropped" if statement is None else "repaired" if repaired(statement, draft) else "kept"
    return {"text": draft.text, "fate": fate, "cited": [piece.citation.quote for piece in draft.cited]}


def shown(statement: Statement, draft: Drafted | None) -> Row:
    return {
        "text": statement.text,
        "by": "sources" if draft is None else "model, repaired" if repaired(statement, draft) else "model",
        "support": round(statement.support, 3),
        "quotes": [[citation.attribution.speaker, citation.quote] for citation in statement.citations],
    }


def repaired(statement: Statement, draft: Drafted) -> bool:
    return not set(statement.citations) <= {piece.citation for piece in draft.cited}


def print_counts(rows: Sequence[Row]) -> None:
    for name, times in sorted(Counter(count for row in rows for count in counted(row)).items()):
        print(f"{name:<60} {times}")
    asked = [row["seconds"] for row in rows if row["written"] or row["degraded"]]
    if asked:
        print(f"seconds where the model was asked: median {np.median(asked):.1f}, largest {max(asked):.1f}")


def counted(row: Row) -> Iterator[str]:
    """What this answer adds to the counts."""
    yield "questions"
    yield f"questions: {row['outcome']}"
    yield from (f"questions degraded: {why.split(':')[0]}" for why in row["warnings"] if why.endswith((" answer", " is missing")))
    for one in row["written"]:
        yield "statements written"
        yield f"statements {one['fate']}"
    yield from (f"dropped for {why}" for warning in row["warnings"] if " dropped: " in warning for why in reasons(warning))


def reasons(warning: str) -> Iterator[str]:
    for reason in warning.partition(" dropped: ")[2].split(", "):
        times, _, why = reason.partition(" for ")
        yield from [why] * int(times)


if __name__ == "__main__":
    main()
