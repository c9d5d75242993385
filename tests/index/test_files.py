"""Which files are meant by paths, folders and patterns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.errors import NotFound
from index.files import Collected, Upload, collect, pair_sidecars, read_file, uri_of
from index.types import IngestStatus
from tests.hostile import a_zip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_folders_recurse_in_order_and_sidecars_and_hidden_files_are_no_documents(folder: Path) -> None:
    for name in ("b.txt", "a.txt", "a.txt.meta.yaml", ".hidden.txt", "sub/c.txt", ".git/d.txt", "sub/.e/f.txt"):
        write(folder / name, "Words.")
    collected = collect([folder])
    assert [path.relative_to(folder).as_posix() for path in collected.files] == ["a.txt", "b.txt", "sub/c.txt"]
    assert (collected.skipped, collected.failed) == ((), ())


def test_a_folder_below_a_hidden_one_is_read_when_it_is_named(folder: Path) -> None:
    path = write(folder / ".cache" / "docs" / "a.txt", "Words.")
    assert collect([path.parent]) == Collected((path,))


def test_a_path_named_twice_is_collected_once(folder: Path) -> None:
    path = write(folder / "a.txt", "Words.")
    assert collect([path, folder, path]) == Collected((path,))


def test_a_missing_path_fails_and_the_rest_is_kept(folder: Path) -> None:
    path = write(folder / "a.txt", "Words.")
    collected = collect([folder / "nowhere", folder])
    (failed,) = collected.failed
    assert collected.files == (path,)
    assert (failed.status, failed.name, failed.code) == (IngestStatus.FAILED, str(folder / "nowhere"), NotFound.code)


def test_an_uploaded_sidecar_goes_with_its_file() -> None:
    named = [("a.txt.meta.yaml", b"title: T"), ("a.txt", b"Words."), ("b.txt", b"More."), ("c.txt.meta.yaml", b"title: U")]
    assert pair_sidecars(named) == [
        Upload("a.txt", b"Words.", sidecar_data=b"title: T"),
        Upload("b.txt", b"More."),
        Upload("c.txt.meta.yaml", b"title: U"),
    ]


# What is no document


def skipped(folder: Path) -> dict[str, str]:
    return {skip.path.name: skip.reason for skip in collect([folder]).skipped}


def test_what_no_loader_reads_is_skipped_in_a_folder_with_its_reason(folder: Path) -> None:
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    write(folder / "sheet.csv", "a,b")
    write(folder / "empty.txt", "")
    kept = write(folder / "a.txt", "Words.")
    assert collect([folder]).files == (kept,)
    found = skipped(folder)
    assert sorted(found) == ["empty.txt", "photo.jpg", "sheet.csv"]
    assert ("picture" in found["photo.jpg"], ".csv" in found["sheet.csv"], found["empty.txt"]) == (True, True, "it is empty")


def test_what_is_named_itself_is_never_skipped(folder: Path) -> None:
    """It then fails, and says why: somebody meant it."""
    picture = folder / "photo.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    for paths in ([picture], [folder, picture], [picture, folder]):
        assert collect(paths) == Collected((picture,))


def test_a_file_of_another_name_whose_content_is_read_is_taken(folder: Path) -> None:
    write(folder / "page.aspx", "<!DOCTYPE html><html><body>x</body></html>")
    (folder / "paper.bin").write_bytes(b"%PDF-1.7")
    (folder / "many.pack").write_bytes(a_zip(("a.txt", b"Words.")))
    assert [path.name for path in collect([folder]).files] == ["many.pack", "page.aspx", "paper.bin"]


# Patterns


def test_a_pattern_matches_below_folders_and_passes_over_hidden_files_and_sidecars(folder: Path) -> None:
    for name in ("a.txt", "b.md", "sub/c.txt", "sub/c.txt.meta.yaml", "sub/.d.txt", ".e/f.txt"):
        write(folder / name, "Words.")
    found = collect([folder / "**" / "*.*t*"]).files
    assert [path.relative_to(folder).as_posix() for path in found] == ["a.txt", "sub/c.txt"]


def test_a_pattern_without_a_match_fails(folder: Path) -> None:
    (failed,) = collect([folder / "*.pdf"]).failed
    assert (failed.status, failed.code) == (IngestStatus.FAILED, NotFound.code)


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(folder: Path) -> None:
    path = write(folder / "a[1].txt", "Words.")
    write(folder / "a1.txt", "Others.")
    assert collect([path]) == Collected((path,))


# Uris


def test_the_uri_is_the_absolute_path_however_the_file_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(folder / "a.txt", "Words.")
    monkeypatch.chdir(folder)
    assert {uri_of(Path("a.txt")), uri_of(folder / "sub" / ".." / "a.txt")} == {str(path)}
    assert read_file(Path("a.txt"), max_bytes=99).metadata.uri == str(path)


def test_a_name_that_is_no_text_gets_a_uri_that_is(folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))
    assert uri_of(path) == f"{folder}/caf?.txt"
