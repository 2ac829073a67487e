"""CancellationToken: a signal that many can wait for, and that somebody gives once.

Unlike a scope it interrupts nobody: whoever cares looks, or awaits `cancelled()`. Cancelling a
token cancels its children, never its parent. Any thread may do either.
"""

from __future__ import annotations

from zokio.core.future import Future
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.wait_queue import WaitQueue
from zokio.core.waker import Context


class CancellationToken:
    """A token; `child()` makes one that is cancelled with it."""

    __slots__ = ("_cancelled", "_children", "_waiting")

    def __init__(self) -> None:
        self._cancelled = False
        self._waiting = WaitQueue()
        self._children: list[CancellationToken] = []

    def cancel(self) -> None:
        """Give the signal. Again it does nothing."""
        # The flag first: whoever registers after this looks at it and does not wait.
        self._cancelled = True
        self._waiting.wake_all()
        children, self._children = self._children, []
        for child in children:
            child.cancel()

    def is_cancelled(self) -> bool:
        """Whether the signal was given."""
        return self._cancelled

    def cancelled(self) -> Future[None]:
        """A future that is ready once the signal was given."""
        return _Cancelled(self)

    def child(self) -> CancellationToken:
        """A new token which is cancelled with this one, or on its own."""
        token = CancellationToken()
        self._children.append(token)
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
