"""broadcast: what a program sees of it, and the bugs that others had, by name."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import zokio
from tests.helpers.other_threads import in_thread, join
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError, EmptyError, LaggedError
from zokio.sync import BroadcastReceiver, broadcast


async def drained(receiver: BroadcastReceiver[Any]) -> list[Any]:  # Any: of whatever is sent
    return [value async for value in receiver]


def test_every_receiver_gets_every_value_sent_since_it_subscribed() -> None:
    async def main() -> None:
        sender = broadcast(10)
        first = sender.subscribe()
        assert await sender.send(1) == 1
        second = sender.subscribe()
        assert sender.try_send(2) == 2
        copy = first.clone()
        sender.close()
        got = [await drained(receiver) for receiver in (first, second, copy)]
        assert got == [[1, 2], [2], [1, 2]]

    run_simulated(main())


def test_a_lag_is_told_exactly_and_the_receiver_goes_on_behind_it() -> None:
    sender = broadcast(2)
    receiver = sender.subscribe()
    for value in range(5):
        sender.try_send(value)
    assert len(receiver) == 5
    with pytest.raises(LaggedError, match="3 values were overwritten") as caught:
        receiver.try_recv()
    assert caught.value.missed == 3
    assert [receiver.try_recv(), receiver.try_recv()] == [3, 4]
    with pytest.raises(EmptyError):
        receiver.try_recv()
    assert len(receiver) == 0


def test_a_receiver_that_is_slow_and_within_the_capacity_does_not_lag() -> None:
    sender = broadcast(3)
    receiver = sender.subscribe()
    for value in range(3):
        sender.try_send(value)
    assert [receiver.try_recv() for _ in range(3)] == [0, 1, 2]


def test_a_loop_is_left_by_a_lag_and_a_new_one_goes_on() -> None:
    async def main() -> None:
        sender = broadcast(1)
        receiver = sender.subscribe()
        for value in range(3):
            sender.try_send(value)
        sender.close()
        with pytest.raises(LaggedError):
            await drained(receiver)
        assert await drained(receiver) == [2]

    run_simulated(main())


def test_the_end_overwrites_no_value() -> None:
    """tokio #2425: with a capacity of one, the close took the place of the last value."""
    sender = broadcast(1)
    receiver = sender.subscribe()
    with sender:
        sender.try_send("last")
    assert receiver.try_recv() == "last"
    with pytest.raises(ClosedError, match="everything was received"):
        receiver.try_recv()


def test_broadcast_overtaking() -> None:
    """Receivers that wait, lag or come late all see the values in the order of sending."""

    async def main() -> None:
        sender = broadcast(4)

        async def collect(receiver: BroadcastReceiver[int], pause: int) -> list[int]:
            got: list[int] = []
            while True:
                try:
                    async for value in receiver:
                        got.append(value)
                        for _ in range(pause):
                            await zokio.yield_now()
                except LaggedError as error:
                    got += [-1] * error.missed
                else:
                    return got

        tasks = [zokio.spawn(collect(sender.subscribe(), pause)) for pause in (0, 1, 3, 7)]
        for value in range(60):
            await sender.send(value)
            await zokio.yield_now()
        sender.close()
        for task in tasks:
            got = await task
            assert len(got) == 60
            assert all(value in (-1, number) for number, value in enumerate(got))

    run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_receive_that_is_cancelled_as_its_value_arrives_leaves_it_there() -> None:
    async def main() -> None:
        sender = broadcast(2)
        receiver = sender.subscribe()
        task = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send("value")
        task.abort()
        with pytest.raises(zokio.AbortedError):
            await task
        assert await receiver.recv() == "value"

    run_simulated(main())


def test_sending_to_nobody_keeps_nothing() -> None:
    sender = broadcast(2)
    assert sender.try_send("gone") == 0
    receiver = sender.subscribe()
    sender.try_send("kept")
    assert (len(sender), sender.receivers, sender.capacity) == (1, 1, 2)
    del receiver
    assert (len(sender), sender.receivers) == (0, 0)


def test_value_stuck_after_the_receiver_is_gone() -> None:
    class Value:
        alive = 0

        def __init__(self) -> None:
            Value.alive += 1

        def __del__(self) -> None:
            Value.alive -= 1

    sender = broadcast(2)
    receiver = sender.subscribe()
    for _ in range(3):
        sender.try_send(Value())
    assert Value.alive == 2
    receiver.close()
    assert Value.alive == 0


def test_a_receiver_that_is_closed_ends_its_own_waits_only() -> None:
    async def main() -> None:
        sender = broadcast(2)
        first, second = sender.subscribe(), sender.subscribe()
        tasks = [zokio.spawn(each.recv()) for each in (first, second)]
        await zokio.yield_now()
        async with first:
            pass
        first.close()
        with pytest.raises(ClosedError, match="this receiver is closed"):
            await tasks[0]
        for refused in (first.try_recv, first.clone):
            with pytest.raises(ClosedError):
                refused()
        sender.try_send("value")
        assert await tasks[1] == "value"

    run_simulated(main())


def test_the_last_sender_that_ends_ends_every_wait() -> None:
    async def main() -> None:
        sender = broadcast(2)
        clone = sender.clone()
        receiver = sender.subscribe()
        task = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.close()
        sender.close()
        with pytest.raises(ClosedError, match="this sender is closed"):
            sender.try_send("value")
        with pytest.raises(ClosedError):
            sender.clone()
        await zokio.yield_now()
        assert not task.is_finished()
        cycle: list[Any] = [clone]
        cycle.append(cycle)
        del clone, cycle
        gc.collect()
        with pytest.raises(ClosedError):
            await task
        with pytest.raises(ClosedError):
            await receiver.recv()

    run_simulated(main())


def test_its_ends_say_in_which_state_they_are() -> None:
    sender = broadcast(2)
    receiver = sender.subscribe()
    assert sender and receiver
    sender.try_send(1)
    assert repr(receiver) == "<BroadcastReceiver open, 1 values to come>"
    assert repr(sender) == "<BroadcastSender open, 1 of 2 values kept>"
    sender.close()
    assert "closed" in repr(sender)


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity of 1 or more"):
        broadcast(0)


@pytest.mark.parametrize("workers", (0, 4))
def test_what_threads_send_is_received_in_order_or_reported(workers: int) -> None:
    async def main() -> None:
        sender = broadcast(16)

        async def count(receiver: BroadcastReceiver[int]) -> int:
            number = 0
            while True:
                try:
                    assert await receiver.recv() == number
                    number += 1
                except LaggedError as error:
                    number += error.missed
                except ClosedError:
                    return number

        tasks = [zokio.spawn(count(sender.subscribe())) for _ in range(3)]

        def send() -> None:
            with sender:
                for value in range(500):
                    sender.try_send(value)

        thread = in_thread(send)
        assert [await task for task in tasks] == [500] * 3
        join(thread)

    zokio.run(main(), config=zokio.RuntimeConfig(workers=workers))
