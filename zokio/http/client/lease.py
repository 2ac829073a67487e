"""Lease: the right to use one connection to one host, from its grant to its end.

It ends once, by `give_back` or `drop`; whoever has it sees to that on every way out. As long as it
lasts, nobody else uses its connection, and its place counts in the limits of the pool, also while
there is no connection yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from zokio.errors import InternalError

if TYPE_CHECKING:
    from zokio.http.client.pool import Pool

Host = Hashable


class Pooled(Protocol):
    """What the pool knows of a connection."""

    def is_quiet(self) -> bool:
        """Whether nothing has come on it since it was last used: no byte, no end, no error."""
        ...

    def close(self) -> None:
        """Close it, at once."""
        ...


C = TypeVar("C", bound=Pooled)


class Lease(Generic[C]):
    """See the head of this file. Made by `Pool.acquire`.

    Attributes:
        connection: the one to use; None: there is none yet.
        is_reused: it has served a request before, and may have died while it was idle.
    """

    __slots__ = ("_pool", "connection", "host", "is_over", "is_reused")

    def __init__(self, pool: Pool[C], host: Host, connection: C | None) -> None:
        self._pool = pool
        self.host = host
        self.connection = connection
        self.is_reused = connection is not None
        self.is_over = False

    async def connected(self, connect: Callable[[], Awaitable[C]]) -> C:
        """The connection; made by `connect` if there is none, or if it is known to be dead."""
        connection = self.connection
        if connection is not None and connection.is_quiet():
            return connection
        return await self.connect_anew(connect)

    async def connect_anew(self, connect: Callable[[], Awaitable[C]]) -> C:
        """A fresh connection in the place of the one that it has.

        Nobody else gets that place: a retry does not wait in the queue again, and cannot be given
        another connection that has died.
        """
        self._check_it_lasts()
        connection, self.connection = self.connection, None
        self.is_reused = False
        if connection is not None:
            connection.close()
        self.connection = fresh = await connect()
        return fresh

    def give_back(self) -> None:
        """The connection can be used again, by anybody."""
        self._check_it_lasts()
        quiet = self.connection is not None and self.connection.is_quiet()
        self.is_over = True
        self._pool.release(self, keep=quiet)

    def drop(self) -> None:
        """Close the connection, in whichever state it is. Twice does nothing."""
        if not self.is_over:
            self.is_over = True
            self._pool.release(self, keep=False)

    def _check_it_lasts(self) -> None:
        if self.is_over:
            raise InternalError(f"the lease of a connection to {self.host} was used after its end")
