"""A finalizer comes in between the look and the wait: whoever then waits is not forgotten.

It may come in wherever a function is entered. Here that is `append`, the last call before the
waiter stands in line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.core.wait_queue import Waiter, WaitQueue
from zokio.errors import ClosedError
from zokio.sync import broadcast, mpsc, oneshot, rendezvous, watch

Scene = Callable[[], tuple[Awaitable[Any], Callable[[], object]]]  # Any: of whatever is awaited


def mpsc_value() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = mpsc(1)
    return keeping(sender, receiver.recv()), lambda: sender.try_send("value")


def mpsc_room() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = mpsc(1)
    sender.try_send("first")
    return keeping(receiver, sender.send("value")), receiver.try_recv


def mpsc_permit() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = mpsc(1)
    sender.try_send("first")
    return keeping(receiver, sender.reserve()), receiver.try_recv


def oneshot_value() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = oneshot()
    return receiver.recv(), lambda: sender.send("value")


def oneshot_watched() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = oneshot()
    return keeping(receiver, sender.closed()), lambda: sender.send("value")


def oneshot_unwanted() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = oneshot()
    return sender.closed(), receiver.close


def watch_change() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = watch(0)
    return receiver.changed(), lambda: sender.send(1)


def watch_left() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = watch(0)
    return sender.closed(), receiver.close


def broadcast_value() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender = broadcast(1)
    return sender.subscribe().recv(), lambda: sender.try_send("value")


def rendezvous_value() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = rendezvous()
    place = sender._place
    return keeping(sender, receiver.recv()), lambda: place.offer("value", is_left=True)


async def keeping(_: object, awaited: Awaitable[Any]) -> Any:  # Any: of whatever is awaited
    """Keep the other end meanwhile."""
    return await awaited


def mpsc_last_sender() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = mpsc(1)
    return receiver.recv(), sender.close


def mpsc_own_sender() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = mpsc(1)
    sender.try_send("first")
    return keeping(receiver, sender.send("value")), sender.close


def mpsc_receiver() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = mpsc(1)
    sender.try_send("first")
    return sender.send("value"), receiver.close


def oneshot_sender() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = oneshot()
    return receiver.recv(), sender.close


def watch_sender() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = watch(0)
    return receiver.changed(), sender.close


def broadcast_sender() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender = broadcast(1)
    return sender.subscribe().recv(), sender.close


def rendezvous_sender() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = rendezvous()
    return receiver.recv(), sender.close


def rendezvous_receiver() -> tuple[Awaitable[Any], Callable[[], object]]:
    sender, receiver = rendezvous()
    return sender.send("value"), receiver.close


SERVED: tuple[Scene, ...] = (
    *(mpsc_value, mpsc_room, mpsc_permit, oneshot_value, oneshot_watched, oneshot_unwanted),
    *(watch_change, watch_left, broadcast_value, rendezvous_value),
)
REFUSED: tuple[Scene, ...] = (
    *(mpsc_last_sender, mpsc_own_sender, mpsc_receiver, oneshot_sender, watch_sender),
    *(broadcast_sender, rendezvous_sender, rendezvous_receiver),
)


@pytest.fixture
def comes_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have a call come in before the next waiter stands in line."""
    append = WaitQueue.append

    def plan(call: Callable[[], object]) -> None:
        calls = [call]

        # Any: queues of all kinds of waiters.
        def interrupted(queue: WaitQueue[Any], waiter: Waiter[Any]) -> None:
            while calls:
                calls.pop()()
            append(queue, waiter)

        monkeypatch.setattr(WaitQueue, "append", interrupted)

    return plan


@pytest.mark.parametrize("scene", SERVED, ids=lambda scene: scene.__name__)
def test_what_came_in_before_the_wait_ends_it(
    scene: Scene, comes_in: Callable[[Callable[[], object]], None]
) -> None:
    async def main() -> None:
        awaited, call = scene()
        comes_in(call)
        async with zokio.timeout(1.0):
            await awaited

    run_simulated(main())


@pytest.mark.parametrize("scene", REFUSED, ids=lambda scene: scene.__name__)
def test_a_close_that_came_in_before_the_wait_ends_it(
    scene: Scene, comes_in: Callable[[Callable[[], object]], None]
) -> None:
    async def main() -> None:
        awaited, call = scene()
        comes_in(call)
        async with zokio.timeout(1.0):
            with pytest.raises(ClosedError):
                await awaited

    run_simulated(main())
