"""The end of an mpsc channel that receives; see the head of `mpsc.py`."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Generator, Sequence
from types import coroutine
from typing import Self, TypeVar

from zokio.core.suspend import WAIT, Signal
from zokio.core.wait_queue import CLOSED, GONE, TAKEN, WAITING, Waiter, wake_all
from zokio.errors import ClosedError, EmptyError
from zokio.sync.channel import OVER
from zokio.sync.channel_end import ChannelEnd
from zokio.sync.on_thread import wait_on_thread

T = TypeVar("T")


class Receiver(ChannelEnd[T]):
    """The end that receives; see the head of `mpsc.py`. Made by `mpsc` and `unbounded`."""

    __slots__ = ()

    def recv(self) -> Awaitable[T]:
        """The oldest value; waits while there is none.

        Raises:
            ClosedError: the end: every sender is closed, or this receiver, and all was received.
        """
        return self._next(ClosedError)

    @coroutine
    def _next(self, end: type[Exception]) -> Generator[Signal, None, T]:
        """The oldest value, or `end` is raised.

        Written flat, and the waiter awaited in line, since it runs once for every value.
        """
        channel = self._channel
        value: T = None  # type: ignore[assignment]  # it is set wherever it is returned
        woken: Sequence[Waiter[None]] = ()
        waiter = None
        with channel.lock:
            if channel.items > 0:
                channel.items -= 1
                value = channel.buffer.popleft()
                channel.free += 1
                if channel.sending.first is None and channel.receiving.first is None:
                    return value
                woken = channel.promise_slot()
            else:
                if (channel.is_shut or channel.senders == 0) and channel.is_over():
                    raise end(OVER)
                waiter = channel.wait_to_receive()
                if channel.items > 0 or channel.is_shut or channel.senders == 0:
                    woken = channel.look_again()
        if woken:
            wake_all(woken)
        if waiter is None:
            return value
        try:
            while waiter.state is WAITING:
                yield WAIT
        except BaseException:
            waiter.leave()
            raise
        waiter.waker = None  # keep no task
        if waiter.state is CLOSED:
            waiter.state = GONE
            raise end(OVER)
        value = channel.buffer.popleft()
        if waiter is channel.own:  # without the lock: see the head of `channel.py`
            waiter.state = TAKEN
            if channel.sending.first is None and channel.receiving.first is None:
                return value
        with channel.lock:
            if waiter is not channel.own:
                channel.free += 1
            woken = channel.promise_slot()
        wake_all(woken)
        return value

    def blocking_recv(self) -> T:
        """As `recv`, on a thread that runs no runtime: it blocks while nothing is there.

        Raises:
            ClosedError: as `recv`.
            UsageError: a runtime runs on this thread.
        """
        return wait_on_thread(self._next(ClosedError), "recv()")

    async def recv_many(self, limit: int) -> list[T]:
        """What is there, `limit` values at most and one at least; waits while there is none.

        Raises:
            ClosedError: as `recv`.
            ValueError: `limit` is not 1 or more.
        """
        if limit < 1:
            raise ValueError(f"recv_many needs a limit of 1 or more, and not {limit}")
        values = [await self.recv()]
        channel = self._channel
        woken: list[Waiter[None]] = []
        with channel.lock:
            while len(values) < limit and channel.items > 0:
                channel.items -= 1
                values.append(channel.buffer.popleft())
                channel.free += 1
                woken += channel.promise_slot()
        wake_all(woken)
        return values

    def try_recv(self) -> T:
        """The oldest value, if there is one now.

        Raises:
            EmptyError: there is none yet.
            ClosedError: as `recv`.
        """
        channel = self._channel
        with channel.lock:
            if channel.items > 0:
                channel.items -= 1
                value = channel.buffer.popleft()
                channel.free += 1
                woken = channel.promise_slot()
            elif channel.is_over():
                raise ClosedError(OVER)
            else:
                raise EmptyError("nothing is there to be received; await recv() to wait for it")
        wake_all(woken)
        return value

    def is_closed(self) -> bool:
        """Whether nothing more can be sent; what was sent may still be there."""
        return self._channel.is_shut or self._channel.senders == 0

    def close(self) -> None:
        """Take nothing more in: senders get ClosedError. Again it does nothing.

        What was sent before, and what permits send, can still be received.
        """
        channel = self._channel
        with channel.lock:
            if not self._is_open:
                return
            self._is_open = False
            woken = channel.shut()
        wake_all(woken)

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[T]:
        return self._next(StopAsyncIteration)

    def __del__(self) -> None:
        channel = self._channel
        with channel.lock:
            left, channel.buffer = channel.buffer, deque()
            channel.own = Waiter(channel.receiving)  # the other one refers back to the channel
            channel.own.waker = None
            woken = channel.abandon()
        left.clear()  # values may have finalizers of their own: not under the lock
        wake_all(woken)
