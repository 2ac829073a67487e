"""UnixStream: a connected Unix socket."""

from __future__ import annotations

import errno
from typing import Final

from zokio.errors import BrokenError, RefusedError
from zokio.net.connecting import connect_limit, connect_to
from zokio.net.resolve import Endpoint
from zokio.net.socket_stream import SocketStream
from zokio.net.unix_address import UnixPath, unix_endpoint
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.time.sleep import sleep

FIRST_PAUSE_SECONDS: Final = 0.001
PAUSE_MAX_SECONDS: Final = 0.05


class UnixStream(SocketStream):
    """A connection. Made by `connect` or `UnixListener.accept`; close it, or use `async with`."""

    __slots__ = ()

    @classmethod
    async def connect(cls, path: UnixPath, *, timeout: float | None = None) -> UnixStream:
        """Connect to a socket of this machine.

        While the listener's backlog is full it tries again, every 50 ms at the least often: the
        system reports no event for that.

        Args:
            path: of the listener's file, or an abstract name, which begins with a NUL.
            timeout: seconds; None waits as long as it takes.

        Raises:
            RefusedError: nobody listens there, or there is no such file.
            ConnectTimeoutError: the listener's backlog was full all the time.
            BrokenError: the system refuses, for instance for want of permission.
            UsageError: it is no path, or too long.
        """
        endpoint = unix_endpoint(path)
        with connect_limit(timeout, repr(endpoint.address)):
            return cls(*await connect_patiently(endpoint))


async def connect_patiently(endpoint: Endpoint) -> tuple[Socket, Registration]:
    """Connect as soon as the listener's backlog has room."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await connect_to(endpoint)
        except BrokenError as error:
            if error.errno == errno.ENOENT:
                what = f"connect {endpoint.address!r}: no such file"
                raise RefusedError(
                    errno.ENOENT, f"{what}; check the path, and that the server runs"
                ) from error
            if error.errno != errno.EAGAIN:
                raise
        await sleep(pause)
        pause = min(2 * pause, PAUSE_MAX_SECONDS)
