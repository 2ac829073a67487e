"""From host and port to socket addresses, without ever blocking the runtime's thread.

Addresses in figures, "localhost" and "" are translated at once; other names are looked up as
`zokio.dns.lookup` does.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from zokio.dns.lookup import Lookup, lookup, lookups
from zokio.dns.names import check_host as check_host
from zokio.dns.resolver import Resolver
from zokio.errors import UsageError
from zokio.reactor.contract import Address

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

    Raises:
        BrokenError: the name is not known, or the resolver fails.
        UsageError: `host` is no host, or `port` no port.
    """
    endpoint = numeric_endpoint(host, port)
    return [endpoint] if endpoint is not None else await _endpoints(partial(lookup, host), port)


def endpoint_lookups(
    host: str, port: int, resolver: Resolver | None
) -> list[Callable[[], Awaitable[list[Endpoint]]]]:
    """What to ask, all at once, for the endpoints of a name that is none in figures."""
    return [partial(_endpoints, look_up, port) for look_up in lookups(host, resolver)]


async def _endpoints(look_up: Lookup, port: int) -> list[Endpoint]:
    found = [numeric_endpoint(address, port) for address in await look_up()]
    return [endpoint for endpoint in found if endpoint is not None]
