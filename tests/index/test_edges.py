"""Edges that were wrong once."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from index import loaders
from index.chunk import Budget, Identity, chunk
from index.errors import BadSidecar, StoreUnavailable
from index.files import Collected, collect
from index.ingest import Ingester
from index.loaders import sidecar, transcript
from index.normalise import terms
from index.reader.expects import Expected, candidates
from index.sentences import sentences
from index.store.changes import Offered, sha256_of
from index.store.documents import Store
from index.types import Chunk, Filters, IngestStatus, Metadata, Span
from tests.fakes import HashingEmbedder


def put(store: Store, text: str, **facts: str):
    one = Chunk(0, "", sha256_of(text), Span(0, len(text)), 1, (Span(0, len(text)),))
    return store.put(Offered("a.txt", text, (), Metadata(**facts)), [one], [" ".join(terms(text))])


def ingester_of(store: Store) -> Ingester:
    budget = Budget(60, lambda ts: [len(t.split()) for t in ts], 256, HashingEmbedder().count_tokens)
    return Ingester(store, HashingEmbedder(), budget=lambda: budget, max_document_bytes=10_000)


# 1 chunk.py: a label in front of a lone sentence puts the chunk over the budget
def test_a_turns_label_never_puts_its_chunk_over_the_budget() -> None:
    text = "JOHN RUWITCH, BYLINE: one two three four five six seven eight nine.\n\nINSKEEP: Yes.\n"
    budget = Budget(9, lambda ts: [len(t.split()) for t in ts], 256, HashingEmbedder().count_tokens)
    made = chunk(text, loaders.from_text(text).sections, identity=Identity("d", "s"), split=sentences, budget=budget)
    assert max(one.n_tokens for one in made) <= 9


# 2 normalise.py `_WORD` / FTS5 unicode61: a term that SQLite cuts again is never found
@pytest.mark.parametrize("word", ["user_name", "@real_donald", "snake_case_word"])
def test_a_word_with_an_underscore_is_found_by_itself(tmp_path: Path, word: str) -> None:
    store = Store(tmp_path)
    put(store, f"He wrote {word} there.")
    assert all(count == 1 for count in store.document_frequencies(terms(word)).values())
    store.close()


# 3 documents.py _conditions: SQLite's lower() is ASCII only
def test_outlets_are_matched_in_any_case_in_any_script(tmp_path: Path) -> None:
    store = Store(tmp_path)
    placed = put(store, "Words.", outlet="Коммерсантъ")
    assert store.select(Filters(outlets=("КОММЕРСАНТЪ",))).document_ids == {placed.document_id}
    store.close()


# 4 sidecar.iso_date: basic and week dates pass, and are then compared as strings
@pytest.mark.parametrize("value", ["20240404", "2024-W14-4"])
def test_a_date_that_the_filters_cannot_compare_is_refused_or_rewritten(tmp_path: Path, value: str) -> None:
    try:
        stated = sidecar.parse(f"published_at: '{value}'".encode()).published_at
    except BadSidecar:
        return
    store = Store(tmp_path)
    placed = put(store, "Words.", published_at=str(stated))
    assert store.select(Filters(published_from="2024-04-01", published_to="2024-04-30")).document_ids == {placed.document_id}
    store.close()


# 5 sidecar.parse: foreign errors get out (ValueError, RecursionError), an unstorable surrogate gets in
@pytest.mark.parametrize(
    "data", [b"published_at: 2024-13-45", b"published_at: 2024-04-31", b"x: " + b"[" * 5_000, b'title: "\\ud800"']
)
def test_any_bad_sidecar_is_a_bad_sidecar(data: bytes) -> None:
    with pytest.raises(BadSidecar):
        sidecar.parse(data)


# 6 ingest.add_file: a file name that is not UTF-8 breaks the whole run with UnicodeEncodeError
def test_a_file_whose_name_is_no_utf8_is_stored_or_failed_but_no_crash(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("Words.")
    store = Store(tmp_path / "store")
    assert ingester_of(store).add_file(path).status in {IngestStatus.FAILED, IngestStatus.CREATED}
    store.close()


# 7 ingest.add_file: `sub/../a.txt` and `a.txt` are two documents after a change
def test_one_file_named_by_two_spellings_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("Old words.")
    store = Store(tmp_path / "store")
    first = ingester_of(store).add_file(tmp_path / "sub" / ".." / "a.txt")
    (tmp_path / "a.txt").write_text("New words.")
    second = ingester_of(store).add_file(tmp_path / "a.txt")
    assert (second.status, second.document_id) == (IngestStatus.UPDATED, first.document_id)
    store.close()


# 8 ingest.collect: `readout ingest docs/*` hands over the sidecars by name, and they fail as documents (exit 1)
def test_a_sidecar_named_by_a_shell_pattern_is_no_document(tmp_path: Path) -> None:
    for name in ("a.txt", "a.txt.meta.yaml"):
        (tmp_path / name).write_text("title: x")
    assert collect(sorted(tmp_path.glob("*"))) == Collected((tmp_path / "a.txt",))


# 9 transcript.py _CAPITALS: only a-z counts as lower case, so Cyrillic and Greek prose becomes a transcript
@pytest.mark.parametrize(
    "text", ["Вывод: переговоры прошли.\nПримечание: текст сокращён.\n", "Σημείωση: ένα.\nΑποτέλεσμα: δύο.\n"]
)
def test_mixed_case_words_of_any_script_do_not_make_a_transcript(text: str) -> None:
    assert transcript.sections(text)[1] == []


# 10 schema.migrate / database: several processes that open a fresh directory at once
def test_a_fresh_store_may_be_opened_by_several_at_once(tmp_path: Path) -> None:
    failures: list[StoreUnavailable] = []
    for turn in range(5):
        barrier = threading.Barrier(4)

        def work(folder: Path = tmp_path / str(turn), barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            try:
                Store(folder).close()
            except StoreUnavailable as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


# 11 database.close: "later use is an error", but a thread (or a store) that has not read yet opens the file anew
def test_a_closed_store_is_not_opened_again_by_a_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.close()
    with pytest.raises(StoreUnavailable):
        store.documents()


# 12 expects._DAY: "July 2022" passes for a day, since "July 2" matches
def test_a_month_with_its_year_is_no_day() -> None:
    sentence = "It was in July 2022, on a Tuesday."
    found = candidates(Expected.DATE, sentence, question="On which day was it?")
    assert [span.of(sentence) for span in found] == ["Tuesday"]
