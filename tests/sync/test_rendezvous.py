"""rendezvous: what a program sees of it."""

from __future__ import annotations

from typing import Any

import pytest

import zokio
from tests.helpers.other_threads import in_thread, join
from tests.helpers.simulation import run_simulated
from zokio.errors import BackpressureError, ClosedError, EmptyError, NoRuntimeError
from zokio.sync import RendezvousReceiver, rendezvous


async def drained(receiver: RendezvousReceiver[Any]) -> list[Any]:  # Any: of whatever is sent
    return [value async for value in receiver]


def test_a_send_ends_when_its_value_was_taken() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()
        sending = zokio.spawn(sender.send("value"))
        for _ in range(3):
            await zokio.yield_now()
        assert not sending.is_finished()
        assert await receiver.recv() == "value"
        await sending

    run_simulated(main())


def test_values_are_taken_in_the_order_in_which_they_were_offered() -> None:
    async def main() -> list[int]:
        sender, receiver = rendezvous()

        async def send(value: int) -> None:
            await sender.send(value)

        tasks = [zokio.spawn(send(value)) for value in range(4)]
        await zokio.yield_now()
        got = [await receiver.recv() for _ in tasks]
        for task in tasks:
            await task
        return got

    assert run_simulated(main()) == [0, 1, 2, 3]


def test_who_waited_longest_receives_first() -> None:
    async def main() -> list[str]:
        sender, receiver = rendezvous()
        tasks = [zokio.spawn(receiver.recv()) for _ in range(3)]
        await zokio.yield_now()
        for value in "abc":
            await sender.send(value)
        return [await task for task in tasks]

    assert run_simulated(main()) == ["a", "b", "c"]


def test_what_does_not_wait_is_refused_unless_somebody_waits() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()
        with pytest.raises(BackpressureError, match="nobody waits for this value"):
            sender.try_send("value")
        with pytest.raises(EmptyError, match="nobody offers"):
            receiver.try_recv()
        receiving = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send("value")
        with pytest.raises(BackpressureError):
            sender.try_send("another")
        with pytest.raises(EmptyError):  # it is for the one who waits
            receiver.try_recv()
        assert await receiving == "value"
        sending = zokio.spawn(sender.send("offered"))
        await zokio.yield_now()
        assert receiver.try_recv() == "offered"
        await sending

    run_simulated(main())


def test_receiving_outside_of_a_task_is_refused() -> None:
    _sender, receiver = rendezvous()
    with pytest.raises(NoRuntimeError):
        drained(receiver).send(None)


def test_a_cancelled_send_has_not_sent() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()
        sending = zokio.spawn(sender.send("value"))
        await zokio.yield_now()
        sending.abort()
        with pytest.raises(zokio.AbortedError):
            await sending
        with pytest.raises(EmptyError):
            receiver.try_recv()

    run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_send_whose_value_was_taken_returns_and_the_cancellation_comes_next() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()
        reached = []

        async def send() -> None:
            await sender.send("value")
            reached.append("sent")
            await zokio.yield_now()
            reached.append("not cancelled")

        sending = zokio.spawn(send())
        await zokio.yield_now()
        assert receiver.try_recv() == "value"
        sending.abort()
        with pytest.raises(zokio.AbortedError):
            await sending
        assert reached == ["sent"]

    run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_receiver_cancelled_after_it_was_woken_leaves_the_value_to_the_next() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()
        first, second = zokio.spawn(receiver.recv()), zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send("value")
        first.abort()
        assert await second == "value"

    run_simulated(main())


def test_a_value_that_comes_as_the_time_runs_out_is_received_or_was_not_sent() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()

        async def send_late() -> None:
            await zokio.sleep(1.0)
            await sender.send("value")

        sending = zokio.spawn(send_late())
        got = []
        try:
            async with zokio.timeout(1.0):
                got.append(await receiver.recv())
        except TimeoutError:
            got.append(await receiver.recv())
        await sending
        assert got == ["value"]

    run_simulated(main())


def test_closing_an_end_ends_the_waits_at_the_other() -> None:
    async def main() -> None:
        sender, receiver = rendezvous()
        clone = sender.clone()
        sending = [zokio.spawn(each.send("value")) for each in (sender, clone)]
        await zokio.yield_now()
        sender.close()
        sender.close()
        with pytest.raises(ClosedError, match="this sender is closed"):
            await sending[0]
        async with receiver:
            assert not clone.is_closed()
        receiver.close()
        with pytest.raises(ClosedError, match="the receiver is closed"):
            await sending[1]
        assert clone.is_closed() and receiver.is_closed()
        for refused in (sender, clone):
            with pytest.raises(ClosedError):
                await refused.send("value")
        with pytest.raises(ClosedError):
            sender.clone()
        for _ in range(2):
            with pytest.raises(ClosedError, match="stop receiving"):
                await receiver.recv()
        with pytest.raises(ClosedError):
            receiver.try_recv()

    run_simulated(main())


def test_the_last_reference_to_the_last_sender_ends_the_wait() -> None:
    async def main() -> list[str]:
        sender, receiver = rendezvous()
        receiving = zokio.spawn(drained(receiver))
        await sender.send("value")
        del sender
        return await receiving

    assert run_simulated(main()) == ["value"]


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_value_stuck_after_the_receiver_is_gone() -> None:
    async def main() -> None:
        gone: list[str] = []

        class Value:
            def __del__(self) -> None:
                gone.append("value")

        sender, receiver = rendezvous()
        receiving = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send(Value())
        receiving.abort()
        with pytest.raises(zokio.AbortedError):
            await receiving
        assert gone == []
        receiver.close()
        del receiver, receiving
        assert gone == ["value"]
        with pytest.raises(ClosedError):
            sender.try_send(Value())

    run_simulated(main())


def test_its_ends_say_in_which_state_they_are() -> None:
    sender, receiver = rendezvous()
    assert repr(sender) == "<RendezvousSender open>"
    sender.close()
    assert repr(receiver) == "<RendezvousReceiver closed>"


@pytest.mark.parametrize("workers", (0, 4))
def test_many_tasks_meet_and_lose_nothing(workers: int) -> None:
    async def main() -> list[tuple[int, int]]:
        sender, receiver = rendezvous()

        async def send(number: int, mine: zokio.sync.RendezvousSender[tuple[int, int]]) -> None:
            async with mine:
                for value in range(60):
                    await mine.send((number, value))

        for number in range(3):
            zokio.spawn(send(number, sender.clone()))
        sender.close()
        tasks = [zokio.spawn(drained(receiver)) for _ in range(3)]
        return [value for task in tasks for value in await task]

    got = zokio.run(main(), config=zokio.RuntimeConfig(workers=workers))
    assert sorted(got) == [(number, value) for number in range(3) for value in range(60)]


def test_two_runtimes_on_two_threads_meet() -> None:
    sender, receiver = rendezvous()

    async def send_all() -> None:
        async with sender:
            for value in range(50):
                await sender.send(value)

    other = in_thread(lambda: zokio.run(send_all()))
    assert zokio.run(drained(receiver)) == [*range(50)]
    join(other)
