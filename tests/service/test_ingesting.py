"""What `readout ingest` does with what is asked for: to the store of this process, without a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.chunk import Budget
from index.errors import InputRejected
from index.files import Skipped, Upload, collect
from index.ingest import Ingester
from index.store.documents import FILE_NAME, Store
from index.store.lock import lock
from index.tokens import cl100k_counter
from index.types import IngestResult, IngestStatus
from service.bootstrap import Writing, open_ingester
from service.ingesting import Asked, Outcome, ingest_command, preview, run, summary, tell
from service.settings import Settings
from service.storing import Here
from tests.fakes import BrokenEmbedder, HashingEmbedder
from tests.hostile import a_zip

CREATED, UNCHANGED, UPDATED, SKIPPED, FAILED = IngestStatus


class Told:
    """Records what is said and complained."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.complaints: list[str] = []

    def __call__(self, outcome: Outcome, *, dry_run: bool = False) -> None:
        tell(outcome, say=self.said.append, complain=self.complaints.append, dry_run=dry_run)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    for name in ("a", "b", "c"):
        (made / f"{name}.txt").write_text(f"The words of {name}.", encoding="utf-8")
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", model=tmp_path)  # a folder without a model: nothing here may load one


def writing_with(settings: Settings, embedder: HashingEmbedder) -> Writing:
    opened = open_ingester(settings)
    budget = Budget(60, cl100k_counter(), embedder.max_tokens, embedder.count_tokens)
    ingester = Ingester(opened.store, embedder, budget=lambda: budget, max_document_bytes=settings.max_document_bytes)
    return Writing(opened.store, ingester, lambda: None)


def ingested(asked: Asked, settings: Settings, embedder: HashingEmbedder | None = None) -> Outcome:
    """What one ingest comes to, with a cheap embedder."""
    here = Here(writing_with(settings, embedder or HashingEmbedder()), model_id="hashing@1", n_threads=2)
    try:
        return run(asked, collect(asked.paths), here)
    finally:
        here.close()


def statuses(outcome: Outcome) -> dict[str, IngestStatus]:
    return {result.name: result.status for result in outcome.results}


def names(settings: Settings) -> list[str]:
    store = Store(settings.data, read_only=True)
    found = sorted(document.name for document in store.documents())
    store.close()
    return found


def test_files_are_stored_and_embedded_and_the_second_time_unchanged(folder: Path, settings: Settings) -> None:
    embedder = HashingEmbedder()
    assert statuses(ingested(Asked((folder,)), settings, embedder)) == {"a.txt": CREATED, "b.txt": CREATED, "c.txt": CREATED}
    store = Store(settings.data, read_only=True)
    assert (store.backlog("hashing@1"), store.counts()["vectors"]) == (0, 3)
    store.close()
    (folder / "b.txt").write_text("Other words.", encoding="utf-8")
    again = HashingEmbedder()
    assert statuses(ingested(Asked((folder,)), settings, again)) == {"a.txt": UNCHANGED, "b.txt": UPDATED, "c.txt": UNCHANGED}
    assert again.embedded == ["Other words."]


def test_what_a_stopped_ingest_left_goes_on_with_the_next(folder: Path, settings: Settings) -> None:
    store = Store(settings.data)
    store.jobs.add([folder / "a.txt", folder / "b.txt"])
    store.close()
    assert statuses(ingested(Asked((folder / "c.txt",)), settings)) == {"a.txt": CREATED, "b.txt": CREATED, "c.txt": CREATED}


def test_a_model_that_breaks_ends_the_ingest_and_loses_no_text(folder: Path, settings: Settings) -> None:
    broken = BrokenEmbedder()
    with pytest.raises(Exception, match="the fake model is broken"):
        ingested(Asked((folder,)), settings, broken)
    ingested(Asked((folder,)), settings)
    store = Store(settings.data, read_only=True)
    assert (len(store.documents()), store.backlog("hashing@1")) == (3, 0)
    store.close()


def test_standard_input_is_a_document_without_uri_and_equal_words_are_one(settings: Settings) -> None:
    asked = Asked((), Upload("call.txt", b"The words of a call."))
    assert statuses(ingested(asked, settings)) == {"call.txt": CREATED}
    again = Asked((), Upload("other.txt", b"The words of a call."))
    assert statuses(ingested(again, settings)) == {"other.txt": UNCHANGED}
    assert names(settings) == ["call.txt"]


# Dry runs


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(folder: Path, settings: Settings) -> None:
    (folder / "copy.txt").write_text("The words of a.", encoding="utf-8")
    (folder / "bad.txt").write_bytes(b"caf\x00")
    expected = {"a.txt": CREATED, "b.txt": CREATED, "c.txt": CREATED, "copy.txt": UNCHANGED, "bad.txt": FAILED}
    assert statuses(preview(Asked((folder,)), collect([folder]), settings)) == expected
    assert not settings.data.exists()
    told = Told()
    assert not ingest_command(Asked((folder,)), settings, dry_run=True, say=told.said.append, complain=told.complaints.append)
    assert "would be created: a.txt" in told.said
    assert told.said[-1] == "3 created, 1 unchanged, 0 updated, 0 skipped, 1 failed"


def test_a_dry_run_on_a_store_leaves_it_as_it_was(folder: Path, settings: Settings) -> None:
    ingested(Asked((folder,)), settings)
    before = (settings.data / FILE_NAME).read_bytes()
    (folder / "b.txt").write_text("Other words.", encoding="utf-8")
    (folder / "c.txt").unlink()
    outcome = preview(Asked((folder,), delete_missing=True), collect([folder]), settings)
    assert statuses(outcome) == {"a.txt": UNCHANGED, "b.txt": UPDATED}
    assert [document.name for document in outcome.deleted] == ["c.txt"]
    assert (settings.data / FILE_NAME).read_bytes() == before


def test_a_dry_run_needs_no_lock(folder: Path, settings: Settings) -> None:
    held = lock(settings.data)
    assert CREATED in statuses(preview(Asked((folder,)), collect([folder]), settings)).values()
    held.release()


# Deleting what is missing


def test_what_is_gone_is_deleted_only_if_asked_for(folder: Path, settings: Settings) -> None:
    ingested(Asked((folder,)), settings)
    (folder / "b.txt").unlink()
    assert ingested(Asked((folder,)), settings).deleted == ()
    assert [one.name for one in ingested(Asked((folder,), delete_missing=True), settings).deleted] == ["b.txt"]
    assert names(settings) == ["a.txt", "c.txt"]


def test_a_file_under_another_name_is_kept_though_its_first_name_is_gone(folder: Path, settings: Settings) -> None:
    ingested(Asked((folder,)), settings)
    (folder / "b.txt").rename(folder / "d.txt")
    outcome = ingested(Asked((folder,), delete_missing=True), settings)
    assert statuses(outcome)["d.txt"] is CREATED
    assert names(settings) == ["a.txt", "c.txt", "d.txt"]


@pytest.mark.parametrize(
    "change", [lambda folder: [path.unlink() for path in folder.iterdir()], lambda folder: folder.rename(folder.parent / "moved")]
)
def test_a_missing_or_empty_folder_deletes_nothing_unless_confirmed(
    folder: Path, settings: Settings, change: Callable[[Path], object]
) -> None:
    ingested(Asked((folder,)), settings)
    change(folder)
    with pytest.raises(InputRejected, match="--even-if-empty"):
        ingested(Asked((folder,), delete_missing=True), settings)
    assert names(settings) == ["a.txt", "b.txt", "c.txt"]
    outcome = ingested(Asked((folder,), delete_missing=True, even_if_empty=True), settings)
    assert len(outcome.deleted) == 3
    assert names(settings) == []


def test_deleting_what_is_missing_needs_a_folder(folder: Path, settings: Settings) -> None:
    asked = Asked((folder / "a.txt", folder / "*.md"), delete_missing=True)
    with pytest.raises(InputRejected, match="needs a folder"):
        ingest_command(asked, settings, dry_run=False, say=str, complain=str)
    assert not settings.data.exists()


def test_parts_of_an_archive_live_as_long_as_the_archive(folder: Path, settings: Settings) -> None:
    (folder / "calls.zip").write_bytes(a_zip(("x.txt", b"The words of x."), ("y.txt", b"The words of y.")))
    ingested(Asked((folder,)), settings)
    assert ingested(Asked((folder,), delete_missing=True), settings).deleted == ()
    (folder / "calls.zip").unlink()
    deleted = ingested(Asked((folder,), delete_missing=True), settings).deleted
    assert [one.name for one in deleted] == ["calls.zip/x.txt", "calls.zip/y.txt"]


# Telling


def test_reasons_go_to_stderr_and_counts_to_stdout(folder: Path) -> None:
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    results = (
        IngestResult(CREATED, "a.txt"),
        IngestResult(UPDATED, "b.txt", warnings=("it seems to be in French",)),
        IngestResult(FAILED, "c.txt", error="no text"),
    )
    told = Told()
    told(Outcome(results, collect([folder]).skipped))
    assert told.said == ["1 created, 0 unchanged, 1 updated, 1 skipped, 1 failed"]
    skipped, warning, failed = told.complaints
    assert skipped.startswith(f"skipped {folder / 'photo.jpg'}: it is a picture")
    assert (warning, failed) == ("b.txt: it seems to be in French", "c.txt: no text")


def test_many_files_skipped_for_one_reason_are_one_line(folder: Path) -> None:
    for name in ("one.csv", "two.csv", "three.jpg"):
        (folder / name).write_bytes(b"\xff\xd8\xff\xe0" if name.endswith("jpg") else b"a,b")
    told = Told()
    told(Outcome((), collect([folder]).skipped))
    sheets, picture = told.complaints
    assert sheets.startswith(f"skipped {folder / 'one.csv'} and 1 more: .csv files are not read")
    assert picture.startswith(f"skipped {folder / 'three.jpg'}: it is a picture")


def test_what_is_skipped_in_an_archive_counts_with_what_is_skipped_in_a_folder_and_is_no_failure() -> None:
    told = Told()
    members = (IngestResult(CREATED, "z.zip/a.txt"), IngestResult(SKIPPED, "z.zip/b.png", error="a picture"))
    outcome = Outcome(members, (Skipped(Path("c.png"), "a picture"),))
    told(outcome)
    assert told.said == ["1 created, 0 unchanged, 0 updated, 2 skipped, 0 failed"]
    assert told.complaints == ["skipped c.png: a picture", "skipped z.zip/b.png: a picture"]
    assert not outcome.has_failed


def test_deletions_are_counted_where_there_are_any() -> None:
    assert summary(Outcome(())) == "0 created, 0 unchanged, 0 updated, 0 skipped, 0 failed"


def test_nothing_to_ingest_is_an_error_that_says_so(tmp_path: Path, settings: Settings) -> None:
    told = Told()
    with pytest.raises(InputRejected, match="nothing to ingest"):
        ingest_command(
            Asked((tmp_path / "*.pdf",)), settings, dry_run=False, say=told.said.append, complain=told.complaints.append
        )
    assert "check the path" in told.complaints[0]
