"""What an ASGI application is, how its headers are read, and what its errors mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any, Final

from zokio.errors import UsageError
from zokio.http.headers import encoded_line
from zokio.http.response import THE_SERVERS as SEEN_TO
from zokio.http.response import Response

# Any: ASGI leaves open what a scope and a message hold.
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

VERSIONS: Final = {"version": "3.0", "spec_version": "2.4"}
THE_SERVERS: Final = frozenset({b"date", b"transfer-encoding"})
LOOPS: Final = ("no running event loop", "no current event loop")


def headers_of(message: Message) -> list[tuple[str, str]]:
    """The headers of a message, without those that are the server's to give."""
    pairs: Iterable[tuple[bytes, bytes]] = message.get("headers", ())
    found = []
    for given, value in pairs:
        name = bytes(given).lower()
        is_kept = name == b"connection" and value.lower() != b"close"
        if name not in THE_SERVERS and not is_kept:
            found.append((name.decode("latin-1"), bytes(value).decode("latin-1")))
    return found


def response_of(message: Message, body: bytes = b"") -> Response:
    """The response that a message begins, without the headers that are the server's to give."""
    response = Response(message["status"], body)
    pairs: Iterable[tuple[bytes, bytes]] = message.get("headers", ())
    for given, value in pairs:
        name = given.lower()
        if name not in SEEN_TO:
            response.lines += line_of(bytes(given), bytes(value))
        elif name == b"content-length" or (name == b"connection" and value.lower() == b"close"):
            response.take_own(bytes(name), bytes(value))
    return response


@lru_cache(maxsize=512)
def line_of(name: bytes, value: bytes) -> bytes:
    """A header as it stands in the head.

    Raises:
        UsageError: it cannot be sent.
    """
    return encoded_line(name.decode("latin-1"), value.decode("latin-1"))[1]


def wrong(kind: object, why: str) -> UsageError:
    """The error for a message that cannot be sent now."""
    return UsageError(f"ASGI: send({kind!r}): {why}")


def explained(error: Exception) -> Exception:
    """The error, or what to do about it if the application looked for a loop that is not there."""
    is_anyio = type(error).__name__ in ("AsyncLibraryNotFoundError", "NoEventLoopError")
    if not is_anyio and not (isinstance(error, RuntimeError) and str(error).startswith(LOOPS)):
        return error
    return UsageError(
        "the application needs the event loop of asyncio, and zokio runs it without one: use "
        "zokio's own operations there (zokio.sleep, zokio.spawn_blocking, zokio.net), or serve it "
        "by a server on asyncio"
    )
