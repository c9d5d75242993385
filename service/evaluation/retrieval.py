"""recall@k, nDCG@10 and MRR by ir_measures (MacAvaney, Macdonald & Ounis, ECIR 2022), on gold groups.

How a question becomes a run and qrels. The relevant items are the question's gold groups. Down the
passages, a passage that satisfies groups which no earlier one did stands for these groups (the most
relevant first); any other passage stands for itself and is irrelevant. So a second passage on a group
already found is no gain, and how documents are cut into chunks does not change what is relevant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

NDCG_CUTOFF = 10  # design.md, "Evaluation data"


@dataclass(frozen=True, slots=True)
class Ranked:
    """One question's passages, best first: `satisfied[r]` numbers the groups that passage r satisfies.

    `gains[g]` is the judged gain of group g, at least 1.
    """

    gains: tuple[int, ...]
    satisfied: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class RetrievalScores:
    """Of one question; MRR is the mean of `reciprocal_rank`."""

    recall_at_k: float
    ndcg_at_10: float
    reciprocal_rank: float


def retrieval_scores(ranked: Mapping[str, Ranked], *, k: int) -> dict[str, RetrievalScores]:
    """Scores by question id. Recall counts the first k passages; a question without gains must not be given.

    nDCG has linear gains, as trec_eval's (Järvelin & Kekäläinen, TOIS 2002).
    """
    qrels = [Qrel(id_, f"group-{g}", gain) for id_, one in ranked.items() for g, gain in enumerate(one.gains)]
    whole = [item for id_, one in ranked.items() for item in _items(id_, one, n_passages=len(one.satisfied))]
    first_k = [item for id_, one in ranked.items() for item in _items(id_, one, n_passages=k)]
    # A passage may stand for several groups: the cut was made in passages, so here nothing more may be cut.
    uncut = R @ (k + max((len(one.gains) for one in ranked.values()), default=0))
    ndcg = nDCG @ NDCG_CUTOFF
    found = {(m.query_id, "recall"): m.value for m in ir_measures.iter_calc([uncut], qrels, first_k)}
    found |= {(m.query_id, str(m.measure)): m.value for m in ir_measures.iter_calc([ndcg, RR], qrels, whole)}
    return {
        # A question without passages is not in the library's output: nothing was found.
        id_: RetrievalScores(found.get((id_, "recall"), 0.0), found.get((id_, str(ndcg)), 0.0), found.get((id_, str(RR)), 0.0))
        for id_ in ranked
    }


def _items(question_id: str, ranked: Ranked, *, n_passages: int) -> list[ScoredDoc]:
    names: list[str] = []
    seen: set[int] = set()
    for rank, groups in enumerate(ranked.satisfied[:n_passages], start=1):
        new = sorted(set(groups) - seen, key=lambda group: (-ranked.gains[group], group))
        names += [f"group-{group}" for group in new] or [f"passage-{rank}"]
        seen.update(new)
    return _descending(question_id, names)


def _descending(question_id: str, names: Sequence[str]) -> list[ScoredDoc]:
    """Scores that only say the order: trec_eval sorts by score and would break ties by name."""
    return [ScoredDoc(question_id, name, float(len(names) - i)) for i, name in enumerate(names)]
