"""The last check: a statement whose cited words do not hold is dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import NotFound, VersionGone
from index.types import Document, Span
from service.protocols import CitedEvidence, Drafted
from service.types import Attribution, Citation, Evidence
from service.verify import verify

TEXT = "The vote was put off. “Wheat is short,” Mr. Kirby said. It rained."
QUOTE = "“Wheat is short,” Mr. Kirby said."
DOCUMENT = Document("d", "a.txt", None, TEXT, "sha", None, None, None, ())


class Versions:
    """The versions of one document; records what was read."""

    def __init__(self, *texts: tuple[str, str]) -> None:
        self._texts = dict(texts)
        self.read: list[tuple[str, str]] = []

    def __call__(self, document_id: str, sha256: str) -> Document:
        self.read.append((document_id, sha256))
        if document_id != "d":
            raise NotFound("no such document")
        if sha256 not in self._texts:
            raise VersionGone("no such version")
        return replace(DOCUMENT, text=self._texts[sha256], sha256=sha256)


def cited(quote: str = QUOTE, *, start: int | None = None, speaker: str | None = None, score: float = 0.5) -> CitedEvidence:
    at = TEXT.index(quote) if start is None else start
    span = Span(at, at + len(quote))
    attribution = Attribution(speaker, None)
    citation = Citation("d", "sha", "a.txt", None, None, None, attribution, None, span, quote, "", "")
    return CitedEvidence(Evidence("d", span, score, score, None, attribution, False, None, 1), citation)


def altered(piece: CitedEvidence, **changes: object) -> CitedEvidence:
    return replace(piece, citation=replace(piece.citation, **changes))  # type: ignore[arg-type]  # of Citation's own fields


def kept(*drafts: Drafted) -> list[str]:
    return [statement.text for statement in verify(list(drafts), read_version=Versions(("sha", TEXT))).statements]


def test_a_statement_of_the_very_words_is_kept() -> None:
    assert kept(Drafted(QUOTE, (cited(),))) == [QUOTE]


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(altered(cited(), quote=QUOTE.replace("short", "scarce")), id="another word"),
        pytest.param(altered(cited(), quote=QUOTE.replace("“", '"')), id="another quotation mark"),
        pytest.param(altered(cited(), quote=QUOTE[:-1]), id="a full stop less"),
        pytest.param(cited(start=1), id="another place"),
        pytest.param(cited(start=10_000), id="beyond the end"),
        pytest.param(altered(cited(), quote="", span=Span(3, 3)), id="no words"),
        pytest.param(altered(cited(), document_sha256="gone"), id="version gone"),
        pytest.param(altered(cited(), document_id="deleted"), id="document deleted"),
    ],
)
def test_a_statement_is_dropped_when_its_citation_does_not_hold(piece: CitedEvidence) -> None:
    assert kept(Drafted(QUOTE, (piece,))) == []


def test_one_citation_that_does_not_hold_drops_the_statement_whatever_the_others_hold() -> None:
    assert kept(Drafted(QUOTE, (cited(), altered(cited(), document_sha256="gone")))) == []


@pytest.mark.parametrize("word", ["not", "Biden", "2024", "yesterday", "réservé"])
def test_a_word_that_no_cited_quote_or_name_holds_drops_the_statement(word: str) -> None:
    assert kept(Drafted(f"{QUOTE} {word}", (cited(),))) == []


def test_a_word_of_the_document_outside_the_quote_does_not_help() -> None:
    assert kept(Drafted("Wheat is short and it rained.", (cited(),))) == []


def test_the_speakers_name_may_stand_before_the_words() -> None:
    said = "John Kirby said: “The vote was put off.”"
    assert kept(Drafted(said, (cited("The vote was put off.", speaker="John Kirby"),))) == [said]
    assert kept(Drafted(said, (cited("The vote was put off.", speaker="Wang Huiyao"),))) == []


def test_words_may_come_from_several_quotes() -> None:
    both = "The vote was put off. It rained."
    assert kept(Drafted(both, (cited("The vote was put off."), cited("It rained.")))) == [both]


def test_a_statement_without_a_citation_is_dropped() -> None:
    assert kept(Drafted("said", ())) == []


def test_the_good_are_kept_in_order_and_the_dropped_are_counted() -> None:
    drafts = [Drafted("It rained.", (cited("It rained."),)), Drafted("It snowed.", (cited(),)), Drafted(QUOTE, (cited(),))]
    verified = verify(drafts, read_version=Versions(("sha", TEXT)))
    assert [statement.text for statement in verified.statements] == ["It rained.", QUOTE]
    assert len(verified.evidence) == len(verified.statements)


def test_the_cited_version_is_read_and_no_other() -> None:
    versions = Versions(("sha", TEXT), ("newer", "Something else."))
    verify([Drafted(QUOTE, (cited(),))], read_version=versions)
    assert set(versions.read) == {("d", "sha")}


def test_support_is_that_of_the_best_evidence() -> None:
    drafts = [
        Drafted("The vote was put off. It rained.", (cited("The vote was put off.", score=0.2), cited("It rained.", score=0.7)))
    ]
    (statement,) = verify(drafts, read_version=Versions(("sha", TEXT))).statements
    assert statement.support == 0.7
    assert statement.n_sources == 1


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)), st.integers(-3, 3))
def test_only_the_exact_slice_passes(start: int, end: int, off: int) -> None:
    start, end = min(start, end), max(start, end)
    moved = Span(max(0, start + off), max(0, start + off) + end - start)
    piece = altered(cited(), span=moved, quote=TEXT[start:end])
    exact = bool(TEXT[start:end]) and moved.of(TEXT) == TEXT[start:end]
    assert bool(kept(Drafted(TEXT[start:end], (piece,)))) == exact
