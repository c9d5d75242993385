"""Which rows are searched: a generation made from the store, replaced whole, and what the store has beyond it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import faiss

from index import manifest as files
from index.current import Damaged
from index.dense import TRAINED_ON, FaissStore, add_rows, clustered_index, flat_index, n_clusters, remove_rows
from index.durable import Written
from index.manifest import Manifest
from index.protocols import Embedder
from index.snapshot import Generation, Snapshot, advanced, empty_tail
from index.store.vectors import START, Position, Space, Vectors

FOLDER = "generations"
TAIL_SHARE = 50  # a tail may be a fiftieth of its generation: merging a large one costs seconds, scanning the tail milliseconds
RETRAIN_GROWTH = 2  # clusters are made anew once there are this many times the rows they were made for
READ_ATTEMPTS = 3  # somebody who only reads may meet files that are being replaced
_log = logging.getLogger("readout.generation")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Up to how many rows search is exact, and how many rows beyond the generation are scanned before they are merged."""

    exact_rows: int = 50_000
    tail_rows: int = 4_096


@dataclass(frozen=True, slots=True)
class State:
    """What is searched now, for people and gauges."""

    number: int
    n_rows: int
    n_tail: int
    approximate: bool
    age_seconds: float
    n_built: int
    n_damaged: int
    model_id: str


class Generations:
    """Holds what is searched. A question takes `current` once; what it took is never changed."""

    def __init__(
        self,
        vectors: Vectors,
        embedder: Embedder,
        *,
        data: Path,
        writable: bool = True,
        bounds: Bounds = Bounds(),
        embedder_of: Callable[[str], Embedder | None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the generation on disk, or make one.

        While the store is searched in another model's space, `embedder_of` loads that model for the questions. With `writable`
        off nothing is written, neither to the store nor to files.
        """
        self._vectors = vectors
        self._folder = data / FOLDER
        self._writable = writable
        self._bounds = bounds
        self._clock = clock
        self._lock = threading.Lock()
        self._merging = threading.Lock()
        self._n_built = self._n_damaged = 0
        self._wanted = embedder
        space, asked = self._chosen(embedder, embedder_of)
        self._snapshot = self._searchable(asked, self._opened(space))
        if len(self._snapshot.tail.ids) > bounds.tail_rows and self._snapshot.generation.number == 0:
            self.refresh()

    @property
    def current(self) -> Snapshot:
        """What the store holds now: every vector that is committed is in it."""
        with self._lock:
            held = self._snapshot
            tail = advanced(held.tail, held.generation, self._vectors)
            if tail is not held.tail:
                self._snapshot = replace(held, tail=tail)
            return self._snapshot

    @property
    def state(self) -> State:
        """What is searched now, in figures."""
        snapshot = self.current
        generation = snapshot.generation
        return State(
            number=generation.number,
            n_rows=len(generation.vectors),
            n_tail=len(snapshot.tail.ids),
            approximate=generation.trained_on > 0,
            age_seconds=max(0.0, self._clock() - generation.made_at) if generation.made_at else 0.0,
            n_built=self._n_built,
            n_damaged=self._n_damaged,
            model_id=generation.space.model_id,
        )

    def merge_if_due(self) -> bool:
        """Make a new generation if the rows beyond the current one have become many; whether it did."""
        snapshot = self.current
        generation, tail = snapshot.generation, snapshot.tail
        bound = max(self._bounds.tail_rows, len(generation.vectors) // TAIL_SHARE)
        n_deleted = tail.position.deletion_id - generation.position.deletion_id
        if len(tail.ids) <= bound and n_deleted <= bound:
            return False
        self.refresh()
        return True

    def refresh(self) -> Snapshot:
        """Make a generation of everything that is stored now, and search it from now on."""
        with self._merging:
            held = self._snapshot
            return self._swap(held.embedder, self._made(held.generation.space, held.generation))

    def adopt_if_due(self) -> bool:
        """Search in the space of the embedder that was asked for, once all is embedded in it; whether it changed now."""
        if self._snapshot.embedder.model_id == self._wanted.model_id:
            return False
        with self._merging:
            space = self._vectors.space(self._wanted.model_id)
            if space is None or self._vectors.backlog(space.model_id):
                return False
            generation = self._made(space, None)
            self._vectors.choose(space)
            self._swap(self._wanted, generation)
            _log.info("questions are now asked in the space of %s", space.model_id)
            return True

    def forget_others(self) -> int:
        """Delete some vectors of models that are neither searched nor wanted; how many."""
        if self._snapshot.embedder.model_id != self._wanted.model_id:
            return 0
        return self._vectors.forget_others(self._snapshot.generation.space)

    def _chosen(self, embedder: Embedder, embedder_of: Callable[[str], Embedder | None]) -> tuple[Space, Embedder]:
        """The space to search and the embedder for its questions."""
        own = self._vectors.space(embedder.model_id)
        if self._writable:
            own = self._vectors.ensure(embedder.model_id, embedder.dimension)
        elif own is None:
            own = Space(0, embedder.model_id, embedder.dimension, 0)  # of which nothing is stored
        searched = self._vectors.searched()
        embedded = own.n_vectors > 0 and not self._vectors.backlog(own.model_id)
        if searched is not None and searched.space != own.space and searched.n_vectors and not embedded:
            other = embedder_of(searched.model_id)
            if other is not None and other.dimension == searched.dimension:
                return searched, other
            _log.warning("%s cannot be loaded any more: until all is embedded anew, words alone find the rest", searched.model_id)
        if self._writable and (searched is None or searched.space != own.space):
            self._vectors.choose(own)
        return own, embedder

    def _opened(self, space: Space) -> Generation:
        """The current generation on disk if it is whole and of this space; else an empty one."""
        for _ in range(1 if self._writable else READ_ATTEMPTS):
            try:
                manifest = files.current(self._folder)
                if manifest is None or not self._fits(manifest, space):
                    break
                return self._generation(manifest, space, files.opened(self._folder, manifest))
            except Damaged as error:
                self._n_damaged += 1
                _log.warning("a search file is damaged and is made again: %s", error)
        if self._writable:
            files.sweep(self._folder, keep=None)
        return self._empty(space)

    def _fits(self, manifest: Manifest, space: Space) -> bool:
        now = self._vectors.position()
        known = (manifest.model_id, manifest.dimension, manifest.identity)
        # Without deletions the last vector may be gone, so the store's own sequence number says which is older.
        return known == (space.model_id, space.dimension, self._vectors.identity()) and manifest.sequence <= now.sequence

    def _generation(self, manifest: Manifest, space: Space, index: faiss.Index) -> Generation:
        position = Position(manifest.vector_id, manifest.deletion_id, manifest.sequence)
        return Generation(
            manifest.number,
            space,
            position,
            self._searching(index, space, manifest.trained_on),
            manifest.trained_on,
            manifest.made_at,
        )

    def _searching(self, index: faiss.Index, space: Space, trained_on: int) -> FaissStore:
        if not trained_on:
            return FaissStore(index)
        return FaissStore(index, read_rows=lambda ids: self._vectors.of(space, ids))

    def _empty(self, space: Space) -> Generation:
        return Generation(0, space, START, FaissStore(flat_index(space.dimension)), 0, 0.0)

    def _searchable(self, embedder: Embedder, generation: Generation) -> Snapshot:
        return Snapshot(embedder, generation, advanced(empty_tail(generation), generation, self._vectors))

    def _swap(self, embedder: Embedder, generation: Generation) -> Snapshot:
        made = self._searchable(embedder, generation)
        with self._lock:
            self._snapshot = made
        if self._writable and generation.number:
            self._vectors.forget_deletions(until=generation.position.deletion_id)
        return made

    def _made(self, space: Space, before: Generation | None) -> Generation:
        """A generation of all rows of a space, from the one before where that is on disk and still fits."""
        position = self._vectors.position()
        space = self._vectors.space(space.model_id) or space
        index, trained_on = self._grown(before, space, position) or self._built(space, position)
        self._n_built += 1
        made = Generation(0, space, position, self._searching(index, space, trained_on), trained_on, self._clock())
        if not self._writable:
            return made
        try:
            manifest = files.publish(self._folder, index, lambda number, written: self._described(number, written, made))
        except OSError as error:
            _log.warning("the search file could not be written and is kept in memory alone: %s", error)
            return made
        files.sweep(self._folder, keep=manifest)
        if trained_on:  # read back, since an index that grew holds up to twice the memory it needs
            del index, made
            index = files.opened(self._folder, manifest)
            return self._generation(manifest, space, index)
        return replace(made, number=manifest.number)

    def _described(self, number: int, written: Written, made: Generation) -> Manifest:
        return Manifest(
            number=number,
            size=written.size,
            sha256=written.sha256,
            n_rows=len(made.vectors),
            dimension=made.space.dimension,
            model_id=made.space.model_id,
            identity=self._vectors.identity(),
            vector_id=made.position.vector_id,
            deletion_id=made.position.deletion_id,
            sequence=made.position.sequence,
            trained_on=made.trained_on,
            made_at=made.made_at,
        )

    def _built(self, space: Space, position: Position) -> tuple[faiss.Index, int]:
        """An index of all rows up to a position, and how many rows its clusters were made for: 0 if it is exact."""
        trained_on = 0
        if space.n_vectors <= self._bounds.exact_rows:
            index = flat_index(space.dimension)
        else:
            trained_on = space.n_vectors
            clusters = n_clusters(trained_on)
            sample = self._vectors.sample(space, TRAINED_ON * clusters, until=position.vector_id)
            index = clustered_index(sample, clusters=min(clusters, len(sample)))
        for ids, rows in self._vectors.batches(space, after=0, until=position.vector_id):
            add_rows(index, ids, rows)
        return index, trained_on

    def _grown(self, before: Generation | None, space: Space, position: Position) -> tuple[faiss.Index, int] | None:
        """A private copy of the generation before, brought up to a position; None where it is to be built anew."""
        if before is None or not before.number or not before.trained_on or space.n_vectors > RETRAIN_GROWTH * before.trained_on:
            return None
        try:
            manifest = files.current(self._folder)
            if manifest is None or manifest.number != before.number:
                return None
            index = files.opened(self._folder, manifest)
        except Damaged as error:
            self._n_damaged += 1
            _log.warning("a search file is damaged and is made again: %s", error)
            return None
        remove_rows(index, self._vectors.deleted(after=before.position.deletion_id))
        for ids, rows in self._vectors.batches(space, after=before.position.vector_id, until=position.vector_id):
            add_rows(index, ids, rows)
        return index, before.trained_on
