"""A socket of the operating system, for the reactors that wait for real descriptors."""

from __future__ import annotations

import socket

from zokio.errors import broken
from zokio.reactor.contract import Socket


def system_socket(family: int, kind: int) -> Socket:
    """A new non-blocking socket.

    Raises:
        BrokenError: the system refuses; DescriptorsExhaustedError if none is left.
    """
    try:
        sock = socket.socket(family, kind)
    except OSError as error:
        raise broken(error, "no socket can be made") from error
    sock.setblocking(False)
    return sock
