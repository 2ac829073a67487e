"""Binding a new socket to an address of this machine, without leaving one behind that failed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from zokio.errors import BrokenError, UsageError, broken
from zokio.net.resolve import Endpoint, numeric_endpoint
from zokio.reactor.contract import Socket
from zokio.runtime.current import current_runtime


def check_backlog(backlog: int) -> None:
    """Refuse what is no backlog.

    Raises:
        UsageError: it is not a whole number over 0.
    """
    if not 1 <= backlog < 1 << 31:
        raise UsageError(f"bind(backlog={backlog!r}): it must be a whole number over 0")


def local_endpoint(host: str, port: int) -> Endpoint:
    """The endpoint of an address of this machine.

    Raises:
        UsageError: it is a name, or no address at all.
    """
    endpoint = numeric_endpoint(host, port)
    if endpoint is None:
        raise UsageError(
            f"bind({host!r}): give an address of this machine in figures, "
            'such as "127.0.0.1" or "::1"'
        )
    return endpoint


@contextmanager
def bound_socket(
    endpoint: Endpoint,
    where: str,
    *,
    kind: int = socket.SOCK_STREAM,
    reuse_address: bool = False,
    reuse_port: bool = False,
) -> Iterator[Socket]:
    """A new socket at that address; closed if what is made of it in the block fails.

    Args:
        endpoint: where.
        where: the same for messages.
        kind: for connections, or SOCK_DGRAM.
        reuse_address: bind also where connections of a predecessor are being wound up, and for
            datagrams where somebody else is.
        reuse_port: share the port with others who say so (SO_REUSEPORT).

    Raises:
        AddressInUseError: somebody else is there.
        BrokenError: the system refuses.
        UsageError: this platform has no SO_REUSEPORT.
    """
    if reuse_port and not hasattr(socket, "SO_REUSEPORT"):
        raise UsageError("bind(reuse_port=True): this platform has no SO_REUSEPORT")
    sock = current_runtime().reactor.socket(endpoint.family, kind)
    try:
        if reuse_address and os.name == "posix":  # on Windows others could take the port over
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(endpoint.address)
        yield sock
    except BaseException as error:
        sock.close()
        if isinstance(error, OSError) and not isinstance(error, BrokenError):
            raise broken(error, where) from error
        raise
