"""A chat in the browser: what one page says, all pages show at once.

Run it, and open two windows of a browser at its address:

    python examples/chat_page.py --port 8000

The page (`chat_page.html`) posts what is said, and has one response without an end from which it
reads what everybody says. Whoever comes later, or comes back, gets the latest lines first. A page
that is too slow for the others holds up nobody: it is cut off, comes back by itself, and says which
line was its last. Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse
import json
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import zokio
from zokio.errors import LaggedError
from zokio.http import File, HttpError, Request, Response, serve
from zokio.sync import BroadcastReceiver, broadcast

PAGE = Path(__file__).with_suffix(".html")
LINES_KEPT = 100
BODY_BYTES_MAX = 8_192
QUIET_SECONDS = 15.0
"""So often a page that gets nothing is told that it is still connected."""

Line = tuple[int, str]
"""Its number, and what it says, as JSON."""


class Room:
    """The latest lines, and the pages that are open. On one thread."""

    def __init__(self) -> None:
        self._latest: deque[Line] = deque(maxlen=LINES_KEPT)
        self._said = broadcast(LINES_KEPT)
        self._last = 0

    async def handle(self, request: Request) -> Response:
        """One request; serve() calls it."""
        match request.method, request.path:
            case "GET", "/":
                return Response(body=File(PAGE), headers={"content-type": "text/html"})
            case "GET", "/lines":
                seen = request.headers.get("last-event-id", "0")
                events = self._events(int(seen) if seen.isdecimal() else 0)
                headers = {"content-type": "text/event-stream", "cache-control": "no-store"}
                return Response(body=events, headers=headers)
            case "POST", "/lines":
                self._say(await request.body.read())
                return Response(204)
            case _:
                raise HttpError(404)

    def _say(self, body: bytes) -> None:
        """Keep a line and give it to every page."""
        try:
            found = json.loads(body)
            text = json.dumps({"name": str(found["name"]), "text": str(found["text"])})
        except (ValueError, TypeError, LookupError) as error:
            raise HttpError(400, "say something as JSON, with `name` and `text`") from error
        self._last += 1
        self._latest.append((self._last, text))
        self._said.try_send((self._last, text))

    async def _events(self, seen: int) -> AsyncIterator[bytes]:
        """What a page gets that has seen the lines up to `seen`, for as long as it is open."""
        with self._said.subscribe() as receiver:
            earlier = [event(line) for line in self._latest if line[0] > seen]
            yield b": welcome\n\n" + b"".join(earlier)
            try:
                while True:
                    yield await next_event(receiver)
            except LaggedError:
                pass  # the page comes back


async def next_event(receiver: BroadcastReceiver[Line]) -> bytes:
    """What is said next, or after a while that nothing was."""
    with zokio.move_on_after(QUIET_SECONDS):
        return event(await receiver.recv())
    return b": still here\n\n"


def event(line: Line) -> bytes:
    """A line as an event of a stream of them."""
    return b"id: %d\ndata: %b\n\n" % (line[0], line[1].encode())


def ready(address: tuple[str, int]) -> None:
    """The server listens."""
    print(f"listening on {address[0]}:{address[1]}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A chat in the browser.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    options = parser.parse_args()
    serving = serve(Room().handle, options.host, options.port, ready=ready, max_body=BODY_BYTES_MAX)
    try:
        zokio.run(serving)
    except KeyboardInterrupt:
        print("stopped")
