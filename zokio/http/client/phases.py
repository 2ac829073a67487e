"""A phase of a request, and how long it may take."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable
from typing import TypeVar

from zokio.errors import ConnectTimeoutError
from zokio.http.client.errors import PoolTimeoutError, ReadTimeoutError, WriteTimeoutError
from zokio.http.client.limits import Timeouts
from zokio.time.timeout import move_on_after

T = TypeVar("T")


class Phases:
    """The four phases, each with its time and its error.

    Args:
        timeouts: how long each may take.
        whom: whom is asked, for messages.
    """

    def __init__(self, timeouts: Timeouts, whom: str) -> None:
        self._timeouts = timeouts
        self._whom = whom

    async def pool(self, operation: Awaitable[T]) -> T:
        """Raises PoolTimeoutError."""
        return await _within(self._timeouts.pool, operation, self._no_turn)

    async def connect(self, operation: Awaitable[T]) -> T:
        """Raises ConnectTimeoutError."""
        return await _within(self._timeouts.connect, operation, self._no_connection)

    async def write(self, operation: Awaitable[T]) -> T:
        """Raises WriteTimeoutError."""
        return await _within(self._timeouts.write, operation, self._nothing_taken)

    async def read(self, operation: Awaitable[T]) -> T:
        """Raises ReadTimeoutError."""
        return await _within(self._timeouts.read, operation, self._nothing_sent)

    def _no_turn(self) -> Exception:
        return PoolTimeoutError(
            f"no connection to {self._whom} was free within {self._timeouts.pool} s; allow more of "
            "them, or see that responses are read to their end or closed"
        )

    def _no_connection(self) -> Exception:
        return ConnectTimeoutError(
            errno.ETIMEDOUT,
            f"no connection to {self._whom} within {self._timeouts.connect} s; check the address",
        )

    def _nothing_taken(self) -> Exception:
        return WriteTimeoutError(
            errno.ETIMEDOUT,
            f"{self._whom} took nothing of the request for {self._timeouts.write} s",
        )

    def _nothing_sent(self) -> Exception:
        return ReadTimeoutError(
            errno.ETIMEDOUT,
            f"{self._whom} sent nothing for {self._timeouts.read} s; give it more time, or give up",
        )


async def _within(
    seconds: float | None, operation: Awaitable[T], error: Callable[[], Exception]
) -> T:
    if seconds is None:
        return await operation
    with move_on_after(seconds):
        return await operation
    raise error()
