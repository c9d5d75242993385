"""What a cited document said otherwise before is named."""

from __future__ import annotations

from index.types import Document, Span
from service.corrections import corrections
from service.types import Attribution, Citation

NEW = "The ferry was late for 26 hours, its owner said on Monday. The captain slept."
OLD = "The ferry was late for 62 hours, its owner said on Monday. The captain slept."


def citation(quote: str) -> Citation:
    span = Span(NEW.index(quote), NEW.index(quote) + len(quote))
    return Citation(
        "d", "new", "a.txt", "Ferry late", "The Herald", "2025-06-05", Attribution(None, None), None, span, quote, "", ""
    )


def before(document_id: str, sha256: str) -> Document | None:
    if (document_id, sha256) != ("d", "new"):
        return None
    return Document("d", "a.txt", "u", OLD, "old", "Ferry late", "The Herald", "2025-06-04", ())


def test_a_changed_sentence_is_named_with_both_wordings_and_both_dates() -> None:
    (line,) = corrections([citation("The ferry was late for 26 hours, its owner said on Monday.")], before)
    assert line.startswith("The Herald: “Ferry late” of 2025-06-05 replaces a version of 2025-06-04: ")
    assert line.endswith("it now says “26 hours”, where it said “62 hours”")


def test_a_sentence_that_stayed_as_it_was_is_not_named() -> None:
    assert corrections([citation("The captain slept.")], before) == ()


def test_a_document_without_an_earlier_version_has_no_correction() -> None:
    assert corrections([citation("The captain slept.")], lambda *_: None) == ()
