from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import NotFound, VersionGone
from index.lexical import expression, query_terms
from index.normalise import terms
from index.store.changes import Offered, Placed, sha256_of
from index.store.documents import Selection, Store
from index.types import Chunk, Filters, IngestStatus, Metadata, Section, SectionKind, Span

MODEL = "hashing@1"
N_OPERATIONS = 25


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def offer(text: str, *, name: str = "a.txt", metadata: Metadata = Metadata()) -> Offered:
    return Offered(name, text, (Section(Span(0, len(text)), SectionKind.TURN, "KIRBY"),), metadata)


def chunks_of(text: str) -> list[Chunk]:
    """One chunk a line, as one sentence."""
    starts = [0, *(place + 1 for place, c in enumerate(text) if c == "\n")]
    ends = [*(start - 1 for start in starts[1:]), len(text)]
    lines = [Span(a, b) for a, b in zip(starts, ends, strict=True) if text[a:b].strip()]
    return [Chunk(0, "", sha256_of(text), span, 3, (span,)) for span in lines]


def put(store: Store, text: str, *, uri: str | None = None, name: str = "a.txt", **facts: str) -> Placed:
    offered = offer(text, name=name, metadata=Metadata(uri=uri, **facts))
    chunks = chunks_of(text)
    return store.put(offered, chunks, [" ".join(terms(chunk.span.of(text))) for chunk in chunks])


def found(store: Store, question: str, *, document_ids: frozenset[str] | None = None) -> list[str]:
    matched = expression(store.document_frequencies(query_terms(question)))
    scored = store.match_terms(matched, k=20, document_ids=document_ids) if matched else []
    chunks = store.chunks([one.chunk_id for one in scored])
    return [chunk.span.of(store.document(chunk.document_id).text) for one in scored if (chunk := chunks.get(one.chunk_id))]


def rows_in(store: Store) -> tuple[list[int], np.ndarray]:
    """Chunk ids and rows of the model's space, in the order they were written."""
    space = store.vectors.space(MODEL)
    assert space is not None
    ids, rows = store.vectors.between(space, after=0, until=store.vectors.position().vector_id)
    return ids.tolist(), rows


# Identity


def test_a_stored_document_is_read_back_as_it_was(store: Store) -> None:
    text = "“TikTok came up,” he said. 🙂\r Да\n"
    placed = put(store, text, uri="/a.txt", title="T", outlet="O", published_at="2024-04-04")
    document = store.document(placed.document_id)
    assert (document.text, document.sha256) == (text, sha256_of(text))
    assert (document.name, document.uri, document.title) == ("a.txt", "/a.txt", "T")
    assert (document.outlet, document.published_at) == ("O", "2024-04-04")
    assert document.sections == (Section(Span(0, len(text)), SectionKind.TURN, "KIRBY"),)
    assert placed == Placed(placed.document_id, IngestStatus.CREATED, "T")


def test_the_same_uri_is_the_same_document_and_keeps_its_id_over_an_update(store: Store) -> None:
    first = put(store, "Old words.", uri="/a.txt")
    second = put(store, "New words.", uri="/a.txt")
    assert second.status is IngestStatus.UPDATED
    assert second.document_id == first.document_id
    assert store.document(first.document_id).text == "New words."
    assert store.counts() == {"documents": 1, "versions": 2, "chunks": 1, "vectors": 0}


def test_an_old_version_stays_readable_by_its_sha256(store: Store) -> None:
    placed = put(store, "Old words.", uri="/a.txt", title="Old")
    put(store, "New words.", uri="/a.txt", title="New")
    old = store.document(placed.document_id, sha256=sha256_of("Old words."))
    assert (old.text, old.title, old.sections[0].span) == ("Old words.", "Old", Span(0, 10))


def test_the_earlier_version_is_the_one_stored_just_before(store: Store) -> None:
    placed = put(store, "One.", uri="u")
    put(store, "Elsewhere.", uri="v")
    for text in ("Two.", "Three.", "One."):
        put(store, text, uri="u")
    before = {text: store.earlier_version(placed.document_id, sha256_of(text)) for text in ("One.", "Two.", "Three.")}
    assert {text: None if document is None else document.text for text, document in before.items()} == {
        "One.": "Three.",
        "Three.": "Two.",
        "Two.": None,
    }
    assert store.earlier_version("unknown", sha256_of("One.")) is None


def test_a_version_that_never_was_is_gone_and_an_unknown_document_is_not_found(store: Store) -> None:
    placed = put(store, "Words.", uri="/a.txt")
    with pytest.raises(VersionGone):
        store.document(placed.document_id, sha256="0" * 64)
    with pytest.raises(NotFound) as raised:
        store.document("nowhere")
    assert not isinstance(raised.value, VersionGone)


def test_an_upload_without_uri_never_replaces_another_document(store: Store) -> None:
    first = put(store, "Words of one.", name="same.txt")
    second = put(store, "Words of two.", name="same.txt")
    third = put(store, "Words of three.", name="same.txt", uri="/same.txt")
    assert len({first.document_id, second.document_id, third.document_id}) == 3
    assert [d.sha256 for d in store.documents()] == [sha256_of(f"Words of {n}.") for n in ("one", "two", "three")]


@pytest.mark.parametrize(("first", "second"), [(None, None), ("/a", None), (None, "/b"), ("/a", "/b")])
def test_equal_content_is_one_document(store: Store, first: str | None, second: str | None) -> None:
    one = put(store, "Same words.", uri=first)
    other = put(store, "Same words.", uri=second, name="b.txt")
    assert other == Placed(one.document_id, IngestStatus.UNCHANGED, None)
    assert len(store.documents()) == 1


def test_offering_the_same_again_changes_nothing(store: Store) -> None:
    put(store, "Words.", uri="/a.txt", title="T")
    before = store.sequence()
    assert put(store, "Words.", uri="/a.txt", title="T").status is IngestStatus.UNCHANGED
    assert store.sequence() == before


@pytest.mark.parametrize("facts", [{"title": "New"}, {"outlet": "New"}, {"published_at": "2024-04-05"}])
def test_new_facts_alone_are_an_update_that_keeps_chunks_and_vectors(store: Store, facts: dict[str, str]) -> None:
    placed = put(store, "Words.", uri="/a.txt")
    ((chunk_id, _),) = store.vectors.waiting(MODEL, after=0, limit=9)
    store.vectors.put(MODEL, [chunk_id], np.eye(1, 4, dtype=np.float32))
    assert put(store, "Words.", uri="/a.txt", **facts).status is IngestStatus.UPDATED
    (key, value), *_ = facts.items()
    assert getattr(store.document(placed.document_id), key) == value
    assert getattr(store.documents()[0], key) == value
    assert rows_in(store)[0] == [chunk_id]
    assert len(store.document(placed.document_id).sections) == 1


def test_going_back_to_an_old_text_is_an_update_and_both_versions_stay(store: Store) -> None:
    placed = put(store, "One.", uri="/a.txt")
    put(store, "Two.", uri="/a.txt")
    assert put(store, "One.", uri="/a.txt").status is IngestStatus.UPDATED
    assert store.document(placed.document_id).text == "One."
    assert store.document(placed.document_id, sha256=sha256_of("Two.")).text == "Two."
    assert found(store, "one") == ["One."]
    assert found(store, "two") == []


def test_an_id_is_the_same_in_another_store(tmp_path: Path) -> None:
    for uri in (None, "/a.txt"):
        one, other = Store(tmp_path / f"1{uri is None}"), Store(tmp_path / f"2{uri is None}")
        put(other, "Something before.")
        assert put(one, "Words.", uri=uri).document_id == put(other, "Words.", uri=uri).document_id
        one.close()
        other.close()


def test_place_tells_what_put_would_do_and_writes_nothing(store: Store) -> None:
    offered = offer("Words.", metadata=Metadata(uri="/a.txt"))
    told = store.place(offered)
    assert store.documents() == []
    assert store.sequence() == 0
    assert store.put(offered, [], []) == told


def test_documents_are_listed_in_the_order_they_were_first_stored(store: Store) -> None:
    for name in ("c", "a", "b"):
        put(store, f"Words of {name}.", uri=name, name=name)
    put(store, "New words of c.", uri="c", name="c")
    assert [summary.name for summary in store.documents()] == ["c", "a", "b"]


def test_deleting_erases_every_version_chunk_term_and_vector(store: Store, tmp_path: Path) -> None:
    kept = put(store, "Kept words about trade.", uri="/b.txt")
    placed = put(store, "Old zebra.", uri="/a.txt")
    put(store, "New zebra.", uri="/a.txt")
    waiting = store.vectors.waiting(MODEL, after=0, limit=9)
    store.vectors.put(MODEL, [chunk_id for chunk_id, _ in waiting], np.eye(2, 4, dtype=np.float32))
    store.delete(placed.document_id)
    assert store.counts() == {"documents": 1, "versions": 1, "chunks": 1, "vectors": 1}
    assert store.document_frequencies(["zebra", "trade"]) == {"zebra": 0, "trade": 1}
    for sha256 in (None, sha256_of("Old zebra."), sha256_of("New zebra.")):
        with pytest.raises(NotFound):
            store.document(placed.document_id, sha256=sha256)
    assert [summary.document_id for summary in store.documents()] == [kept.document_id]


def test_deleting_what_is_not_there_is_an_error_and_changes_nothing(store: Store) -> None:
    put(store, "Words.")
    before = store.sequence()
    with pytest.raises(NotFound):
        store.delete("nowhere")
    assert (store.sequence(), len(store.documents())) == (before, 1)


def test_a_deleted_document_can_be_stored_again(store: Store) -> None:
    placed = put(store, "Words.", uri="/a.txt")
    store.delete(placed.document_id)
    assert put(store, "Words.", uri="/a.txt") == placed
    assert found(store, "words") == ["Words."]


def test_the_id_of_a_chunk_is_never_given_to_another(store: Store) -> None:
    placed = put(store, "One.\nTwo.", uri="/a.txt")
    old = store.chunk_ids(frozenset([placed.document_id]))
    store.delete(placed.document_id)
    put(store, "Three.\nFour.", uri="/a.txt")
    new = store.chunk_ids(frozenset([placed.document_id]))
    assert set(old).isdisjoint(new)
    assert set(store.chunks([*old, *new])) == set(new)


# All or nothing


def test_an_error_while_chunks_are_written_leaves_nothing_of_the_document(store: Store) -> None:
    put(store, "Kept words.", uri="/b.txt")
    before = (store.counts(), store.sequence(), store.documents())
    text = "One.\nTwo."
    with pytest.raises(ValueError, match="shorter"):
        store.put(offer(text), chunks_of(text), ["one"])
    assert (store.counts(), store.sequence(), store.documents()) == before
    assert store.document_frequencies(["one"]) == {"one": 0}


def test_an_error_in_an_update_leaves_the_old_version_whole(store: Store) -> None:
    placed = put(store, "Old zebra.", uri="/a.txt", title="Old")
    text = "New words.\nTwo."
    with pytest.raises(ValueError, match="shorter"):
        store.put(offer(text, metadata=Metadata(uri="/a.txt")), chunks_of(text), ["new"])
    document = store.document(placed.document_id)
    assert (document.text, document.title) == ("Old zebra.", "Old")
    assert found(store, "zebra") == ["Old zebra."]
    with pytest.raises(VersionGone):
        store.document(placed.document_id, sha256=sha256_of(text))


def test_after_an_error_the_next_document_is_stored(store: Store) -> None:
    with pytest.raises(ValueError, match="shorter"):
        store.put(offer("One."), chunks_of("One."), [])
    assert put(store, "One.").status is IngestStatus.CREATED


def test_an_error_among_vectors_keeps_none_of_them(store: Store) -> None:
    put(store, "One.\nTwo.")
    ids = [chunk_id for chunk_id, _ in store.vectors.waiting(MODEL, after=0, limit=9)]
    with pytest.raises(ValueError, match="shorter"):
        store.vectors.put(MODEL, ids, np.eye(1, 4, dtype=np.float32))
    assert store.backlog(MODEL) == 2


def test_what_was_put_is_there_after_opening_again(tmp_path: Path) -> None:
    first = Store(tmp_path)
    placed = put(first, "Words.", uri="/a.txt")
    first.close()
    second = Store(tmp_path)
    assert second.document(placed.document_id).text == "Words."
    assert found(second, "words") == ["Words."]
    second.close()


# Filters


@pytest.fixture
def dated(store: Store) -> dict[str, str]:
    """Document ids by name: three dated ones, one with a time of day, two undated."""
    facts = {
        "first": {"published_at": "2024-04-01", "outlet": "NPR"},
        "second": {"published_at": "2024-04-04", "outlet": "npr"},
        "evening": {"published_at": "2024-04-04T21:30:00", "outlet": "The Epoch Times"},
        "third": {"published_at": "2024-04-30", "outlet": "NPR News"},
        "undated": {"outlet": "NPR"},
        "unknown": {},
    }
    return {name: put(store, f"Words of {name}.", uri=name, **stated).document_id for name, stated in facts.items()}


@pytest.mark.parametrize(
    ("filters", "expected", "n_undated"),
    [
        (Filters(published_from="2024-04-04", published_to="2024-04-04"), {"second", "evening"}, 2),
        (Filters(published_from="2024-04-01", published_to="2024-04-30"), {"first", "second", "evening", "third"}, 2),
        (Filters(published_from="2024-04-02"), {"second", "evening", "third"}, 2),
        (Filters(published_to="2024-04-03"), {"first"}, 2),
        (Filters(published_to="2024-04-04T21:30:00"), {"first", "second", "evening"}, 2),
        (Filters(published_to="2024-04-04T08:00:00"), {"first", "second", "evening"}, 2),
        (Filters(published_from="2025-01-01"), set(), 2),
        (Filters(outlets=("Npr",)), {"first", "second", "undated"}, 0),
        (Filters(outlets=("NPR", "the epoch times")), {"first", "second", "undated", "evening"}, 0),
        (Filters(outlets=("NP",)), set(), 0),
        (Filters(outlets=("NPR",), published_from="2024-04-02"), {"second"}, 1),
    ],
)
def test_filters_are_inclusive_and_count_what_they_leave_out_as_undated(
    store: Store, dated: dict[str, str], filters: Filters, expected: set[str], n_undated: int
) -> None:
    assert store.select(filters) == Selection(frozenset(dated[name] for name in expected), n_undated)


def test_filters_by_document_combine_with_the_others(store: Store, dated: dict[str, str]) -> None:
    wanted = (dated["first"], dated["undated"], "nowhere")
    assert store.select(Filters(document_ids=wanted)).document_ids == {dated["first"], dated["undated"]}
    narrowed = store.select(Filters(document_ids=wanted, published_from="2024-01-01"))
    assert narrowed == Selection(frozenset([dated["first"]]), 1)


def test_no_filters_select_everything(store: Store) -> None:
    put(store, "Words.")
    assert store.select(Filters()) == Selection(None, 0)
    assert store.select(Filters(speakers=("Kirby",))) == Selection(None, 0)


@pytest.mark.parametrize("hostile", ["NPR' OR '1'='1", '"]', "%", "\\", "x\u0000y"])
def test_a_filter_is_a_value_and_never_sql_or_json(store: Store, dated: dict[str, str], hostile: str) -> None:
    assert store.select(Filters(outlets=(hostile,))).document_ids == frozenset()
    assert store.select(Filters(document_ids=(hostile,))).document_ids == frozenset()


# Terms


@pytest.mark.parametrize(
    "question",
    [
        '"',
        '""tiktok""',
        "AND",
        "tiktok AND",
        "NEAR(tiktok, 2)",
        "tiktok*",
        "(((",
        "terms:tiktok",
        "-tiktok",
        "^tiktok",
        "' OR 1=1 --",
    ],
)
def test_a_question_is_never_read_as_syntax(store: Store, question: str) -> None:
    put(store, "TikTok came up.\nTrade did not.")
    expected = ["TikTok came up."] if "tiktok" in question else []
    assert found(store, question) == expected


@given(st.text(max_size=40))
def test_any_question_is_searched_without_an_error(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    store = shared_store(tmp_path_factory)
    assert set(found(store, question)) <= {"TikTok came up.", "Trade did not."}


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x52F), min_size=1, max_size=30))
def test_a_word_of_letters_or_digits_is_found_by_itself(tmp_path_factory: pytest.TempPathFactory, word: str) -> None:
    """What `terms` makes of a word is one token to SQLite too: both sides of the search agree on it."""
    store = shared_store(tmp_path_factory)
    placed = put(store, f"{word} stands here.", uri="changing")
    wanted = terms(word)
    assert all(count >= 1 for count in store.document_frequencies(wanted).values())
    store.delete(placed.document_id)


_SHARED: list[Store] = []


def shared_store(factory: pytest.TempPathFactory) -> Store:
    """One store for all examples of a property: opening costs a few milliseconds each."""
    if not _SHARED:
        _SHARED.append(Store(factory.mktemp("shared")))
        put(_SHARED[0], "TikTok came up.\nTrade did not.")
    return _SHARED[0]


@pytest.fixture(scope="module", autouse=True)
def close_shared() -> Iterator[None]:
    yield
    while _SHARED:
        _SHARED.pop().close()


def test_the_better_match_comes_first_with_the_larger_score(store: Store) -> None:
    put(store, "TikTok came up.\nTikTok and trade came up today.\nNothing else.")
    scored = store.match_terms(str(expression(store.document_frequencies(["tiktok", "trade"]))), k=5, document_ids=None)
    assert [one.score for one in scored] == sorted((one.score for one in scored), reverse=True)
    assert found(store, "TikTok trade")[0] == "TikTok and trade came up today."
    assert len(store.match_terms('"tiktok"', k=1, document_ids=None)) == 1


def test_terms_are_matched_among_the_selected_documents_only(store: Store) -> None:
    one = put(store, "TikTok here.", uri="1")
    put(store, "TikTok there.", uri="2")
    assert found(store, "tiktok", document_ids=frozenset([one.document_id])) == ["TikTok here."]
    assert found(store, "tiktok", document_ids=frozenset()) == []


def test_frequencies_count_chunks_not_occurrences(store: Store) -> None:
    put(store, "trade trade trade\ntrade\nbread")
    assert store.document_frequencies(["trade", "bread", "war"]) == {"trade": 2, "bread": 1, "war": 0}


# Vectors


def test_chunks_wait_for_the_vector_of_each_model_apart(store: Store) -> None:
    put(store, "One 🙂.\nTwo.")
    waiting = store.vectors.waiting(MODEL, after=0, limit=9)
    assert [text for _, text in waiting] == ["One 🙂.", "Two."]
    store.vectors.put(MODEL, [waiting[0][0]], np.eye(1, 4, dtype=np.float32))
    assert (store.backlog(MODEL), store.backlog("other@1")) == (1, 2)
    assert store.vectors.waiting(MODEL, after=0, limit=9) == waiting[1:]
    assert len(store.vectors.waiting("other@1", after=0, limit=1)) == 1


def test_vectors_come_back_bit_for_bit_under_their_ids(store: Store) -> None:
    put(store, "One.\nTwo.\nThree.")
    ids = [chunk_id for chunk_id, _ in store.vectors.waiting(MODEL, after=0, limit=9)]
    rows = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)
    store.vectors.put(MODEL, ids[::-1], rows[::-1])
    found_ids, found_rows = rows_in(store)
    assert found_ids == ids[::-1]
    assert found_rows.dtype == np.float32
    assert np.array_equal(found_rows, rows[::-1])
    assert store.vectors.space("other@1") is None


def test_the_vector_of_a_chunk_deleted_meanwhile_is_dropped(store: Store) -> None:
    placed = put(store, "One.")
    ((chunk_id, _),) = store.vectors.waiting(MODEL, after=0, limit=9)
    store.delete(placed.document_id)
    store.vectors.put(MODEL, [chunk_id], np.eye(1, 4, dtype=np.float32))
    assert store.counts()["vectors"] == 0


def test_an_update_of_the_text_puts_its_chunks_back_into_the_backlog(store: Store) -> None:
    put(store, "One.", uri="/a")
    ((chunk_id, _),) = store.vectors.waiting(MODEL, after=0, limit=9)
    store.vectors.put(MODEL, [chunk_id], np.eye(1, 4, dtype=np.float32))
    put(store, "Two.", uri="/a")
    assert [text for _, text in store.vectors.waiting(MODEL, after=0, limit=9)] == ["Two."]
    assert store.backlog(MODEL) == 1


def test_the_sequence_grows_with_every_change(store: Store) -> None:
    seen = [store.sequence()]
    placed = put(store, "One.", uri="/a")
    seen.append(store.sequence())
    put(store, "Two.", uri="/a")
    seen.append(store.sequence())
    ((chunk_id, _),) = store.vectors.waiting(MODEL, after=0, limit=9)
    store.vectors.put(MODEL, [chunk_id], np.eye(1, 4, dtype=np.float32))
    seen.append(store.sequence())
    store.delete(placed.document_id)
    seen.append(store.sequence())
    assert all(a < b for a, b in pairwise(seen))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["One.", "Two.", "Three.", "delete"])), max_size=8))
def test_after_any_changes_the_store_holds_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    """A model of the identity rules: texts by uri, where a new uri with a text already held is that document."""
    store = Store(tmp_path_factory.mktemp("model"))
    model: dict[str, str] = {}
    ids: dict[str, str] = {}
    for uri, text in steps:
        if text == "delete":
            if uri in model:
                store.delete(ids[uri])
                del model[uri]
        elif uri in model or text not in model.values():
            ids[uri] = put(store, text, uri=uri).document_id
            model[uri] = text
        else:
            assert put(store, text, uri=uri).status is IngestStatus.UNCHANGED
    assert {summary.uri: store.document(summary.document_id).text for summary in store.documents()} == model
    for text in ("One.", "Two.", "Three."):
        assert found(store, text) == [held for held in model.values() if held == text]
    store.close()


# Threads


def test_four_writers_and_four_readers_never_see_a_text_that_is_not_its_sha256(store: Store) -> None:
    failures: list[BaseException] = []
    placed = [put(store, f"Words of {n}, version 0.", uri=f"/{n}") for n in range(4)]

    def write(n: int) -> None:
        for version in range(1, N_OPERATIONS):
            put(store, f"Words of {n}, version {version}.\nSecond line.", uri=f"/{n}")
            if version % 10 == 0:
                store.delete(placed[n].document_id)

    def read() -> None:
        for _ in range(N_OPERATIONS * 4):
            for summary in store.documents():
                try:
                    document = store.document(summary.document_id)
                except NotFound:
                    continue
                assert sha256_of(document.text) == document.sha256
                assert document.sections[0].span == Span(0, len(document.text))
            waiting = store.vectors.waiting(MODEL, after=0, limit=50)
            assert {text for _, text in waiting} <= {"Second line.", *(t for _, t in waiting if t.startswith("Words of "))}

    def guarded(work, *arguments) -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001  # handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(write, n)) for n in range(4)]
    threads += [threading.Thread(target=guarded, args=(read,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    texts = {store.document(summary.document_id).text for summary in store.documents()}
    assert texts == {f"Words of {n}, version {N_OPERATIONS - 1}.\nSecond line." for n in range(4)}
    assert store.counts()["chunks"] == 8


def test_a_reader_sees_one_moment_however_much_is_written_meanwhile(store: Store) -> None:
    placed = put(store, "One.", uri="/a")
    seen: list[tuple[str, str]] = []
    with store._database.reading() as connection:
        query = "SELECT sha256 FROM documents WHERE document_id = ?"
        first = connection.execute(query, [placed.document_id]).fetchone()[0]
        writer = threading.Thread(target=put, args=(store, "Two."), kwargs={"uri": "/a"})
        writer.start()
        writer.join()
        seen.append((first, connection.execute(query, [placed.document_id]).fetchone()[0]))
    assert seen == [(sha256_of("One."), sha256_of("One."))]
    assert store.document(placed.document_id).text == "Two."


def test_the_name_of_an_upload_is_display_text_only(store: Store) -> None:
    offered = replace(offer("Words."), name="../../etc/passwd\u202e")
    assert store.document(store.put(offered, [], []).document_id).name == "../../etc/passwd\u202e"


# Unchanged chunks


def test_a_chunk_whose_text_stays_keeps_its_vector_over_an_update(store: Store) -> None:
    put(store, "One.\nTwo.\nThree.", uri="/a")
    waiting = store.vectors.waiting(MODEL, after=0, limit=9)
    store.vectors.put(MODEL, [chunk_id for chunk_id, _ in waiting], np.eye(3, 4, dtype=np.float32))
    store.vectors.put("other@1", [waiting[1][0]], np.eye(1, 8, dtype=np.float32))
    placed = put(store, "Zero.\nTwo.\nThree.\nTwo.", uri="/a")
    assert [text for _, text in store.vectors.waiting(MODEL, after=0, limit=9)] == ["Zero."]
    assert store.backlog(MODEL) == 1
    chunks = store.chunks(store.chunk_ids(frozenset([placed.document_id])))
    text = store.document(placed.document_id).text
    space, other = store.vectors.space(MODEL), store.vectors.space("other@1")
    assert space is not None
    assert other is not None
    ids, rows = store.vectors.of(space, list(chunks))
    kept = {(chunks[i].span.start, chunks[i].span.of(text)): row.tolist() for i, row in zip(ids.tolist(), rows, strict=True)}
    two, three = [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]
    assert kept == {(6, "Two."): two, (11, "Three."): three, (18, "Two."): two}
    assert other.n_vectors == 2


def test_deletions_are_noted_for_chunks_that_had_a_vector(store: Store) -> None:
    placed = put(store, "One.\nTwo.", uri="/a")
    (first, _), _ = store.vectors.waiting(MODEL, after=0, limit=9)
    store.vectors.put(MODEL, [first], np.eye(1, 4, dtype=np.float32))
    store.delete(placed.document_id)
    assert store.vectors.deleted(after=0) == [first]
    last = store.vectors.position().deletion_id
    assert store.vectors.deleted(after=last) == []
    store.vectors.forget_deletions(until=last)
    assert store.vectors.position().deletion_id == last
