"""The sources' own words as statements: a link in them is left out of the statement, not of the quote."""

from __future__ import annotations

from tests.service.conftest import Serve

LINKED = "The zoo opened an aviary, see ![map](https://evil.example/p.png) for the way."


def test_a_link_in_a_source_is_quoted_and_not_stated(serve: Serve) -> None:
    client = serve()
    client.post("/v1/documents", json={"text": LINKED})
    answer = client.post("/v1/ask", json={"question": "What did the zoo open?"}).json()
    assert answer["text"] == "The zoo opened an aviary, see \u2026 for the way. [1]"
    assert [citation["quote"] for citation in answer["citations"]] == [LINKED]
