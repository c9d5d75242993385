"""By which index words are searched: past a size a generation of terms, replaced whole, with what the store has beyond it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import lexical_manifest as files
from index.current import Damaged
from index.generation import TAIL_SHARE, Bounds
from index.inverted import write
from index.lexical_manifest import Contents, LexicalManifest
from index.lexical_snapshot import LexicalGeneration, LexicalSnapshot, TermTail
from index.store.wordings import Reach, Wordings

if TYPE_CHECKING:
    from index.store.wordings import Ids

LEXICAL_FOLDER = "lexical"
BOUNDS = Bounds()
WIDEST_TAIL = 4  # times what a merge is due at: beyond, SQLite's own index is searched until there is a new generation
REMOVED_SHARE = 4  # an index that lost a quarter of its chunks is built anew: what was removed still counts in it
READ_ATTEMPTS = 3  # somebody who only reads may meet files that are being replaced
RETRY_SECONDS = 60.0  # after a generation could not be written
_log = logging.getLogger("readout.generation")


@dataclass(frozen=True, slots=True)
class LexicalState:
    """What words are searched in now; all 0 while that is SQLite's own index."""

    number: int
    n_chunks: int
    n_tail: int
    n_built: int
    n_damaged: int


class LexicalGenerations:
    """Holds what words are searched in. A question takes `current` once; what it took is never changed.

    Up to `bounds.exact_rows` chunks, and while a generation is missing, there is none: SQLite's index, which is in the same
    transaction as the texts, is searched instead.
    """

    def __init__(
        self,
        wordings: Wordings,
        *,
        data: Path,
        writable: bool = True,
        bounds: Bounds = BOUNDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the generation on disk if there is one. It is made by `merge_if_due`; with `writable` off by nobody."""
        self._wordings = wordings
        self._folder = data / LEXICAL_FOLDER
        self._writable = writable
        self._bounds = bounds
        self._clock = clock
        self._lock = threading.Lock()
        self._merging = threading.Lock()
        self._n_built = self._n_damaged = 0
        self._failed_at: float | None = None
        self._held = self._opened()

    @property
    def current(self) -> LexicalSnapshot | None:
        """All that the store holds now; None where SQLite's own index is to be searched."""
        return self._caught_up()

    def _caught_up(self) -> LexicalSnapshot | None:
        with self._lock:
            held = self._held
            if held is None:
                return None
            now = self._wordings.reach()
            if now.sequence != held.reach.sequence:
                if now.chunk_id - held.generation.reach.chunk_id > WIDEST_TAIL * self._bound(held.generation):
                    return None
                held = self._held = _advanced(held, now)
            return held

    @property
    def state(self) -> LexicalState:
        """What is searched now, in figures."""
        held = self.current
        if held is None:
            return LexicalState(0, 0, 0, self._n_built, self._n_damaged)
        return LexicalState(held.generation.number, held.generation.reach.n_chunks, held.n_tail, self._n_built, self._n_damaged)

    def merge_if_due(self) -> bool:
        """Make a generation if there should be one, or another if much came or went since; whether it did."""
        waits = self._failed_at is not None and self._clock() < self._failed_at + RETRY_SECONDS
        if not waits and self._is_due(self._wordings.reach()):
            return self.refresh()
        self._caught_up()  # so that no question has to read what came
        return False

    def refresh(self) -> bool:
        """Make a generation of everything that is stored now, if it is enough for one; whether it did."""
        if not self._writable:
            return False
        with self._merging:
            if self._wordings.reach().n_chunks > self._bounds.exact_rows:
                return self._swap()
            with self._lock:
                self._held = None
            files.sweep(self._folder, keep=None)
            return False

    def _is_due(self, now: Reach) -> bool:
        if self._held is None:
            return now.n_chunks > self._bounds.exact_rows
        generation = self._held.generation
        n_new = max(0, now.chunk_id - generation.reach.chunk_id)  # the last chunk may have been deleted
        n_gone = generation.reach.n_chunks + n_new - now.n_chunks
        return max(n_new, n_gone) > self._bound(generation)

    def _bound(self, generation: LexicalGeneration) -> int:
        return max(self._bounds.tail_rows, generation.reach.n_chunks // TAIL_SHARE)

    def _swap(self) -> bool:
        try:
            manifest = self._published()
        except OSError as error:
            self._failed_at = self._clock()
            _log.warning("the index of terms could not be written, SQLite's own is searched: %s", error)
            return False
        self._n_built += 1
        self._failed_at = None
        files.sweep(self._folder, keep=manifest)
        made = self._snapshot(manifest)
        with self._lock:
            self._held = made
        return True

    def _opened(self) -> LexicalSnapshot | None:
        """The current generation on disk, if it is whole and of this store."""
        for _ in range(1 if self._writable else READ_ATTEMPTS):
            try:
                manifest = files.current(self._folder)
                if manifest is None or not self._fits(manifest):
                    break
                return self._snapshot(manifest)
            except Damaged as error:
                self._n_damaged += 1
                _log.warning("an index of terms is damaged and is made again: %s", error)
        if self._writable:
            files.sweep(self._folder, keep=None)
        return None

    def _fits(self, manifest: LexicalManifest) -> bool:
        return manifest.identity == self._wordings.identity() and manifest.sequence <= self._wordings.reach().sequence

    def _snapshot(self, manifest: LexicalManifest) -> LexicalSnapshot:
        reach = Reach(manifest.chunk_id, manifest.sequence, manifest.n_chunks)
        index = files.opened(self._folder, manifest)
        generation = LexicalGeneration(manifest.number, index, reach, manifest.n_terms)
        return LexicalSnapshot(generation, TermTail(), 0, manifest.n_terms, reach, self._wordings)

    def _published(self) -> LexicalManifest:
        """A generation of all that is stored now, from the one before where that still fits."""
        reach, identity, before = self._wordings.reach(), self._wordings.identity(), self._whole()
        kept, gone = self._sorted(before, reach)

        def fill(folder: Path) -> Contents:
            if before is None or REMOVED_SHARE * (before.n_removed + len(gone)) > before.n_chunks:
                written = write(folder, self._wordings.between(after=0, until=reach.chunk_id))
                return Contents(np.array(written.chunk_ids, np.int64), written.n_terms, n_removed=0)
            files.link(self._folder, before, folder)
            written = write(folder, self._wordings.between(after=before.chunk_id, until=reach.chunk_id), without=gone.tolist())
            n_terms = round(before.n_terms * len(kept) / before.n_chunks)  # those removed were of the mean length
            chunk_ids = np.concatenate([kept, np.array(written.chunk_ids, np.int64)])
            return Contents(chunk_ids, n_terms + written.n_terms, before.n_removed + len(gone))

        def describe(number: int, listed: files.Files, made: Contents) -> LexicalManifest:
            return LexicalManifest(
                number=number,
                files=listed,
                n_chunks=len(made.chunk_ids),
                n_terms=made.n_terms,
                n_removed=made.n_removed,
                identity=identity,
                chunk_id=reach.chunk_id,
                sequence=reach.sequence,
            )

        return files.publish(self._folder, fill, describe)

    def _whole(self) -> LexicalManifest | None:
        """The manifest of the generation in use, as long as its files are whole."""
        held = self._held
        if held is None:
            return None
        try:
            manifest = files.current(self._folder)
        except Damaged as error:
            self._n_damaged += 1
            _log.warning("an index of terms is damaged and is made again: %s", error)
            return None
        return manifest if manifest is not None and manifest.number == held.generation.number else None

    def _sorted(self, before: LexicalManifest | None, reach: Reach) -> tuple[Ids, Ids]:
        """The chunks of the generation before that are still there, and those that are not."""
        if before is None:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        held = files.chunk_ids(self._folder, before)
        there = np.isin(held, self._wordings.ids(until=reach.chunk_id))
        return held[there], held[~there]


def _advanced(held: LexicalSnapshot, now: Reach) -> LexicalSnapshot:
    """The snapshot as far as the store is now; the one before stays what it was."""
    new = list(held.wordings.between(after=held.reach.chunk_id, until=now.chunk_id))  # all of it, or none is added
    held.tail.add(new)
    reach = replace(now, chunk_id=max(now.chunk_id, held.reach.chunk_id))  # the last chunk may have been deleted
    return replace(held, n_tail=len(held.tail), n_terms=held.generation.n_terms + held.tail.n_terms, reach=reach)
