"""One server on one data directory: it holds the writer's lock as long as it runs."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

import uvicorn

from index.store.lock import lock
from service.api import create_app
from service.bootstrap import Engine
from service.errors import CannotServe
from service.settings import Settings

KEEP_ALIVE_SECONDS = 15


def serve(settings: Settings, load: Callable[[], Engine], *, log_level: str = "info") -> None:
    """Serve until the process is told to stop. `load` builds the engine once the lock is held.

    Raises:
        StoreBusy: If another process writes to the data directory.
        CannotServe: If the address cannot be listened on.
    """
    with _bound(settings.host, settings.port) as listening:
        held = lock(settings.data)
        try:
            held.announce(_address(listening))
            config = uvicorn.Config(
                create_app(settings, load),
                host=settings.host,
                log_level=log_level,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
            # Over a socket that is bound already, uvicorn would name it as Python does.
            logging.getLogger("uvicorn.error").info("Readout is running on %s (press CTRL+C to quit)", _address(listening))
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            held.release()


def _bound(host: str, port: int) -> socket.socket:
    """A socket on the address, before anything slow is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CannotServe(f"{host}:{port} cannot be served on ({error.strerror}); stop what uses it, or give --port") from error
    return listening


def _address(listening: socket.socket) -> str:
    """Where another process of this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"
