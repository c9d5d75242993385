from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.pairs import PairTokenizer
from index.reader.training.answering import Answering
from index.reader.training.entailing import (
    ANSWERING_SHARE,
    ASKED_OF_CALLS,
    ASKED_SHARE,
    HELD_BACK_SOURCES,
    LONGEST_PREMISE,
    MADE_SHARE,
    TEMPERING,
    EntailmentExample,
    EntailmentTask,
    accuracies,
    as_question,
    entailment_examples,
)
from index.reader.training.loop import POOL
from index.reader.training.network import RelationNetwork
from index.reader.training.rows import (
    CALLS,
    HELD_BACK_CALLS_SHARE,
    LABELS,
    QUESTIONS,
    SENTENCES,
    EntailmentRow,
    ReadingRow,
    is_held_back,
)
from index.reader.training.statements import Statements
from index.reader.training.synonyms import Thesaurus
from index.types import Span

NAMES = "Anna Boris Carla David Elena Felix Greta Henry Irene Jakob".split()


class Fixed(nn.Module):
    """The same three logits for every pair."""

    def __init__(self, *logits: float) -> None:
        super().__init__()
        self.logits = torch.tensor(logits)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        return self.logits.expand(len(ids), 3)


def rows_of(source: str, labels: tuple[str, ...] = LABELS) -> list[EntailmentRow]:
    """For each of ten names a row with each of the labels."""
    said = {
        "entailment": "{} went to Oslo.",
        "neutral": "{} has a sister.",
        "contradiction": "{} stayed at home.",
        "not_entailment": "{} never went to Oslo.",
    }
    return [
        EntailmentRow(source, f"{name} went to Oslo by train.", said[label].format(name), label)
        for name in NAMES
        for label in labels
    ]


@pytest.fixture(scope="module")
def task(tokenizer: PairTokenizer) -> EntailmentTask:
    return EntailmentTask([*rows_of("made_up"), *rows_of(HELD_BACK_SOURCES[0])], tokenizer, seed=7)


def labelled(tokenizer: PairTokenizer, label: str) -> list[EntailmentExample]:
    return entailment_examples([EntailmentRow("s", "It rained.", "It was wet.", label)], tokenizer)


def test_a_few_steps_on_forty_rows_lower_the_loss(packaged: Path, task: EntailmentTask) -> None:
    torch.manual_seed(2)
    network = RelationNetwork(packaged)
    batch = task.pool(0, finishing=False)[::50]
    optimizer = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=3e-4)
    losses = []
    for _ in range(5):
        loss = task.loss(network, batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("entailment", -math.log(0.5)),
        ("neutral", -math.log(0.2)),
        ("contradiction", -math.log(0.3)),
        ("not_entailment", -math.log(0.2 + 0.3)),
    ],
)
def test_the_loss_of_each_label_is_the_one_worked_out_by_hand(
    label: str, wanted: float, task: EntailmentTask, tokenizer: PairTokenizer
) -> None:
    network = Fixed(*(math.log(share) for share in (0.5, 0.2, 0.3)))
    assert float(task.loss(network, labelled(tokenizer, label))) == pytest.approx(wanted, abs=1e-6)


def test_what_is_only_not_entailed_may_be_neutral_or_contradicted_alike(task: EntailmentTask, tokenizer: PairTokenizer) -> None:
    example = labelled(tokenizer, "not_entailment")
    one, other = Fixed(0.5, 3.0, -2.0), Fixed(0.5, -2.0, 3.0)
    assert float(task.loss(one, example)) == pytest.approx(float(task.loss(other, example)), abs=1e-6)
    assert float(task.loss(Fixed(3.0, 0.5, -2.0), example)) > float(task.loss(one, example)) + 1


def test_the_loss_of_a_batch_is_the_mean_of_its_examples(task: EntailmentTask, tokenizer: PairTokenizer) -> None:
    network = Fixed(1.0, 0.0, -1.0)
    examples = [labelled(tokenizer, label)[0] for label in LABELS]
    alone = [float(task.loss(network, [example])) for example in examples]
    assert float(task.loss(network, examples)) == pytest.approx(np.mean(alone), abs=1e-6)


def test_the_accuracies_are_those_worked_out_by_hand() -> None:
    truth = np.array([True, True, True, True, False, False])
    found = np.array([True, True, True, False, True, False])
    assert accuracies(found, truth) == pytest.approx({"accuracy": 4 / 6, "balanced_accuracy": (3 / 4 + 1 / 2) / 2})
    assert accuracies(found[:4], truth[:4]) == pytest.approx({"accuracy": 0.75, "balanced_accuracy": 0.75})


@pytest.mark.parametrize(("logits", "accuracy"), [((1.0, 0.0, 0.0), 0.25), ((0.0, 1.0, 0.0), 0.75), ((0.0, 0.0, 1.0), 0.75)])
def test_only_whether_it_is_carried_is_measured(logits: tuple[float, ...], accuracy: float, task: EntailmentTask) -> None:
    """One held-back row in four is carried."""
    assert task.measure(Fixed(*logits)) == pytest.approx({"accuracy": accuracy, "balanced_accuracy": 0.5})


def test_no_row_of_a_held_back_source_is_trained_on(tokenizer: PairTokenizer, task: EntailmentTask) -> None:
    assert task.about["trained_on"] == {"made_up": 40}
    held_back = {source: 40 * (source == HELD_BACK_SOURCES[0]) for source in HELD_BACK_SOURCES}
    assert task.about["held_back"] == held_back | dict.fromkeys(ASKED_OF_CALLS, 0)
    rows = [*rows_of("made_up", ("neutral",)), *rows_of(HELD_BACK_SOURCES[1], ("entailment",))]
    drawn = EntailmentTask(rows, tokenizer, seed=1).pool(0, finishing=False)
    assert {LABELS[example.label] for example in drawn} == {"neutral"}


HELD_BACK_CALL = next(f"call {n}" for n in range(100) if is_held_back(f"call {n}", HELD_BACK_CALLS_SHARE))
CALL = next(f"call {n}" for n in range(100) if not is_held_back(f"call {n}", HELD_BACK_CALLS_SHARE))


def settled(call: str, label: str) -> EntailmentRow:
    return EntailmentRow(QUESTIONS, "Anna went to Oslo.", "Did Anna go to Oslo?", label, call)


def beside(call: str, label: str) -> EntailmentRow:
    return EntailmentRow(SENTENCES, "Anna went to Oslo.", "Who went to Oslo?", label, call)


def test_each_kind_of_question_on_calls_has_its_share(tokenizer: PairTokenizer) -> None:
    rows = [*rows_of("made_up", ("neutral",)), settled(CALL, "entailment"), beside(CALL, "contradiction")]
    drawn = Counter(example.label for example in EntailmentTask(rows, tokenizer, seed=1).pool(0, finishing=False))
    assert drawn[LABELS.index("entailment")] / drawn.total() == pytest.approx(ASKED_OF_CALLS[QUESTIONS], abs=0.03)
    assert drawn[LABELS.index("contradiction")] / drawn.total() == pytest.approx(ASKED_OF_CALLS[SENTENCES], abs=0.03)
    alone = EntailmentTask([settled(CALL, "entailment")], tokenizer, seed=1).pool(0, finishing=False)
    assert {example.label for example in alone} == {LABELS.index("entailment")}


def test_questions_of_passages_have_their_share(tokenizer: PairTokenizer) -> None:
    context = "Anna went to Oslo."
    answering = Answering([ReadingRow(CALLS, "a call", "Who went?", context, (Span(0, 4),))])
    task = EntailmentTask(rows_of("made_up", ("neutral",)), tokenizer, seed=1, answering=answering)
    drawn = Counter(example.label for example in task.pool(0, finishing=False))
    assert drawn[LABELS.index("entailment")] / drawn.total() == pytest.approx(ANSWERING_SHARE, abs=0.01)


def test_questions_of_held_back_calls_are_measured_and_never_drawn(tokenizer: PairTokenizer) -> None:
    held_back = [settled(HELD_BACK_CALL, label) for label in ("entailment", "neutral", "contradiction")]
    task = EntailmentTask([settled(CALL, "entailment"), *held_back], tokenizer, seed=1)
    assert {example.label for example in task.pool(0, finishing=False)} == {LABELS.index("entailment")}
    assert task.measure(Fixed(1.0, 0.0, 0.0)) == {"yes_auroc": 0.5, "no_auroc": 0.5}


def test_a_file_without_the_held_back_sources_has_nothing_to_measure(tokenizer: PairTokenizer) -> None:
    assert EntailmentTask(rows_of("made_up"), tokenizer, seed=7).measure(Fixed(0.0, 0.0, 0.0)) == {}


def test_rows_of_held_back_sources_alone_are_rejected(tokenizer: PairTokenizer) -> None:
    with pytest.raises(InputRejected, match="no row of entailment to train on"):
        EntailmentTask(rows_of(HELD_BACK_SOURCES[0]), tokenizer, seed=7)


def test_a_premise_that_might_be_cut_is_not_trained_on(tokenizer: PairTokenizer) -> None:
    fitting, longer = (EntailmentRow(f"{n}", "word " * n, "A word.", "neutral") for n in (LONGEST_PREMISE, LONGEST_PREMISE + 1))
    task = EntailmentTask([fitting, longer], tokenizer, seed=7)
    assert task.about["trained_on"] == {str(LONGEST_PREMISE): 1}


def test_the_statement_stands_in_the_place_of_the_question(tokenizer: PairTokenizer) -> None:
    (example,) = labelled(tokenizer, "contradiction")
    statement, evidence = tokenizer.tokens(["It was wet.", "It rained."])
    assert example.pair.ids[1 : example.pair.first - 1].tolist() == statement.ids.tolist()
    assert example.pair.passage.ids.tolist() == evidence.ids.tolist()
    assert example.label == 2


def test_large_sources_are_drawn_less_often_than_their_rows_would_be(tokenizer: PairTokenizer) -> None:
    """By the 0.6th power: of 300 rows and 10, the small source has 0.115 of the examples, not 0.032."""
    large = [EntailmentRow("large", "It rained.", "It was wet.", "neutral")] * 300
    small = [EntailmentRow("small", "It rained.", "It was dry.", "contradiction")] * 10
    drawn = Counter(
        LABELS[example.label]
        for number in range(3)
        for example in EntailmentTask([*large, *small], tokenizer, seed=7).pool(number, finishing=False)
    )
    share = 10**TEMPERING / (10**TEMPERING + 300**TEMPERING)
    assert share == pytest.approx(0.115, abs=0.001)
    assert drawn["contradiction"] / drawn.total() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("A man is asleep.", "Is a man asleep?"),
        ("Anna Lindh has signed it!", "Has Anna Lindh signed it?"),
        ("The talks were said to be over", "Were the talks said to be over?"),
        ("She could have been there, it was said.", "Could she have been there, it was said?"),
        ("It rained.", "It rained."),
        ("In May, the talks were over.", "In May, the talks were over."),
    ],
)
def test_a_statement_is_asked_with_its_first_auxiliary_in_front(statement: str, question: str) -> None:
    assert as_question(statement) == question


def test_about_as_many_statements_as_named_are_asked(tokenizer: PairTokenizer) -> None:
    """And keep their label; what has no auxiliary stays a statement."""
    rows = [EntailmentRow("s", "It rained.", "The street was wet.", "entailment")]
    pool = EntailmentTask(rows, tokenizer, seed=7).pool(0, finishing=False)
    asked = tokenizer.tokens(["Was the street wet?"])[0].ids.tolist()
    n_asked = sum(example.pair.ids[1 : example.pair.first - 1].tolist() == asked for example in pool)
    assert n_asked / len(pool) == pytest.approx(ASKED_SHARE, abs=0.05)
    assert {example.label for example in pool} == {0}


def test_a_pool_is_the_same_for_one_number_and_sorted_by_length(task: EntailmentTask) -> None:
    one, again, other = ([e.pair.ids.tolist() for e in task.pool(n, finishing=f)] for n, f in ((0, False), (0, True), (1, False)))
    assert one == again
    assert one != other
    assert [len(ids) for ids in one] == sorted(len(ids) for ids in one)


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The ministers signed it.", "Did the ministers sign it?"),
        ("Anna Lindh was glad that they signed it.", "Was Anna Lindh glad that they signed it?"),
        ("It rained.", "It rained."),
    ],
)
def test_with_a_thesaurus_a_past_is_asked_with_did(statement: str, question: str) -> None:
    assert as_question(statement, Thesaurus({}, {"signed": "sign"})) == question


def test_a_share_of_the_examples_is_made_of_sentences(tokenizer: PairTokenizer) -> None:
    context = "The ministers have signed the long treaty in Oslo."
    statements = Statements([ReadingRow("s", "a", "?", context, ())], None)
    task = EntailmentTask(rows_of("made_up"), tokenizer, seed=7, statements=statements)
    evidence = tuple(tokenizer.tokens([context])[0].ids.tolist())
    examples = task.pool(0, finishing=False)
    made = [e for e in examples if tuple(e.pair.passage.ids.tolist()) == evidence]
    assert POOL * 0.9 < len(examples) <= POOL
    assert MADE_SHARE * 0.4 < len(made) / len(examples) < MADE_SHARE
    assert {LABELS[example.label] for example in made} >= {"entailment", "contradiction"}
