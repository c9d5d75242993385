"""What cannot be told from a conversation, and the line that asks back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_NAMED = 4  # candidates in one line


@dataclass(frozen=True, slots=True)
class Unclear:
    """A word of a question, and whom or what it may mean equally well, as the conversation names them."""

    word: str
    candidates: tuple[str, ...] = ()
    of_thing: bool = False

    @property
    def asks_back(self) -> str:
        """One line for the asker."""
        asks = f"{'What' if self.of_thing else 'Whom'} do you mean by \u201c{self.word}\u201d"
        if not self.candidates:
            return f"{asks}? Please ask again with the name."
        return f"{asks}: {listed(self.candidates[:MAX_NAMED])}?"


def listed(names: Sequence[str]) -> str:
    """`one`, `one or two`, `one, two or three`."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
