"""The servers of the HTTP benchmark, each as its own documentation runs it, without access log.

Each serves plaintext at `/` and JSON at `/json` with one process or worker, and calls `say` with
its port and the processes that do the work. Imports are inside: who is not installed is missing.
"""

from __future__ import annotations

import importlib.metadata
import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from benchmarks.benchmark import WorkNotDone
from benchmarks.contestants.asgi_app import JSON_TYPE, MESSAGE, TEXT, TEXT_TYPE, app

ATTEMPTS = 1_000
Say = Callable[[int, list[int]], None]


def version(name: str) -> str:
    """Of the package that serves.

    Raises:
        ImportError: it is not installed.
    """
    return importlib.metadata.version(name.split()[0])


def zokio_handlers(say: Say) -> None:
    """zokio's own interface."""
    import zokio
    from zokio.http import Request, Response, serve

    text = (("content-type", TEXT_TYPE),)
    as_json = (("content-type", JSON_TYPE),)

    async def handler(request: Request) -> Response:
        if request.path == "/json":
            return Response(body=json.dumps(MESSAGE).encode(), headers=as_json)
        return Response(body=TEXT, headers=text)

    def ready(address: object) -> None:
        assert isinstance(address, tuple)
        say(address[1], [os.getpid()])

    zokio.run(serve(handler, "127.0.0.1", 0, ready=ready))


def zokio_asgi(say: Say) -> None:
    """zokio as a server of ASGI applications."""
    import zokio
    from zokio.http import asgi

    zokio.run(asgi.serve(app, "127.0.0.1", 0, ready=lambda a: say(a[1], [os.getpid()])))


def uvicorn(say: Say) -> None:
    """uvicorn on uvloop, with httptools."""
    import httptools  # noqa: F401 - uvicorn would fall back to h11 without a word
    import uvicorn
    import uvloop  # noqa: F401 - and to asyncio

    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", log_level="error", access_log=False, lifespan="off"
    )
    with _listening() as sock:
        say(sock.getsockname()[1], [os.getpid()])
        uvicorn.Server(config).run([sock])


def granian(say: Say) -> None:
    """granian with one worker, which is a process of its own, on uvloop."""
    import uvloop  # noqa: F401 - granian would fall back to asyncio
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels

    with _listening() as sock:  # it takes a number only: this one was free a moment ago
        port = sock.getsockname()[1]
    server = Granian(
        "benchmarks.contestants.asgi_app:app",
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        loop=Loops.uvloop,
        websockets=False,
        log_level=LogLevels.error,
    )
    threading.Thread(target=_say_when_it_answers, args=(port, say), daemon=True).start()
    server.serve()


def aiohttp(say: Say) -> None:
    """aiohttp's server on uvloop."""
    import uvloop
    from aiohttp import web

    async def plaintext(request: web.Request) -> web.Response:
        return web.Response(body=TEXT, content_type=TEXT_TYPE)

    async def as_json(request: web.Request) -> web.Response:
        return web.json_response(MESSAGE)

    served = web.Application()
    served.router.add_get("/", plaintext)
    served.router.add_get("/json", as_json)
    with _listening() as sock:
        say(sock.getsockname()[1], [os.getpid()])
        loop = uvloop.new_event_loop()
        web.run_app(served, sock=sock, loop=loop, print=None, access_log=None)


SERVERS: dict[str, Callable[[Say], None]] = {
    "zokio": zokio_handlers,
    "zokio ASGI": zokio_asgi,
    "uvicorn": uvicorn,
    "granian": granian,
    "aiohttp": aiohttp,
}


def _listening() -> socket.socket:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(1024)
    return sock


def _say_when_it_answers(port: int, say: Say) -> None:
    from benchmarks.http_answers import check

    for _ in range(ATTEMPTS):
        with suppress(WorkNotDone):
            check(port, "/")
            workers = [child.pid or 0 for child in multiprocessing.active_children()]
            return say(port, [os.getpid(), *workers])
        threading.Event().wait(0.02)
    print("it does not answer", file=sys.stderr)
    os.kill(os.getpid(), signal.SIGTERM)
