from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import durable


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_a_file_is_its_parts_and_its_size_and_sha256_are_those_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("durable") / "a"

    def produce(take: Callable[[bytes], int]) -> None:
        for part in parts:
            assert take(part) == len(part)

    data = b"".join(parts)
    written = durable.write(path, produce)
    assert path.read_bytes() == data
    assert written == durable.read(path) == durable.Written(len(data), hashlib.sha256(data).hexdigest())


def test_a_file_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    durable.write_bytes(tmp_path / "a", b"old")

    def produce(take: Callable[[bytes], int]) -> None:
        take(b"new")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="space"):
        durable.write(tmp_path / "a", produce)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]
