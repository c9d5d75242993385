"""Problems: a status for every code, and nothing that the server must not tell."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from index import errors as index_errors
from index.errors import InputRejected, NotFound, ReadoutError, StoreFull, VersionGone
from service import errors as service_errors
from service import problems
from service.errors import AnswerTimeout, Overloaded
from service.problems import STATUS_OF_CODE, Problem

AT_START_ONLY = {"store_busy", "server_refused", "bad_settings", "unsafe_bind", "cannot_serve"}  # no request meets them


def every_error(root: type[ReadoutError] = ReadoutError) -> Iterator[type[ReadoutError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ in (index_errors.__name__, service_errors.__name__):
            yield from every_error(child)


def test_every_error_that_a_request_can_meet_has_a_status() -> None:
    assert [error.__name__ for error in every_error() if error.code not in STATUS_OF_CODE.keys() | AT_START_ONLY] == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound, 404), (VersionGone, 410), (StoreFull, 507), (Overloaded, 503), (AnswerTimeout, 503), (InputRejected, 422)],
)
def test_our_own_error_keeps_its_message_and_code(error: type[ReadoutError], status: int) -> None:
    problem = problems.of_error(error("do this"))
    assert (problem.code, problem.detail, int(problem.status)) == (error.code, "do this", status)


def test_an_error_without_a_status_of_its_own_tells_nothing() -> None:
    class Inner(ReadoutError):
        code = "inner_secret"

    problem = problems.of_error(Inner("the password is hunter2"))
    assert (problem.code, int(problem.status)) == ("internal", 500)
    assert "hunter2" not in problem.detail


@pytest.mark.parametrize("code", STATUS_OF_CODE)
def test_a_problem_has_the_members_of_rfc_9457_and_ours(code: str) -> None:
    response = Problem(code, "why").response("id-1")
    body = json.loads(response.body)
    assert set(body) == {"type", "title", "status", "code", "detail", "fields", "request_id"}
    assert (body["status"], body["code"], body["request_id"]) == (response.status_code, code, "id-1")
    assert body["type"] == f"urn:readout:problem:{code}"
    assert response.media_type == "application/problem+json"
    assert response.status_code >= 400


@pytest.mark.parametrize("code", ["overloaded", "not_ready", "answer_timeout", "store_unavailable"])
def test_what_may_pass_says_when_to_try_again(code: str) -> None:
    assert int(Problem(code, "why").response("id").headers["retry-after"]) >= 1


def test_a_missing_key_says_which_scheme() -> None:
    assert Problem("unauthorized", "why").response("id").headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("status", [400, 404, 405, 415, 418])
def test_every_status_of_the_framework_becomes_a_known_problem(status: int) -> None:
    problem = problems.of_status(status)
    assert problem.code in STATUS_OF_CODE
    assert problem.status == (status if status != 418 else 400)


def test_an_invalid_body_is_told_by_field_and_reason_never_by_value() -> None:
    errors = [
        {"type": "missing", "loc": ("body", "question"), "msg": "Field required", "input": {"zebra": 1}},
        {"type": "extra_forbidden", "loc": ("body", "filters", "zebra"), "msg": "Extra inputs are not permitted", "input": 1},
    ]
    problem = problems.of_validation(errors)
    assert problem.code == "invalid_request"
    assert problem.fields[0] == "question: Field required"
    assert problem.fields[1].startswith("filters: ")
    assert "zebra" not in problem.detail


def test_broken_json_is_a_problem_of_its_own() -> None:
    problem = problems.of_validation([{"type": "json_invalid", "loc": ("body", 1), "msg": "JSON decode error", "input": {}}])
    assert (problem.code, int(problem.status), problem.fields) == ("bad_json", 400, ())


def test_a_body_of_many_faults_names_only_some() -> None:
    errors = [{"type": "x", "loc": ("body", "history", n, "role"), "msg": "no"} for n in range(1_000)]
    assert len(problems.of_validation(errors).fields) == 10
