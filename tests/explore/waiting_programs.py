"""Programs over the real `zokio.sync` and tokens, on modelled threads that poll by hand.

A `Hand` stands for a task: a waker that counts, and a coroutine which it polls to its next
suspension. At the end of a program whoever was woken is polled again, so that a lost wake-up is a
coroutine that has not ended.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, cast
from weakref import KeyedRef, WeakValueDictionary

from tests.explore.litmus import run
from zokio.core import current, wait_queue
from zokio.core.current import Polling
from zokio.core.wait_queue import Waiter
from zokio.core.waker import Context, Waker
from zokio.explore import Cell, replaced
from zokio.runtime.token import CancellationToken
from zokio.sync import Barrier, Event, Mutex, Notify, Semaphore, mutex, owner
from zokio.sync.barrier import Barrier as BarrierClass
from zokio.sync.semaphore import Semaphore as SemaphoreClass

SHARED = {
    Waiter: ("state", "waker"),
    SemaphoreClass: ("_free", "_closed"),
    Mutex: ("_owner",),
    Notify: ("_stored",),
    Event: ("_flag",),
    BarrierClass: ("_closed",),
    CancellationToken: ("_cancelled",),
}


@contextmanager
def modelled() -> Iterator[None]:
    """Locks and thread-local variables are modelled, and the attributes above are watched."""
    with replaced(modules=[current, wait_queue, mutex, owner], attributes=SHARED):
        yield


class Hand:
    """See the head of this file."""

    outcome = None

    def __init__(self, coroutine: Coroutine[Any, Any, object]) -> None:
        self.coroutine = coroutine
        self.task = self
        self.woken = Cell(0, "woken")
        self.ended = False

    def wake(self) -> None:
        self.woken.set(self.woken.get() + 1)

    def will_wake(self, other: Waker) -> bool:
        return other is self

    def poll_context(self) -> Context:
        return Context(self)

    def poll(self) -> None:
        """On the calling thread."""
        current.CURRENT.queue = cast(Polling, self)
        try:
            self.coroutine.send(None)
        except StopIteration:
            self.ended = True

    def drop(self) -> None:
        """As when the task is cancelled."""
        self.coroutine.close()

    def finish(self) -> None:
        """Poll it once more if it was woken; then it has to have ended."""
        if not self.ended and self.woken.get():
            self.poll()
        assert self.ended, "nobody has woken it"


def waiting(*coroutines: Coroutine[Any, Any, object]) -> list[Hand]:
    """Hands that have been polled once, in order."""
    hands = [Hand(coroutine) for coroutine in coroutines]
    for hand in hands:
        hand.poll()
    return hands


def a_release_meets_an_acquisition() -> object:
    semaphore = Semaphore(0)
    hand = Hand(semaphore.acquire())
    run(hand.poll, semaphore.release)
    hand.finish()
    return semaphore.available


def a_release_meets_a_cancellation() -> object:
    semaphore = Semaphore(0)
    first, second = waiting(semaphore.acquire(), semaphore.acquire())
    run(first.drop, semaphore.release)
    second.finish()
    return semaphore.available


def a_release_meets_one_that_does_not_wait() -> object:
    semaphore = Semaphore(0)
    (hand,) = waiting(semaphore.acquire())
    taken: list[bool] = []
    run(semaphore.release, lambda: taken.append(semaphore.try_acquire()))
    hand.finish()
    assert taken == [False], "it has overtaken one that waits"
    return semaphore.available


def an_unlock_meets_a_lock() -> object:
    mutex = Mutex()
    (holder,) = waiting(mutex.lock())
    hand = Hand(mutex.lock())

    def unlock() -> None:
        current.CURRENT.queue = cast(Polling, holder)
        mutex.unlock()

    run(hand.poll, unlock)
    hand.finish()
    return mutex.is_locked()


def a_notification_meets_a_cancellation() -> object:
    notify = Notify()
    first, second = waiting(notify.notified(), notify.notified())
    run(first.drop, notify.notify_one)
    second.finish()
    return notify.waiting


def a_notification_meets_one_that_comes() -> object:
    notify = Notify()
    hand = Hand(notify.notified())
    run(hand.poll, notify.notify_one)
    hand.finish()
    return notify.waiting


def an_event_is_set_when_one_comes() -> object:
    event = Event()
    hand = Hand(event.wait())
    run(hand.poll, event.set)
    hand.finish()
    return event.waiting


def two_come_to_a_barrier() -> object:
    barrier = Barrier(2)
    hands = [Hand(barrier.wait()) for _ in range(2)]
    run(*(hand.poll for hand in hands))
    for hand in hands:
        hand.finish()
    return barrier.waiting


async def signal_of(token: CancellationToken) -> None:
    """Wait for the signal."""
    await token.cancelled()


def a_signal_meets_one_that_comes() -> object:
    token = CancellationToken()
    hand = Hand(signal_of(token))
    run(hand.poll, token.cancel)
    hand.finish()
    return token._waiting.length


class Children(WeakValueDictionary[int, CancellationToken]):
    """The children of a token, as something that threads share."""

    def __init__(self) -> None:
        super().__init__()
        self.made = Cell(0, "children")

    def __setitem__(self, key: int, child: CancellationToken) -> None:
        self.made.set(key)
        super().__setitem__(key, child)

    def valuerefs(self) -> list[KeyedRef[int, CancellationToken]]:
        self.made.get()
        return super().valuerefs()


def a_signal_meets_a_child_that_is_made() -> object:
    token = CancellationToken()
    token._children = Children()
    children: list[CancellationToken] = []
    run(lambda: children.append(token.child()), token.cancel)
    assert children[0].is_cancelled(), "the signal was given, and the child heard nothing"
    return token.is_cancelled()


PROGRAMS: tuple[tuple[Callable[[], object], object], ...] = (
    (a_release_meets_an_acquisition, 0),
    (a_release_meets_a_cancellation, 0),
    (a_release_meets_one_that_does_not_wait, 0),
    (an_unlock_meets_a_lock, True),
    (a_notification_meets_a_cancellation, 0),
    (a_notification_meets_one_that_comes, 0),
    (an_event_is_set_when_one_comes, 0),
    (two_come_to_a_barrier, 0),
    (a_signal_meets_one_that_comes, 0),
    (a_signal_meets_a_child_that_is_made, True),
)
"""Each with what is left in every interleaving."""
