"""From host and port to socket addresses, without ever blocking the runtime's thread.

Addresses in figures, "localhost" and "" are translated at once; other names are looked up by the
system's resolver in the blocking pool.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import partial

from zokio.errors import BrokenError, UsageError
from zokio.reactor.contract import Address
from zokio.runtime.blocking import call_in_thread

LOCAL_NAMES = {"localhost": "127.0.0.1", "": "0.0.0.0"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to bind or connect: the address family and the socket address."""

    family: int
    address: Address


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 65_535


def check_port(port: int) -> None:
    """Refuse what is no port.

    Raises:
        UsageError: it is not a whole number from 0 to 65535.
    """
    if not _is_port(port):
        raise UsageError(f"port {port!r}: a port is a whole number from 0 to 65535")


def check_host(host: object) -> None:
    """Refuse what is no host. The system would read a name only up to a NUL, and believe it.

    Raises:
        UsageError: it is no text, or has a NUL in it.
    """
    if not isinstance(host, str) or "\0" in host:
        raise UsageError(f"host {host!r}: give a name, or an address in figures, as text")


def numeric_endpoint(host: str, port: int) -> Endpoint | None:
    """The endpoint of an address in figures or a local name; None for other names.

    Raises:
        UsageError: `host` is no host, or `port` no port.
    """
    check_host(host)
    check_port(port)
    try:
        found = socket.getaddrinfo(
            LOCAL_NAMES.get(host, host),
            port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
    except (socket.gaierror, UnicodeError):
        return None
    family, _, _, _, address = found[0]
    return Endpoint(family, address)


async def resolve(host: str, port: int) -> list[Endpoint]:
    """The endpoints of a host, at least one, in the order in which to try them.

    Cancelled, it does not wait for the resolver, which may take half a minute: the thread ends by
    itself and its answer is dropped.

    Raises:
        BrokenError: the name is not known, or the resolver fails.
        UsageError: `host` is no host, or `port` no port.
    """
    endpoint = numeric_endpoint(host, port)
    if endpoint is not None:
        return [endpoint]
    lookup = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = await call_in_thread(lookup, f"getaddrinfo of {host}", leave=True)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None) or 0
        raise BrokenError(number, f"no address for {host!r}: {error}; check the name") from error
    return [Endpoint(family, address) for family, _, _, _, address in found]
