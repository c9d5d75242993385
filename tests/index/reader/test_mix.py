from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from index.reader.pairs import MAX_PAIR_TOKENS, PairTokenizer
from index.reader.training.loop import POOL
from index.reader.training.mix import FINISH, MAIN, Example, Kind, Mixer, Phase
from index.reader.training.rows import CALLS, CONTRASTS, HUMAN, ReadingRow
from index.reader.training.synonyms import EXCHANGED, Thesaurus
from index.types import Span

CONTEXT = (
    "The talks began in Oslo on Tuesday. Anna Lindh, of the Swedish side, spoke of trade first. "
    "St. Louis was named as the next place. Nobody else spoke before noon, it was said. "
    "Then Carl Bildt read 12 letters aloud! The northern port was closed in 1994, and it stayed closed. "
    "Was it opened again? It was, in the spring. Later Anna Lindh left."
)
LONG = " ".join(f"Speaker {n} said that point {n * 7} was agreed upon by all sides." for n in range(60))
ANSWERED = {
    "Who spoke first about trade?": ("Anna Lindh", "squad1_train"),
    "Where will they meet next?": ("St. Louis", "squad1_train"),
    "How many letters did Carl Bildt read?": ("12", "qamr_dev"),
    "When was the port closed?": ("1994", "friendsqa_dev"),
    "Where did the talks begin?": ("Oslo on Tuesday", HUMAN),
    "Who took the floor first?": ("Anna Lindh", CALLS),
    "Who was there for Sweden?": ("Anna Lindh", CONTRASTS),
}
AS_ASKED = replace(MAIN, hurried=0.0)
UNANSWERED = {
    "Who sang in Bergen?": HUMAN,
    "Which ship sank?": "squad1_train_xnull",
    "Who paid for the rooms?": CALLS,
    "Who was there for Finland?": CONTRASTS,
}
KINDS = {
    "squad1_train": Kind.ANSWERED,
    "qamr_dev": Kind.NEWS,
    "friendsqa_dev": Kind.DIALOGUE,
    HUMAN: Kind.HUMAN,
    CALLS: Kind.CALL,
    CONTRASTS: Kind.CALL_CONTRAST,
    "squad1_train_xnull": Kind.OTHER_PARAGRAPH,
}


def row_of(question: str, answer: str | None, source: str, context: str = CONTEXT) -> ReadingRow:
    answers = () if answer is None else (Span(context.index(answer), context.index(answer) + len(answer)),)
    return ReadingRow(source, "a", question, context, answers)


ROWS = [
    *(row_of(question, answer, source) for question, (answer, source) in ANSWERED.items()),
    *(row_of(question, None, source) for question, source in UNANSWERED.items()),
]


EDITABLE = [*ROWS, row_of("How many letters did Carl Bildt read?", "12", CALLS)]


@pytest.fixture(scope="module")
def mixer(tokenizer: PairTokenizer) -> Mixer:
    return Mixer(ROWS, tokenizer, seed=7)


@pytest.fixture(scope="module")
def pool(mixer: Mixer) -> list[Example]:
    return mixer.pool(0, AS_ASKED)


@pytest.fixture(scope="module")
def asked(tokenizer: PairTokenizer) -> dict[tuple[int, ...], str]:
    """The questions as asked, by their pieces."""
    questions = [row.question for row in ROWS]
    return {tuple(one.ids.tolist()): question for one, question in zip(tokenizer.tokens(questions), questions, strict=True)}


def question_of(example: Example) -> tuple[int, ...]:
    return tuple(example.pair.ids[1 : example.pair.first - 1].tolist())


def window_of(example: Example, context: str = CONTEXT) -> str:
    passage = example.pair.passage
    return context[passage.starts[0] : passage.ends[-1]]


def answer_of(example: Example, context: str = CONTEXT) -> str:
    passage, first = example.pair.passage, example.pair.first
    return context[passage.starts[example.first - first] : passage.ends[example.last - first]]


def same(one: list[Example], other: list[Example]) -> bool:
    """Whether two pools hold the same tokens and answers, in the same order."""
    shown = [[(e.pair.ids.tolist(), e.first, e.last) for e in examples] for examples in (one, other)]
    return shown[0] == shown[1]


def kind_of(example: Example, asked: dict[tuple[int, ...], str]) -> Kind:
    question = asked.get(question_of(example))
    if question is None:
        return Kind.EDITED_QUESTION
    if question in UNANSWERED:
        return Kind.CALL_ELSEWHERE if UNANSWERED[question] == CALLS else KINDS[UNANSWERED[question]]
    source = ANSWERED[question][1]
    return Kind.ANSWER_CUT_AWAY if source == "squad1_train" and not example.answerable else KINDS[source]


def test_the_tokens_of_every_answerable_example_are_its_answer(
    pool: list[Example], asked: dict[tuple[int, ...], str], tokenizer: PairTokenizer
) -> None:
    answered = [example for example in pool if example.answerable]
    assert {asked[question_of(example)] for example in answered} == set(ANSWERED)
    for example in answered:
        answer, _ = ANSWERED[asked[question_of(example)]]
        assert answer_of(example) == answer
        assert example.pair.ids[example.first : example.last + 1].tolist() == tokenizer.tokens([answer])[0].ids.tolist()


def test_an_example_without_an_answer_points_at_cls(pool: list[Example], asked: dict[tuple[int, ...], str]) -> None:
    unanswerable = [example for example in pool if not example.answerable]
    assert {(example.first, example.last) for example in unanswerable} == {(0, 0)}
    kinds = {kind_of(example, asked) for example in unanswerable}
    made = {Kind.ANSWER_CUT_AWAY, Kind.EDITED_QUESTION}
    assert kinds == {Kind.HUMAN, Kind.OTHER_PARAGRAPH, Kind.CALL_ELSEWHERE, Kind.CALL_CONTRAST, *made}


def test_an_answer_that_is_cut_away_leaves_none_of_its_words(pool: list[Example], asked: dict[tuple[int, ...], str]) -> None:
    """Also where it stands twice, and where the plain sentences cut it in two, as in St. Louis."""
    cut = [example for example in pool if kind_of(example, asked) is Kind.ANSWER_CUT_AWAY]
    assert len({asked[question_of(example)] for example in cut}) == 2
    for example in cut:
        answer, _ = ANSWERED[asked[question_of(example)]]
        assert answer not in window_of(example)
        assert answer != "St. Louis" or "Louis" not in window_of(example)


def test_none_of_several_accepted_answers_is_left_when_it_is_cut_away(tokenizer: PairTokenizer) -> None:
    spans = tuple(Span(CONTEXT.index(words), CONTEXT.index(words) + len(words)) for words in ("Oslo", "noon", "spring"))
    row = ReadingRow("squad1_train", "a", "When or where?", CONTEXT, spans)
    phase = Phase({Kind.ANSWER_CUT_AWAY: 1.0}, ((40, 0.5), (200, 0.5)))
    windows = {window_of(example) for example in Mixer([row], tokenizer, seed=1).pool(0, phase)}
    assert len(windows) > 1
    assert [window for window in windows if any(span.of(CONTEXT) in window for span in spans)] == []


def test_an_answer_that_stands_elsewhere_over_a_sentences_end_is_not_joined_again(tokenizer: PairTokenizer) -> None:
    context = "They met in St. Louis on Monday. It rained there all day. All of them liked St. Louis a lot. Then they went home."
    phase = Phase({Kind.ANSWER_CUT_AWAY: 1.0}, ((200, 1.0),))
    row = row_of("Where did they meet?", "St. Louis", "squad1_train", context)
    windows = {window_of(example, context) for example in Mixer([row], tokenizer, seed=1).pool(0, phase)}
    assert {"Louis a lot. Then they went home."} < windows
    assert [window for window in windows if "St. Louis" in window] == []


@pytest.mark.parametrize("size", [20, 64, 400])
def test_a_window_is_no_longer_than_asked_unless_one_sentence_is_or_it_is_of_a_call(
    size: int, mixer: Mixer, tokenizer: PairTokenizer
) -> None:
    of_calls = (Kind.CALL, Kind.CALL_ELSEWHERE, Kind.CALL_CONTRAST)
    shares = {kind: share for kind, share in AS_ASKED.shares.items() if kind not in of_calls}
    phase = replace(AS_ASKED, shares=shares, windows=((size, 1.0),))
    lengths = [len(example.pair.passage) for example in mixer.pool(0, phase)]
    longest = max(len(tokens) for tokens in tokenizer.tokens(CONTEXT.split(". ")))
    assert max(lengths) <= max(size, longest + 1)
    assert max(lengths) > size / 2 or size > 100
    whole = len(tokenizer.tokens([CONTEXT])[0])
    assert (max(lengths) == whole) == (size > whole)


def test_an_answer_over_several_sentences_is_kept_whole_in_a_window_that_is_too_short(tokenizer: PairTokenizer) -> None:
    answer = CONTEXT[CONTEXT.index("Nobody") : CONTEXT.index(" Was it")]
    phase = Phase({Kind.ANSWERED: 1.0}, ((10, 1.0),))
    examples = Mixer([row_of("What happened?", answer, "squad1_train")], tokenizer, seed=1).pool(0, phase)
    assert {answer_of(example) for example in examples} == {answer} == {window_of(example) for example in examples}


def test_a_pool_is_the_same_for_one_seed_and_number_and_another_for_others(
    mixer: Mixer, pool: list[Example], tokenizer: PairTokenizer
) -> None:
    assert same(pool, Mixer(ROWS, tokenizer, seed=7).pool(0, AS_ASKED))
    assert not same(pool, mixer.pool(1, AS_ASKED))
    assert not same(pool, Mixer(ROWS, tokenizer, seed=8).pool(0, AS_ASKED))


def test_pools_are_sorted_by_length_and_about_as_large_as_asked(pool: list[Example]) -> None:
    lengths = [len(example.pair.ids) for example in pool]
    assert lengths == sorted(lengths)
    edited = MAIN.shares[Kind.EDITED_QUESTION] + MAIN.shares[Kind.EDITED_CALL]
    assert POOL * 0.95 <= len(pool) <= POOL * (1 + 1.5 * edited)


@pytest.mark.parametrize("edited", [Kind.EDITED_QUESTION, Kind.EDITED_CALL])
def test_an_edited_question_comes_with_the_one_it_was_made_of_on_the_same_window(
    edited: Kind, tokenizer: PairTokenizer, asked: dict[tuple[int, ...], str]
) -> None:
    examples = Mixer(EDITABLE, tokenizer, seed=2).pool(0, Phase({edited: 1.0}, ((40, 0.5), (200, 0.5))))
    windows = {
        kind: Counter(window_of(e) for e in examples if (kind_of(e, asked) is Kind.EDITED_QUESTION) == (kind == "edited"))
        for kind in ("edited", "asked")
    }
    assert windows["edited"] == windows["asked"]
    assert {e.answerable for e in examples if kind_of(e, asked) is Kind.EDITED_QUESTION} == {False}
    assert {e.answerable for e in examples if kind_of(e, asked) is not Kind.EDITED_QUESTION} == {True}


@pytest.mark.parametrize("phase", [MAIN, FINISH])
def test_kinds_are_drawn_about_as_often_as_asked(phase: Phase, mixer: Mixer, asked: dict[tuple[int, ...], str]) -> None:
    examples = [example for number in range(3) for example in mixer.pool(number, replace(phase, hurried=0.0))]
    drawn = Counter(kind_of(example, asked) for example in examples)
    # An edited question brings its own; which of the two kinds it was made of cannot be seen in it.
    drawn[Kind.ANSWERED] -= drawn[Kind.EDITED_QUESTION]
    asked_for = dict(phase.shares)
    asked_for[Kind.EDITED_QUESTION] += asked_for.pop(Kind.EDITED_CALL)
    assert {kind: drawn[kind] / drawn.total() for kind in asked_for} == pytest.approx(asked_for, abs=0.035)


def test_questions_are_asked_otherwise_about_as_often_as_asked(tokenizer: PairTokenizer) -> None:
    plain, reworded = "Which vessel sank?", "Which ship sank?"
    as_asked, in_other_words = (tuple(one.ids.tolist()) for one in tokenizer.tokens([plain, reworded]))
    mixer = Mixer(
        [row_of(plain, "1994", "squad1_train")], tokenizer, seed=3, thesaurus=Thesaurus({"noun": {"vessel": ("ship",)}}, {})
    )
    phase = Phase({Kind.ANSWERED: 1.0}, ((40, 1.0),), reworded=0.5)
    drawn = Counter(question_of(example) for example in mixer.pool(0, phase))
    assert drawn.keys() == {as_asked, in_other_words}
    assert drawn[in_other_words] / drawn.total() == pytest.approx(0.5 * EXCHANGED, abs=0.05)
    typed = Counter(question_of(example) for example in mixer.pool(0, replace(phase, reworded=0.0, hurried=0.5)))
    assert typed[as_asked] / typed.total() == pytest.approx(0.5, abs=0.05)


def test_kinds_without_rows_leave_their_share_to_the_others(tokenizer: PairTokenizer) -> None:
    rows = [row for row in ROWS if row.source == HUMAN]
    examples = Mixer(rows, tokenizer, seed=1).pool(0, MAIN)
    assert len(examples) == POOL
    assert 0.4 < sum(example.answerable for example in examples) / POOL < 0.6


@pytest.mark.parametrize("phase", [MAIN, FINISH])
def test_the_shares_of_a_phase_sum_to_one(phase: Phase) -> None:
    assert set(phase.shares) == set(Kind)
    assert sum(phase.shares.values()) == pytest.approx(1)
    assert sum(share for _, share in phase.windows) == pytest.approx(1)


def test_a_whole_row_is_read_from_its_beginning_and_has_its_first_answer(mixer: Mixer) -> None:
    example = mixer.whole(ROWS[0])
    assert window_of(example) == CONTEXT
    assert answer_of(example) == "Anna Lindh"
    assert not mixer.whole(ROWS[-1]).answerable


def test_an_answer_that_the_longest_pair_cuts_off_or_in_two_is_no_answer(tokenizer: PairTokenizer) -> None:
    """Half an answer is not to be learned as the whole."""
    question = "What was said?"
    n_kept = MAX_PAIR_TOKENS - 3 - len(tokenizer.tokens([question])[0])
    tokens = tokenizer.tokens([LONG])[0]

    def answer(first: int, last: int) -> Example:
        span = Span(int(tokens.starts[first]), int(tokens.ends[last]))
        row = ReadingRow("squad1_train", "a", question, LONG, (span,))
        return Mixer([row], tokenizer, seed=1).whole(row)

    kept = answer(n_kept - 3, n_kept - 1)
    assert (kept.first, kept.last) == (MAX_PAIR_TOKENS - 4, MAX_PAIR_TOKENS - 2)
    assert not answer(n_kept - 2, n_kept).answerable
    assert not answer(n_kept + 5, n_kept + 6).answerable


def test_every_number_of_an_example_is_an_int_that_torch_can_take(pool: list[Example]) -> None:
    assert {type(value) for example in pool for value in (example.first, example.last)} == {int}
    assert {example.pair.ids.dtype for example in pool} == {np.dtype(np.int32)}


def test_passages_about_calls_are_half_of_the_time_read_whole(tokenizer: PairTokenizer) -> None:
    rows = [
        row_of("Who spoke first about trade?", "Anna Lindh", CALLS, f"{CONTEXT} {LONG}"),
        row_of("Who spoke last about trade?", None, CALLS, f"{CONTEXT} {LONG}"),
    ]
    phase = Phase({Kind.CALL: 0.5, Kind.CALL_ELSEWHERE: 0.5}, ((40, 1.0),))
    examples = Mixer(rows, tokenizer, seed=5).pool(0, phase)
    assert len(examples) == POOL
    for answerable in (True, False):
        lengths = Counter(len(example.pair.passage) > 40 for example in examples if example.answerable is answerable)
        assert 0.4 < lengths[True] / lengths.total() < 0.6
        assert 0.4 < lengths.total() / POOL < 0.6
