"""What a signal handler, a finalizer or a user's own waker may do in the middle of a transition."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

import zokio
from tests.helpers.simulation import forever, simulated_runtime
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.core.waker import Waker
from zokio.env.threads import Thread


class RaisingWaker:
    """A waker with a defect."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def wake(self) -> None:
        raise self.error

    def will_wake(self, other: Waker, /) -> bool:
        return other is self


def task_of(runtime: zokio.Runtime) -> Task:
    """The only task."""
    (task,) = runtime.tasks.values()
    return task


async def nothing() -> None:
    pass


def test_a_joiner_whose_waker_raises_keeps_no_other_joiner_asleep() -> None:
    with simulated_runtime() as runtime:
        watched = runtime.spawn(nothing())
        order: list[str] = []

        async def join() -> None:
            await watched
            order.append("joined")

        with pytest.raises(ZeroDivisionError):
            cx = zokio.Context(RaisingWaker(ZeroDivisionError()))
            assert watched.poll(cx) is zokio.PENDING
            runtime.spawn(join())
            # The joiner registers behind the raising waker, which then is woken first.
            runtime.queue.ready.rotate(1)
            while runtime.step():
                pass
        while runtime.step():
            pass
        assert order == ["joined"]
        assert not runtime.tasks


@pytest.mark.one_thread  # it takes single steps
def test_a_shutdown_ends_although_a_joiner_raises() -> None:
    runtime = zokio.Runtime(zokio.RuntimeConfig(reactor="simulated"))
    handle = runtime.spawn(forever())
    runtime.step()
    handle.poll(zokio.Context(RaisingWaker(ZeroDivisionError())))
    with pytest.raises(ZeroDivisionError):
        runtime.shutdown()
    assert not runtime.tasks
    assert runtime.queue.closed


@pytest.mark.parametrize("point", ["before the push", "before the ring"])
def test_a_wake_that_a_signal_handler_interrupts_is_carried_out_all_the_same(point: str) -> None:
    """Another thread may have found the flag raised, and have gone home."""
    rings: list[None] = []
    with simulated_runtime() as runtime:
        runtime.spawn(forever())
        runtime.step()
        task, queue = task_of(runtime), runtime.queue

        def ring() -> None:
            rings.append(None)
            if point == "before the ring" and len(rings) == 1:
                raise KeyboardInterrupt

        def interrupted() -> None:
            if point == "before the push":
                queue.injected = RaisesOnce()
            with pytest.raises(KeyboardInterrupt):
                task.wake()

        queue.unpark, queue.parked = ring, True
        in_thread(interrupted)
        queue.parked = False
        assert rings, "the owner was rung for"
        assert not task.wake_injected or queue.injected, "the flag stands for an entry"
        assert runtime.step(), "the task is polled"


class RaisesOnce(deque[Callable[[], None]]):
    """An injection queue before whose first push a signal arrives."""

    raised = False

    def append(self, work: Callable[[], None], /) -> None:
        if not self.raised:
            self.raised = True
            raise KeyboardInterrupt
        super().append(work)


def in_thread(function: object) -> None:
    """Run it in another thread, to its end."""
    assert callable(function)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def test_a_wake_on_the_owners_thread_during_the_wait_ends_it() -> None:
    """A finalizer or a signal handler: it is local, and nobody polls while it runs."""
    with simulated_runtime() as runtime:
        reactor = runtime.reactor
        wait = reactor.wait
        woken: list[str] = []

        async def sleeper() -> None:
            await suspend()
            woken.append("sleeper")

        async def root() -> None:
            handle = zokio.spawn(sleeper())
            await zokio.yield_now()
            sleeping = runtime.tasks[handle.id]

            def wake_in_the_wait(timeout_ns: int | None) -> list[Task]:
                if timeout_ns is None:
                    sleeping.wake()
                return wait(timeout_ns)

            reactor.wait = wake_in_the_wait  # type: ignore[method-assign]  # the point in between
            await handle

        runtime.block_on(root())
        assert woken == ["sleeper"]


def test_a_wake_between_the_look_at_the_queue_and_the_wait_is_seen() -> None:
    with simulated_runtime() as runtime:
        look = runtime._time_to_next_timer_ns

        async def root() -> str:
            sleeping = zokio.current_task()

            def wake_and_look() -> int | None:
                sleeping.wake()
                return look()

            # The point between the look at the queue and the wait.
            runtime._time_to_next_timer_ns = wake_and_look  # type: ignore[method-assign]  # a probe in between
            await suspend()
            return "woken"

        assert runtime.block_on(root()) == "woken"


def test_a_group_of_nothing_but_cancelled_ends_a_task_as_a_bare_one_does() -> None:
    async def wrap() -> None:
        try:
            await forever()
        except zokio.Cancelled as error:
            raise BaseExceptionGroup("a group of one's own", [error]) from None

    async def main() -> None:
        handle = zokio.spawn(wrap())
        await zokio.yield_now()
        handle.abort()
        with pytest.raises(zokio.AbortedError):
            await handle

    with simulated_runtime() as runtime:
        runtime.block_on(main())


def test_a_group_with_cancelled_and_an_error_ends_a_task_with_the_error() -> None:
    async def wrap() -> None:
        try:
            await forever()
        except zokio.Cancelled as error:
            raise BaseExceptionGroup("both", [error, ValueError("mine")]) from None

    async def main() -> None:
        handle = zokio.spawn(wrap())
        await zokio.yield_now()
        handle.abort()
        with pytest.raises(ExceptionGroup) as caught:
            await handle
        assert caught.group_contains(ValueError, match="mine")

    with simulated_runtime() as runtime:
        runtime.block_on(main())


@pytest.mark.one_thread  # it takes single steps
def test_a_task_that_the_loop_lost_to_a_signal_is_cleaned_up_by_the_shutdown() -> None:
    log: list[str] = []

    async def work() -> None:
        try:
            await forever()
        finally:
            log.append("cleaned up")

    runtime = zokio.Runtime(zokio.RuntimeConfig(reactor="simulated"))
    runtime.spawn(work())
    runtime.step()
    task = task_of(runtime)
    task.wake()
    runtime.queue.ready.remove(task)  # as if a handler had raised just after `popleft`
    report = runtime.shutdown()
    assert log == ["cleaned up"]
    assert report.dropped == ()
