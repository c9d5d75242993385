"""Generations of terms: words find what is stored, whatever became of the files, and score as SQLite's BM25 does."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import lexical_manifest as files
from index.current import CURRENT, Damaged
from index.lexical_generation import LEXICAL_FOLDER, LexicalGenerations
from index.lexical_snapshot import CANDIDATES, LEAST_CANDIDATES, MAX_NAMED, MAX_TERMS
from index.store.database import Database
from index.store.doctor import examine, repair
from index.store.documents import FILE_NAME
from tests.generations import damage_of
from tests.lexical_generations import SMALL, Words


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Words]:
    made = Words(tmp_path)
    yield made
    made.store.close()


def names(words: Words) -> set[str]:
    return {path.name for path in (words.data / LEXICAL_FOLDER).iterdir()}


def test_up_to_a_size_sqlites_own_index_is_the_only_one(words: Words) -> None:
    words.add(10)
    generations = words.open()
    assert not generations.merge_if_due()
    assert generations.current is None
    assert not (words.data / LEXICAL_FOLDER).exists()
    words.add(1)
    assert generations.merge_if_due()
    words.check(generations)


def test_what_came_since_is_found_at_once_and_scored_alike(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.add(5)
    words.check(generations)
    assert generations.state.n_tail == 5
    assert not generations.merge_if_due()


def test_what_was_deleted_is_not_found_in_the_generation_nor_in_the_tail(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.add(4)
    words.delete(30)
    words.check(generations, scores=False)


def test_enough_are_found_among_many_deleted_ones(words: Words) -> None:
    """The best candidates are all deleted: more are asked for."""
    words.add(2 * LEAST_CANDIDATES, "w1 w1 w1")
    words.add(20, "w1 w2 w3 w4 w5 w6")
    generations = words.open()
    generations.merge_if_due()
    for summary in words.store.documents()[: 2 * LEAST_CANDIDATES]:
        words.store.delete(summary.document_id)
    snapshot = generations.current
    assert snapshot is not None
    assert len(snapshot.search(["w1"], k=10, document_ids=None)) == 10
    assert LEAST_CANDIDATES > CANDIDATES * 10


def test_a_merge_takes_in_what_came_and_takes_out_what_went(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.add(6)
    words.delete(3)
    assert generations.merge_if_due()
    assert (generations.state.n_chunks, generations.state.n_tail) == (43, 0)
    words.check(generations, scores=False)
    words.check(words.open(), scores=False)


def test_an_index_that_lost_a_quarter_of_its_chunks_is_built_anew_and_scores_exactly_again(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.delete(15)
    assert generations.merge_if_due()
    words.check(generations)


def test_a_corpus_that_shrinks_below_the_size_has_no_generation_any_more(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.delete(35)
    assert not generations.merge_if_due()
    assert generations.current is None
    assert words.open().current is None


def test_a_question_keeps_what_it_took(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.add(3)
    held = generations.current
    assert held is not None
    wanted = held.search(["w0", "w5"], k=200, document_ids=None)
    n_before = len(wanted)
    words.add(4, "w0 w5")
    assert generations.current is not held
    generations.refresh()
    assert held.count("w5") == sum("w5" in text.split() for text in words.store.wordings.of(range(1, 44)).values())
    assert len(held.search(["w0", "w5"], k=200, document_ids=None)) == n_before


def test_a_tail_too_wide_is_left_to_sqlite_until_the_next_generation(words: Words) -> None:
    words.add(40)
    generations = words.open()
    generations.merge_if_due()
    words.add(21)
    assert generations.current is None
    assert generations.merge_if_due()
    words.check(generations)


def test_a_long_question_keeps_its_rarest_terms(words: Words) -> None:
    words.add(20, " ".join(f"common{n}" for n in range(MAX_TERMS)))
    words.add(1, "rare common0")
    generations = words.open()
    generations.merge_if_due()
    snapshot = generations.current
    assert snapshot is not None
    found = snapshot.search([*(f"common{n}" for n in range(MAX_TERMS)), "rare"], k=1, document_ids=None)
    assert [one.chunk_id for one in found] == [21]


@pytest.mark.parametrize("n_named", [MAX_NAMED, MAX_NAMED + 1], ids=["looked up", "passed over"])
def test_among_many_documents_the_same_is_found_whichever_way_they_are_told(words: Words, n_named: int) -> None:
    words.add(20, "w1 w1 w1 w1 w2")
    words.add(MAX_NAMED + 20, "w1 w3 w4 w5")
    generations = words.open()
    generations.merge_if_due()
    named = frozenset(summary.document_id for summary in words.store.documents()[20 : 20 + n_named])
    snapshot = generations.current
    assert snapshot is not None
    found = snapshot.search(["w1", "w2", "d130"], k=10, document_ids=named)
    wanted = words.expected(["w1", "w2", "d130"], 10, named)
    assert [one.score for one in found] == pytest.approx([one.score for one in wanted], rel=1e-9)
    assert len(found) == 10
    assert not {one.chunk_id for one in found} & set(range(1, 21))


def test_where_few_of_the_many_named_hold_a_word_they_are_found_all_the_same(words: Words) -> None:
    n_best = 64 * LEAST_CANDIDATES + 1
    words.put("w1 w1 " * n_best, ["w1 w1"] * n_best)
    words.add(MAX_NAMED + 1, "w9")
    words.add(2, "w1 w7 w8 w9 w10 w11")
    generations = words.open()
    generations.merge_if_due()
    named = frozenset(summary.document_id for summary in words.store.documents()[1:])
    snapshot = generations.current
    assert snapshot is not None
    found = snapshot.search(["w1"], k=5, document_ids=named)
    assert {one.chunk_id for one in found} == {n_best + MAX_NAMED + 2, n_best + MAX_NAMED + 3}


def test_questions_at_the_same_time_as_additions_see_whole_chunks(words: Words) -> None:
    words.add(20)
    generations = words.open(bounds=replace(SMALL, tail_rows=1_000))
    generations.merge_if_due()
    stop = threading.Event()
    missing: list[str] = []

    def ask() -> None:
        while not stop.is_set():
            n = words.n  # stored, and found from now on
            snapshot = generations.current
            if snapshot is None or (n > 20 and not snapshot.search([f"d{n - 1}"], k=3, document_ids=None)):
                missing.append(f"d{n - 1}")

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    words.add(60)
    stop.set()
    for thread in threads:
        thread.join()
    assert missing == []
    words.check(generations)


def test_one_generation_is_kept_and_what_nobody_named_is_swept(words: Words) -> None:
    words.add(20)
    generations = words.open()
    generations.merge_if_due()
    assert names(words) == {CURRENT, "gen-1.terms", "gen-1.json"}
    (words.data / LEXICAL_FOLDER / "gen-7.terms.tmp").mkdir()
    (words.data / LEXICAL_FOLDER / "stray").write_bytes(b"x")
    generations.refresh()
    assert names(words) == {CURRENT, "gen-8.terms", "gen-8.json"}


def test_files_are_opened_again_and_not_made_again(words: Words) -> None:
    words.add(20)
    words.open().merge_if_due()
    again = words.open()
    assert not again.merge_if_due()
    assert (again.state.number, again.state.n_built, again.state.n_damaged) == (1, 0, 0)
    words.check(again)


def test_damaged_files_are_detected_and_made_again(words: Words) -> None:
    rng = random.Random(5)
    words.add(30)
    words.open().merge_if_due()
    for turn in range(18):
        path = words.files()[turn % len(words.files())]
        path.write_bytes(damage_of(rng, path.read_bytes()))
        generations = words.open()
        assert generations.current is None, path.name
        assert generations.merge_if_due()
        assert generations.state.n_damaged == 1, path.name
        words.check(generations)


def test_damage_found_while_merging_is_built_anew(words: Words) -> None:
    words.add(30)
    generations = words.open()
    generations.merge_if_due()
    path = next((words.data / LEXICAL_FOLDER).glob("gen-1.terms/*.term"))
    words.add(6)
    path.unlink()
    assert generations.merge_if_due()
    assert (generations.state.n_damaged, generations.state.n_built) == (1, 2)
    words.check(generations)


def test_an_index_that_holds_another_number_of_chunks_is_damaged(words: Words) -> None:
    words.add(20)
    words.open().merge_if_due()
    manifest = files.current(words.data / LEXICAL_FOLDER)
    assert manifest is not None
    with pytest.raises(Damaged, match="20 chunks"):
        files.opened(words.data / LEXICAL_FOLDER, replace(manifest, n_chunks=19))


def test_an_index_of_another_store_is_not_searched(tmp_path: Path) -> None:
    one, other = Words(tmp_path / "one"), Words(tmp_path / "other", seed=1)
    one.add(20)
    other.add(25)
    one.open().merge_if_due()
    (one.data / LEXICAL_FOLDER).rename(other.data / LEXICAL_FOLDER)
    generations = other.open()
    assert generations.current is None
    generations.merge_if_due()
    other.check(generations)
    one.store.close()
    other.store.close()


def test_repaired_search_terms_make_the_index_of_them_anew(words: Words) -> None:
    """It was made from what was damaged."""
    words.add(20)
    words.open().merge_if_due()
    database = Database(words.data / FILE_NAME)
    database.write(lambda connection: connection.execute("UPDATE chunk_terms SET terms = 'other' WHERE rowid = 3"))
    repair(database, examine(database))
    database.close()
    assert words.open().current is None


def test_a_reader_writes_nothing(words: Words) -> None:
    words.add(20)
    reading = words.open(writable=False)
    assert not reading.merge_if_due()
    assert not (words.data / LEXICAL_FOLDER).exists()
    words.open().merge_if_due()
    before = names(words)
    words.add(7)
    reading = words.open(writable=False)
    words.check(reading)
    assert not reading.merge_if_due()
    assert names(words) == before


def test_where_it_cannot_be_written_sqlite_goes_on_and_it_is_tried_again_later(words: Words) -> None:
    now = [100.0]
    words.add(20)
    (words.data / LEXICAL_FOLDER).write_bytes(b"in the way")
    generations = LexicalGenerations(words.store.wordings, data=words.data, bounds=SMALL, clock=lambda: now[0])
    assert not generations.merge_if_due()
    assert generations.current is None
    (words.data / LEXICAL_FOLDER).unlink()
    assert not generations.merge_if_due()
    now[0] += 61
    assert generations.merge_if_due()
    words.check(generations)


def test_what_could_not_be_finished_gives_its_space_back(words: Words) -> None:
    words.add(20)
    folder = words.data / LEXICAL_FOLDER
    generations = words.open()
    (folder / "CURRENT.tmp").mkdir(parents=True)  # CURRENT is written last, and cannot be
    assert not generations.merge_if_due()
    assert not list(folder.glob("*.terms*"))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(["add", "add many", "delete", "merge", "refresh", "open"]), max_size=12), st.integers(0, 99))
def test_whatever_happens_in_whatever_order_words_find_what_is_stored(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], seed: int
) -> None:
    words = Words(tmp_path_factory.mktemp("words"), seed)
    words.add(20)
    generations = words.open()
    generations.merge_if_due()
    for step in steps:
        if step.startswith("add"):
            words.add(3 if step == "add" else 9)
        elif step == "delete":
            words.delete(2)
        elif step == "merge":
            generations.merge_if_due()
        elif step == "refresh":
            generations.refresh()
        else:
            generations = words.open()
        if generations.current is not None:
            words.check(generations, scores=False)
    words.store.close()
