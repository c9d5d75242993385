"""Which documents have lost their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import InputRejected
from service.missing import Stored, missing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("kept/a.txt", "kept/rows.jsonl", "kept/calls.zip", "kept/odd#name.txt", "kept-too/b.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("Words.", encoding="utf-8")
    return tmp_path / "kept"


def gone(folder: Path, *uris: str | None) -> list[str | None]:
    return [one.uri for one in missing([Stored("1", "n", uri) for uri in uris], [folder], even_if_empty=False)]


def test_what_has_its_file_stays_also_as_a_part_of_one(folder: Path) -> None:
    there = ["a.txt", "rows.jsonl#r1", "calls.zip/x/y.txt", "calls.zip/rows.jsonl#7", "odd#name.txt"]
    assert gone(folder, *(f"{folder}/{name}" for name in there)) == []


def test_what_lost_its_file_is_gone_with_its_parts(folder: Path) -> None:
    lost = [f"{folder}/{name}" for name in ("b.txt", "more.jsonl#r1", "more.zip/a.txt", "sub/c.txt", "a.txt.bak")]
    assert gone(folder, *lost) == lost


def test_what_lies_elsewhere_or_has_a_uri_of_its_own_stays(folder: Path) -> None:
    assert gone(folder, f"{folder}-too/gone.txt", f"{folder.parent}/gone.txt", "https://example.org/a", None) == []


def test_what_cannot_be_looked_for_is_not_gone(folder: Path) -> None:
    """A name that is too long for the file system stands for every error but that of absence."""
    assert gone(folder, f"{folder}/{'x' * 300}.txt", f"{folder}/nul\0.txt") == []


def test_a_folder_named_through_another_is_the_same(folder: Path) -> None:
    assert gone(folder / ".." / "kept", f"{folder}/b.txt", f"{folder}/a.txt") == [f"{folder}/b.txt"]


def test_a_document_below_two_folders_is_gone_once(folder: Path) -> None:
    found = missing([Stored("1", "n", f"{folder}/b.txt")], [folder, folder.parent], even_if_empty=False)
    assert len(found) == 1


def test_an_empty_and_a_missing_folder_are_refused(folder: Path) -> None:
    (folder / "empty").mkdir()
    for nothing in (folder / "empty", folder / "nowhere"):
        with pytest.raises(InputRejected, match=f"{nothing.name} is missing or holds no documents"):
            missing([], [nothing], even_if_empty=False)
