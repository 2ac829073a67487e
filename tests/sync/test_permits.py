"""Permits of an mpsc channel, and the bugs that others had with them, by name."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.simulation import run_simulated
from zokio.errors import BackpressureError, ClosedError, UsageError
from zokio.sync import mpsc


def test_a_permit_keeps_its_slot_and_sends_without_waiting() -> None:
    async def main() -> None:
        sender, receiver = mpsc(1)
        permit = await sender.reserve()
        with pytest.raises(BackpressureError):
            sender.try_send("other")
        permit.send("value")
        assert await receiver.recv() == "value"
        with pytest.raises(UsageError, match="used or released"):
            permit.send("again")
        permit.release()

    run_simulated(main())


def test_a_permit_is_given_back_by_its_block_by_release_and_by_its_last_reference() -> None:
    sender, receiver = mpsc(1)
    with sender.try_reserve():
        pass
    permit = sender.try_reserve()
    permit.release()
    permit = sender.try_reserve()
    del permit
    sender.try_send("value")
    assert len(receiver) == 1


def test_a_permit_hands_its_value_to_a_task_that_waits() -> None:
    async def main() -> None:
        sender, receiver = mpsc(2)
        permit = sender.try_reserve()
        receiving = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        permit.send("value")
        assert await receiving == "value"
        receiving = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send("another")
        assert await receiving == "another"

    run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_permit_lost_on_cancel() -> None:
    """A slot that was promised to a sender which is cancelled in that moment serves the next."""

    async def main() -> list[str]:
        sender, receiver = mpsc(1)
        await sender.send("a")
        first = zokio.spawn(sender.send("b"))
        second = zokio.spawn(sender.send("c"))
        await zokio.yield_now()
        assert receiver.try_recv() == "a"  # promises the slot to the first
        first.abort()
        await second
        return [await receiver.recv()]

    assert run_simulated(main()) == ["c"]


def test_cancelled_reserve_keeps_no_slot_at_any_suspension_point() -> None:
    async def main() -> None:
        sender, _receiver = mpsc(1)
        held = await sender.reserve()
        was_cancelled, _ = await cancelled_at(1, sender.reserve())
        assert was_cancelled
        reserving = zokio.spawn(sender.reserve())
        await zokio.yield_now()
        held.release()
        (await reserving).release()
        (await sender.reserve()).release()

    run_simulated(main())


def test_value_stuck_after_the_receiver_is_gone() -> None:
    """tokio #7714: a permit sent into a channel which nobody would ever read."""

    class Value:
        alive = 0

        def __init__(self) -> None:
            Value.alive += 1

        def __del__(self) -> None:
            Value.alive -= 1

    sender, receiver = mpsc(2)
    sender.try_send(Value())
    permit = sender.try_reserve()
    del receiver
    assert Value.alive == 0
    with pytest.raises(ClosedError, match="stop sending"):
        permit.send(Value())
    assert Value.alive == 0


def test_a_receiver_that_is_gone_refuses_who_was_promised_a_slot() -> None:
    async def main() -> None:
        sender, receiver = mpsc(1)
        await sender.send("a")
        reserving = zokio.spawn(sender.reserve())
        sending = zokio.spawn(sender.send("b"))
        await zokio.yield_now()
        receiver.try_recv()
        del receiver
        for task in (reserving, sending):
            with pytest.raises(ClosedError):
                await task

    run_simulated(main())
