"""The indexed documents as the evaluation sees them: names to ids, quotes to token sets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from service.evaluation.citations import GoldGroup, TokenKey
from service.evaluation.errors import GoldMissing
from service.evaluation.types import GoldEvidence, GoldTurn, Question
from service.evaluation.words import tokenise

# (document_id, sha256) -> the text of that version; raises AskFailed where it cannot be had.
GetText = Callable[[str, str], str]

_NAMED_IN_ERROR = 20  # ours: enough to see the pattern, and it still fits a terminal


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document of the corpus in its current version, as `GET /v1/documents` lists it."""

    document_id: str
    name: str
    sha256: str


class Corpus:
    """Finds gold evidence in the documents; holds each text it fetched, and its tokens, for the whole run."""

    def __init__(self, documents: Sequence[IndexedDocument], get_text: GetText) -> None:
        """Nothing is fetched yet."""
        self._get_text = get_text
        self._current = {document.document_id: document.sha256 for document in documents}
        self._by_name: dict[str, set[str]] = {}
        self._by_stem: dict[str, set[str]] = {}
        for document in documents:
            path = PurePath(document.name)
            for name in (document.name, path.name):
                self._by_name.setdefault(name, set()).add(document.document_id)
            self._by_stem.setdefault(path.stem, set()).add(document.document_id)
        self._texts: dict[tuple[str, str], str] = {}
        self._tokens: dict[tuple[str, str], tuple[list[int], list[int]]] = {}

    def find(self, name: str) -> frozenset[str]:
        """The ids of the documents meant: by id, else by name, else by stem; empty if there is none."""
        if name in self._current:
            return frozenset({name})
        return frozenset(self._by_name.get(name) or self._by_stem.get(name) or ())

    def current_sha256(self, document_id: str) -> str | None:
        """The version listed at the start of the run; None for a document that was not listed."""
        return self._current.get(document_id)

    def text(self, document_id: str, sha256: str) -> str:
        """The version's text, fetched once.

        Raises:
            AskFailed: as `get_text` raises it.
        """
        key = (document_id, sha256)
        if key not in self._texts:
            self._texts[key] = self._get_text(document_id, sha256)
        return self._texts[key]

    def tokens(self, document_id: str, sha256: str, *, start: int, end: int) -> frozenset[TokenKey]:
        """The tokens of the version that share a code point with the span [start, end).

        Raises:
            AskFailed: as `get_text` raises it.
        """
        if end <= start:
            return frozenset()
        starts, ends = self._borders(document_id, sha256)
        return frozenset((document_id, sha256, i) for i in range(bisect_right(ends, start), bisect_left(starts, end)))

    def _borders(self, document_id: str, sha256: str) -> tuple[list[int], list[int]]:
        key = (document_id, sha256)
        if key not in self._tokens:
            spans = tokenise(self.text(document_id, sha256))
            self._tokens[key] = ([start for start, _ in spans], [end for _, end in spans])
        return self._tokens[key]

    def groups(self, question: Question, *, cited: Iterable[tuple[str, str]]) -> tuple[GoldGroup, ...]:
        """The question's evidence groups, placed in the current versions and in the versions cited.

        `cited` holds (document_id, sha256) pairs.

        Raises:
            AskFailed: as `get_text` raises it.
        """
        cited_versions = frozenset(cited)
        return tuple(
            GoldGroup(
                tuple(place for member in members for place in self._places(member, cited_versions)),
                relevance=max(member.relevance for member in members),
                whole_documents=any(member.quote is None for member in members),
            )
            for members in question.evidence
        )

    def turns(self, question: Question) -> tuple[frozenset[TokenKey], ...]:
        """The words of each relevant turn, in the current version that holds them at their place.

        Raises:
            AskFailed: as `get_text` raises it.
        """
        return tuple(
            self.tokens(*version, start=turn.start, end=turn.start + len(turn.quote))
            for turn in question.turns
            for version in self.versions_with(turn)[:1]
        )

    def versions_with(self, turn: GoldTurn) -> list[tuple[str, str]]:
        """The current versions (document_id, sha256) that hold the turn's words at its place.

        Raises:
            AskFailed: as `get_text` raises it.
        """
        versions = [(document_id, self._current[document_id]) for document_id in sorted(self.find(turn.document_id))]
        return [version for version in versions if self.text(*version).startswith(turn.quote, turn.start)]

    def _places(self, member: GoldEvidence, cited: frozenset[tuple[str, str]]) -> Iterator[frozenset[TokenKey]]:
        ids = self.find(member.document_id)
        current = {(document_id, self._current[document_id]) for document_id in ids}
        for document_id, sha256 in sorted(current | {version for version in cited if version[0] in ids}):
            text = self.text(document_id, sha256)
            for start in _starts(text, member.quote):
                end = len(text) if member.quote is None else start + len(member.quote)
                yield self.tokens(document_id, sha256, start=start, end=end)


def _starts(text: str, quote: str | None) -> Iterator[int]:
    """Every place where the quote begins, overlapping ones too; 0 for a whole document."""
    if quote is None:
        yield 0
        return
    start = text.find(quote)
    while start != -1:
        yield start
        start = text.find(quote, start + 1)


def require_gold(questions: Sequence[Question], corpus: Corpus) -> None:
    """Every document and quote that the questions name must be there before the first one is asked.

    Raises:
        GoldMissing: names the documents that are missing, else the quotes that no named document holds.
        AskFailed: as `get_text` raises it.
    """
    named = [member.document_id for q in questions for members in q.evidence for member in members]
    named += [turn.document_id for q in questions for turn in q.turns]
    named += [name for q in questions if q.filters for name in q.filters.document_ids]
    missing = [name for name in dict.fromkeys(named) if not corpus.find(name)]
    if missing:
        raise GoldMissing(f"{len(missing)} documents of the data set are not in the corpus: {_listing(missing)}; ingest them")
    lost = [f"question {q.id}: {quote!r}" for q in questions for quote in _unplaced_quotes(q, corpus)]
    if lost:
        raise GoldMissing(
            f"{len(lost)} gold quotes are not in the documents they name: {_listing(lost)}; "
            "copy them from the stored text, or index the version they were taken from"
        )


def _unplaced_quotes(question: Question, corpus: Corpus) -> Iterator[str]:
    for member in (member for members in question.evidence for member in members if member.quote is not None):
        ids = corpus.find(member.document_id)
        texts = (corpus.text(id_, sha) for id_ in ids if (sha := corpus.current_sha256(id_)) is not None)
        if member.quote is not None and not any(member.quote in text for text in texts):
            yield member.quote
    yield from (turn.quote for turn in question.turns if not corpus.versions_with(turn))


def _listing(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_IN_ERROR
    return ", ".join(names[:_NAMED_IN_ERROR]) + (f" and {more} more" if more > 0 else "")
