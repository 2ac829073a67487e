"""oneshot: what a program sees of it."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.other_threads import in_thread, join
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError, EmptyError, UsageError
from zokio.sync import oneshot


def test_the_value_is_received_whether_it_was_sent_before_or_after_the_wait_began() -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        sender.send("before")
        assert await receiver == "before"
        sender, receiver = oneshot()
        waiting = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.send("after")
        assert await waiting == "after"

    run_simulated(main())


def test_a_second_value_is_refused() -> None:
    sender, receiver = oneshot()
    sender.send("value")
    with pytest.raises(UsageError, match="sent already"):
        sender.send("another")
    assert receiver.try_recv() == "value"
    with pytest.raises(UsageError, match="sent and received"):
        sender.send("another")


def test_a_value_is_received_once() -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        with pytest.raises(EmptyError):
            receiver.try_recv()
        sender.send("value")
        await receiver
        with pytest.raises(ClosedError, match="sent and received"):
            await receiver
        with pytest.raises(ClosedError):
            receiver.try_recv()

    run_simulated(main())


def test_of_several_tasks_the_first_gets_the_value_and_the_others_get_the_end() -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        tasks = [zokio.spawn(receiver.recv()) for _ in range(3)]
        await zokio.yield_now()
        sender.send("value")
        with pytest.raises(EmptyError):  # it is kept for the first
            receiver.try_recv()
        assert await tasks[0] == "value"
        for task in tasks[1:]:
            with pytest.raises(ClosedError, match="sent and received"):
                await task

    run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_value_promised_to_a_task_that_is_cancelled_goes_to_the_next() -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        first, second = zokio.spawn(receiver.recv()), zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.send("value")
        first.abort()
        assert await second == "value"

    run_simulated(main())


def test_a_value_that_comes_as_the_time_runs_out_is_received_or_still_there() -> None:
    async def main() -> None:
        sender, receiver = oneshot()

        async def send_late() -> None:
            await zokio.sleep(1.0)
            sender.send("value")

        zokio.spawn(send_late())
        got = []
        try:
            async with zokio.timeout(1.0):
                got.append(await receiver)
        except TimeoutError:
            got.append(await receiver)
        assert got == ["value"]

    run_simulated(main())


@pytest.mark.parametrize("how", ("close", "block", "last reference"))
def test_a_sender_that_ends_without_sending_ends_the_wait(how: str) -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        waiting = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        if how == "close":
            sender.close()
        elif how == "block":
            async with sender:
                pass
        else:
            del sender
        with pytest.raises(ClosedError, match="no value was sent"):
            await waiting
        with pytest.raises(ClosedError, match="no value was sent"):
            receiver.try_recv()

    run_simulated(main())


def test_closing_the_sender_after_it_has_sent_changes_nothing() -> None:
    sender, receiver = oneshot()
    with sender:
        sender.send("value")
    assert not sender.is_closed()
    assert receiver.try_recv() == "value"


def test_a_receiver_that_is_closed_refuses_the_value_and_ends_its_own_waits() -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        waiting = zokio.spawn(receiver.recv())
        await zokio.yield_now()
        receiver.close()
        assert sender.is_closed()
        with pytest.raises(ClosedError, match="no value is wanted"):
            sender.send("value")
        with pytest.raises(ClosedError, match="no value is wanted"):
            await waiting

    run_simulated(main())


def test_value_stuck_after_the_receiver_is_gone() -> None:
    gone: list[str] = []

    class Value:
        def __del__(self) -> None:
            gone.append("value")

    sender, receiver = oneshot()
    sender.send(Value())
    receiver.close()
    assert len(gone) == 0  # it can still be received
    del receiver
    assert len(gone) == 1
    with pytest.raises(ClosedError):
        sender.send(Value())


def test_closed_ends_when_nobody_wants_the_value_or_it_was_sent() -> None:
    async def main() -> None:
        sender, receiver = oneshot()
        watching = zokio.spawn(sender.closed())
        cancelled = zokio.spawn(sender.closed())
        await zokio.yield_now()
        cancelled.abort()
        with receiver:
            pass
        await watching
        await sender.closed()
        sender, receiver = oneshot()
        watching = zokio.spawn(sender.closed())
        await zokio.yield_now()
        sender.send("value")
        await watching
        assert await receiver == "value"

    run_simulated(main())


def test_its_ends_say_in_which_state_they_are() -> None:
    sender, receiver = oneshot()
    assert repr(sender) == "<OneshotSender, empty>"
    sender.send("value")
    assert repr(receiver) == "<OneshotReceiver, sent>"


@pytest.mark.parametrize("workers", (0, 4))
def test_a_thread_answers_many_tasks(workers: int) -> None:
    async def main() -> list[int]:
        pairs = [oneshot() for _ in range(100)]
        senders = [sender for sender, _ in pairs]

        def answer() -> None:
            for number, sender in enumerate(senders):
                sender.send(number)

        tasks = [zokio.spawn(receiver.recv()) for _, receiver in pairs]
        thread = in_thread(answer)
        got = [await task for task in tasks]
        join(thread)
        return got

    config = zokio.RuntimeConfig(workers=workers)
    assert zokio.run(main(), config=config) == [*range(100)]
