"""watch: the newest value, for any number of receivers that look at it or wait for a change.

    sender, receiver = zokio.sync.watch("initial")

    sender.send("value")                  replaces the value, without waiting
    receiver.borrow()                     the newest value
    await receiver.changed()              a value this receiver has not seen

Each receiver remembers which value it saw last; `clone` and `subscribe` make others. Values that
were replaced before a receiver looked are not received: it is for state, and not for events. The
last value is always seen: a change that comes before, during or after the wait began ends it.

Fairness: whoever waits is told of a change at once, in the order of waiting.

Cancel safety: a `changed` that is cancelled has not marked the value as seen.

Memory: one value, and one waiter for each task that waits.

Closing: when every sender is closed, or not held any more, `changed` still reports a last value
that was not seen, and then raises ClosedError; `borrow` gives the last value for ever. When no
receiver is held any more, `closed` tells the sender; `send` goes on replacing the value, for those
who subscribe later.

Threads: every method may be called on any thread, and tasks of any runtime may wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Self, TypeVar

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.env.threads import RLock
from zokio.errors import ClosedError
from zokio.sync.closing import Closing
from zokio.sync.standing import Standing

T = TypeVar("T")

CLOSED_SENDER = "this sender is closed; send by another clone, or close it when all is sent"
OVER = "every sender is closed and the last value was seen; stop waiting for a change"
CLOSED_RECEIVER = "this receiver is closed; subscribe anew"


def watch(initial: T) -> tuple[WatchSender[T], WatchReceiver[T]]:
    """The two ends of a channel that keeps its newest value, `initial` at first.

    The receiver has seen `initial` already: `changed` waits for the next one.
    """
    shared = Shared(initial)
    return WatchSender(shared), WatchReceiver(shared, shared.version)


class Shared(Generic[T]):
    """What the ends share. Who calls a method holds the lock, and wakes those it returns."""

    __slots__ = ("changing", "leaving", "lock", "receivers", "senders", "value", "version")

    def __init__(self, initial: T) -> None:
        self.lock = RLock()
        self.value = initial
        self.version = 0
        """How many values were sent."""
        self.senders = 1
        self.receivers = 1
        self.changing: WaitQueue[Waiter[None]] = WaitQueue(self.lock)
        self.leaving: WaitQueue[Waiter[None]] = WaitQueue(self.lock)

    def check_invariants(self) -> None:
        """Assert what the counts and the queues must agree on."""
        with self.lock:
            self.changing.check_invariants()
            self.leaving.check_invariants()
            assert self.senders >= 0 and self.receivers >= 0, "an end was closed twice"
            assert self.senders or not self.changing.length, "somebody waits for no sender"
            assert self.receivers or not self.leaving.length, "somebody waits for receivers to go"


class WatchSender(Closing, Generic[T]):
    """The end that sends; see the head of this file. Made by `watch`."""

    __slots__ = ("_is_open", "_shared")

    def __init__(self, shared: Shared[T]) -> None:
        self._shared = shared
        self._is_open = True

    def send(self, value: T) -> None:
        """Replace the value and tell everybody who waits; without waiting.

        Raises:
            ClosedError: this sender is closed.
        """
        self.send_modify(lambda _: value)

    def send_modify(self, function: Callable[[T], T]) -> None:
        """Replace the value by `function(value)`, in one step.

        `function` runs under the channel's lock: it should be short, not wait, and not send here
        itself. If a signal handler or a finalizer has sent meanwhile, it is called again.

        Raises:
            ClosedError: this sender is closed.
            Exception: what `function` raised; the value is as before.
        """
        shared = self._shared
        with shared.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_SENDER)
            while True:
                version = shared.version
                value = function(shared.value)
                if version == shared.version:
                    break  # else somebody came in whose value `function` has not seen
            old, shared.value = shared.value, value
            shared.version += 1
            woken = shared.changing.grant_all(None)
        wake_all(woken)
        del old  # it may have a finalizer: not under the lock

    def borrow(self) -> T:
        """The newest value."""
        return self._shared.value

    def subscribe(self) -> WatchReceiver[T]:
        """A new receiver, which has seen the value of now."""
        shared = self._shared
        with shared.lock:
            shared.receivers += 1
            return WatchReceiver(shared, shared.version)

    def clone(self) -> WatchSender[T]:
        """Another sender of the same channel, to be closed by itself.

        Raises:
            ClosedError: this sender is closed.
        """
        with self._shared.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_SENDER)
            self._shared.senders += 1
        return WatchSender(self._shared)

    async def closed(self) -> None:
        """Wait until there is no receiver. Cancelling the wait changes nothing."""
        shared = self._shared
        with shared.lock:
            if not shared.receivers:
                return
            waiter: Waiter[None] = Waiter(shared.leaving)
            shared.leaving.append(waiter)
            if not shared.receivers:  # since a finalizer came in
                waiter.grant(None)
        await waiter

    @property
    def receivers(self) -> int:
        """How many receivers there are."""
        return self._shared.receivers

    def close(self) -> None:
        """Send no more by this sender. The last one that is closed ends every wait for a change."""
        shared = self._shared
        woken: list[Waiter[None]] = []
        with shared.lock:
            if not self._is_open:
                return
            self._is_open = False
            shared.senders -= 1
            if not shared.senders:
                woken = shared.changing.refuse_all(OVER)
        wake_all(woken)

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "open" if self._is_open else "closed"
        return f"<WatchSender {state}, {self._shared.receivers} receivers>"


class WatchReceiver(Closing, Generic[T]):
    """An end that looks; see the head of this file. Made by `watch`, `subscribe` and `clone`."""

    __slots__ = ("_is_open", "_seen", "_shared", "_standing")

    def __init__(self, shared: Shared[T], seen: int) -> None:
        self._shared = shared
        self._seen = seen
        self._standing = Standing()
        self._is_open = True

    def borrow(self) -> T:
        """The newest value; this does not count as having seen it."""
        return self._shared.value

    def borrow_and_update(self) -> T:
        """The newest value, which counts as seen."""
        with self._shared.lock:
            self._seen = self._shared.version
            return self._shared.value

    def has_changed(self) -> bool:
        """Whether there is a value that this receiver has not seen."""
        return self._seen != self._shared.version

    async def changed(self) -> None:
        """Wait for a value that this receiver has not seen; then the newest one counts as seen.

        Raises:
            ClosedError: every sender is closed and the last value was seen, or this receiver is
                closed.
        """
        shared = self._shared
        while True:
            with shared.lock:
                if not self._is_open:
                    raise ClosedError(CLOSED_RECEIVER)
                if self._seen != shared.version:
                    self._seen = shared.version
                    return
                if not shared.senders:
                    raise ClosedError(OVER)
                waiter: Waiter[None] = Waiter(shared.changing)
                shared.changing.append(waiter)
                self._standing[waiter] = None
                # A finalizer that came in before did not see it there: then do not wait, but look.
                if self._seen != shared.version or not (shared.senders and self._is_open):
                    waiter.grant(None)
            try:
                await waiter
            finally:
                self._standing.pop(waiter, None)

    async def wait_for(self, condition: Callable[[T], bool]) -> T:
        """Wait until `condition` holds of the newest value, which then counts as seen.

        Raises:
            ClosedError: every sender is closed, and it does not hold of the last value.
            Exception: what `condition` raised.
        """
        while True:
            value = self.borrow_and_update()
            if condition(value):
                return value
            await self.changed()

    def clone(self) -> WatchReceiver[T]:
        """Another receiver, which has seen what this one has."""
        with self._shared.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_RECEIVER)
            self._shared.receivers += 1
            return WatchReceiver(self._shared, self._seen)

    def close(self) -> None:
        """Wait no more by this receiver; whoever does gets ClosedError. Again it does nothing."""
        shared = self._shared
        woken: list[Waiter[None]] = []
        with shared.lock:
            if not self._is_open:
                return
            self._is_open = False
            shared.receivers -= 1
            woken += self._standing.refuse_all(CLOSED_RECEIVER)
            if not shared.receivers:
                woken += shared.leaving.grant_all(None)
        wake_all(woken)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        """The newest value after each change; what was replaced meanwhile is left out."""
        try:
            await self.changed()
        except ClosedError:
            raise StopAsyncIteration from None
        return self.borrow_and_update()

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "open" if self._is_open else "closed"
        news = "not seen" if self.has_changed() else "seen"
        return f"<WatchReceiver {state}, the newest value was {news}>"
