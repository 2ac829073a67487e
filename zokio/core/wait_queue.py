"""Who waits for one thing: first come, first served, and out of the queue in constant time.

A `Waiter` is a place in a `WaitQueue` and a future of what is granted to it:

    GONE --append--> WAITING --grant--> GRANTED --awaited--> GONE, with the value
                        |  `---refuse--> CLOSED --awaited--> GONE, with a ClosedError
                        `--leave--> GONE            (GRANTED --leave--> GONE, and it is handed on)

A primitive that awaits its waiter in line says TAKEN when it has used a grant without the lock, and
GONE when it has counted that under the lock (`zokio.sync.channel`).

The primitive keeps its own state under `queue.lock`, grants under it, and wakes after it:

    async def acquire(self):
        with self.queue.lock:
            if self.free and self.queue.first is None:
                self.free = False
                return
            waiter = Waiter(self.queue, self.on_leave)
            self.queue.append(waiter)
            granted = self.settle()  # a release may have come in between: look after you stand
        wake_all(granted)
        await waiter

    def settle(self):  # under the lock, also at each release
        first = self.queue.first
        if self.free and first is not None and first.grant(None):
            self.free = False
            return [first]
        return []

    def on_leave(self, waiter, granted):  # cancelled: hand the grant on; also under the lock
        self.free = self.free or granted
        return self.settle()

Whoever is cancelled leaves. `on_leave` is called in the same locked step, told whether it had been
granted, and returns whom to wake; it is called too when nothing was granted, since the next in the
queue may need less than the one who left.

The lock is re-entrant, since a signal handler or a finalizer may come in wherever a function is
entered or a loop goes round, and may use the same primitive. So the primitive's state is whole
whenever it calls, and it looks again after a call. `append`, `grant`, `refuse` and the unlinking
read and write attributes only: nothing comes in between those, and they end with the caller's next
statement. Wakers, which users may write, are never called under the lock.

It knows no scheduler and no time. A waiter which is polled by hand must be closed by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from enum import Enum
from typing import Any, Final, Generic, Literal, TypeVar

from zokio.core.current import CURRENT, current_task
from zokio.core.future import Future
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.suspend import WAIT, Signal
from zokio.core.waker import Context, Waker
from zokio.env.threads import RLock
from zokio.errors import ClosedError, UsageError

T = TypeVar("T")


class WaiterState(Enum):
    """Where a waiter is; the transitions stand at the head of this file."""

    WAITING = "waiting"
    GRANTED = "granted"
    CLOSED = "closed"
    TAKEN = "taken"
    GONE = "gone"


WAITING: Final[Literal[WaiterState.WAITING]] = WaiterState.WAITING
GRANTED: Final[Literal[WaiterState.GRANTED]] = WaiterState.GRANTED
CLOSED: Final[Literal[WaiterState.CLOSED]] = WaiterState.CLOSED
TAKEN: Final[Literal[WaiterState.TAKEN]] = WaiterState.TAKEN
GONE: Final[Literal[WaiterState.GONE]] = WaiterState.GONE


def _nobody(_: object, __: bool) -> tuple[()]:
    """Whom to wake when a waiter leaves whose grant concerns nobody else."""
    return ()


class Waiter(Future[T], Generic[T]):
    """A place in a queue. Subclass it to note what the waiter wants.

    Args:
        queue: where it will stand.
        on_leave: called under the lock when whoever awaited has gone away, with the waiter, and
            whether it had been granted; returns the waiters to wake after the lock.
    """

    __slots__ = ("next", "on_leave", "previous", "queue", "state", "value", "waker")

    # Links to waiters of the queue's own kind, while it stands there.
    next: Any
    previous: Any

    def __init__(
        self,
        queue: WaitQueue[Any],
        on_leave: Callable[[Any, bool], Iterable[Waiter[Any]]] = _nobody,
    ) -> None:
        self.queue = queue
        self.on_leave = on_leave
        self.state: WaiterState = GONE
        self.value: Any = None
        """What was granted, or why it was refused."""
        polling = CURRENT.queue
        self.waker: Waker | None = None if polling is None else polling.task

    def grant(self, value: object, into: WaiterState = GRANTED) -> bool:
        """Give it what it waits for; under the lock. False: it waits no more. Then `wake` it."""
        if self.state is not WAITING:
            return False
        queue, previous, next = self.queue, self.previous, self.next
        if previous is None:
            queue.first = next
        else:
            previous.next = next
        if next is None:
            queue.last = previous
        else:
            next.previous = previous
        queue.length -= 1
        self.value = value
        self.state = into  # at last: who awaits it looks at the state without the lock
        return True

    def refuse(self, why: str) -> bool:
        """As `grant`: awaiting it raises ClosedError(why)."""
        return self.grant(why, CLOSED)

    def wake(self) -> None:
        """Have it polled; after the lock. Also callable when nobody has polled it yet."""
        waker = self.waker
        if waker is not None:
            waker.wake()

    def leave(self) -> None:
        """Whoever awaited it has gone away: out of the queue, or the grant is handed on."""
        with self.queue.lock:
            waited = self.grant(None, GONE)
            granted = self.state is GRANTED
            self.state = GONE
            woken = self.on_leave(self, granted) if granted or waited else ()
        wake_all(woken)

    def collect(self) -> T:
        """What was granted.

        Raises:
            ClosedError: it was refused.
            UsageError: it stands nowhere.
        """
        state, self.state = self.state, GONE
        if state is GRANTED:
            value: T = self.value
            return value
        if state is CLOSED:
            raise ClosedError(self.value)
        raise UsageError("what was awaited had its answer before; ask for a new one to await")

    def poll(self, cx: Context) -> Poll[T]:
        """See `Future.poll`."""
        if self.waker is not cx.waker:
            self._woken_by(cx.waker)
        return PENDING if self.state is WAITING else Ready(self.collect())

    def close(self, cx: Context) -> None:
        """See `Future.close`."""
        self.leave()

    def __await__(self) -> Generator[Signal, None, T]:
        task = current_task()
        if self.waker is not task:
            self._woken_by(task)
        while self.state is WAITING:
            try:
                yield WAIT
            except BaseException:
                self.leave()
                raise
        return self.collect()

    def _woken_by(self, waker: Waker) -> None:
        with self.queue.lock:  # whoever grants on another thread sees it, or is seen
            self.waker = waker


W = TypeVar("W", bound=Waiter[Any])


class WaitQueue(Generic[W]):
    """Waiters in the order in which they came. All of it under `lock`, but for reading `length`.

    Args:
        lock: to share with another queue of the same primitive.
    """

    __slots__ = ("first", "last", "length", "lock")

    def __init__(self, lock: RLock | None = None) -> None:
        self.lock = RLock() if lock is None else lock
        self.first: W | None = None
        self.last: W | None = None
        self.length = 0

    def append(self, waiter: W) -> None:
        """Let the waiter stand at the end. Look afterwards whether it has to wait at all."""
        last = self.last
        waiter.state = WAITING
        waiter.previous = last
        waiter.next = None
        if last is None:
            self.first = waiter
        else:
            last.next = waiter
        self.last = waiter
        self.length += 1

    def grant_first(self, value: object) -> W | None:
        """Grant to whoever stands first, if anybody does; whom to wake after the lock."""
        first = self.first
        if first is None:
            return None
        next = first.next
        self.first = next
        if next is None:
            self.last = None
        else:
            next.previous = None
        self.length -= 1
        first.value = value
        first.state = GRANTED  # at last, as in `grant`
        return first

    def grant_all(self, value: object) -> list[W]:
        """Grant to everybody who stands there now; whom to wake after the lock."""
        granted: list[W] = []
        for _ in range(self.length):
            first = self.first
            if first is not None and first.grant(value):
                granted.append(first)
        return granted

    def refuse_all(self, why: str) -> list[W]:
        """Close: everybody who stands there gets ClosedError(why); whom to wake after the lock."""
        refused: list[W] = []
        for _ in range(self.length):
            first = self.first
            if first is not None and first.refuse(why):
                refused.append(first)
        return refused

    def check_invariants(self) -> None:
        """Assert that the links and the length agree; under the lock."""
        waiters: list[W] = []
        waiter = self.first
        while waiter is not None:
            assert waiter.state is WAITING, f"a waiter that is {waiter.state} stands in the queue"
            assert waiter.previous is (waiters[-1] if waiters else None), "a link leads elsewhere"
            waiters.append(waiter)
            waiter = waiter.next
        assert self.last is (waiters[-1] if waiters else None), "the last one is not the last"
        assert self.length == len(waiters), f"{self.length} are counted, {len(waiters)} stand there"


def wake_all(waiters: Iterable[Waiter[Any]]) -> None:
    """Wake each; a waker which raises, written by a user, keeps no other one asleep."""
    remaining = iter(waiters)
    for waiter in remaining:
        try:
            waiter.wake()
        except BaseException:
            wake_all(remaining)
            raise
