"""Errors as `application/problem+json` (RFC 9457), each with a stable code and without echoing input.

On the routes that OpenAI's clients ask, the same errors have OpenAI's form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import JSONResponse

from index.errors import ReadoutError

INTERNAL = "something went wrong here; the log has it under this request id"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "1"
MAX_NAMED = 10  # fields named in one problem

# The HTTP status of each code. The README's table is generated from this.
STATUS_OF_CODE: dict[str, HTTPStatus] = {
    "bad_json": HTTPStatus.BAD_REQUEST,
    "bad_request": HTTPStatus.BAD_REQUEST,
    "unsupported_parameter": HTTPStatus.BAD_REQUEST,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "cross_origin": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "document_not_found": HTTPStatus.NOT_FOUND,
    "model_not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "body_timeout": HTTPStatus.REQUEST_TIMEOUT,
    "version_gone": HTTPStatus.GONE,
    "body_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "document_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "unsupported_file": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid_request": HTTPStatus.UNPROCESSABLE_ENTITY,
    "question_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "history_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unreadable_text": HTTPStatus.UNPROCESSABLE_ENTITY,
    "empty_document": HTTPStatus.UNPROCESSABLE_ENTITY,
    "damaged_file": HTTPStatus.UNPROCESSABLE_ENTITY,
    "encrypted_file": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_members": HTTPStatus.UNPROCESSABLE_ENTITY,
    "archive_ratio": HTTPStatus.UNPROCESSABLE_ENTITY,
    "nested_archive": HTTPStatus.UNPROCESSABLE_ENTITY,
    "parse_timeout": HTTPStatus.UNPROCESSABLE_ENTITY,
    "parse_memory": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad_sidecar": HTTPStatus.UNPROCESSABLE_ENTITY,
    "input_rejected": HTTPStatus.UNPROCESSABLE_ENTITY,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "not_ready": HTTPStatus.SERVICE_UNAVAILABLE,
    "overloaded": HTTPStatus.SERVICE_UNAVAILABLE,
    "answer_timeout": HTTPStatus.SERVICE_UNAVAILABLE,
    "parser_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "model_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "store_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "storage_full": HTTPStatus.INSUFFICIENT_STORAGE,
}
_RETRYABLE = frozenset({"not_ready", "overloaded", "answer_timeout", "parser_unavailable", "store_unavailable"})
WHOLE_BODY = "body"
OPENAI_PATHS = ("/v1/chat/completions", "/v1/models")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, for people (`detail`) and programs (`code`)."""

    code: str
    detail: str
    fields: tuple[str, ...] = ()

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status of the code."""
        return STATUS_OF_CODE[self.code]

    def body(self, request_id: str) -> dict[str, object]:
        """The problem object."""
        return {
            "type": f"urn:readout:problem:{self.code}",
            "title": self.status.phrase,
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
            "fields": list(self.fields),
            "request_id": request_id,
        }

    def openai_body(self) -> dict[str, object]:
        """The problem as OpenAI's API puts it: `type` tells whose fault it is, `param` what is wrong."""
        kind = "server_error" if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
        place = self.fields[0].partition(":")[0] if self.fields else WHOLE_BODY
        param = None if place == WHOLE_BODY else place
        return {"error": {"message": self.detail, "type": kind, "param": param, "code": self.code}}

    def response(self, request_id: str, *, path: str = "") -> JSONResponse:
        """The problem as a response to a request of `path`."""
        headers: Mapping[str, str] = {"Retry-After": RETRY_AFTER_SECONDS} if self.code in _RETRYABLE else {}
        if self.code == "unauthorized":
            headers = {"WWW-Authenticate": "Bearer"}
        if path.startswith(OPENAI_PATHS):
            # Its clients know a request that does not fit as a 400.
            status = HTTPStatus.BAD_REQUEST if self.status is HTTPStatus.UNPROCESSABLE_ENTITY else self.status
            return JSONResponse(self.openai_body(), status_code=int(status), headers=dict(headers))
        return JSONResponse(self.body(request_id), status_code=int(self.status), media_type=MEDIA_TYPE, headers=dict(headers))


def of_error(error: ReadoutError) -> Problem:
    """The problem of one of our own errors; what the server must not tell is not in it."""
    if error.code not in STATUS_OF_CODE:
        return Problem("internal", INTERNAL)
    return Problem(error.code, str(error))


def of_status(status: int) -> Problem:
    """The problem of a bare HTTP status raised by the framework."""
    details = {
        404: Problem("not_found", "there is nothing at this address; GET /openapi.json lists what there is"),
        405: Problem("method_not_allowed", "this address does not take this method; GET /openapi.json lists what it takes"),
        415: Problem("unsupported_media_type", "send application/json or multipart/form-data"),
    }
    return details.get(status, Problem("bad_request", "the request's body could not be read; check its form"))


def of_validation(errors: Sequence[Mapping[str, object]]) -> Problem:
    """The problem of a body that does not fit: which fields and why, never their values."""
    if any(error.get("type") == "json_invalid" for error in errors):
        return Problem("bad_json", "the body is not JSON")
    named = tuple(_named(error) for error in errors[:MAX_NAMED])
    unsupported = any(error.get("type") == "unsupported_parameter" for error in errors)
    return Problem("unsupported_parameter" if unsupported else "invalid_request", "; ".join(named), named)


def _named(error: Mapping[str, object]) -> str:
    loc = error.get("loc")
    if error.get("type") == "extra_forbidden" and isinstance(loc, tuple | list):  # the name is the sender's, not ours
        return f"{_place(loc[:-1])}: there is an unknown field; GET /openapi.json names the known ones"
    return f"{_place(loc)}: {str(error.get('msg')).removeprefix('Value error, ')}"


def _place(loc: object) -> str:
    known = [part for part in loc if part not in ("body", "query", "path")] if isinstance(loc, tuple | list) else []
    return ".".join(str(part) for part in known)[:100] or WHOLE_BODY
