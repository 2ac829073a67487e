"""CancellationToken: a signal that many can wait for, and that somebody gives once.

Unlike a scope it interrupts nobody: whoever cares looks, or awaits `cancelled()`. Cancelling a
token cancels its children and theirs, one after another, never its parent. A child that is made
meanwhile is cancelled as well. When `cancel` returns, all that there were have heard of it.

Fairness: all who wait are told at once, in the order of waiting. Cancel safety: a wait that is
cancelled changes nothing. Memory: a token, and one object for each task that waits; a child keeps
its parent, and a parent no child: it may outlive a million. Closing: a signal that was given stays
given, and is the only end of a token. When nobody holds a token any more, nothing is cancelled; who
waits for it keeps it, and waits on until one above it is cancelled. Threads: any thread may do
anything here, and tasks of any runtime may wait.

`spec/cancellation_token.py` has the protocol.
"""

from __future__ import annotations

from collections.abc import Awaitable
from itertools import count
from types import TracebackType
from typing import Self, TypeVar
from weakref import WeakValueDictionary

from zokio.core.future import Future
from zokio.core.poll import Poll, Ready
from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.core.waker import Context
from zokio.runtime.awaitable import discard
from zokio.runtime.combine import select

T = TypeVar("T")


class CancellationToken:
    """A token; `child()` makes one that is cancelled with it."""

    __slots__ = ("__weakref__", "_cancelled", "_children", "_next_child", "_parent", "_waiting")

    def __init__(self) -> None:
        self._cancelled = False
        self._waiting: WaitQueue[Waiter[None]] = WaitQueue()
        # A child keeps its parent, not the other way round: a token may outlive a million children.
        self._parent: CancellationToken | None = None
        self._children: WeakValueDictionary[int, CancellationToken] = WeakValueDictionary()
        self._next_child = count().__next__

    def cancel(self) -> None:
        """Give the signal. Again it does nothing."""
        tokens = [self]
        for token in tokens:
            with token._waiting.lock:
                token._cancelled = True
                waiting = token._waiting.grant_all(None)
            wake_all(waiting)
            children = (reference() for reference in token._children.valuerefs())
            tokens += [child for child in children if child is not None]

    def is_cancelled(self) -> bool:
        """Whether the signal was given."""
        return self._cancelled

    def cancelled(self) -> Future[None]:
        """A future that is ready once the signal was given."""
        return _Cancelled(self)

    def child(self) -> CancellationToken:
        """A new token which is cancelled with this one, or on its own."""
        token = CancellationToken()
        token._parent = self
        self._children[self._next_child()] = token
        if self._cancelled:
            token.cancel()
        return token

    async def run_until_cancelled(self, awaitable: Awaitable[T]) -> T | None:
        """Await it, and give it up when the signal comes: it is cancelled, and has cleaned up.

        Cancelled itself, it cancels and finishes the awaitable likewise.

        Returns:
            Its value; None if the signal came before, or while both were ready.

        Raises:
            Exception: whatever the awaitable raised.
            NotAwaitableError: it is nothing that can be awaited.
        """
        if self._cancelled:
            discard(awaitable)
            return None
        found: tuple[int, T | None] = await select(self.cancelled(), awaitable, biased=True)
        return found[1]

    def drop_guard(self) -> DropGuard:
        """`with token.drop_guard():` gives the signal when the block is left, in whichever way."""
        return DropGuard(self)

    def _wait(self) -> Waiter[None] | None:
        """A place among those who wait; None: the signal was given."""
        waiter: Waiter[None] = Waiter(self._waiting)
        with self._waiting.lock:
            self._waiting.append(waiter)
            if self._cancelled:
                waiter.leave()
                return None
        return waiter


class DropGuard:
    """See `CancellationToken.drop_guard`."""

    __slots__ = ("_token",)

    def __init__(self, token: CancellationToken) -> None:
        self._token: CancellationToken | None = token

    def disarm(self) -> None:
        """Leave the token alone when the block is left."""
        self._token = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            self._token.cancel()


class _Cancelled(Future[None]):
    """It waits from its first poll on."""

    __slots__ = ("_token", "_waiter")

    def __init__(self, token: CancellationToken) -> None:
        self._token = token
        self._waiter: Waiter[None] | None = None

    def poll(self, cx: Context) -> Poll[None]:
        if self._waiter is None and not self._token.is_cancelled():
            self._waiter = self._token._wait()
        return Ready(None) if self._waiter is None else self._waiter.poll(cx)

    def close(self, cx: Context) -> None:
        if self._waiter is not None:
            self._waiter.close(cx)
