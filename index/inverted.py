"""Inverted indexes by tantivy: which chunks are likely to score best for some terms, in milliseconds among a million.

tantivy keeps the length of a chunk in one byte and has an idf of its own, so its order is nearly that of BM25: its best are
candidates, and their exact scores decide.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import tantivy

from index.types import Wording

WRITER_BYTES = 64_000_000  # of postings in memory before a segment is written
LOCKS = ".lock"  # tantivy's own lock files: no part of an index
_CHUNK, _DOCUMENT, _TERMS = "chunk", "document", "terms"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field(_CHUNK, indexed=True, fast=True)
    builder.add_text_field(_DOCUMENT, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_TERMS, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class Written:
    """What was written of some wordings: the ids of their chunks and how many terms they have together."""

    __slots__ = ("chunk_ids", "n_terms")

    def __init__(self) -> None:
        """Nothing yet."""
        self.chunk_ids = array("q")
        self.n_terms = 0


def write(folder: Path, wordings: Iterable[Wording], *, without: Collection[int] = ()) -> Written:
    """Add chunks to the index in a folder that nobody searches, and remove some; an empty folder gets a new index.

    Raises:
        OSError: If it could not be written.
    """
    written = Written()
    try:
        writer = tantivy.Index(_schema(), path=str(folder)).writer(WRITER_BYTES, 1)
        for chunk_id in without:
            writer.delete_documents_by_term(_CHUNK, chunk_id)
        for wording in wordings:
            writer.add_document(tantivy.Document(chunk=wording.chunk_id, document=wording.document_id, terms=wording.terms))
            written.chunk_ids.append(wording.chunk_id)
            written.n_terms += wording.terms.count(" ") + 1
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # tantivy's only kind
        raise OSError(f"the index of terms could not be written: {error}") from error
    return written


class Inverted:
    """An index of terms that nothing is added to any more."""

    def __init__(self, folder: Path) -> None:
        """Open an index whose files were checked.

        Raises:
            OSError: If it cannot be opened.
        """
        try:
            index = tantivy.Index.open(str(folder))
            index.config_reader("manual", 0)
        except ValueError as error:
            raise OSError(f"{folder.name} cannot be opened: {error}") from error
        self._schema = index.schema
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def count(self, term: str) -> int:
        """In how many chunks a term occurs, those included that were removed from a segment which was not merged since."""
        return int(self._searcher.doc_freq(_TERMS, term))

    def candidates(self, terms: Sequence[str], *, k: int, document_ids: Collection[str] | None = None) -> list[int]:
        """The ids of the at most k chunks that nearly score best for any of the terms; of some documents only, if given."""
        if not terms or not len(self):
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(term)) for term in terms])
        if document_ids is not None:
            among = tantivy.Query.term_set_query(self._schema, _DOCUMENT, list(document_ids))
            weightless = tantivy.Query.const_score_query(among, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, weightless), (tantivy.Occur.Must, query)])
        found = self._searcher.search(query, k, count=False)
        chunk_ids = self._searcher.fast_field_values(_CHUNK, [address for _, address in found.hits])
        return [int(chunk_id) for chunk_id in chunk_ids if chunk_id is not None]

    def _term(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, _TERMS, term, index_option="freq")
