from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.corpus import Corpus, IndexedDocument
from service.evaluation.dataset import GoldEvidence, Question
from tests.service.evaluation import fakes


def corpus_of(**texts: str) -> Corpus:
    documents = [IndexedDocument(name, f"{name}.txt", "sha") for name in texts]
    return Corpus(documents, lambda document_id, _: texts[document_id])


def asked_of(*members: GoldEvidence) -> Question:
    return Question(id="q", question="?", answerable=True, evidence=(members,))


def test_a_document_is_found_by_id_by_name_and_by_stem() -> None:
    corpus = Corpus(fakes.DOCUMENTS, fakes.get_text)
    assert corpus.find("id-a") == corpus.find("alpha.txt") == corpus.find("alpha") == {"id-a"}
    assert corpus.find("alph") == frozenset()


def test_an_id_wins_over_a_name_and_a_name_over_a_stem() -> None:
    documents = [
        IndexedDocument("a", "first.txt", "s"),
        IndexedDocument("x", "a", "s"),
        IndexedDocument("y", "b.txt", "s"),
        IndexedDocument("z", "b", "s"),
    ]
    corpus = Corpus(documents, fakes.get_text)
    assert corpus.find("a") == {"a"}
    assert corpus.find("b") == {"z"}


def test_documents_that_share_a_name_are_all_meant() -> None:
    documents = [IndexedDocument("x", "same.txt", "s"), IndexedDocument("y", "folder/same.txt", "s")]
    assert Corpus(documents, fakes.get_text).find("same.txt") == {"x", "y"}
    assert Corpus(documents, fakes.get_text).find("folder/same.txt") == {"y"}


def test_every_occurrence_of_a_quote_is_a_place() -> None:
    corpus = corpus_of(a="yes and yes, yes")
    (group,) = corpus.groups(asked_of(GoldEvidence("a", "yes")), cited=())
    assert sorted(sorted(key[2] for key in place) for place in group.places) == [[0], [2], [3]]


def test_a_member_without_a_quote_is_the_whole_document() -> None:
    (group,) = corpus_of(a="one two three").groups(asked_of(GoldEvidence("a", None, 2)), cited=())
    assert group.whole_documents
    assert (group.relevance, [len(place) for place in group.places]) == (2, [3])


def test_each_text_is_fetched_once() -> None:
    fetched = []

    def get_text(document_id: str, sha256: str) -> str:
        fetched.append((document_id, sha256))
        return fakes.get_text(document_id, sha256)

    corpus = Corpus(fakes.DOCUMENTS, get_text)
    for _ in range(3):
        corpus.tokens("id-a", "sha-a", start=0, end=10)
        corpus.text("id-a", "sha-a")
    assert fetched == [("id-a", "sha-a")]


def test_a_span_holds_the_tokens_it_touches_and_an_empty_one_holds_none() -> None:
    corpus = corpus_of(a="one two three")
    # [2, 5) is "e t".
    assert {key[2] for key in corpus.tokens("a", "sha", start=2, end=5)} == {0, 1}
    assert {key[2] for key in corpus.tokens("a", "sha", start=3, end=4)} == set()
    assert corpus.tokens("a", "sha", start=5, end=5) == frozenset()
    assert corpus.tokens("a", "sha", start=9, end=2) == frozenset()


@given(st.text(alphabet="ab .東"), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_two_adjoining_spans_hold_together_what_their_union_holds(text: str, a: int, b: int, c: int) -> None:
    start, middle, end = sorted((a, b, c))
    corpus = corpus_of(a=text)
    parts = corpus.tokens("a", "sha", start=start, end=middle) | corpus.tokens("a", "sha", start=middle, end=end)
    assert parts == corpus.tokens("a", "sha", start=start, end=end)
