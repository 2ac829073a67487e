"""Programs for explored workers: tasks are aborted, joined, and left over by a shutdown."""

from __future__ import annotations

from tests.explore.workers_world import Polls, Signal, at_rest
from zokio.core.suspend import yield_now
from zokio.explore import Cell


def abort_during_poll() -> object:
    """A task is aborted from outside while it is polled, queued or waits; it cleans up once."""
    start, cleaned = Signal("start"), Cell(0, "cleaned")
    polls = Polls("it")

    async def work() -> str:
        try:
            await start
            polls.visit()
            await yield_now()
            polls.visit()
            return "ended"
        finally:
            cleaned.set(cleaned.get() + 1)

    with at_rest(work()) as scene:
        task = scene.handles[0]
        scene.others(start.give, task.abort)
        results = scene.results()
    assert cleaned.get() == 1
    return results


def abort_while_it_waits() -> object:
    """A task that waits for ever is aborted from outside, while it is polled for another reason."""
    start, never = Signal("start"), Signal("never")

    async def work() -> None:
        await start
        await never

    with at_rest(work()) as scene:
        scene.others(start.give, scene.handles[0].abort)
        return scene.results()


def shutdown_of_parked_workers() -> object:
    """The workers sleep, or one has just been woken, when the runtime is shut down."""
    signal, cleaned = Signal(), Cell(0, "cleaned")

    async def wait() -> None:
        try:
            await signal
        finally:
            cleaned.set(cleaned.get() + 1)

    with at_rest(wait()) as scene:
        scene.others(signal.give)
        report = scene.runtime.shutdown(timeout=1.0)
    assert cleaned.get() == 1
    assert scene.handles[0].is_finished()
    return report.cancelled, report.dropped


def join_on_another_worker() -> object:
    """A task awaits another one, which ends meanwhile on another worker."""
    start = Signal("start")

    async def short() -> str:
        await start
        return "short"

    async def long() -> str:
        await start_of_long
        return f"{await scene.handles[0]} and long"

    start_of_long = Signal("start of long")
    with at_rest(short(), long()) as scene:
        scene.others(start.give, start_of_long.give)
        return scene.results()
