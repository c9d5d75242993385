"""Edges that were wrong once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from index.sentences import sentences
from index.types import Span
from service.answer import PassagesFound
from service.api import create_app
from service.bootstrap import build_engine
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.conftest import when_ready


@pytest.fixture
def client(tmp_path):
    s = Settings(data=tmp_path, threshold=0.0)
    with TestClient(create_app(s, lambda: build_engine(s, fake_models()))) as c:
        yield when_ready(c)


def ask(c, q, **rest):
    return c.post("/v1/ask", json={"question": q, **rest})


def raw(c, path, body):
    return c.post(path, content=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(("day", "word"), [("0001-01-01", "yesterday"), ("9999-12-31", "tomorrow")])
def test_date_at_the_edge_of_the_calendar_is_no_500(client, day, word):
    client.post("/v1/documents", json={"text": f"They meet for lunch {word} in Rome.", "published_at": day})
    assert ask(client, "When do they meet for lunch in Rome?").status_code == 200


def test_bad_sidecar_upload_is_no_500(client):
    files = [("files", ("a.txt", b"The zoo opened.")), ("files", ("a.txt.meta.yaml", b"bogus: 1"))]
    assert client.post("/v1/documents", files=files).status_code == 422


@pytest.mark.parametrize("body", [{"question": "x", "as_of": "SECRET"}, {"question": "x", "filters": {"published_to": "SECRET"}}])
def test_dates_are_not_echoed(client, body):
    assert "SECRET" not in client.post("/v1/ask", json=body).text


def test_upload_dates_are_not_echoed(client):
    assert "SECRET" not in client.post("/v1/documents", json={"text": "x", "published_at": "SECRET"}).text


def test_bad_json_upload_has_the_code_of_bad_json(client):
    reply = raw(client, "/v1/documents", b"{")
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_json")


def test_surrogate_in_upload_is_not_called_no_json(client):
    assert "not JSON" not in raw(client, "/v1/documents", b'{"text": "\\ud800"}').json()["detail"]


def test_invalid_upload_names_its_fields(client):
    assert client.post("/v1/documents", json={"text": 1}).json()["fields"]


def test_allow_names_all_methods(client):
    assert {m.strip() for m in client.put("/v1/documents").headers["allow"].split(",")} >= {"GET", "POST"}
    assert {m.strip() for m in client.put("/v1/documents/x").headers["allow"].split(",")} >= {"GET", "DELETE"}


def test_ask_with_another_media_type_is_415(client):
    r = client.post("/v1/ask", content=b'{"question": "x"}', headers={"Content-Type": "text/plain"})
    assert r.status_code == 415


@pytest.mark.parametrize("first", ["20240404", "2024-W14-4", "2024-04-04T00:00:00"])
def test_every_accepted_form_of_a_date_filters_alike(client, first):
    client.post("/v1/documents", json={"text": "The zoo opened.", "published_at": "2024-04-04"})
    found = client.post("/v1/search", json={"question": "zoo", "filters": {"published_from": first}})
    assert found.status_code == 422 or found.json()["passages"]


def test_unexpected_error_in_a_stream_is_an_error_event(tmp_path):
    class Broken:
        def ask(self, ask):
            return None

        def events(self, ask, *, wanted):
            yield PassagesFound(())
            raise RuntimeError("bug")

    s = Settings(data=tmp_path)
    app = create_app(s, lambda: replace(build_engine(s, fake_models()), answerer=Broken()))
    with TestClient(app, raise_server_exceptions=False) as c:
        text = when_ready(c).post("/v1/ask", json={"question": "x", "stream": True}).text
    assert "event: error" in text


def test_an_empty_uri_never_replaces_another_document(client):
    for text in ("The zoo opened.", "The park closed."):
        client.post("/v1/documents", json={"text": text, "uri": ""})
    assert client.get("/v1/documents").json()["total"] == 2


def test_k_is_a_number(client):
    assert [client.post("/v1/ask", json={"question": "x", "k": k}).status_code for k in (True, "3")] == [422, 422]


def test_head_on_the_page(client):
    assert client.head("/").status_code == 200


@pytest.mark.parametrize("text", ["He met Ms. Vance today.", "He met Dr. Katz today."])
def test_titles_do_not_end_a_sentence(text):
    assert [s.of(text) for s in sentences(text, Span(0, len(text)))] == [text]


def test_inverted_said_with_a_title(client):
    client.post("/v1/documents", json={"text": "“Wheat is short,” said Mr. Vance."})
    assert ask(client, "Who said that wheat is short?").json()["citations"][0]["speaker"] == "Vance"


def test_a_follow_up_may_name_a_thing(seeds):
    h = [{"role": "user", "content": "What did John Kirby tell reporters?"}]
    assert (
        ask(seeds, "What did he say about TikTok?", history=h).json()["resolved_question"]
        == "What did John Kirby say about TikTok?"
    )


def test_a_quote_at_a_passage_border_keeps_its_inferred_speaker(seeds):
    cited = [
        c
        for q in (
            "How do the two reports describe China's support for Russia?",
            "How does China help to rebuild Russia's defense industrial base?",
        )
        for c in ask(seeds, q).json()["citations"]
    ]
    mine = [c for c in cited if c["quote"].startswith("“We’ve really seen")]
    assert mine
    assert all(c["speaker"] == "senior Biden administration official" for c in mine)


def test_who_is_quoted_inside_a_turn(seeds):
    cited = ask(seeds, "What did a U.S. official call it, a recording?").json()["citations"]
    mine = [c for c in cited if "called it a recording" in c["quote"]]
    assert [(c["speaker"], c["reported_by"]) for c in mine] == [("U.S. official", "John Ruwitch")]


def test_no_false_yes(seeds):
    assert ask(seeds, "Are the advanced microchips made in China?").json()["short_answer"] != "yes"


def test_no_false_date(seeds):
    assert ask(seeds, "When was their last phone call before this one?").json()["short_answer"] != "last November"


def test_no_false_price(seeds):
    assert ask(seeds, "How much will TikTok cost?").json()["status"] == "refused"


def test_nonsense_is_refused(seeds):
    assert ask(seeds, '"' * 50 + "OR AND NEAR(*").json()["status"] == "refused"


def test_passages_of_an_answer_are_ordered_by_their_score(seeds):
    scores = [p["score"] for p in ask(seeds, "What did Biden warn Xi of?").json()["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_an_answers_quotation_marks_are_balanced(seeds):
    bad = []
    for q in (
        "How do the two reports describe China's support for Russia?",
        "How does China help to rebuild Russia's defense industry?",
    ):
        bad += [s["text"] for s in ask(seeds, q).json()["statements"] if s["text"].count("“") != s["text"].count("”")]
    assert bad == []
