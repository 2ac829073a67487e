"""The server process of the connections' benchmark: python -m benchmarks.connections_server PORT.

It serves plaintext by `zokio.http` with as many descriptors as it may have, shares the port with
others that are told the same one, and lets idle connections be. Port 0 takes any free one.
"""

from __future__ import annotations

import json
import os
import sys

import zokio
from benchmarks.child import when_input_ends
from benchmarks.contestants.asgi_app import TEXT, TEXT_TYPE
from benchmarks.processes import raise_descriptor_limit
from zokio.http import Request, Response, serve

IDLE_SECONDS = 3_600.0
BACKLOG = 4_096


async def plaintext(request: Request) -> Response:
    """The answer of the HTTP benchmark."""
    return Response(body=TEXT, headers=(("content-type", TEXT_TYPE),))


async def run(port: int) -> None:
    """Serve, for ever."""
    limit = raise_descriptor_limit()
    listener = zokio.net.TcpListener.bind("127.0.0.1", port, backlog=BACKLOG, reuse_port=True)

    def ready(address: object) -> None:
        assert isinstance(address, tuple)
        print(json.dumps({"port": address[1], "limit": limit}), flush=True)

    await serve(
        plaintext,
        listener=listener,
        ready=ready,
        idle_timeout=IDLE_SECONDS,
        max_connections=limit,  # the descriptors are to be the limit
    )


def main(port: int) -> None:
    """Serve until the standard input ends."""
    when_input_ends(lambda: os._exit(0))
    zokio.run(run(port))


if __name__ == "__main__":
    main(int(sys.argv[1]))
