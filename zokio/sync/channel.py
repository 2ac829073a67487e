"""What the ends of an mpsc channel share: the values, and the promises made to those who wait.

    slots   free, promised to a permit or to one who waits to send, or taken by a value
    items   values in the buffer: free, or promised to one who waits to receive

A value enters the buffer when it is sent, and leaves it when it is received, never in between: who
waits is promised a slot or an item, and a cancellation gives back the promise. So no value is lost
by it, and none overtakes another. Promises are made in the order of waiting, and what is free is
promised at once, so that nobody who comes later is served first.

Each change is one step of `spec/mpsc.py`, under the lock, but for one: who was promised an item
takes it without the lock, which costs as much as four calls. If it waited by the channel's `own`
waiter, that is these steps (`spec/mpsc_taking.py`):

    take    the value leaves the buffer: whoever was promised one finds one
    mark    the waiter is TAKEN: its slot is free, and not counted yet
    look    if somebody stands in line, give the slot, or the end, to whoever it is due to

The next one under the lock who needs the slot, or the waiter, counts it. Who stands in line looks
for the mark afterwards, so either sees the other.

As `zokio.core.wait_queue` asks, the counts are right whenever something is called: a signal handler
or a finalizer may come in there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from zokio.core.current import current_task
from zokio.core.wait_queue import GONE, TAKEN, WAITING, Waiter, WaitQueue
from zokio.env.threads import RLock
from zokio.errors import ClosedError

T = TypeVar("T")

SHUT = "the receiver is closed and takes nothing more in; stop sending"
OVER = "everything was received, and no sender is left, or the receiver was closed; stop receiving"


class Sending(Waiter[None]):
    """Who waits for `slots`, all of them at once."""

    __slots__ = ("slots",)

    slots: int


class Channel(Generic[T]):
    """The state. Who calls a method holds the lock, and wakes those it returns after it."""

    __slots__ = (
        *("buffer", "capacity", "free", "is_gone", "is_shut", "items", "lock", "promised"),
        *("own", "receiving", "senders", "sending", "watching"),
    )

    def __init__(self, capacity: float) -> None:
        self.lock = RLock()
        self.capacity = capacity
        self.free = capacity
        self.promised = 0
        """Slots that are promised."""
        self.buffer: deque[T] = deque()
        self.items = 0
        """Values in the buffer that are promised to nobody."""
        self.senders = 1
        self.is_shut = False
        """The receiver was closed, or nobody holds it any more."""
        self.is_gone = False
        """Nobody holds the receiver any more."""
        self.sending: WaitQueue[Sending] = WaitQueue(self.lock)
        self.receiving: WaitQueue[Waiter[None]] = WaitQueue(self.lock)
        self.watching: WaitQueue[Waiter[None]] = WaitQueue(self.lock)
        """Who waits for the receiver to be closed."""
        self.own: Waiter[None] = Waiter(self.receiving, self._receiver_left)
        """The waiter of who waits alone, again and again: making one costs as much as a switch."""
        self.own.waker = None

    # Values

    def keep(self, value: T) -> Waiter[None] | None:
        """Put a value into a promised slot.

        Raises:
            ClosedError: nobody will receive it.
        """
        if self.is_gone:
            self.promised -= 1
            raise ClosedError(SHUT)
        self.buffer.append(value)  # before the promise goes: it would seem over in between
        self.promised -= 1
        self.items += 1
        return self.promise_item()

    # Promises

    def count_taken(self) -> None:
        """Count the slot of a value that was taken without the lock.

        It is called before the look at what it changes: something may come in where it is entered.
        """
        if self.own.state is TAKEN:
            self.own.state = GONE
            self.free += 1

    def promise_item(self) -> Waiter[None] | None:
        """An item has become free: promise it to the first who waits to receive."""
        while self.items > 0 and self.receiving.first is not None:
            self.items -= 1
            if (first := self.receiving.grant_first(None)) is not None:
                return first
            self.items += 1
        return None

    def promise_slot(self) -> Sequence[Waiter[None]]:
        """Promise what is free to those who wait to send, in order; or all may be over."""
        self.count_taken()
        granted: list[Waiter[None]] = []
        while (first := self.sending.first) is not None and first.slots <= self.free:
            slots = first.slots
            self.free -= slots
            self.promised += slots
            if first.grant(None):
                granted.append(first)
            else:
                self.free += slots
                self.promised -= slots
        return granted or self.end_if_over()

    def release(self, slots: int = 1) -> Sequence[Waiter[None]]:
        """Promised slots are not needed."""
        self.promised -= slots
        self.free += slots
        return self.promise_slot()

    # Waiting

    def wait_to_send(self, slots: int) -> Sending:
        """Stand in line for slots; there are not enough now, or others wait."""
        waiter = Sending(self.sending, self._sender_left)
        waiter.slots = slots
        self.sending.append(waiter)
        return waiter

    def wait_to_receive(self) -> Waiter[None]:
        """Stand in line for an item; there is none now.

        Raises:
            NoRuntimeError: there is nobody to be woken.
        """
        task = current_task()
        waiter = self.own
        if waiter.state is TAKEN:  # as `count_taken`
            self.free += 1
        elif waiter.state is not GONE:
            waiter = Waiter(self.receiving, self._receiver_left)
        waiter.state = WAITING  # before the call: nobody else is given this one
        waiter.waker = task
        self.receiving.append(waiter)
        return waiter

    def look_again(self) -> list[Waiter[None]]:
        """Somebody stands in line now; a finalizer that came in before did not see it there."""
        item = self.promise_item()
        woken = [] if item is None else [item]
        woken += self.promise_slot()
        if self.is_shut:
            woken += self.sending.refuse_all(SHUT)
        return woken

    def _sender_left(self, waiter: Sending, granted: bool) -> Iterable[Waiter[None]]:
        return self.release(waiter.slots) if granted else self.promise_slot()

    def _receiver_left(self, _: Waiter[None], granted: bool) -> Iterable[Waiter[None]]:
        if not granted:
            return ()
        self.items += 1
        next = self.promise_item()
        return () if next is None else (next,)

    # The end

    def is_over(self) -> bool:
        """Whether nothing will ever be received any more."""
        may_send = self.senders > 0 and not self.is_shut
        return not (may_send or self.promised or self.buffer)

    def end_if_over(self) -> Sequence[Waiter[None]]:
        """Nobody waits to receive what will not come."""
        if self.receiving.first is not None and self.is_over():
            return self.receiving.refuse_all(OVER)
        return ()

    def shut(self) -> list[Waiter[None]]:
        """Take nothing more in but what was promised a slot."""
        self.is_shut = True
        refused: list[Waiter[None]] = [*self.sending.refuse_all(SHUT)]
        refused += self.end_if_over()
        refused += self.watching.grant_all(None)
        return refused

    def abandon(self) -> list[Waiter[None]]:
        """Nobody holds the receiver any more: nothing can be received."""
        self.is_gone = True
        self.items = 0
        return self.shut()

    def check_invariants(self) -> None:
        """Assert what the counts and queues must agree on."""
        with self.lock:
            self.sending.check_invariants()
            self.receiving.check_invariants()
            self.watching.check_invariants()
            taken = len(self.buffer) + self.promised
            free = self.free + (self.own.state is TAKEN)
            assert self.is_gone or free + taken == self.capacity, "a slot was made or lost"
            assert self.is_gone or 0 <= self.items <= len(self.buffer), "a promise is not kept"
            first = self.sending.first
            assert first is None or first.slots > self.free, "somebody waits beside free slots"
            assert not (self.items and self.receiving.length), "somebody waits beside an item"
            assert not (self.is_shut and self.watching.length), "somebody waits for what is closed"
