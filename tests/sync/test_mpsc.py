"""mpsc: what a program sees of it that sends and receives."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.drained import drained
from tests.helpers.manual_waker import ManualWaker
from tests.helpers.other_threads import in_thread, join
from tests.helpers.simulation import run_simulated
from zokio.errors import BackpressureError, ClosedError, EmptyError, NoRuntimeError
from zokio.sync import Sender, mpsc, unbounded


def test_values_arrive_in_the_order_in_which_they_were_sent() -> None:
    async def main() -> list[int]:
        sender, receiver = mpsc(2)

        async def send_all() -> None:
            async with sender:
                for value in range(5):
                    await sender.send(value)

        zokio.spawn(send_all())
        return await drained(receiver)

    assert run_simulated(main()) == [0, 1, 2, 3, 4]


def test_a_full_channel_refuses_who_does_not_want_to_wait() -> None:
    sender, receiver = mpsc(1)
    sender.try_send("first")
    with pytest.raises(BackpressureError, match="all of its 1 slots"):
        sender.try_send("second")
    with pytest.raises(BackpressureError):
        sender.try_reserve()
    assert (len(sender), len(receiver), sender.capacity) == (1, 1, 1)


def test_an_unbounded_channel_never_waits() -> None:
    async def main() -> None:
        sender, receiver = unbounded()
        for value in range(1_000):
            was_cancelled, _ = await cancelled_at(1, sender.send(value))
            assert not was_cancelled
        assert (len(receiver), receiver.capacity) == (1_000, None)

    run_simulated(main())


def test_nothing_can_be_sent_when_nobody_holds_the_receiver() -> None:
    sender, _ = mpsc(1)
    del _
    with pytest.raises(ClosedError, match="the receiver is closed"):
        sender.try_send("value")


@pytest.mark.parametrize("capacity", (0, -1))
def test_a_capacity_below_one_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match="capacity of 1 or more"):
        mpsc(capacity)


def test_an_empty_channel_is_true_and_says_what_it_is() -> None:
    sender, receiver = mpsc(3)
    assert sender and receiver
    assert repr(sender) == "<Sender open, 0 of 3 values wait>"
    receiver.close()
    assert repr(receiver) == "<Receiver closed, 0 of 3 values wait>"
    assert "any number" in repr(unbounded()[1])


def test_what_does_not_wait_needs_no_runtime() -> None:
    sender, receiver = mpsc(1)
    sender.try_send("value")
    assert receiver.try_recv() == "value"
    with pytest.raises(EmptyError, match="await recv"):
        receiver.try_recv()


def test_receiving_outside_of_a_task_is_refused_and_leaves_nobody_in_line() -> None:
    sender, receiver = mpsc(1)
    with pytest.raises(NoRuntimeError):
        drained(receiver).send(None)
    sender.try_send("value")
    assert receiver.try_recv() == "value"


def test_recv_many_waits_for_one_and_takes_what_is_there() -> None:
    async def main() -> list[list[int]]:
        sender, receiver = mpsc(10)
        batch = zokio.spawn(receiver.recv_many(3))
        await zokio.yield_now()
        for value in range(4):
            sender.try_send(value)
        batches = [await batch, await receiver.recv_many(3)]
        sender.close()
        with pytest.raises(ClosedError):
            await receiver.recv_many(3)
        with pytest.raises(ValueError, match="limit of 1 or more"):
            await receiver.recv_many(0)
        return batches

    assert run_simulated(main()) == [[0, 1, 2], [3]]


@pytest.mark.one_thread  # a worker polls last whom it woke first
def test_recv_many_makes_room_for_as_many_as_it_takes() -> None:
    async def main() -> list[int]:
        sender, receiver = mpsc(2)
        sender.try_send(0)
        sender.try_send(1)
        waiting = [zokio.spawn(sender.send(value)) for value in (2, 3)]
        await zokio.yield_now()
        got = await receiver.recv_many(5)
        for task in waiting:
            await task
        return got + await receiver.recv_many(5)

    assert run_simulated(main()) == [0, 1, 2, 3]


@pytest.mark.one_thread  # a worker polls last whom it woke first
def test_each_value_goes_to_one_of_several_receiving_tasks_first_come_first_served() -> None:
    async def main() -> list[str]:
        sender, receiver = mpsc(10)
        tasks = [zokio.spawn(receiver.recv()) for _ in range(3)]
        await zokio.yield_now()
        for value in "abc":
            sender.try_send(value)
        return [await task for task in tasks]

    assert run_simulated(main()) == ["a", "b", "c"]


def test_any_executor_can_run_it() -> None:
    """Futures polled by hand, by a waker that only counts; the channel needs no task for that."""
    sender, _receiver = mpsc(1)
    sender.try_send("a")
    waiter, _ = sender._wait(sender._channel, 1)
    waker = ManualWaker()
    assert waiter.poll(waker.context) is zokio.PENDING
    sender.close()
    assert waker.wakes == 1
    with pytest.raises(ClosedError):
        waiter.poll(waker.context)


@pytest.mark.parametrize("workers", (0, 4))
def test_many_senders_and_receivers_lose_nothing_and_keep_each_senders_order(workers: int) -> None:
    async def main() -> list[list[tuple[int, int]]]:
        sender, receiver = mpsc(3)

        async def send(number: int, sender: Sender[tuple[int, int]]) -> None:
            async with sender:
                for value in range(200):
                    await sender.send((number, value))

        for number in range(4):
            zokio.spawn(send(number, sender.clone()))
        sender.close()
        tasks = [zokio.spawn(drained(receiver)) for _ in range(3)]
        return [await task for task in tasks]

    batches = zokio.run(main(), config=zokio.RuntimeConfig(workers=workers))
    got = [value for batch in batches for value in batch]
    assert sorted(got) == [(number, value) for number in range(4) for value in range(200)]
    for batch in batches:
        for number in range(4):
            mine = [value for sender, value in batch if sender == number]
            assert mine == sorted(mine)


def test_threads_send_into_a_runtime() -> None:
    sender, receiver = unbounded()

    def send() -> None:
        with sender.clone() as mine:
            for value in range(100):
                mine.try_send(value)

    async def main() -> list[int]:
        threads = [in_thread(send) for _ in range(3)]
        got = [await receiver.recv() for _ in range(300)]
        join(*threads)
        return got

    assert sorted(zokio.run(main())) == sorted([*range(100)] * 3)


def test_two_runtimes_on_two_threads_talk_to_each_other() -> None:
    to_other, from_here = mpsc(1)
    to_here, from_other = mpsc(1)

    async def double() -> None:
        async with to_here:
            async for value in from_here:
                await to_here.send(value * 2)

    async def main() -> list[int]:
        got = []
        async with to_other:
            for value in range(50):
                await to_other.send(value)
                got.append(await from_other.recv())
        return got

    other = in_thread(lambda: zokio.run(double()))
    assert zokio.run(main()) == [2 * value for value in range(50)]
    join(other)
