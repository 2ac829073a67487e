"""The queue of wakers."""

from __future__ import annotations

from collections import deque

import pytest

from tests.helpers.manual_waker import ManualWaker
from zokio.core.wait_queue import WaitQueue
from zokio.core.waker import Waker


class NamedWaker(ManualWaker):
    """Writes its name down when it is woken."""

    def __init__(self, name: str, woken: list[str]) -> None:
        super().__init__()
        self.name = name
        self.woken = woken

    def wake(self) -> None:
        super().wake()
        self.woken.append(self.name)


def test_all_are_woken_in_the_order_in_which_they_came() -> None:
    woken: list[str] = []
    queue = WaitQueue()
    for name in "abc":
        queue.add(NamedWaker(name, woken))
    assert len(queue) == 3
    queue.wake_all()
    assert woken == ["a", "b", "c"]
    assert len(queue) == 0
    queue.wake_all()
    assert woken == ["a", "b", "c"]


def test_who_was_removed_is_not_woken() -> None:
    queue = WaitQueue()
    stays, goes = ManualWaker(), ManualWaker()
    queue.add(stays)
    queue.add(goes)
    queue.remove(goes)
    queue.remove(goes)  # who does not stand there may be removed
    queue.wake_all()
    assert (stays.wakes, goes.wakes) == (1, 0)


def test_who_comes_while_all_are_woken_waits_for_the_next_time() -> None:
    queue = WaitQueue()

    class ComesBack(ManualWaker):
        def wake(self) -> None:
            super().wake()
            queue.add(self)

    waker = ComesBack()
    queue.add(waker)
    queue.wake_all()
    assert (waker.wakes, len(queue)) == (1, 1)


def test_two_threads_that_wake_all_wake_each_waker_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other thread takes the second waker while this one wakes the first."""
    queue = WaitQueue()
    last = ManualWaker()

    class WakesTheRest(ManualWaker):
        def wake(self) -> None:
            super().wake()
            queue.wake_all()

    first = WakesTheRest()
    queue.add(first)
    queue.add(last)
    wakers: deque[Waker] = queue._wakers
    queue.wake_all()
    assert (first.wakes, last.wakes, len(wakers)) == (1, 1, 0)
