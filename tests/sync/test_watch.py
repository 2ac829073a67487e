"""watch: what a program sees of it, and the bugs that others had, by name."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.other_threads import in_thread, join
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError
from zokio.sync import watch


def test_a_receiver_has_seen_the_initial_value_and_waits_for_the_next() -> None:
    async def main() -> None:
        sender, receiver = watch("initial")
        assert receiver.borrow() == sender.borrow() == "initial"
        assert not receiver.has_changed()
        waiting = zokio.spawn(receiver.changed())
        await zokio.yield_now()
        assert not waiting.is_finished()
        sender.send("new")
        await waiting
        assert receiver.borrow() == "new"

    run_simulated(main())


def test_borrow_leaves_a_value_unseen_and_borrow_and_update_does_not() -> None:
    sender, receiver = watch(0)
    sender.send(1)
    assert (receiver.borrow(), receiver.has_changed()) == (1, True)
    assert (receiver.borrow_and_update(), receiver.has_changed()) == (1, False)


def test_watch_missing_the_last_value() -> None:
    """A value sent just before the sender is closed is reported before the end."""

    async def main() -> None:
        sender, receiver = watch(0)
        sender.send(1)
        with sender:
            sender.send(2)
        await receiver.changed()
        assert receiver.borrow() == 2
        for _ in range(2):
            with pytest.raises(ClosedError, match="the last value was seen"):
                await receiver.changed()
        assert receiver.borrow() == 2

    run_simulated(main())


def test_a_loop_sees_the_newest_value_after_each_change_and_ends_with_the_sender() -> None:
    async def main() -> list[int]:
        sender, receiver = watch(0)

        async def send() -> None:
            for value in range(1, 7):
                sender.send(value)
                if value % 2 == 0:
                    await zokio.yield_now()
            sender.close()

        zokio.spawn(send())
        return [value async for value in receiver]

    assert run_simulated(main()) == [2, 4, 6]


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_change_that_comes_as_the_time_runs_out_stays_unseen() -> None:
    async def main() -> None:
        sender, receiver = watch(0)
        task = zokio.spawn(receiver.changed())
        await zokio.yield_now()
        sender.send(1)
        task.abort()
        with pytest.raises(zokio.AbortedError):
            await task
        assert receiver.has_changed()
        await receiver.changed()

    run_simulated(main())


def test_wait_for_returns_the_first_newest_value_that_will_do() -> None:
    async def main() -> None:
        sender, receiver = watch(0)
        waiting = zokio.spawn(receiver.wait_for(lambda value: value > 1))
        for value in (1, 2):
            await zokio.yield_now()
            sender.send(value)
        assert await waiting == 2
        sender.close()
        with pytest.raises(ClosedError):
            await receiver.wait_for(lambda value: value > 2)

    run_simulated(main())


def test_a_modification_that_fails_leaves_the_value_as_it_was() -> None:
    sender, receiver = watch(1)
    sender.send_modify(lambda value: value + 1)
    with pytest.raises(ZeroDivisionError):
        sender.send_modify(lambda value: value // 0)
    assert receiver.borrow() == 2
    sender.send(3)
    assert receiver.borrow() == 3


def test_each_receiver_remembers_for_itself_what_it_has_seen() -> None:
    sender, first = watch(0)
    sender.send(1)
    second, third = first.clone(), sender.subscribe()
    first.borrow_and_update()
    assert (first.has_changed(), second.has_changed(), third.has_changed()) == (False, True, False)
    assert sender.receivers == 3


def test_a_receiver_that_is_closed_ends_its_own_waits_only() -> None:
    async def main() -> None:
        sender, first = watch(0)
        second = first.clone()
        tasks = [zokio.spawn(each.changed()) for each in (first, second)]
        await zokio.yield_now()
        async with first:
            pass
        first.close()
        with pytest.raises(ClosedError, match="this receiver is closed"):
            await tasks[0]
        with pytest.raises(ClosedError):
            await first.changed()
        with pytest.raises(ClosedError):
            first.clone()
        sender.send(1)
        await tasks[1]

    run_simulated(main())


def test_the_sender_learns_that_nobody_watches_any_more() -> None:
    async def main() -> None:
        sender, receiver = watch(0)
        waiting = zokio.spawn(sender.closed())
        await zokio.yield_now()
        del receiver
        await waiting
        await sender.closed()
        sender.send(1)
        assert sender.subscribe().borrow() == 1

    run_simulated(main())


def test_a_clone_keeps_the_channel_open_and_a_closed_sender_refuses() -> None:
    async def main() -> None:
        sender, receiver = watch(0)
        clone = sender.clone()
        sender.close()
        sender.close()
        with pytest.raises(ClosedError, match="this sender is closed"):
            sender.send(1)
        with pytest.raises(ClosedError):
            sender.clone()
        waiting = zokio.spawn(receiver.changed())
        await zokio.yield_now()
        del clone
        with pytest.raises(ClosedError):
            await waiting

    run_simulated(main())


def test_its_ends_say_in_which_state_they_are() -> None:
    sender, receiver = watch(0)
    assert repr(receiver) == "<WatchReceiver open, the newest value was seen>"
    sender.send(1)
    receiver.close()
    assert repr(receiver) == "<WatchReceiver closed, the newest value was not seen>"
    sender.close()
    assert repr(sender) == "<WatchSender closed, 0 receivers>"


@pytest.mark.parametrize("workers", (0, 4))
def test_values_from_another_thread_grow_and_the_last_one_is_seen(workers: int) -> None:
    async def main() -> None:
        sender, receiver = watch(0)

        async def look(mine: zokio.sync.WatchReceiver[int]) -> list[int]:
            return [value async for value in mine]

        tasks = [zokio.spawn(look(receiver.clone())) for _ in range(3)]

        def send() -> None:
            with sender:
                for value in range(1, 300):
                    sender.send(value)

        thread = in_thread(send)
        for task in tasks:
            seen = await task
            assert seen == sorted(set(seen))
            assert seen[-1] == 299
        join(thread)

    zokio.run(main(), config=zokio.RuntimeConfig(workers=workers))
