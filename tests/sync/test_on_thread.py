"""A plain thread sends and receives: it blocks as a task waits, in the same lines."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.env.threads import Thread
from zokio.errors import ClosedError, UsageError
from zokio.sync import mpsc, on_thread

COUNT = 200


def test_a_thread_sends_to_tasks_and_receives_from_them() -> None:
    asked, questions = mpsc(2)
    replied, replies = mpsc(2)

    async def answer() -> None:
        async with replied:
            async for number in questions:
                await replied.send(number + 1)

    def ask() -> None:
        with asked:
            for number in range(COUNT):
                asked.blocking_send(number)
                got.append(replies.blocking_recv())

    got: list[int] = []
    thread = Thread(target=ask)
    thread.start()
    zokio.run(answer())
    thread.join()
    assert got == list(range(1, COUNT + 1))


def test_two_threads_need_no_runtime() -> None:
    sender, receiver = mpsc(1)

    def send_all() -> None:
        with sender:
            for number in range(COUNT):
                sender.blocking_send(number)

    thread = Thread(target=send_all)
    thread.start()
    got = [receiver.blocking_recv() for _ in range(COUNT)]
    thread.join()
    assert got == list(range(COUNT))
    with pytest.raises(ClosedError):
        receiver.blocking_recv()
    receiver.close()
    with pytest.raises(ClosedError):
        sender.blocking_send("value")


def test_a_task_that_would_block_its_thread_is_told_what_to_await() -> None:
    async def main() -> None:
        sender, receiver = mpsc(1)
        with pytest.raises(UsageError, match=r"await recv\(\) there"):
            receiver.blocking_recv()
        with pytest.raises(UsageError, match=r"await send\(\) there"):
            sender.blocking_send("value")
        assert len(receiver) == 0

    run_simulated(main())
    zokio.run(main(), config=zokio.RuntimeConfig(workers=2))


def test_the_blocking_pool_may_block() -> None:
    async def main() -> str:
        sender, receiver = mpsc(1)
        waiting = zokio.spawn(zokio.spawn_blocking(receiver.blocking_recv))
        await sender.send("value")
        got: str = await waiting
        return got

    assert zokio.run(main()) == "value"


def test_what_interrupts_the_thread_takes_it_out_of_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender, receiver = mpsc(1)

    def interrupted(_: object) -> None:
        assert receiver._channel.receiving.length == 1
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(on_thread._Sleeper, "sleep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            receiver.blocking_recv()
    receiver._channel.check_invariants()
    assert receiver._channel.receiving.length == 0
    sender.try_send("value")
    assert receiver.blocking_recv() == "value"
