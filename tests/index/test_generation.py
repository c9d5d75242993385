"""Generations: what is searched is what is stored, whatever became of the files."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import manifest as files
from index.current import CURRENT, Damaged
from index.generation import FOLDER, Generations
from index.types import ScoredChunk
from tests.generations import DIMENSION, SMALL, World, damage_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


# What is searched


def test_a_small_corpus_needs_no_file(world: World) -> None:
    world.add(5)
    generations = world.open()
    world.check(generations)
    assert not (world.data / FOLDER).exists()


@pytest.mark.parametrize("n", [0, 5, 6, 30, 31, 60])
def test_every_vector_that_is_stored_is_found_at_once(world: World, n: int) -> None:
    generations = world.open()
    world.add(n)
    world.check(generations)
    generations.merge_if_due()
    world.check(generations)
    world.add(2)
    world.check(generations)


@pytest.mark.parametrize("n", [20, 60])
def test_what_is_deleted_is_not_found_though_the_file_holds_it(world: World, n: int) -> None:
    world.add(n)
    generations = world.open()
    assert generations.state.n_rows == n
    world.delete(3)
    world.check(generations)
    assert generations.state.n_rows == n
    world.delete(6)
    assert generations.merge_if_due()
    world.check(generations)
    assert generations.state.n_rows == n - 9


def test_what_came_and_went_since_the_file_was_made_is_not_counted(world: World) -> None:
    world.add(20)
    world.open()
    world.add(3)
    world.delete(22)
    world.check(world.open())


def test_a_snapshot_in_use_is_not_changed_by_what_comes_after(world: World) -> None:
    world.add(10)
    generations = world.open()
    held, before = generations.current, world.expected(np.ones(DIMENSION, np.float32), 10)
    world.add(20)
    generations.refresh()
    assert held.search(np.ones(DIMENSION, np.float32), k=99) == [
        ScoredChunk(one.chunk_id, pytest.approx(one.score, abs=1e-5)) for one in before
    ]


@pytest.mark.parametrize(("n", "approximate"), [(30, False), (31, True)])
def test_past_the_bound_rows_are_clustered(world: World, n: int, approximate: bool) -> None:
    world.add(n)
    generations = world.open()
    assert (generations.state.approximate, generations.state.n_rows) == (approximate, n)
    world.check(generations)


def test_a_clustered_file_grows_without_being_trained_again_until_it_has_doubled(world: World) -> None:
    world.add(40)
    generations = world.open()
    trained = []
    for _ in range(5):
        world.add(12)
        world.delete(1)
        assert generations.merge_if_due()
        world.check(generations)
        trained.append(generations.current.generation.trained_on)
    assert trained == [40, 40, 40, 84, 84]


def test_merging_is_due_past_the_bound_only(world: World) -> None:
    world.add(10)
    generations = world.open()
    world.add(5)
    assert not generations.merge_if_due()
    world.add(1)
    assert generations.merge_if_due()
    assert not generations.merge_if_due()


@given(st.lists(st.tuples(st.sampled_from(["add", "delete", "merge", "refresh", "open"]), st.integers(1, 20)), max_size=8))
def test_after_any_changes_the_search_is_exact(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]) -> None:
    world = World(tmp_path_factory.mktemp("any"))
    generations = world.open()
    for step, n in steps:
        if step == "add":
            world.add(n)
        elif step == "delete":
            world.delete(n)
        elif step == "merge":
            generations.merge_if_due()
        elif step == "refresh":
            generations.refresh()
        else:
            generations = world.open()
        world.check(generations)
    world.store.close()


# Files


def names(world: World) -> set[str]:
    return {path.name for path in (world.data / FOLDER).iterdir()}


def test_the_file_is_opened_again_and_not_made_again(world: World) -> None:
    world.add(20)
    first = world.open()
    second = world.open()
    assert (first.state.n_built, second.state.n_built) == (1, 0)
    assert second.state.number == first.state.number == 1
    world.check(second)


def test_the_manifest_says_what_the_file_is(world: World) -> None:
    world.add(40)
    generations = world.open()
    stated = json.loads((world.data / FOLDER / "gen-1.json").read_bytes())
    data = (world.data / FOLDER / "gen-1.faiss").read_bytes()
    assert (stated["size"], stated["n_rows"], stated["dimension"]) == (len(data), 40, DIMENSION)
    assert (stated["model_id"], stated["sequence"], stated["trained_on"]) == ("hashing@1", world.store.sequence(), 40)
    assert generations.state.number == 1


def test_one_generation_is_kept_and_what_nobody_named_is_swept(world: World) -> None:
    world.add(20)
    generations = world.open()
    for name in ("gen-9.faiss.tmp", "gen-7.faiss", "stray", "CURRENT.tmp"):
        (world.data / FOLDER / name).write_bytes(b"x")
    generations.refresh()
    assert names(world) == {CURRENT, "gen-10.faiss", "gen-10.json"}
    world.check(world.open())


@pytest.mark.parametrize("n", [20, 40], ids=["exact", "clustered"])
def test_damaged_files_are_detected_and_made_again(world: World, n: int) -> None:
    """The full count is `make torture`'s."""
    rng = random.Random(n)
    world.add(n)
    world.open()
    for turn in range(12):
        path = sorted((world.data / FOLDER).iterdir())[turn % 3]
        path.write_bytes(damage_of(rng, path.read_bytes()))
        generations = world.open()
        assert (generations.state.n_damaged, generations.state.n_built) == (1, 1), (turn, path.name)
        world.check(generations)


@pytest.mark.parametrize(("name", "n_damaged"), [(CURRENT, 0), ("gen-1.json", 1), ("gen-1.faiss", 1)])
def test_a_missing_file_is_made_again_and_without_current_none_was_finished(world: World, name: str, n_damaged: int) -> None:
    world.add(20)
    world.open()
    (world.data / FOLDER / name).unlink()
    generations = world.open()
    assert (generations.state.n_damaged, generations.state.n_built) == (n_damaged, 1)
    world.check(generations)


def test_a_file_that_is_what_its_manifest_says_but_lies_about_its_rows_is_damaged(world: World) -> None:
    world.add(20)
    world.open()
    folder = world.data / FOLDER
    manifest = files.current(folder)
    assert manifest is not None
    with pytest.raises(Damaged, match="20 rows"):
        files.opened(folder, replace(manifest, n_rows=19))


@pytest.mark.parametrize(
    "change",
    [
        lambda stated: stated | {"extra": 1},
        lambda stated: {key: value for key, value in stated.items() if key != "size"},
        lambda stated: [stated],
    ],
)
def test_a_manifest_of_other_fields_is_damaged(world: World, change: Callable[[dict[str, object]], object]) -> None:
    from index import durable

    world.add(20)
    world.open()
    folder = world.data / FOLDER
    listed = durable.write_bytes(
        folder / "gen-1.json", json.dumps(change(json.loads((folder / "gen-1.json").read_bytes()))).encode()
    )
    durable.write_bytes(folder / CURRENT, f"{listed.sha256}  gen-1.json\n".encode())
    with pytest.raises(Damaged, match="fields"):
        files.current(folder)


def test_a_file_of_another_store_is_not_searched(tmp_path: Path) -> None:
    one, other = World(tmp_path / "one"), World(tmp_path / "other")
    one.add(20)
    other.add(25)
    one.open()
    (tmp_path / "one" / FOLDER).rename(tmp_path / "other" / FOLDER)
    generations = other.open()
    assert generations.state.n_built == 1
    other.check(generations)
    one.store.close()
    other.store.close()


def test_a_full_disk_leaves_the_answers_right_and_the_old_file_current(world: World) -> None:
    world.add(20)
    generations = world.open()
    folder = world.data / FOLDER
    (folder / "CURRENT.tmp").mkdir()  # it cannot be written
    world.add(20)
    generations.refresh()
    world.check(generations)
    assert generations.state.number == 0
    manifest = files.current(folder)
    assert manifest is not None
    assert manifest.number == 1
    (folder / "CURRENT.tmp").rmdir()
    generations.refresh()
    assert generations.state.number == 3
    world.check(world.open())


def test_opened_for_reading_nothing_is_written(world: World) -> None:
    world.add(20)
    generations = world.open(writable=False)
    world.check(generations)
    generations.refresh()
    assert not (world.data / FOLDER).exists()
    assert world.store.vectors.searched() is None


# Another model


def test_another_model_is_searched_once_all_is_embedded_and_never_mixed_before(tmp_path: Path) -> None:
    old = World(tmp_path, model_id="old@1")
    old.add(20)
    old.open()
    new = World(tmp_path, model_id="new@1", dimension=32)
    generations = Generations(
        new.store.vectors, new.embedder, data=tmp_path, bounds=SMALL, embedder_of={"old@1": old.embedder}.__getitem__
    )
    assert generations.current.embedder is old.embedder
    assert not generations.adopt_if_due()
    old.check(generations)
    new.n = 20
    half = new.store.vectors.waiting("new@1", after=0, limit=10)
    new.store.vectors.put("new@1", [chunk_id for chunk_id, _ in half], np.eye(10, 32, dtype=np.float32))
    assert not generations.adopt_if_due()
    old.check(generations)
    assert generations.forget_others() == 0
    new.rows = {chunk_id: row for (chunk_id, _), row in zip(half, np.eye(10, 32, dtype=np.float32), strict=True)}
    new.add(0)
    assert generations.adopt_if_due()
    assert generations.current.embedder is new.embedder
    new.check(generations)
    assert generations.forget_others() == 20
    assert generations.forget_others() == 0
    assert new.store.vectors.space("old@1") is None
    new.check(generations)
    new.check(new.open())
    old.store.close()
    new.store.close()


def test_without_the_old_model_what_is_embedded_is_searched_by_the_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = World(tmp_path, model_id="old@1")
    old.add(8)
    old.open()
    old.store.close()
    new = World(tmp_path, model_id="new@1")
    generations = new.open()
    assert generations.current.embedder is new.embedder
    assert "old@1 cannot be loaded" in caplog.text
    new.check(generations)
    new.add(0)
    new.check(generations)
    assert len(new.rows) == 8
    new.store.close()
