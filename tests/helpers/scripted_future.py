"""ScriptedFuture: a future whose answers are written down beforehand."""

from __future__ import annotations

from typing import Generic, TypeVar

from zokio.core.future import Future
from zokio.core.poll import Poll
from zokio.core.waker import Context

T = TypeVar("T")


class ScriptedFuture(Future[T], Generic[T]):
    """Gives one answer a poll.

    Attributes:
        polls: How many polls there were.
        closed: How often `close` was called.
        cx: What the last poll was made with.
    """

    def __init__(self, *answers: Poll[T]) -> None:
        self.polls = 0
        self.closed = 0
        self.cx: Context | None = None
        self._answers = list(answers)

    def poll(self, cx: Context) -> Poll[T]:
        self.polls += 1
        self.cx = cx
        return self._answers.pop(0)

    def close(self, cx: Context) -> None:
        assert cx is self.cx, "closed with another context than it was polled with"
        self.closed += 1

    def wake(self) -> None:
        """Wake whoever polled last."""
        assert self.cx is not None, "nobody has polled it"
        self.cx.waker.wake()
