"""A real language model on the seed questions: python tests/benchmarks/generative.py http://127.0.0.1:8080/v1 --out shown.jsonl

Counts what the model wrote, what was kept, moved to other evidence or dropped and why, and writes every shown statement with the
quotes it cites, for a person to read. `--limit N` takes N questions, evenly over the file.
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
    """Ask, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--model")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seconds", type=float, default=120.0, help="for the model, for each question")
    parser.add_argument("--window", type=int, help="of the model, in tokens")
    parser.add_argument("--answer-tokens", type=int, default=512)
    parser.add_argument("--out", type=Path, default=Path("statements.jsonl"))
    arguments = parser.parse_args()
    questions = [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    if arguments.limit is not None:
        questions = [questions[at] for at in np.linspace(0, len(questions) - 1, arguments.limit).astype(int)]
    with tempfile.TemporaryDirectory() as folder, arguments.out.open("w", encoding="utf-8") as out:
        settings = Settings(
            data=Path(folder),
            llm_base_url=arguments.url,
            llm_model=arguments.model,
            llm_timeout_seconds=arguments.seconds,
            llm_context_tokens=arguments.window,
            llm_answer_tokens=arguments.answer_tokens,
        )
        engine = build_engine(settings, load_models(settings))
        for path in sorted((SEEDS / "documents").iterdir()):
            engine.ingester.add_file(path)
        catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
        steps = engine.answerer._steps
        recording = Recording(steps.composers[Mode.GENERATIVE])
        answerer = Answerer(replace(steps, composers={**steps.composers, Mode.GENERATIVE: recording}))
        counts: Counter[str] = Counter()
        seconds = []
        for question in questions:
            recording.drafts.clear()
            body = AskBody(**{key: question[key] for key in ASKED_WITH if question.get(key)}, mode=Mode.GENERATIVE)
            started = time.perf_counter()
            answer = answerer.ask(body.value())
            seconds.append(time.perf_counter() - started)
            counts.update(counted(answer, recording.drafts))
            for statement in shown(answer):
                draft = next((draft for draft in recording.drafts if draft.text == statement.text), None)
                out.write(json.dumps(row(question["question"], statement, draft), ensure_ascii=False) + "\n")
            out.flush()
            print(f"{question['id']} {answer.mode.value} {answer.warnings}", file=sys.stderr, flush=True)
        engine.close()
    for name, times in sorted(counts.items()):
        print(f"{name:<60} {times}")
    print(f"seconds for an answer: median {np.median(seconds):.1f}, largest {max(seconds):.1f}")


def shown(answer: Answer) -> tuple[Statement, ...]:
    return answer.outcome.statements if isinstance(answer.outcome, Answered) else ()


def counted(answer: Answer, drafts: Sequence[Drafted]) -> Iterator[str]:
    """What this answer adds to the counts."""
    yield "questions"
    yield f"questions: {'refused' if not isinstance(answer.outcome, Answered) else answer.mode.value}"
    if answer.degraded:
        yield f"questions degraded: {answer.warnings[0].split(':')[0]}"
    texts = {statement.text: statement for statement in shown(answer)}
    for draft in {draft.text: draft for draft in drafts}.values():
        yield "statements written"
        if draft.text in texts and answer.mode is Mode.GENERATIVE:
            yield f"statements {'repaired' if repaired(texts[draft.text], draft) else 'kept'}"
        else:
            yield "statements dropped"
    yield from (f"dropped for {why}" for warning in answer.warnings if " dropped: " in warning for why in reasons(warning))


def reasons(warning: str) -> Iterator[str]:
    for reason in warning.partition(" dropped: ")[2].split(", "):
        times, _, why = reason.partition(" for ")
        yield from [why] * int(times)


def repaired(statement: Statement, draft: Drafted) -> bool:
    return not set(statement.citations) <= {piece.citation for piece in draft.cited}


def row(question: str, statement: Statement, draft: Drafted | None) -> dict[str, object]:
    """One shown statement, with who speaks in what it cites."""
    return {
        "question": question,
        "text": statement.text,
        "by": "sources" if draft is None else "model, repaired" if repaired(statement, draft) else "model",
        "support": round(statement.support, 3),
        "quotes": [[citation.attribution.speaker, citation.quote] for citation in statement.citations],
    }


if __name__ == "__main__":
    main()
