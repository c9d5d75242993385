"""Who wrote a piece: kept from the file, and its relayer where the piece names nobody nearer."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.chunk import Budget
from index.files import Upload
from index.ingest import Ingester
from index.store.documents import Store
from index.tokens import cl100k_counter
from index.types import Document, IngestStatus, Metadata, Span
from service.attribution import attribute, read_speakers
from service.attribution.byline import author
from tests.fakes import HashingEmbedder

PAGE = """<html><head><title>A call</title><meta name="author" content="Jane Doe"></head><body><article><h1>A call</h1>
<p>{}</p></article></body></html>"""
WORDS = "The bridge over the river was closed on Monday after a lorry struck a pillar, and traffic was sent round by the mill. "


@pytest.mark.parametrize(
    ("byline", "person"),
    [
        ("Jane Doe", "Jane Doe"),
        ("By Jane Q. Doe", "Jane Q. Doe"),
        ("Ursula von der Leyen", "Ursula von der Leyen"),
        ("José Ángel O'Neill-Smith", "José Ángel O'Neill-Smith"),
        ("Sen. Jane Doe", "Jane Doe"),
        ("Jane Doe and John Roe", None),
        ("Jane Doe, John Roe", None),
        ("Jane Doe; Staff", None),
        ("Orbit Press", None),
        ("News Desk", None),
        ("Editorial Board", None),
        ("Reuters", None),
        ("jane@example.org", None),
        ("https://example.org/jane", None),
        ("", None),
        (None, None),
    ],
)
def test_a_byline_names_one_person_or_nobody(byline: str | None, person: str | None) -> None:
    assert author(byline) == person


def relayer(text: str, quote: str, *, byline: str | None, outlet: str | None = "The Paper") -> tuple[str | None, str | None]:
    document = Document("d", "a.txt", None, text, "s", None, outlet, None, (), byline=byline)
    start = text.index(quote)
    found = attribute(read_speakers(document), Span(start, start + len(quote)))
    return found.speaker, found.reported_by


def test_prose_is_relayed_by_who_wrote_it_before_the_outlet() -> None:
    assert relayer(WORDS, WORDS.strip(), byline="Jane Doe") == (None, "Jane Doe")
    assert relayer(WORDS, WORDS.strip(), byline="Orbit Press") == (None, "The Paper")
    assert relayer(WORDS, WORDS.strip(), byline=None, outlet=None) == (None, None)


def test_words_of_somebody_are_relayed_by_who_wrote_the_piece() -> None:
    text = "“The bridge stays closed,” Mayor Ada Park said on Monday."
    assert relayer(text, "“The bridge stays closed,”", byline="Jane Doe") == ("Ada Park", "Jane Doe")


def test_the_byline_of_a_page_is_kept_and_is_no_fact_where_there_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    budget = Budget(60, cl100k_counter(), 256, HashingEmbedder().count_tokens)
    ingester = Ingester(store, HashingEmbedder(), budget=lambda: budget, max_document_bytes=100_000)
    made = ingester.add_upload(Upload("a.html", PAGE.format(WORDS * 8).encode()))
    plain = ingester.add_upload(Upload("a.txt", b"The zoo opened."))
    assert store.document(str(made.document_id)).byline == "Jane Doe"
    assert store.document(str(plain.document_id)).byline is None
    store.close()


def test_a_byline_that_is_new_updates_and_the_same_again_does_not(tmp_path: Path) -> None:
    store = Store(tmp_path)
    budget = Budget(60, cl100k_counter(), 256, HashingEmbedder().count_tokens)
    ingester = Ingester(store, HashingEmbedder(), budget=lambda: budget, max_document_bytes=1_000)
    rows = [None, "Jane Doe", "Jane Doe", None]
    statuses = [
        ingester.add_upload(Upload("a.txt", b"Words.", Metadata(uri="/a.txt", byline=row), is_text=True)).status for row in rows
    ]
    assert statuses == [IngestStatus.CREATED, IngestStatus.UPDATED, IngestStatus.UNCHANGED, IngestStatus.UNCHANGED]
    (document,) = store.documents()
    assert store.document(document.document_id).byline == "Jane Doe"
    store.close()
