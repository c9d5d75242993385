"""How a packaged network computes many texts: those of like length together, filled up to few shapes, a batch to each thread."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from index.runtime import openvino

if TYPE_CHECKING:
    Places = list[int]

BATCH_TOKENS = 512  # filled-up tokens computed at once: less filling and a shorter wait for a question than 2,048, and as fast
STEP = 16  # lengths are filled up to multiples of it: the runtime prepares itself anew for every shape it has not met


def compiled_for_batches(graph: Any, *, n_threads: int, hints: dict[str, Any]) -> Any:
    """The graph on the processor, ready to compute a batch on each thread.

    Two threads in one batch would wait for each other at every layer, on a busy machine most of the time.
    """
    return openvino().Core().compile_model(graph, "CPU", {"INFERENCE_NUM_THREADS": n_threads, "NUM_STREAMS": n_threads, **hints})


def filled_up(n_tokens: int) -> int:
    """The length to which a batch is filled whose longest text has `n_tokens`."""
    return -(-n_tokens // STEP) * STEP


def like_lengths(lengths: Sequence[int], *, n_threads: int) -> list[Places]:
    """Places of texts of these lengths, in batches, the longest first.

    A batch has at most BATCH_TOKENS tokens and a thread's share of all, or is one text.
    """
    most = min(BATCH_TOKENS, math.ceil(sum(map(filled_up, lengths)) / n_threads))
    cut: list[Places] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if not cut or (len(cut[-1]) + 1) * filled_up(lengths[cut[-1][0]]) > most:
            cut.append([])
        cut[-1].append(place)
    return cut


def compute_in_threads(
    compute: Callable[[Any, Places], None], batches: Sequence[Places], *, compiled: Any, n_threads: int
) -> None:
    """Call `compute` with a request of the thread's own and each batch; a single batch is computed in the calling thread."""

    def work(own: Sequence[Places]) -> None:
        request = compiled.create_infer_request()  # threads share the graph, not a request
        for places in own:
            compute(request, places)

    if len(batches) <= 1:
        work(batches)
        return
    # Not by the runtime's own queue: a thread of it that calls back while the interpreter ends aborts the process.
    with ThreadPoolExecutor(n_threads, thread_name_prefix="batches") as pool:
        for done in [pool.submit(work, batches[first::n_threads]) for first in range(n_threads)]:
            done.result()
