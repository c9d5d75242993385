from __future__ import annotations

from collections import UserDict

import pytest

from service.evaluation.errors import AskFailed
from service.evaluation.reply import Passage, read_reply, read_search
from tests.service.evaluation import fakes


def test_keys_that_no_measure_needs_are_passed_over() -> None:
    body = fakes.answered("Yes. [1]", citations=(fakes.citation(1, "alpha.txt", "yes"),)) | {"new": [1]}
    reply = read_reply(UserDict(body))
    assert (reply.status, reply.citations[0].quote, reply.plain_text) == ("answered", "yes", "Yes.")


def test_only_marks_of_existing_citations_leave_the_text() -> None:
    cited = (fakes.citation(1, "alpha.txt", "yes"), fakes.citation(12, "beta.txt", "TikTok"))
    reply = read_reply(fakes.answered("A [1][12] “see [2]”, b [12].", citations=cited))
    assert reply.plain_text == "A “see [2]”, b."


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"status": "maybe"}, "status"),
        ({"text": 3}, "text"),
        ({"citations": [{"id": 1}]}, r"citations\.0\.document_id"),
        ({"citations": [fakes.citation(1, "alpha.txt", "yes") | {"start": -1}]}, r"citations\.0\.start"),
        ({"citations": [fakes.citation(1, "alpha.txt", "yes") | {"start": "1"}]}, r"citations\.0\.start"),
        ({"passages": None}, "passages"),
        ({"confidence": 1.5}, "confidence"),
        ({"confidence": float("nan")}, "confidence"),
        ({"text": "\ud800"}, "JSON"),
        ({"text": object()}, "no JSON object"),
    ],
)
def test_a_body_that_breaks_the_contract_fails_and_says_where(change: dict[str, object], place: str) -> None:
    with pytest.raises(AskFailed, match=place):
        read_reply(fakes.refused() | change)


@pytest.mark.parametrize("key", ["status", "text", "short_answer", "citations", "passages", "confidence"])
def test_a_missing_key_fails(key: str) -> None:
    body = {name: value for name, value in fakes.refused().items() if name != key}
    with pytest.raises(AskFailed, match=key):
        read_reply(body)


def test_a_search_is_read_as_its_passages_and_a_broken_one_is_named() -> None:
    body = {"passages": [fakes.passage("alpha.txt", "Mr. Xi")]}
    assert read_search(body) == (Passage("id-a", 0, 6),)
    with pytest.raises(AskFailed, match=r"breaks the contract at passages\.0\.end"):
        read_search({"passages": [{"document_id": "id-a", "start": 0}]})
    with pytest.raises(AskFailed, match="passages"):
        read_search({})
