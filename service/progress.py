"""Progress bars for the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never

from tqdm import tqdm


def watched(bar: tqdm[Never]) -> Callable[[int], None]:
    """A function that tells the bar how many more are done."""

    def advance(n_more: int) -> None:
        bar.update(n_more)

    return advance
