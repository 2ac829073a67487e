"""mpsc: whoever is cancelled has taken nothing; the bugs that others had, by name."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import mpsc


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


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_receiver_cancelled_after_it_was_woken_leaves_the_value_to_the_next() -> None:
    async def main() -> None:
        sender, receiver = mpsc(5)
        first, second = zokio.spawn(receiver.recv()), zokio.spawn(receiver.recv())
        await zokio.yield_now()
        sender.try_send("value")
        first.abort()
        assert await second == "value"

    run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
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
