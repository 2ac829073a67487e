"""Limits: what one client may cost the server, in bytes, in seconds, and in number."""

from __future__ import annotations

from dataclasses import dataclass, fields

from zokio.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a server, all of them with a value that suits most. Sizes are in bytes.

    Attributes:
        max_head: the request line and the headers. More is answered with 431.
        max_headers: how many headers there may be. More are answered with 431.
        max_body: the body of a request. More is answered with 413.
        header_timeout: seconds for a head, from its first byte, or from the connection, on.
        idle_timeout: seconds between two requests of a connection.
        body_timeout: seconds that the body may stand still; what comes earns more.
        min_body_rate: bytes a second; so many earn a second of waiting for the body.
        write_timeout: seconds for the client to read the next 256 KiB of a response.
        max_drain: how much of a body that no handler has read is read and dropped; when there is
            more, the connection ends after the response.
        linger: seconds to wait for the client to end a connection that the server ends.
        grace: seconds for what is in flight when the server is told to stop.
        max_connections: at the same time; further ones wait in the system's backlog.
    """

    max_head: int = 32_768
    max_headers: int = 100
    max_body: int = 16 * 1024 * 1024
    header_timeout: float = 10.0
    idle_timeout: float = 75.0
    body_timeout: float = 20.0
    min_body_rate: int = 500
    write_timeout: float = 30.0
    max_drain: int = 65_536
    linger: float = 2.0
    grace: float = 30.0
    max_connections: int = 100_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int | float) or not value >= 0:
                raise UsageError(f"{field.name}={value!r}: a limit is a number, 0 or more")
        if self.max_head < 64 or not self.min_body_rate or not self.max_connections:
            raise UsageError(
                "max_head has to be 64 or more, min_body_rate and max_connections 1 or more"
            )
