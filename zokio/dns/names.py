"""Hosts as text: addresses in figures, and names as they go into a question."""

from __future__ import annotations

import socket

from zokio.errors import UsageError

LABEL_MAX = 63
NAME_MAX = 253


def check_host(host: object) -> str:
    """The host, if it is one. The system would read a name only up to a NUL, and believe it.

    Raises:
        UsageError: it is no text, or has a NUL in it.
    """
    if not isinstance(host, str) or "\0" in host:
        raise UsageError(f"host {host!r}: give a name, or an address in figures, as text")
    return host


def numeric_address(host: str) -> str | None:
    """The address that `host` is in figures, as the system writes it; None for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        return None
    return str(found[0][4][0])


def wire_name(host: str) -> str | None:
    """The name in ASCII and lower case, as it is asked for; None if it can be none (RFC 1035)."""
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return None
    labels = name.removesuffix(".").split(".")
    if len(name) > NAME_MAX + 1 or not all(0 < len(label) <= LABEL_MAX for label in labels):
        return None
    return name.lower()
