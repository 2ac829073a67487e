"""ManualWaker: polls futures by hand, and counts how often it was woken."""

from __future__ import annotations

from zokio.core.waker import Context, Waker


class ManualWaker:
    """A waker that only counts. `context` is what to poll a future with."""

    def __init__(self) -> None:
        self.wakes = 0
        self.context = Context(self)

    def wake(self) -> None:
        self.wakes += 1

    def will_wake(self, other: Waker, /) -> bool:
        return other is self
