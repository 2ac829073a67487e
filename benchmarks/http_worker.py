"""The server processes of the HTTP benchmark: python -m benchmarks.http_worker zokio|uvicorn.

Prints {"port": N} and serves until its standard input ends.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from typing import Any

from benchmarks.child import EXIT_MISSING

TEXT = b"Hello, World!"
TYPE = ("content-type", "text/plain")


def say(port: int) -> None:
    """Tell the parent where."""
    print(json.dumps({"port": port}), flush=True)


def serve_zokio() -> None:
    import zokio
    from zokio.http import Request, Response, serve

    async def plaintext(request: Request) -> Response:
        return Response(body=TEXT, headers=(TYPE,))

    zokio.run(serve(plaintext, "127.0.0.1", 0, ready=lambda address: say(address[1])))


def serve_uvicorn() -> None:
    import uvicorn
    import uvloop  # noqa: F401 — uvicorn would fall back to asyncio without a word

    names = [(name.encode(), value.encode()) for name, value in (TYPE, ("content-length", "13"))]

    # Any: what ASGI passes are dictionaries of many shapes.
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": names})
            await send({"type": "http.response.body", "body": TEXT})

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            log_level="error",
            access_log=False,
            lifespan="off",
        )
        say(listening.getsockname()[1])
        uvicorn.Server(config).run([listening])


def _exit_at_end_of_input() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def main(name: str) -> int:
    """Serve; the exit code."""
    threading.Thread(target=_exit_at_end_of_input, daemon=True).start()
    try:
        serve_zokio() if name == "zokio" else serve_uvicorn()
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
