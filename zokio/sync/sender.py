"""The end of an mpsc channel that sends; see the head of `mpsc.py`."""

from __future__ import annotations

from typing import Generic, TypeVar

from zokio.core.wait_queue import Waiter, wake_all
from zokio.errors import BackpressureError, ClosedError
from zokio.sync.channel import SHUT, Channel
from zokio.sync.channel_end import ChannelEnd
from zokio.sync.on_thread import wait_on_thread
from zokio.sync.permit import Permit
from zokio.sync.standing import Standing

T = TypeVar("T")

CLOSED_SENDER = "this sender is closed; send by another clone, or close it when all is sent"


class Sender(ChannelEnd[T]):
    """The end that sends; see the head of `mpsc.py`. Made by `mpsc` and `unbounded`."""

    __slots__ = ("_standing",)

    def __init__(self, channel: Channel[T]) -> None:
        super().__init__(channel)
        self._standing = Standing()

    async def send(self, value: T) -> None:
        """Send a value; waits while the channel is full.

        Raises:
            ClosedError: this sender, or the receiver, is or was closed; the value was not sent.
        """
        # Written flat, since it runs once for every value.
        channel = self._channel
        waiter = None
        others: list[Waiter[None]] = []
        with channel.lock:
            if channel.free <= 0:
                channel.count_taken()  # else it would stand in line for a moment
            if not self._is_open or channel.is_shut:
                raise self._refusal()
            if channel.free > 0 and channel.sending.first is None:
                channel.free -= 1
                channel.buffer.append(value)
                if channel.receiving.first is None:
                    channel.items += 1
                    return
                woken = channel.receiving.grant_first(None)
                if woken is None:  # a finalizer came in and made it leave
                    channel.items += 1
                    woken = channel.promise_item()
            else:
                woken = None
                waiter, others = self._wait(channel, 1)
        if waiter is not None:
            try:
                wake_all(others)
                await waiter
            finally:
                self._standing.pop(waiter, None)
            with channel.lock:
                woken = channel.keep(value)
        if woken is not None and (waker := woken.waker) is not None:
            waker.wake()

    def blocking_send(self, value: T) -> None:
        """As `send`, on a thread that runs no runtime: it blocks while the channel is full.

        Raises:
            ClosedError: as `send`.
            UsageError: a runtime runs on this thread.
        """
        wait_on_thread(self.send(value), "send()")

    def try_send(self, value: T) -> None:
        """Send a value if there is room now.

        Raises:
            BackpressureError: the channel is full.
            ClosedError: this sender, or the receiver, is closed.
        """
        channel = self._channel
        with channel.lock:
            self._take_slots(1)
            channel.buffer.append(value)  # in line, as in `send`: no call after the slot was taken
            channel.items += 1
            woken = None if channel.receiving.first is None else channel.promise_item()
        if woken is not None:
            woken.wake()

    async def reserve(self) -> Permit[T]:
        """Wait for a slot and keep it: a permit sends one value, later, without waiting.

        Raises:
            ClosedError: as `send`.
        """
        (permit,) = await self.reserve_many(1)
        return permit

    async def reserve_many(self, slots: int) -> list[Permit[T]]:
        """Wait for so many slots at once, and keep them: a permit for each, all or none.

        Who waits for many holds back those behind it that want few. Cancelled, it keeps none.

        Raises:
            ClosedError: as `send`.
            ValueError: it is less than 1, or more than the capacity.
        """
        channel = self._channel
        self._check(slots)
        with channel.lock:
            if not self._is_open or channel.is_shut:
                raise self._refusal()
            if channel.free >= slots and channel.sending.first is None:
                channel.free -= slots
                channel.promised += slots
                return [Permit(channel) for _ in range(slots)]
            waiter, woken = self._wait(channel, slots)
        try:
            wake_all(woken)
            await waiter
        finally:
            self._standing.pop(waiter, None)
        permits = [Permit(channel) for _ in range(slots)]
        if channel.is_gone:
            for permit in permits:
                permit.release()
            raise ClosedError(SHUT)
        return permits

    def try_reserve(self) -> Permit[T]:
        """A permit, if there is room now.

        Raises:
            BackpressureError, ClosedError: as `try_send`.
        """
        (permit,) = self.try_reserve_many(1)
        return permit

    def try_reserve_many(self, slots: int) -> list[Permit[T]]:
        """So many permits, if there is room for all of them now.

        Raises:
            BackpressureError, ClosedError: as `try_send`.
            ValueError: as `reserve_many`.
        """
        channel = self._channel
        self._check(slots)
        with channel.lock:
            self._take_slots(slots)
            channel.promised += slots
        return [Permit(channel) for _ in range(slots)]

    def clone(self) -> Sender[T]:
        """Another sender of the same channel, to be closed by itself.

        Raises:
            ClosedError: this sender is closed.
        """
        channel = self._channel
        with channel.lock:
            if not self._is_open:
                raise self._refusal()
            channel.senders += 1
        return Sender(channel)

    def downgrade(self) -> WeakSender[T]:
        """A sender that does not keep the channel open; `upgrade` it to send."""
        return WeakSender(self._channel)

    def is_closed(self) -> bool:
        """Whether sending is over: this sender, or the receiver, was closed."""
        return not self._is_open or self._channel.is_shut

    async def closed(self) -> None:
        """Wait until the receiver is closed, or nobody holds it. Cancelling it changes nothing.

        It waits on when this sender is closed: what sending by it is for ends with the receiver.
        """
        channel = self._channel
        with channel.lock:
            waiter: Waiter[None] = Waiter(channel.watching)
            channel.watching.append(waiter)
            if channel.is_shut:  # by now, or for long
                waiter.grant(None)
        await waiter

    def close(self) -> None:
        """Send no more by this sender. Again it does nothing.

        Tasks that wait to send by it get ClosedError. If it was the last sender, the receiver
        gets the end when it has received what was sent.
        """
        channel = self._channel
        with channel.lock:
            if not self._is_open:
                return
            self._is_open = False
            channel.senders -= 1
            woken = [*self._standing.refuse_all(CLOSED_SENDER), *channel.promise_slot()]
        wake_all(woken)

    def __del__(self) -> None:
        self.close()

    def _wait(self, channel: Channel[T], slots: int) -> tuple[Waiter[None], list[Waiter[None]]]:
        """Stand in line for slots; and whom to wake, if anything came in meanwhile."""
        waiter = channel.wait_to_send(slots)
        self._standing[waiter] = None
        woken = channel.look_again()
        if not self._is_open:
            woken += self._standing.refuse_all(CLOSED_SENDER)
        return waiter, woken

    def _check(self, slots: int) -> None:
        if not 1 <= slots <= self._channel.capacity:
            raise ValueError(
                f"{slots} permits at once: ask for 1 or more, and not for more than the "
                f"{self._channel.capacity} slots that there are"
            )

    def _take_slots(self, slots: int) -> None:
        channel = self._channel
        channel.count_taken()
        if not self._is_open or channel.is_shut:
            raise self._refusal()
        if channel.free < slots or channel.sending.first is not None:
            raise BackpressureError(
                f"the channel is full: all of its {channel.capacity} slots are taken or awaited; "
                "await send() to wait for room"
            )
        channel.free -= slots

    def _refusal(self) -> ClosedError:
        return ClosedError(SHUT if self._is_open else CLOSED_SENDER)


class WeakSender(Generic[T]):
    """A sender that does not keep the channel open."""

    __slots__ = ("_channel",)

    def __init__(self, channel: Channel[T]) -> None:
        self._channel = channel

    def upgrade(self) -> Sender[T] | None:
        """A sender of the same channel; None when there is no other one left."""
        with self._channel.lock:
            if self._channel.senders == 0:
                return None
            self._channel.senders += 1
        return Sender(self._channel)
