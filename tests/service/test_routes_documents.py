"""Uploading, listing, reading and deleting documents over HTTP."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.bootstrap import Engine
from tests.hostile import a_zip
from tests.service.conftest import Serve

PATH = "/v1/documents"
RESULT_KEYS = {"document_id", "status", "name", "title", "error", "warnings"}
SUMMARY_KEYS = {"document_id", "name", "uri", "title", "outlet", "published_at", "sha256"}
ZOO, PARK = "The city zoo opened a new aviary.", "The park closes at nine in winter."


def sent(client: TestClient, *files: tuple[str, bytes]) -> Any:
    return client.post(PATH, files=[("files", file) for file in files])


def results(reply: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reply.json()["documents"]
    assert all(set(result) == RESULT_KEYS for result in found)
    return found


def statuses(reply: Any) -> list[str]:
    return [result["status"] for result in results(reply)]


def cited(client: TestClient, question: str) -> list[str]:
    return [citation["quote"] for citation in client.post("/v1/ask", json={"question": question}).json()["citations"]]


def test_one_file_is_created_and_can_be_read_back(serve: Serve) -> None:
    client = serve()
    reply = sent(client, ("zoo.txt", ZOO.encode()))
    assert reply.status_code == 201
    (result,) = results(reply)
    assert (result["status"], result["name"], result["error"]) == ("created", "zoo.txt", None)
    document = client.get(f"{PATH}/{result['document_id']}").json()
    assert set(document) == SUMMARY_KEYS | {"byline", "text", "sections"}
    assert document["text"] == ZOO
    assert document["sha256"] == hashlib.sha256(ZOO.encode()).hexdigest()
    assert document["sections"] == [{"start": 0, "end": len(ZOO), "kind": "paragraph", "label": None}]
    assert [document[key] for key in ("uri", "title", "outlet", "published_at")] == [None] * 4


def test_many_files_are_created_in_the_order_sent(serve: Serve) -> None:
    client = serve()
    reply = sent(client, ("b.txt", ZOO.encode()), ("a.txt", PARK.encode()))
    assert (reply.status_code, statuses(reply)) == (201, ["created", "created"])
    listing = client.get(PATH).json()
    assert listing["total"] == 2
    assert [document["name"] for document in listing["documents"]] == ["b.txt", "a.txt"]
    assert all(set(document) == SUMMARY_KEYS for document in listing["documents"])


def test_good_files_are_kept_when_others_are_bad(serve: Serve) -> None:
    client = serve()
    reply = sent(client, ("empty.txt", b" \n"), ("zoo.txt", ZOO.encode()), ("x.bin", b"\x00\x01"), ("nul.txt", b"caf\x00"))
    assert (reply.status_code, statuses(reply)) == (201, ["failed", "created", "failed", "failed"])
    assert all(result["error"] for result in results(reply) if result["status"] == "failed")
    assert [document["name"] for document in client.get(PATH).json()["documents"]] == ["zoo.txt"]


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("empty.txt", b"", 422, "empty_document"),
        ("nul.txt", b"a\x00b", 422, "unreadable_text"),
        ("paper.pdf", b"%PDF-1.7", 422, "damaged_file"),
        ("disguised.txt", b"PK\x03\x04", 422, "damaged_file"),
        ("picture.txt", b"\x89PNG\r\n", 415, "unsupported_file"),
    ],
)
def test_an_upload_of_nothing_good_is_a_problem_that_lists_the_documents(
    serve: Serve, name: str, data: bytes, status: int, code: str
) -> None:
    client = serve()
    reply = sent(client, (name, data))
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert statuses(reply) == ["failed"]
    assert results(reply)[0]["name"] == name
    assert client.get(PATH).json() == {"documents": [], "total": 0}


def test_each_file_of_an_uploaded_archive_is_listed_with_what_became_of_it(serve: Serve) -> None:
    client = serve()
    reply = sent(client, ("calls.zip", a_zip(("zoo.txt", ZOO.encode()), ("sub/bad.txt", b"a\x00b"))))
    assert (reply.status_code, statuses(reply)) == (201, ["created", "failed"])
    assert [result["name"] for result in results(reply)] == ["calls.zip/zoo.txt", "calls.zip/sub/bad.txt"]
    assert [document["name"] for document in client.get(PATH).json()["documents"]] == ["calls.zip/zoo.txt"]


def test_a_picture_in_an_uploaded_archive_is_skipped_and_the_archive_taken(serve: Serve) -> None:
    client = serve()
    picture = ("logo.png", b"\x89PNG\r\n")
    archive = a_zip(picture, ("zoo.txt", ZOO.encode()))
    reply = sent(client, ("calls.zip", archive))
    assert (reply.status_code, statuses(reply)) == (201, ["skipped", "created"])
    assert "it is a picture" in results(reply)[0]["error"]
    assert sent(client, ("calls.zip", archive)).status_code == 200
    reply = sent(client, ("calls.zip", a_zip(picture, ("bad.txt", b"a\x00b"))))
    assert (reply.status_code, reply.json()["code"], statuses(reply)) == (422, "unreadable_text", ["skipped", "failed"])


def test_a_document_over_its_bound_is_too_large_while_others_are_kept(serve: Serve) -> None:
    client = serve(max_document_bytes=100)
    assert statuses(sent(client, ("big.txt", b"a " * 51), ("zoo.txt", ZOO.encode()))) == ["failed", "created"]
    reply = sent(client, ("big.txt", b"a " * 51))
    assert (reply.status_code, reply.json()["code"]) == (413, "document_too_large")


def test_the_same_content_again_is_unchanged_whatever_it_is_called(serve: Serve) -> None:
    client = serve()
    (first,) = results(sent(client, ("zoo.txt", ZOO.encode())))
    reply = sent(client, ("another.txt", ZOO.encode()))
    assert (reply.status_code, statuses(reply)) == (200, ["unchanged"])
    assert results(reply)[0]["document_id"] == first["document_id"]
    assert client.get(PATH).json()["total"] == 1


def test_one_new_file_beside_an_unchanged_one_is_201(serve: Serve) -> None:
    client = serve()
    sent(client, ("zoo.txt", ZOO.encode()))
    reply = sent(client, ("zoo.txt", ZOO.encode()), ("park.txt", PARK.encode()))
    assert (reply.status_code, statuses(reply)) == (201, ["unchanged", "created"])


def test_an_upload_without_uri_never_replaces_another_of_the_same_name(serve: Serve) -> None:
    client = serve()
    sent(client, ("a.txt", ZOO.encode()))
    assert statuses(sent(client, ("a.txt", PARK.encode()))) == ["created"]
    assert client.get(PATH).json()["total"] == 2


def test_a_document_is_updated_under_its_uri_and_both_versions_can_be_read(serve: Serve) -> None:
    client = serve()
    (first,) = results(client.post(PATH, json={"text": ZOO, "uri": "https://example.org/zoo"}))
    reply = client.post(PATH, json={"text": PARK, "uri": "https://example.org/zoo"})
    assert (reply.status_code, statuses(reply)) == (201, ["updated"])
    assert results(reply)[0]["document_id"] == first["document_id"]
    address = f"{PATH}/{first['document_id']}"
    assert client.get(address).json()["text"] == PARK
    for text in (ZOO, PARK):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        assert client.get(address, params={"sha256": sha256}).json()["text"] == text
    assert client.get(PATH).json()["total"] == 1


def test_answers_cite_only_the_current_version(serve: Serve) -> None:
    client = serve()
    for text in ("The zoo director is Alma Reyes.", "The zoo director is Boris Katz."):
        client.post(PATH, json={"text": text, "uri": "zoo"})
    assert cited(client, "Who is the zoo director?") == ["The zoo director is Boris Katz."]


def test_a_version_that_never_was_is_gone_and_a_malformed_one_is_refused(serve: Serve) -> None:
    client = serve()
    (result,) = results(sent(client, ("zoo.txt", ZOO.encode())))
    address = f"{PATH}/{result['document_id']}"
    gone = client.get(address, params={"sha256": "0" * 64})
    assert (gone.status_code, gone.json()["code"]) == (410, "version_gone")
    malformed = client.get(address, params={"sha256": "zoo"})
    assert (malformed.status_code, malformed.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\call.txt", "call.txt"),
        ("/var/call.txt", "call.txt"),
        ("a" * 300 + ".txt", "a" * 255),
    ],
)
def test_a_clients_file_name_is_display_text_without_folders(serve: Serve, given: str, shown: str) -> None:
    client = serve()
    if len(given) > 255:  # the bound cuts the suffix off; the file is read by the name that is shown
        assert all(len(result["name"]) <= 255 for result in results(sent(client, (given, ZOO.encode()))))
    else:
        assert results(sent(client, (given, ZOO.encode())))[0]["name"] == shown


def test_control_characters_leave_a_name(serve: Serve) -> None:
    client = serve()
    (result,) = results(client.post(PATH, json={"text": ZOO, "title": "a\x00b\x1b[31m\x7fc"}))
    assert result["name"] == "ab[31mc"


def test_a_text_is_stored_with_what_is_stated_about_it(serve: Serve) -> None:
    client = serve()
    facts = {"title": "The aviary", "outlet": "The Paper", "published_at": "2024-04-05", "uri": "https://example.org/a.pdf"}
    reply = client.post(PATH, json={"text": ZOO, **facts})
    assert (reply.status_code, results(reply)[0]["title"]) == (201, "The aviary")
    document = client.get(f"{PATH}/{results(reply)[0]['document_id']}").json()
    assert {key: document[key] for key in facts} == facts


def test_a_text_that_states_nothing_stays_unknown(serve: Serve) -> None:
    client = serve()
    (result,) = results(client.post(PATH, json={"text": ZOO}))
    document = client.get(f"{PATH}/{result['document_id']}").json()
    assert [document[key] for key in ("uri", "title", "outlet", "published_at")] == [None] * 4


def test_stored_text_is_the_sent_one_but_for_the_mark_and_line_ends(serve: Serve) -> None:
    client = serve()
    (result,) = results(sent(client, ("a.txt", "\ufeffCafé\r\n\r\n😀 ﬁne\u200b e\u0301\rx".encode())))
    assert client.get(f"{PATH}/{result['document_id']}").json()["text"] == "Café\n\n😀 ﬁne\u200b e\u0301\rx"


def test_offsets_count_code_points_beyond_the_basic_plane(serve: Serve) -> None:
    client = serve()
    text = "😀😀 The aviary holds ninety herons."
    client.post(PATH, json={"text": text})
    (citation,) = client.post("/v1/ask", json={"question": "How many herons does the aviary hold?"}).json()["citations"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert "ninety herons" in citation["quote"]


def test_a_sidecar_in_the_same_upload_states_what_the_file_does_not(serve: Serve) -> None:
    client = serve()
    sidecar = b"outlet: The Paper\npublished_at: 2024-04-05\n"
    (result,) = results(sent(client, ("zoo.txt", ZOO.encode()), ("zoo.txt.meta.yaml", sidecar)))
    document = client.get(f"{PATH}/{result['document_id']}").json()
    assert (document["outlet"], document["published_at"]) == ("The Paper", "2024-04-05")


@pytest.mark.parametrize(
    "body",
    [{}, {"text": 1}, {"text": None}, {"text": ZOO, "author": "x"}, {"text": ZOO, "uri": 3}, [], {"text": ZOO, "title": ["x"]}],
)
def test_json_that_does_not_fit_is_refused_and_nothing_is_stored(serve: Serve, body: Any) -> None:
    client = serve()
    reply = client.post(PATH, json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert client.get(PATH).json()["total"] == 0


@pytest.mark.parametrize("body", [{"text": ""}, {"text": " \n\t"}])
def test_an_empty_text_is_refused(serve: Serve, body: Any) -> None:
    reply = serve().post(PATH, json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "empty_document")


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/xml", "application/x-www-form-urlencoded"])
def test_another_media_type_is_not_supported(serve: Serve, media_type: str) -> None:
    reply = serve().post(PATH, content=b"text=hello", headers={"Content-Type": media_type})
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")


def test_a_form_without_files_is_refused(serve: Serve) -> None:
    client = serve()
    for form in ({"files": [("other", ("a.txt", b"x"))]}, {"data": {"files": "text"}, "files": [("other", ("a.txt", b"x"))]}):
        reply = client.post(PATH, **form)
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")


def test_a_form_of_more_files_than_allowed_is_refused_whole(serve: Serve) -> None:
    client = serve(max_upload_files=2)
    reply = sent(client, *((f"{n}.txt", f"Fact number {n} stands here.".encode()) for n in range(3)))
    assert reply.status_code == 400
    assert client.get(PATH).json()["total"] == 0


def test_a_deleted_document_is_not_found_and_no_longer_cited(serve: Serve) -> None:
    client = serve()
    (result,) = results(sent(client, ("zoo.txt", ZOO.encode())))
    sent(client, ("park.txt", PARK.encode()))
    assert cited(client, "What did the city zoo open?") == [ZOO]
    deleted = client.delete(f"{PATH}/{result['document_id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    for reply in (client.get(f"{PATH}/{result['document_id']}"), client.delete(f"{PATH}/{result['document_id']}")):
        assert (reply.status_code, reply.json()["code"]) == (404, "document_not_found")
    assert ZOO not in cited(client, "What did the city zoo open?")
    assert [document["name"] for document in client.get(PATH).json()["documents"]] == ["park.txt"]


def test_deleting_erases_every_version(serve: Serve) -> None:
    client = serve()
    for text in (ZOO, PARK):
        (result,) = results(client.post(PATH, json={"text": text, "uri": "zoo"}))
    client.delete(f"{PATH}/{result['document_id']}")
    for text in (ZOO, PARK):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        assert client.get(f"{PATH}/{result['document_id']}", params={"sha256": sha256}).status_code == 404


def test_what_was_deleted_can_be_added_again(serve: Serve) -> None:
    client = serve()
    (first,) = results(sent(client, ("zoo.txt", ZOO.encode())))
    client.delete(f"{PATH}/{first['document_id']}")
    assert statuses(sent(client, ("zoo.txt", ZOO.encode()))) == ["created"]
    assert cited(client, "What did the city zoo open?") == [ZOO]


class _Idle:
    """A background that never works: what it would embed stays without vectors."""

    def __init__(self) -> None:
        self.woken = 0

    def start(self) -> None:
        pass

    def wake(self) -> None:
        self.woken += 1

    def stop(self) -> None:
        pass


def test_the_next_question_finds_what_was_just_added_without_vectors(serve: Serve) -> None:
    idle = _Idle()

    def without_background(engine: Engine) -> Engine:
        return replace(engine, background=idle)  # type: ignore[arg-type]  # a fake with the methods that are called

    client = serve(change=without_background)
    for n in range(5):
        text = f"Gate number {n} leads to the lagoon of Quarr{'x' * n}."
        assert sent(client, (f"{n}.txt", text.encode())).status_code == 201
        assert text in cited(client, f"Which gate leads to the lagoon of Quarr{'x' * n}?")
    assert client.get("/readyz").json()["backlog"] == 5
    assert idle.woken == 5


def test_adding_and_deleting_wake_the_background(serve: Serve) -> None:
    idle = _Idle()
    client = serve(change=lambda engine: replace(engine, background=idle))
    (result,) = results(sent(client, ("zoo.txt", ZOO.encode())))
    client.delete(f"{PATH}/{result['document_id']}")
    assert idle.woken == 2


def test_a_full_device_is_507_reads_go_on_and_writes_resume_when_there_is_space(serve: Serve) -> None:
    """SQLite's own bound on the number of pages gives the very error of a full disk."""
    engines: list[Engine] = []
    client = serve(change=lambda engine: engines.append(engine) or engine)
    sent(client, ("zoo.txt", ZOO.encode()))

    def bound(pages: int | str) -> int:
        return engines[0].store._database.write(
            lambda connection: int(connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()[0])
        )

    pages = engines[0].store._database.write(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    bound(pages)
    refused = sent(client, ("park.txt", (PARK * 500).encode()))
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert client.get(PATH).json()["total"] == 1
    assert cited(client, "What did the zoo open?")
    bound(1_000_000)
    assert sent(client, ("park.txt", (PARK * 500).encode())).status_code == 201
