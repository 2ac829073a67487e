"""A signal handler may use the very channel whose operation it interrupts, wherever it comes in.

It comes in where a function is entered. So each operation is run again and again, with the
handler's part at its first call, at its second one, and so on to its end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType

import zokio
from tests.helpers.simulation import run_simulated
from zokio.errors import BackpressureError, ClosedError
from zokio.sync import EmptyError, broadcast, mpsc, oneshot, rendezvous, watch

Act = Callable[[], object]
CALLS_MAX = 40


def outcome(act: Act) -> object:
    """What it gives, or the kind of its error."""
    try:
        return act()
    except (BackpressureError, ClosedError, EmptyError) as error:
        return type(error)


class Interruption:
    """`handler` runs once, as the function number `place` is entered."""

    def __init__(self, place: int, handler: Act) -> None:
        self._left = place
        self._handler = handler
        self.result: object = None
        self.has_come = False

    def run(self, act: Act) -> object:
        """Do it, interrupted; what it comes to."""
        look = self._look  # kept: the interpreter does not keep what takes itself off while it runs
        sys.setprofile(look)
        try:
            return act()
        except (BackpressureError, ClosedError, EmptyError) as error:
            return type(error)
        finally:
            sys.setprofile(None)

    def _look(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "zokio" in frame.f_code.co_filename and not self.has_come:
            self._left -= 1
            if self._left < 0:
                sys.setprofile(None)
                self.has_come = True
                self.result = outcome(self._handler)


def places() -> Iterator[int]:
    yield from range(CALLS_MAX)


def test_what_try_send_and_a_permit_have_sent_is_received_although_the_sender_is_closed() -> None:
    async def main(place: int, reserved: bool) -> bool:
        sender, receiver = mpsc(1)
        waiting = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        permit = sender.try_reserve() if reserved else None
        interruption = Interruption(place, sender.close)
        send = sender.try_send if permit is None else permit.send
        sent = interruption.run(lambda: send("value")) is None
        sender.close()
        assert await received(waiting) == ("value" if sent else ClosedError)
        return interruption.has_come

    for reserved in (False, True):
        assert sum(run_simulated(main(place, reserved)) for place in places()) > 1


def test_a_slot_that_one_who_waits_is_promised_goes_to_nobody_else() -> None:
    async def main(place: int) -> bool:
        sender, receiver = mpsc(1)
        sender.try_send("first")
        sending = zokio.spawn(sender.send("second"))
        await zokio.yield_now()
        interruption = Interruption(place, lambda: sender.try_send("late"))
        assert interruption.run(receiver.try_recv) == "first"
        receiver._channel.check_invariants()
        if interruption.result is None and interruption.has_come:  # it was sent, and not too much
            assert receiver.try_recv() == "late"
        await sending
        assert receiver.try_recv() == "second"
        return interruption.has_come

    assert sum(run_simulated(main(place)) for place in places()) > 1


def test_a_value_that_one_who_waits_is_promised_goes_to_nobody_else() -> None:
    async def main(place: int) -> bool:
        sender, receiver = mpsc(2)
        waiting = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        interruption = Interruption(place, receiver.try_recv)
        interruption.run(lambda: sender.try_send("first"))
        receiver._channel.check_invariants()
        sender.try_send("second")
        assert await waiting == ("second" if interruption.result == "first" else "first")
        return interruption.has_come

    assert sum(run_simulated(main(place)) for place in places()) > 1


async def received(handle: zokio.JoinHandle[object]) -> object:
    try:
        return await handle
    except ClosedError as error:
        return type(error)


def test_a_rendezvous_gives_a_value_once_and_only_if_its_send_succeeds() -> None:
    async def main(place: int, closes: bool) -> bool:
        sender, receiver = rendezvous()
        sending = zokio.spawn(sender.send("value"))
        await zokio.yield_now()
        handler: Act = sender.close if closes else receiver.try_recv
        interruption = Interruption(place, handler)
        got = [interruption.run(receiver.try_recv), interruption.result]
        sender.close()
        was_sent = await received(sending) is None
        assert got.count("value") == was_sent
        return interruption.has_come

    for closes in (False, True):
        assert sum(run_simulated(main(place, closes)) for place in places()) > 1


def test_what_a_oneshot_has_sent_is_received_once_and_nothing_else_is() -> None:
    async def main(place: int) -> bool:
        sender, receiver = oneshot()
        closing = Interruption(place, lambda: sender.send("value"))
        closing.run(sender.close)
        was_sent = closing.has_come and closing.result is None
        taking = Interruption(place, receiver.try_recv)
        got = [taking.run(receiver.try_recv), taking.result]
        assert got.count("value") == was_sent, got
        return closing.has_come

    assert sum(run_simulated(main(place)) for place in places()) > 1


def test_a_broadcast_receiver_that_is_interrupted_by_itself_takes_each_value_once() -> None:
    async def main(place: int) -> bool:
        sender = broadcast(4)
        receiver = sender.subscribe()
        for number in (1, 2):
            await sender.send(number)
        interruption = Interruption(place, receiver.try_recv)
        got = [interruption.run(receiver.try_recv)]
        got += [interruption.result] if interruption.has_come else [outcome(receiver.try_recv)]
        assert sorted(map(str, got)) == ["1", "2"]
        return interruption.has_come

    assert sum(run_simulated(main(place)) for place in places()) > 0


def test_a_watch_that_is_modified_within_a_modification_loses_neither() -> None:
    def more(value: int) -> int:
        return value + 1

    async def main(place: int) -> bool:
        sender, receiver = watch(0)
        interruption = Interruption(place, lambda: sender.send_modify(more))
        interruption.run(lambda: sender.send_modify(more))
        assert receiver.borrow() == 1 + interruption.has_come
        return interruption.has_come

    assert sum(run_simulated(main(place)) for place in places()) > 1
