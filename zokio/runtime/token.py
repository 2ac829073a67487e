"""CancellationToken: a signal that many can wait for, and that somebody gives once.

Unlike a scope it interrupts nobody: whoever cares looks, or awaits `cancelled()`. Cancelling a
token cancels its children, never its parent. Any thread may do either.
"""

from __future__ import annotations

from itertools import count
from weakref import WeakValueDictionary

from zokio.core.future import Future
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.wait_queue import WaitQueue
from zokio.core.waker import Context


class CancellationToken:
    """A token; `child()` makes one that is cancelled with it."""

    __slots__ = ("__weakref__", "_cancelled", "_children", "_next_child", "_parent", "_waiting")

    def __init__(self) -> None:
        self._cancelled = False
        self._waiting = WaitQueue()
        # A child keeps its parent, not the other way round: a token may outlive a million children.
        self._parent: CancellationToken | None = None
        self._children: WeakValueDictionary[int, CancellationToken] = WeakValueDictionary()
        self._next_child = count().__next__

    def cancel(self) -> None:
        """Give the signal. Again it does nothing."""
        tokens = [self]
        for token in tokens:
            # The flag first: whoever registers after this looks at it and does not wait.
            token._cancelled = True
            token._waiting.wake_all()
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

    def wait(self, cx: Context) -> bool:
        """Register a waker unless the signal was given; whether it was."""
        if not self._cancelled:
            self._waiting.remove(cx.waker)
            self._waiting.add(cx.waker)
        return self._cancelled

    def forget(self, cx: Context) -> None:
        """Remove a waker."""
        self._waiting.remove(cx.waker)


class _Cancelled(Future[None]):
    __slots__ = ("_token",)

    def __init__(self, token: CancellationToken) -> None:
        self._token = token

    def poll(self, cx: Context) -> Poll[None]:
        return Ready(None) if self._token.wait(cx) else PENDING

    def close(self, cx: Context) -> None:
        self._token.forget(cx)
