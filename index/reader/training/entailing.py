"""The task of the entailment model: does the evidence carry the statement, contradict it, or neither."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from index.errors import InputRejected
from index.reader.pairs import Pair, PairTokenizer, padded
from index.reader.training.answering import Answering
from index.reader.training.loop import POOL, auroc
from index.reader.training.rows import HELD_BACK_CALLS_SHARE, LABELS, QUESTIONS, SENTENCES, EntailmentRow, is_held_back
from index.reader.training.statements import Statements
from index.reader.training.synonyms import Thesaurus

# Whole sources held back: how it does on text of a kind it was not trained on. Two are close to what we read.
HELD_BACK_SOURCES = ("fever_symmetric", "negation_rte", "summedits_ectsum", "summedits_samsum")
# Drawn by the number of rows to this power, so that image captions do not drown the rest.
TEMPERING = 0.6
ASKED_SHARE = 0.35  # of the statements are put as yes/no questions, where they can be: "Is a man asleep?"
MADE_SHARE = 0.15  # of the examples are sentences of passages: see `Statements`
ANSWERING_SHARE = 0.15  # and of the questions of these passages: see `Answering`
# Of the other examples, where the files hold such: questions on calls beside a sentence, yes/no questions and others.
ASKED_OF_CALLS = {QUESTIONS: 0.4, SENTENCES: 0.35}
LONGEST_PREMISE = 320  # tokens; a cut premise might have lost what carries the label
MEASURED_AT_ONCE = 16
MEASURED_ROWS = 600  # for the curve
ENTAILMENT, NEUTRAL, CONTRADICTION, NOT_ENTAILMENT = range(len(LABELS))


@dataclass(frozen=True, slots=True)
class EntailmentExample:
    """A pair of statement and evidence; `label` is a place in LABELS."""

    pair: Pair
    label: int


class EntailmentTask:
    """Learns from all sources but those held back."""

    name = "entailment"

    def __init__(
        self,
        rows: Sequence[EntailmentRow],
        tokenizer: PairTokenizer,
        *,
        seed: int,
        statements: Statements | None = None,
        answering: Answering | None = None,
        thesaurus: Thesaurus | None = None,
    ) -> None:
        """Tokenise all rows; takes seconds. Of `statements` and `answering` a share of the examples each is made.

        Raises:
            InputRejected: If no row is of a source to train on, or all are too long.
        """
        self._seed = seed
        self._tokenizer = tokenizer
        self._statements = statements
        self._answering = answering
        self._thesaurus = thesaurus
        held_back = [row for row in rows if row.source in HELD_BACK_SOURCES]
        of_calls = [row for row in rows if row.source in ASKED_OF_CALLS and _of_held_back_call(row)]
        train = [row for row in rows if row.source not in HELD_BACK_SOURCES and not _of_held_back_call(row)]
        examples = entailment_examples(train, tokenizer)
        asked = entailment_examples([row if row.source in ASKED_OF_CALLS else self._asked(row) for row in train], tokenizer)
        groups: dict[str, list[tuple[EntailmentExample, EntailmentExample]]] = {}
        for row, *forms in zip(train, examples, asked, strict=True):
            if len(forms[0].pair.passage) <= LONGEST_PREMISE:
                groups.setdefault(row.source, []).append((forms[0], forms[1]))
        if not groups:
            raise InputRejected(
                f"no row of entailment to train on: held back are {', '.join(HELD_BACK_SOURCES)}, and long premises"
            )
        self._groups = list(groups.values())
        self._shares = _shares({source: len(group) for source, group in groups.items()})
        self._measured = self._drawn(held_back, seed)
        self._measured_of_calls = {
            source: self._drawn([row for row in of_calls if row.source == source], seed) for source in ASKED_OF_CALLS
        }
        self.about = {
            "trained_on": {source: len(group) for source, group in groups.items()},
            "held_back": {source: sum(row.source == source for row in held_back) for source in HELD_BACK_SOURCES}
            | {source: sum(row.source == source for row in of_calls) for source in ASKED_OF_CALLS},
            "sentences_of_passages": statements is not None,
            "questions_of_passages": answering is not None,
        }

    def pool(self, number: int, *, finishing: bool) -> list[EntailmentExample]:  # noqa: ARG002  one mix throughout
        """See `Task`."""
        rng = np.random.default_rng([self._seed, number])
        made = [] if self._statements is None else self._made(self._statements, round(POOL * MADE_SHARE), rng)
        if self._answering is not None:
            made += self._whole([self._answering.draw(rng) for _ in range(round(POOL * ANSWERING_SHARE))])
        drawn = rng.choice(len(self._groups), size=POOL - len(made), p=self._shares)
        rows = [self._groups[group][rng.integers(len(self._groups[group]))] for group in drawn]
        examples = [forms[int(rng.random() < ASKED_SHARE)] for forms in rows]
        return sorted([*examples, *made], key=lambda example: len(example.pair.ids))

    def _made(self, statements: Statements, n: int, rng: np.random.Generator) -> list[EntailmentExample]:
        drawn = [row for row in (statements.draw(rng) for _ in range(n)) if row is not None]
        rows = [self._asked(row) if rng.random() < ASKED_SHARE else row for row in drawn]
        return self._whole(rows)

    def _whole(self, rows: Sequence[EntailmentRow]) -> list[EntailmentExample]:
        """Those of which nothing would be cut."""
        return [example for example in entailment_examples(rows, self._tokenizer) if len(example.pair.passage) <= LONGEST_PREMISE]

    def _asked(self, row: EntailmentRow) -> EntailmentRow:
        return replace(row, hypothesis=as_question(row.hypothesis, self._thesaurus))

    def loss(self, network: nn.Module, batch: Sequence[EntailmentExample]) -> Tensor:
        """See `Task`: cross entropy; what is only known not to be entailed may be either of the others."""
        shares = torch.log_softmax(_forward(network, batch), dim=1)
        labels = torch.tensor([example.label for example in batch])
        known = shares.gather(1, labels.clamp(max=CONTRADICTION)[:, None])[:, 0]
        either = torch.logsumexp(shares[:, NEUTRAL:], dim=1)
        return -torch.where(labels == NOT_ENTAILMENT, either, known).mean()

    def measure(self, network: nn.Module) -> dict[str, float]:
        """See `Task`: accuracies of carried or not, AUROC of yes, of no and of answering; nothing of what the files lack."""
        found: dict[str, float] = {}
        if self._measured:
            carried = self._predicted(network, self._measured).argmax(axis=1) == ENTAILMENT
            truth = np.array([example.label == ENTAILMENT for example in self._measured])
            found |= accuracies(carried, truth)
        for source, name, label in (
            (QUESTIONS, "yes_auroc", ENTAILMENT),
            (QUESTIONS, "no_auroc", CONTRADICTION),
            (SENTENCES, "answers_auroc", ENTAILMENT),
        ):
            examples = self._measured_of_calls[source]
            if examples:
                shares = torch.softmax(torch.from_numpy(self._predicted(network, examples)), dim=1).numpy()
                found[name] = auroc(list(shares[:, label]), [example.label == label for example in examples])
        return found

    def _drawn(self, rows: Sequence[EntailmentRow], seed: int) -> list[EntailmentExample]:
        chosen = np.random.default_rng(seed).permutation(len(rows))[:MEASURED_ROWS]
        examples = entailment_examples([rows[i] for i in chosen], self._tokenizer)
        return sorted(examples, key=lambda example: len(example.pair.ids))

    def _predicted(self, network: nn.Module, examples: Sequence[EntailmentExample]) -> NDArray[np.float32]:
        batches = [examples[at : at + MEASURED_AT_ONCE] for at in range(0, len(examples), MEASURED_AT_ONCE)]
        return np.concatenate([_forward(network, batch).numpy() for batch in batches])


def _of_held_back_call(row: EntailmentRow) -> bool:
    return bool(row.call) and is_held_back(row.call, HELD_BACK_CALLS_SHARE)


def _shares(sizes: Mapping[str, int]) -> NDArray[np.float64]:
    """How often each source is drawn, in the order given."""
    tempered = {source: size**TEMPERING for source, size in sizes.items() if source not in ASKED_OF_CALLS}
    fixed = {source: share for source, share in ASKED_OF_CALLS.items() if source in sizes}
    left = 1.0 - sum(fixed.values()) if tempered else 0.0
    total = sum(tempered.values())
    shares = [fixed[source] if source in fixed else left * tempered[source] / total for source in sizes]
    return np.array(shares, dtype=np.float64) / sum(shares)


LONGEST_SUBJECT = 8  # words: what is longer has a verb of its own
_AUXILIARY = re.compile(r"\s(?P<word>is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)\s")


def as_question(statement: str, thesaurus: Thesaurus | None = None) -> str:
    """The statement as a yes/no question, its first auxiliary or a "did" in front; as it stands if it has no verb for that."""
    found = _AUXILIARY.search(statement)
    past = thesaurus.first_past(statement) if found is None and thesaurus is not None else None
    if found is not None:
        auxiliary, subject, rest = found["word"].capitalize(), statement[: found.start()], statement[found.end() :]
    elif past is not None:
        place, base = past
        auxiliary, subject, rest = "Did", statement[: place.start()], f"{base}{statement[place.end() :]}"
    else:
        return statement
    subject = subject.strip()
    if "," in subject or len(subject.split()) > LONGEST_SUBJECT:
        return statement
    if subject[:2].istitle() and subject.split()[0] in _LOWERED:
        subject = subject[0].lower() + subject[1:]
    return f"{auxiliary} {subject} {rest.strip().rstrip('.!? ')}?"


_LOWERED = frozenset("A An The This That These Those There He She It They We You His Her Its Their Some Two Three".split())


def accuracies(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> dict[str, float]:
    """The share that is right, and the mean of that share over the classes there are."""
    right = found == truth
    balanced = np.mean([right[of].mean() for of in (truth, ~truth) if of.any()])
    return {"accuracy": float(right.mean()), "balanced_accuracy": float(balanced)}


def entailment_examples(rows: Sequence[EntailmentRow], tokenizer: PairTokenizer) -> list[EntailmentExample]:
    """The rows as pairs: the statement in the place of the question, the evidence in that of the passage."""
    statements = tokenizer.tokens([row.hypothesis for row in rows])
    evidence = tokenizer.tokens([row.premise for row in rows])
    return [
        EntailmentExample(tokenizer.pair(statement, premise), LABELS.index(row.label))
        for row, statement, premise in zip(rows, statements, evidence, strict=True)
    ]


def _forward(network: nn.Module, batch: Sequence[EntailmentExample]) -> Tensor:
    arrays = padded([example.pair for example in batch])
    logits: Tensor = network(*(torch.from_numpy(array) for array in (arrays.ids, arrays.segments, arrays.mask)))
    return logits
