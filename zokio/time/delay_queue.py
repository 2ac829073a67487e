"""DelayQueue: values that come out when their delay is over.

                   insert            the timer fires        a consumer is polled
    (nothing) ----------------> PENDING ----------> EXPIRED ----------> (given)
                  reset: to PENDING anew    remove: (taken out)

Guarantees: no value comes early, none twice, and none after `remove`; values come in the order of
their deadlines, those with the same one in the order in which it was set; a consumer that is
cancelled takes nothing. Each value has a timer of the runtime, so inserting costs O(log n).
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from itertools import takewhile
from typing import Generic, NewType, Self, TypeVar

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import ClosedError, UsageError
from zokio.runtime.current import current_runtime
from zokio.timers.deadline import deadline_after, duration_ns
from zokio.timers.queue import Timer

T = TypeVar("T")
DelayKey = NewType("DelayKey", int)

CLOSED = "the DelayQueue was closed"


class _Entry(Generic[T]):
    """A value, and which of its timers counts."""

    __slots__ = ("is_granted", "key", "place", "settings", "timer", "value")

    def __init__(self, key: DelayKey, value: T) -> None:
        self.key = key
        self.value = value
        self.settings = 0
        """How often its deadline was set anew: earlier timers do nothing."""
        self.is_granted = False
        """A consumer will take it when it is polled."""
        self.place = 0
        """The how manieth has expired."""
        self.timer: Timer | None = None


class DelayQueue(Generic[T]):
    """`key = queue.insert(value, seconds)`; `async for value in queue` gives what has expired.

    A loop goes on while the queue is empty, since values may still come (Tokio's ends there), and
    ends when it was closed and everything has come out.

    Fairness: consumers are served first come, first served. Cancel safety: a wait that is cancelled
    leaves its value to the next. Memory: an entry and a timer for each value that was not given.
    It belongs to the runtime in which it is made, whose tasks use it on any worker; a shutdown of
    the runtime drops what is left.

    Raises:
        NoRuntimeError: it is made where no runtime runs.
    """

    def __init__(self) -> None:
        self._runtime = current_runtime()
        self._entries: dict[DelayKey, _Entry[T]] = {}
        """Those that were not given; also what was granted to a consumer who has not come yet."""
        self._expired: OrderedDict[DelayKey, _Entry[T]] = OrderedDict()
        self._keys = self._places = 0
        self._is_closed = False
        self._consumers: WaitQueue[Waiter[_Entry[T]]] = WaitQueue()
        self._lock = self._consumers.lock  # never held while the timers are called

    def insert(self, value: T, delay: float) -> DelayKey:
        """The value comes out in `delay` seconds.

        Raises:
            ClosedError: the queue was closed.
            UsageError: the calling thread runs no task of the queue's runtime.
            ValueError: `delay` is negative or not a number.
        """
        return self._insert(value, self._after(delay))

    def insert_at(self, value: T, instant: float) -> DelayKey:
        """As `insert`, at an instant of `zokio.time.now()`."""
        return self._insert(value, duration_ns(instant))

    def reset(self, key: DelayKey, delay: float) -> None:
        """The value comes out in `delay` seconds from now, also if it has expired meanwhile.

        Raises:
            KeyError: it was given or removed.
            UsageError, ValueError: as `insert`.
        """
        self._reset(key, self._after(delay))

    def reset_at(self, key: DelayKey, instant: float) -> None:
        """As `reset`, at an instant of `zokio.time.now()`."""
        self._reset(key, duration_ns(instant))

    def remove(self, key: DelayKey) -> T:
        """Take the value out.

        Raises:
            KeyError: it was given or removed.
            UsageError: as `insert`.
        """
        self._check_local()
        with self._lock:
            entry = self._take_out(key)
            del self._entries[key]
            told = self._settle()
        self._cancel_timer(entry)
        wake_all(told)
        return entry.value

    def close(self) -> None:
        """Refuse further values. Whoever consumes goes on until everything has come out."""
        with self._lock:
            self._is_closed = True
            told = self._settle()
        wake_all(told)

    async def next_expired(self) -> T:
        """Wait for the next value whose delay is over.

        Raises:
            ClosedError: the queue was closed, and everything has come out.
        """
        with self._lock:
            waiter: Waiter[_Entry[T]] = Waiter(self._consumers, self._on_leave)
            self._consumers.append(waiter)
            told = self._settle()
        wake_all(each for each in told if each is not waiter)
        entry = await waiter
        with self._lock:
            del self._entries[entry.key]
            told = self._settle()
        wake_all(told)
        return entry.value

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        """`next_expired`, until the queue was closed and is empty."""
        try:
            return await self.next_expired()
        except ClosedError:
            raise StopAsyncIteration from None

    def __len__(self) -> int:
        """How many values were not given."""
        return len(self._entries)

    def __bool__(self) -> bool:
        """A queue is true, also an empty one; ask for its length."""
        return True

    def _after(self, delay: float) -> int:
        return deadline_after(self._runtime.reactor.now_ns(), duration_ns(delay))

    def _check_local(self) -> None:
        if not self._runtime.queue.is_local():
            raise UsageError(
                "a DelayQueue was used on a thread that runs no task of its runtime; use it in a "
                "task there, or send the value to one"
            )

    def _insert(self, value: T, deadline_ns: int) -> DelayKey:
        self._check_local()
        with self._lock:
            if self._is_closed:
                raise ClosedError(f"{CLOSED}; insert before, or make a new one")
            self._keys += 1
            entry = _Entry(DelayKey(self._keys), value)
            self._entries[entry.key] = entry
        self._set_timer(entry, entry.settings, deadline_ns)
        return entry.key

    def _reset(self, key: DelayKey, deadline_ns: int) -> None:
        self._check_local()
        with self._lock:
            entry = self._take_out(key)
            settings = entry.settings
        self._cancel_timer(entry)
        self._set_timer(entry, settings, deadline_ns)

    def _take_out(self, key: DelayKey) -> _Entry[T]:
        """From now on the entry's timer does nothing; under the lock."""
        entry = self._entries.get(key)
        if entry is None or entry.is_granted:
            raise KeyError(f"value {key} of this DelayQueue was given, or removed")
        entry.settings += 1
        self._expired.pop(key, None)
        return entry

    def _cancel_timer(self, entry: _Entry[T]) -> None:
        assert entry.timer is not None
        self._runtime.timers.cancel(entry.timer)

    def _set_timer(self, entry: _Entry[T], settings: int, deadline_ns: int) -> None:
        expire = partial(self._expire, entry, settings)
        entry.timer = self._runtime.timers.insert(deadline_ns, expire)

    def _expire(self, entry: _Entry[T], settings: int) -> None:
        """What a timer does."""
        with self._lock:
            if entry.settings != settings:
                return
            self._places += 1
            entry.place = self._places
            self._expired[entry.key] = entry
            told = self._settle()
        wake_all(told)

    def _settle(self) -> list[Waiter[_Entry[T]]]:
        """Give what has expired to whoever waits, or tell that nothing will; under the lock."""
        told: list[Waiter[_Entry[T]]] = []
        while self._expired and (first := self._consumers.first) is not None:
            entry = next(iter(self._expired.values()))
            if first.grant(entry):  # or a finalizer has told it meanwhile
                entry.is_granted = True
                del self._expired[entry.key]
                told.append(first)
        if self._is_closed and not self._entries:
            told += self._consumers.refuse_all(f"{CLOSED}, and everything has come out")
        return told

    def _on_leave(self, waiter: Waiter[_Entry[T]], granted: bool) -> list[Waiter[_Entry[T]]]:
        if granted:
            entry = waiter.value
            entry.is_granted = False
            earlier = list(takewhile(lambda e: e.place < entry.place, self._expired.values()))
            self._expired[entry.key] = entry
            for each in (entry, *reversed(earlier)):
                self._expired.move_to_end(each.key, last=False)
        return self._settle()

    def check_invariants(self) -> None:
        """Assert that nobody waits beside a value that has expired."""
        with self._lock:
            self._consumers.check_invariants()
            assert not (self._expired and self._consumers.first), "one waits beside a value"
            assert self._expired.keys() <= self._entries.keys()
