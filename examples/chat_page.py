"""A chat in the browser: what one page says, all pages show at once.

Run it, and open two windows of a browser at its address:

    python examples/chat_page.py --port 8000

The page (`chat_page.html`) opens a WebSocket, says its lines there, and hears what everybody says.
Whoever comes later, or comes back, gets the latest lines first. A page that is too slow for the
others holds up nobody: it is shown out, comes back by itself, and says which line was its last.
Only this page may join: a page of another site is refused. Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse
import json
from collections import deque
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import zokio
from zokio.errors import LaggedError
from zokio.http import File, HttpError, Request, Response, Upgrade, serve
from zokio.http.websocket import WebSocket, accept
from zokio.sync import broadcast

PAGE = Path(__file__).with_suffix(".html")
LINES_KEPT = 100
MESSAGE_BYTES_MAX = 8_192
NO_LINE = 4_000  # codes from here on mean what an application wants
TOO_SLOW = 4_001

Line = tuple[int, str]
"""Its number, and what the page gets, as JSON."""


class Room:
    """The latest lines, and the pages that are open. On one thread."""

    def __init__(self) -> None:
        self._latest: deque[Line] = deque(maxlen=LINES_KEPT)
        self._said = broadcast(LINES_KEPT)
        self._last = 0

    async def handle(self, request: Request) -> Response | Upgrade:
        """One request; serve() calls it."""
        match request.method, request.path:
            case "GET", "/":
                return Response(body=File(PAGE), headers={"content-type": "text/html"})
            case "GET", "/lines":
                talk = partial(self._talk, seen=last_seen(request))
                origins = own_origins(request)
                return accept(request, talk, origins=origins, max_message=MESSAGE_BYTES_MAX)
            case _:
                raise HttpError(404)

    async def _talk(self, page: WebSocket, seen: int) -> None:
        """With one page, which has seen the lines up to `seen`, until one of the two ends it."""
        async with zokio.TaskGroup() as halves:
            halves.spawn(self._tell(page, seen))
            await self._listen(page)
            halves.cancel_scope.cancel()

    async def _listen(self, page: WebSocket) -> None:
        """Say what the page says, until it leaves."""
        async for message in page:
            try:
                found = json.loads(message)
                self._say(str(found["name"]), str(found["text"]))
            except (ValueError, TypeError, LookupError):
                return await page.close(NO_LINE, "say something as JSON, with `name` and `text`")

    def _say(self, name: str, text: str) -> None:
        """Keep a line and give it to every page."""
        self._last += 1
        line = self._last, json.dumps({"number": self._last, "name": name, "text": text})
        self._latest.append(line)
        self._said.try_send(line)

    async def _tell(self, page: WebSocket, seen: int) -> None:
        """What the page has not seen, and then what is said, for as long as it keeps up."""
        is_of_before = seen > self._last  # the server was started anew
        with self._said.subscribe() as receiver:
            for number, line in [*self._latest]:
                if number > seen or is_of_before:
                    await page.send(line)
            try:
                while True:
                    await page.send((await receiver.recv())[1])
            except LaggedError:
                await page.close(TOO_SLOW, "too slow; come back")


def last_seen(request: Request) -> int:
    """The number of the line that the page saw last; 0 for none."""
    seen = parse_qs(request.query).get("seen", ["0"])[0]
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 20 else 0


def own_origins(request: Request) -> list[str]:
    """What a browser names as its origin if the page is of this very server."""
    host = request.headers.get("host", "")
    return [f"http://{host}", f"https://{host}"]  # the latter behind a proxy that does TLS


def ready(address: tuple[str, int]) -> None:
    """The server listens."""
    print(f"listening on {address[0]}:{address[1]}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A chat in the browser.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    options = parser.parse_args()
    try:
        zokio.run(serve(Room().handle, options.host, options.port, ready=ready))
    except KeyboardInterrupt:
        print("stopped")
