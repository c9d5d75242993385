"""From data files to weights files: what `readout train-reader` runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.errors import InputRejected
from index.reader.pairs import PairTokenizer
from index.reader.training.answering import Answering
from index.reader.training.comparing import ComparisonTask
from index.reader.training.entailing import EntailmentTask
from index.reader.training.loop import Plan, Say, train
from index.reader.training.network import ReadingNetwork, RelationNetwork, load_network
from index.reader.training.reading import ReadingTask
from index.reader.training.rows import load_rows, split
from index.reader.training.statements import Statements
from index.reader.training.synonyms import read_wordnet

READING, ENTAILMENT, COMPARISON = "reading", "entailment", "comparison"
READING_PLAN = Plan()
# Shorter pairs and an encoder that has learned to read: less is needed, and smaller steps.
ENTAILMENT_PLAN = Plan(examples=26_000, learning_rate=1.5e-4, warm_up=2_000, finish=0.7)
COMPARISON_PLAN = Plan(examples=57_344, learning_rate=2e-4, warm_up=1_500, finish=0.6, measure_every=4_096)


def train_networks(
    paths: Sequence[Path],
    packaged: Path,
    out: Path,
    *,
    examples: int | None,
    start: Sequence[Path],
    synonyms: Path | None,
    only: str | None,
    say: Say,
    bfloat16: bool = False,
) -> list[tuple[Path, str]]:
    """Train what the data is for: the reader, then, each from its encoder, entailment and the comparison of answers.

    Begins from the mean of the weights in `start`, or else from the packaged encoder; of no examples comes that mean itself.
    `synonyms` is a folder of WordNet's dictionary; `only` names one of them to train alone; with `bfloat16` matrix products
    take half the bits. A stopped run goes on from its checkpoint below `out`. The paths of the weights with their sha256.

    Raises:
        InputRejected: If a file cannot be read or holds no rows, or `out` cannot be made.
    """
    rows = load_rows(paths)
    if not rows.reading and not rows.entailment and not rows.comparison:
        raise InputRejected("the files hold no rows; give SQuAD 2.0 JSON, or rows of reading, entailment or comparison")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputRejected(f"the folder {out} cannot be made: {error}") from error
    tokenizer = PairTokenizer(packaged)
    thesaurus = None if synonyms is None else read_wordnet(synonyms)
    written = []
    if rows.reading and only in (None, READING):
        plan = _plan(READING_PLAN, examples, bfloat16=bfloat16)
        reading = ReadingTask(rows.reading, tokenizer, seed=plan.seed, thesaurus=thesaurus)
        network = ReadingNetwork(packaged)
        if start:
            load_network(network, *start)
        start = [train(reading, network, out / "reader", plan=plan, about=reading.about, say=say)]
        written += start
    if rows.entailment and only in (None, ENTAILMENT):
        plan = _plan(ENTAILMENT_PLAN, examples, bfloat16=bfloat16)
        read = split(rows.reading)[0]
        entailing = EntailmentTask(
            rows.entailment,
            tokenizer,
            seed=plan.seed,
            statements=Statements(read, thesaurus) if read else None,
            answering=Answering(read) if read else None,
            thesaurus=thesaurus,
        )
        other = RelationNetwork(packaged)
        if start:
            load_network(other, *start)
        written.append(train(entailing, other, out / "entailment", plan=plan, about=entailing.about, say=say))
    if rows.comparison and only in (None, COMPARISON):
        plan = _plan(COMPARISON_PLAN, examples, bfloat16=bfloat16)
        comparing = ComparisonTask(rows.comparison, tokenizer, seed=plan.seed)
        third = RelationNetwork(packaged)
        if start:
            load_network(third, *start)
        written.append(train(comparing, third, out / "comparison", plan=plan, about=comparing.about, say=say))
    return [(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in written]


def _plan(plan: Plan, examples: int | None, *, bfloat16: bool) -> Plan:
    return replace(plan, examples=plan.examples if examples is None else examples, bfloat16=bfloat16)
