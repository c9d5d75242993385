"""What a list of passages holds of the gold: evidence groups, the right document, relevant turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.evaluation.citations import GoldGroup, TokenKey, satisfies
from service.evaluation.corpus import Corpus
from service.evaluation.reply import Passage
from service.evaluation.retrieval import Ranked, RetrievalScores, retrieval_scores
from service.evaluation.types import Question

TURNS_CUTOFF = 5  # ours: as many passages as a person or a language model is shown; with a smaller k, that many


@dataclass(frozen=True, slots=True)
class Gold:
    """What is to be found for one question, as token sets; `turns` are all relevant, none is needed by itself.

    `document_given`: the question is asked of the gold document alone, so finding that document shows nothing.
    """

    groups: tuple[GoldGroup, ...]
    turns: tuple[frozenset[TokenKey], ...]
    document_given: bool

    @property
    def documents(self) -> frozenset[str]:
        """The ids of the documents that hold any of it."""
        places = [*(place for group in self.groups for place in group.places), *self.turns]
        return frozenset(document_id for place in places for document_id, _, _ in list(place)[:1])


@dataclass(frozen=True, slots=True)
class Placed:
    """One question's passages against its gold, best first.

    `turns[r]` numbers the relevant turns of which passage r shares a word, `n_turns` are relevant;
    `document_first`: whether the first passage is of a gold document; None where that is not asked.
    """

    ranked: Ranked
    turns: tuple[frozenset[int], ...]
    n_turns: int
    document_first: bool | None


@dataclass(frozen=True, slots=True)
class PassageScores:
    """Of one question's passages, each in [0, 1]; None where the measure is not defined for it.

    `hit_at_1`: the first passage holds a piece of evidence. `document_hit_at_1`: it is of the right document (for SQuAD
    the right paragraph). `turn_recall_at_5`: the share of the relevant turns of which the first 5 passages hold a word;
    `turn_precision_at_5`: the share of these passages that hold a word of a relevant turn.
    """

    recall_at_k: float | None = None
    ndcg_at_10: float | None = None
    reciprocal_rank: float | None = None
    hit_at_1: float | None = None
    document_hit_at_1: float | None = None
    turn_recall_at_5: float | None = None
    turn_precision_at_5: float | None = None


def gold_of(question: Question, groups: tuple[GoldGroup, ...], corpus: Corpus) -> Gold:
    """The gold of a question in the current versions; `groups` are its evidence groups, placed.

    Raises:
        AskFailed: a document's text cannot be had.
    """
    gold = Gold(groups, corpus.turns(question), document_given=False)
    chosen = question.filters.document_ids if question.filters else ()
    asked_of = frozenset(document_id for name in chosen for document_id in corpus.find(name))
    return Gold(gold.groups, gold.turns, document_given=bool(asked_of) and asked_of <= gold.documents)


def place(passages: Sequence[Passage], gold: Gold, corpus: Corpus) -> Placed:
    """Where the passages lie.

    Raises:
        AskFailed: a document's text cannot be had.
    """
    documents = gold.documents
    held = [_tokens(passage, documents, corpus) for passage in passages]
    return Placed(
        Ranked(
            tuple(group.relevance for group in gold.groups),
            tuple(tuple(number for number, group in enumerate(gold.groups) if satisfies(tokens, group)) for tokens in held),
        ),
        tuple(frozenset(number for number, turn in enumerate(gold.turns) if not turn.isdisjoint(tokens)) for tokens in held),
        len(gold.turns),
        None if gold.document_given or not documents else bool(passages) and passages[0].document_id in documents,
    )


def _tokens(passage: Passage, documents: frozenset[str], corpus: Corpus) -> frozenset[TokenKey]:
    sha256 = corpus.current_sha256(passage.document_id)
    # Texts of documents without gold are never fetched: on a big corpus they are nearly all.
    if sha256 is None or passage.document_id not in documents:
        return frozenset()
    return corpus.tokens(passage.document_id, sha256, start=passage.start, end=passage.end)


def passage_scores(placed: Mapping[str, Placed], *, k: int) -> dict[str, PassageScores]:
    """Scores by question id; all None for a question without gold."""
    with_groups = {id_: one.ranked for id_, one in placed.items() if one.ranked.gains}
    retrieval = retrieval_scores(with_groups, k=k) if with_groups else {}
    return {id_: _scores(one, retrieval.get(id_)) for id_, one in placed.items()}


def _scores(placed: Placed, retrieval: RetrievalScores | None) -> PassageScores:
    first = placed.turns[:TURNS_CUTOFF]
    found = frozenset().union(*first)
    return PassageScores(
        recall_at_k=retrieval.recall_at_k if retrieval else None,
        ndcg_at_10=retrieval.ndcg_at_10 if retrieval else None,
        reciprocal_rank=retrieval.reciprocal_rank if retrieval else None,
        hit_at_1=float(any(placed.ranked.satisfied[:1])) if retrieval else None,
        document_hit_at_1=None if placed.document_first is None else float(placed.document_first),
        turn_recall_at_5=len(found) / placed.n_turns if placed.n_turns else None,
        turn_precision_at_5=sum(map(bool, first)) / len(first) if placed.n_turns and first else None,
    )
