"""Programs for explored workers: what a worker's thread is for. Timers, pinned tasks, blocking."""

from __future__ import annotations

from tests.explore.workers_world import Signal, at_rest
from zokio.explore import Event, get_ident, monotonic_ns
from zokio.explore.modelled import SECOND_NS
from zokio.time import sleep as zokio_sleep


def earlier_timer() -> object:
    """A task sleeps shortly while a worker waits in the reactor for a later timer."""
    start = Signal("start")

    async def long() -> float:
        await zokio_sleep(10.0)
        return monotonic_ns() / SECOND_NS

    async def short() -> float:
        await start
        await zokio_sleep(1.0)
        return monotonic_ns() / SECOND_NS

    with at_rest(long(), short()) as scene:
        scene.others(start.give)
        long_end, short_end = scene.results(20.0)
    assert isinstance(long_end, float) and isinstance(short_end, float)
    assert short_end < 2.0 < 10.0 <= long_end, f"{short_end} and {long_end}"
    return "in time"


def pinned() -> object:
    """A task that stays on its worker is woken from outside, while that worker parks."""
    signal, start = Signal(), Signal("start")
    homes: list[int] = []

    async def local() -> None:
        homes.append(get_ident())
        await signal
        homes.append(get_ident())

    async def parent() -> str:
        await start
        await getattr(scene.runtime, "spawn_local")(local())  # noqa: B009  # not every tree has it
        return "local"

    with at_rest(parent()) as scene:
        scene.others(start.give, signal.give)
        results = scene.results()
    assert homes[0] == homes[1], "it has moved"
    return results


def blocked_worker() -> object:
    """A task blocks its thread until another one was polled: somebody else has to come for it."""
    signals, polled = (Signal("first"), Signal("second")), Event()

    async def block() -> str:
        await signals[0]
        polled.wait()
        return "blocked"

    async def unblock() -> str:
        await signals[1]
        polled.set()
        return "unblocked"

    def give_both() -> None:
        signals[0].give()
        signals[1].give()

    with at_rest(block(), unblock()) as scene:
        scene.others(give_both)
        return scene.results()


def blocked_waker() -> object:
    """A task wakes another one and blocks its thread until that was polled, too."""
    start, next_one, polled = Signal("start"), Signal("next"), Event()

    async def first() -> str:
        await start
        next_one.give()
        polled.wait()
        return "first"

    async def second() -> str:
        await next_one
        polled.set()
        return "second"

    with at_rest(first(), second()) as scene:
        scene.others(start.give)
        return scene.results()
