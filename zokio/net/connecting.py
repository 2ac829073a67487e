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
from zokio.errors import BrokenError, ConnectTimeoutError, broken
from zokio.net.readiness import until_writable
from zokio.net.resolve import Endpoint, resolve
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime
from zokio.time.timeout import timeout as time_limit

UNDER_WAY: Final = (errno.EINPROGRESS, getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS))
"""What a connect says that will be decided later. EAGAIN is none: a Unix socket has no room."""


async def connect_host(host: str, port: int, timeout: float | None) -> tuple[Socket, Registration]:
    """Look the host up and connect to it, within `timeout` seconds for all of it.

    Raises:
        ConnectTimeoutError: the time was up, here or in the system.
        BrokenError: the name is not known, or the network fails otherwise.
    """
    with connect_limit(timeout, f"{host} port {port}"):
        return await connect_any(await resolve(host, port))


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


async def connect_any(endpoints: list[Endpoint]) -> tuple[Socket, Registration]:
    """Connect to the first endpoint that answers; they are tried one after the other.

    Raises:
        BrokenError: what went wrong with the last one.
    """
    for endpoint in endpoints[:-1]:
        try:
            return await connect_to(endpoint)
        except BrokenError:
            continue
    return await connect_to(endpoints[-1])


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
