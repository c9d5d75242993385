from __future__ import annotations

import numpy as np
import pytest

from index.errors import StoreUnavailable
from index.generation import Generations
from tests.fakes import DictionaryStore, Rows


class Source:
    """What a store's `vectors` would give, changed by hand."""

    def __init__(self) -> None:
        self.sequence = 1
        self.ids = [1]
        self.broken = False

    def __call__(self) -> tuple[int, list[int], Rows]:
        if self.broken:
            raise StoreUnavailable("the fake store is broken")
        return self.sequence, list(self.ids), np.eye(len(self.ids), 4, dtype=np.float32)


def ids_in(generations: Generations) -> list[int]:
    found = generations.current.vectors.search(np.ones(4, dtype=np.float32), k=9)
    return sorted(scored.chunk_id for scored in found)


def test_the_first_snapshot_is_there_from_the_start() -> None:
    generations = Generations(Source(), DictionaryStore)
    assert (generations.current.sequence, ids_in(generations)) == (1, [1])


def test_nothing_changes_until_a_refresh() -> None:
    source = Source()
    generations = Generations(source, DictionaryStore)
    source.sequence, source.ids = 2, [1, 2]
    assert (generations.current.sequence, ids_in(generations)) == (1, [1])
    assert generations.refresh() is generations.current
    assert (generations.current.sequence, ids_in(generations)) == (2, [1, 2])


def test_a_snapshot_in_use_is_not_changed_by_a_refresh() -> None:
    source = Source()
    generations = Generations(source, DictionaryStore)
    held = generations.current
    source.sequence, source.ids = 2, [7, 8]
    generations.refresh()
    assert held.sequence == 1
    assert [s.chunk_id for s in held.vectors.search(np.ones(4, dtype=np.float32), k=9)] == [1]


def test_a_refresh_that_fails_leaves_the_snapshot_current() -> None:
    source = Source()
    generations = Generations(source, DictionaryStore)
    source.broken = True
    with pytest.raises(StoreUnavailable):
        generations.refresh()
    assert ids_in(generations) == [1]
    source.broken, source.sequence = False, 3
    assert generations.refresh().sequence == 3
