"""broadcast: every value goes to every receiver, and who is too slow is told how much it missed.

    sender = zokio.sync.broadcast(100)
    receiver = sender.subscribe()

    sender.try_send("value")            or `await sender.send("value")`: neither waits
    value = await receiver.recv()

The newest `capacity` values are kept, exactly so many. A receiver gets the values that are sent
after it subscribed, in the order in which they were sent. When the oldest value that it has not
received is overwritten, it has lagged: its next `recv` raises LaggedError, whose `missed` says
exactly how many values are gone, and the one after that gives the oldest value that is left. A lag
is never silent, and it does not end the receiver.

Fairness: whoever waits is told of a value at once, in the order of waiting. Nothing a receiver does
or leaves undone holds up the sender or another receiver.

Cancel safety: a `recv` that is cancelled has received nothing and lost its place nowhere; the value
is there for the next `recv`, unless it is overwritten, which is reported.

Memory: `capacity` values at most, for all receivers together, and one waiter for each task that
waits. Values stay until they are overwritten, or nobody can receive them any more.

Closing: when every sender is closed, or not held any more, receivers get what is kept, and then
ClosedError. Sending without a receiver is no error: the value is gone, and `send` returns 0.

Threads: every method may be called on any thread, and tasks of any runtime may wait.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, Self, TypeVar

from zokio.core.wait_queue import Waiter, wake_all
from zokio.errors import ClosedError, EmptyError, LaggedError
from zokio.sync.closing import Closing
from zokio.sync.mpsc import checked
from zokio.sync.ring import Ring
from zokio.sync.standing import Standing

T = TypeVar("T")

CLOSED_SENDER = "this sender is closed; send by another clone, or close it when all is sent"
OVER = "every sender is closed and everything was received; stop receiving"
CLOSED_RECEIVER = "this receiver is closed; subscribe anew"


# Any: what is sent is said where the sender is declared.
def broadcast(capacity: int) -> BroadcastSender[Any]:
    """The sender of a channel that keeps the newest `capacity` values for its receivers.

    Raises:
        ValueError: `capacity` is less than 1.
    """
    return BroadcastSender(Ring(checked(capacity)))


class BroadcastSender(Closing, Generic[T]):
    """The end that sends; see the head of this file. Made by `broadcast`."""

    __slots__ = ("_is_open", "_ring")

    def __init__(self, ring: Ring[T]) -> None:
        self._ring = ring
        self._is_open = True

    async def send(self, value: T) -> int:
        """As `try_send`; it never waits, and is there so that every sender can be awaited."""
        return self.try_send(value)

    def try_send(self, value: T) -> int:
        """Send a value to every receiver of now; how many those are.

        Raises:
            ClosedError: this sender is closed.
        """
        ring = self._ring
        with ring.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_SENDER)
            receivers = ring.receivers
            if not receivers:
                return 0
            old, woken = ring.push(value)
        wake_all(woken)
        del old  # it may have a finalizer: not under the lock
        return receivers

    def subscribe(self) -> BroadcastReceiver[T]:
        """A new receiver, of what is sent from now on."""
        ring = self._ring
        with ring.lock:
            ring.receivers += 1
            return BroadcastReceiver(ring, ring.sent)

    def clone(self) -> BroadcastSender[T]:
        """Another sender of the same channel, to be closed by itself.

        Raises:
            ClosedError: this sender is closed.
        """
        with self._ring.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_SENDER)
            self._ring.senders += 1
        return BroadcastSender(self._ring)

    @property
    def capacity(self) -> int:
        """How many values are kept."""
        return self._ring.capacity

    @property
    def receivers(self) -> int:
        """How many receivers there are."""
        return self._ring.receivers

    def __len__(self) -> int:
        """How many values are kept now."""
        return len(self._ring.kept)

    def __bool__(self) -> bool:
        return True  # an empty channel is a channel

    def close(self) -> None:
        """Send no more by this sender. When it was the last one, receivers get the end."""
        ring = self._ring
        woken: list[Waiter[None]] = []
        with ring.lock:
            if not self._is_open:
                return
            self._is_open = False
            ring.senders -= 1
            if not ring.senders:
                woken = ring.waiting.refuse_all(OVER)
        wake_all(woken)

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "open" if self._is_open else "closed"
        return f"<BroadcastSender {state}, {len(self)} of {self.capacity} values kept>"


class BroadcastReceiver(Closing, Generic[T]):
    """An end that receives; see the head of this file. Made by `subscribe` and `clone`."""

    __slots__ = ("_is_open", "_next", "_ring", "_standing")

    def __init__(self, ring: Ring[T], next: int) -> None:
        self._ring = ring
        self._next = next
        self._standing = Standing()
        self._is_open = True

    async def recv(self) -> T:
        """The oldest value that this receiver has not received; waits while there is none.

        Raises:
            LaggedError: values were overwritten; `missed` says how many. Receive again.
            ClosedError: every sender is closed and all was received, or this receiver is closed.
        """
        ring = self._ring
        while True:
            with ring.lock:
                if (taken := self._take()) is not None:
                    return taken[0]
                if not ring.senders:
                    raise ClosedError(OVER)
                waiter: Waiter[None] = Waiter(ring.waiting)
                ring.waiting.append(waiter)
                self._standing[waiter] = None
                # A finalizer that came in before did not see it there: then do not wait, but look.
                if self._next != ring.sent or not (ring.senders and self._is_open):
                    waiter.grant(None)
            try:
                await waiter
            finally:
                self._standing.pop(waiter, None)

    def try_recv(self) -> T:
        """The oldest value that this receiver has not received, if there is one now.

        Raises:
            EmptyError: there is none yet.
            LaggedError, ClosedError: as `recv`.
        """
        with self._ring.lock:
            if (taken := self._take()) is not None:
                return taken[0]
            if not self._ring.senders:
                raise ClosedError(OVER)
        raise EmptyError("nothing new was sent; await recv() to wait for it")

    def _take(self) -> tuple[T] | None:
        """The next value; None: there is none. Nothing comes in between the look and the step."""
        ring = self._ring
        while True:
            if not self._is_open:
                raise ClosedError(CLOSED_RECEIVER)
            behind = ring.sent - self._next
            if not behind:
                return None
            try:
                value = ring.kept[-behind]
                self._next += 1
                return (value,)
            except IndexError:
                oldest = ring.sent - len(ring.kept)
            missed = oldest - self._next
            if missed > 0:
                self._next = oldest
                raise LaggedError(missed)

    def clone(self) -> BroadcastReceiver[T]:
        """Another receiver, which will receive what this one has not received yet.

        Raises:
            ClosedError: this receiver is closed.
        """
        with self._ring.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_RECEIVER)
            self._ring.receivers += 1
            return BroadcastReceiver(self._ring, self._next)

    def __len__(self) -> int:
        """How many values this receiver has not received, those that it has missed included."""
        return self._ring.sent - self._next

    def __bool__(self) -> bool:
        return True

    def close(self) -> None:
        """Receive no more by this receiver; whoever waits by it gets ClosedError."""
        ring = self._ring
        left: deque[T] = deque()
        with ring.lock:
            if not self._is_open:
                return
            self._is_open = False
            ring.receivers -= 1
            woken = self._standing.refuse_all(CLOSED_RECEIVER)
            if not ring.receivers:
                left, ring.kept = ring.kept, left
        wake_all(woken)
        left.clear()  # values may have finalizers: not under the lock

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        """As `recv`: LaggedError leaves the loop, and a new loop goes on behind the lag."""
        try:
            return await self.recv()
        except ClosedError:
            raise StopAsyncIteration from None

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "open" if self._is_open else "closed"
        return f"<BroadcastReceiver {state}, {len(self)} values to come>"
