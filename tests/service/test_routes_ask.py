"""`POST /v1/ask` and `POST /v1/search` against the contract, on the seeds and on small corpora."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service.conftest import BRIEFING, INTERVIEW, Serve

ANSWER_KEYS = set(
    """id status question resolved_question missing text short_answer statements citations conflicts dates refusal passages
    confidence mode degraded warnings timings_ms index_version""".split()
)
STATEMENT_KEYS = {"text", "start", "end", "citations", "support", "n_sources"}
CITATION_KEYS = set(
    """id document_id document_sha256 name title outlet published_at speaker speaker_inferred reported_by section start end
    quote prefix suffix verified""".split()
)  # speaker_inferred is an addition to the contract
PASSAGE_KEYS = set("document_id name title outlet published_at start end text score cited".split())
REFUSAL_KEYS = {"reason", "message", "nearest"}
DATE_KEYS = {"text", "basis", "value", "citation"}


def asked(client: TestClient, question: str, **rest: Any) -> dict[str, Any]:
    reply = client.post("/v1/ask", json={"question": question, **rest})
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "application/json"
    body: dict[str, Any] = reply.json()
    assert set(body) == ANSWER_KEYS
    return body


def store(client: TestClient, text: str, **facts: Any) -> str:
    reply = client.post("/v1/documents", json={"text": text, **facts})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["documents"][0]["document_id"])


def quotes(answer: dict[str, Any]) -> list[str]:
    return [citation["quote"] for citation in answer["citations"]]


def ids_by_name(client: TestClient) -> dict[str, str]:
    return {document["name"]: document["document_id"] for document in client.get("/v1/documents").json()["documents"]}


def test_an_answer_has_the_keys_of_the_contract_at_every_level(seeds: TestClient) -> None:
    answer = asked(seeds, "When does Janet Yellen arrive in China?")
    assert answer["status"] == "answered"
    assert all(set(statement) == STATEMENT_KEYS for statement in answer["statements"])
    assert answer["statements"]
    assert all(set(citation) == CITATION_KEYS for citation in answer["citations"])
    assert answer["citations"]
    assert all(set(passage) == PASSAGE_KEYS for passage in answer["passages"])
    assert answer["passages"]
    assert all(set(date) == DATE_KEYS for date in answer["dates"])
    assert answer["dates"]


def test_a_refusal_has_the_keys_of_the_contract_at_every_level(seeds: TestClient) -> None:
    answer = asked(seeds, "Which bakery in Lisbon sells the best custard tarts?")
    assert answer["status"] == "refused"
    assert set(answer["refusal"]) == REFUSAL_KEYS
    assert answer["refusal"]["reason"] == "no_evidence"
    assert 1 <= len(answer["refusal"]["nearest"]) <= 3
    assert all(set(passage) == PASSAGE_KEYS for passage in answer["refusal"]["nearest"])
    assert (answer["statements"], answer["citations"], answer["short_answer"]) == ([], [], None)


def test_a_relative_date_is_resolved_against_its_document(seeds: TestClient) -> None:
    answer = asked(seeds, "When does Janet Yellen arrive in China?")
    assert {"text": "tomorrow", "basis": "2024-04-04", "value": "2024-04-05", "citation": 1} in answer["dates"]


def test_an_empty_corpus_is_refused_as_such(serve: Serve) -> None:
    answer = asked(serve(), "When was the call?")
    assert (answer["status"], answer["refusal"]["reason"]) == ("refused", "empty_corpus")
    assert (answer["refusal"]["nearest"], answer["passages"], answer["confidence"]) == ([], [], 0)


def test_filters_that_leave_nothing_are_refused_as_such(seeds: TestClient) -> None:
    answer = asked(seeds, "When was the call?", filters={"document_ids": ["no-such-id"]})
    assert (answer["status"], answer["refusal"]["reason"]) == ("refused", "filtered_out")
    assert (answer["refusal"]["nearest"], answer["passages"]) == ([], [])


def test_a_speaker_whom_no_source_quotes_is_refused_by_name(seeds: TestClient) -> None:
    answer = asked(seeds, "What came up about TikTok?", filters={"speakers": ["Angela Merkel"]})
    assert (answer["status"], answer["refusal"]["reason"]) == ("refused", "filtered_out")
    assert "Angela Merkel" in answer["refusal"]["message"]


def test_generative_without_a_model_is_the_extractive_answer_marked_as_degraded(seeds: TestClient) -> None:
    plain, degraded = (asked(seeds, "Who said that TikTok came up today?", mode=m) for m in ("extractive", "generative"))
    assert (plain["degraded"], degraded["degraded"]) == (False, True)
    assert (plain["mode"], degraded["mode"]) == ("extractive", "extractive")
    assert degraded["warnings"] != plain["warnings"] == []
    assert degraded["statements"] == plain["statements"] != []


def test_at_most_k_passages_are_shown(seeds: TestClient) -> None:
    assert [len(asked(seeds, "What was discussed?", k=k)["passages"]) for k in (1, 3)] == [1, 3]


def test_the_one_passage_of_k_1_is_the_best(seeds: TestClient) -> None:
    best, many = (asked(seeds, "Who said that TikTok came up today?", k=k) for k in (1, 50))
    assert best["passages"] == many["passages"][:1]


@pytest.mark.parametrize("k", [1, 50])
def test_k_may_be_at_its_bounds(seeds: TestClient, k: int) -> None:
    assert 1 <= len(asked(seeds, "Did TikTok come up?", k=k)["passages"]) <= k


@pytest.mark.parametrize("k", [0, -1, 51, 2**63, "many", None, [8]])
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_k_out_of_its_bounds_is_refused(seeds: TestClient, path: str, k: Any) -> None:
    reply = seeds.post(path, json={"question": "Did TikTok come up?", "k": k})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert reply.json()["fields"][0].startswith("k:")


def test_filtered_to_one_document_nothing_else_is_shown_or_cited(seeds: TestClient) -> None:
    for document_id in ids_by_name(seeds).values():
        answer = asked(seeds, "Did TikTok come up?", filters={"document_ids": [document_id]})
        shown = {thing["document_id"] for thing in [*answer["citations"], *answer["passages"]]}
        assert shown == {document_id}


@pytest.mark.parametrize("alias", ["John Kirby", "kirby", "KIRBY", "Mr. Kirby", "mr kirby"])
def test_a_speaker_is_found_under_any_alias_in_any_case(seeds: TestClient, alias: str) -> None:
    answer = asked(seeds, "What came up about TikTok?", filters={"speakers": [alias]})
    assert "“TikTok came up today, yes,” Mr. Kirby said." in quotes(answer)
    assert {citation["speaker"] for citation in answer["citations"]} == {"John Kirby"}


def test_several_speakers_widen_the_filter(seeds: TestClient) -> None:
    answer = asked(seeds, "What was discussed?", filters={"speakers": ["Kirby", "Ruwitch"]})
    assert {citation["speaker"] for citation in answer["citations"]} == {"John Kirby", "John Ruwitch"}


def test_outlets_are_filtered_whatever_their_case(serve: Serve) -> None:
    client = serve()
    store(client, "The tariff talks lasted four hours.", outlet="The Paper")
    store(client, "The tariff talks lasted five hours.", outlet="Radio One")
    answer = asked(client, "How long did the tariff talks last?", filters={"outlets": ["the paper"]})
    assert quotes(answer) == ["The tariff talks lasted four hours."]
    assert answer["citations"][0]["reported_by"] == "The Paper"


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2024-04-02", "2024-04-02", ["two"]),
        ("2024-04-01", "2024-04-02", ["one", "two"]),
        ("2024-04-02", None, ["three", "two"]),
        (None, "2024-04-01", ["one"]),
        (None, None, ["one", "three", "two", "undated"]),
    ],
)
def test_date_bounds_are_inclusive(serve: Serve, first: str | None, last: str | None, found: list[str]) -> None:
    client = serve()
    for day, word in ((1, "one"), (2, "two"), (3, "three")):
        store(client, f"Meeting number {word} was about steel.", published_at=f"2024-04-0{day}", title=word)
    store(client, "Meeting number four was about steel.", title="undated")
    filters = {"published_from": first, "published_to": last}
    passages = client.post("/v1/search", json={"question": "steel meeting", "filters": filters}).json()["passages"]
    assert sorted(passage["title"] for passage in passages) == found


def test_a_last_day_includes_what_was_published_during_it(serve: Serve) -> None:
    client = serve()
    store(client, "The evening call was about copper.", published_at="2024-04-02T21:30:00")
    answer = asked(client, "What was the evening call about?", filters={"published_to": "2024-04-02"})
    assert quotes(answer) == ["The evening call was about copper."]


def test_undated_documents_are_left_out_by_a_date_filter_and_counted(seeds: TestClient) -> None:
    answer = asked(seeds, "Did TikTok come up?", filters={"published_from": "2024-04-04", "published_to": "2024-04-04"})
    assert {citation["name"] for citation in answer["citations"]} == {INTERVIEW}
    assert len(answer["warnings"]) == 1
    assert answer["warnings"][0].startswith("1 ")
    assert asked(seeds, "Did TikTok come up?")["warnings"] == []


def test_undated_documents_are_counted_where_nothing_is_left(seeds: TestClient) -> None:
    answer = asked(seeds, "Did TikTok come up?", filters={"published_to": "2024-04-03"})
    assert answer["refusal"]["reason"] == "filtered_out"
    assert answer["warnings"][0].startswith("1 ")


def test_a_follow_up_shows_the_question_it_was_taken_for(seeds: TestClient) -> None:
    history = [
        {"role": "user", "content": "What did John Kirby tell reporters about Americans in China?"},
        {"role": "assistant", "content": "He said President Biden raised concerns about American citizens."},
    ]
    answer = asked(seeds, "What did he say about the app?", history=history)
    assert answer["question"] == "What did he say about the app?"
    assert answer["resolved_question"] == "What did John Kirby say about the app?"
    assert {citation["speaker"] for citation in answer["citations"]} == {"John Kirby"}
    assert asked(seeds, "What did he say about the app?")["resolved_question"] is None


def test_as_of_changes_no_source_date(seeds: TestClient) -> None:
    answer = asked(seeds, "When does Janet Yellen arrive in China?", as_of="2030-01-01")
    assert [date["value"] for date in answer["dates"]] == ["2024-04-05"]


def test_everything_optional_may_be_left_out_or_be_null_where_the_contract_has_null(seeds: TestClient) -> None:
    filters = {"document_ids": [], "outlets": [], "speakers": [], "published_from": None, "published_to": None}
    whole = {"history": [], "filters": filters, "as_of": None, "mode": "extractive", "k": 8, "stream": False}
    one, other = asked(seeds, "Did TikTok come up?"), asked(seeds, "Did TikTok come up?", **whole)
    assert {**one, "id": "", "timings_ms": {}} == {**other, "id": "", "timings_ms": {}}


def test_an_overview_cites_both_documents(seeds: TestClient) -> None:
    assert {citation["name"] for citation in asked(seeds, "What was discussed?")["citations"]} == {BRIEFING, INTERVIEW}


def test_ids_of_answers_differ(seeds: TestClient) -> None:
    assert len({asked(seeds, "Did TikTok come up?")["id"] for _ in range(3)}) == 3


def test_timings_are_given_for_each_stage(seeds: TestClient) -> None:
    timings = asked(seeds, "Did TikTok come up?")["timings_ms"]
    assert {"search", "read", "compose", "total"} <= set(timings)
    assert all(milliseconds >= 0 for milliseconds in timings.values())


def test_a_search_gives_passages_best_first_and_nothing_else(seeds: TestClient) -> None:
    reply = seeds.post("/v1/search", json={"question": "TikTok", "k": 4}).json()
    assert set(reply) == {"passages"}
    assert all(set(passage) == PASSAGE_KEYS for passage in reply["passages"])
    scores = [passage["score"] for passage in reply["passages"]]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    assert "TikTok" in reply["passages"][0]["text"]


def test_a_search_keeps_to_the_filters(seeds: TestClient) -> None:
    wanted = ids_by_name(seeds)[INTERVIEW]
    reply = seeds.post("/v1/search", json={"question": "TikTok", "filters": {"document_ids": [wanted]}}).json()
    assert {passage["document_id"] for passage in reply["passages"]} == {wanted}


def test_a_search_by_speaker_gives_only_passages_where_they_speak(seeds: TestClient) -> None:
    reply = seeds.post("/v1/search", json={"question": "the call", "k": 50, "filters": {"speakers": ["wang huiyao"]}}).json()
    assert reply["passages"]
    assert all("WANG HUIYAO:" in passage["text"] for passage in reply["passages"])


def test_a_search_of_an_empty_corpus_finds_nothing(serve: Serve) -> None:
    assert serve().post("/v1/search", json={"question": "TikTok"}).json() == {"passages": []}


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_question_of_the_longest_length_is_taken_and_one_character_more_is_not(serve: Serve, path: str) -> None:
    client = serve(max_question_characters=30)
    assert client.post(path, json={"question": "é" * 30}).status_code == 200
    reply = client.post(path, json={"question": "é" * 31})
    assert (reply.status_code, reply.json()["code"]) == (422, "question_too_long")


def test_a_history_of_the_longest_length_is_taken_and_one_message_more_is_not(serve: Serve) -> None:
    client = serve(max_history_messages=2)
    message = {"role": "user", "content": "hello"}
    assert client.post("/v1/ask", json={"question": "Who?", "history": [message] * 2}).status_code == 200
    reply = client.post("/v1/ask", json={"question": "Who?", "history": [message] * 3})
    assert (reply.status_code, reply.json()["code"]) == (422, "history_too_long")


def test_text_that_search_languages_read_as_commands_is_only_text(seeds: TestClient) -> None:
    for question in (
        '" OR 1=1 --',
        "NEAR(tiktok, 2) AND *",
        "text: NOT {",
        "^tiktok* + -\x00",
        "(((",
        "'; DROP TABLE documents;",
    ):
        asked(seeds, question)
    assert len(ids_by_name(seeds)) == 2
