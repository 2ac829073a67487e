"""The access log: one record for each request that was answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from zokio.reactor.contract import Address

ACCESS = logging.getLogger("zokio.http.access")


@dataclass(frozen=True, slots=True)
class Access:
    """What is known of a request when its response has been written.

    Attributes:
        peer_address: whence the request came.
        method: "" when the request was not understood.
        target: as the client sent it.
        version: "1.1" or "1.0".
        status: of the response.
        size: bytes of the response's body.
        seconds: from the whole head on.
    """

    peer_address: Address
    method: str
    target: str
    version: str
    status: int
    size: int
    seconds: float


AccessLog = Callable[[Access], None]


def log_access(access: Access) -> None:
    """Write a line to the logger `zokio.http.access`: `serve(..., access_log=log_access)`."""
    where = access.peer_address
    host = where[0] if isinstance(where, tuple) and where else where or "-"
    ACCESS.info(
        '%s "%s %s HTTP/%s" %d %d %.3f ms',
        host,
        access.method or "-",
        access.target or "-",
        access.version,
        access.status,
        access.size,
        access.seconds * 1e3,
    )
