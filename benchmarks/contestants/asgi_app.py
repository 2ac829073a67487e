"""The bare ASGI application which every ASGI server of the HTTP benchmark serves: no framework."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

TEXT = b"Hello, World!"
MESSAGE = {"message": "Hello, World!"}
TEXT_TYPE = "text/plain"
JSON_TYPE = "application/json"


def _headers(kind: str, body: bytes) -> list[tuple[bytes, bytes]]:
    length = str(len(body)).encode()
    return [(b"content-type", kind.encode()), (b"content-length", length)]


TEXT_HEADERS = _headers(TEXT_TYPE, TEXT)


# Any: what ASGI passes are dictionaries of many shapes.
async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Plaintext at `/`, and JSON at `/json`, which is made anew for each request."""
    if scope["type"] != "http":
        return
    body, headers = TEXT, TEXT_HEADERS
    if scope["path"] == "/json":
        body = json.dumps(MESSAGE).encode()
        headers = _headers(JSON_TYPE, body)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
