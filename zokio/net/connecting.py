"""Connecting: from a host to a connected socket, registered and ready for a stream.

Guarantees: whatever goes wrong, and wherever it is cancelled, no descriptor is left behind; what it
gives is connected, to somebody else.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from zokio.core.current import Polling
from zokio.dns.resolver import Resolver
from zokio.errors import BrokenError, ConnectTimeoutError, broken
from zokio.net.happy_eyeballs import race
from zokio.net.readiness import until_writable
from zokio.net.resolve import Endpoint, endpoint_lookups, numeric_endpoint
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime
from zokio.time.timeout import timeout as time_limit

UNDER_WAY: Final = (errno.EINPROGRESS, getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS))
"""What a connect says that will be decided later. EAGAIN is none: a Unix socket has no room."""


async def connect_host(
    host: str, port: int, timeout: float | None, resolver: Resolver | None = None
) -> tuple[Socket, Registration]:
    """Look the host up and connect to it, within `timeout` seconds for all of it.

    Raises:
        ConnectTimeoutError: the time was up, here or in the system.
        BrokenError: the name is not known, or the network fails otherwise.
        UsageError: `host` is no host, or `port` no port.
    """
    with connect_limit(timeout, f"{host} port {port}"):
        endpoint = numeric_endpoint(host, port)
        if endpoint is not None:
            return await connect_to(endpoint)
        return await race(endpoint_lookups(host, port, resolver), connect_to)


@contextmanager
def connect_limit(timeout: float | None, whom: str) -> Iterator[None]:
    """The limit of a connect: `timeout` seconds.

    Raises:
        ConnectTimeoutError: the time was up.
    """
    try:
        with time_limit(timeout):
            yield
    except TimeoutError as error:
        if isinstance(error, BrokenError):
            raise
        raise ConnectTimeoutError(
            errno.ETIMEDOUT,
            f"no answer from {whom} within {timeout} s: the packets are dropped, "
            "or the listener's backlog is full; check the address, or give it more time",
        ) from None


async def connect_to(endpoint: Endpoint) -> tuple[Socket, Registration]:
    """Connect to one endpoint.

    Raises:
        BrokenError: of the kind that fits.
    """
    runtime = current_runtime()
    sock = runtime.reactor.socket(endpoint.family)
    try:
        number = sock.connect_ex(endpoint.address)
        registration = runtime.reactor.register(sock.fileno())
    except BaseException:
        sock.close()
        raise
    try:
        if number in UNDER_WAY:
            number = await _decided(sock, registration, runtime.polling)
        if number == 0 and sock.getsockname() == sock.getpeername():
            # Nobody listens, and the system happened to choose that very port for this side.
            number = errno.ECONNREFUSED
        if number:
            raise broken(OSError(number, os.strerror(number)), f"connect {endpoint.address}")
    except BaseException:
        runtime.reactor.deregister(registration)
        sock.close()
        raise
    return sock, registration


async def _decided(sock: Socket, registration: Registration, polling: Polling) -> int:
    """Wait until the attempt is decided: 0, or the errno of its failure."""
    while True:
        if not registration.writable:
            await until_writable(registration, polling)
        registration.clear_writable()  # before the look: an event that comes meanwhile counts
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            return number
        try:
            sock.getpeername()
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                return error.errno or errno.EIO
            # Still on its way: readiness is a hint, and this one was false.
        else:
            return 0
