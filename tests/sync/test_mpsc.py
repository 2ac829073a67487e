"""mpsc: what a program sees of it, and the bugs that others had, by name."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.manual_waker import ManualWaker
from tests.helpers.other_threads import in_thread, join
from tests.helpers.simulation import run_simulated
from zokio.errors import BackpressureError, ClosedError, EmptyError, NoRuntimeError, UsageError
from zokio.sync import Receiver, Sender, mpsc, unbounded


async def drained(receiver: Receiver[Any]) -> list[Any]:  # Any: of whatever is sent
    return [value async for value in receiver]


# Sending and receiving


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


# Permits


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


# Cancel safety


def test_queue_get_losing_an_item_on_timeout() -> None:
    """python/asyncio #201, #343: what arrives as the time runs out is received or still there."""

    async def main() -> None:
        sender, receiver = mpsc(5)

        async def send_late() -> None:
            await zokio.sleep(1.0)
            sender.try_send("value")

        zokio.spawn(send_late())
        got = []
        try:
            async with zokio.timeout(1.0):
                got.append(await receiver.recv())
        except TimeoutError:
            got.append(await receiver.recv())
        assert got == ["value"]
        assert len(receiver) == 0

    run_simulated(main())


def test_a_receiver_cancelled_after_it_was_woken_leaves_the_value_to_the_next() -> None:
    async def main() -> None:
        sender, receiver = mpsc(5)
        first, second = zokio.spawn(receiver.recv()), zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send("value")
        first.abort()
        assert await second == "value"

    run_simulated(main())


def test_wait_for_swallowing_a_cancel() -> None:
    """A task that is cancelled as its value arrives ends as cancelled; the value stays."""

    async def main() -> None:
        sender, receiver = mpsc(5)
        task = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        task.abort()
        sender.try_send("value")
        with pytest.raises(zokio.AbortedError):
            await task
        assert receiver.try_recv() == "value"

    run_simulated(main())


# Closing


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


# Wherever it runs


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


# Waiting for the close


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
