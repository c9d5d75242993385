from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.chunk import Budget
from index.errors import ModelUnavailable
from index.files import Upload, collect
from index.ingest import EMBED_BATCH, Ingester
from index.store.changes import sha256_of
from index.store.documents import Store
from index.tokens import cl100k_counter
from index.types import IngestResult, IngestStatus, Metadata
from tests.fakes import BrokenEmbedder, HashingEmbedder
from tests.hostile import a_zip

MAX_BYTES = 10_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def ingester_of(store: Store, embedder: HashingEmbedder) -> Ingester:
    budget = Budget(60, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)
    return Ingester(store, embedder, budget=lambda: budget, max_document_bytes=MAX_BYTES)


@pytest.fixture
def ingester(store: Store) -> Ingester:
    return ingester_of(store, HashingEmbedder())


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def embed_all(ingester: Ingester) -> int:
    return ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)


# Storing


def test_a_file_is_stored_under_its_absolute_path(store: Store, ingester: Ingester, folder: Path) -> None:
    path = write(folder / "a.txt", "date 2024-04-04 Words of the file.")
    result = ingester.add_file(path)
    assert result == IngestResult(IngestStatus.CREATED, "a.txt", result.document_id)
    document = store.document(str(result.document_id))
    assert (document.uri, document.name, document.published_at) == (str(path), "a.txt", "2024-04-04")
    assert (document.title, document.outlet) == (None, None)


def test_a_sidecar_wins_over_what_the_file_states(store: Store, ingester: Ingester, folder: Path) -> None:
    path = write(folder / "a.txt", "date 2024-04-04 Words.")
    write(folder / "a.txt.meta.yaml", "title: T\noutlet: NPR\npublished_at: 2024-04-05\nuri: https://example.org/1")
    document = store.document(str(ingester.add_file(path).document_id))
    assert (document.title, document.outlet, document.published_at) == ("T", "NPR", "2024-04-05")
    assert document.uri == "https://example.org/1"


def test_a_changed_file_is_an_update_and_a_second_run_changes_nothing(store: Store, ingester: Ingester, folder: Path) -> None:
    path = write(folder / "a.txt", "Old words.")
    first = ingester.add_file(path)
    assert ingester.add_file(path).status is IngestStatus.UNCHANGED
    write(path, "New words.")
    second = ingester.add_file(path)
    assert (second.status, second.document_id) == (IngestStatus.UPDATED, first.document_id)
    assert store.document(str(first.document_id), sha256=sha256_of("Old words.")).text == "Old words."


def test_a_new_sidecar_alone_updates_the_facts(store: Store, ingester: Ingester, folder: Path) -> None:
    path = write(folder / "a.txt", "Words.")
    ingester.add_file(path)
    write(folder / "a.txt.meta.yaml", "outlet: NPR")
    assert ingester.add_file(path).status is IngestStatus.UPDATED
    assert store.documents()[0].outlet == "NPR"


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (Upload("a.txt", b""), "empty_document"),
        (Upload("a.txt", b" \n\t"), "empty_document"),
        (Upload("a.txt", b"caf\0"), "unreadable_text"),
        (Upload("a.txt", b"\x7fELF\0\0"), "unsupported_file"),
        (Upload("a.txt", b"%PDF-1.7"), "damaged_file"),
        (Upload("a.pdf", b"words"), "unsupported_file"),
        (Upload("a.txt", b"x" * (MAX_BYTES + 1)), "document_too_large"),
    ],
)
def test_bad_input_is_a_failed_result_with_its_code_and_stores_nothing(
    store: Store, ingester: Ingester, folder: Path, upload: Upload, code: str
) -> None:
    (folder / upload.name).write_bytes(upload.data)
    for result in (ingester.add_file(folder / upload.name), ingester.add_upload(upload)):
        assert (result.status, result.name, result.code, result.document_id) == (IngestStatus.FAILED, upload.name, code, None)
        assert result.error
    assert store.documents() == []


def test_a_document_of_exactly_the_bound_is_stored(ingester: Ingester) -> None:
    assert ingester.add_upload(Upload("a.txt", b"x " * (MAX_BYTES // 2))).status is IngestStatus.CREATED


def test_a_bad_sidecar_fails_its_file_only(store: Store, ingester: Ingester, folder: Path) -> None:
    for name in ("a.txt", "b.txt"):
        write(folder / name, f"Words of {name}.")
    write(folder / "a.txt.meta.yaml", "author: someone")
    results = [ingester.add_file(path) for path in collect([folder]).files]
    assert [result.code for result in results] == ["bad_sidecar", None]
    assert [summary.name for summary in store.documents()] == ["b.txt"]


def test_a_file_that_vanished_or_is_a_folder_is_a_failed_result(ingester: Ingester, folder: Path) -> None:
    assert ingester.add_file(folder / "gone.txt").code == "input_rejected"
    assert ingester.add_file(folder).code == "input_rejected"


def test_an_upload_of_plain_text_may_be_called_anything(store: Store, ingester: Ingester) -> None:
    result = ingester.add_upload(Upload("The call.pdf", b"Words.", Metadata(title="T"), is_text=True))
    assert result == IngestResult(IngestStatus.CREATED, "The call.pdf", result.document_id, "T")
    assert store.documents()[0].uri is None


def test_each_member_of_an_archive_is_a_document_of_its_own_and_a_bad_one_fails_alone(
    store: Store, ingester: Ingester, folder: Path
) -> None:
    members = [("one.txt", b"First words."), ("sub/two.txt", b"date 2024-04-04 Second words."), ("bad.txt", b"a\0b")]
    path = folder / "calls.zip"
    path.write_bytes(a_zip(*members, ("one.txt.meta.yaml", b"title: One\noutlet: NPR")))
    results = ingester.add_file_parts(path)
    assert [(result.status, result.name, result.code) for result in results] == [
        (IngestStatus.CREATED, "calls.zip/one.txt", None),
        (IngestStatus.CREATED, "calls.zip/sub/two.txt", None),
        (IngestStatus.FAILED, "calls.zip/bad.txt", "unreadable_text"),
    ]
    found = {document.name: document for document in store.documents()}
    one, two = found["calls.zip/one.txt"], found["calls.zip/sub/two.txt"]
    assert (one.uri, one.title, one.outlet) == (f"{path}/one.txt", "One", "NPR")
    assert (two.uri, two.published_at) == (f"{path}/sub/two.txt", "2024-04-04")
    assert ingester.add_file(path).code == "unreadable_text"


PICTURE = b"\x89PNG\r\n\x1a\n"


def test_a_picture_among_the_files_of_an_archive_is_skipped_with_its_reason(store: Store, ingester: Ingester) -> None:
    """As in a folder: what neither name nor content offers for reading, and what is empty; a bad file still fails."""
    members = [("a.txt", b"Words."), ("logo.png", PICTURE), ("sheet.xlsx", b"x"), ("nothing.txt", b""), ("photo.txt", PICTURE)]
    results = ingester.add_upload_parts(Upload("calls.zip", a_zip(*members)))
    assert [(result.status.value, result.name, result.code) for result in results] == [
        ("created", "calls.zip/a.txt", None),
        ("skipped", "calls.zip/logo.png", "unsupported_file"),
        ("skipped", "calls.zip/sheet.xlsx", "unsupported_file"),
        ("skipped", "calls.zip/nothing.txt", "empty_document"),
        ("failed", "calls.zip/photo.txt", "unsupported_file"),
    ]
    assert "a picture" in str(results[1].error)
    assert [document.name for document in store.documents()] == ["calls.zip/a.txt"]


def test_an_archive_of_pictures_alone_fails_and_one_with_a_document_is_no_failed_job(
    store: Store, ingester: Ingester, folder: Path
) -> None:
    for name, members in (("pictures.zip", [("a.png", PICTURE), ("b.gif", b"GIF89a")]), ("some.zip", [("b.gif", b"GIF89a")])):
        more = [("a.txt", b"Words.")] if name == "some.zip" else []
        (folder / name).write_bytes(a_zip(*members, *more))
        store.jobs.add([folder / name])
    found: list[IngestResult] = []
    ingester.work_on_jobs(on_result=found.append, stop=lambda: False)
    assert [(result.name, result.status.value) for result in found] == [
        ("pictures.zip/a.png", "failed"),
        ("pictures.zip/b.gif", "failed"),
        ("some.zip/b.gif", "skipped"),
        ("some.zip/a.txt", "created"),
    ]
    assert [job.path.name for job in store.jobs.failed()] == ["pictures.zip"]


def test_an_archive_of_a_picture_and_a_bad_file_is_given_up_for_the_bad_file(
    store: Store, ingester: Ingester, folder: Path
) -> None:
    (folder / "calls.zip").write_bytes(a_zip(("a.png", PICTURE), ("bad.txt", b"a\0b")))
    store.jobs.add([folder / "calls.zip"])
    ingester.work_on_jobs(on_result=lambda _: None, stop=lambda: False)
    (job,) = store.jobs.failed()
    assert "picture" not in job.error


def test_each_row_of_json_lines_is_a_document_and_its_own_uri_counts(store: Store, ingester: Ingester) -> None:
    rows = b'{"id": "d1", "text": "First words.", "outlet": "NPR"}\n{"text": "Second.", "uri": "https://example.org/2"}\n'
    results = ingester.add_upload_parts(Upload("rows.jsonl", rows))
    assert [result.name for result in results] == ["rows.jsonl#d1", "rows.jsonl#line 2"]
    assert [document.uri for document in store.documents()] == [None, "https://example.org/2"]
    assert store.documents()[0].outlet == "NPR"


def test_a_time_that_is_all_of_a_turn_stands_before_it_in_the_store_too(store: Store, ingester: Ingester) -> None:
    """The first of two sections of equal extent is the one that a citation names; the turn gives the speaker."""
    cues = "WEBVTT\n\n00:12:41.000 --> 00:12:44.000\n<v John Ruwitch>TikTok came up.\n"
    result = ingester.add_upload(Upload("call.vtt", cues.encode()))
    sections = store.document(str(result.document_id)).sections
    assert [(section.kind.value, section.label) for section in sections] == [("time", "00:12:41"), ("turn", "John Ruwitch")]


def test_the_model_is_not_asked_for_when_nothing_is_new(store: Store, folder: Path) -> None:
    path = write(folder / "a.txt", "Words.")
    ingester_of(store, HashingEmbedder()).add_file(path)

    def no_budget() -> Budget:
        raise AssertionError("a budget was asked for")

    again = Ingester(store, HashingEmbedder(), budget=no_budget, max_document_bytes=MAX_BYTES)
    assert again.add_file(path).status is IngestStatus.UNCHANGED


def test_the_lexical_rows_are_there_before_anything_is_embedded(store: Store, ingester: Ingester) -> None:
    ingester.add_upload(Upload("a.txt", "Xi’s fentanyl promises.".encode()))
    assert store.document_frequencies(["fentanyl", "xi", "promis"]) == {"fentanyl": 1, "xi": 1, "promis": 1}
    assert store.counts()["vectors"] == 0


# Embedding


def test_the_backlog_is_embedded_as_the_stored_words_and_told_batch_by_batch(store: Store) -> None:
    embedder = HashingEmbedder()
    ingester = ingester_of(store, embedder)
    n_documents = EMBED_BATCH + 10
    for number in range(n_documents):
        ingester.add_upload(Upload(f"{number}.txt", f"Words of document {number}.".encode()))
    told: list[int] = []
    assert ingester.embed_backlog(on_progress=told.append, stop=lambda: False) == n_documents
    assert told == [EMBED_BATCH, 10]
    assert embedder.embedded == [f"Words of document {number}." for number in range(n_documents)]
    assert store.backlog(embedder.model_id) == 0


def test_a_stop_is_heeded_before_a_batch_and_keeps_what_was_done(store: Store) -> None:
    embedder = HashingEmbedder()
    ingester = ingester_of(store, embedder)
    for number in range(EMBED_BATCH + 1):
        ingester.add_upload(Upload(f"{number}.txt", f"Words of document {number}.".encode()))
    stops = iter([False, True])
    assert ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: next(stops)) == EMBED_BATCH
    assert store.backlog(embedder.model_id) == 1


def test_a_model_that_fails_leaves_the_backlog_for_later(store: Store) -> None:
    embedder = BrokenEmbedder()
    ingester = ingester_of(store, embedder)
    ingester.add_upload(Upload("a.txt", b"Words."))
    with pytest.raises(ModelUnavailable):
        embed_all(ingester)
    assert store.backlog(embedder.model_id) == 1
    embedder.mended = True
    assert embed_all(ingester) == 1


def test_another_model_embeds_everything_again_and_spaces_are_not_mixed(store: Store) -> None:
    old, new = HashingEmbedder(model_id="old@1"), HashingEmbedder(model_id="new@1", dimension=32)
    ingester_of(store, old).add_upload(Upload("a.txt", b"Words."))
    assert embed_all(ingester_of(store, old)) == 1
    assert embed_all(ingester_of(store, new)) == 1
    for model_id, dimension in (("old@1", 256), ("new@1", 32)):
        space = store.vectors.space(model_id)
        assert space is not None
        assert store.vectors.between(space, after=0, until=9)[1].shape == (1, dimension)
    assert embed_all(ingester_of(store, new)) == 0


def test_every_chunk_of_the_seeds_is_a_slice_of_its_document(store: Store, ingester: Ingester, seed_folder: Path) -> None:
    results = [ingester.add_file(path) for path in collect([seed_folder]).files]
    assert [result.status for result in results] == [IngestStatus.CREATED] * 2
    for result in results:
        document = store.document(str(result.document_id))
        chunks = store.chunks(store.chunk_ids(frozenset([document.document_id])))
        texts = dict(store.vectors.waiting("any@1", after=0, limit=99))
        assert len(chunks) > 5
        for chunk_id, chunk in chunks.items():
            assert chunk.document_sha256 == document.sha256
            assert texts[chunk_id] == chunk.span.of(document.text)


def test_the_path_of_a_file_is_absolute_wherever_the_command_runs(store: Store, ingester: Ingester, folder: Path) -> None:
    path = write(folder / "a.txt", "Words.")
    relative = Path(os.path.relpath(path))
    assert not relative.is_absolute()
    ingester.add_file(path)
    assert ingester.add_file(relative).status is IngestStatus.UNCHANGED


# Beside each other


def test_beside_threads_that_store_only_whole_batches_are_embedded_until_nothing_more_comes(store: Store) -> None:
    embedder = HashingEmbedder()
    ingester = ingester_of(store, embedder)
    for number in range(EMBED_BATCH + 10):
        ingester.add_upload(Upload(f"{number}.txt", f"Words of document {number}.".encode()))
    batches: list[int] = []

    def storing() -> bool:
        return not batches

    assert ingester.embed_backlog(on_progress=batches.append, stop=lambda: False, storing=storing) == EMBED_BATCH + 10
    assert batches == [EMBED_BATCH, 10]


def test_files_stored_by_many_threads_are_all_there_and_told_in_order(store: Store, folder: Path) -> None:
    paths = [write(folder / f"{number:03}.txt", f"Words of document {number}.") for number in range(70)]
    store.jobs.add(paths)
    results: list[IngestResult] = []
    ingester_of(store, HashingEmbedder()).work_on_jobs(on_result=results.append, stop=lambda: False, n_threads=4)
    assert [result.name for result in results] == [path.name for path in paths]
    assert {result.status for result in results} == {IngestStatus.CREATED}
    assert (len(store.documents()), store.jobs.n_waiting()) == (70, 0)


def test_a_preview_counts_equal_content_once_and_stores_nothing(store: Store, ingester: Ingester) -> None:
    preview = ingester.previewer()
    uploads = [Upload("a.txt", b"Words."), Upload("b.txt", b"Words."), Upload("c.txt", b"")]
    statuses = [result.status for upload in uploads for result in preview(upload)]
    assert statuses == [IngestStatus.CREATED, IngestStatus.UNCHANGED, IngestStatus.FAILED]
    assert store.documents() == []
