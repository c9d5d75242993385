"""The HTTP face: the application with its door, its routes, its errors and the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import Scope

from index.errors import ReadoutError
from service import problems, routes_ask, routes_documents, routes_openai
from service.answering import ClientGone
from service.bootstrap import Engine
from service.door import Door, Limits
from service.routes_mcp import McpOverHttp
from service.server import VERSION, Server, id_of_request, of_request
from service.settings import Settings

ROUTERS = (routes_ask.router, routes_openai.router, routes_documents.router)
PAGE = str(files("service") / "page")
JSON = "application/json"
CLIENT_CLOSED_REQUEST = 499  # nginx's; nobody reads it
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def create_app(settings: Settings, load: Callable[[], Engine]) -> FastAPI:
    """The application. `load` builds the engine; it is called once, in a thread, when the server starts."""
    server = Server(settings, load)
    mcp = McpOverHttp(server)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(asyncio.to_thread(server.start))
        async with mcp.running():
            yield
        await loading
        await asyncio.to_thread(server.stop)

    app = FastAPI(title="Readout", version=VERSION, docs_url=None, redoc_url=None, lifespan=lifespan, redirect_slashes=False)
    app.state.server = server
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.append(mcp.route())
    _add_health(app)
    _add_page(app)
    _add_errors(app)
    app.add_middleware(Door, limits=_limits(settings), api_key=_key(settings))
    return app


def _limits(settings: Settings) -> Limits:
    return Limits(settings.max_upload_bytes, settings.body_timeout_seconds, settings.max_concurrent, settings.max_waiting)


def _key(settings: Settings) -> str | None:
    return None if settings.api_key is None else settings.api_key.get_secret_value()


def _add_health(app: FastAPI) -> None:
    @app.get("/livez", summary="Is the process alive?")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", summary="Can questions be answered?", response_class=JSONResponse)
    async def readyz(request: Request) -> Response:
        server = of_request(request)
        engine = server.engine
        return JSONResponse(await server.run(lambda: _readiness(engine)))

    @app.get("/metrics", summary="Metrics in Prometheus form", response_class=PlainTextResponse)
    async def metrics(request: Request) -> Response:
        server = of_request(request)
        engine = server.engine
        return Response(await server.run(lambda: server.metrics.exposition(_sizes(engine))), media_type=METRICS_TYPE)


def _readiness(engine: Engine) -> dict[str, object]:
    store = engine.store
    backlog, jobs = store.backlog(engine.embedder.model_id), store.jobs.n_waiting()
    return {"status": "ready", "backlog": backlog, "jobs": jobs, "index_version": str(store.sequence())}


def _sizes(engine: Engine) -> dict[str, float]:
    state, words = engine.generations.state, engine.lexical.state
    return {
        **engine.store.counts(),
        "backlog_chunks": engine.store.backlog(engine.embedder.model_id),
        "jobs_waiting": engine.store.jobs.n_waiting(),
        "jobs_failed": len(engine.store.jobs.failed()),
        "generation_number": state.number,
        "generation_rows": state.n_rows,
        "generation_approximate": float(state.approximate),
        "generation_age_seconds": state.age_seconds,
        "generation_built": state.n_built,
        "generation_damaged": state.n_damaged,
        "tail_rows": state.n_tail,
        "lexical_number": words.number,
        "lexical_passages": words.n_chunks,
        "lexical_built": words.n_built,
        "lexical_damaged": words.n_damaged,
        "lexical_tail_passages": words.n_tail,
    }


def _add_page(app: FastAPI) -> None:
    app.mount("/page", StaticFiles(directory=PAGE), name="page")

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        return FileResponse(f"{PAGE}/index.html", media_type="text/html; charset=utf-8")

    @app.get("/favicon.ico", include_in_schema=False)
    async def no_icon() -> Response:
        return Response(status_code=204)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ReadoutError)
    async def ours(request: Request, error: ReadoutError) -> Response:
        return problems.of_error(error).response(id_of_request(request), path=request.url.path)

    @app.exception_handler(ClientGone)
    async def gone(_: Request, __: ClientGone) -> Response:
        return Response(status_code=CLIENT_CLOSED_REQUEST)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
        if request.method == "POST" and media_type != JSON:
            return problems.of_status(415).response(id_of_request(request), path=request.url.path)
        return problems.of_validation(error.errors()).response(id_of_request(request), path=request.url.path)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        response = problems.of_status(error.status_code).response(id_of_request(request), path=request.url.path)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(_methods(app, request.scope))
        return response


def _methods(app: FastAPI, scope: Scope) -> list[str]:
    """The methods that the routes of a path take together; the framework names those of the first one only."""
    routes = [*app.routes, *(route for router in ROUTERS for route in router.routes)]
    here = [route for route in routes if isinstance(route, Route) and route.path_regex.match(scope["path"])]
    return sorted({method for route in here for method in route.methods or ()})
