"""The routes that hold the corpus: upload, list, read, delete."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from index.errors import InputRejected
from index.files import Upload, pair_sidecars
from index.types import IngestResult, IngestStatus, Metadata
from service import problems
from service.bootstrap import Engine
from service.openapi_examples import DOCUMENTS, UPLOAD_BODY, problem_responses
from service.schemas import DocumentBody, document_json, ingest_json, summary_json
from service.server import Server, id_of_request, of_request

MAX_NAME_CHARACTERS = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
FORM, JSON = "multipart/form-data", "application/json"

router = APIRouter()


class UnsupportedMediaType(InputRejected):
    """The body is neither a form nor JSON."""

    code = "unsupported_media_type"


class InvalidRequest(InputRejected):
    """The body does not fit."""

    code = "invalid_request"


@router.post(
    "/v1/documents",
    summary="Add documents",
    status_code=201,
    openapi_extra={"requestBody": UPLOAD_BODY},
    responses={
        201: {"content": {JSON: {"example": DOCUMENTS}}},
        200: {"description": "Every content was there already"},
        **problem_responses("unsupported_media_type", "invalid_request", "body_too_large", "storage_full"),
    },
)
async def add(request: Request) -> Response:
    """Store files (form field `files`, repeatable) or one text (JSON); the next question finds them."""
    server = of_request(request)
    engine = server.engine
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == FORM:
        uploads = await _form(request, server)
    elif media_type == JSON:
        uploads = [await _json(request)]
    else:
        raise UnsupportedMediaType(f"send {FORM} with a field 'files', or {JSON}")
    results = await server.run(
        lambda: [result for upload in uploads for result in engine.ingester.add_upload_parts(upload)],
        timeout_seconds=server.settings.ingest_timeout_seconds,
    )
    engine.background.wake()
    server.metrics.received(results)
    return _added(results, id_of_request(request))


@router.get("/v1/documents", summary="List documents")
async def documents(request: Request) -> Response:
    """All documents without their texts, in the order they were first added."""
    server = of_request(request)
    engine = server.engine
    found = await server.run(engine.store.documents)
    return JSONResponse({"documents": [summary_json(document) for document in found], "total": len(found)})


@router.get(
    "/v1/documents/{document_id}",
    summary="Read a document",
    responses=problem_responses("document_not_found", "version_gone", "invalid_request"),
)
async def document(
    document_id: str, request: Request, sha256: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$")] = None
) -> Response:
    """One document with its text and sections, in the version named by `sha256`, else the current one."""
    server = of_request(request)
    engine = server.engine
    return JSONResponse(document_json(await server.run(lambda: engine.store.document(document_id, sha256=sha256))))


@router.delete(
    "/v1/documents/{document_id}", summary="Delete a document", status_code=204, responses=problem_responses("document_not_found")
)
async def delete(document_id: str, request: Request) -> Response:
    """Erase a document with all its versions."""
    server = of_request(request)
    engine: Engine = server.engine
    await server.run(lambda: engine.store.delete(document_id))
    engine.background.wake()
    return Response(status_code=204)


async def _form(request: Request, server: Server) -> list[Upload]:
    most = server.settings.max_upload_files
    async with request.form(max_files=most, max_fields=most) as form:
        files = form.getlist("files")
        if not files or not all(isinstance(file, UploadFile) for file in files):
            raise InvalidRequest("the form needs a field 'files' with at least one file")
        named = [(file.filename or "upload.txt", await file.read()) for file in files if isinstance(file, UploadFile)]
    return [replace(upload, name=_shown(upload.name)) for upload in pair_sidecars(named)]


async def _json(request: Request) -> Upload:
    try:
        body = DocumentBody.model_validate(await request.json())
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False, include_input=False)) from error
    except (ValueError, RecursionError) as error:  # json's own, and bytes that are no UTF-8
        raise RequestValidationError([{"type": "json_invalid"}]) from error
    name = _shown(body.title or body.uri or "text")
    metadata = Metadata(body.title, body.outlet, body.published_at, body.uri or None)
    return Upload(name, body.text.encode(), metadata, is_text=True)


def _shown(name: str) -> str:
    """A client's file name as display text: no folders, no control characters, bounded."""
    last = PurePosixPath(PureWindowsPath(name).name).name if "://" not in name else name
    return _CONTROL.sub("", last)[:MAX_NAME_CHARACTERS] or "upload"


def _added(results: list[IngestResult], request_id: str) -> Response:
    documents = [ingest_json(result) for result in results]
    statuses = {result.status for result in results}
    if not any(status.is_stored for status in statuses):
        first = next(result for result in results if result.status is IngestStatus.FAILED)
        problem = problems.Problem(first.code or "input_rejected", f"{first.name}: {first.error}")
        body = {**problem.body(request_id), "documents": documents}
        return JSONResponse(body, status_code=int(problem.status), media_type=problems.MEDIA_TYPE)
    new = statuses & {IngestStatus.CREATED, IngestStatus.UPDATED}
    return JSONResponse({"documents": documents}, status_code=201 if new else 200)
