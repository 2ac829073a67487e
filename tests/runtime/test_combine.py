"""What join and select have in common. Time is virtual."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import zokio
from tests.helpers.branches import Reports, after, note_end
from tests.helpers.simulation import forever, run_simulated, simulated, value
from zokio.errors import NotAwaitableError, UsageError


@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_nothing_is_started_when_one_of_the_branches_cannot_be_awaited(combine: Any) -> None:
    started = []

    async def work() -> None:
        started.append("work")

    async def main() -> None:
        with pytest.raises(NotAwaitableError, match=f"{combine.__name__} takes a coroutine"):
            await combine(work(), 7, work())
        await zokio.sleep(1)

    run_simulated(main())
    assert started == []


@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_one_coroutine_given_twice_is_an_error(combine: Any) -> None:
    async def main() -> None:
        twice = after(1, "once")
        with pytest.raises(UsageError, match="one coroutine twice"):
            await combine(twice, twice)

    run_simulated(main())


@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_it_cancels_its_branches_when_it_is_dropped(combine: Any) -> None:
    ended: list[str] = []

    async def main() -> None:
        dropped = combine(note_end(ended, "a", 1), note_end(ended, "b", 2))
        dropped.send(None)
        await zokio.sleep(1)
        dropped.close()
        await zokio.sleep(1.5)
        assert ended == ["a"]
        await zokio.sleep(1)

    run_simulated(main())
    assert ended == ["a", "b"]


@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_a_cancellation_that_was_heard_goes_on_when_a_shield_is_raised_meanwhile(
    combine: Any,
) -> None:
    ended: list[str] = []

    async def cancelled(outer: zokio.CancelScope, inner: zokio.CancelScope) -> None:
        with outer:
            with inner:
                await combine(note_end(ended, "a", 1), note_end(ended, "b", 2))
            ended.append("not reached")

    async def main() -> None:
        outer, inner = zokio.CancelScope(), zokio.CancelScope()
        async with zokio.TaskGroup() as group:
            group.spawn(cancelled(outer, inner))
            await zokio.sleep(1)
            outer.cancel()
            await zokio.sleep(0.5)
            inner.shield = True
        assert outer.cancelled_caught and not inner.cancelled_caught

    run_simulated(main())
    assert ended == ["a", "b"]


@pytest.mark.one_thread  # it takes single steps
@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_it_is_dropped_without_a_further_error(combine: Any) -> None:
    reports = Reports()

    async def stubborn() -> None:
        with zokio.CancelScope(shield=True):
            await forever()

    async def main() -> None:
        with zokio.CancelScope():
            await combine(stubborn(), stubborn())

    runtime = zokio.Runtime(reports.config)
    runtime.spawn(main())
    for _ in range(3):
        runtime.step()
    assert len(runtime.shutdown(1).dropped) == 3
    assert reports.reported == []


@pytest.mark.one_thread  # it takes single steps
@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_it_can_be_used_in_a_shielded_cleanup_during_a_shutdown(combine: Any) -> None:
    found = []

    async def main() -> None:
        try:
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                found.append(await combine(after(1, "cleaned up")))

    runtime = zokio.Runtime(simulated())
    runtime.spawn(main())
    runtime.step()
    assert runtime.shutdown().dropped == ()
    assert found == [("cleaned up",) if combine is zokio.join else (0, "cleaned up")]


@pytest.mark.parametrize("combine", [zokio.join, zokio.select])
def test_it_leaves_no_garbage_for_the_collector(combine: Any) -> None:
    async def main() -> int:
        await combine(value(1), after(1, "b"))
        gc.collect()
        await combine(value(1), after(1, "b"))
        return gc.collect()

    gc.disable()
    try:
        assert run_simulated(main()) == 0
    finally:
        gc.enable()
