"""The reader's training rows, from invented calls: python tests/calls/training_rows.py training.jsonl.xz --out calls.jsonl

A line of the given files is one call: `call`, `documents` (texts by name), `questions` (`question`; `evidence`, every place that
answers, each with `document`, `quote` and `answer`; `near`, what seems to answer; `tags`) and `pairs` (`premise`, `hypothesis`,
`label`). Documents are cut as they are when stored. A row is a question with a passage that answers it, or with one of the
nearest that do not, or is made of one that answers (`contrasts.py`). Further questions may come in files of their own.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]  # run by path, this file's own folder would be searched instead

from contrasts import begins, contrasts, persons
from lines import SEED, Row, asking_parser_of, calls_of, write_rows

from index import loaders
from index.chunk import Budget, Identity, chunk
from index.embed import PackagedEmbedder
from index.reader.training.rows import CALLS, CONTRASTS
from index.sentences import sentences
from index.tokens import cl100k_counter
from index.types import Precision, Span

PASSAGE_TOKENS = 160
NEAR, NEAR_UNANSWERED = 3, 5  # passages that do not answer, for a question that others answer, and for one that none does


def main() -> None:
    parser = asking_parser_of(__doc__)
    parser.add_argument("--contrasts", type=Path, help="a file for the rows made by exchanging names")
    given = parser.parse_args()
    calls = list(calls_of(given).values())
    rows = list(rows_of(calls))
    if given.contrasts:
        made = list(contrasting(calls, rows))
        write_rows(given.contrasts, made)
        print(f"{len(made):,} contrasts, {sum(row['answer'] is not None for row in made):,} of them answered")
    write_rows(given.out, rows)
    answered = sum(row.get("answer") is not None for row in rows)
    print(f"{len(rows):,} rows, {answered:,} of them answered, {sum('premise' in row for row in rows):,} of entailment")


def rows_of(calls: Sequence[Row]) -> Iterator[Row]:
    """The rows of reading and of entailment of some calls, always the same for the same calls."""
    embedder = PackagedEmbedder(model_id="rows", n_threads=2, precision=Precision.F32)
    budget = Budget(PASSAGE_TOKENS, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)
    drawn = random.Random(SEED)
    for call in calls:
        yield from _reading(call, budget, embedder, drawn)
        for pair in call.get("pairs", ()):
            yield {"source": CALLS, "call": call["call"], **pair}


def contrasting(calls: Sequence[Row], rows: Sequence[Row]) -> Iterator[Row]:
    """What `contrasts` makes of the answered rows of reading."""
    drawn = random.Random(SEED)
    for call in calls:
        own = [row for row in rows if row.get("answer") and row["id"].startswith(f"{call['call']}#")]
        people = persons(list(call["documents"].values()))
        answers: dict[str, list[str]] = {}
        for row in own:
            answers.setdefault(begins(row["question"]), []).append(row["answer"])
        for row in own:
            yield from contrasts(row, people, answers, drawn)


def _reading(call: Row, budget: Budget, embedder: PackagedEmbedder, drawn: random.Random) -> Iterator[Row]:
    passages = [
        (name, text, span) for name, text in call["documents"].items() for text, span in _passages(f"{name}.txt", text, budget)
    ]
    texts = [span.of(text) for _, text, span in passages]
    likeness = embedder.embed([asked["question"] for asked in call["questions"]]) @ embedder.embed(texts).T
    for number, asked in enumerate(call["questions"]):
        held = dict(_answers(asked["evidence"], passages))
        others = [int(place) for place in np.argsort(-likeness[number]) if place not in held]
        near = others[: NEAR if held else NEAR_UNANSWERED]
        if held and len(others) > 2 * NEAR + 2:
            near.append(others[drawn.randrange(NEAR, len(others))])
        told = asked.get("near") or []
        told = told if isinstance(told, list) else [told]
        seeming = dict(_answers([{**one, "answer": one["quote"]} for one in told], passages))
        for place, found in [*held.items(), *((place, []) for place in dict.fromkeys([*near, *seeming]))]:
            deceives = place in seeming or ("twin" in asked and place in held)
            row = {"id": f"{call['call']}#{number}.{place}", "question": asked["question"]}
            row["source"] = CONTRASTS if deceives else CALLS
            row["context"] = texts[place]
            for start, answer in found:
                yield {**row, "answer": answer, "answer_start": start}
            if not found:
                yield {**row, "answer": None, "answer_start": None}


def _passages(name: str, text: str, budget: Budget) -> Iterator[tuple[str, Span]]:
    (loaded,) = loaders.load_all(name, text.encode(), max_document_bytes=len(text.encode()))
    extracted = loaded.extracted
    identity = Identity("", "")
    for made in chunk(extracted.text, extracted.sections, identity=identity, split=sentences, budget=budget):
        yield extracted.text, made.span


def _answers(evidence: Sequence[Row], passages: Sequence[tuple[str, str, Span]]) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """For each passage that answers its place, and where in it which words do."""
    found: dict[int, list[tuple[int, str]]] = {}
    for one in evidence:
        for place, (name, text, span) in enumerate(passages):
            start = text.find(one["answer"], text.find(one["quote"])) if name == one["document"] else -1
            if span.start <= start and start + len(one["answer"]) <= span.end:
                found.setdefault(place, []).append((start - span.start, one["answer"]))
                break
    yield from found.items()


if __name__ == "__main__":
    main()
