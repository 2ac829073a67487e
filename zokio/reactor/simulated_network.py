"""The network in memory: the one host of a simulation, with its descriptors and its names.

Descriptors are the lowest free numbers, so they are reused at once. A name is a pair of host and
port, or the path of a Unix socket, for which no file is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from zokio.env.threads import RLock
from zokio.reactor.contract import Address

if TYPE_CHECKING:
    from zokio.reactor.simulated_socket import SimulatedSocket

FIRST_PORT = 49_152
WILDCARDS = ("0.0.0.0", "::")
T = TypeVar("T")


class SimulatedNetwork:
    """The one host of a simulation: its descriptors and its ports."""

    def __init__(self, changed: Callable[[int], None]) -> None:
        self.sockets: dict[int, SimulatedSocket] = {}
        self.listeners: dict[Address, SimulatedSocket] = {}
        self.datagrams: dict[Address, SimulatedSocket] = {}
        self.lock = RLock()
        """For several threads: the sockets touch each other, so there is one for all."""
        self.changed = changed
        """Told the descriptor of every socket whose readiness may have risen."""
        self._free: list[int] = []  # a heap of the numbers below `_unused`
        self._unused = 3

    def add(self, sock: SimulatedSocket) -> int:
        """The lowest free descriptor, now taken."""
        if self._free:
            fd = heappop(self._free)
        else:
            fd = self._unused
            self._unused += 1
        self.sockets[fd] = sock
        return fd

    def remove(self, fd: int) -> None:
        """The descriptor is free again."""
        del self.sockets[fd]
        heappush(self._free, fd)

    def free_port(self, host: str, taken: Iterable[Address]) -> Address:
        """An address of `host`, with a port which is not taken at any address."""
        ports = {name[1] for name in taken if isinstance(name, tuple)}
        return (host, next(port for port in count(FIRST_PORT) if port not in ports))


def name_of(address: Address) -> Address:
    """What sockets go by: host and port, or a path."""
    return address if isinstance(address, str | bytes) else (address[0], address[1])


def found_at(name: Address, sockets: Mapping[Address, T]) -> T | None:
    """Who is there, or at that port of every address."""
    everywhere = [(each, name[1]) for each in WILDCARDS] if isinstance(name, tuple) else []
    for each in (name, *everywhere):
        if each in sockets:
            return sockets[each]
    return None
