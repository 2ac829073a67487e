"""The settings of a client: limits, and how long each phase of a request may take."""

from __future__ import annotations

from dataclasses import dataclass, fields

from zokio.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client may use, and what a server may send.

    Args:
        per_host: connections to one host at a time (to a proxy: to all hosts behind it).
        total: connections at a time.
        idle_seconds: how long a connection that nobody uses is kept.
        head_bytes: of a response's status line and headers.
        body_bytes: of a response that is read whole, after decompression; `iter_bytes` has none.
        redirects: one after the other; None: none is followed, and what redirects is the response.

    Raises:
        UsageError: one of them is not more than 0 (`idle_seconds` and `redirects` may be 0).
    """

    per_host: int = 10
    total: int = 100
    idle_seconds: float = 15.0
    head_bytes: int = 65_536
    body_bytes: int = 104_857_600
    redirects: int | None = 10

    def __post_init__(self) -> None:
        for name in ("per_host", "total", "head_bytes", "body_bytes"):
            if getattr(self, name) < 1:
                raise UsageError(f"Limits({name}={getattr(self, name)!r}): give 1 or more")
        for name in ("idle_seconds", "redirects"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise UsageError(f"Limits({name}={value!r}): give 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds that each phase may take; None: as long as it likes. See `zokio.timeout` for a whole.

    Args:
        pool: waiting for one's turn to have a connection.
        connect: looking the host up, connecting, a proxy's tunnel, TLS.
        write: for each part of the request: until the server has taken it.
        read: for each part of the response: until something of it comes.

    Raises:
        UsageError: one of them is negative or not a number.
    """

    pool: float | None = 30.0
    connect: float | None = 10.0
    write: float | None = 30.0
    read: float | None = 30.0

    def __post_init__(self) -> None:
        for field in fields(self):
            seconds = getattr(self, field.name)
            if seconds is not None and not seconds >= 0:
                raise UsageError(
                    f"Timeouts({field.name}={seconds!r}): give seconds, 0 or more, or None"
                )
