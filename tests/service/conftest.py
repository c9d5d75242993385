"""Servers to ask: the real model on the seeds, once a session; a cheap embedder where the corpus is changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient

from index.types import Document
from service.api import create_app
from service.background import catch_up
from service.bootstrap import Engine, Models, build_engine
from service.settings import Settings
from tests.fakes import fake_models
from tests.service.page_visit import browser, fake, visit  # noqa: F401 - fixtures of the page's tests

SEEDS = Path(__file__).parent.parent.parent / "seeds"
BRIEFING, INTERVIEW = "000_1e07ea5eec70e880.txt", "004_65b998d26dcba495.txt"
PATIENCE_SECONDS = 60  # of a client: the machine may be busy
READY_ATTEMPTS = 3_000  # of 0.02 s: the model may have to share its two cores

ASKED_WITH = ("question", "history", "filters", "as_of")

Serve = Callable[..., TestClient]
Ready = TypeVar("Ready", bound=httpx.Client)  # starlette's client is one
Answers = list[dict[str, Any]]


def engine_on(directory: Path, models: Models, **settings: Any) -> Engine:
    """An engine with an empty store in `directory`."""
    return build_engine(Settings(data=directory, **settings), models)


def engine_on_seeds(directory: Path, models: Models, **settings: Any) -> Engine:
    """An engine on the seed documents, all of them embedded."""
    engine = engine_on(directory, models, **settings)
    for path in sorted((SEEDS / "documents").iterdir()):
        engine.ingester.add_file(path)
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    return engine


def when_ready(client: Ready) -> Ready:
    """The client, once its server has loaded."""
    for _ in range(READY_ATTEMPTS):
        if client.get("/readyz").status_code == 200:
            return client
        time.sleep(0.02)
    raise TimeoutError("the server never became ready")


@contextmanager
def serving(settings: Settings, engine: Engine) -> Iterator[str]:
    """The address of a real server on a free port."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings, lambda: engine), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        while httpx.get(f"{url}/readyz", timeout=PATIENCE_SECONDS).status_code != httpx.codes.OK:
            assert thread.is_alive()
        yield url
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def seeds_engine(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The seeds under the real model; nothing may change them."""
    engine = engine_on_seeds(tmp_path_factory.mktemp("seeds-engine"), models)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def seeds(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server on the seeds under the real model; nothing may change them."""
    directory = tmp_path_factory.mktemp("seeds-server")
    app = create_app(Settings(data=directory), lambda: engine_on_seeds(directory, models))
    with TestClient(app) as client:
        yield when_ready(client)


@pytest.fixture(scope="session")
def answers(seeds: TestClient) -> Answers:
    """The answer to every question of the seeds, asked as the data set asks it."""
    rows = [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    bodies = [{key: row[key] for key in ASKED_WITH if row.get(key)} for row in rows]
    replies = [seeds.post("/v1/ask", json=body) for body in bodies]
    assert {reply.status_code for reply in replies} == {200}
    return [reply.json() for reply in replies]


@pytest.fixture(scope="session")
def documents(seeds_engine: Engine) -> dict[str, Document]:
    """The two seed documents by name."""
    store = seeds_engine.store
    return {summary.name: store.document(summary.document_id) for summary in store.documents()}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers on empty stores, each with the settings it is called with; every sentence may answer."""
    with ExitStack() as stack:
        n_started = 0

        def started(*, change: Callable[[Engine], Engine] = lambda engine: engine, **settings: Any) -> TestClient:
            nonlocal n_started
            n_started += 1
            given = Settings(data=tmp_path / f"server-{n_started}", **{"threshold": 0.0, **settings})
            app = create_app(given, lambda: change(build_engine(given, fake_models())))
            return when_ready(stack.enter_context(TestClient(app)))

        yield started
