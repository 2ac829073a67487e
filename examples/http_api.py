"""An HTTP interface to a list of notes, kept in memory.

Run it, and try it from another terminal:

    python examples/http_api.py --port 8000
    curl -d 'buy milk' http://127.0.0.1:8000/notes
    curl http://127.0.0.1:8000/notes
    curl -X DELETE http://127.0.0.1:8000/notes/1
    curl http://127.0.0.1:8000/count             a response that comes in parts

Port 0 takes any free port; the address is printed. Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator

import zokio
from zokio.http import HttpError, Request, Response, serve


class Notes:
    """The notes by number, and what can be done with them."""

    def __init__(self) -> None:
        self.notes: dict[int, str] = {}
        self.last = 0

    async def handle(self, request: Request) -> Response:
        """One request; serve() calls it."""
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["notes"]:
                return answer(self.notes)
            case "POST", ["notes"]:
                text = (await request.body.read()).decode("utf-8", "replace")
                self.last += 1
                self.notes[self.last] = text
                return answer({"number": self.last}, status=201)
            case "GET", ["notes", number]:
                return answer({"text": self.notes[self.find(number)]})
            case "DELETE", ["notes", number]:
                del self.notes[self.find(number)]
                return Response(204)
            case "GET", ["count"]:
                return Response(body=count())
            case _:
                raise HttpError(404)

    def find(self, number: str) -> int:
        """The number of a note that is there."""
        if not number.isdecimal() or int(number) not in self.notes:
            raise HttpError(404, f"there is no note {number}")
        return int(number)


def answer(value: object, *, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(status, json.dumps(value), {"content-type": "application/json"})


async def count() -> AsyncIterator[bytes]:
    """A line every tenth of a second; each is on its way before the next is made."""
    for number in range(10):
        yield f"{number}\n".encode()
        await zokio.sleep(0.1)


def ready(address: tuple[str, int]) -> None:
    """The server listens."""
    print(f"listening on {address[0]}:{address[1]}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Notes over HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    options = parser.parse_args()
    try:
        zokio.run(serve(Notes().handle, options.host, options.port, ready=ready))
    except KeyboardInterrupt:
        print("stopped")
