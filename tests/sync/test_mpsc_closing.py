"""mpsc: its ends are closed, and whoever waits learns of it."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import zokio
from tests.helpers.drained import drained
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError, EmptyError
from zokio.sync import mpsc


def test_when_every_sender_is_closed_what_was_sent_is_received_and_then_the_end() -> None:
    async def main() -> None:
        sender, receiver = mpsc(5)
        clone = sender.clone()
        sender.try_send(1)
        sender.close()
        sender.close()
        assert not receiver.is_closed()
        with clone:
            clone.try_send(2)
        assert receiver.is_closed()
        assert await drained(receiver) == [1, 2]
        for _ in range(2):
            with pytest.raises(ClosedError, match="stop receiving"):
                await receiver.recv()
        with pytest.raises(ClosedError):
            receiver.try_recv()

    run_simulated(main())


def test_a_closed_sender_refuses_everything() -> None:
    async def main() -> None:
        sender, _receiver = mpsc(5)
        sender.close()
        for refused in (sender.send("value"), sender.reserve()):
            with pytest.raises(ClosedError, match="this sender is closed"):
                await refused
        with pytest.raises(ClosedError):
            sender.try_send("value")
        with pytest.raises(ClosedError):
            sender.clone()
        assert sender.is_closed()

    run_simulated(main())


def test_a_channel_keeps_no_task_that_has_received() -> None:
    """Or an error that nobody asks for would be reported only when the channel ends."""

    async def main() -> None:
        sender, receiver = mpsc(1)

        async def receive() -> None:
            await receiver.recv()
            await zokio.sleep(1.0)

        receiving = zokio.spawn(receive())
        await zokio.yield_now()
        await sender.send("value")
        await zokio.yield_now()
        assert receiver._channel.own.waker is None
        await receiving

    run_simulated(main())


def test_a_waiter_that_serves_again_is_woken_for_whoever_waits_now() -> None:
    async def main() -> None:
        sender, receiver = mpsc(1)
        for number in range(3):
            receiving = zokio.spawn(receiver.recv())
            await zokio.yield_now()
            await sender.send(number)
            assert await receiving == number

    run_simulated(main())


def test_the_last_reference_to_a_sender_closes_it_also_in_a_cycle() -> None:
    async def main() -> list[int]:
        sender, receiver = mpsc(5)
        receiving = zokio.spawn(drained(receiver))
        cycle: list[Any] = [sender]
        cycle.append(cycle)
        sender.try_send(1)
        await zokio.yield_now()
        del sender, cycle
        gc.collect()
        return await receiving

    assert run_simulated(main()) == [1]


def test_a_weak_sender_does_not_keep_the_channel_open() -> None:
    sender, receiver = mpsc(5)
    weak = sender.downgrade()
    strong = weak.upgrade()
    assert strong is not None
    sender.close()
    strong.try_send("value")
    strong.close()
    assert weak.upgrade() is None
    assert receiver.try_recv() == "value"
    with pytest.raises(ClosedError):
        receiver.try_recv()


def test_send_racing_with_close() -> None:
    """A send that waits when the channel is closed ends, and says whether it was sent."""

    async def main() -> None:
        sender, receiver = mpsc(1)
        clone = sender.clone()
        await sender.send("a")
        waiting = [zokio.spawn(sender.send("b")), zokio.spawn(clone.send("c"))]
        await zokio.yield_now()
        sender.close()
        with pytest.raises(ClosedError, match="this sender is closed"):
            await waiting[0]
        receiver.close()
        with pytest.raises(ClosedError, match="the receiver is closed"):
            await waiting[1]
        assert await drained(receiver) == ["a"]

    run_simulated(main())


def test_try_recv_says_empty_and_not_closed_while_a_permit_is_out() -> None:
    """tokio #8074."""
    sender, receiver = mpsc(5)
    permit = sender.try_reserve()
    receiver.close()
    receiver.close()
    with pytest.raises(EmptyError):
        receiver.try_recv()
    permit.send("value")
    assert receiver.try_recv() == "value"
    with pytest.raises(ClosedError):
        receiver.try_recv()


def test_the_last_permit_wakes_a_receiver_that_waits_for_the_end() -> None:
    """tokio #2854, #8260."""

    async def main() -> list[str]:
        sender, receiver = mpsc(5)
        permit = await sender.reserve()
        receiving = zokio.spawn(drained(receiver))
        await zokio.yield_now()
        async with receiver:
            sender.close()
        await zokio.yield_now()
        assert not receiving.is_finished()
        permit.release()
        return await receiving

    assert run_simulated(main()) == []


@pytest.mark.parametrize("end", ["close", "drop"])
def test_a_sender_learns_that_nobody_will_receive(end: str) -> None:
    async def main() -> bool:
        sender, receiver = mpsc(1)
        hearing = zokio.spawn(sender.closed())
        await zokio.yield_now()
        assert not hearing.is_finished()
        if end == "close":
            receiver.close()
        del receiver
        await hearing
        await sender.closed()  # it stays so
        return sender.is_closed()

    assert run_simulated(main())


def test_waiting_for_the_close_can_be_cancelled() -> None:
    async def main() -> int:
        sender, receiver = mpsc(1)
        with zokio.move_on_after(1):
            await sender.closed()
        await sender.send(7)
        found: int = await receiver.recv()
        return found

    assert run_simulated(main()) == 7
