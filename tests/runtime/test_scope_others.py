"""CancelScope: cancelled by other tasks and threads, and aborts. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated
from zokio.env.threads import Thread
from zokio.time import now


def in_thread(call: object) -> None:
    """Call it in another thread and wait for its end."""
    assert callable(call)
    thread = Thread(target=call)
    thread.start()
    thread.join()


def test_another_task_can_cancel_a_scope() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:

            async def canceller() -> None:
                await zokio.sleep(1)
                scope.cancel()

            zokio.spawn(canceller())
            await forever()
        assert scope.cancelled_caught and now() == 1

    run_simulated(main())


def test_another_thread_can_cancel_a_scope() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            in_thread(scope.cancel)
            # The runtime's thread has not looked; with workers the caller cancels at once.
            assert scope.cancel_called == (zokio.RuntimeConfig().workers > 0)
            await forever()
        assert scope.cancelled_caught

    run_simulated(main())


def test_another_thread_can_cancel_a_scope_before_its_block() -> None:
    async def main() -> None:
        scope = zokio.CancelScope()
        in_thread(scope.cancel)
        assert scope.cancel_called
        with scope:
            await forever()

    run_simulated(main())


def test_a_thread_that_cancels_an_ended_scope_harms_nobody() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            await zokio.yield_now()
        in_thread(scope.cancel)
        await zokio.sleep(1)
        assert scope.cancel_called and not scope.cancelled_caught

    run_simulated(main())


def test_a_thread_that_comes_after_the_runtime_cancels_nothing() -> None:
    async def main() -> zokio.CancelScope:
        with zokio.CancelScope() as scope:
            await zokio.yield_now()
        return scope

    scope = run_simulated(main())
    in_thread(scope.cancel)
    assert not scope.cancel_called


def test_an_aborted_task_leaves_its_shielded_block_first() -> None:
    async def shielded() -> str:
        with zokio.CancelScope(shield=True):
            await zokio.sleep(3)
        await zokio.yield_now()
        return "not reached"

    async def main() -> float:
        handle = zokio.spawn(shielded())
        await zokio.sleep(1)
        handle.abort()
        with pytest.raises(zokio.AbortedError):
            await handle
        return now()

    assert run_simulated(main()) == 3


def test_a_task_aborted_before_it_began_runs_to_its_first_suspension_point() -> None:
    said = []

    async def work() -> None:
        said.append("began")
        await zokio.yield_now()
        said.append("not reached")

    async def main() -> None:
        handle = zokio.spawn(work())
        handle.abort()
        with pytest.raises(zokio.AbortedError):
            await handle

    run_simulated(main())
    assert said == ["began"]


RUNTIME = vars(zokio.CancelScope)["_runtime"]


class LookedAtBeforeTheEntry(zokio.CancelScope):
    """The next look at its runtime finds none: another thread looked just before the entry."""

    looked_early = False

    @property  # type: ignore[override]  # the slot, as a slower thread sees it
    def _runtime(self) -> object:
        if self.looked_early:
            self.looked_early = False
            return None
        return RUNTIME.__get__(self)

    @_runtime.setter
    def _runtime(self, runtime: object) -> None:
        RUNTIME.__set__(self, runtime)


def test_a_cancel_that_comes_while_the_scope_is_being_entered_is_not_lost() -> None:
    async def main() -> None:
        with zokio.move_on_after(10) as limit, LookedAtBeforeTheEntry() as scope:
            scope.looked_early = True
            scope.cancel()
            await zokio.sleep(100)
        assert scope.cancelled_caught
        assert not limit.cancel_called

    run_simulated(main())
