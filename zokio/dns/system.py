"""The system's resolver, in the blocking pool: for programs without pycares."""

from __future__ import annotations

import socket
from functools import partial
from typing import Final

from zokio.errors import DnsError, LookupTimeoutError, NameNotFoundError, NameServerError
from zokio.runtime.blocking import call_in_thread

KINDS: Final[dict[int, type[DnsError]]] = {
    socket.EAI_NONAME: NameNotFoundError,
    getattr(socket, "EAI_NODATA", socket.EAI_NONAME): NameNotFoundError,
    socket.EAI_AGAIN: LookupTimeoutError,
    socket.EAI_FAIL: NameServerError,
}


async def system_lookup(host: str) -> list[str]:
    """The addresses of a name in figures, at least one, in the system's order.

    Cancelled, it does not wait for the resolver, which may take half a minute: the thread ends by
    itself and its answer is dropped.

    Raises:
        DnsError: of the kind that fits, with the resolver's number as its errno.
    """
    lookup = partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
    try:
        found = await call_in_thread(lookup, f"getaddrinfo of {host}", leave=True)
    except UnicodeError as error:
        raise NameNotFoundError(0, f"no address for {host!r}: {error}; check the name") from error
    except OSError as error:
        number = error.errno or 0
        kind = KINDS.get(number, DnsError)
        raise kind(number, f"no address for {host!r}: {error}; check the name") from error
    return [_text(address[0], address[3:]) for *_, address in found]


def _text(host: str | int, scope: tuple[int, ...]) -> str:
    """The address in figures, with its scope if it has one."""
    text = str(host)
    return f"{text}%{scope[0]}" if scope and scope[0] and "%" not in text else text
