"""Where the two ends of a rendezvous channel meet: what is offered, and who waits to receive.

Each change is one step of `spec/rendezvous.py`, under the lock. As `zokio.core.wait_queue` asks,
the queues are right whenever something is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from zokio.core.current import current_task
from zokio.core.wait_queue import GONE, WAITING, Waiter, WaitQueue
from zokio.env.threads import RLock

T = TypeVar("T")

OVER = "no sender is left, or the receiver was closed, and nothing is offered; stop receiving"


class Offer(Waiter[None], Generic[T]):
    """A value that is to be taken; a `try_send` has left its own, and waits for nothing."""

    __slots__ = ("is_left", "is_taken", "offered")
    offered: T
    is_left: bool
    is_taken: bool


class Receiving(Waiter[None]):
    """One who waits to receive."""

    __slots__ = ("is_covered",)
    is_covered: bool


class Place(Generic[T]):
    """Where offers meet those who receive. Who calls a method holds the lock.

    The first who wait to receive are covered by an offer, one each. They are woken, and stand in
    line until they run and take it: a cancelled sender then has nothing to revoke. `settle` finds
    the next of them where it left off, and not from the beginning of the line.
    """

    __slots__ = ("covered", "is_shut", "last", "lock", "offers", "receiving", "senders")

    def __init__(self) -> None:
        self.lock = RLock()
        self.senders = 1
        self.is_shut = False
        self.offers: WaitQueue[Offer[T]] = WaitQueue(self.lock)
        self.receiving: WaitQueue[Receiving] = WaitQueue(self.lock)
        self.covered = 0
        """How many of those who wait to receive are covered."""
        self.last: Receiving | None = None
        """The last of them."""

    def offer(self, value: T, *, is_left: bool) -> tuple[Offer[T], list[Waiter[None]]]:
        """A value to be taken, and whom it covers."""
        offer = Offer[T](self.offers, self.sender_left)
        offer.offered, offer.is_left, offer.is_taken = value, is_left, False
        self.offers.append(offer)
        return offer, self.settle()

    def settle(self) -> list[Waiter[None]]:
        """Cover as many as there are offers; who is covered now and was not before.

        Nothing comes in between the lines of one round; whoever does so between two of them may
        have changed everything, so each begins with a look.
        """
        woken: list[Waiter[None]] = []
        while True:
            last = self.last
            following = self.receiving.first if last is None else last.next
            if last is not None and last.state is not WAITING:  # it has left
                self.last = last.previous
            elif last is not None and self.covered > self.offers.length:
                last.is_covered = False
                self.covered -= 1
                self.last = last.previous
            elif following is not None and self.covered < self.offers.length:
                following.is_covered = True
                self.covered += 1
                self.last = following
                woken.append(following)
            else:
                return woken

    def count_out(self, waiter: Receiving) -> None:
        """It stands in line no more."""
        if waiter.is_covered:
            waiter.is_covered = False
            self.covered -= 1

    def meet(self, waiter: Receiving | None) -> tuple[Offer[T] | None, list[Waiter[None]]]:
        """The oldest offer, if one is there for `waiter`, and whom to wake.

        None: for one who comes now, and stands behind all who wait.
        """
        woken: list[Waiter[None]] = [] if waiter is None else self.settle()
        while (offer := self.offers.first) is not None:
            if waiter is None:
                is_covered = self.receiving.length < self.offers.length
            else:
                is_covered = waiter.is_covered
            if not is_covered:
                break
            if offer.grant(None):  # False: it was taken, or withdrawn, since we looked
                if waiter is not None:
                    waiter.grant(None, GONE)
                    self.count_out(waiter)
                return offer, [*woken, offer, *self.settle(), *self.end_if_over()]
        return None, woken

    def sender_left(self, offer: Offer[T], granted: bool) -> Iterable[Waiter[None]]:
        """One who waited to send is cancelled: it learns whether its value was taken before."""
        offer.is_taken = granted
        return self.settle()

    def receiver_left(self, waiter: Receiving, _: bool) -> Iterable[Waiter[None]]:
        """One who waited to receive is cancelled: an offer may cover one behind it now."""
        self.count_out(waiter)
        return self.settle()

    def wait_to_receive(self) -> Receiving:
        """Stand in line for an offer.

        Raises:
            NoRuntimeError: there is nobody to be woken.
        """
        waiter = Receiving(self.receiving, self.receiver_left)
        waiter.is_covered = False
        waiter.waker = current_task()
        self.receiving.append(waiter)
        return waiter

    def is_over(self) -> bool:
        """Whether nothing will ever be taken any more."""
        return (self.is_shut or not self.senders) and self.offers.first is None

    def turn_away(self, why: str) -> list[Waiter[None]]:
        """Those who wait to send are refused; what a `try_send` has left stays."""
        refused: list[Waiter[None]] = []
        offer = self.offers.first
        while offer is not None:
            behind = offer.next
            if not offer.is_left and offer.refuse(why):
                refused.append(offer)
            offer = behind
        return refused

    def end_if_over(self) -> list[Waiter[None]]:
        """Nobody waits to receive what will not come."""
        return [*self.receiving.refuse_all(OVER)] if self.is_over() else []

    def check_invariants(self) -> None:
        """Assert what the queues must agree on."""
        with self.lock:
            self.offers.check_invariants()
            self.receiving.check_invariants()
            assert self.receiving.first is None or not self.is_over(), "waits after the end"
            assert self.covered == min(self.offers.length, self.receiving.length), "not settled"
            waiter, last = self.receiving.first, None
            for number in range(self.receiving.length):
                assert waiter is not None and waiter.is_covered == (number < self.covered)
                last = waiter if waiter.is_covered else last
                waiter = waiter.next
            assert self.last is last, "the last that is covered is another one"
