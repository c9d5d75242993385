from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import loaders
from index.chunk import Budget, Identity, chunk
from index.embed import PackagedEmbedder
from index.sentences import sentences
from index.tokens import cl100k_counter
from index.types import Chunk, SectionKind, Span
from tests.fakes import HashingEmbedder

IDENTITY = Identity("d1", "f" * 64)
WORDS = (
    "the U.S. leaders Mr. Kirby said “yes” TikTok. trade! why? Привет, мир. 你好世界。 我们 🙂🙃 👨‍👩‍👧 — … naïve 3.5% "
    "\n \n\n ; ,"
).split(" ")
PROSE = st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join)
SPACELESS = st.builds(
    lambda unit, times: unit * times, st.sampled_from(["x", "你好", "🙂", "Я", "a.b", "é"]), st.integers(1, 400)
)
TRANSCRIPT = st.lists(st.tuples(st.sampled_from(["KIRBY", "Q", "JOHN RUWITCH, BYLINE"]), PROSE), min_size=2, max_size=6).map(
    lambda turns: "\n\n".join(f"{name}: {said}" for name, said in turns)
)
TEXTS = st.one_of(PROSE, SPACELESS, TRANSCRIPT, st.text(max_size=150))
CYRILLIC = "Президент России провёл переговоры с председателем Китая о торговле и безопасности. "


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def budget_of(*, max_tokens: int, max_pieces: int) -> Budget:
    return Budget(max_tokens, count_words, max_pieces, HashingEmbedder().count_tokens)


def cut(text: str, budget: Budget) -> list[Chunk]:
    return chunk(text, loaders.from_text(text).sections, identity=IDENTITY, split=sentences, budget=budget)


def words_at(text: str, span: Span) -> set[int]:
    return {place for place in range(span.start, span.end) if text[place].isalnum()}


@given(TEXTS, st.integers(5, 60))
@example("word " * 60, 5)
@example("🙂" * 300, 5)
def test_every_word_of_every_section_is_in_exactly_one_sentence_of_one_chunk(text: str, max_tokens: int) -> None:
    made = cut(text, budget_of(max_tokens=max_tokens, max_pieces=4 * max_tokens))
    held = [place for one in made for span in one.sentences for place in range(span.start, span.end)]
    wanted = {place for section in loaders.from_text(text).sections for place in words_at(text, section.span)}
    assert len(held) == len(set(held))
    assert wanted <= set(held)


@given(TEXTS)
def test_a_chunk_is_a_slice_of_the_text_that_holds_its_sentences_in_order(text: str) -> None:
    made = cut(text, budget_of(max_tokens=20, max_pieces=80))
    assert all(a.span.end <= b.span.start for a, b in pairwise(made))
    for one in made:
        assert 0 <= one.span.start < one.span.end <= len(text)
        assert one.sentences
        assert all(one.span.covers(span) for span in one.sentences)
        assert all(a.end <= b.start for a, b in pairwise(one.sentences))
        assert one.span.end == one.sentences[-1].end
        assert (one.chunk_id, one.document_id, one.document_sha256) == (0, IDENTITY.document_id, IDENTITY.sha256)


@given(st.one_of(PROSE, SPACELESS, st.text(max_size=150)), st.integers(4, 40), st.integers(8, 120))
def test_no_chunk_of_prose_is_over_either_count(text: str, max_tokens: int, max_pieces: int) -> None:
    budget = budget_of(max_tokens=max_tokens, max_pieces=max_pieces)
    for one in cut(text, budget):
        words = one.span.of(text)
        assert one.n_tokens == count_words([words])[0] <= max_tokens
        assert HashingEmbedder().count_tokens([words])[0] <= max_pieces


@given(PROSE)
def test_a_sentence_that_fits_is_never_cut(text: str) -> None:
    """With room for the longest sentence the chunks hold the very sentences of the sections."""
    made = cut(text, budget_of(max_tokens=200, max_pieces=2_000))
    split = [span for section in loaders.from_text(text).sections for span in sentences(text, section.span)]
    assert [span for one in made for span in one.sentences] == split


def test_short_sentences_share_a_chunk_up_to_the_budget() -> None:
    text = "One two three. " * 10
    made = cut(text, budget_of(max_tokens=10, max_pieces=100))
    assert [(len(one.sentences), one.n_tokens) for one in made] == [(3, 9), (3, 9), (3, 9), (1, 3)]


def test_a_section_border_closes_a_chunk_that_is_half_full_and_not_an_emptier_one() -> None:
    half = "One two three four five six.\n\nSeven eight."
    assert len(cut(half, budget_of(max_tokens=10, max_pieces=100))) == 2
    emptier = "One two three.\n\nSeven eight."
    assert len(cut(emptier, budget_of(max_tokens=10, max_pieces=100))) == 1


def test_a_sentence_over_the_budget_is_cut_at_a_clause_border() -> None:
    text = "He spoke of trade and of money, and she spoke of peace and of war."
    made = cut(text, budget_of(max_tokens=8, max_pieces=100))
    parts = [span.of(text) for one in made for span in one.sentences]
    assert parts[0] == "He spoke of trade and of money,"
    assert " ".join(parts) == text


def test_a_chunk_that_begins_with_a_turn_shows_the_label() -> None:
    text = "KIRBY: One two three four five six seven.\n\nJOHN RUWITCH, BYLINE: Eight nine ten eleven twelve.\n"
    made = cut(text, budget_of(max_tokens=12, max_pieces=100))
    assert [one.span.of(text) for one in made] == [
        "KIRBY: One two three four five six seven.",
        "JOHN RUWITCH, BYLINE: Eight nine ten eleven twelve.",
    ]
    assert made[1].sentences[0].of(text) == "Eight nine ten eleven twelve."


def test_a_text_without_sections_gives_no_chunks() -> None:
    assert chunk("Words.", [], identity=IDENTITY, split=sentences, budget=budget_of(max_tokens=9, max_pieces=9)) == []


@pytest.mark.parametrize("document", ["000", "004"])
def test_the_seeds_are_cut_within_both_budgets_by_the_real_tokenizers(
    minilm: PackagedEmbedder, seed_folder: Path, document: str
) -> None:
    path = next(seed_folder.glob(f"{document}*.txt"))
    extracted = loaders.load(path.name, path.read_bytes())
    budget = Budget(200, cl100k_counter(), minilm.max_tokens, minilm.count_tokens)
    made = chunk(extracted.text, extracted.sections, identity=IDENTITY, split=sentences, budget=budget)
    texts = [one.span.of(extracted.text) for one in made]
    assert cl100k_counter()(texts) == [one.n_tokens for one in made]
    assert max(one.n_tokens for one in made) <= 200
    assert max(minilm.count_tokens(texts)) <= 256
    split = [span for section in extracted.sections for span in sentences(extracted.text, section.span)]
    assert [span for one in made for span in one.sentences] == split


def test_word_pieces_and_not_cl100k_tokens_bound_a_cyrillic_chunk(minilm: PackagedEmbedder) -> None:
    """As one chunk, well within a budget of 481 tokens, it would lose two thirds of its word pieces: MiniLM reads 256."""
    text = CYRILLIC * 12
    assert (cl100k_counter()([text]), minilm.count_tokens([text])) == ([469], [830])
    budget = Budget(481, cl100k_counter(), minilm.max_tokens, minilm.count_tokens)
    made = cut(text, budget)
    counts = minilm.count_tokens([one.span.of(text) for one in made])
    assert max(counts) <= 256
    assert [span.of(text) for one in made for span in one.sentences] == [CYRILLIC.strip()] * 12


@pytest.mark.parametrize(
    "text", ["Переговоры" * 200, "你好世界" * 200, "🙂" * 600, "word" * 400, "a " * 900, "Ω" * 999], ids=lambda text: text[:4]
)
def test_nothing_is_cut_off_by_the_encoder_whatever_the_script(minilm: PackagedEmbedder, text: str) -> None:
    text = f"Start. {text}. End."
    budget = Budget(200, cl100k_counter(), minilm.max_tokens, minilm.count_tokens)
    made = cut(text, budget)
    assert max(minilm.count_tokens([one.span.of(text) for one in made])) <= 256
    assert max(one.n_tokens for one in made) <= 200
    held = {place for one in made for span in one.sentences for place in range(span.start, span.end)}
    assert {place for place, c in enumerate(text) if not c.isspace() and c != "."} <= held


def test_the_kinds_of_the_sections_are_those_of_a_transcript() -> None:
    """The generated transcripts above are read as such: their labels stand in front of chunks."""
    found = loaders.from_text("KIRBY: Yes.\n\nJOHN RUWITCH, BYLINE: No.").sections
    assert {section.kind for section in found} == {SectionKind.TURN}
