"""Batches: every text once, none too large, and in threads the same as one after another."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.batches import BATCH_TOKENS, STEP, compute_in_threads, filled_up, like_lengths


class Compiled:
    """What a compiled graph is asked for here: a request for each thread."""

    def __init__(self) -> None:
        self.requests: list[object] = []

    def create_infer_request(self) -> object:
        self.requests.append(object())
        return self.requests[-1]


@given(st.lists(st.integers(1, BATCH_TOKENS), max_size=60), st.integers(1, 4))
def test_every_text_is_in_one_batch_and_batches_are_as_full_as_they_may_be(lengths: list[int], n_threads: int) -> None:
    batches = like_lengths(lengths, n_threads=n_threads)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    longest = [filled_up(max(lengths[place] for place in batch)) for batch in batches]
    most = min(BATCH_TOKENS, -(-sum(map(filled_up, lengths)) // n_threads))
    sizes = list(zip(batches, longest, strict=True))
    assert all(len(batch) * length <= most or len(batch) == 1 for batch, length in sizes)
    assert all((len(batch) + 1) * length > most for batch, length in sizes[:-1])


def test_the_texts_of_one_question_are_for_all_threads() -> None:
    assert like_lengths([20, 18, 17, 30], n_threads=2) == [[3, 0], [1, 2]]


@given(st.integers(0, 600))
def test_few_lengths_are_met(n_tokens: int) -> None:
    assert 0 <= filled_up(n_tokens) - n_tokens < STEP
    assert filled_up(n_tokens) % STEP == 0


@pytest.mark.parametrize(("batches", "n_requests"), [([], 1), ([[0]], 1), ([[0], [1], [2]], 2), ([[0], [1], [2], [3], [4]], 2)])
def test_each_batch_is_computed_once_with_a_request_of_its_thread(batches: list[list[int]], n_requests: int) -> None:
    compiled, lock = Compiled(), threading.Lock()
    computed: list[int] = []
    used: dict[int, set[object]] = {}

    def compute(request: Any, places: list[int]) -> None:
        with lock:
            computed.extend(places)
            used.setdefault(threading.get_ident(), set()).add(request)

    compute_in_threads(compute, batches, compiled=compiled, n_threads=2)
    assert sorted(computed) == list(range(len(batches)))
    assert len(compiled.requests) == n_requests
    assert all(len(requests) <= 2 for requests in used.values())


def test_what_a_thread_raises_is_raised() -> None:
    def compute(request: Any, places: list[int]) -> None:
        raise ValueError(places)

    with pytest.raises(ValueError, match=r"\[\d\]"):
        compute_in_threads(compute, [[0], [1]], compiled=Compiled(), n_threads=2)
