from __future__ import annotations

import threading
from pathlib import Path

import pytest

from index.errors import InputRejected, StoreUnavailable
from index.store.backup import backup, restore
from index.store.changes import Offered
from index.store.documents import FILE_NAME, Store
from index.types import Metadata


def put(store: Store, text: str, uri: str) -> None:
    store.put(Offered("a.txt", text, (), Metadata(uri=uri)), [], [])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = Store(tmp_path / "data")
    put(store, "Old words.", "/a")
    put(store, "New words.", "/a")
    store.close()
    return tmp_path / "data"


def test_what_was_backed_up_is_restored_with_every_version(data: Path, tmp_path: Path) -> None:
    before = Store(data)
    written = backup(data, tmp_path / "b")
    assert (tmp_path / "b.sha256").read_text() == f"{written.sha256}  b\n"
    restore(tmp_path / "b", tmp_path)
    after = Store(tmp_path)
    assert after.documents() == before.documents()
    assert (after.counts(), after.sequence()) == (before.counts(), before.sequence())
    assert after.vectors.identity() != before.vectors.identity()
    before.close()
    after.close()


def test_a_backup_while_others_write_is_of_one_moment(data: Path, tmp_path: Path) -> None:
    """Each round writes the same text under two uris in turn: never may the second be ahead of the first."""
    store = Store(data)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            for uri in ("/first", "/second"):
                put(store, f"Round {n} of {uri}.", uri)

    thread = threading.Thread(target=write)
    thread.start()
    while len(store.documents()) < 3:
        pass
    try:
        for turn in range(5):
            backup(data, tmp_path / f"b{turn}")
    finally:
        stop.set()
        thread.join()
        store.close()
    for turn in range(5):
        (tmp_path / f"{turn}").mkdir()
        restore(tmp_path / f"b{turn}", tmp_path / f"{turn}")
        restored = Store(tmp_path / f"{turn}")
        rounds = {d.uri: int(restored.document(d.document_id).text.split()[1]) for d in restored.documents() if d.uri != "/a"}
        assert rounds["/first"] - rounds["/second"] in (0, 1)
        restored.close()


@pytest.mark.parametrize("place", [0, 100, 5_000, -1])
def test_a_backup_with_one_changed_byte_is_refused(data: Path, tmp_path: Path, place: int) -> None:
    backup(data, tmp_path / "b")
    damaged = bytearray((tmp_path / "b").read_bytes())
    damaged[place] ^= 1
    (tmp_path / "b").write_bytes(damaged)
    with pytest.raises(InputRejected, match="sha256"):
        restore(tmp_path / "b", tmp_path)
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("name", ["b", "b.sha256"])
def test_a_backup_that_is_not_all_there_is_refused(data: Path, tmp_path: Path, name: str) -> None:
    backup(data, tmp_path / "b")
    (tmp_path / name).unlink()
    with pytest.raises(InputRejected, match="both be there"):
        restore(tmp_path / "b", tmp_path)


def test_documents_are_never_replaced_by_a_backup(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "b")
    with pytest.raises(InputRejected, match="holds documents"):
        restore(tmp_path / "b", data)


def test_an_empty_store_gives_way(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "b")
    Store(tmp_path / "empty").close()
    restore(tmp_path / "b", tmp_path / "empty")
    store = Store(tmp_path / "empty")
    assert len(store.documents()) == 1
    store.close()


def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no store"):
        backup(tmp_path, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_newer_backup_takes_the_place_of_an_older_one(data: Path, tmp_path: Path) -> None:
    first = backup(data, tmp_path / "b")
    store = Store(data)
    put(store, "More.", "/c")
    store.close()
    assert backup(data, tmp_path / "b") != first
    restore(tmp_path / "b", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "b.sha256", "data", FILE_NAME]
