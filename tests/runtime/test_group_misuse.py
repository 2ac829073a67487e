"""TaskGroup: used at the wrong time or place, or dropped. Time is virtual."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable

import pytest

import zokio
from tests.helpers.branches import Reports, note_end
from tests.helpers.simulation import forever, run_simulated, simulated_runtime
from zokio.env.threads import Thread
from zokio.errors import NotAwaitableError, UsageError
from zokio.time import now


async def nothing() -> None:
    """A coroutine that is refused."""


def test_spawning_before_the_block_is_an_error() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="use `async with`"):
            zokio.TaskGroup().spawn(nothing())

    run_simulated(main())


def test_spawning_after_the_block_is_an_error() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            pass
        with pytest.raises(zokio.ClosedError, match="has ended"):
            group.spawn(nothing())

    run_simulated(main())


def test_spawning_after_a_block_that_failed_is_an_error() -> None:
    async def main() -> None:
        group = zokio.TaskGroup()
        with pytest.raises(ExceptionGroup):
            async with group:
                raise ValueError
        with pytest.raises(zokio.ClosedError):
            group.spawn(nothing())

    run_simulated(main())


def test_spawning_from_another_thread_is_an_error() -> None:
    async def main() -> list[str]:
        raised: list[str] = []

        def spawn() -> None:
            with pytest.raises(UsageError, match="another thread") as caught:
                group.spawn(nothing())
            raised.append(str(caught.value))

        async with zokio.TaskGroup() as group:
            thread = Thread(target=spawn)
            thread.start()
            thread.join()
        return raised

    (message,) = run_simulated(main())
    assert message.startswith("TaskGroup.spawn")


@pytest.mark.parametrize("thing", [nothing, 7])
def test_spawning_what_cannot_be_awaited_is_an_error(thing: Awaitable[None]) -> None:
    async def main() -> str:
        async with zokio.TaskGroup() as group:
            with pytest.raises(NotAwaitableError, match=r"TaskGroup\.spawn takes a coroutine"):
                group.spawn(thing)
        return "ended"

    assert run_simulated(main()) == "ended"


def test_a_group_is_for_one_block() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            with pytest.raises(UsageError, match="entered before"):
                await group.__aenter__()

    run_simulated(main())


def test_a_group_left_by_another_task_is_an_error_after_its_children_ended() -> None:
    async def main() -> float:
        group = zokio.TaskGroup()
        await group.__aenter__()
        group.spawn(zokio.sleep(3))

        async def stranger() -> None:
            with pytest.raises(UsageError, match="in the task which entered it"):
                await group.__aexit__(None, None, None)

        await zokio.spawn(stranger())
        await group.cancel_scope.__aexit__(None, None, None)
        return now()

    assert run_simulated(main()) == 3


@pytest.mark.parametrize("waits", [False, True])
def test_a_group_whose_coroutine_is_closed_cancels_its_children(waits: bool) -> None:
    ended: list[str] = []

    async def block() -> None:
        with zokio.CancelScope():
            async with zokio.TaskGroup() as group:
                group.spawn(note_end(ended, "child"))
                if not waits:
                    await forever()

    async def main() -> None:
        dropped = block()
        dropped.send(None)
        await zokio.sleep(1)
        assert ended == []
        dropped.close()
        await zokio.sleep(1)

    run_simulated(main())
    assert ended == ["child"]


def test_a_group_in_a_generator_that_is_closed_cancels_its_children() -> None:
    ended: list[str] = []

    async def generate() -> AsyncGenerator[int, None]:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "child"))
            yield 1

    async def main() -> None:
        generator = generate()
        assert await anext(generator) == 1
        await zokio.yield_now()
        await generator.aclose()
        await zokio.sleep(1)
        assert ended == ["child"]

    run_simulated(main())


@pytest.mark.one_thread  # it takes single steps
def test_a_group_that_is_dropped_while_it_waits_leaves_its_scopes_in_order() -> None:
    reports = Reports()

    async def stubborn() -> None:
        with zokio.CancelScope(shield=True):
            await forever()

    async def main() -> None:
        with zokio.CancelScope():
            async with zokio.TaskGroup() as group:
                group.spawn(stubborn())

    runtime = zokio.Runtime(reports.config)
    runtime.spawn(main())
    runtime.step()
    runtime.step()
    report = runtime.shutdown(1)
    assert sorted(report.dropped) == sorted([main.__qualname__, stubborn.__qualname__])
    assert reports.reported == []


def test_a_shutdown_lets_a_shielded_cleanup_use_a_group() -> None:
    said: list[object] = []

    async def main() -> None:
        try:
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                async with zokio.TaskGroup() as group:
                    handle = group.spawn(zokio.sleep(2))
                    other = group.spawn(forever())
                    await handle
                    said.append(now())
                    other.abort()
            said.append("cleaned up")

    runtime = simulated_runtime()
    runtime.spawn(main())
    runtime.step()
    assert runtime.shutdown().dropped == ()
    assert said == [2, "cleaned up"]
