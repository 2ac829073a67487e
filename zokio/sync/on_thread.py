"""What a task awaits, waited for by a plain thread: it blocks, and takes no processor meanwhile.

The thread polls the coroutine by hand, as a task would be polled, and sleeps on a bell in between.
A bell that was rung before the thread sleeps lets it go on at once, so no wake is lost; one that
was rung for no reason costs one more poll. The steps are those of `spec/mpsc_blocking.py`.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import TypeVar, cast

from zokio.core.current import CURRENT, Polling
from zokio.core.suspend import Signal
from zokio.core.waker import Context, Waker
from zokio.env.threads import Lock
from zokio.errors import UsageError

T = TypeVar("T")


class _Sleeper:
    """The calling thread, where a task is asked for: what it waits for wakes it."""

    __slots__ = ("_bell", "task")

    def __init__(self) -> None:
        self._bell = Lock()  # locked: not rung
        self._bell.acquire()
        self.task = self

    def wake(self) -> None:
        """From any thread, and from a signal handler."""
        try:
            self._bell.release()
        except RuntimeError:  # it was rung before
            pass

    def will_wake(self, other: Waker, /) -> bool:
        """Whether `other` wakes this very thread."""
        return other is self

    def poll_context(self) -> Context:
        """What futures are polled with here."""
        return Context(self)

    def sleep(self) -> None:
        """Until the bell is rung; at once if it was."""
        self._bell.acquire()


def wait_on_thread(
    coroutine: Coroutine[Signal, None, T] | Generator[Signal, None, T], instead: str
) -> T:
    """Run it to its end on the calling thread, which blocks. `instead` is what tasks await.

    Raises:
        UsageError: a runtime runs on this thread: everything in it would stand still.
        BaseException: whatever it raised; what interrupts the thread cancels it.
    """
    try:
        if CURRENT.queue is not None:
            raise UsageError(
                "this would block a thread on which a runtime runs, and every task of it; "
                f"await {instead} there"
            )
        sleeper = _Sleeper()
        while True:
            CURRENT.queue = cast(Polling, sleeper)  # it has what is asked of a task
            try:
                coroutine.send(None)
            finally:
                CURRENT.queue = None
            sleeper.sleep()
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        coroutine.close()
