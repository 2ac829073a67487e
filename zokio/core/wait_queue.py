"""A first-in first-out queue of wakers: who waits for one thing.

Guarantees: a waker stands in it at most once per `add`; `wake_all` wakes each in its order;
adding and waking are single operations at the ends, so any thread may do either. Whoever waits
adds its waker first and looks at its condition afterwards, so no wake is lost in between.
"""

from __future__ import annotations

from collections import deque

from zokio.core.waker import Waker


class WaitQueue:
    """Wakers in the order in which they came."""

    __slots__ = ("_wakers",)

    def __init__(self) -> None:
        self._wakers: deque[Waker] = deque()

    def __len__(self) -> int:
        return len(self._wakers)

    def add(self, waker: Waker) -> None:
        """Stand at the end."""
        self._wakers.append(waker)

    def remove(self, waker: Waker) -> None:
        """Stand there no more; nothing if it does not."""
        try:
            self._wakers.remove(waker)
        except ValueError:
            pass

    def wake_all(self) -> None:
        """Wake and remove everybody who stood there when the call began."""
        for _ in range(len(self._wakers)):
            try:
                waker = self._wakers.popleft()
            except IndexError:  # another thread woke the rest
                return
            waker.wake()
