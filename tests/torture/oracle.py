"""What clients know was acknowledged, and what is wrong with a store that knows otherwise."""

from __future__ import annotations

import hashlib
import random
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from index.errors import NotFound, ReadoutError
from index.generation import Bounds, Generations
from index.lexical_generation import LexicalGenerations
from index.normalise import terms
from index.store.database import Database
from index.store.doctor import examine
from index.store.documents import FILE_NAME, Store
from tests.fakes import HashingEmbedder
from tests.torture.running import Reply, ServerGone, ask
from tests.torture.target import EXACT, TAIL

MANY = 40  # documents of one client, from where on it deletes more than it creates


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Known:
    """One document as its client knows it. `texts` are what its current text may be; None among them: it may be gone.

    More than one is possible only while an operation was under way that nobody acknowledged. `versions` are those
    acknowledged since it was created.
    """

    texts: list[str | None] = field(default_factory=lambda: [None])
    versions: set[str] = field(default_factory=set)
    document_id: str | None = None


@dataclass
class Tally:
    """The sums of a torture. All but the first three must be zero."""

    rounds: int = 0
    acknowledged: int = 0
    documents: int = 0
    lost: int = 0
    holes: int = 0
    resurrected: int = 0
    ghosts: int = 0
    corrupt_opens: int = 0
    unread_writes: int = 0

    @property
    def faults(self) -> dict[str, int]:
        return {name: n for name, n in asdict(self).items() if name not in {"rounds", "acknowledged", "documents"} and n}

    def count(self, kind: str, what: str) -> None:
        """One fault more; it is told at once, since the store it was found in does not stay as it is."""
        setattr(self, kind, getattr(self, kind) + 1)
        print(f"round {self.rounds}: {kind}: {what}", flush=True)


class Client:
    """Creates, updates and deletes documents of its own, one after the other, and keeps the list.

    Once `dark` is set the power is off: whatever is answered then, no client has heard.
    """

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.known: dict[str, Known] = {}
        self.acknowledged = 0
        self.unread = 0
        self.dark = threading.Event()
        self._rng = random.Random(seed)
        self._n = 0

    def work(self, port: int, stop: threading.Event) -> None:
        """Work until told to stop, or until the server is gone."""
        try:
            while not stop.is_set():
                self.step(port)
        except ServerGone:
            return

    def step(self, port: int) -> int:
        """One operation; the status it was answered with. What is not acknowledged may have happened or not."""
        self._n += 1
        present = [uri for uri, known in self.known.items() if known.texts != [None]]
        weights = [6, 3, 2] if len(present) < MANY else [1, 3, 6]  # a check reads all of them
        kind = self._rng.choices(["create", "update", "delete"], weights)[0] if present else "create"
        if kind == "create":
            uri = f"torture:{self.name}/{self._n}"
            return self._put(port, uri, self.known.setdefault(uri, Known()))
        uri = self._rng.choice(present)
        known = self.known[uri]
        if kind == "update" or known.document_id is None:
            return self._put(port, uri, known)
        return self._delete(port, known)

    def _ask(self, port: int, method: str, path: str, body: object = None) -> Reply:
        reply = ask(port, method, path, body)
        if self.dark.is_set():
            raise ServerGone("the power is off")
        return reply

    def _put(self, port: int, uri: str, known: Known) -> int:
        word = f"word{self.name}x{self._n}"
        text = f"The {word} stands in {uri}. " + " ".join(f"Line {n} of {word}." for n in range(self._rng.randrange(1, 40)))
        before = list(known.texts)
        known.texts = [*before, text]
        reply = self._ask(port, "POST", "/v1/documents", {"text": text, "uri": uri})
        if reply.status not in (200, 201):
            return reply.status
        self.acknowledged += 1
        known.texts = [text]
        known.versions.add(sha256_of(text))
        known.document_id = reply.body["documents"][0]["document_id"]
        if self._rng.random() < 0.3:
            self._read_back(port, word, known.document_id)
        return reply.status

    def _read_back(self, port: int, word: str, document_id: str | None) -> None:
        reply = self._ask(port, "POST", "/v1/search", {"question": word, "k": 5})
        if reply.status == 200 and document_id not in [passage["document_id"] for passage in reply.body["passages"]]:
            self.unread += 1

    def _delete(self, port: int, known: Known) -> int:
        before, versions = list(known.texts), set(known.versions)
        known.texts, known.versions = [*before, None], set()  # once it may be deleted, no version is promised any more
        reply = self._ask(port, "DELETE", f"/v1/documents/{known.document_id}")
        if reply.status == 204:
            self.acknowledged += 1
            known.texts = [None]
        elif reply.status == 404 and None in before:
            known.texts = [None]  # an earlier deletion, never acknowledged, had happened
        elif reply.status < 500:  # after an error of the disk it may have happened
            known.texts, known.versions = before, versions  # refused: nothing happened
        return reply.status


def check(data: Path, clients: list[Client], tally: Tally) -> None:
    """Open the store as a restart does and hold it against the clients' lists."""
    try:
        store = Store(data)
    except ReadoutError as error:
        tally.count("corrupt_opens", str(error))
        return
    try:
        database = Database(data / FILE_NAME, read_only=True)
        for finding in examine(database):
            if finding.n_faults:
                tally.count("corrupt_opens", f"{finding.check}: {finding.faults}")
        database.close()
        _check_documents(store, clients, tally)
        _check_search(store, data, tally)
        _check_words(store, data, tally)
    except ReadoutError as error:
        tally.count("corrupt_opens", str(error))
    finally:
        store.close()


def _check_documents(store: Store, clients: list[Client], tally: Tally) -> None:
    there = {summary.uri: summary for summary in store.documents()}
    known = {uri: one for client in clients for uri, one in client.known.items()}
    tally.documents = len(there)
    for uri in there.keys() - known.keys():
        tally.count("ghosts", str(uri))
    for uri, one in known.items():
        summary = there.get(uri)
        text = None if summary is None else store.document(summary.document_id).text
        if text not in one.texts:
            if text is None:
                tally.count("lost", uri)
            elif one.texts == [None]:
                tally.count("resurrected", uri)
            else:
                tally.count("holes", f"{uri} has a text that was never acknowledged, or an older one")
        if summary is None:
            one.texts, one.versions = [None], set()
            continue
        one.texts, one.document_id = [text], summary.document_id
        if (missing := _missing(store, summary.document_id, text or "", one.versions)) is not None:
            tally.count("holes", f"{uri} lacks {missing}")


def _missing(store: Store, document_id: str, text: str, versions: set[str]) -> str | None:
    """What is not there of a document that is there."""
    chunks = store.chunks(store.chunk_ids(frozenset([document_id])))
    covered = {place for chunk in chunks.values() for place in range(chunk.span.start, chunk.span.end)}
    if any(not text[place].isspace() for place in set(range(len(text))) - covered):
        return "passages"
    if not all(store.document_frequencies(terms(text.split()[1])).values()):
        return "search terms"
    try:
        whole = all(sha256_of(store.document(document_id, sha256=version).text) == version for version in versions)
    except NotFound:
        whole = False
    return None if whole else "a version"


def _check_search(store: Store, data: Path, tally: Tally) -> None:
    """The generation on disk, whole or made again, finds what the store's own rows say."""
    embedder = HashingEmbedder(dimension=32)
    bounds = Bounds(exact_rows=EXACT, tail_rows=TAIL)
    generations = Generations(store.vectors, embedder, data=data, bounds=bounds)
    space = store.vectors.space(embedder.model_id)
    if space is None or not space.n_vectors:
        return
    ids, rows = store.vectors.between(space, after=0, until=store.vectors.position().vector_id)
    query = rows[len(rows) // 2]
    best = max(zip((rows @ query).tolist(), ids.tolist(), strict=True))[0]
    found = generations.current.search(query, k=1)
    if generations.state.n_damaged:
        tally.count("corrupt_opens", "a search file that has to be thrown away")
    if not found or abs(found[0].score - best) > 1e-4:
        tally.count("holes", f"{found} is found where the best cosine is {best}")
    searched = {one.chunk_id for one in generations.current.search(query, k=len(ids) + 1)}
    if searched != set(ids.tolist()) or len(generations.current) != len(ids):
        tally.count("holes", f"of {len(ids)} rows {len(searched)} are found, {len(generations.current)} counted")


def _check_words(store: Store, data: Path, tally: Tally) -> None:
    """The index of words on disk, if there is one, finds what SQLite's own finds."""
    lexical = LexicalGenerations(store.wordings, data=data, bounds=Bounds(exact_rows=EXACT, tail_rows=TAIL))
    if lexical.state.n_damaged:
        tally.count("corrupt_opens", "an index of words that has to be thrown away")
    snapshot = lexical.current
    if snapshot is None:
        return
    n_chunks = store.counts()["chunks"]
    found = {one.chunk_id for one in snapshot.search(["stand", "line"], k=n_chunks + 1, document_ids=None)}
    wanted = {one.chunk_id for one in store.match_terms("stand OR line", k=n_chunks + 1, document_ids=None)}
    if found != wanted:
        tally.count("holes", f"by words {len(found)} passages are found where {len(wanted)} hold them")
