from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.reader.pairs import MAX_PAIR_TOKENS, MAX_QUESTION_TOKENS, Pair, PairTokenizer, Tokens, in_context, padded

WORDS = "the Leaders U.S. “yes” TikTok naïve İstanbul ﬁne 한국어 你好 Привет 🙂 👨‍👩‍👧 e\u0301 \u200b [SEP] 3.5% — \n \t".split(
    " "
)
TEXTS = st.one_of(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.text(max_size=80))
CLS, SEP = 101, 102  # of the packaged vocabulary


@pytest.fixture(scope="module")
def published(packaged: Path) -> Tokenizer:
    """The library's own, for the names of ids and for what the encoder makes of a text before it is cut."""
    return Tokenizer.from_file(str(packaged / "tokenizer.json"))


def tokens_of(n: int, *, since: int = 1000) -> Tokens:
    """As many different pieces, of one letter each, with a space between."""
    places = np.arange(n, dtype=np.int32)
    return Tokens(places + since, places * 2, places * 2 + 1)


@given(text=TEXTS)
@example(text="🙂 Hu Jintao’s naïve 한국어 [SEP] 你好")
def test_the_offsets_of_every_piece_slice_its_letters_out_of_the_text(
    text: str, tokenizer: PairTokenizer, published: Tokenizer
) -> None:
    (tokens,) = tokenizer.tokens([text])
    for number, start, end in zip(tokens.ids.tolist(), tokens.starts.tolist(), tokens.ends.tolist(), strict=True):
        piece = published.id_to_token(number).removeprefix("##")
        assert start < end <= len(text)
        assert piece == "[UNK]" or piece in published.normalizer.normalize_str(text[start:end])


@given(text=TEXTS)
def test_pieces_stand_in_the_order_of_the_text_and_leave_out_no_letter(text: str, tokenizer: PairTokenizer) -> None:
    (tokens,) = tokenizer.tokens([text])
    assert np.all(np.diff(tokens.starts) >= 0)
    assert np.all(np.diff(tokens.ends) >= 0)
    held = {place for start, end in zip(tokens.starts, tokens.ends, strict=True) for place in range(start, end)}
    assert {place for place, letter in enumerate(text) if letter.isascii() and letter.isalnum()} <= held


def test_texts_are_cut_in_the_order_given_and_a_text_without_words_has_no_piece(tokenizer: PairTokenizer) -> None:
    long, empty, short = tokenizer.tokens(["one two three", " \n", "one"])
    assert (len(long), len(empty), len(short)) == (3, 0, 1)
    assert long.ids[0] == short.ids[0]
    assert tokenizer.tokens([]) == []


def test_the_name_of_a_special_token_in_a_text_is_words_and_no_special_token(tokenizer: PairTokenizer) -> None:
    (tokens,) = tokenizer.tokens(["end [SEP] [CLS] [PAD] [MASK]"])
    assert not {0, 100, CLS, SEP, 103} & set(tokens.ids.tolist())
    assert len(tokens) > 10


@given(n_question=st.integers(0, 90), n_passage=st.integers(0, 500))
@example(n_question=MAX_QUESTION_TOKENS, n_passage=MAX_PAIR_TOKENS - MAX_QUESTION_TOKENS - 3)
@example(n_question=MAX_QUESTION_TOKENS + 1, n_passage=MAX_PAIR_TOKENS - MAX_QUESTION_TOKENS - 2)
def test_the_special_tokens_stand_around_the_questions_end_and_the_passages_beginning(
    n_question: int, n_passage: int, tokenizer: PairTokenizer
) -> None:
    question, passage = tokens_of(n_question), tokens_of(n_passage, since=5000)
    pair = tokenizer.pair(question, passage)
    asked = question.ids.tolist()[max(0, n_question - 64) :]
    kept = passage.ids.tolist()[: 448 - 3 - len(asked)]
    assert pair.ids.tolist() == [CLS, *asked, SEP, *kept, SEP]
    assert pair.ids[pair.first : pair.first + len(pair.passage)].tolist() == kept == pair.passage.ids.tolist()


def test_what_is_asked_at_the_end_of_a_long_question_is_kept(tokenizer: PairTokenizer) -> None:
    question, passage = tokenizer.tokens(["well " * 100 + "who signed?", "She signed."])
    pair = tokenizer.pair(question, passage)
    assert pair.first == MAX_QUESTION_TOKENS + 2
    assert pair.ids[pair.first - 4 : pair.first - 1].tolist() == tokenizer.tokens(["who signed?"])[0].ids.tolist()


def test_a_cut_passage_keeps_its_offsets_from_the_beginning_of_its_text(tokenizer: PairTokenizer) -> None:
    text = "Trade and peace. " * 200
    (passage,) = tokenizer.tokens([text])
    later = passage.cut(4, len(passage))
    pair = tokenizer.pair(tokenizer.tokens(["What?"])[0], later)
    assert len(pair.ids) == MAX_PAIR_TOKENS
    assert text[pair.passage.starts[0] : pair.passage.ends[2]] == "Trade and peace"
    assert pair.passage.starts[0] == len("Trade and peace. ")


def test_shorter_pairs_are_filled_up_with_what_the_mask_closes() -> None:
    short = Pair(np.array([CLS, 7, SEP, 8, SEP], dtype=np.int32), 3, tokens_of(1))
    long = Pair(np.array([CLS, SEP, 8, 9, 8, 9, SEP], dtype=np.int32), 2, tokens_of(4))
    batch = padded([short, long])
    assert batch.ids.tolist() == [[CLS, 7, SEP, 8, SEP, 0, 0], [CLS, SEP, 8, 9, 8, 9, SEP]]
    assert batch.segments.tolist() == [[0, 0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1, 1]]
    assert batch.mask.tolist() == [[1, 1, 1, 1, 1, 0, 0], [1] * 7]
    assert padded([short, long], length=16).mask.sum(axis=1).tolist() == [5, 7]
    assert padded([short, long], length=16).ids.shape == (2, 16)
    assert padded([]).ids.shape == (0, 0)


def test_a_short_sentence_and_one_that_points_back_are_read_with_the_one_before() -> None:
    assert in_context("A week, they say.", "How long will it last?") == "How long will it last? A week, they say."
    assert in_context("A week, they say.", "") == "A week, they say."
    long = "To dry the hall will take the whole of the coming week, they say."
    assert in_context(long, "How long will it last?") == long
    assert in_context(f"It said: {long}", "The hall is wet.") == f"The hall is wet. It said: {long}"
