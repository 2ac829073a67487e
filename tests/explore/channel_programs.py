"""Programs over the real channels of `zokio.sync`, on modelled threads that poll by hand.

The ends live until the exploration is over: a finalizer that closes one would come in somewhere in
the next execution.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TypeVar

from tests.explore.litmus import run
from tests.explore.waiting_programs import Hand
from zokio.core import current, wait_queue
from zokio.core.wait_queue import Waiter, WaitQueue
from zokio.errors import BackpressureError, ClosedError
from zokio.explore import replaced
from zokio.sync import (
    Receiver,
    Sender,
    broadcast,
    channel,
    mpsc,
    on_thread,
    place,
    rendezvous,
    ring,
    watch,
)
from zokio.sync.channel import Channel
from zokio.sync.place import Place
from zokio.sync.ring import Ring
from zokio.sync.watch import Shared

E = TypeVar("E")

MODULES = (current, wait_queue, channel, on_thread, place, ring, import_module("zokio.sync.watch"))
SHARED = {
    Waiter: ("state", "waker"),
    Channel: ("free", "items", "senders", "is_shut", "buffer"),
    WaitQueue: ("first",),
    Place: ("senders", "is_shut", "covered"),
    Ring: ("senders", "sent"),
    Shared: ("senders", "version"),
}


KEPT: list[object] = []


@contextmanager
def modelled() -> Iterator[None]:
    """Locks and thread-local variables are modelled, and the attributes above are watched."""
    with replaced(modules=MODULES, attributes=SHARED):
        yield
    KEPT.clear()


def kept(ends: E) -> E:
    """The ends of a channel; see the head of this file."""
    KEPT.append(ends)
    return ends


class Asking(Hand):
    """A hand that notes what it got: a value, or that the channel is closed."""

    got: object = None

    def __init__(self, waiting: Awaitable[object]) -> None:
        super().__init__(self.ask(waiting))

    async def ask(self, waiting: Awaitable[object]) -> None:
        try:
            self.got = await waiting
        except ClosedError:
            self.got = ClosedError


def a_value_meets_one_that_receives() -> object:
    sender, receiver = kept(mpsc(1))
    hand = Asking(receiver.recv())
    run(hand.poll, lambda: sender.try_send("value"))
    hand.finish()
    return hand.got, len(receiver)


def two_values_are_sent_at_once() -> object:
    sender, receiver = kept(mpsc(2))
    run(lambda: sender.try_send("value"), lambda: sender.try_send("value"))
    return receiver.try_recv(), receiver.try_recv()


def room_is_made_while_one_sends() -> object:
    sender, receiver = kept(mpsc(1))
    sender.try_send("first")
    hand = Asking(sender.send("second"))
    run(hand.poll, receiver.try_recv)
    hand.finish()
    return receiver.try_recv()


def a_sender_is_closed_while_it_sends() -> object:
    sender, receiver = kept(mpsc(1))
    sender.try_send("first")
    hand = Asking(sender.send("second"))
    run(hand.poll, sender.close)
    hand.finish()
    return hand.got, len(receiver)


def the_last_sender_is_closed_while_one_receives() -> object:
    sender, receiver = kept(mpsc(1))
    hand = Asking(receiver.recv())
    run(hand.poll, sender.close)
    hand.finish()
    return hand.got


def the_receiver_is_closed_while_one_waits_for_that() -> object:
    sender, receiver = kept(mpsc(1))
    hand = Asking(sender.closed())
    run(hand.poll, receiver.close)
    hand.finish()
    return sender.is_closed()


def one_who_was_promised_a_value_is_cancelled() -> object:
    sender, receiver = kept(mpsc(1))
    hand = Asking(receiver.recv())
    hand.poll()
    run(hand.drop, lambda: sender.try_send("value"))
    return receiver.try_recv()


def promised(receiver: Receiver[object], sender: Sender[object]) -> Asking:
    """One that receives, and was promised a value."""
    hand = Asking(receiver.recv())
    hand.poll()
    sender.try_send("value")
    return hand


def comes(sender: Sender[object]) -> bool:
    """Somebody sends without waiting; whether there was room."""
    try:
        sender.try_send("late")
    except BackpressureError:
        return False
    return True


def a_value_is_taken_while_one_sends() -> object:
    sender, receiver = kept(mpsc(1))
    taking = promised(receiver, sender)
    hand = Asking(sender.send("next"))
    run(taking.poll, hand.poll)
    hand.finish()
    return taking.got, receiver.try_recv()


def one_comes_while_the_slot_of_one_who_waits_is_freed() -> object:
    sender, receiver = kept(mpsc(1))
    taking = promised(receiver, sender)
    hand = Asking(sender.send("next"))
    hand.poll()
    came: list[bool] = []
    run(taking.poll, lambda: came.append(comes(sender)))
    hand.finish()
    return taking.got, *came, receiver.try_recv()


def one_comes_while_a_slot_is_freed() -> object:
    sender, receiver = kept(mpsc(1))
    taking = promised(receiver, sender)

    came: list[bool] = []

    def come() -> None:
        came.append(comes(sender))
        assert not came[0] or len(receiver) == 1, "two values are in one slot"

    run(taking.poll, come)
    assert came[0] or comes(sender), "a slot is free, and nobody sees it"
    return taking.got


def the_last_value_is_taken_while_another_waits() -> object:
    sender, receiver = kept(mpsc(1))
    taking = promised(receiver, sender)
    hand = Asking(receiver.recv())
    sender.close()
    run(taking.poll, hand.poll)
    hand.finish()
    return taking.got, hand.got


def a_value_is_taken_while_another_comes_to_receive() -> object:
    sender, receiver = kept(mpsc(2))
    taking = promised(receiver, sender)
    hand = Asking(receiver.recv())
    run(taking.poll, hand.poll)
    sender.try_send("next")
    hand.finish()
    receiver._channel.check_invariants()
    return taking.got, hand.got


def two_threads_block_on_one_channel() -> object:
    sender, receiver = kept(mpsc(1))
    sender.try_send(0)
    got: list[int] = []

    def receive() -> None:
        for _ in range(2):
            got.append(receiver.blocking_recv())

    run(lambda: sender.blocking_send(1), receive)
    return tuple(got)


def one_sends_and_one_receives_at_one_place() -> object:
    sender, receiver = kept(rendezvous())
    sending, receiving = Asking(sender.send("value")), Asking(receiver.recv())
    run(sending.poll, receiving.poll)
    receiving.finish()
    sending.finish()
    return receiving.got


def an_offer_meets_one_that_leaves_the_line() -> object:
    sender, receiver = kept(rendezvous())
    first, second = Asking(receiver.recv()), Asking(receiver.recv())
    first.poll()
    second.poll()
    run(first.drop, lambda: sender.try_send("value"))
    second.finish()
    return second.got


def a_change_meets_one_that_waits_for_it() -> object:
    sender, receiver = kept(watch("old"))
    hand = Asking(receiver.changed())
    run(hand.poll, lambda: sender.send("new"))
    hand.finish()
    return receiver.borrow(), receiver.has_changed()


def a_receiver_is_closed_while_it_waits() -> object:
    _sender, receiver = kept(watch("old"))
    hand = Asking(receiver.changed())
    run(hand.poll, receiver.close)
    hand.finish()
    return hand.got


def a_value_meets_one_of_many_receivers() -> object:
    sender = kept(broadcast(1))
    hand = Asking(kept(sender.subscribe()).recv())
    run(hand.poll, lambda: sender.try_send("value"))
    hand.finish()
    return hand.got


PROGRAMS: tuple[tuple[Callable[[], object], object], ...] = (
    (a_value_meets_one_that_receives, ("value", 0)),
    (two_values_are_sent_at_once, ("value", "value")),
    (room_is_made_while_one_sends, "second"),
    (a_sender_is_closed_while_it_sends, (ClosedError, 1)),
    (the_last_sender_is_closed_while_one_receives, ClosedError),
    (the_receiver_is_closed_while_one_waits_for_that, True),
    (one_who_was_promised_a_value_is_cancelled, "value"),
    (a_value_is_taken_while_one_sends, ("value", "next")),
    (one_comes_while_the_slot_of_one_who_waits_is_freed, ("value", False, "next")),
    (one_comes_while_a_slot_is_freed, "value"),
    (the_last_value_is_taken_while_another_waits, ("value", ClosedError)),
    (a_value_is_taken_while_another_comes_to_receive, ("value", "next")),
    (two_threads_block_on_one_channel, (0, 1)),
    (one_sends_and_one_receives_at_one_place, "value"),
    (an_offer_meets_one_that_leaves_the_line, "value"),
    (a_change_meets_one_that_waits_for_it, ("new", False)),
    (a_receiver_is_closed_while_it_waits, ClosedError),
    (a_value_meets_one_of_many_receivers, "value"),
)
"""Each with what comes of it in every interleaving."""
