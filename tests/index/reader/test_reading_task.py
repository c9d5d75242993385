from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.pairs import PairTokenizer
from index.reader.training.mix import Example
from index.reader.training.network import ReadingNetwork
from index.reader.training.reading import ANSWERED_SOURCE, ReadingTask, _overlap
from index.reader.training.rows import HUMAN, ReadingRow, split
from index.types import Span

NAMES = "Anna Boris Carla David Elena Felix Greta Henry Irene Jakob".split()
PLACES = "Oslo Rome Bonn Kyiv".split()


class Fixed(nn.Module):
    """Gives the logits that a rule makes of a token's place and segment; answerability is 0."""

    def __init__(self, *, closed: float, cls: float = 0.0, passage: float = 0.0) -> None:
        super().__init__()
        self.closed, self.cls, self.passage = closed, cls, passage

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits = torch.full(ids.shape, self.closed)
        logits[segments == 1] = self.passage
        logits[torch.arange(len(ids)), mask.sum(dim=1) - 1] = self.closed  # the last [SEP]
        logits[:, 0] = self.cls
        return logits, logits.clone(), torch.zeros(len(ids))


class Knowing(nn.Module):
    """Points at the answer of each example of these, or at [CLS], by their ids."""

    def __init__(self, examples: list[Example], *, moved_by: int = 0) -> None:
        super().__init__()
        self.known = {tuple(example.pair.ids.tolist()): example for example in examples}
        self.moved_by = moved_by

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        starts, ends, answerable = torch.zeros(ids.shape), torch.zeros(ids.shape), torch.zeros(len(ids))
        for row, (own, length) in enumerate(zip(ids.tolist(), mask.sum(dim=1).tolist(), strict=True)):
            example = self.known[tuple(own[:length])]
            moved = self.moved_by if example.answerable else 0
            starts[row, example.first + moved], ends[row, example.last + moved] = 9, 9
            answerable[row] = 9 if example.answerable else -9
        return starts, ends, answerable


def article_on(side: int, number: int, source: str) -> str:
    """The name of an article that is trained on (0) or held back (1)."""
    names = (f"{source} {number} {n}" for n in range(10_000))
    return next(name for name in names if split([ReadingRow(source, name, "Who?", "She.", ())])[side])


def rows_of(side: int) -> list[ReadingRow]:
    """Forty rows: of each ten names, who is where answered and not, by people's questions and others."""
    rows = []
    for source in (ANSWERED_SOURCE, HUMAN):
        for number, name in enumerate(NAMES):
            place = PLACES[number % len(PLACES)]
            context = f"It was said in spring that {name} Lindh went to {place} by train. Later it rained."
            answer = Span(context.index(place), context.index(place) + len(place))
            article = article_on(side, number, source)
            rows.append(ReadingRow(source, article, f"Where did {name} Lindh go?", context, (answer,)))
            rows.append(ReadingRow(source, article, "Who stayed in Bergen?", context, ()))
    return rows


@pytest.fixture(scope="module")
def task(tokenizer: PairTokenizer) -> ReadingTask:
    return ReadingTask([*rows_of(0), *rows_of(1)], tokenizer, seed=7)


@pytest.fixture(scope="module")
def pool(task: ReadingTask) -> list[Example]:
    return task.pool(0, finishing=False)


def test_a_few_steps_on_forty_rows_lower_the_loss(packaged: Path, task: ReadingTask, pool: list[Example]) -> None:
    torch.manual_seed(2)
    network = ReadingNetwork(packaged)
    batch = pool[::64]
    optimizer = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=3e-4)
    losses = []
    for _ in range(5):
        loss = task.loss(network, batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
    frozen = network.encoder.embeddings.word_embeddings.weight
    assert frozen.grad is None
    assert torch.equal(frozen, ReadingNetwork(packaged).encoder.embeddings.word_embeddings.weight)


def test_the_question_the_padding_and_the_last_separator_can_never_be_the_answer(task: ReadingTask, pool: list[Example]) -> None:
    batch = [pool[0], pool[-1], pool[500]]
    assert len({len(example.pair.ids) for example in batch}) > 1  # so that some of it is padding
    assert float(task.loss(Fixed(closed=50.0), batch)) == pytest.approx(float(task.loss(Fixed(closed=-50.0), batch)), abs=1e-5)
    assert task.measure(Fixed(closed=50.0, cls=1.0)) == task.measure(Fixed(closed=0.0, cls=1.0))


def test_the_loss_is_the_one_worked_out_by_hand(task: ReadingTask, pool: list[Example]) -> None:
    """All open tokens alike: log of their number for the span, and half the log of 2 for answerability."""
    for example in (pool[0], pool[-1]):
        n_open = 1 + len(example.pair.passage)
        wanted = torch.log(torch.tensor(float(n_open))) + 0.5 * torch.log(torch.tensor(2.0))
        assert float(task.loss(Fixed(closed=3.0), [example])) == pytest.approx(float(wanted), abs=1e-5)


def test_a_network_that_knows_the_answers_has_no_loss_and_perfect_measures(task: ReadingTask, pool: list[Example]) -> None:
    assert float(task.loss(Knowing(pool), pool[::100])) < 0.02
    measured = [example for example, _ in task._measured]
    assert task.measure(Knowing(measured)) == {"span_f1": 1.0, "auroc": 1.0}
    assert task.measure(Knowing(measured, moved_by=1)) == {"span_f1": 0.0, "auroc": 1.0}
    assert task.measure(Fixed(closed=0.0))["auroc"] == 0.5


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [(5, 8, 1.0), (5, 6, 2 / 3), (7, 10, 0.5), (4, 9, 0.8), (9, 12, 0.0), (1, 2, 0.0)],
)
def test_the_overlap_of_two_spans_is_their_f1(first: int, last: int, wanted: float, pool: list[Example]) -> None:
    assert _overlap(first, last, Example(pool[0].pair, 5, 8)) == pytest.approx(wanted)


def test_what_is_held_back_is_measured_and_never_trained_on(task: ReadingTask, tokenizer: PairTokenizer) -> None:
    assert task.about == {
        "trained_on": {ANSWERED_SOURCE: 20, HUMAN: 20},
        "held_back": {ANSWERED_SOURCE: 20, HUMAN: 20},
        "reworded": False,
    }
    alone = ReadingTask(rows_of(0), tokenizer, seed=7)
    for finishing in (False, True):
        shown = [[(e.pair.ids.tolist(), e.first, e.last) for e in one.pool(3, finishing=finishing)] for one in (task, alone)]
        assert shown[0] == shown[1]


def test_the_last_phase_is_richer_in_peoples_questions(task: ReadingTask, tokenizer: PairTokenizer) -> None:
    bergen = tokenizer.tokens(["Who stayed in Bergen?"])[0].ids.tolist()

    def share(*, finishing: bool) -> float:
        examples = task.pool(0, finishing=finishing)
        return sum(e.pair.ids[1 : e.pair.first - 1].tolist() == bergen for e in examples) / len(examples)

    assert share(finishing=True) > share(finishing=False) + 0.05


def test_rows_that_are_all_held_back_are_rejected(tokenizer: PairTokenizer) -> None:
    with pytest.raises(InputRejected, match="every article of these rows is held back"):
        ReadingTask(rows_of(1), tokenizer, seed=7)


def test_rows_of_which_none_is_held_back_have_nothing_to_measure(tokenizer: PairTokenizer) -> None:
    assert ReadingTask(rows_of(0), tokenizer, seed=7).measure(Fixed(closed=0.0)) == {"span_f1": 0.0, "auroc": 0.5}
