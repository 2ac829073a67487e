"""rendezvous: a channel without a buffer; a send ends when its value was taken.

    sender, receiver = zokio.sync.rendezvous()

    await sender.send("value")        until a receiver has it
    value = await receiver.recv()

A value is taken by a receiver that runs, from a sender that waits; so of the two it is the receiver
that cannot be cancelled in between.

Fairness: values are taken in the order in which their senders began to wait, by the tasks that
receive in the order in which those did. Nobody overtakes one who waits.

Cancel safety: a `recv` that is cancelled has taken nothing. A `send` that raises Cancelled has not
sent: its value is withdrawn. A send whose value was taken returns, also if it is cancelled before
it learns of that; the cancellation is then raised at the next suspension point, as it always is.

Memory: no values but those of senders that wait, and of a `try_send` on its way to a receiver.

Closing: as with `mpsc`. When the receiver is closed, or every sender, whoever waits at the other
end gets ClosedError; a send that gets it was not taken.

Threads: every method may be called on any thread, and tasks of any runtime may wait.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any, Generic, Self, TypeVar

from zokio.core.suspend import WAIT, Signal
from zokio.core.wait_queue import CLOSED, Waiter, wake_all
from zokio.errors import BackpressureError, Cancelled, ClosedError, EmptyError
from zokio.sync.closing import Closing
from zokio.sync.place import OVER, Place
from zokio.sync.standing import Standing

T = TypeVar("T")

CLOSED_SENDER = "this sender is closed; send by another clone, or close it when all is sent"
SHUT = "the receiver is closed and takes nothing more; stop sending"


# Any: what is sent is said where the two ends are declared.
def rendezvous() -> tuple[RendezvousSender[Any], RendezvousReceiver[Any]]:
    """The two ends of a channel in which every value is handed from task to task."""
    place = Place[Any]()
    return RendezvousSender(place), RendezvousReceiver(place)


class RendezvousSender(Closing, Generic[T]):
    """The end that sends; see the head of this file. Made by `rendezvous`."""

    __slots__ = ("_is_open", "_place", "_standing")

    def __init__(self, place: Place[T]) -> None:
        self._place = place
        self._standing = Standing()
        self._is_open = True

    async def send(self, value: T) -> None:
        """Offer a value, and wait until it was taken.

        Raises:
            ClosedError: this sender, or the receiver, is or was closed; it was not taken.
        """
        place = self._place
        with place.lock:
            self._refuse_if_closed()
            offer, woken = place.offer(value, is_left=False)
            self._standing[offer] = None
            if self.is_closed():  # since a finalizer came in
                offer.refuse(SHUT)
                woken += place.settle()
        try:
            wake_all(woken)
            await offer
        except Cancelled:
            # What was taken was sent. The scope stays cancelled: the next suspension point raises.
            if not offer.is_taken:
                raise
        finally:
            self._standing.pop(offer, None)

    def try_send(self, value: T) -> None:
        """Hand a value to a task that waits to receive, if there is one for it now.

        If that task is cancelled in this moment, the value waits for the next one.

        Raises:
            BackpressureError: nobody waits to receive, or others have offered enough.
            ClosedError: as `send`.
        """
        place = self._place
        with place.lock:
            self._refuse_if_closed()
            if place.receiving.length <= place.offers.length:
                raise BackpressureError("nobody waits for this value; await send() to hand it over")
            _, woken = place.offer(value, is_left=True)
        wake_all(woken)

    def clone(self) -> RendezvousSender[T]:
        """Another sender of the same channel, to be closed by itself.

        Raises:
            ClosedError: this sender is closed.
        """
        with self._place.lock:
            if not self._is_open:
                raise ClosedError(CLOSED_SENDER)
            self._place.senders += 1
        return RendezvousSender(self._place)

    def is_closed(self) -> bool:
        """Whether sending is over: this sender, or the receiver, was closed."""
        return not self._is_open or self._place.is_shut

    def close(self) -> None:
        """Send no more by this sender; whoever waits by it gets ClosedError."""
        place = self._place
        with place.lock:
            if not self._is_open:
                return
            self._is_open = False
            place.senders -= 1
            refused = self._standing.refuse_all(CLOSED_SENDER)
            woken = [*refused, *place.settle(), *place.end_if_over()]
        wake_all(woken)

    def _refuse_if_closed(self) -> None:
        if not self._is_open:
            raise ClosedError(CLOSED_SENDER)
        if self._place.is_shut:
            raise ClosedError(SHUT)

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RendezvousSender {'closed' if self.is_closed() else 'open'}>"


class RendezvousReceiver(Closing, Generic[T]):
    """The end that receives; see the head of this file. Made by `rendezvous`."""

    __slots__ = ("_is_open", "_place")

    def __init__(self, place: Place[T]) -> None:
        self._place = place
        self._is_open = True

    def recv(self) -> Awaitable[T]:
        """The value of whoever has waited longest to send; waits while there is nobody.

        Raises:
            ClosedError: every sender is closed, or this receiver, and nothing is offered.
        """
        return self._next(ClosedError)

    @coroutine
    def _next(self, end: type[Exception]) -> Generator[Signal, None, T]:
        """A value, or `end` is raised. Who waits stands in line until it has taken one itself."""
        place = self._place
        with place.lock:
            offer, woken = place.meet(None)
            if offer is None and place.is_over():
                raise end(OVER)
            waiter = None
            if offer is None:
                waiter = place.wait_to_receive()
                offer, woken = place.meet(waiter)  # a finalizer may have come in before
                woken += place.end_if_over()
        if offer is None:
            wake_all(woken)
        while waiter is not None and offer is None:
            if waiter.state is CLOSED:
                raise end(OVER)
            try:
                yield WAIT
            except BaseException:
                waiter.leave()
                raise
            with place.lock:
                offer, woken = place.meet(waiter)
        wake_all(woken)
        assert offer is not None
        return offer.offered

    def try_recv(self) -> T:
        """A value that is offered to nobody else, if there is one now.

        Raises:
            EmptyError: there is none.
            ClosedError: as `recv`.
        """
        place = self._place
        with place.lock:
            offer, woken = place.meet(None)
            if offer is None and place.is_over():
                raise ClosedError(OVER)
        wake_all(woken)
        if offer is None:
            raise EmptyError("nobody offers a value now; await recv() to wait for one")
        return offer.offered

    def is_closed(self) -> bool:
        """Whether nothing more can be sent."""
        return self._place.is_shut or self._place.senders == 0

    def close(self) -> None:
        """Take nothing more: whoever waits to send, or to receive, gets ClosedError.

        What a `try_send` has left for a task that was cancelled can still be received.
        """
        place = self._place
        with place.lock:
            if not self._is_open:
                return
            self._is_open = False
            place.is_shut = True
            woken = [*place.turn_away(SHUT), *place.settle(), *place.end_if_over()]
        wake_all(woken)

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[T]:
        return self._next(StopAsyncIteration)

    def __del__(self) -> None:
        self.close()
        left: list[Waiter[None]] = []
        with self._place.lock:
            left += self._place.offers.refuse_all(SHUT)
        left.clear()  # what `try_send` has left may have finalizers: not under the lock

    def __repr__(self) -> str:
        return f"<RendezvousReceiver {'closed' if self.is_closed() else 'open'}>"
