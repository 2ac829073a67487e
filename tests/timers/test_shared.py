"""Timers that workers share: used under the lock, and whoever waits is told of an earlier one."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

import pytest

from zokio.timers.queue import CANCELLED, PENDING
from zokio.timers.shared import SharedTimers


class WatchedLock:
    """Knows whether it is held, and how often it was taken."""

    def __init__(self) -> None:
        self.depth = self.taken = 0

    def __enter__(self) -> bool:
        self.depth += 1
        self.taken += 1
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.depth -= 1


class Shared:
    """Timers with a watched lock, and a log of who was told of a first one."""

    def __init__(self) -> None:
        self.lock = WatchedLock()
        self.told: list[int] = []
        """How deep the lock was held then."""
        self.timers = SharedTimers(self.lock, lambda: self.told.append(self.lock.depth))
        self.ran: list[int] = []

    def act(self) -> None:
        """What its timers do: note how deep the lock is held."""
        self.ran.append(self.lock.depth)


@pytest.fixture
def shared() -> Shared:
    return Shared()


def test_only_a_timer_before_all_others_is_told_of_and_after_the_lock(shared: Shared) -> None:
    told = []
    for deadline_ns in (5, 7, 5, 3):
        shared.timers.insert(deadline_ns, shared.act)
        told.append(len(shared.told))
    assert told == [1, 1, 1, 2]
    assert shared.told == [0, 0], "whoever is told may be a reactor that is rung"


def test_actions_are_called_under_the_lock_and_counted(shared: Shared) -> None:
    for deadline_ns in (1, 2, 3):
        shared.timers.insert(deadline_ns, shared.act)
    assert shared.timers.expire(2) == 2
    assert shared.ran == [1, 1]
    assert (shared.timers.fired, len(shared.timers), len(shared.timers.heap)) == (2, 1, 1)


def test_what_is_cancelled_counts_no_more(shared: Shared) -> None:
    timer, later = (shared.timers.insert(deadline_ns, shared.act) for deadline_ns in (1, 2))
    shared.timers.cancel(timer)
    assert (timer.state, later.state) == (CANCELLED, PENDING)
    assert shared.timers.next_deadline_ns() == 2
    shared.timers.clear()
    assert later.state is CANCELLED
    assert (shared.timers.next_deadline_ns(), shared.timers.expire(9), shared.ran) == (None, 0, [])


def test_the_invariants_are_those_of_the_queue(shared: Shared) -> None:
    shared.timers.insert(1, shared.act)
    shared.timers.check_invariants()
    shared.timers.heap.append((0, 0, shared.timers.heap[0][2]))
    with pytest.raises(AssertionError, match="out of order"):
        shared.timers.check_invariants()


USES: tuple[Callable[[SharedTimers], object], ...] = (
    lambda timers: timers.cancel(timers.heap[0][2]),
    lambda timers: timers.check_invariants(),
    lambda timers: timers.clear(),
    lambda timers: timers.expire(0),
    lambda timers: timers.insert(1, lambda: None),
    lambda timers: timers.next_deadline_ns(),
)


@pytest.mark.parametrize("use", USES)
def test_every_use_takes_the_lock(shared: Shared, use: Callable[[SharedTimers], object]) -> None:
    shared.timers.insert(1, shared.act)
    before = shared.lock.taken
    use(shared.timers)
    assert shared.lock.taken == before + 1
    assert shared.lock.depth == 0
