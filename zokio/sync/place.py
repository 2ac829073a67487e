"""Where the two ends of a rendezvous channel meet: what is offered, and who waits to receive.

Each change is one step of `spec/rendezvous.py`, under the lock. As `zokio.core.wait_queue` asks,
the queues are right whenever something is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from zokio.core.current import current_task
from zokio.core.wait_queue import GONE, Waiter, WaitQueue
from zokio.env.threads import RLock

T = TypeVar("T")

OVER = "no sender is left, or the receiver was closed, and nothing is offered; stop receiving"


class Offer(Waiter[None], Generic[T]):
    """A value that waits to be taken, by the sender `handle`; None: by a `try_send`."""

    __slots__ = ("handle", "is_taken", "offered")
    handle: object
    offered: T
    is_taken: bool


class Place(Generic[T]):
    """Where offers meet those who receive. Who calls a method holds the lock.

    The first who wait to receive are covered by an offer, one each. They are woken, and stand in
    line until they run and take it: a cancelled sender then has nothing to revoke.
    """

    __slots__ = ("is_shut", "lock", "offers", "receiving", "senders")

    def __init__(self) -> None:
        self.lock = RLock()
        self.senders = 1
        self.is_shut = False
        self.offers: WaitQueue[Offer[T]] = WaitQueue(self.lock)
        self.receiving: WaitQueue[Waiter[None]] = WaitQueue(self.lock)

    def offer(self, value: T, handle: object) -> tuple[Offer[T], list[Waiter[None]]]:
        """A value to be taken, and whom it covers."""
        offer = Offer[T](self.offers, self.sender_left)
        offer.handle, offer.offered, offer.is_taken = handle, value, False
        self.offers.append(offer)
        return offer, self.last_covered()

    def last_covered(self) -> list[Waiter[None]]:
        """The last of those who are covered, if every offer covers somebody."""
        count = self.offers.length
        if not 0 < count <= self.receiving.length:
            return []
        waiter = self.receiving.first
        for _ in range(count - 1):
            waiter = waiter.next if waiter is not None else None
        return [] if waiter is None else [waiter]

    def is_covered(self, waiter: Waiter[None] | None) -> bool:
        """Whether an offer is there for one who waits; None: for one who comes now."""
        if waiter is None:
            return self.receiving.length < self.offers.length
        other = self.receiving.first
        for _ in range(self.offers.length):
            if other is waiter:
                return True
            other = None if other is None else other.next
        return False

    def meet(self, waiter: Waiter[None] | None) -> tuple[Offer[T] | None, list[Waiter[None]]]:
        """The oldest offer, if one is there for `waiter`, and whom to wake; see `is_covered`."""
        while (offer := self.offers.first) is not None and self.is_covered(waiter):
            if offer.grant(None):  # False: it was taken, or withdrawn, since we looked
                if waiter is not None:
                    waiter.grant(None, GONE)  # it stands in line no more
                return offer, [offer, *self.end_if_over()]
        return None, []

    def sender_left(self, offer: Offer[T], granted: bool) -> Iterable[Waiter[None]]:
        """One who waited to send is cancelled: it learns whether its value was taken before."""
        offer.is_taken = granted
        return ()

    def receiver_left(self, _: Waiter[None], __: bool) -> Iterable[Waiter[None]]:
        """One who waited to receive is cancelled: an offer may cover one behind it now."""
        return self.last_covered()

    def wait_to_receive(self) -> Waiter[None]:
        """Stand in line for an offer.

        Raises:
            NoRuntimeError: there is nobody to be woken.
        """
        waiter: Waiter[None] = Waiter(self.receiving, self.receiver_left)
        waiter.waker = current_task()
        self.receiving.append(waiter)
        return waiter

    def is_over(self) -> bool:
        """Whether nothing will ever be taken any more."""
        return (self.is_shut or not self.senders) and self.offers.first is None

    def turn_away(self, handle: object, why: str) -> list[Waiter[None]]:
        """Those who wait to send by a closed handle are refused; `self`: by any."""
        refused: list[Waiter[None]] = []
        offer = self.offers.first
        while offer is not None:
            behind = offer.next
            is_meant = offer.handle is handle or (handle is self and offer.handle is not None)
            if is_meant and offer.refuse(why):
                refused.append(offer)
            offer = behind
        return refused

    def end_if_over(self) -> list[Waiter[None]]:
        """Nobody waits to receive what will not come."""
        return self.receiving.refuse_all(OVER) if self.is_over() else []

    def check_invariants(self) -> None:
        """Assert what the queues must agree on."""
        with self.lock:
            self.offers.check_invariants()
            self.receiving.check_invariants()
            assert self.receiving.first is None or not self.is_over(), "waits after the end"
