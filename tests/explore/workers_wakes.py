"""Programs for explored workers: tasks are woken, from outside and by each other, and stolen."""

from __future__ import annotations

from tests.explore.workers_world import Polls, Signal, at_rest
from zokio.core.suspend import yield_now
from zokio.explore import Cell


def one_wake() -> object:
    """A thread that is no worker wakes a task, when every worker sleeps or is about to."""
    signal = Signal()

    async def wait() -> str:
        await signal
        return "woken"

    with at_rest(wait()) as scene:
        scene.others(signal.give)
        return scene.results()


def two_wakes() -> object:
    """Two threads wake a task each: two workers get up, or one polls both."""
    signals = Signal("first"), Signal("second")

    async def wait(signal: Signal) -> str:
        await signal
        return "woken"

    with at_rest(wait(signals[0]), wait(signals[1])) as scene:
        scene.others(signals[0].give, signals[1].give)
        return scene.results()


def wake_while_parking() -> object:
    """A task is woken by the second signal while the worker that polled it for the first parks."""
    first, second = Signal("first"), Signal("second")
    polls = Polls("it")

    async def wait() -> str:
        await first
        polls.visit()
        await second
        polls.visit()
        return "woken"

    def give_both() -> None:
        first.give()
        second.give()

    with at_rest(wait()) as scene:
        scene.others(give_both)
        return scene.results()


def stolen_children() -> object:
    """A task spawns others, which two workers share; each is polled to its end, once at a time."""
    start = Signal("start")
    watches = [Polls(f"child {number}") for number in range(3)]
    ends = [Cell(0, f"ends of child {number}") for number in range(3)]

    async def child(number: int) -> None:
        watches[number].visit()
        await yield_now()
        watches[number].visit()
        ends[number].set(ends[number].get() + 1)

    async def parent() -> str:
        await start
        runtime = scene.runtime
        children = [runtime.spawn(child(number)) for number in range(3)]
        for each in children:
            await each
        return "all"

    with at_rest(parent()) as scene:
        scene.others(start.give)
        results = scene.results()
    assert [end.get() for end in ends] == [1, 1, 1]
    return results


def ping_pong() -> object:
    """Two tasks wake each other, on one worker or on two."""
    ping, pong, start = Signal("ping"), Signal("pong"), Signal("start")

    async def first() -> str:
        await start
        ping.give()
        await pong
        return "first"

    async def second() -> str:
        await ping
        pong.give()
        return "second"

    with at_rest(first(), second()) as scene:
        scene.others(start.give)
        return scene.results()


def two_wakes_in_a_poll() -> object:
    """A task wakes two others in one poll: the second one takes the slot of the first."""
    start, signals = Signal("start"), (Signal("first"), Signal("second"))

    async def wake_both() -> str:
        await start
        for signal in signals:
            signal.give()
        return "both"

    async def wait(signal: Signal) -> str:
        await signal
        return "woken"

    with at_rest(wake_both(), *map(wait, signals)) as scene:
        scene.others(start.give)
        return scene.results()


def two_wakers_of_one() -> object:
    """Two threads wake one task, which goes to sleep in between or does not."""
    signals = Signal("first"), Signal("second")
    polls = Polls("it")

    async def wait() -> str:
        for signal in signals:
            await signal
            polls.visit()
        return "woken"

    with at_rest(wait()) as scene:
        scene.others(signals[0].give, signals[1].give)
        return scene.results()


def three_workers() -> object:
    """Three workers, two tasks that wake one another's successors."""
    signals = Signal("first"), Signal("second")

    async def wait(mine: Signal, other: Signal) -> str:
        await mine
        other.give()
        return "woken"

    with at_rest(wait(*signals), wait(*reversed(signals)), workers=3) as scene:
        scene.others(signals[0].give)
        return scene.results()
